//! Writing: one record in one request, or many in one request, each for itself.

use std::collections::BTreeSet;

use async_trait::async_trait;
use surrealdb::types::{ToSql, Value};
use uuid::Uuid;

use super::changes::{Change, Unwritable, throw};
use super::error::Failure;
use super::read::{number, part};
use super::statement::Query;
use super::table::SurrealTable;
use crate::value::{
    DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Operation, Patch, Record, ValueError, ValueErrorKind,
    WritableValueSet, WriteOutcome,
};

/// How many changes go into one request. The server copies all parameters of a request for each of its statements, so that
/// four times as many take nearly twice as long each; and what a statement changes comes to a LIVE query at once.
const BATCH: usize = 64;

impl SurrealTable {
    /// Makes one change, and answers what its statement does. Where a value does not fit its column, the columns are
    /// asked for and it is made once more: the type may have been declared, or changed, since. To whom they are not told,
    /// each refusal tells of one.
    async fn change(&self, id: &Id, change: Change<'_>) -> Result<Value, ValueError> {
        let Some(native) = self.native(id) else { return self.unknown_key(id, change) };
        // As the server spells it, where it refuses.
        let record = || native.to_sql();
        let query = || -> Result<Query, ValueError> {
            let mut statement = self.statement();
            self.push(change, native.clone(), &mut statement).map_err(|why| self.unwritable(id, change, why))?;
            Ok(statement.finish())
        };
        let mut failure = match self.db.ask(query()?).await {
            Err(failure) if failure.is_type_error(&record()) => {
                self.learn_schema().await;
                match self.db.ask(query()?).await {
                    Ok(answer) => return Ok(answer),
                    Err(failure) => failure,
                }
            }
            Err(failure) => failure,
            Ok(answer) => return Ok(answer),
        };
        // Each once: a column of which the type cannot be met, whichever it is, would tell of it for ever.
        let mut told = BTreeSet::new();
        while self.learn_from(&failure, &record()).is_some_and(|column| told.insert(column.to_owned())) {
            match self.db.ask(query()?).await {
                Ok(answer) => return Ok(answer),
                Err(again) => failure = again,
            }
        }
        Err(self.write_failed(change.operation(), Some(id), failure).await)
    }

    fn unknown_key(&self, id: &Id, change: Change<'_>) -> Result<Value, ValueError> {
        if change.wants_a_record() {
            return Ok(Value::None);
        }
        Err(self.unwritable(id, change, (None, format!("{id:?} is no key that SurrealDB has"))))
    }

    fn unwritable(&self, id: &Id, change: Change<'_>, (path, message): Unwritable) -> ValueError {
        let kind = ValueErrorKind::Rejected { fields: path.into_iter().collect(), message };
        ValueError::new(change.operation(), &self.name, kind).on(id)
    }

