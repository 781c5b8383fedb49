//! Reading: whole tables in one statement or batch by batch, and records by id.

use std::collections::BTreeSet;
use std::mem::discriminant;
use std::ops::Bound;

use async_trait::async_trait;
use futures::future;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use surrealdb::types::{Array, Object, RecordIdKey, RecordIdKeyRange, Value};

use super::id;
use super::statement::Statement;
use super::table::SurrealTable;
use crate::value::{
    Capabilities, FeedKind, Id, IdKind, Operation, ReadableValueSet, Record, ValueError, ValueErrorKind,
};

/// How many records are asked for by id in one statement.
const BY_ID: usize = 4_096;
/// How many batches are asked for at once: the server reads the next one while the last is taken in.
const AHEAD: usize = 2;
/// Of how many batches the keys are asked for in one statement, and how many these are at most: a request may not take for
/// ever, nor an answer have any size. The server passes over the keys before them once more, which takes it less than telling
/// them.
const KEYS_OF: usize = 100;
const KEYS: usize = 100_000;

impl SurrealTable {
    async fn select(&self, statement: Statement) -> Result<Vec<(Id, Record)>, ValueError> {
        let answer = self.db.ask(statement.finish()).await;
        let answer = answer.map_err(|failure| self.failed(Operation::Read, None, failure.of_read()))?;
        self.records(answer)
    }

    fn records(&self, answer: Value) -> Result<Vec<(Id, Record)>, ValueError> {
        match answer {
            Value::Array(rows) => rows.into_vec().into_iter().map(|row| self.record(Operation::Read, row)).collect(),
            Value::None | Value::Null => Ok(Vec::new()),
            row => Ok(vec![self.record(Operation::Read, row)?]),
        }
    }

    /// The ids of all records, in order: scans of so many keys.
    async fn ids(&self, many: usize) -> Result<Vec<Id>, ValueError> {
        let unreadable = |why: String| ValueError::new(Operation::Read, &self.name, ValueErrorKind::Unreadable(why));
        let mut ids = Vec::new();
        let mut behind = None;
        loop {
            let records = self.keys(behind, many).await?;
            let is_last = records.len() < many;
            behind = records.last().cloned();
            for record in records {
                let Value::RecordId(record) = record else {
                    return Err(unreadable(format!("a record's id was expected, not {record:?}")));
                };
                ids.push(id::id(record.key).ok_or_else(|| unreadable("a record has a key that is no id".to_owned()))?);
            }
            if is_last {
                // The server's order of the keys is another one where kinds of keys are mixed.
                ids.sort_unstable();
                return Ok(ids);
            }
        }
    }

    /// The next keys in the server's order, behind this one.
    async fn keys(&self, behind: Option<Value>, many: usize) -> Result<Vec<Value>, ValueError> {
        let mut statement = self.statement();
        let table = statement.bind(self.native_table());
        let behind = behind.map(|record| format!("id > {}", statement.bind(record)));
        let condition = statement.filtered(behind.as_slice());
        // By an index for the filter they would come in the order of that.
        statement.push(&format!("SELECT VALUE id FROM {table}{condition} ORDER BY id LIMIT {many}"));
        let answer = self.db.ask(statement.finish()).await;
        let answer = answer.map_err(|failure| self.failed(Operation::Read, None, failure.of_read()))?;
        Ok(if let Value::Array(records) = answer { records.into_vec() } else { Vec::new() })
    }

    /// The records of `ids`, which are in order and next to each other, in one round trip: a scan of each stretch of keys
    /// of one kind, which costs the server less than looking each of them up. What was inserted between them since they
    /// were listed is left out.
    async fn stretch(&self, ids: &[Id]) -> Result<Vec<(Id, Record)>, ValueError> {
        let mut statement = self.statement();
        let condition = statement.filtered(&[]);
        let mut scans = Vec::new();
        for stretch in ids.chunk_by(|a, b| discriminant(&a.kind()) == discriminant(&b.kind())) {
            let from = match (stretch, stretch.first().and_then(id::key), stretch.last().and_then(id::key)) {
                // The order of these is the server's own.
                ([first, ..], _, _) if matches!(first.kind(), IdKind::Opaque(_)) => {
                    let records: Vec<Value> = stretch.iter().filter_map(|id| self.native(id)).collect();
                    statement.bind(Array::from(records))
                }
                (_, Some(first), Some(last)) => {
                    let range = RecordIdKeyRange { start: Bound::Included(first), end: Bound::Included(last) };
                    statement.bind(self.native_id(RecordIdKey::Range(Box::new(range))))
                }
                _ => continue,
            };
            scans.push(format!("(SELECT * FROM {from}{condition})"));
        }
        statement.push(&format!("RETURN [{}]", scans.join(", ")));
        let answer = self.db.ask(statement.finish()).await;
        let answer = answer.map_err(|failure| self.failed(Operation::Read, None, failure.of_read()))?;
        let Value::Array(scans) = answer else { return Ok(Vec::new()) };
        let mut rows = Vec::with_capacity(ids.len());
        for scan in scans.into_vec() {
            rows.extend(self.records(scan)?);
        }
        rows.retain(|(id, _)| ids.binary_search(id).is_ok());
        rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Ok(rows)
    }
}

