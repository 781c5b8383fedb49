//! The same figures at 1,000 rows and at a million: `cargo bench -p vantage-live --bench speed -- --growth` measures them, and
//! draws the picture of the documentation. What does not grow with the rows is a line that is level.

use std::hint::black_box;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use vantage_live::{Id, ImTable, LiveTable, ManualFeed, WritableValueSet as _};

use crate::board::{median, once};
use crate::entity::{Product, ProductField, id};
use crate::feeds::{EVENTS, Fed, filled};
use crate::frames::{EVENT, play};
use crate::memory;
use crate::plot::{Lines, SIZES, per_row as each};
use crate::reads::{PAUSE, Writer, changed};
use crate::store::Made;

/// Reads of one measurement.
const TIMES: u32 = 2_000;
const ROUNDS: usize = 7;
/// Of what is read, so that what lies in the processor's caches is the same alone and under writes.
const READS: usize = 20 * ROUNDS;
/// The rows that are on the screen.
const VISIBLE: u32 = 50;
const PICTURE: &str = "growth.svg";

pub fn draw(runtime: &Runtime) {
    let mut lines = Lines::default();
    for rows in SIZES {
        for (name, figure) in at(runtime, rows) {
            lines.tell(name, rows, figure);
        }
    }
    lines.draw(PICTURE);
}

/// How long each takes with so many rows, in nanoseconds, and how many bytes a row.
fn at(runtime: &Runtime, rows: u32) -> Vec<(&'static str, f64)> {
    let mut figures = reads(runtime, rows);
    figures.splice(0..0, events(rows));
    figures.push(("memory, per row (bytes)", memory::of_a_row(rows)));
    figures
}

fn events(rows: u32) -> [(&'static str, f64); 4] {
    let mut fed = Fed::new(rows, ImTable::feed);
    let event = |fed: &mut Fed| each(usual(ROUNDS, || fed.apply()), EVENTS);
    let alone = event(&mut fed);
    let others: Vec<_> = (0..1_000).map(|_| fed.table.subscribe_fields(ProductField::Note)).collect();
    let heard = event(&mut fed);
    drop(others);
    let edits: Vec<_> = (0..10_000).map(|n| fed.table.edit_row_owned(&id(n % rows)).expect("a row")).collect();
    let edited = event(&mut fed);
    drop((edits, fed));
    let mut without = Fed::new(rows, |_| ManualFeed::new());
    let read = each(usual(ROUNDS, || without.apply_written()), EVENTS);
    [
        ("an event", alone),
        ("an event, 1,000 subscribers", heard),
        ("an event, 10,000 open edits", edited),
        ("an event without a position, and its read", read),
    ]
}

fn reads(runtime: &Runtime, rows: u32) -> Vec<(&'static str, f64)> {
    let store = Made::new(rows);
    let open = || runtime.block_on(LiveTable::<Product>::builder(store.clone()).open()).expect("an open table");
    let opening = usual(3, || {
        let began = Instant::now();
        let table = open();
        let took = began.elapsed();
        drop(table);
        took
    });
    let table = open();
    let mut price = 1_000;
    let listing = usual(3, || {
        price += 1;
        store.prepare(price);
        once(|| runtime.block_on(table.refresh_all()).expect("a list"))
    });
    let some: Vec<Id> = (0..TIMES).map(|n| id(n * 7_919 % rows)).collect();
    let read = |table: &LiveTable<Product>| once(|| some.iter().for_each(|id| drop(black_box(table.row(id)))));
    let read = |table: &LiveTable<Product>| usual(READS, || read(table));
    let row = read(&table);
    let all = usual(ROUNDS, || once(|| (0..TIMES).for_each(|_| drop(black_box(table.rows())))));
    let shown = table.rows();
    let passed = usual(ROUNDS, || once(|| _ = black_box(shown.iter().map(|(_, row)| row.price).sum::<i64>())));
    drop(shown);
    let edit = usual(ROUNDS, || once(|| some.iter().for_each(|id| drop(black_box(table.edit_row(id))))));
    let visible: Vec<Id> = (rows / 2..rows / 2 + VISIBLE).map(id).collect();
    let framed = |table: &LiveTable<Product>| {
        let mut form = table.edit_row(&visible[7]).expect("a row");
        form.price += 1;
        median(&mut play(table, &form, &visible))
    };
    vec![
        ("opening, per row", each(opening, rows)),
        ("a list anew, per row", each(listing, rows)),
        ("a cached row", each(row, TIMES)),
        ("the same under 10,000 writes a second", each(under_writes(runtime, rows, PAUSE, read), TIMES)),
        ("rows()", each(all, TIMES)),
        ("the next row, in order", each(passed, rows)),
        ("opening an edit", each(edit, TIMES)),
        ("a frame", each(framed(&table), 1)),
        ("the same under 1,000 events a second", each(under_writes(runtime, rows, EVENT, framed), 1)),
    ]
}

/// How long it takes while a writer writes to the store that the table follows, with this pause.
fn under_writes(
    runtime: &Runtime,
    rows: u32,
    pause: Duration,
    took: impl Fn(&LiveTable<Product>) -> Duration,
) -> Duration {
    let store = filled(runtime, rows);
    let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open());
    let table = table.expect("an open table");
    let handle = runtime.handle().clone();
    let writer = Writer::begin(pause, move |n| {
        handle.block_on(store.replace_id_value(&id(n % rows), changed(n))).expect("it is in memory");
    });
    let took = took(&table);
    writer.end();
    took
}

/// The median of how long it says that it has taken.
fn usual(rounds: usize, mut work: impl FnMut() -> Duration) -> Duration {
    median(&mut (0..rounds).map(|_| work()).collect::<Vec<_>>())
}
