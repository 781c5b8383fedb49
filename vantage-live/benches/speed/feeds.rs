//! What comes from the store: events one by one, and a whole list anew.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use vantage_live::{Id, ImTable, LiveTable, ManualFeed, Record, Subscription, WritableValueSet};

use crate::ROWS;
use crate::board::{median, ratio_of, tell};
use crate::entity::{Product, ProductField, id, record};
use crate::memory::asked;
use crate::store::Made;

/// How many events are told at once; fewer than a subscriber may be behind.
pub const EVENTS: u32 = 4_000;
const ROUNDS: usize = 9;
/// How many processes measure each.
const PROCESSES: usize = 5;

const YARDSTICK: &str = "decoding it and putting it into the map";

/// What takes the events in, each in a process of its own: where they share one, the large pieces of memory that a table asks
/// for and gives back make the small ones of the map slower to have.
const MAP: &str = "map-of-events";
const ALONE: &str = "alone";
const BESIDE_FIELDS: &str = "beside-fields";
const BESIDE_RECORDS: &str = "beside-records";
const WITHOUT_POSITION: &str = "without-position";

/// How long the events of a round take this, by the median, if it is one of these.
pub fn apart(holder: &str) -> Option<Duration> {
    let heard_by = |subscribe: fn(&LiveTable<Product>, u32) -> Subscription<Product>| {
        let mut fed = Fed::new(ROWS, ImTable::feed);
        let _others: Vec<_> = (0..1_000).map(|n| subscribe(&fed.table, n)).collect();
        usual(|| fed.apply())
    };
    match holder {
        MAP => {
            let mut map = Map::new();
            Some(usual(|| map.apply()))
        }
        ALONE => {
            let mut fed = Fed::new(ROWS, ImTable::feed);
            Some(usual(|| fed.apply()))
        }
        BESIDE_FIELDS => Some(heard_by(|table, _| table.subscribe_fields(ProductField::Note))),
        // The last rows: those that change are the first.
        BESIDE_RECORDS => Some(heard_by(|table, n| table.subscribe_record(id(ROWS - 1 - n)))),
        // What such a feed tells is read before it is shown: the store has it already, and may have something newer.
        WITHOUT_POSITION => {
            let mut fed = Fed::new(ROWS, |_| ManualFeed::new());
            Some(usual(|| fed.apply_written()))
        }
        _ => None,
    }
}

/// How long the events of a round take, by the median.
fn usual(mut apply: impl FnMut() -> Duration) -> Duration {
    // The first round warms the caches.
    apply();
    median(&mut (0..ROUNDS).map(|_| apply()).collect::<Vec<_>>())
}

/// How long the events of a round take, by the median of some processes.
fn took(holder: &str) -> f64 {
    let took = || Duration::from_secs_f64(asked(holder, ROWS) / 1e9);
    median(&mut (0..PROCESSES).map(|_| took()).collect::<Vec<_>>()).as_secs_f64()
}

pub fn all() {
    let map = took(MAP);
    let tell_apart = |what, holder| tell(what, YARDSTICK, took(holder) / map, 1.5);
    tell_apart("an event, nobody listens", ALONE);
    tell_apart("an event, 1,000 subscribers of other fields", BESIDE_FIELDS);
    tell_apart("an event, 1,000 subscribers of other records", BESIDE_RECORDS);

    let mut alone = Fed::new(ROWS, ImTable::feed);
    let mut edited = Fed::new(ROWS, ImTable::feed);
    let edits: Vec<_> = (0..10_000).map(|n| edited.table.edit_row_owned(&id(n)).expect("a row")).collect();
    let ratio = ratio_of(ROUNDS, || edited.apply(), || alone.apply());
    tell("an event, 10,000 open edits", "the same without them", ratio, 1.1);
    drop((alone, edited, edits));

    tell_apart("an event of a feed without a position, and its read", WITHOUT_POSITION);

    let store = Made::new(ROWS);
    let mut price = 0;
    let runtime = runtime();
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

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Some of so many products, each with a price that it never had before.
fn events(round: u32, rows: u32) -> Vec<(Id, Record)> {
    let changed = |n| {
        let mut record = record(n % rows);
        record.insert("price".into(), price(round, n).into());
        (id(n % rows), record)
    };
    (0..EVENTS).map(changed).collect()
}

fn price(round: u32, n: u32) -> u32 {
    round * EVENTS + n
}

/// A store in memory that has so many products.
pub fn filled(runtime: &Runtime, rows: u32) -> ImTable {
    let store = ImTable::new("product");
    let made = runtime.block_on(store.insert_id_values((0..rows).map(|n| (id(n), record(n))).collect()));
    assert!(made.iter().all(Result::is_ok), "all are new");
    store
}

/// The yardstick: all products in a map, into which each record is put once it is decoded.
struct Map {
    rows: RwLock<HashMap<Id, Arc<Product>>>,
    round: u32,
}

impl Map {
    fn new() -> Self {
        Map { rows: RwLock::new((0..ROWS).map(|n| (id(n), Arc::new(Product::number(n)))).collect()), round: 0 }
    }

    fn apply(&mut self) -> Duration {
        self.round += 1;
        let events = events(self.round, ROWS);
        let began = Instant::now();
        for (id, record) in events {
            let product = serde_json::from_value(record.into()).expect("a product");
            self.rows.write().expect("no panic").insert(id, Arc::new(product));
        }
        began.elapsed()
    }
}

/// A table, its store, and the feed that tells it; all in one thread, as the yardstick is.
pub struct Fed {
    runtime: Runtime,
    store: ImTable,
    feed: ManualFeed,
    pub table: LiveTable<Product>,
    rows: u32,
    round: u32,
}

impl Fed {
    pub fn new(rows: u32, feed: impl FnOnce(&ImTable) -> ManualFeed) -> Self {
        let runtime = runtime();
        let store = filled(&runtime, rows);
        let feed = feed(&store);
        let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).feed(feed.clone()).open());
        Fed { runtime, store, feed, table: table.expect("an open table"), rows, round: 0 }
    }

    /// Tells that some products have a new price, and answers with how long it took until the last was shown.
    pub fn apply(&mut self) -> Duration {
        self.round += 1;
        self.tell(events(self.round, self.rows))
    }

    /// The same, of what the store has by then.
    pub fn apply_written(&mut self) -> Duration {
        self.round += 1;
        let events = events(self.round, self.rows);
        for (id, record) in &events {
            self.runtime.block_on(self.store.replace_id_value(id, record.clone())).expect("it is in memory");
        }
        self.tell(events)
    }

    fn tell(&self, events: Vec<(Id, Record)>) -> Duration {
        let (last, price) = (id((EVENTS - 1) % self.rows), i64::from(price(self.round, EVENTS - 1)));
        let began = Instant::now();
        for (id, record) in events {
            self.feed.upsert(id, record);
        }
        self.runtime.block_on(async {
            while self.table.row(&last).is_none_or(|row| row.price != price) {
                tokio::task::yield_now().await;
            }
        });
        began.elapsed()
    }
}
