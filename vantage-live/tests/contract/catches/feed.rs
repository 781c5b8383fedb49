//! Feeds that are wrong: they tell a record as it never was, leave changes out, or tell them out of order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use vantage_live::contract::feed::Feeding;
use vantage_live::value::FeedKind;
use vantage_live::{
    Capabilities, DeleteOutcome, Feed, FeedEvent, FeedOrder, FeedStream, Guard, Id, IdempotencyKey, ImTable,
    InsertableValueSet, ManualFeed, Patch, ReadableValueSet, Record, ValueError, WritableValueSet, WriteOutcome,
};

/// Tells a record as it never was.
pub struct TellsEmptyRecords(pub ManualFeed);

#[async_trait]
impl Feed for TellsEmptyRecords {
    fn kind(&self) -> FeedKind {
        self.0.kind()
    }

    fn order(&self) -> FeedOrder {
        self.0.order()
    }

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let emptied = |told| match told {
            Ok(FeedEvent::Upsert { id, .. }) => Ok(FeedEvent::Upsert { id, record: Some(Record::new()) }),
            other => other,
        };
        Ok(self.0.subscribe().await?.map(emptied).boxed())
    }
}

/// What is not told, or not as it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Untold {
    Nothing,
    GuardedWrites,
    GuardedDeletes,
    Minted,
    ReplacesOfABatch,
    /// Everything is told, after a pause in which others may write and tell.
    TheOrder,
}

/// A table that tells its changes itself, after each of them.
#[derive(Clone)]
pub struct Telling {
    table: ImTable,
    feed: ManualFeed,
    untold: Untold,
    told: Arc<AtomicU64>,
    /// Held while a change happens and is told, so that all are told in their order.
    order: Arc<tokio::sync::Mutex<()>>,
}

type Rows = Vec<(Id, Record)>;

impl Telling {
    pub fn new(untold: Untold) -> Self {
        let (table, feed) = (ImTable::new("contract"), ManualFeed::new());
        Telling { table, feed, untold, told: Arc::default(), order: Arc::default() }
    }

    pub fn feed(&self) -> ManualFeed {
        self.feed.clone()
    }

    pub fn feeding(untold: Untold) -> Feeding {
        let store = Telling::new(untold);
        Feeding { feed: Arc::new(store.feed()), store: Arc::new(store) }
    }

    /// Where the order is told, what keeps it.
    async fn in_order(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if self.untold == Untold::TheOrder { None } else { Some(self.order.lock().await) }
    }

    async fn tell(&self, event: FeedEvent) {
        if self.untold == Untold::TheOrder {
            let nth = self.told.fetch_add(1, Ordering::SeqCst);
            // Now long, now short.
            tokio::time::sleep(Duration::from_millis(nth * 7 % 5)).await;
        }
        self.feed.say(event);
    }

    async fn tell_upsert(&self, id: &Id, record: &Record) {
        self.tell(FeedEvent::Upsert { id: id.clone(), record: Some(record.clone()) }).await;
    }
}

#[async_trait]
impl ReadableValueSet for Telling {
    fn name(&self) -> &str {
        self.table.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.table.capabilities()
    }

    async fn get_values(&self) -> Result<Rows, ValueError> {
        self.table.get_values().await
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        self.table.get_id_value(id).await
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        self.table.get_some_value().await
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Rows, ValueError>> {
        self.table.stream_values(batch)
    }

    async fn count(&self) -> Result<u64, ValueError> {
        self.table.count().await
    }
}

#[async_trait]
impl WritableValueSet for Telling {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        let _order = self.in_order().await;
        let outcome = self.table.write(id, patch, guard).await?;
        let untold = self.untold == Untold::GuardedWrites && *guard != Guard::Nothing;
        if let (WriteOutcome::Written(record), false) = (&outcome, untold) {
            self.tell_upsert(id, record).await;
        }
        Ok(outcome)
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let _order = self.in_order().await;
        let record = self.table.insert_id_value(id, record).await?;
        self.tell_upsert(id, &record).await;
        Ok(record)
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let _order = self.in_order().await;
        let record = self.table.replace_id_value(id, record).await?;
        self.tell_upsert(id, &record).await;
        Ok(record)
    }

    async fn replace_id_values(&self, records: Rows) -> Vec<Result<Record, ValueError>> {
        if self.untold == Untold::ReplacesOfABatch {
            return self.table.replace_id_values(records).await;
        }
        let mut answers = Vec::new();
        for (id, record) in records {
            answers.push(self.replace_id_value(&id, record).await);
        }
        answers
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        let _order = self.in_order().await;
        let outcome = self.table.delete_id(id, guard).await?;
        let untold = self.untold == Untold::GuardedDeletes && *guard != Guard::Nothing;
        if outcome == DeleteOutcome::Deleted && !untold {
            self.tell(FeedEvent::Delete { id: id.clone() }).await;
        }
        Ok(outcome)
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        let _order = self.in_order().await;
        let deleted = self.table.delete_all().await?;
        self.tell(FeedEvent::Changed).await;
        Ok(deleted)
    }
}

#[async_trait]
impl InsertableValueSet for Telling {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        let _order = self.in_order().await;
        let (id, record) = self.table.insert_value(record, key).await?;
        if self.untold != Untold::Minted {
            self.tell_upsert(&id, &record).await;
        }
        Ok((id, record))
    }
}
