//! Reading: whole tables in one statement or batch by batch, and records by id.

use std::collections::BTreeSet;
use std::ops::Bound;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use surrealdb::types::{Array, Object, RecordIdKey, RecordIdKeyRange, Uuid, Value};

use super::statement::Statement;
use super::table::SurrealTable;
use crate::value::{Capabilities, FeedKind, Id, Operation, ReadableValueSet, Record, ValueError, ValueErrorKind};

/// The largest batch that is asked for: more than this no message can hold.
const MOST: usize = u32::MAX as usize;

/// How many records are asked for by id in one statement.
const BY_ID: usize = 4_096;

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

    /// The next records of one stretch of the keys, and those of the stretches behind it, `batch` of each at most: in
    /// one round trip, whatever kinds of keys there are.
    async fn next_batch(&self, from: Position, batch: usize) -> Result<Vec<(Id, Record)>, ValueError> {
        let mut statement = self.statement();
        let condition = statement.filtered(&[]);
        let mut stretches = Vec::new();
        for stretch in from.rest() {
            let range = RecordIdKey::Range(Box::new(stretch));
            let range = statement.bind(self.native_id(range));
            stretches.push(format!("(SELECT * FROM {range}{condition} LIMIT {batch})"));
        }
        statement.push(&format!("RETURN [{}]", stretches.join(", ")));
        let answer = self.db.ask(statement.finish()).await;
        let answer = answer.map_err(|failure| self.failed(Operation::Read, None, failure.of_read()))?;
        let Value::Array(stretches) = answer else { return Ok(Vec::new()) };
        let rows = stretches.into_vec().into_iter().filter_map(|stretch| match stretch {
            Value::Array(rows) => Some(rows.into_vec()),
            _ => None,
        });
        rows.flatten().take(batch).map(|row| self.record(Operation::Read, row)).collect()
    }
}

/// Where a stream stands: behind this key, in this stretch of the keys.
///
/// The server orders integers before texts before uuids before the rest; an [`Id`] has uuids before texts. So the
/// stretches are read in the order of the ids.
struct Position {
    stretch: usize,
    after: Option<RecordIdKey>,
}

impl Position {
    /// What is left to read.
    fn rest(self) -> impl Iterator<Item = RecordIdKeyRange> {
        let first = self.after.map(Bound::Excluded);
        stretches().into_iter().skip(self.stretch).enumerate().map(move |(i, (start, end))| RecordIdKeyRange {
            start: if i == 0 { first.clone().unwrap_or(start) } else { start },
            end,
        })
    }

    fn behind(key: RecordIdKey) -> Position {
        let stretch = match key {
            RecordIdKey::Number(_) => 0,
            RecordIdKey::Uuid(_) => 1,
            RecordIdKey::String(_) => 2,
            _ => 3,
        };
        Position { stretch, after: Some(key) }
    }
}

fn stretches() -> [(Bound<RecordIdKey>, Bound<RecordIdKey>); 4] {
    let (least, greatest) = (RecordIdKey::Number(i64::MIN), RecordIdKey::Number(i64::MAX));
    let first_uuid = RecordIdKey::Uuid(Uuid::from(uuid::Uuid::nil()));
    let last_uuid = RecordIdKey::Uuid(Uuid::from(uuid::Uuid::max()));
    let first_text = RecordIdKey::String(String::new());
    let first_array = RecordIdKey::Array(Array::new());
    [
        (Bound::Included(least), Bound::Included(greatest)),
        (Bound::Included(first_uuid.clone()), Bound::Included(last_uuid)),
        (Bound::Included(first_text), Bound::Excluded(first_uuid)),
        (Bound::Included(first_array), Bound::Unbounded),
    ]
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
        let batch = batch.clamp(1, MOST);
        stream::unfold(Some(Position { stretch: 0, after: None }), move |position| async move {
            let rows = match self.next_batch(position?, batch).await {
                Ok(rows) => rows,
                Err(error) => return Some((Err(error), None)),
            };
            let last = super::id::key(&rows.last()?.0);
            let next = if rows.len() < batch { None } else { last.map(Position::behind) };
            Some((Ok(rows), next))
        })
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
        Some(Value::Object(mut row)) => number(row.remove("count")?),
        Some(_) => None,
    }
}

/// A number that counts something.
pub(super) fn number(value: Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    u64::try_from(number.to_int()?).ok()
}

/// The value of a field of an answer.
pub(super) fn part(answer: &mut Value, name: &str) -> Option<Value> {
    let Value::Object(object) = answer else { return None };
    let object: &mut Object = object;
    object.remove(name).filter(|value| *value != Value::None)
}
