//! Reading rows, alone and while a writer applies events.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use vantage_live::{Id, LiveTable, Record, WritableValueSet};

use crate::ROWS;
use crate::board::{median, ratio, tell};
use crate::entity::{Product, id, record};
use crate::feeds::filled;
use crate::store::Made;

type Yardstick = RwLock<HashMap<Id, Arc<Product>>>;

const TIMES: u32 = 10_000;
/// About 10,000 writes a second.
const PAUSE: Duration = Duration::from_micros(50);

pub fn all(runtime: &Runtime) {
    let store = filled(runtime);
    let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open());
    let table = table.expect("an open table");
    let map: Arc<Yardstick> = Arc::new(RwLock::new((0..ROWS).map(|n| (id(n), Arc::new(Product::number(n)))).collect()));
    // In no order: a person jumps.
    let ids: Vec<Id> = (0..TIMES).map(|n| id(n * 7_919 % ROWS)).collect();
    let ours = || ids.iter().for_each(|id| drop(black_box(table.row(id))));
    let theirs = || ids.iter().for_each(|id| drop(black_box(map.read().expect("no panic").get(id).cloned())));

    tell("a cached row", "RwLock<HashMap>", ratio(ours, theirs), 1.6);

    let (handle, followed) = (runtime.handle().clone(), store);
    let our_writer = Writer::begin(PAUSE, move |n| {
        handle.block_on(followed.replace_id_value(&id(n), changed(n))).expect("it is in memory");
    });
    let mut our_times: Vec<_> = (0..100).map(|_| timed(ours)).collect();
    our_writer.end();
    let (handle, alone, written) = (runtime.handle().clone(), filled(runtime), Arc::clone(&map));
    let their_writer = Writer::begin(PAUSE, move |n| {
        let after = handle.block_on(alone.replace_id_value(&id(n), changed(n))).expect("it is in memory");
        let product = serde_json::from_value(after.into()).expect("a product");
        written.write().expect("no panic").insert(id(n), Arc::new(product));
    });
    let mut their_times: Vec<_> = (0..100).map(|_| timed(theirs)).collect();
    their_writer.end();
    let read = median(&mut our_times).as_secs_f64() / median(&mut their_times).as_secs_f64();
    tell("a cached row while a writer applies events", "RwLock<HashMap> under the same writer", read, 1.0);

    let few = runtime.block_on(LiveTable::<Product>::builder(Made::new(1_000)).open()).expect("an open table");
    let taken = ratio(
        || (0..TIMES).for_each(|_| drop(black_box(table.rows()))),
        || (0..TIMES).for_each(|_| drop(black_box(few.rows()))),
    );
    tell("`rows()` of 100,000", "`rows()` of 1,000", taken, 1.5);

    let rows = table.rows();
    let list: Vec<Arc<Product>> = rows.iter().map(|(_, row)| Arc::clone(row)).collect();
    let passed = ratio(
        || _ = black_box(rows.iter().map(|(_, row)| row.price).sum::<i64>()),
        || _ = black_box(list.iter().map(|row| row.price).sum::<i64>()),
    );
    tell("iterating 100,000 rows in order", "a `Vec<Arc<E>>`", passed, 2.0);
}

fn changed(n: u32) -> Record {
    let mut record = record(n);
    record.insert("stock".into(), 3.into());
    record
}

fn timed(work: impl Fn()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

/// A thread that writes again and again until it is told to end.
pub struct Writer {
    ends: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

impl Writer {
    /// Writes number `n` of all rows, with a pause after each write.
    pub fn begin(pause: Duration, write: impl Fn(u32) + Send + 'static) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ends);
        let thread = thread::spawn(move || {
            for n in (0..ROWS).cycle() {
                if told.load(Ordering::Relaxed) {
                    return;
                }
                write(n);
                thread::sleep(pause);
            }
        });
        Writer { ends, thread }
    }

    pub fn end(self) {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().expect("the writer ends");
    }
}
