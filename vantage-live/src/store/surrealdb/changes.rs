//! The statements of writes: one for each change, and what it answers.

use serde_json::Value as Json;
use surrealdb::types::Value;

use super::assign::too_large;
use super::error::{DENIED_FIELD, denied};
use super::guard::conditions;
use super::plan::{Place, Plan, TooLarge, object, plan};
use super::statement::Statement;
use super::table::SurrealTable;
use crate::value::{Guard, Id, Operation, Patch, Path, Record};

/// A write that is refused before anything is sent: at which field, and why.
pub(super) type Unwritable = (Option<Path>, String);

/// One write of one record. Each is one statement, so that the check and what it allows are one step.
#[derive(Clone, Copy)]
pub(super) enum Change<'c> {
    /// Answers `{ written }`, `{ now }` or `{}`.
    Write(&'c Patch, &'c Guard),
    /// Answers the record.
    Insert(&'c Record),
    /// The same, and if the record is there already, that one.
    InsertOnce(&'c Record),
    /// Answers the record, or `[]` where the filter hides one of this id.
    Replace(&'c Record),
    /// Answers `{ deleted }`, `{ now }` or `{}`.
    Delete(&'c Guard),
}

/// How deep JSON may be nested: what is written has to be spelled, and the server's parser has a limit.
const DEEPEST: usize = 32;

impl Change<'_> {
    /// Where there is JSON that is nested too deep, if it is in a field.
    fn too_deep(self) -> Option<Path> {
        let of_record = |record: &Record| {
            record.iter().find(|(_, value)| is_deeper(value, DEEPEST - 1)).map(|(name, _)| Path::from(name.as_str()))
        };
        let of_value = |(path, value): (&Path, &Json)| {
            is_deeper(value, DEEPEST.saturating_sub(path.names().len())).then(|| path.clone())
        };
        let of_guard = |guard: &Guard| match guard {
            Guard::Nothing | Guard::Exists => None,
            Guard::Fields(fields) => {
                fields.iter().find_map(|field| field.what.value().and_then(|value| of_value((&field.path, value))))
            }
            Guard::Version { path, token } => of_value((path, token)),
        };
        match self {
            Change::Write(patch, guard) => patch.sets().find_map(of_value).or_else(|| of_guard(guard)),
            Change::Insert(record) | Change::InsertOnce(record) | Change::Replace(record) => of_record(record),
            Change::Delete(guard) => of_guard(guard),
        }
    }

    pub(super) fn operation(self) -> Operation {
        match self {
            Change::Write(..) => Operation::Write,
            Change::Insert(_) | Change::InsertOnce(_) => Operation::Insert,
            Change::Replace(_) => Operation::Replace,
            Change::Delete(_) => Operation::Delete,
        }
    }

    /// Whether there has to be a record, so that an id which none can have finds it gone.
    pub(super) fn wants_a_record(self) -> bool {
        match self {
            Change::Write(patch, guard) => *guard != Guard::Nothing || patch.sets().len() == 0,
            Change::Delete(_) => true,
            Change::Insert(_) | Change::InsertOnce(_) | Change::Replace(_) => false,
        }
    }
}

impl SurrealTable {
    /// Adds the statement that makes `change` of the record `native`.
    ///
    /// What a user may not do the server leaves undone and says nothing, so each statement asks whether what ought to
    /// have happened has, and throws where it has not: then nothing of it has.
    pub(super) fn push(&self, change: Change<'_>, native: Value, statement: &mut Statement) -> Result<(), Unwritable> {
        if let Some(path) = change.too_deep() {
            return Err((Some(path), format!("it is nested more than {DEEPEST} deep, which SurrealDB does not read")));
        }
        let record = statement.bind(native);
        let made = statement.fresh();
        let text = match change {
            Change::Insert(values) => {
                let content = self.content(values, false)?.expression(statement);
                let (after, throw) = (after(&record, &made), throw("make", statement));
                format!(
                    "{{ LET {made} = (CREATE ONLY {record} CONTENT {content} RETURN AFTER); \
                     RETURN IF {made} = NONE {{ {throw} }} ELSE {{ {after} }}; }}"
                )
            }
            Change::InsertOnce(values) => {
                let content = self.content(values, false)?.expression(statement);
                let (after, throw) = (after(&record, &made), throw("make", statement));
                format!(
                    "{{ LET {made} = IF record::exists({record}) {{ NONE }} \
                     ELSE {{ (CREATE ONLY {record} CONTENT {content} RETURN AFTER) }}; RETURN {after} ?? {{ {throw} }}; }}"
                )
            }
            Change::Replace(values) => {
                let content = self.content(values, true)?.expression(statement);
                let (visible, hidden) = (statement.filtered(&[]), hidden(&record, statement));
                let (after, throw) = (after(&record, &format!("{made}[0]")), throw("replace", statement));
                let upsert = self.upsert(&record, &format!("CONTENT {content}"), &visible);
                format!(
                    "{{ LET {made} = {upsert}; \
                     RETURN IF array::len({made}) > 0 {{ [{after}] }} ELSE IF {hidden} {{ [] }} ELSE {{ {throw} }}; }}"
                )
            }
            Change::Delete(guard) => {
                let conditions = conditions(guard, statement);
                let (matching, now) = (statement.filtered(&conditions), now(&record, statement));
                let (held, throw) = (held(&record, &matching), throw("delete", statement));
                let answer = |held: &str| {
                    format!(
                        "RETURN IF {made} > 0 {{ {{ deleted: true }} }} ELSE IF {held} {{ {throw} }} \
                         ELSE {{ {{ now: {now} }} }};"
                    )
                };
                if self.db.shared.restricted {
                    // What cannot be seen is not there, and may yet be deleted.
                    let is_held = statement.fresh();
                    format!(
                        "{{ LET {is_held} = {held}; LET {made} = IF {is_held} {{ array::len((DELETE {record} RETURN BEFORE)) }} \
                         ELSE {{ 0 }}; {} }}",
                        answer(&is_held)
                    )
                } else {
                    let delete = format!("array::len((DELETE {record}{matching} RETURN BEFORE))");
                    format!("{{ LET {made} = {delete}; {} }}", answer(&held))
                }
            }
            Change::Write(patch, guard) => {
                let conditions = conditions(guard, statement);
                let (matching, now) = (statement.filtered(&conditions), now(&record, statement));
                if patch.is_empty() {
                    format!("RETURN {{ written: (SELECT * FROM ONLY {record}{matching}), now: {now} }}")
                } else {
                    self.write((patch, guard), change.wants_a_record(), &record, &matching, statement)?
                }
            }
        };
        statement.push(&text);
        Ok(())
    }

    /// The statement that makes all of these records or none of them, and answers them in this order. `None`: they have to
    /// be made one by one.
    pub(super) fn push_inserts(&self, changes: &[(&Id, Change<'_>)], statement: &mut Statement) -> Option<()> {
        let (mut ids, mut rows) = (Vec::new(), Vec::new());
        for (id, change) in changes {
            let Change::Insert(values) = change else { return None };
            if values.contains_key("id") || change.too_deep().is_some() {
                return None;
            }
            let native = self.native(id)?;
            ids.push(statement.bind(native.clone()));
            rows.push(self.content(values, false).ok()?.with("id", native).expression(statement));
        }
        let (made, now, id, at) = (statement.fresh(), statement.fresh(), statement.fresh(), statement.fresh());
        let (table, throw) = (statement.bind(self.native_table()), throw("make", statement));
        let (count, rows, ids) = (changes.len(), rows.join(", "), ids.join(", "));
        let after = after(&id, &format!("{made}[{at}]"));
        statement.push(&format!(
            "{{ LET {made} = (INSERT INTO {table} [{rows}] RETURN AFTER); \
             IF array::len({made}) != {count} {{ {throw} }}; LET {now} = (SELECT * FROM [{ids}]); \
             RETURN IF array::len({now}) = {count} {{ {now} }} ELSE {{ [{ids}].map(|{id}, {at}| {after}) }}; }}"
        ));
        Some(())
    }

    /// The statement that writes what the patch says, where the record is `matching`, which says the guard too.
    fn write(
        &self,
        (patch, guard): (&Patch, &Guard),
        wants_a_record: bool,
        record: &str,
        matching: &str,
        statement: &mut Statement,
    ) -> Result<String, Unwritable> {
        let assignments = self.assignments(patch, guard, statement)?;
        let (made, now) = (statement.fresh(), now(record, statement));
        // Whoever may see everything knows that what is not there any more was deleted by an event.
        let all = format!("(SELECT * FROM ONLY {record})");
        let after = if self.db.shared.restricted { after(record, &format!("{made}[0]")) } else { all };
        let throw = throw("write", statement);
        let write = |assigned: &str, matching: &str| {
            let data = if assigned.is_empty() { String::new() } else { format!("SET {assigned}") };
            if wants_a_record {
                format!("(UPDATE {record} {data}{matching} RETURN AFTER)")
            } else {
                self.upsert(record, &data, matching)
            }
        };
        // The guard holds, and nothing was written.
        let silent = if wants_a_record { held(record, matching) } else { format!("!({})", hidden(record, statement)) };
        let answer = |silent: &str| {
            format!(
                "RETURN IF array::len({made}) > 0 {{ {{ written: {after} }} }} ELSE IF {silent} {{ {throw} }} \
                 ELSE {{ {{ now: {now} }} }};"
            )
        };
        if !self.db.shared.restricted {
            let write = write(&assignments.text(), matching);
            return Ok(format!("{{ LET {made} = {write}; {} }}", answer(&silent)));
        }
        // To a user who may not do everything a record that cannot be seen is not there, though it may be written; one
        // that has gone out of sight was written, though the answer is empty; a field that may not be written keeps what it
        // had, in silence; and of an object that is assigned, what cannot be seen in it is gone.
        let (was, is, at, pair) = (statement.fresh(), statement.fresh(), statement.fresh(), statement.fresh());
        let (before, afterwards, names) = assignments.watched(statement);
        // Where a record has to be there, it was looked at with the guard before: once more, further down, the server would
        // find too deep.
        let (matching_below, answer) = if wants_a_record { ("", answer("false")) } else { (matching, answer(&silent)) };
        let parents = statement.fresh();
        let case = |(stay, assigned): (Vec<bool>, String)| {
            let stay: Vec<String> = stay.iter().map(bool::to_string).collect();
            format!("IF {parents} = [{}] {{ {} }} ELSE ", stay.join(", "), write(&assigned, matching_below))
        };
        let cases: String = assignments.cases().into_iter().map(case).collect();
        let otherwise = write(&assignments.text(), matching_below);
        let (look, write) = if cases.is_empty() {
            (String::new(), otherwise)
        } else {
            let refusal = |(figure, refusal): (String, String)| {
                format!("IF {was} != NONE AND (SELECT VALUE {figure} FROM ONLY {record}) = true {{ {refusal} }};")
            };
            let refusals: String = assignments.refusals(statement).into_iter().map(refusal).collect();
            let look =
                format!("{refusals} LET {parents} = (SELECT VALUE {} FROM ONLY {record});", assignments.parents());
            (look, format!("{cases}{{ {otherwise} }}"))
        };
        let write = if wants_a_record { format!("IF {was} = NONE {{ [] }} ELSE {{ {write} }}") } else { write };
        let (kept, field) = (statement.fresh(), statement.bind(DENIED_FIELD.to_owned()));
        Ok(format!(
            "{{ LET {was} = (SELECT VALUE {before} FROM ONLY {record}{matching}); {look} LET {made} = {write}; \
             IF {was} != NONE AND array::len({made}) = 0 {{ {throw} }}; \
             LET {is} = (SELECT VALUE {afterwards} FROM ONLY {record}); \
             LET {kept} = ({was} ?? []).map(|{pair}, {at}| IF {pair}[0] != NONE AND {pair}[0] = {is}[{at}] \
             AND {pair}[1] != {is}[{at}] {{ {names}[{at}] }} ELSE {{ NONE }}).filter(|{pair}| {pair} != NONE); \
             IF $auth != NONE AND array::len({kept}) > 0 {{ THROW {field} + {kept}[0] }}; {answer} }}"
        ))
    }

    /// Writes the record, or makes it where there is none.
    fn upsert(&self, record: &str, data: &str, matching: &str) -> String {
        // `UPSERT` asks whether the user may make the record even where it is there already.
        if self.db.shared.restricted {
            format!(
                "IF record::exists({record}) {{ (UPDATE {record} {data}{matching} RETURN AFTER) }} \
                 ELSE {{ (CREATE {record} {data} RETURN AFTER) }}"
            )
        } else {
            format!("(UPSERT {record} {data}{matching} RETURN AFTER)")
        }
    }

    /// A whole record. `present`: what stands in the record of this id is looked at.
    fn content(&self, record: &Record, present: bool) -> Result<Plan, Unwritable> {
        let schema = self.schema();
        let learned = self.memory.learned.lock();
        let present = present.then_some("");
        let place = Place { declared: Some(&schema.shape), learned: Some(&learned.shape), present, ..Place::default() };
        object(record, place).map_err(|TooLarge(number)| {
            let field = record.iter().find(|(_, value)| plan(value, Place::default()).is_err());
            too_large(field.map(|(name, _)| Path::from(name.as_str())), &number)
        })
    }
}

/// Whether it is nested deeper than so many arrays and objects. Finding out is no recursion.
fn is_deeper(json: &Json, bound: usize) -> bool {
    let mut level = vec![json];
    for _ in 0..=bound {
        let next = level.into_iter().flat_map(|json| -> Box<dyn Iterator<Item = &Json>> {
            match json {
                Json::Array(elements) => Box::new(elements.iter()),
                Json::Object(fields) => Box::new(fields.values()),
                _ => Box::new(std::iter::empty()),
            }
        });
        level = next.collect();
        if level.is_empty() {
            return false;
        }
    }
    true
}

/// The record as it is, where the filter lets it through.
fn now(record: &str, statement: &Statement) -> String {
    format!("(SELECT * FROM ONLY {record}{})", statement.filtered(&[]))
}

/// The after-image: events run after what RETURN AFTER answers, and may have changed the record once more, taken it out
/// of the filter, or deleted it.
fn after(record: &str, made: &str) -> String {
    format!("((SELECT * FROM ONLY {record}) ?? {made})")
}

/// Whether the record is there and `matching`.
fn held(record: &str, matching: &str) -> String {
    format!("(SELECT VALUE true FROM ONLY {record}{matching}) = true")
}

/// Whether the record is there and the filter hides it.
fn hidden(record: &str, statement: &Statement) -> String {
    match statement.filtered(&[]) {
        none if none.is_empty() => "false".to_owned(),
        visible => format!("(record::exists({record}) AND !({}))", held(record, &visible)),
    }
}

/// Says that this user may not do it, and takes back what the statement has done.
pub(super) fn throw(verb: &str, statement: &mut Statement) -> String {
    format!("THROW {}", statement.bind(denied(verb)))
}
