//! What a render loop does for each frame, alone and while a thousand events a second come.

use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use vantage_live::{Id, LiveTable, RecordEdit, WritableValueSet};

use crate::ROWS;
use crate::board::{judge, median, once, ratio_of_windows, tell};
use crate::entity::{Product, id, record};
use crate::feeds::filled;
use crate::reads::{Writer, slowest};

/// A second at 60 frames a second, and how many seconds of each, in turns.
const FRAMES: usize = 60;
const WINDOWS: usize = 5;
const FRAME: Duration = Duration::from_micros(16_667);
/// The rows that are on the screen.
const VISIBLE: Range<u32> = 50_000..50_050;
/// A thousand events a second, all told.
pub const EVENT: Duration = Duration::from_millis(1);
/// No frame is to take longer.
const LONGEST: Duration = Duration::from_millis(1);

pub fn all(runtime: &Runtime) {
    let store = filled(runtime, ROWS);
    let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open());
    let table = table.expect("an open table");
    let visible: Vec<Id> = VISIBLE.map(id).collect();
    let mut edit = table.edit_row(&visible[7]).expect("a row");
    edit.price += 1;

    let mut busy = Vec::new();
    let (mut rates, mut frames) = (Vec::new(), Vec::new());
    let ratio = ratio_of_windows(
        WINDOWS,
        || {
            let (handle, store) = (runtime.handle().clone(), store.clone());
            // One event in a hundred is of a row that is on the screen.
            let writer = Writer::begin(EVENT, move |n| {
                let at = if n % 100 == 0 { VISIBLE.start + n / 100 % 50 } else { n };
                let mut record = record(at);
                record.insert("sold".into(), (ROWS + n).into());
                handle.block_on(store.replace_id_value(&id(at), record)).expect("it is in memory");
            });
            let times = play(&table, &edit, &visible);
            rates.push(writer.end());
            busy.extend(times.iter().copied());
            times
        },
        || {
            let times = play(&table, &edit, &visible);
            frames.extend(times.iter().copied());
            times
        },
    );
    let took = median(&mut busy);
    println!("{:.0} events a second; a frame takes {took:?}, {:?} without", slowest(&rates), median(&mut frames));
    tell("a frame under 1,000 events a second", "the same frame with no events", ratio, 1.2);
    let longest = busy.last().copied().unwrap_or_default();
    judge(&format!("the slowest of {} frames: {longest:?} (goal {LONGEST:?})", busy.len()), longest <= LONGEST);
}

/// How long each of the frames has taken.
pub fn play(table: &LiveTable<Product>, edit: &RecordEdit<'_, Product>, visible: &[Id]) -> Vec<Duration> {
    let mut next = Instant::now();
    (0..FRAMES)
        .map(|_| {
            next += FRAME;
            thread::sleep(next.saturating_duration_since(Instant::now()));
            once(|| frame(table, edit, visible))
        })
        .collect()
}

/// What a render loop reads.
fn frame(table: &LiveTable<Product>, edit: &RecordEdit<'_, Product>, visible: &[Id]) {
    let rows = table.rows();
    for id in visible {
        black_box(rows.get(id).map(Arc::clone));
    }
    black_box((edit.modified_fields(), edit.is_stale(), edit.conflicts().is_empty()));
}

/// So that the rows are those of the benchmark.
const _: () = assert!(VISIBLE.end < ROWS);
