//! What a program does again and again: for each row, each frame, each key, each event.

use std::hint::black_box;

use tokio::runtime::Runtime;
use vantage_live::{Id, ImTable, LiveEntity, LiveTable, WritableValueSet as _};

use crate::entity::{Product, id, record};

const ROWS: u32 = 250;

/// Does it so many times.
type Hot = fn(&World, u32);

/// Each with its name.
pub const HOT: [(&str, Hot); 9] = [
    ("comparing, 3 of 20 fields changed", comparing),
    ("a cached row", row),
    ("the rows", rows),
    ("a row of the rows, in order", iterating),
    ("opening an edit", opening),
    ("one keystroke", typing),
    ("the changes of an edit", changes),
    ("decoding a record", decoding),
    ("an event", event),
];

/// A table of some rows, which follows its store.
pub struct World {
    runtime: Runtime,
    store: ImTable,
    table: LiveTable<Product>,
    ids: Vec<Id>,
}

/// Does what has this name so many times.
pub fn run(name: &str, times: u32) {
    let (_, hot) = HOT.iter().find(|(known, _)| *known == name).expect("a hot function");
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

fn event(world: &World, times: u32) {
    world.runtime.block_on(async {
        let before = world.table.metrics().feed_events;
        for (n, id) in (1..).zip(world.some(times)) {
            let mut record = record(1);
            record.insert("sold".into(), (ROWS + n).into());
            world.store.replace_id_value(id, record).await.expect("it is in memory");
            while world.table.metrics().feed_events < before + u64::from(n) {
                tokio::task::yield_now().await;
            }
        }
    });
}
