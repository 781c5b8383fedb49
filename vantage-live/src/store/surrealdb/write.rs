//! Writing: every write is one statement, so that the check and what it allows are one step.

use async_trait::async_trait;
use surrealdb::types::Value;
use uuid::Uuid;

use super::error::Failure;
use super::guard::conditions;
use super::plan::{Place, TooLarge, object, plan};
use super::read::{number, part};
use super::statement::{Query, Statement, idiom, quote_key};
use super::table::SurrealTable;
use crate::value::{
    DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Operation, Patch, Path, Record, ValueError,
    ValueErrorKind, WritableValueSet, WriteOutcome,
};

/// A write that is refused before anything is sent.
type Unwritable = (Option<Path>, String);

impl SurrealTable {
    /// Asks what `statement` makes. Where a value does not fit its column, the columns are asked for and it is made
    /// once more: the type may have been declared, or changed, since.
    async fn write_planned(
        &self,
        operation: Operation,
        id: &Id,
        statement: impl Fn() -> Result<Query, Unwritable> + Send + Sync,
    ) -> Result<Value, ValueError> {
        let make = || {
            statement().map_err(|(path, message)| {
                let fields = path.into_iter().collect();
                ValueError::new(operation, &self.name, ValueErrorKind::Rejected { fields, message }).on(id)
            })
        };
        let failure = match self.db.ask(make()?).await {
            Ok(answer) => return Ok(answer),
            Err(failure) if failure.is_type_error() => {
                self.learn_schema().await;
                match self.db.ask(make()?).await {
                    Ok(answer) => return Ok(answer),
                    Err(failure) => failure,
                }
            }
            Err(failure) => failure,
        };
        Err(self.write_failed(operation, Some(id), failure).await)
    }

    fn native_or_reject(&self, operation: Operation, id: &Id) -> Result<Value, ValueError> {
        self.native(id).ok_or_else(|| {
            let message = format!("{id:?} is no key that SurrealDB has");
            ValueError::new(operation, &self.name, ValueErrorKind::Rejected { fields: Vec::new(), message }).on(id)
        })
    }

    /// The statement of a guarded write.
    fn guarded_write(&self, record: &Value, patch: &Patch, guard: &Guard) -> Result<Query, Unwritable> {
        let mut statement = self.statement();
        let record = statement.bind(record.clone());
        let conditions = conditions(guard, &mut statement);
        let matching = statement.filtered(&conditions);
        let visible = statement.filtered(&[]);
        if patch.is_empty() {
            let mut written = format!("(SELECT * FROM ONLY {record}{matching})");
            if *guard == Guard::Nothing {
                written = format!("IF record::exists({record}) {{ {written} }} ELSE {{ (CREATE ONLY {record}) }}");
            }
            let now = format!("(SELECT * FROM ONLY {record}{visible})");
            statement.push(&format!("RETURN {{ written: {written}, now: {now} }}"));
            return Ok(statement.finish());
        }
        let verb = if *guard == Guard::Nothing { "UPSERT" } else { "UPDATE" };
        let changes = self.assignments(patch, &mut statement)?;
        let hit = statement.fresh();
        statement.push(&format!(
            "{{ LET {hit} = ({verb} {record} SET {changes}{matching} RETURN AFTER); \
             RETURN IF array::len({hit}) > 0 {{ {{ written: {hit}[0] }} }} \
             ELSE {{ {{ now: (SELECT * FROM ONLY {record}{visible}) }} }}; }}"
        ));
        Ok(statement.finish())
    }