#[async_trait]
impl ReadableValueSet for SurrealTable {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transaction: false,
            version_token: false,
            outlives_process: self.db.shared.outlives_process,
            feed: if self.filter.is_some() { FeedKind::Filtered } else { FeedKind::PerRow },
            ..Capabilities::all()
        }
    }

    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        let mut statement = self.statement();
        let table = statement.bind(self.native_table());
        let condition = statement.filtered(&[]);
        statement.push(&format!("SELECT * FROM {table}{condition}"));
        let mut rows = self.select(statement).await?;
        // They come in the server's order of the keys, which is another one only where kinds of keys are mixed.
        if !rows.is_sorted_by(|(a, _), (b, _)| a <= b) {
            rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        Ok(rows)
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        let Some(native) = self.native(id) else { return Ok(None) };
        let mut statement = self.statement();
        let record = statement.bind(native);
        let condition = statement.filtered(&[]);
        statement.push(&format!("SELECT * FROM ONLY {record}{condition}"));
        let rows = self.select(statement).await.map_err(|error| error.on(id))?;
        Ok(rows.into_iter().next().map(|(_, record)| record))
    }

    async fn get_id_values(&self, ids: &[Id]) -> Result<Vec<(Id, Record)>, ValueError> {
        let mut found = Vec::with_capacity(ids.len());
        let ids: Vec<&Id> = ids.iter().collect::<BTreeSet<_>>().into_iter().collect();
        for ids in ids.chunks(BY_ID) {
            let mut statement = self.statement();
            let natives: Vec<Value> = ids.iter().filter_map(|id| self.native(id)).collect();
            let records = statement.bind(Array::from(natives));
            let condition = statement.filtered(&[]);
            statement.push(&format!("SELECT * FROM {records}{condition}"));
            found.extend(self.select(statement).await?);
        }
        Ok(found)
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        let mut statement = self.statement();
        let table = statement.bind(self.native_table());
        let condition = statement.filtered(&[]);
        statement.push(&format!("SELECT * FROM {table}{condition} LIMIT 1"));
        Ok(self.select(statement).await?.into_iter().next())
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        let batch = batch.max(1);
        // With LIMIT, a scan that begins behind a key reads to the end of the table all the same: listing n records in
        // batches would cost n². So the keys come first, and each batch is a scan from one to another.
        let ids = stream::once(self.ids(batch.saturating_mul(KEYS_OF).min(KEYS))).map_ok(move |ids| {
            let chunks: Vec<Vec<Id>> = ids.chunks(batch).map(<[Id]>::to_vec).collect();
            stream::iter(chunks).map(Ok)
        });
        ids.try_flatten()
            .map_ok(move |ids| async move { self.stretch(&ids).await })
            .try_buffered(AHEAD)
            .try_filter(|rows| future::ready(!rows.is_empty()))
            .boxed()
    }

    async fn count(&self) -> Result<u64, ValueError> {
        let mut statement = self.statement();
        let table = statement.bind(self.native_table());
        let condition = statement.filtered(&[]);
        statement.push(&format!("SELECT count() FROM {table}{condition} GROUP ALL"));
        let answer = self.db.ask(statement.finish()).await;
        let answer = answer.map_err(|failure| self.failed(Operation::Count, None, failure.of_read()))?;
        let unreadable = || ValueErrorKind::Unreadable("a count was expected".to_owned());
        counted(answer).ok_or_else(|| ValueError::new(Operation::Count, &self.name, unreadable()))
    }
}

/// The count in an answer: of nothing there is none.
fn counted(answer: Value) -> Option<u64> {
    let Value::Array(rows) = answer else { return None };
    match rows.into_vec().pop() {
        None => Some(0),
        Some(Value::Object(mut row)) => number(&row.remove("count")?),
        Some(_) => None,
    }
}

/// A number that counts something.
pub(super) fn number(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    u64::try_from(number.to_int()?).ok()
}

/// The value of a field of an answer.
pub(super) fn part(answer: &mut Value, name: &str) -> Option<Value> {
    let Value::Object(object) = answer else { return None };
    let object: &mut Object = object;
    object.remove(name).filter(|value| *value != Value::None)
}
