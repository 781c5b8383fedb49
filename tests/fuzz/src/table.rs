//! Hostile records and feeds through a table: whatever a store holds and a feed says, the table stands, and is equal to
//! the store once it has listed it, and so is what it has cached.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arbitrary::{Result, Unstructured};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use vantage_live::value::same;
use vantage_live::{
    Event, Feed, FeedEvent, FeedKind, FeedOrder, FeedStream, Guard, Id, IdempotencyKey, ImTable, InsertableValueSet,
    LiveEntity, LiveTable, ManualFeed, Patch, ReadableValueSet, Record, Subscription, SyncState, ValueError,
    WritableValueSet,
};

use crate::disk::Disk;
use crate::json;

/// What records are to fit, with something of every kind that an entity can hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(id)]
    id: Id,
    #[serde(default)]
    name: String,
    price: i64,
    #[serde(default)]
    weight: f64,
    #[serde(default)]
    volume: f32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[live(nested)]
    #[serde(default)]
    inventory: Inventory,
    #[live(nested)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
    #[serde(default)]
    tags: Vec<Value>,
    #[serde(default)]
    extra: BTreeMap<String, Value>,
    #[live(version)]
    #[serde(default)]
    revision: Option<u64>,
    #[serde(rename = "a.b", default)]
    dotted: Option<bool>,
    #[live(skip)]
    #[serde(default)]
    expanded: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(default)]
struct Inventory {
    stock: i8,
    shelf: Option<Value>,
}

/// A part that comes and goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Delivery {
    days: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

const NAMES: &[&str] = &[
    "id",
    "name",
    "price",
    "weight",
    "volume",
    "note",
    "inventory",
    "stock",
    "shelf",
    "delivery",
    "days",
    "tags",
    "extra",
    "revision",
    "a.b",
    "expanded",
    "a",
    "",
];

/// A feed of the store that says whatever it is told to, in any order, and may admit that it keeps none.
struct Unreliable {
    feed: ManualFeed,
    order: FeedOrder,
}

#[async_trait]
impl Feed for Unreliable {
    fn kind(&self) -> FeedKind {
        self.feed.kind()
    }

    fn order(&self) -> FeedOrder {
        self.order
    }

    async fn subscribe(&self) -> std::result::Result<FeedStream, ValueError> {
        self.feed.subscribe().await
    }
}

/// A table that lives through what the input says.
pub fn table(data: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime without I/O needs nothing of the system");
    let _ = runtime.block_on(try_table(&mut Unstructured::new(data)));
}

/// Everything that is under way has come to an end: the clock goes on only where nothing else does.
async fn rest() {
    tokio::time::sleep(Duration::from_mins(1)).await;
}

async fn try_table(input: &mut Unstructured<'_>) -> Result<()> {
    let store = ImTable::new("product");
    let cache = ImTable::new("cache");
    let mut cached = Record::new();
    for _ in 0..input.int_in_range(0..=3)? {
        let (id, record) = (json::id(input)?, record(input)?);
        // As of before: another record, or one that fits no more.
        let _ = cache.replace_id_value(&id, std::mem::replace(&mut cached, record.clone())).await;
        let _ = store.replace_id_value(&id, record).await;
    }
    let _ = cache.insert_id_value(&Id::from("gone"), cached).await;
    let order = if input.arbitrary()? { FeedOrder::Commit } else { FeedOrder::Unknown };
    let feed = Unreliable { feed: store.feed(), order };
    let builder = LiveTable::<Product>::builder(store.clone())
        .feed(feed)
        .cache(Disk(cache.clone()))
        .batch(input.int_in_range(1..=3)?)
        .event_buffer(input.int_in_range(1..=16)?);
    let table = builder.start().expect("its parts fit together");
    let mut mirror = Mirror { seen: BTreeMap::new(), sequence: 0, events: table.subscribe() };

    while !input.is_empty() {
        step(input, &store, &table).await?;
        if input.arbitrary()? {
            rest().await;
        }
        mirror.follow(&table);
    }

    rest().await;
    table.refresh_all().await.expect("the store answers");
    rest().await;
    mirror.follow(&table);
    equal(&store, &table).await;
    let shown = table.get_values().await.expect("its rows are records");
    assert_eq!(cache.get_values().await.expect("it is in memory"), shown, "what is cached is what is shown");
    assert!(matches!(table.sync_state(), SyncState::Live(FeedKind::PerRow)), "{:?}", table.sync_state());
    Ok(())
}

/// A record that fits, or nearly, or not at all.
fn record(input: &mut Unstructured<'_>) -> Result<Record> {
    let mut record = json::record(input, NAMES)?;
    if input.ratio(3, 4)? {
        record.insert("price".to_owned(), Value::from(input.arbitrary::<i16>()?));
    }
    if input.ratio(1, 4)? {
        record.insert("delivery".to_owned(), Value::from_iter([("days", input.arbitrary::<u8>()?)]));
    }
    Ok(record)
}

fn event(input: &mut Unstructured<'_>) -> Result<FeedEvent> {
    Ok(match input.int_in_range(0..=6)? {
        0 => FeedEvent::Changed,
        1 => FeedEvent::Delete { id: json::id(input)? },
        2 => FeedEvent::Upsert { id: json::id(input)?, record: None },
        _ => FeedEvent::Upsert { id: json::id(input)?, record: Some(record(input)?) },
    })
}

