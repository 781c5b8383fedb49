//! A store that says of itself that it can do more, or less, than the one below it.

use async_trait::async_trait;
use vantage_live::{
    Capabilities, DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Patch, Record, RwValueSet, ValueError,
    WritableValueSet, WriteOutcome,
};

use crate::reads_the_store_below;

/// The store below, with the capabilities that it claims. Where it claims to tell no after-image, it tells none.
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

    fn tells(&self, after: Record) -> Record {
        if self.claims.after_image { after } else { Record::new() }
    }

    /// A cache that outlives the process, as far as a table knows.
    pub fn lasting(store: S) -> Self {
        Claiming::new(store, |can| can.outlives_process = true)
    }
}

reads_the_store_below!(Claiming<S>, this => this.claims, over S);

#[async_trait]
impl<S: RwValueSet> WritableValueSet for Claiming<S> {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        Ok(match self.store.write(id, patch, guard).await? {
            WriteOutcome::Written(after) => WriteOutcome::Written(self.tells(after)),
            not_written => not_written,
        })
    }
    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.store.insert_id_value(id, record).await.map(|after| self.tells(after))
    }
    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.store.replace_id_value(id, record).await.map(|after| self.tells(after))
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
        self.store.insert_value(record, key).await.map(|(id, after)| (id, self.tells(after)))
    }
}
