//! A live table is a data set: reads come from its rows, writes reach its backend first.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Entry, Learned, LiveTable, Point, Removed, Shared};
use crate::broken::{self, Broken};
use crate::dataset::{
    DataSetError, InsertableDataSet, ReadableDataSet, WritableDataSet, gone_since, kept_apart, replace_one, update_one,
};
use crate::entity::{EntityError, LiveEntity};
use crate::value::{Guard, Id, Operation, Record, ValueErrorKind, WritableValueSet};

impl<E: LiveEntity> Shared<E> {
    /// The row of a record; an error where it does not fit the entity. Both are looked for at one moment: between two a record
    /// may come to fit, and would be found in neither place.
    pub(crate) fn found(&self, id: &Id) -> Result<Option<Entry<E>>, DataSetError> {
        if let Some((_, entry)) = self.rows.load().find(id) {
            return Ok(Some(entry.clone()));
        }
        self.learned(id).0
    }

    /// Now, to compare with what the table learns later.
    pub(crate) fn point(&self) -> Point {
        self.core.lock().moments.point()
    }

    /// As [`found`](Self::found), and what is known of when that was.
    pub(crate) fn learned(&self, id: &Id) -> (Result<Option<Entry<E>>, DataSetError>, Learned) {
        let (id, seen, learned) = {
            let core = self.core.lock();
            let id = core.resolve(id);
            let (seen, learned) = (core.seen(&id), core.moments.learned(&id));
            (id, seen, learned)
        };
        (self.entry(&id, seen), learned)
    }

    fn typed(&self, id: &Id, record: &Record) -> Result<Arc<E>, DataSetError> {
        Entry::decode(id, record).map(|entry| entry.row).map_err(|source| self.fault(id, source))
    }
}

impl<E: LiveEntity> LiveTable<E> {
    fn record(&self, id: &Id, entry: &Entry<E>) -> Result<Record, DataSetError> {
        entry.record().map_err(|source| self.shared().fault(id, source))
    }
}

#[async_trait]
impl<E: LiveEntity> ReadableDataSet<E> for LiveTable<E> {
    async fn get(&self) -> Result<Vec<(Id, Arc<E>)>, DataSetError> {
        Ok(self.rows().iter().map(|(id, row)| (id.clone(), Arc::clone(row))).collect())
    }

    async fn get_id(&self, id: &Id) -> Result<Option<Arc<E>>, DataSetError> {
        let found = self.shared().found(id);
        self.shared().counters.looked(matches!(found, Ok(Some(_))));
        Ok(found?.map(|entry| entry.row))
    }

    async fn get_some(&self) -> Result<Option<(Id, Arc<E>)>, DataSetError> {
        Ok(self.rows().iter().next().map(|(id, row)| (id.clone(), Arc::clone(row))))
    }
}

#[async_trait]
impl<E: LiveEntity> WritableDataSet<E> for LiveTable<E> {
    async fn replace_id(&self, id: &Id, entity: E) -> Result<Arc<E>, DataSetError> {
        let shared = self.shared();
        let id = &shared.resolve(id);
        if broken::is(Broken::UnfitIsOverwritten) {
            let record = entity.to_new_record().map_err(|source| shared.fault(id, source))?;
            return shared.typed(id, &WritableValueSet::replace_id_value(self, id, record).await?);
        }
        let read = || {
            let (shared, wanted) = (Arc::clone(shared), id.clone());
            let read = async move { shared.read(&wanted).await };
            async { self.shared().run(Operation::Read, read).await?.map(|entry| self.record(id, &entry)).transpose() }
        };
        // Not the row: it may not know of every column that is to be gone.
        let known = read().await?;
        // Through this table's value set, so that the answer is shown at once.
        let after = replace_one(self, id, &entity, known, read).await?;
        if shared.backend.capabilities().after_image {
            return shared.typed(id, &after);
        }
        // It was read by then, and is shown, unless it has gone, or does not fit: then it is not what was wanted.
        match shared.found(id) {
            Ok(Some(entry)) => Ok(entry.row),
            Ok(None) => Err(gone_since(shared.table(), id).into()),
            Err(DataSetError::KeptApart { reason, .. }) => {
                Err(shared.fault(id, EntityError::Decode(serde::de::Error::custom(reason))))
            }
            Err(error) => Err(error),
        }
    }

    async fn update(&self, change: &mut (dyn for<'r> FnMut(&'r mut E) + Send)) -> Result<u64, DataSetError> {
        let mut modified = 0;
        let rows = self.rows();
        for (id, entry) in rows.at.rows.entries() {
            let record = self.record(id, entry)?;
            // Through this table's value set, so that each answer is shown at once.
            modified += u64::from(update_one(self, id, record, change).await?.is_some());
        }
        Ok(modified)
    }

    async fn delete_id(&self, id: &Id) -> Result<bool, DataSetError> {
        let (shared, id) = (Arc::clone(self.shared()), id.clone());
        let delete = async move { Ok(matches!(shared.delete(&id, &Guard::Nothing).await?, Removed::Deleted)) };
        self.shared().run(Operation::Delete, delete).await
    }

    async fn delete_all(&self) -> Result<u64, DataSetError> {
        let shared = Arc::clone(self.shared());
        self.shared().run(Operation::Delete, async move { shared.delete_all().await }).await
    }
}

#[async_trait]
impl<E: LiveEntity> InsertableDataSet<E> for LiveTable<E> {
    async fn insert(&self, entity: E) -> Result<Id, DataSetError> {
        let record = entity.to_new_record().map_err(|source| self.shared().fault(&Id::from("(new)"), source))?;
        let (shared, ids) = (Arc::clone(self.shared()), self.shared().ids);
        let insert = async move {
            let (id, made) = match ids {
                super::Ids::Store => shared.insert(record, None, None).await?,
                super::Ids::ClientUuid => {
                    let id = Id::from(shared.env.ordered_uuid());
                    match shared.insert_id(&id, record, None).await {
                        Err(DataSetError::Store(error)) if error.kind == ValueErrorKind::AlreadyExists => {
                            return shared.made_before(&id).await.map(|_| id);
                        }
                        made => (id, made?),
                    }
                }
            };
            // One that somebody has deleted since was made all the same.
            match made.map(|made| Entry::<E>::decode(&id, &made)) {
                Some(Err(source)) => Err(kept_apart(shared.table(), &id, &source)),
                Some(Ok(_)) | None => Ok(id),
            }
        };
        self.shared().run(Operation::Insert, insert).await
    }
}
