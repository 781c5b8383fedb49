//! A table in memory that is wrong in one way of your choice.

use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use serde_json::Value;
use vantage_live::value::IdKind;
use vantage_live::{
    Capabilities, DeleteOutcome, Expectation, Expected, Guard, Id, IdempotencyKey, ImTable, InsertableValueSet,
    Operation, Patch, Path, ReadableValueSet, Record, ValueError, ValueErrorKind, WritableValueSet, WriteOutcome,
};

use super::{loose, racy};

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flaw {
    None,
    IgnoresGuards,
    TakesNullForAbsent,
    TakesAnythingForAnObject,
    RefusesWithNothing,
    ComparesThenWrites,
    GuardsTheAfterImage,
    MakesWhatIsMissing,
    LowerCasesIds,
    MakesTextOfNumbers,
    LosesUnknownColumns,
    SplitsNamesAtDots,
    RoundsIntegers,
    CutsTextAtNul,
    MergesWhenItReplaces,
    OverwritesWhenItInserts,
    ForgetsKeys,
    PagesByNumber,
    GivesUpABatch,
    SaysDeletedOfNothing,
    Pretends,
    DeletesByFloats,
    DeletesByPrintedValue,
    DeletesByLowerCase,
    DeletesUnderAnyArray,
    DeletesUnderAnyObject,
    DeletesUnderAnything,
    DeletesUnderAnyBoolean,
    DeletesIgnoringNestedPaths,
    DeletesByTheFirstExpectation,
    ComparesVersionsThenWrites,
    LooksForAbsencesThenWrites,
    LooksThenMakes,
    WritesBackWhatItRead,
    WritesFieldByField,
    ComparesVersionsThenDeletes,
    DeletesThenReplaces,
    ChoosesIdsThenTakesThem,
    CountsForIds,
    StopsAtARowNumber,
    StopsAtAnIdNumber,
}

impl Flaw {
    fn is_in_the_guard_of_a_delete(self) -> bool {
        matches!(
            self,
            Flaw::DeletesByFloats
                | Flaw::DeletesByPrintedValue
                | Flaw::DeletesByLowerCase
                | Flaw::DeletesUnderAnyArray
                | Flaw::DeletesUnderAnyObject
                | Flaw::DeletesUnderAnything
                | Flaw::DeletesUnderAnyBoolean
                | Flaw::DeletesIgnoringNestedPaths
                | Flaw::DeletesByTheFirstExpectation
        )
    }
}

pub struct Broken {
    table: ImTable,
    flaw: Flaw,
    can: Capabilities,
    /// The last id that it has chosen, where it counts.
    last: AtomicI64,
    /// How many reads of one record have ended.
    reads: AtomicI64,
}

type Rows = Vec<(Id, Record)>;

impl Broken {
    pub fn new(flaw: Flaw) -> Self {
        let table = ImTable::new("broken");
        let can = table.capabilities();
        Broken { table, flaw, can, last: AtomicI64::new(0), reads: AtomicI64::new(0) }
    }

    pub fn that_can(self, can: Capabilities) -> Self {
        Broken { can, ..self }
    }

    fn needs(&self, capable: bool, operation: Operation) -> Result<(), ValueError> {
        if capable || self.flaw == Flaw::Pretends {
            return Ok(());
        }
        Err(ValueError::new(operation, "broken", ValueErrorKind::Unsupported("do this")))
    }

    fn id(&self, id: &Id) -> Id {
        match (self.flaw, id.kind()) {
            (Flaw::LowerCasesIds, IdKind::Text(text)) => Id::from(text.to_lowercase()),
            (Flaw::MakesTextOfNumbers, IdKind::Int(int)) => Id::from(int.to_string()),
            _ => id.clone(),
        }
    }

    fn guard(&self, guard: &Guard) -> Guard {
        match (self.flaw, guard) {
            (Flaw::IgnoresGuards, Guard::Fields(_) | Guard::Version { .. }) => Guard::Exists,
            _ => guard.clone(),
        }
    }

