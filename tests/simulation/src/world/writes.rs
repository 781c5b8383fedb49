//! Writing through a link, and to a cache.

use async_trait::async_trait;
use vantage_live::{
    DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Operation, Patch, Record, ValueError,
    WritableValueSet, WriteOutcome,
};

use super::reads::odd;
use super::store::{Ask, Reply};
use super::{Disk, Link};

impl Link {
    /// What the store answers to a write that has left this record.
    fn after_image(&self, record: Record) -> Record {
        if self.capabilities.after_image { record } else { Record::new() }
    }
}

#[async_trait]
impl WritableValueSet for Link {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        match self.ask(Ask::Write { id: id.clone(), patch: patch.clone(), guard: guard.clone() }).await {
            Ok(Reply::Written(WriteOutcome::Written(record))) => Ok(WriteOutcome::Written(self.after_image(record))),
            Ok(Reply::Written(outcome)) => Ok(outcome),
            Ok(other) => Err(odd(Operation::Write, &other)),
            Err(kind) => Err(Link::error(Operation::Write, Some(id), kind)),
        }
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        match self.ask(Ask::Insert { id: id.clone(), record }).await {
            Ok(Reply::Record(record)) => Ok(self.after_image(record)),
            Ok(other) => Err(odd(Operation::Insert, &other)),
            Err(kind) => Err(Link::error(Operation::Insert, Some(id), kind)),
        }
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        match self.ask(Ask::Replace { id: id.clone(), record }).await {
            Ok(Reply::Record(record)) => Ok(self.after_image(record)),
            Ok(other) => Err(odd(Operation::Replace, &other)),
            Err(kind) => Err(Link::error(Operation::Replace, Some(id), kind)),
        }
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        match self.ask(Ask::Delete { id: id.clone(), guard: guard.clone() }).await {
            Ok(Reply::Deleted(outcome)) => Ok(outcome),
            Ok(other) => Err(odd(Operation::Delete, &other)),
            Err(kind) => Err(Link::error(Operation::Delete, Some(id), kind)),
        }
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        match self.ask(Ask::DeleteAll).await {
            Ok(Reply::Counted(count)) => Ok(count),
            Ok(other) => Err(odd(Operation::Delete, &other)),
            Err(kind) => Err(Link::error(Operation::Delete, None, kind)),
        }
    }
}

#[async_trait]
impl InsertableValueSet for Link {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        match self.ask(Ask::Make { record, key }).await {
            Ok(Reply::Made(id, record)) => Ok((id, self.after_image(record))),
            Ok(other) => Err(odd(Operation::Insert, &other)),
            Err(kind) => Err(Link::error(Operation::Insert, None, kind)),
        }
    }
}

#[async_trait]
impl WritableValueSet for Disk {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        self.go(Operation::Write).await?;
        self.table.write(id, patch, guard).await
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.go(Operation::Insert).await?;
        self.table.insert_id_value(id, record).await
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.go(Operation::Replace).await?;
        self.table.replace_id_value(id, record).await
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        self.go(Operation::Delete).await?;
        self.table.delete_id(id, guard).await
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        self.go(Operation::Delete).await?;
        self.table.delete_all().await
    }
}

#[async_trait]
impl InsertableValueSet for Disk {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        self.go(Operation::Insert).await?;
        self.table.insert_value(record, key).await
    }
}