    /// What a patch assigns: `` `price` = $v3, `note` = NONE ``.
    fn assignments(&self, patch: &Patch, statement: &mut Statement) -> Result<String, Unwritable> {
        let schema = self.schema();
        let learned = self.memory.learned.lock();
        let mut changes = Vec::new();
        let mut parents: Vec<String> = Vec::new();
        for (path, value) in patch.sets() {
            let names = path.names();
            for end in 1..names.len() {
                let parent = idiom(&names[..end]);
                if !parents.contains(&parent) {
                    // Below what is no object nothing would be written, and nothing said.
                    changes.push(format!("{parent} = IF type::is_object({parent}) {{ {parent} }} ELSE {{ {{}} }}"));
                    parents.push(parent);
                }
            }
            if names.is_empty() {
                continue;
            }
            let target = idiom(names);
            let root = Place { declared: Some(&schema.shape), learned: Some(&learned.shape), present: None };
            let place = names.iter().fold(root, |place, name| place.field(name));
            let value =
                plan(value, Place { present: Some(&target), ..place }).map_err(|error| too_large(path, error))?;
            changes.push(format!("{target} = {}", value.expression(statement)));
        }
        changes.extend(patch.unsets().filter_map(|path| removal(path.names())));
        Ok(changes.join(", "))
    }

    /// A whole record as an expression. `present`: the record that may stand there is looked at.
    fn content(&self, record: &Record, present: bool, statement: &mut Statement) -> Result<String, Unwritable> {
        let schema = self.schema();
        let learned = self.memory.learned.lock();
        let place =
            Place { declared: Some(&schema.shape), learned: Some(&learned.shape), present: present.then_some("") };
        match object(record, place) {
            Ok(plan) => Ok(plan.expression(statement)),
            Err(error) => {
                let name = record.iter().find(|(_, value)| object_is_too_large(value)).map(|(name, _)| name.clone());
                Err(too_large(&name.map_or_else(|| Path::from(""), Path::from), error))
            }
        }
    }
}

fn object_is_too_large(value: &serde_json::Value) -> bool {
    plan(value, Place::default()).is_err()
}

fn too_large(path: &Path, TooLarge(number): TooLarge) -> Unwritable {
    (Some(path.clone()), format!("{number} is beyond the 64 bits with a sign that SurrealDB keeps"))
}

/// The assignment that takes a path away where its parents are objects, and leaves everything as it is elsewhere.
fn removal<S: AsRef<str>>(names: &[S]) -> Option<String> {
    let (last, parents) = names.split_last()?;
    if parents.is_empty() {
        return Some(format!("{} = NONE", idiom(names)));
    }
    // From the inside: the parent without the name, then each one above it with that.
    let mut changed = format!("object::remove({}, {})", idiom(parents), quote_key(last.as_ref()));
    for end in (1..parents.len()).rev() {
        let name = quote_key(parents[end].as_ref());
        changed = format!("object::extend({}, {{ {name}: {changed} }})", idiom(&parents[..end]));
    }
    let objects: Vec<_> =
        (1..=parents.len()).map(|end| format!("type::is_object({})", idiom(&parents[..end]))).collect();
    let top = idiom(&parents[..1]);
    Some(format!("{top} = IF {} {{ {changed} }} ELSE {{ {top} }}", objects.join(" AND ")))
}