    fn patch(&self, patch: &Patch) -> Patch {
        if self.flaw != Flaw::SplitsNamesAtDots {
            return patch.clone();
        }
        let split =
            |path: &Path| -> Path { path.names().iter().flat_map(|name| name.split('.').map(str::to_owned)).collect() };
        let patched = patch.sets().fold(Patch::new(), |new, (path, value)| new.set(split(path), value.clone()));
        patch.unsets().fold(patched, |new, path| new.unset(split(path)))
    }

    fn record(&self, mut record: Record) -> Record {
        for value in record.values_mut() {
            match (self.flaw, &*value) {
                (Flaw::RoundsIntegers, Value::Number(number)) => *value = Value::from(number.as_f64()),
                (Flaw::CutsTextAtNul, Value::String(text)) => *value = Value::from(text.split('\0').next()),
                _ => {}
            }
        }
        record
    }

    fn holds(&self, guard: &Guard, now: &Record) -> bool {
        match (self.flaw, guard) {
            (Flaw::TakesNullForAbsent, Guard::Fields(fields)) => fields.iter().all(|Expected { path, what }| {
                let value = if let Expectation::Value(value) = what { value } else { &Value::Null };
                path.get(now).unwrap_or(&Value::Null) == value
            }),
            (Flaw::TakesAnythingForAnObject, Guard::Fields(fields)) => fields.iter().all(|expected| {
                let is_there = expected.what == Expectation::Object && expected.path.get(now).is_some();
                is_there || Guard::Fields(vec![expected.clone()]).holds(Some(now))
            }),
            _ => guard.holds(Some(now)),
        }
    }

    /// Reads, compares, and writes in a second step.
    async fn compare_then_write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        let Some(now) = self.table.get_id_value(id).await? else { return Ok(WriteOutcome::Gone) };
        let mut compared = now.clone();
        if self.flaw == Flaw::GuardsTheAfterImage {
            patch.apply(&mut compared);
        }
        if !self.holds(guard, &compared) {
            return Ok(WriteOutcome::Refused(now));
        }
        if self.flaw == Flaw::ComparesThenWrites {
            tokio::task::yield_now().await;
        }
        self.table.write(id, patch, &Guard::Exists).await
    }
}

