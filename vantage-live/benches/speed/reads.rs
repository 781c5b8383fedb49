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
use crate::board::{once, ratio, ratio_of_windows, tell};
use crate::entity::{Product, id, record};
use crate::feeds::filled;
use crate::store::Made;

type Yardstick = RwLock<HashMap<Id, Arc<Product>>>;

const TIMES: u32 = 10_000;
/// 10,000 writes a second.
pub const PAUSE: Duration = Duration::from_micros(100);
/// How often it is read `TIMES` times under one writer, and how many writers there are, in turns.
const READS: usize = 20;
const WINDOWS: usize = 7;

pub fn all(runtime: &Runtime) {
    let store = filled(runtime, ROWS);
    let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open());
    let table = table.expect("an open table");
    let map: Arc<Yardstick> = Arc::new(RwLock::new((0..ROWS).map(|n| (id(n), Arc::new(Product::number(n)))).collect()));
    // In no order: a person jumps.
    let ids: Vec<Id> = (0..TIMES).map(|n| id(n * 7_919 % ROWS)).collect();
    let ours = || ids.iter().for_each(|id| drop(black_box(table.row(id))));
    let theirs = || ids.iter().for_each(|id| drop(black_box(map.read().expect("no panic").get(id).cloned())));

    tell("a cached row", "RwLock<HashMap>", ratio(ours, theirs), 1.6);

    let alone = filled(runtime, ROWS);
    let our_window = || {
        let (handle, followed) = (runtime.handle().clone(), store.clone());
        let writer = Writer::begin(PAUSE, move |n| {
            handle.block_on(followed.replace_id_value(&id(n), changed(n))).expect("it is in memory");
        });
        let times = (0..READS).map(|_| once(ours)).collect();
        (times, writer.end())
    };
    let their_window = || {
        let (handle, alone, written) = (runtime.handle().clone(), alone.clone(), Arc::clone(&map));
        let writer = Writer::begin(PAUSE, move |n| {
            let after = handle.block_on(alone.replace_id_value(&id(n), changed(n))).expect("it is in memory");
            let product = serde_json::from_value(after.into()).expect("a product");
            written.write().expect("no panic").insert(id(n), Arc::new(product));
        });
        let times = (0..READS).map(|_| once(theirs)).collect();
        (times, writer.end())
    };
    let (mut our_rates, mut their_rates) = (Vec::new(), Vec::new());
    let noted = |(times, rate), rates: &mut Vec<f64>| {
        rates.push(rate);
        times
    };
    let read =
        ratio_of_windows(WINDOWS, || noted(our_window(), &mut our_rates), || noted(their_window(), &mut their_rates));
    println!("the writers have written {:.0} and {:.0} times a second", slowest(&our_rates), slowest(&their_rates));
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

pub fn changed(n: u32) -> Record {
    let mut record = record(n);
    record.insert("stock".into(), 3.into());
    record
}

/// The least of the rates.
pub fn slowest(rates: &[f64]) -> f64 {
    rates.iter().copied().fold(f64::INFINITY, f64::min)
}

/// A thread that writes again and again until it is told to end.
pub struct Writer {
    began: Instant,
    ends: Arc<AtomicBool>,
    thread: thread::JoinHandle<u32>,
}

impl Writer {
    /// Writes number `n` of all rows, one each `pause`; what has become late is written at once.
    pub fn begin(pause: Duration, write: impl Fn(u32) + Send + 'static) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ends);
        let thread = thread::spawn(move || {
            let (mut next, mut written) = (Instant::now(), 0);
            for n in (0..ROWS).cycle() {
                if told.load(Ordering::Relaxed) {
                    break;
                }
                write(n);
                written += 1;
                next += pause;
                thread::sleep(next.saturating_duration_since(Instant::now()));
            }
            written
        });
        Writer { began: Instant::now(), ends, thread }
    }

    /// How often it has written in a second.
    pub fn end(self) -> f64 {
        let took = self.began.elapsed();
        self.ends.store(true, Ordering::Relaxed);
        f64::from(self.thread.join().expect("the writer ends")) / took.as_secs_f64()
    }
}