#[async_trait]
impl WritableValueSet for SurrealTable {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        let native = match guard {
            Guard::Nothing => self.native_or_reject(Operation::Write, id)?,
            _ => match self.native(id) {
                Some(native) => native,
                None => return Ok(WriteOutcome::Gone),
            },
        };
        let statement = || self.guarded_write(&native, patch, guard);
        let mut answer = self.write_planned(Operation::Write, id, statement).await?;
        let read = |value| self.record(Operation::Write, value).map(|(_, record)| record);
        if let Some(written) = part(&mut answer, "written") {
            return read(written).map(WriteOutcome::Written);
        }
        match part(&mut answer, "now") {
            Some(now) => read(now).map(WriteOutcome::Refused),
            None => Ok(WriteOutcome::Gone),
        }
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let native = self.native_or_reject(Operation::Insert, id)?;
        let statement = || {
            let mut statement = self.statement();
            let target = statement.bind(native.clone());
            let content = self.content(&record, false, &mut statement)?;
            statement.push(&format!("CREATE ONLY {target} CONTENT {content} RETURN AFTER"));
            Ok(statement.finish())
        };
        let made = self.write_planned(Operation::Insert, id, statement).await?;
        self.record(Operation::Insert, made).map(|(_, record)| record)
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        let native = self.native_or_reject(Operation::Replace, id)?;
        let statement = || {
            let mut statement = self.statement();
            let target = statement.bind(native.clone());
            let content = self.content(&record, true, &mut statement)?;
            let condition = statement.filtered(&[]);
            statement.push(&format!("UPSERT {target} CONTENT {content}{condition} RETURN AFTER"));
            Ok(statement.finish())
        };
        let replaced = self.write_planned(Operation::Replace, id, statement).await?;
        let replaced = match replaced {
            Value::Array(rows) => rows.into_vec().pop(),
            row => Some(row),
        };
        match replaced {
            Some(row) => self.record(Operation::Replace, row).map(|(_, record)| record),
            None => {
                let message = "the record is there, outside of the filter".to_owned();
                let kind = ValueErrorKind::Rejected { fields: Vec::new(), message };
                Err(ValueError::new(Operation::Replace, &self.name, kind).on(id))
            }
        }
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        let Some(native) = self.native(id) else { return Ok(DeleteOutcome::Gone) };
        let mut statement = self.statement();
        let record = statement.bind(native);
        let conditions = conditions(guard, &mut statement);
        let matching = statement.filtered(&conditions);
        let visible = statement.filtered(&[]);
        let hit = statement.fresh();
        statement.push(&format!(
            "{{ LET {hit} = array::len((DELETE {record}{matching} RETURN BEFORE)); \
             RETURN IF {hit} > 0 {{ {{ deleted: true }} }} \
             ELSE {{ {{ now: (SELECT * FROM ONLY {record}{visible}) }} }}; }}"
        ));
        let mut answer = match self.db.ask(statement.finish()).await {
            Ok(answer) => answer,
            Err(failure) => return Err(self.write_failed(Operation::Delete, Some(id), failure).await),
        };
        if part(&mut answer, "deleted").is_some() {
            return Ok(DeleteOutcome::Deleted);
        }
        match part(&mut answer, "now") {
            Some(now) => Ok(DeleteOutcome::Refused(self.record(Operation::Delete, now)?.1)),
            None => Ok(DeleteOutcome::Gone),
        }
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        let mut statement = self.statement();
        let table = statement.bind(self.native_table());
        let condition = statement.filtered(&[]);
        statement.push(&format!("RETURN array::len((DELETE {table}{condition} RETURN BEFORE))"));
        let failed = |failure: Failure| self.failed(Operation::Delete, None, failure.of_write());
        let deleted = self.db.ask(statement.finish()).await.map_err(failed)?;
        let unreadable = || ValueErrorKind::Unreadable("a count was expected".to_owned());
        number(deleted).ok_or_else(|| ValueError::new(Operation::Delete, &self.name, unreadable()))
    }
}

#[async_trait]
impl InsertableValueSet for SurrealTable {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        // The key is the id: the repetition of an insert finds the record that the first one has made.
        let id = Id::from(minted(key.map_or_else(Uuid::now_v7, |key| key.0)));
        let native = self.native_or_reject(Operation::Insert, &id)?;
        let statement = || {
            let mut statement = Statement::new(None);
            let target = statement.bind(native.clone());
            let content = self.content(&record, false, &mut statement)?;
            statement.push(&format!(
                "RETURN IF record::exists({target}) {{ (SELECT * FROM ONLY {target}) }} \
                 ELSE {{ (CREATE ONLY {target} CONTENT {content} RETURN AFTER) }}"
            ));
            Ok(statement.finish())
        };
        let made = self.write_planned(Operation::Insert, &id, statement).await?;
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

    #[test]
    fn a_removal_leaves_alone_what_is_no_object() {
        assert_eq!(removal(&["a"]).unwrap(), "`a` = NONE");
        assert_eq!(
            removal(&["a", "b", "c"]).unwrap(),
            "`a` = IF type::is_object(`a`) AND type::is_object(`a`.`b`) \
             { object::extend(`a`, { \"b\": object::remove(`a`.`b`, \"c\") }) } ELSE { `a` }"
        );
    }
}