#[async_trait]
impl ReadableValueSet for Broken {
    fn name(&self) -> &str {
        self.table.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get_values(&self) -> Result<Rows, ValueError> {
        let mut rows = self.table.get_values().await?;
        if self.flaw == Flaw::StopsAtARowNumber {
            rows.truncate(100);
        }
        Ok(rows)
    }

    async fn get_id_values(&self, ids: &[Id]) -> Result<Rows, ValueError> {
        let ids: Vec<Id> = ids.iter().map(|id| self.id(id)).collect();
        let asked = if self.flaw == Flaw::StopsAtAnIdNumber { ids.len().min(100) } else { ids.len() };
        self.table.get_id_values(&ids[..asked]).await
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        let found = self.table.get_id_value(&self.id(id)).await;
        self.reads.fetch_add(1, Ordering::SeqCst);
        found
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        self.table.get_some_value().await
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Rows, ValueError>> {
        if self.flaw != Flaw::PagesByNumber {
            return self.table.stream_values(batch);
        }
        stream::unfold(0, move |page| async move {
            let rows = self.table.get_values().await.ok()?;
            let rows: Rows = rows.into_iter().skip(page * batch).take(batch).collect();
            (!rows.is_empty()).then_some((Ok(rows), page + 1))
        })
        .boxed()
    }

    async fn count(&self) -> Result<u64, ValueError> {
        self.table.count().await
    }
}

#[async_trait]
impl WritableValueSet for Broken {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        let makes = *guard == Guard::Nothing && patch.sets().len() > 0 && self.get_id_value(id).await?.is_none();
        let guarded = matches!(guard, Guard::Fields(_) | Guard::Version { .. });
        self.needs(self.can.client_ids || !makes, Operation::Write)?;
        self.needs(self.can.patch && (self.can.guarded_write || !guarded), Operation::Write)?;
        let (id, patch, guard) = (&self.id(id), &self.patch(patch), &self.guard(guard));
        match self.flaw {
            Flaw::TakesNullForAbsent
            | Flaw::TakesAnythingForAnObject
            | Flaw::ComparesThenWrites
            | Flaw::GuardsTheAfterImage => self.compare_then_write(id, patch, guard).await,
            Flaw::RefusesWithNothing => Ok(match self.table.write(id, patch, guard).await? {
                WriteOutcome::Refused(_) => WriteOutcome::Refused(Record::new()),
                other => other,
            }),
            Flaw::MakesWhatIsMissing => self.table.write(id, patch, &Guard::Nothing).await,
            Flaw::LosesUnknownColumns => {
                let mut known = self.table.get_id_value(id).await?.unwrap_or_default();
                known.retain(|name, _| ["name", "price"].contains(&name.as_str()));
                self.table.replace_id_value(id, known).await?;
                self.table.write(id, patch, guard).await
            }
            Flaw::ComparesVersionsThenWrites
            | Flaw::LooksForAbsencesThenWrites
            | Flaw::LooksThenMakes
            | Flaw::WritesBackWhatItRead
            | Flaw::WritesFieldByField => racy::write(&self.table, id, patch, guard, self.flaw, &self.reads).await,
            _ => self.table.write(id, patch, guard).await,
        }
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.needs(self.can.client_ids, Operation::Insert)?;
        let (id, record) = (&self.id(id), self.record(record));
        match self.flaw {
            Flaw::OverwritesWhenItInserts => self.table.replace_id_value(id, record).await,
            _ => self.table.insert_id_value(id, record).await,
        }
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let id = &self.id(id);
        if self.flaw == Flaw::MergesWhenItReplaces {
            let mut merged = self.table.get_id_value(id).await?.unwrap_or_default();
            merged.extend(record);
            return self.table.replace_id_value(id, merged).await;
        }
        if self.flaw == Flaw::DeletesThenReplaces {
            return racy::replace(&self.table, id, record, &self.reads).await;
        }
        self.table.replace_id_value(id, record).await
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        let guarded = matches!(guard, Guard::Fields(_) | Guard::Version { .. });
        self.needs(self.can.guarded_write || !guarded, Operation::Delete)?;
        if self.flaw.is_in_the_guard_of_a_delete() {
            return loose::delete(&self.table, id, guard, self.flaw).await;
        }
        if self.flaw == Flaw::ComparesVersionsThenDeletes {
            return racy::delete(&self.table, id, guard).await;
        }
        let outcome = self.table.delete_id(&self.id(id), &self.guard(guard)).await?;
        let lies = self.flaw == Flaw::SaysDeletedOfNothing && outcome == DeleteOutcome::Gone;
        Ok(if lies { DeleteOutcome::Deleted } else { outcome })
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        self.table.delete_all().await
    }

    async fn insert_id_values(&self, records: Rows) -> Vec<Result<Record, ValueError>> {
        let mut answers = Vec::new();
        for (id, record) in records {
            answers.push(self.insert_id_value(&id, record).await);
            if self.flaw == Flaw::GivesUpABatch && answers.last().is_some_and(Result::is_err) {
                break;
            }
        }
        answers
    }
}

#[async_trait]
impl InsertableValueSet for Broken {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        match (self.flaw, key) {
            (Flaw::ChoosesIdsThenTakesThem, None) => return racy::insert(&self.table, record, &self.last).await,
            (Flaw::CountsForIds, None) => {
                let id = Id::from(i64::try_from(self.table.count().await? + 1).unwrap());
                return Ok((id.clone(), self.table.replace_id_value(&id, record).await?));
            }
            _ => {}
        }
        let forgets = self.flaw == Flaw::ForgetsKeys || !self.can.idempotent_insert;
        self.table.insert_value(self.record(record), key.filter(|_| !forgets)).await
    }
}