fn patch(input: &mut Unstructured<'_>) -> Result<Patch> {
    let mut patch = Patch::new();
    for _ in 0..input.int_in_range(0..=3)? {
        let path = json::path(input, NAMES)?;
        patch = if input.ratio(1, 4)? { patch.unset(path) } else { patch.set(path, json::value(input, NAMES)?) };
    }
    Ok(patch)
}

fn guard(input: &mut Unstructured<'_>) -> Result<Guard> {
    Ok(match input.int_in_range(0..=3)? {
        0 => Guard::Nothing,
        1 => Guard::Exists.and(json::path(input, NAMES)?, Some(json::value(input, NAMES)?)),
        2 => Guard::Version { path: "revision".into(), token: json::value(input, NAMES)? },
        _ => Guard::Exists,
    })
}

/// One thing that happens: in the store, in the feed, or through the table.
async fn step(input: &mut Unstructured<'_>, store: &ImTable, table: &LiveTable<Product>) -> Result<()> {
    match input.int_in_range(0..=12)? {
        0..=2 => {
            let id = json::id(input)?;
            let _ = store.replace_id_value(&id, record(input)?).await;
        }
        3 => {
            let _ = store.delete_id(&json::id(input)?, &Guard::Exists).await;
        }
        4..=6 => store.feed().say(event(input)?),
        7 => store.feed().interrupt("the wire was cut"),
        8 => {
            let id = json::id(input)?;
            let _ = table.write(&id, &patch(input)?, &guard(input)?).await;
        }
        9 => {
            let id = json::id(input)?;
            let _ = table.replace_id_value(&id, record(input)?).await;
        }
        10 => {
            let _ = WritableValueSet::delete_id(table, &json::id(input)?, &guard(input)?).await;
        }
        11 => {
            let key = IdempotencyKey(Uuid::from_u128(input.arbitrary::<u8>()?.into()));
            let _ = table.insert_value(record(input)?, Some(key)).await;
        }
        _ => {
            let _ = table.on_backend_change(json::id(input)?).await;
        }
    }
    Ok(())
}

/// What a program knows that follows the events of a table.
struct Mirror {
    seen: BTreeMap<Id, Arc<Product>>,
    sequence: u64,
    events: Subscription<Product>,
}

impl Mirror {
    /// Takes in what has been told, and compares it with the rows.
    fn follow(&mut self, table: &LiveTable<Product>) {
        while let Some(event) = self.events.try_next() {
            assert!(event.sequence() > self.sequence, "{event:?} after {}", self.sequence);
            assert!(event.sequence() <= table.rows().sequence(), "{event:?} is ahead of the rows");
            self.sequence = event.sequence();
            self.take(event, table);
        }
        let rows = table.rows();
        assert_eq!(self.seen.len(), rows.len());
        for ((seen, product), (id, row)) in self.seen.iter().zip(rows.iter()) {
            assert_eq!(seen, id);
            assert!(product.diff(row).is_empty(), "{product:?} was told, {row:?} is shown");
            assert_eq!(&row.id, id);
        }
        for rejected in table.rejected_rows() {
            assert!(rows.get(&rejected.id).is_none(), "{rejected:?} is a row too");
        }
    }

    fn take(&mut self, event: Event<Product>, table: &LiveTable<Product>) {
        match event {
            Event::Inserted { id, row, .. } => {
                assert!(self.seen.insert(id.clone(), row).is_none(), "{id:?} was there already");
            }
            Event::Updated { id, row, fields, .. } => {
                let before = self.seen.insert(id, Arc::clone(&row)).expect("what is updated was there");
                assert_eq!(before.diff(&row), fields);
                assert!(!fields.is_empty());
            }
            Event::Removed { id, .. } => assert!(self.seen.remove(&id).is_some(), "{id:?} was not there"),
            Event::Reset { sequence, .. } => {
                // The rows may be further than this event, and what follows is in them already.
                let rows = table.rows();
                self.seen = rows.iter().map(|(id, row)| (id.clone(), Arc::clone(row))).collect();
                while self.events.try_next().is_some() {}
                self.sequence = rows.sequence().max(sequence);
            }
            Event::Identified { .. } => unreachable!("nothing is new here"),
        }
    }
}

/// The table shows what the store holds, and keeps apart what does not fit.
async fn equal(store: &ImTable, table: &LiveTable<Product>) {
    let mut rejected: BTreeMap<Id, Arc<str>> =
        table.rejected_rows().into_iter().map(|row| (row.id, row.reason)).collect();
    let stored = store.get_values().await.expect("it is in memory");
    let rows = table.rows();
    let mut fitting = 0;
    for (id, record) in stored {
        match Product::from_record(&id, &record) {
            Ok(product) => {
                fitting += 1;
                let row = rows.get(&id).unwrap_or_else(|| panic!("{id:?} has no row"));
                assert!(row.diff(&product).is_empty(), "{row:?} is shown, {product:?} is stored");
                let shown = table.get_id_value(&id).await.ok().flatten().expect("it has a row");
                let shown = Value::Object(shown);
                assert!(same(&shown, &Value::Object(record.clone())), "{shown:?} is told, {record:?} is stored");
            }
            Err(error) => assert_eq!(rejected.remove(&id).as_deref(), Some(&*error.to_string()), "{id:?}"),
        }
    }
    assert_eq!((rows.len(), rejected.len()), (fitting, 0), "what is not stored is not shown: {rejected:?}");
}
