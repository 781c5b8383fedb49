//! A store that makes other values of what it is sent, as a trigger would.

use async_trait::async_trait;
use vantage_live::{
    DeleteOutcome, Guard, Id, IdempotencyKey, ImTable, InsertableValueSet, Patch, Record, ValueError, WritableValueSet,
    WriteOutcome,
};

use crate::reads_the_store_below;

/// Keeps every record as `coerce` makes it.
pub struct Coercing {
    store: ImTable,
    coerce: fn(&mut Record),
}

impl Coercing {
    /// Over `store`.
    pub fn new(store: ImTable, coerce: fn(&mut Record)) -> Self {
        Coercing { store, coerce }
    }

    /// The patch that writes `patch` as it will be stored, and what is stored beside it.
    fn coerced(&self, patch: &Patch) -> Patch {
        let mut written = Record::new();
        patch.apply(&mut written);
        let sent: Vec<String> = written.keys().cloned().collect();
        (self.coerce)(&mut written);
        let set = |coerced: Patch, (path, _): (&vantage_live::Path, _)| match path.get(&written) {
            Some(value) => coerced.set(path.clone(), value.clone()),
            None => coerced.unset(path.clone()),
        };
        let unset = patch.unsets().fold(Patch::new(), |coerced, path| coerced.unset(path.clone()));
        let added = written.iter().filter(|(name, _)| !sent.contains(name));
        let beside = added.fold(unset, |coerced, (name, value)| coerced.set(name.as_str(), value.clone()));
        patch.sets().fold(beside, set)
    }
}

reads_the_store_below!(Coercing, this => this.store.capabilities());

#[async_trait]
impl WritableValueSet for Coercing {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        self.store.write(id, &self.coerced(patch), guard).await
    }
    async fn insert_id_value(&self, id: &Id, mut record: Record) -> Result<Record, ValueError> {
        (self.coerce)(&mut record);
        self.store.insert_id_value(id, record).await
    }
    async fn replace_id_value(&self, id: &Id, mut record: Record) -> Result<Record, ValueError> {
        (self.coerce)(&mut record);
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
impl InsertableValueSet for Coercing {
    async fn insert_value(&self, mut record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        (self.coerce)(&mut record);
        self.store.insert_value(record, key).await
    }
}
