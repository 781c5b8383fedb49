//! A store that says of itself that it can do more, or less, than the one below it.

use async_trait::async_trait;
use futures::stream::BoxStream;
use vantage_live::{
    Capabilities, DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Patch, ReadableValueSet, Record,
    RwValueSet, ValueError, WritableValueSet, WriteOutcome,
};

/// The store below, with the capabilities that it claims.
#[derive(Clone)]
pub struct Claiming<S> {
    store: S,
    claims: Capabilities,
}

impl<S: RwValueSet> Claiming<S> {
    /// Over `store`, whose capabilities `claim` changes.
    pub fn new(store: S, claim: impl FnOnce(&mut Capabilities)) -> Self {
        let mut claims = store.capabilities();
        claim(&mut claims);
        Claiming { store, claims }
    }

    /// A cache that outlives the process, as far as a table knows.
    pub fn lasting(store: S) -> Self {
        Claiming::new(store, |can| can.outlives_process = true)
    }
}

#[async_trait]
impl<S: RwValueSet> ReadableValueSet for Claiming<S> {
    fn name(&self) -> &str {
        self.store.name()
    }
    fn capabilities(&self) -> Capabilities {
        self.claims
    }
    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        self.store.get_values().await
    }
    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        self.store.get_id_value(id).await
    }
    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        self.store.get_some_value().await
    }
    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        self.store.stream_values(batch)
    }
    async fn count(&self) -> Result<u64, ValueError> {
        self.store.count().await
    }
}

#[async_trait]
impl<S: RwValueSet> WritableValueSet for Claiming<S> {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        self.store.write(id, patch, guard).await
    }
    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.store.insert_id_value(id, record).await
    }
    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.store.replace_id_value(id, record).await
    }
    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        self.store.delete_id(id, guard).await
    }
    async fn delete_all(&self) -> Result<u64, ValueError> {
        self.store.delete_all().await
    }
}

#[async_trait]
impl<S: RwValueSet> InsertableValueSet for Claiming<S> {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        self.store.insert_value(record, key).await
    }
}
