//! What comes from the store: events one by one, and a whole list anew.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use vantage_live::{Id, ImTable, LiveTable, Record, WritableValueSet};

use crate::ROWS;
use crate::board::{ratio_of, tell};
use crate::entity::{Product, ProductField, id, record};
use crate::store::Made;

/// How many events are told at once; fewer than a subscriber may be behind.
const EVENTS: u32 = 4_000;
const ROUNDS: usize = 9;

pub fn all(runtime: &Runtime) {
    // The same writes to a store that nobody follows, each decoded and put into a map.
    let store = filled(runtime);
    let map: RwLock<HashMap<Id, Arc<Product>>> = RwLock::new(HashMap::new());
    let mut price = 0;
    let mut by_hand = || {
        price += 1;
        let events = events(price);
        let began = Instant::now();
        for (id, record) in events {
            let after = runtime.block_on(store.replace_id_value(&id, record)).expect("it is in memory");
            let product = serde_json::from_value(after.into()).expect("a product");
            map.write().expect("no panic").insert(id, Arc::new(product));
        }
        began.elapsed()
    };

    let mut alone = Fed::new(runtime);
    tell(
        "an event, nobody listens",
        "decoding it and putting it into the map",
        ratio_of(ROUNDS, || alone.apply(runtime), &mut by_hand),
        1.5,
    );

    let mut heard = Fed::new(runtime);
    let others: Vec<_> = (0..1_000).map(|_| heard.table.subscribe_fields(ProductField::Note)).collect();
    let ratio = ratio_of(ROUNDS, || heard.apply(runtime), &mut by_hand);
    tell("an event, 1,000 subscribers of other fields", "decoding it and putting it into the map", ratio, 1.5);
    drop(others);

    let mut edited = Fed::new(runtime);
    let edits: Vec<_> = (0..10_000).map(|n| edited.table.edit_row_owned(&id(n)).expect("a row")).collect();
    let ratio = ratio_of(ROUNDS, || edited.apply(runtime), || alone.apply(runtime));
    tell("an event, 10,000 open edits", "the same without them", ratio, 1.1);
    drop(edits);

    let store = Made::new(ROWS);
    let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).open()).expect("an open table");
    let records: Vec<Record> = (0..ROWS).map(record).collect();
    let decode = |record: Record| serde_json::from_value::<Product>(record.into()).expect("a product");
    let relist = || {
        price += 1;
        store.prepare(price);
        let began = Instant::now();
        runtime.block_on(table.refresh_all()).expect("a list");
        began.elapsed()
    };
    let decode = || {
        let records = records.clone();
        let began = Instant::now();
        let products: Vec<_> = records.into_iter().map(decode).collect();
        let took = began.elapsed();
        drop(black_box(products));
        took
    };
    let ratio = ratio_of(5, relist, decode);
    tell("a relist of 100,000 rows, 10 changed", "decoding 100,000 records", ratio, 0.5);
}

fn events(price: i64) -> Vec<(Id, Record)> {
    let changed = |n| {
        let mut record = record(n);
        record.insert("price".into(), price.into());
        (id(n), record)
    };
    (0..EVENTS).map(changed).collect()
}

/// A store in memory that has all products.
pub fn filled(runtime: &Runtime) -> ImTable {
    let store = ImTable::new("product");
    let made = runtime.block_on(store.insert_id_values((0..ROWS).map(|n| (id(n), record(n))).collect()));
    assert!(made.iter().all(Result::is_ok), "all are new");
    store
}

/// A table, and the store whose feed tells it.
struct Fed {
    store: ImTable,
    table: LiveTable<Product>,
    price: i64,
}

impl Fed {
    fn new(runtime: &Runtime) -> Self {
        let store = filled(runtime);
        let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open());
        Fed { store, table: table.expect("an open table"), price: 0 }
    }

    /// Gives some products a new price, and answers with how long it took until the last was shown.
    fn apply(&mut self, runtime: &Runtime) -> Duration {
        self.price += 1;
        let events = events(self.price);
        let last = id(EVENTS - 1);
        let began = Instant::now();
        for (id, record) in events {
            runtime.block_on(self.store.replace_id_value(&id, record)).expect("it is in memory");
        }
        while self.table.row(&last).is_none_or(|row| row.price != self.price) {
            thread::yield_now();
        }
        began.elapsed()
    }
}
