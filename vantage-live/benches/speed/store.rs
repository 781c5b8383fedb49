//! A store whose answers are made before they are asked for, so that only the table's work is measured.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use vantage_live::{
    Capabilities, DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Operation, Patch, ReadableValueSet,
    Record, ValueError, ValueErrorKind, WritableValueSet, WriteOutcome,
};

use crate::entity::{id, record};

const NAME: &str = "product";

/// So many products.
#[derive(Clone)]
pub struct Made {
    rows: Arc<Vec<(Id, Record)>>,
    /// What it answers to the next list; clones of its rows where there is nothing.
    next: Arc<Mutex<Vec<(Id, Record)>>>,
}

impl Made {
    pub fn new(count: u32) -> Self {
        let rows = (0..count).map(|n| (id(n), record(n))).collect();
        Made { rows: Arc::new(rows), next: Arc::default() }
    }

    /// Makes the next list, in which ten products have this price.
    pub fn prepare(&self, price: i64) {
        let mut rows = self.rows.to_vec();
        for (_, record) in rows.iter_mut().step_by(self.rows.len() / 10) {
            record.insert("price".into(), price.into());
        }
        *self.next.lock().expect("no panic") = rows;
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
        let at = self.rows.binary_search_by(|(known, _)| known.cmp(id));
        Ok(at.ok().map(|at| self.rows[at].1.clone()))
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        Ok(self.rows.first().cloned())
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        let rows = std::mem::take(&mut *self.next.lock().expect("no panic"));
        if rows.is_empty() {
            return stream::iter(self.rows.chunks(batch).map(|rows| Ok(rows.to_vec()))).boxed();
        }
        let mut rows = rows.into_iter();
        let batches = std::iter::from_fn(move || Some(rows.by_ref().take(batch).collect::<Vec<_>>()));
        stream::iter(batches.take_while(|rows| !rows.is_empty()).map(Ok)).boxed()
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
