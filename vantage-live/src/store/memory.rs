//! A table in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use uuid::Uuid;

use crate::feed::{FeedEvent, ManualFeed};
use crate::locks::Mutex;
use crate::value::{
    Capabilities, DeleteOutcome, FeedKind, Guard, Id, IdempotencyKey, InsertableValueSet, Operation, Patch,
    ReadableValueSet, Record, ValueError, ValueErrorKind, WritableValueSet, WriteOutcome,
};

/// A table in memory: ordered by id, with atomic guarded writes, ids of its own for inserted records (`UUIDv7`, so that
/// they stand in the order of their making), and a feed of its changes. A handle: clones are the same table.
///
/// Its capabilities are all but outliving the process, a transaction over several records and a version token.
///
/// ```
/// use serde_json::json;
/// use vantage_live::{Guard, Id, ImTable, Patch, ReadableValueSet, WritableValueSet, WriteOutcome};
///
/// # futures::executor::block_on(async {
/// let table = ImTable::new("product");
/// let id = Id::from("flux_cupcake");
/// table.insert_id_value(&id, json!({"price": 120}).as_object().unwrap().clone()).await?;
///
/// let guard = Guard::Exists.and("price", Some(json!(120)));
/// let outcome = table.write(&id, &Patch::new().set("price", 130), &guard).await?;
/// assert!(matches!(outcome, WriteOutcome::Written(record) if record["price"] == 130));
///
/// let outcome = table.write(&id, &Patch::new().set("price", 140), &guard).await?;
/// assert!(matches!(outcome, WriteOutcome::Refused(record) if record["price"] == 130));
/// # Ok::<(), vantage_live::ValueError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ImTable {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    name: String,
    records: Mutex<BTreeMap<Id, Record>>,
    feed: ManualFeed,
}

impl ImTable {
    /// An empty table of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        ImTable {
            shared: Arc::new(Shared { name: name.into(), records: Mutex::default(), feed: ManualFeed::of_store() }),
        }
    }

    /// The feed of this table's changes, in the order in which they happen.
    #[must_use]
    pub fn feed(&self) -> ManualFeed {
        self.shared.feed.clone()
    }

    /// Changes the records in one step and says so to the feed before anyone else can change them again.
    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<Id, Record>) -> (T, Vec<FeedEvent>)) -> T {
        let mut records = self.shared.records.lock();
        let (answer, events) = change(&mut records);
        for event in events {
            self.shared.feed.say(event);
        }
        answer
    }

    fn error(&self, operation: Operation, kind: ValueErrorKind, id: &Id) -> ValueError {
        ValueError::new(operation, &self.shared.name, kind).on(id)
    }
}

fn upserted(id: &Id, record: &Record) -> Vec<FeedEvent> {
    vec![FeedEvent::Upsert { id: id.clone(), record: Some(record.clone()) }]
}

#[async_trait]
impl ReadableValueSet for ImTable {
    fn name(&self) -> &str {
        &self.shared.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transaction: false,
            version_token: false,
            outlives_process: false,
            feed: FeedKind::PerRow,
            ..Capabilities::all()
        }
    }

    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        Ok(self.shared.records.lock().iter().map(|(id, record)| (id.clone(), record.clone())).collect())
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        Ok(self.shared.records.lock().get(id).cloned())
    }

    async fn get_id_values(&self, ids: &[Id]) -> Result<Vec<(Id, Record)>, ValueError> {
        let records = self.shared.records.lock();
        let ids: BTreeSet<&Id> = ids.iter().collect();
        Ok(ids.into_iter().filter_map(|id| Some((id.clone(), records.get(id)?.clone()))).collect())
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        Ok(self.shared.records.lock().iter().next().map(|(id, record)| (id.clone(), record.clone())))
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        stream::unfold(Bound::Unbounded, move |after: Bound<Id>| async move {
            let records = self.shared.records.lock();
            let rows: Vec<_> = records
                .range((after, Bound::Unbounded))
                .take(batch.max(1))
                .map(|(id, record)| (id.clone(), record.clone()))
                .collect();
            let last = rows.last()?.0.clone();
            Some((Ok(rows), Bound::Excluded(last)))
        })
        .boxed()
    }

    async fn count(&self) -> Result<u64, ValueError> {
        Ok(self.shared.records.lock().len() as u64)
    }
}

#[async_trait]
impl WritableValueSet for ImTable {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        Ok(self.change(|records| {
            match records.get(id) {
                Some(now) if !guard.holds(Some(now)) => return (WriteOutcome::Refused(now.clone()), vec![]),
                // A patch that sets nothing makes no record.
                None if !guard.holds(None) || patch.sets().len() == 0 => return (WriteOutcome::Gone, vec![]),
                _ => {}
            }
            let record = records.entry(id.clone()).or_default();
            patch.apply(record);
            let events = if patch.is_empty() { vec![] } else { upserted(id, record) };
            (WriteOutcome::Written(record.clone()), events)
        }))
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.change(|records| {
            if records.contains_key(id) {
                return (Err(self.error(Operation::Insert, ValueErrorKind::AlreadyExists, id)), vec![]);
            }
            records.insert(id.clone(), record.clone());
            let events = upserted(id, &record);
            (Ok(record), events)
        })
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.change(|records| {
            records.insert(id.clone(), record.clone());
            let events = upserted(id, &record);
            (Ok(record), events)
        })
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        Ok(self.change(|records| match records.get(id) {
            None => (DeleteOutcome::Gone, vec![]),
            Some(now) if !guard.holds(Some(now)) => (DeleteOutcome::Refused(now.clone()), vec![]),
            Some(_) => {
                records.remove(id);
                (DeleteOutcome::Deleted, vec![FeedEvent::Delete { id: id.clone() }])
            }
        }))
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        Ok(self.change(|records| {
            let all = std::mem::take(records);
            (all.len() as u64, all.into_keys().map(|id| FeedEvent::Delete { id }).collect())
        }))
    }
}

#[async_trait]
impl InsertableValueSet for ImTable {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        // The key is the id: the repetition of an insert finds the record that the first one has made.
        let id = Id::from(key.map_or_else(Uuid::now_v7, |key| key.0));
        Ok(self.change(|records| {
            if let Some(made) = records.get(&id) {
                return ((id, made.clone()), vec![]);
            }
            records.insert(id.clone(), record.clone());
            let events = upserted(&id, &record);
            ((id, record), events)
        }))
    }
}
