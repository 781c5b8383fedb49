//! What a program does again and again: for each row, each frame, each key, each event.

use std::hint::black_box;

use tokio::runtime::Runtime;
use vantage_live::{Id, ImTable, LiveEntity, LiveTable, WritableValueSet as _};

use crate::entity::{Product, id, record};

const ROWS: u32 = 250;

/// Does it so many times.
type Hot = fn(&World, u32);

/// Each with its name, and how often it is counted: what takes little, so often that the rest of a process, which is not the
/// same each time, is nothing beside it.
pub const HOT: [(&str, u32, Hot); 11] = [
    ("comparing, 3 of 20 fields changed", 20_000, comparing),
    ("a cached row", 20_000, row),
    ("the rows", 20_000, rows),
    ("a row of the rows, in order", 400_000, iterating),
    ("opening an edit", 2_000, opening),
    ("one keystroke", 20_000, typing),
    ("the changes of an edit", 20_000, changes),
    ("a save, in memory", 500, saving),
    ("decoding a record", 2_000, decoding),
    ("an event", EVENTS, event),
    ("a list anew, each row", 100 * ROWS, listing),
];

/// How many events there are.
const EVENTS: u32 = 1_000;

/// A table of some rows, which follows its store.
pub struct World {
    runtime: Runtime,
    store: ImTable,
    table: LiveTable<Product>,
    ids: Vec<Id>,
}

/// Does what has this name so many times.
pub fn run(name: &str, times: u32) {
    let (_, _, hot) = HOT.iter().find(|(known, _, _)| *known == name).expect("a hot function");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let store = ImTable::new("product");
    let made = runtime.block_on(store.insert_id_values((0..ROWS).map(|n| (id(n), record(n))).collect()));
    assert!(made.iter().all(Result::is_ok), "all are new");
    let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open());
    let world = World { runtime, store, table: table.expect("an open table"), ids: (0..ROWS).map(id).collect() };
    hot(&world, times);
}

impl World {
    /// The ids in no order.
    fn some(&self, times: u32) -> impl Iterator<Item = &Id> {
        (0..times).map(|n| &self.ids[(n * 389 % ROWS) as usize])
    }
}

fn comparing(_: &World, times: u32) {
    let old = Product::number(1);
    let mut new = old.clone();
    new.note.push('!');
    new.price += 1;
    new.rating = 5.0;
    for _ in 0..times {
        black_box(black_box(&old).diff(black_box(&new)));
    }
}

fn row(world: &World, times: u32) {
    world.some(times).for_each(|id| drop(black_box(world.table.row(id))));
}

fn rows(world: &World, times: u32) {
    (0..times).for_each(|_| drop(black_box(world.table.rows())));
}

fn iterating(world: &World, times: u32) {
    let rows = world.table.rows();
    for _ in 0..times / ROWS {
        black_box(rows.iter().map(|(_, row)| row.price).sum::<i64>());
    }
}

fn opening(world: &World, times: u32) {
    world.some(times).for_each(|id| drop(black_box(world.table.edit_row(id))));
}

fn typing(world: &World, times: u32) {
    let mut edit = world.table.edit_row(&world.ids[7]).expect("a row");
    for n in 0..times {
        edit.price = n.into();
        black_box(edit.modified_fields());
    }
}

fn changes(world: &World, times: u32) {
    let mut edit = world.table.edit_row(&world.ids[7]).expect("a row");
    edit.note.push('!');
    edit.price += 1;
    for _ in 0..times {
        black_box(edit.changes().count());
    }
}

fn decoding(world: &World, times: u32) {
    let record = record(1);
    for _ in 0..times {
        let _ = black_box(Product::from_record(black_box(&world.ids[1]), black_box(&record)));
    }
}

fn saving(world: &World, times: u32) {
    let mut edit = world.table.edit_row(&world.ids[7]).expect("a row");
    world.runtime.block_on(async {
        for n in 0..times {
            edit.price = (1_000 + n).into();
            let _ = black_box(edit.save().await);
        }
    });
}

fn event(world: &World, times: u32) {
    // All are made, however many of them are told.
    let changed = |n: u32| {
        let mut record = record(1);
        record.insert("sold".into(), (ROWS + n).into());
        record
    };
    let events: Vec<_> = world.some(EVENTS).cloned().zip((0..EVENTS).map(changed)).collect();
    let feed = world.store.feed();
    world.runtime.block_on(async {
        let before = world.table.metrics().feed_events;
        for (n, (id, record)) in (1..=times).zip(events) {
            feed.upsert(id, record);
            while world.table.metrics().feed_events < before + u64::from(n) {
                tokio::task::yield_now().await;
            }
        }
    });
}

fn listing(world: &World, times: u32) {
    for _ in 0..times / ROWS {
        world.runtime.block_on(world.table.refresh_all()).expect("a list");
    }
}
