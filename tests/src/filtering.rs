//! A store behind a filter: records that it hides are there, and nobody who reads through it sees them.

use async_trait::async_trait;
use futures::stream::{BoxStream, StreamExt};
use vantage_live::feed::{FeedOrder, FeedStream};
use vantage_live::{
    Capabilities, DeleteOutcome, Feed, FeedEvent, FeedKind, Guard, Id, IdempotencyKey, ImTable, InsertableValueSet,
    ManualFeed, Patch, ReadableValueSet, Record, ValueError, WritableValueSet, WriteOutcome,
};

/// The records of a store in memory that a filter lets through.
#[derive(Clone)]
pub struct Filtering {
    store: ImTable,
    passes: fn(&Record) -> bool,
}

impl Filtering {
    /// Those of `store` that `passes` is true of.
    pub fn new(store: ImTable, passes: fn(&Record) -> bool) -> Self {
        Filtering { store, passes }
    }

    /// Which records have changed, entered the filter or left it: not what they are, and in no order.
    #[must_use]
    pub fn feed(&self) -> impl Feed + use<> {
        Naming(self.store.feed())
    }

    async fn hides(&self, id: &Id) -> Result<bool, ValueError> {
        Ok(self.get_id_value(id).await?.is_none())
    }
}

#[async_trait]
impl ReadableValueSet for Filtering {
    fn name(&self) -> &str {
        self.store.name()
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities { feed: FeedKind::Filtered, ..self.store.capabilities() }
    }
    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        let all = self.store.get_values().await?;
        Ok(all.into_iter().filter(|(_, record)| (self.passes)(record)).collect())
    }
    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        Ok(self.store.get_id_value(id).await?.filter(self.passes))
    }
    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        Ok(self.get_values().await?.into_iter().next())
    }
    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        let passing =
            |batch: Vec<(Id, Record)>| batch.into_iter().filter(|(_, record)| (self.passes)(record)).collect();
        self.store.stream_values(batch).map(move |batch| batch.map(passing)).boxed()
    }
    async fn count(&self) -> Result<u64, ValueError> {
        Ok(self.get_values().await?.len() as u64)
    }
}

#[async_trait]
impl WritableValueSet for Filtering {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        if self.hides(id).await? { Ok(WriteOutcome::Gone) } else { self.store.write(id, patch, guard).await }
    }
    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.store.insert_id_value(id, record).await
    }
    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.store.replace_id_value(id, record).await
    }
    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        if self.hides(id).await? { Ok(DeleteOutcome::Gone) } else { self.store.delete_id(id, guard).await }
    }
    async fn delete_all(&self) -> Result<u64, ValueError> {
        let ids = self.get_values().await?.into_iter().map(|(id, _)| id);
        let mut deleted = 0;
        for id in ids {
            deleted += u64::from(matches!(self.store.delete_id(&id, &Guard::Nothing).await?, DeleteOutcome::Deleted));
        }
        Ok(deleted)
    }
}

#[async_trait]
impl InsertableValueSet for Filtering {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        self.store.insert_value(record, key).await
    }
}

struct Naming(ManualFeed);

#[async_trait]
impl Feed for Naming {
    fn kind(&self) -> FeedKind {
        FeedKind::Filtered
    }
    fn order(&self) -> FeedOrder {
        FeedOrder::Unknown
    }
    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let named = |event| match event {
            Ok(FeedEvent::Upsert { id, .. } | FeedEvent::Delete { id }) => {
                Some(Ok(FeedEvent::Upsert { id, record: None }))
            }
            Ok(FeedEvent::Position(_)) => None,
            other => Some(other),
        };
        Ok(self.0.subscribe().await?.filter_map(move |event| std::future::ready(named(event))).boxed())
    }
}
