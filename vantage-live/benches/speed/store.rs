//! A store that holds nothing and makes its records as they are asked for, so that only the table's work is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use vantage_live::{
    Capabilities, DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Operation, Patch, ReadableValueSet,
    Record, ValueError, ValueErrorKind, WritableValueSet, WriteOutcome,
};

use crate::entity::{id, record};

const NAME: &str = "product";

/// So many products. The records are made beforehand, and handed out as clones.
#[derive(Clone)]
pub struct Made {
    rows: Arc<Vec<(Id, Record)>>,
    /// How often it was listed: each time, ten other products have another price.
    lists: Arc<AtomicU32>,
}

impl Made {
    pub fn new(count: u32) -> Self {
        let rows = (0..count).map(|n| (id(n), record(n))).collect();
        Made { rows: Arc::new(rows), lists: Arc::default() }
    }
}

fn refuse(operation: Operation) -> ValueError {
    ValueError::new(operation, NAME, ValueErrorKind::Unsupported("write"))
}

#[async_trait]
impl ReadableValueSet for Made {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::all()
    }

    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        Ok(self.rows.to_vec())
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        Ok(self.rows.iter().find(|(known, _)| known == id).map(|(_, record)| record.clone()))
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        Ok(self.rows.first().cloned())
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        let list = self.lists.fetch_add(1, Ordering::Relaxed);
        let batches = self.rows.chunks(batch).enumerate().map(move |(at, rows)| {
            let mut rows = rows.to_vec();
            // One product in each of the first ten batches.
            if at < 10 {
                rows[0].1.insert("price".into(), (1_000 + list).into());
            }
            Ok(rows)
        });
        stream::iter(batches).boxed()
    }

    async fn count(&self) -> Result<u64, ValueError> {
        Ok(self.rows.len() as u64)
    }
}

#[async_trait]
impl WritableValueSet for Made {
    async fn write(&self, _: &Id, _: &Patch, _: &Guard) -> Result<WriteOutcome, ValueError> {
        Err(refuse(Operation::Write))
    }

    async fn insert_id_value(&self, _: &Id, _: Record) -> Result<Record, ValueError> {
        Err(refuse(Operation::Insert))
    }

    async fn replace_id_value(&self, _: &Id, _: Record) -> Result<Record, ValueError> {
        Err(refuse(Operation::Write))
    }

    async fn delete_id(&self, _: &Id, _: &Guard) -> Result<DeleteOutcome, ValueError> {
        Err(refuse(Operation::Delete))
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        Err(refuse(Operation::Delete))
    }
}

#[async_trait]
impl InsertableValueSet for Made {
    async fn insert_value(&self, _: Record, _: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        Err(refuse(Operation::Insert))
    }
}
