//! A store that keeps a ledger: every write that takes effect, by a session or by a colleague, in the order of their
//! happening, with the record before and after.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use tests::reads_the_store_below;
use vantage_live::{
    Capabilities, DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Patch, Record, RwValueSet, ValueError,
    WritableValueSet, WriteOutcome,
};

/// Who has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Session,
    Colleague,
}

/// A write that took effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub by: By,
    pub id: Id,
    /// The record that was written over; `None` of one that was made.
    pub before: Option<Record>,
    pub after: Record,
}

/// The writes so far. A handle.
#[derive(Clone, Default)]
pub struct Ledger {
    entries: Arc<Mutex<Vec<Entry>>>,
}

impl Ledger {
    /// Every write from the one of this number on.
    pub fn since(&self, number: usize) -> Vec<Entry> {
        self.entries.lock()[number..].to_vec()
    }

    /// Puts a write down.
    pub fn note(&self, by: By, id: &Id, before: Option<Record>, after: Record) {
        if before.as_ref() != Some(&after) {
            self.entries.lock().push(Entry { by, id: id.clone(), before, after });
        }
    }
}

/// The store. Its runtime has one thread and the store below never waits, so reading before writing is one step.
pub struct Recorded<S> {
    pub store: S,
    pub ledger: Ledger,
    pub capabilities: Capabilities,
}

reads_the_store_below!(Recorded<S>, this => this.capabilities, over S);

#[async_trait]
impl<S: RwValueSet> WritableValueSet for Recorded<S> {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        let before = self.store.get_id_value(id).await?;
        let outcome = self.store.write(id, patch, guard).await?;
        if let WriteOutcome::Written(after) = &outcome {
            self.ledger.note(By::Session, id, before, after.clone());
        }
        Ok(outcome)
    }
    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let after = self.store.insert_id_value(id, record).await?;
        self.ledger.note(By::Session, id, None, after.clone());
        Ok(after)
    }
    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let before = self.store.get_id_value(id).await?;
        let after = self.store.replace_id_value(id, record).await?;
        self.ledger.note(By::Session, id, before, after.clone());
        Ok(after)
    }
    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        self.store.delete_id(id, guard).await
    }
    async fn delete_all(&self) -> Result<u64, ValueError> {
        self.store.delete_all().await
    }
}

#[async_trait]
impl<S: RwValueSet> InsertableValueSet for Recorded<S> {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        let count = self.store.count().await?;
        let (id, after) = self.store.insert_value(record, key).await?;
        if self.store.count().await? > count {
            self.ledger.note(By::Session, &id, None, after.clone());
        }
        Ok((id, after))
    }
}
