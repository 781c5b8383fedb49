//! A store that numbers its records, as one with a sequence does.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use vantage_live::{
    DeleteOutcome, Guard, Id, IdempotencyKey, ImTable, InsertableValueSet, Patch, ReadableValueSet, Record, ValueError,
    WritableValueSet, WriteOutcome,
};

use crate::reads_the_store_below;

/// Gives a record without an id the next number, and a repeated insert the number that the first one has been given.
#[derive(Clone)]
pub struct Numbering {
    store: ImTable,
    given: Arc<Mutex<Given>>,
}

#[derive(Default)]
struct Given {
    last: i64,
    by_key: HashMap<u128, Id>,
}

impl Numbering {
    /// Over `store`.
    #[must_use]
    pub fn new(store: ImTable) -> Self {
        Numbering { store, given: Arc::default() }
    }

    /// The id of the record that is inserted with this key.
    fn number(&self, key: Option<IdempotencyKey>) -> Id {
        let mut given = self.given.lock();
        if let Some(known) = key.and_then(|key| given.by_key.get(&key.0.as_u128())) {
            return known.clone();
        }
        given.last += 1;
        let id = Id::from(given.last);
        given.by_key.extend(key.map(|key| (key.0.as_u128(), id.clone())));
        id
    }
}

reads_the_store_below!(Numbering, this => this.store.capabilities());

#[async_trait]
impl WritableValueSet for Numbering {
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
impl InsertableValueSet for Numbering {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        let id = self.number(key);
        let made = match self.store.get_id_value(&id).await? {
            Some(made) => made,
            None => self.store.insert_id_value(&id, record).await?,
        };
        Ok((id, made))
    }
}
