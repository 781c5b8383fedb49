//! vantage-live beside vantage-diorama, on the work that both do: `cargo run --release` in this folder. One line for each
//! figure; a ratio is the result, and less than one is less time than diorama takes.
//!
//! Both hold the same 100,000 products of 20 fields in memory, both are asked and told in one thread.

mod ours;
mod theirs;

// How it is measured and told, and of what, is as in the benchmark `speed`.
#[path = "../../../vantage-live/benches/speed/board.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod board;
#[path = "../../../vantage-live/benches/speed/entity.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod entity;

use std::cell::Cell;
use std::hint::black_box;

use board::{ratio, tell};
use ciborium::Value;
use ours::Ours;
use theirs::Theirs;
use tokio::runtime::Runtime;
use vantage_types::Record;

/// How many rows both have.
const ROWS: u32 = 100_000;
const TIMES: u32 = 10_000;
/// How many changes are made one after the other, each when the one before has been heard.
const CHANGES: u32 = 100;

const READS: f64 = 0.05;
const TOLD: f64 = 0.5;

fn main() {
    // One thread: how long it takes to wake another is neither's merit.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (ours, theirs) = (Ours::open(&runtime), Theirs::open(&runtime));
    read(&runtime, &ours, &theirs);
    hear(&runtime, &ours, &theirs);
    compare(&runtime, &ours, &theirs);
}

/// A record by its id, and one field of it.
fn read(runtime: &Runtime, ours: &Ours, theirs: &Theirs) {
    let view = runtime.block_on(theirs.view());
    // What a person sees is read again and again; a program reads in no order.
    for (what, numbers) in [
        ("a field of a row on the screen", (0..TIMES).map(|n| n % 50).collect::<Vec<_>>()),
        ("a field of any row", (0..TIMES).map(|n| n * 7_919 % ROWS).collect()),
    ] {
        let ids: Vec<_> = numbers.iter().map(|n| entity::id(*n)).collect();
        let keys: Vec<_> = numbers.iter().map(|n| theirs::key(*n)).collect();
        let in_view = |key: &String| view.row_by_id(black_box(key)).expect("a row");

        let row = || ids.iter().map(|id| ours.table.row(black_box(id)).expect("a row").price).sum::<i64>();
        let value = || keys.iter().map(|key| theirs::price(&in_view(key).record)).sum::<i64>();
        let product = || keys.iter().map(|key| theirs::product(&in_view(key).record).price).sum::<i64>();
        let cached = || {
            runtime.block_on(async {
                let mut sum = 0;
                for key in &keys {
                    sum += theirs::price(&theirs.in_cache(black_box(key)).await);
                }
                sum
            })
        };
        let figure = |yardstick, theirs: &dyn Fn() -> i64| {
            assert_eq!(row(), theirs(), "both read the same");
            tell(what, yardstick, ratio(|| _ = black_box(row()), || _ = black_box(theirs())), READS);
        };
        figure("`Dio::cached`, the record", &cached);
        figure("`TableScenery::row_by_id`, the record made a product", &product);
        figure("`TableScenery::row_by_id`, one value of the record", &value);
    }
}

/// A change from elsewhere, until who follows has heard of it and read the record.
fn hear(runtime: &Runtime, ours: &Ours, theirs: &Theirs) {
    let price = Cell::new(0);
    let of_one = || (0..CHANGES).map(|_| (7, next(&price)));
    let figure = |yardstick, read: fn(&Record<Value>) -> i64| {
        let told = ratio(
            || runtime.block_on(ours.hear_record(of_one())),
            || runtime.block_on(theirs.hear_record(of_one(), read)),
        );
        tell("a change to who follows one record", yardstick, told, TOLD);
    };
    figure("`RecordScenery`, the record made a product", |record| theirs::product(record).price);
    figure("`RecordScenery`, one value of the record", theirs::price);

    let view = runtime.block_on(theirs.view());
    let of_all = || (0..CHANGES).map(|n| (n, next(&price)));
    let told =
        ratio(|| runtime.block_on(ours.hear_table(of_all())), || runtime.block_on(theirs.hear_table(&*view, of_all())));
    tell("a change to who follows the table", "`TableScenery` in order", told, TOLD);
}

/// A price that nobody has had.
fn next(price: &Cell<i64>) -> i64 {
    price.set(price.get() + 1);
    10_000 + price.get()
}

/// A field set in an edit, and which are modified.
fn compare(runtime: &Runtime, ours: &Ours, theirs: &Theirs) {
    let mut edit = ours.table.edit_row(&entity::id(500)).expect("a row");
    let servo = runtime.block_on(theirs.servo(500));
    let pressed = ratio(
        || {
            for n in 0..TIMES {
                edit.price = black_box(10_000 + i64::from(n));
                assert_eq!(black_box(edit.modified_fields()).len(), 1);
            }
        },
        || {
            for n in 0..TIMES {
                servo.set("price", black_box(10_000 + i64::from(n)));
                assert_eq!(black_box(servo.error()).len(), 1);
            }
        },
    );
    tell("a field set, and what is modified", "`Servo`", pressed, READS);
}