    /// Makes many changes, as if one after another, and answers what the statement of each does.
    async fn change_many(&self, changes: &[(&Id, Change<'_>)]) -> Vec<Result<Value, ValueError>> {
        let ids: BTreeSet<&Id> = changes.iter().map(|(id, _)| *id).collect();
        let mut answers = Vec::with_capacity(changes.len());
        // One that has to be made again comes after the others of its request. For two of one record that would be
        // another order, so those are made one by one.
        let together = if ids.len() == changes.len() { BATCH } else { 1 };
        for changes in changes.chunks(together) {
            let asked = if changes.len() > 1 { self.ask_together(changes).await } else { vec![None] };
            for ((id, change), answer) in changes.iter().zip(asked) {
                answers.push(match answer {
                    Some(answer) => answer,
                    None => self.change(id, *change).await,
                });
            }
        }
        answers
    }

    /// Makes many records, by one statement for many where all of them can be made.
    async fn insert_many(&self, inserts: &[(&Id, Change<'_>)]) -> Vec<Result<Value, ValueError>> {
        let mut answers = Vec::with_capacity(inserts.len());
        for inserts in inserts.chunks(BATCH) {
            match self.insert_together(inserts).await {
                Some(made) => answers.extend(made),
                None => answers.extend(self.change_many(inserts).await),
            }
        }
        answers
    }

    /// Makes all of these records or none of them. `None`: nothing was made, and each has to be told for itself.
    async fn insert_together(&self, inserts: &[(&Id, Change<'_>)]) -> Option<Vec<Result<Value, ValueError>>> {
        if inserts.len() < 2 {
            return None;
        }
        let mut statement = self.statement();
        self.push_inserts(inserts, &mut statement)?;
        match self.db.ask_once(statement.finish()).await {
            Ok(Value::Array(rows)) if rows.len() == inserts.len() => {
                Some(rows.into_vec().into_iter().map(Ok).collect())
            }
            Ok(_) => Some(self.all_failed(inserts, Failure::Lost("another number of records than were made".into()))),
            Err(failure) if failure.has_done_nothing() => None,
            Err(failure) => Some(self.all_failed(inserts, failure)),
        }
    }

    /// What has failed for all of them together.
    fn all_failed(&self, changes: &[(&Id, Change<'_>)], failure: Failure) -> Vec<Result<Value, ValueError>> {
        let (kind, cause) = failure.of_write();
        let cause = cause.to_string();
        let failed = |(id, change): &(&Id, Change<'_>)| {
            Err(ValueError::new(change.operation(), &self.name, kind.clone()).on(id).caused_by(cause.clone()))
        };
        changes.iter().map(failed).collect()
    }

    /// Makes many changes in one request. `None`: this one is to be made alone, and nothing of it has happened yet.
    async fn ask_together(&self, changes: &[(&Id, Change<'_>)]) -> Vec<Option<Result<Value, ValueError>>> {
        let mut statement = self.statement();
        let mut push = |(id, change): &(&Id, Change<'_>)| {
            let pushed = self.native(id).is_some_and(|native| self.push(*change, native, &mut statement).is_ok());
            statement.push(if pushed { ";\n" } else { "" });
            pushed
        };
        let sent: Vec<bool> = changes.iter().map(&mut push).collect();
        let count = sent.iter().filter(|sent| **sent).count();
        if count == 0 {
            return changes.iter().map(|_| None).collect();
        }
        let asked = match self.db.ask_all(statement.finish()).await {
            Ok(answers) if answers.len() == count => Ok(answers),
            Ok(_) => Err(Failure::Lost("another number of answers than of statements".into())),
            // One of them is more than the server takes, or cannot be sent: each is told for itself.
            Err(failure) if failure.is_unparsed() => return changes.iter().map(|_| None).collect(),
            Err(failure) => Err(failure),
        };
        let mut answers = match asked {
            Ok(answers) => answers.into_iter(),
            Err(failure) => {
                let failed = self.all_failed(changes, failure);
                return failed.into_iter().zip(sent).map(|(failed, sent)| sent.then_some(failed)).collect();
            }
        };
        let is_type_error =
            |failure: &Failure, id: &Id| self.native(id).is_some_and(|native| failure.is_type_error(&native.to_sql()));
        let answer = |((id, change), sent): (&(&Id, Change<'_>), bool)| {
            let answer = if sent { answers.next()? } else { return None };
            match answer.map_err(Failure::Server) {
                Ok(answer) => Some(Ok(answer)),
                // Nothing was written, and the way of one change knows what to do about it.
                Err(failure) if failure.is_conflict() || failure.index().is_some() || is_type_error(&failure, id) => {
                    None
                }
                Err(failure) => Some(Err(self.failed(change.operation(), Some(id), failure.of_write()))),
            }
        };
        changes.iter().zip(sent).map(answer).collect()
    }

    fn written(&self, mut answer: Value) -> Result<WriteOutcome, ValueError> {
        if let Some(written) = part(&mut answer, "written") {
            return Ok(WriteOutcome::Written(self.record(Operation::Write, written)?.1));
        }
        match part(&mut answer, "now") {
            Some(now) => Ok(WriteOutcome::Refused(self.record(Operation::Write, now)?.1)),
            None => Ok(WriteOutcome::Gone),
        }
    }

    fn deleted(&self, mut answer: Value) -> Result<DeleteOutcome, ValueError> {
        if part(&mut answer, "deleted").is_some() {
            return Ok(DeleteOutcome::Deleted);
        }
        match part(&mut answer, "now") {
            Some(now) => Ok(DeleteOutcome::Refused(self.record(Operation::Delete, now)?.1)),
            None => Ok(DeleteOutcome::Gone),
        }
    }

    fn inserted(&self, answer: Value) -> Result<Record, ValueError> {
        Ok(self.record(Operation::Insert, answer)?.1)
    }

    fn replaced(&self, id: &Id, answer: Value) -> Result<Record, ValueError> {
        let row = match answer {
            Value::Array(rows) => rows.into_vec().pop(),
            row => Some(row),
        };
        let Some(row) = row else {
            let message = "the record is there, outside of the filter".to_owned();
            let kind = ValueErrorKind::Rejected { fields: Vec::new(), message };
            return Err(ValueError::new(Operation::Replace, &self.name, kind).on(id));
        };
        Ok(self.record(Operation::Replace, row)?.1)
    }
}

#[async_trait]
impl WritableValueSet for SurrealTable {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        self.written(self.change(id, Change::Write(patch, guard)).await?)
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.inserted(self.change(id, Change::Insert(&record)).await?)
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.replaced(id, self.change(id, Change::Replace(&record)).await?)
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        self.deleted(self.change(id, Change::Delete(guard)).await?)
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        let mut statement = self.statement();
        let table = statement.bind(self.native_table());
        let condition = statement.filtered(&[]);
        let (deleted, throw) = (statement.fresh(), throw("delete", &mut statement));
        statement.push(&format!(
            "{{ LET {deleted} = array::len((DELETE {table}{condition} RETURN BEFORE)); \
             RETURN IF array::len((SELECT VALUE id FROM {table}{condition} LIMIT 1)) = 0 {{ {deleted} }} \
             ELSE {{ {throw} }}; }}"
        ));
        let failed = |failure: Failure| self.failed(Operation::Delete, None, failure.of_write());
        let deleted = self.db.ask(statement.finish()).await.map_err(failed)?;
        let unreadable = || ValueErrorKind::Unreadable("a count was expected".to_owned());
        number(&deleted).ok_or_else(|| ValueError::new(Operation::Delete, &self.name, unreadable()))
    }

    async fn insert_id_values(&self, records: Vec<(Id, Record)>) -> Vec<Result<Record, ValueError>> {
        let changes: Vec<_> = records.iter().map(|(id, record)| (id, Change::Insert(record))).collect();
        let answers = self.insert_many(&changes).await;
        answers.into_iter().map(|answer| self.inserted(answer?)).collect()
    }

    async fn replace_id_values(&self, records: Vec<(Id, Record)>) -> Vec<Result<Record, ValueError>> {
        let changes: Vec<_> = records.iter().map(|(id, record)| (id, Change::Replace(record))).collect();
        let answers = self.change_many(&changes).await;
        answers.into_iter().zip(&records).map(|(answer, (id, _))| self.replaced(id, answer?)).collect()
    }

    async fn write_many(&self, writes: Vec<(Id, Patch, Guard)>) -> Vec<Result<WriteOutcome, ValueError>> {
        let changes: Vec<_> = writes.iter().map(|(id, patch, guard)| (id, Change::Write(patch, guard))).collect();
        let answers = self.change_many(&changes).await;
        answers.into_iter().map(|answer| self.written(answer?)).collect()
    }

    async fn delete_ids(&self, deletes: Vec<(Id, Guard)>) -> Vec<Result<DeleteOutcome, ValueError>> {
        let changes: Vec<_> = deletes.iter().map(|(id, guard)| (id, Change::Delete(guard))).collect();
        let answers = self.change_many(&changes).await;
        answers.into_iter().map(|answer| self.deleted(answer?)).collect()
    }
}

#[async_trait]
impl InsertableValueSet for SurrealTable {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        // The key is the id: the repetition of an insert finds the record that the first one has made.
        let id = Id::from(minted(key.map_or_else(Uuid::now_v7, |key| key.0)));
        let made = self.change(&id, Change::InsertOnce(&record)).await?;
        self.record(Operation::Insert, made)
    }
}

/// A key as SurrealDB makes them: lower case letters and digits, in the order of the uuid.
fn minted(uuid: Uuid) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    // 36^25 is the first power above 2^128.
    let mut key = [b'0'; 25];
    let mut rest = uuid.as_u128();
    for place in key.iter_mut().rev() {
        *place = DIGITS[usize::try_from(rest % 36).unwrap_or_default()];
        rest /= 36;
    }
    key.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_mint_two_ids_and_one_mints_one() {
        let (first, second) = (Uuid::from_u128(0), Uuid::from_u128(u128::MAX));

        assert_eq!(minted(first), "0000000000000000000000000");
        assert_eq!(minted(second), "f5lxx1zz5pnorynqglhzmsp33");
        assert!(minted(first) < minted(second));
    }
}
