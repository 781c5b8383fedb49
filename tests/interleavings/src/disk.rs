//! A cache as on a disk. The fuzz targets have it from here.

use async_trait::async_trait;
use futures::stream::BoxStream;
use vantage_live::{
    Capabilities, DeleteOutcome, Guard, Id, IdempotencyKey, ImTable, InsertableValueSet, Patch, ReadableValueSet,
    Record, ValueError, WritableValueSet, WriteOutcome,
};

/// A store that says it outlives the process, so that a table takes it for a cache.
#[derive(Clone)]
pub struct Disk(pub ImTable);

#[async_trait]
impl ReadableValueSet for Disk {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { outlives_process: true, ..self.0.capabilities() }
    }

    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        self.0.get_values().await
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        self.0.get_id_value(id).await
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        self.0.get_some_value().await
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        self.0.stream_values(batch)
    }

    async fn count(&self) -> Result<u64, ValueError> {
        self.0.count().await
    }
}

#[async_trait]
impl WritableValueSet for Disk {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        self.0.write(id, patch, guard).await
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.0.insert_id_value(id, record).await
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.0.replace_id_value(id, record).await
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        self.0.delete_id(id, guard).await
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        self.0.delete_all().await
    }
}

#[async_trait]
impl InsertableValueSet for Disk {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        self.0.insert_value(record, key).await
    }
}
