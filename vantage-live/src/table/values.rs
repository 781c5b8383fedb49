//! A live table is a value set: reads come from its rows, writes reach its backend first.
//!
//! A record that does not fit the entity has no row. To read it is an error that says why; a write reaches it like any other,
//! and answers with it as the backend has.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};

use super::{Entry, LiveTable, Shared};
use crate::dataset::DataSetError;
use crate::entity::{EntityError, LiveEntity};
use crate::value::{
    Capabilities, DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Operation, Patch, ReadableValueSet,
    Record, ValueError, ValueErrorKind, WritableValueSet, WriteOutcome,
};

impl<E: LiveEntity> Shared<E> {
    fn unreadable(&self, id: &Id, error: &EntityError) -> ValueError {
        ValueError::new(Operation::Read, self.table(), ValueErrorKind::Unreadable(error.to_string())).on(id)
    }

    fn stored(&self, id: &Id, entry: &Entry<E>) -> Result<(Id, Record), ValueError> {
        entry.record().map(|record| (id.clone(), record)).map_err(|error| self.unreadable(id, &error))
    }

    /// An error of the typed layer as one of the value layer.
    fn untyped(&self, operation: Operation, error: DataSetError) -> ValueError {
        match error {
            DataSetError::Store(error) => error,
            DataSetError::Entity { id, source, .. } => self.unreadable(&id, &source),
            DataSetError::KeptApart { id, reason, .. } => {
                ValueError::new(operation, self.table(), ValueErrorKind::Unreadable(reason.to_string())).on(&id)
            }
        }
    }
}

impl<E: LiveEntity> LiveTable<E> {
    /// Runs a request on the table's runtime, with the errors of the value layer.
    async fn request<T: Send + 'static, F>(
        &self,
        operation: Operation,
        request: impl FnOnce(Arc<Shared<E>>) -> F,
    ) -> Result<T, ValueError>
    where
        F: Future<Output = Result<T, DataSetError>> + Send + 'static,
    {
        let work = request(Arc::clone(self.shared()));
        self.shared().run(operation, work).await.map_err(|error| self.shared().untyped(operation, error))
    }
}

/// What a store that tells no after-image answers where the record has gone before it could be read: nothing, as ever.
fn told(after: Option<Record>) -> Record {
    after.unwrap_or_default()
}

#[async_trait]
impl<E: LiveEntity> ReadableValueSet for LiveTable<E> {
    fn name(&self) -> &str {
        self.shared().table()
    }

    fn capabilities(&self) -> Capabilities {
        self.shared().backend.capabilities()
    }

    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        let rows = self.rows();
        rows.at.rows.entries().map(|(id, entry)| self.shared().stored(id, entry)).collect()
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        let found = self.shared().found(id).map_err(|error| self.shared().untyped(Operation::Read, error))?;
        found.map(|entry| self.shared().stored(id, &entry).map(|(_, record)| record)).transpose()
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        let rows = self.rows();
        rows.at.rows.entries().next().map(|(id, entry)| self.shared().stored(id, entry)).transpose()
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        // One moment's rows: they stay as they are while the stream runs.
        let rows = self.rows();
        let ids: Vec<Id> = rows.iter().map(|(id, _)| id.clone()).collect();
        let chunks: Vec<Vec<Id>> = ids.chunks(batch.max(1)).map(<[Id]>::to_vec).collect();
        stream::iter(chunks)
            .map(move |ids| {
                let stored = |id: Id| rows.at.rows.get(&id).map(|entry| self.shared().stored(&id, entry));
                ids.into_iter().filter_map(stored).collect()
            })
            .boxed()
    }

    async fn count(&self) -> Result<u64, ValueError> {
        Ok(self.rows().len() as u64)
    }
}

#[async_trait]
impl<E: LiveEntity> WritableValueSet for LiveTable<E> {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        let (id, patch, guard) = (id.clone(), patch.clone(), guard.clone());
        self.request(
            Operation::Write,
            |shared| async move { Ok(shared.write_record(&id, &patch, &guard).await?.outcome) },
        )
        .await
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let id = id.clone();
        let insert = |shared: Arc<Shared<E>>| async move { shared.insert_id(&id, record, None).await };
        self.request(Operation::Insert, insert).await.map(told)
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let id = id.clone();
        let replace = |shared: Arc<Shared<E>>| async move { shared.replace(&id, record).await };
        self.request(Operation::Replace, replace).await.map(told)
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        let (id, guard) = (id.clone(), guard.clone());
        self.request(Operation::Delete, |shared| async move { Ok(shared.delete_record(&id, &guard).await?.0) }).await
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        self.request(Operation::Delete, |shared| async move { shared.delete_all().await }).await
    }
}

#[async_trait]
impl<E: LiveEntity> InsertableValueSet for LiveTable<E> {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        let insert = |shared: Arc<Shared<E>>| async move { shared.insert(record, key, None).await };
        self.request(Operation::Insert, insert).await.map(|(id, after)| (id, told(after)))
    }
}
