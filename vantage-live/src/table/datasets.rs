//! A live table is a data set: reads come from its rows, writes reach its backend first.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Entry, LiveTable, Removed, Shared};
use crate::broken::{self, Broken};
use crate::dataset::{DataSetError, InsertableDataSet, ReadableDataSet, WritableDataSet, update_one};
use crate::entity::LiveEntity;
use crate::value::{Guard, Id, Operation, Record};

impl<E: LiveEntity> Shared<E> {
    /// A record that does not fit the entity is not overwritten through it.
    fn refuse_kept_apart(&self, id: &Id) -> Result<(), DataSetError> {
        match self.core.lock().rejected.get(id) {
            Some(row) if !broken::is(Broken::UnfitIsOverwritten) => Err(DataSetError::KeptApart {
                table: self.table().to_owned(),
                id: id.clone(),
                reason: Arc::clone(&row.reason),
            }),
            _ => Ok(()),
        }
    }

    fn typed(&self, id: &Id, record: &Record) -> Result<Arc<E>, DataSetError> {
        Entry::decode(id, record).map(|entry| entry.row).map_err(|source| self.fault(id, source))
    }
}

#[async_trait]
impl<E: LiveEntity> ReadableDataSet<E> for LiveTable<E> {
    async fn get(&self) -> Result<Vec<(Id, Arc<E>)>, DataSetError> {
        Ok(self.rows().iter().map(|(id, row)| (id.clone(), Arc::clone(row))).collect())
    }

    async fn get_id(&self, id: &Id) -> Result<Option<Arc<E>>, DataSetError> {
        Ok(self.row(id))
    }

    async fn get_some(&self) -> Result<Option<(Id, Arc<E>)>, DataSetError> {
        Ok(self.rows().iter().next().map(|(id, row)| (id.clone(), Arc::clone(row))))
    }
}

#[async_trait]
impl<E: LiveEntity> WritableDataSet<E> for LiveTable<E> {
    async fn replace_id(&self, id: &Id, entity: E) -> Result<Arc<E>, DataSetError> {
        self.shared().refuse_kept_apart(id)?;
        let record = entity.to_new_record().map_err(|source| self.shared().fault(id, source))?;
        let (shared, id) = (Arc::clone(self.shared()), id.clone());
        self.shared()
            .run(Operation::Replace, async move {
                let after = shared.replace(&id, record).await?;
                shared.typed(&id, &after)
            })
            .await
    }

    async fn update(&self, change: &mut (dyn for<'r> FnMut(&'r mut E) + Send)) -> Result<u64, DataSetError> {
        let mut modified = 0;
        let rows = self.rows();
        for (id, entry) in &rows.at.rows {
            let record = entry.record().map_err(|source| self.shared().fault(id, source))?;
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
            match ids {
                super::Ids::Store => Ok(shared.insert(record, None, None).await?.0),
                super::Ids::ClientUuid => {
                    let id = Id::from(shared.env.ordered_uuid());
                    shared.insert_id(&id, record).await?;
                    Ok(id)
                }
            }
        };
        self.shared().run(Operation::Insert, insert).await
    }
}
