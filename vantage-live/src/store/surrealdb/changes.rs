//! The statements of writes: which paths are assigned what, and how a whole record is spelled.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use surrealdb::types::Value;

use super::guard::conditions;
use super::plan::{Place, TooLarge, object, plan};
use super::statement::{Statement, idiom, quote, quote_key};
use super::table::SurrealTable;
use crate::value::{Guard, Operation, Patch, Path, Record};

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

impl Change<'_> {
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
    pub(super) fn push(&self, change: Change<'_>, native: Value, statement: &mut Statement) -> Result<(), Unwritable> {
        let record = statement.bind(native);
        let visible = statement.filtered(&[]);
        let now = format!("(SELECT * FROM ONLY {record}{visible})");
        // The after-image: events run after what RETURN AFTER answers, and may have changed the record once more, taken
        // it out of the filter, or deleted it.
        let after = |made: &str| format!("((SELECT * FROM ONLY {record}) ?? {made})");
        let text = match change {
            Change::Insert(values) => {
                let content = self.content(values, false, statement)?;
                let made = statement.fresh();
                let after = after(&made);
                format!("{{ LET {made} = (CREATE ONLY {record} CONTENT {content} RETURN AFTER); RETURN {after}; }}")
            }
            Change::InsertOnce(values) => {
                let content = self.content(values, false, statement)?;
                let made = statement.fresh();
                let after = after(&made);
                format!(
                    "{{ LET {made} = IF record::exists({record}) {{ NONE }} \
                     ELSE {{ (CREATE ONLY {record} CONTENT {content} RETURN AFTER) }}; RETURN {after}; }}"
                )
            }
            Change::Replace(values) => {
                let content = self.content(values, true, statement)?;
                let made = statement.fresh();
                let after = after(&format!("{made}[0]"));
                format!(
                    "{{ LET {made} = (UPSERT {record} CONTENT {content}{visible} RETURN AFTER); \
                     RETURN IF array::len({made}) > 0 {{ [{after}] }} ELSE {{ [] }}; }}"
                )
            }
            Change::Delete(guard) => {
                let conditions = conditions(guard, statement);
                let (matching, hit) = (statement.filtered(&conditions), statement.fresh());
                format!(
                    "{{ LET {hit} = array::len((DELETE {record}{matching} RETURN BEFORE)); \
                     RETURN IF {hit} > 0 {{ {{ deleted: true }} }} ELSE {{ {{ now: {now} }} }}; }}"
                )
            }
            Change::Write(patch, guard) => {
                let conditions = conditions(guard, statement);
                let matching = statement.filtered(&conditions);
                if patch.is_empty() {
                    format!("RETURN {{ written: (SELECT * FROM ONLY {record}{matching}), now: {now} }}")
                } else {
                    let verb = if change.wants_a_record() { "UPDATE" } else { "UPSERT" };
                    let assignments = self.assignments(patch, statement)?;
                    let hit = statement.fresh();
                    let after = after(&format!("{hit}[0]"));
                    format!(
                        "{{ LET {hit} = ({verb} {record} SET {assignments}{matching} RETURN AFTER); \
                         RETURN IF array::len({hit}) > 0 {{ {{ written: {after} }} }} \
                         ELSE {{ {{ now: {now} }} }}; }}"
                    )
                }
            }
        };
        statement.push(&text);
        Ok(())
    }

    /// What a patch assigns: `` `price` = $v3, `note` = NONE ``. The server takes each assigned value from the record as
    /// it was, so no two of them may rebuild the same object.
    fn assignments(&self, patch: &Patch, statement: &mut Statement) -> Result<String, Unwritable> {
        let schema = self.schema();
        let learned = self.memory.learned.lock();
        let parents: BTreeSet<&[Cow<'static, str>]> = patch.sets().flat_map(|(path, _)| parents(path)).collect();
        // Below what is no object nothing would be written, and nothing said.
        let as_object =
            |parent: &String| format!("{parent} = IF type::is_object({parent}) {{ {parent} }} ELSE {{ {{}} }}");
        let mut changes: Vec<String> = parents.iter().map(|parent| as_object(&idiom(parent))).collect();
        changes.extend(removals(patch, &parents));
        for (path, value) in patch.sets().filter(|(path, _)| !path.names().is_empty()) {
            let target = idiom(path.names());
            let root = Place { declared: Some(&schema.shape), learned: Some(&learned.shape), present: None };
            let place = path.names().iter().fold(root, |place, name| place.field(name));
            let value = plan(value, Place { present: Some(&target), ..place })
                .map_err(|TooLarge(number)| too_large(Some(path.clone()), &number))?;
            changes.push(format!("{target} = {}", value.expression(statement)));
        }
        Ok(changes.join(", "))
    }

    /// A whole record as an expression. `present`: what stands in the record of this id is looked at.
    fn content(&self, record: &Record, present: bool, statement: &mut Statement) -> Result<String, Unwritable> {
        let schema = self.schema();
        let learned = self.memory.learned.lock();
        let place =
            Place { declared: Some(&schema.shape), learned: Some(&learned.shape), present: present.then_some("") };
        object(record, place).map(|plan| plan.expression(statement)).map_err(|TooLarge(number)| {
            let field = record.iter().find(|(_, value)| plan(value, Place::default()).is_err());
            too_large(field.map(|(name, _)| Path::from(name.as_str())), &number)
        })
    }
}

fn too_large(path: Option<Path>, number: &str) -> Unwritable {
    (path, format!("{number} is beyond the 64 bits with a sign that SurrealDB keeps"))
}

/// The paths above a path, shortest first.
fn parents(path: &Path) -> impl Iterator<Item = &[Cow<'static, str>]> {
    (1..path.names().len()).map(|end| &path.names()[..end])
}

/// What is taken out of an object: names, and what is taken out of the objects at other names.
#[derive(Debug, Default)]
struct Removal<'p>(BTreeMap<&'p str, Removal<'p>>);

/// The assignments that take paths away, each at the shortest path that is not in `objects` already: where the parents
/// are objects, and leaving everything as it is elsewhere.
fn removals(patch: &Patch, objects: &BTreeSet<&[Cow<'static, str>]>) -> Vec<String> {
    let mut roots: BTreeMap<String, Removal<'_>> = BTreeMap::new();
    for path in patch.unsets() {
        let names = path.names();
        let Some(root) = (1..=names.len()).find(|end| !objects.contains(&names[..*end])) else { continue };
        let mut removal = roots.entry(idiom(&names[..root])).or_default();
        for name in &names[root..] {
            removal = removal.0.entry(name).or_default();
        }
    }
    roots.into_iter().map(|(root, removal)| format!("{root} = {}", removal.expression(&root))).collect()
}

impl Removal<'_> {
    /// What is left of `place`.
    fn expression(&self, place: &str) -> String {
        if self.0.is_empty() {
            return "NONE".to_owned();
        }
        let left = self.0.iter().fold(place.to_owned(), |left, (name, below)| {
            let key = quote_key(name);
            if below.0.is_empty() {
                format!("object::remove({left}, {key})")
            } else {
                format!(
                    "object::extend({left}, {{ {key}: {} }})",
                    below.expression(&format!("{place}.{}", quote(name)))
                )
            }
        });
        format!("(IF type::is_object({place}) {{ {left} }} ELSE {{ {place} }})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removal_leaves_alone_what_is_no_object() {
        let patch = Patch::new().unset("a").unset(Path::from_iter(["b", "c", "d"])).unset(Path::from_iter(["b", "e"]));

        let removals = removals(&patch, &BTreeSet::new());

        assert_eq!(
            removals,
            [
                "`a` = NONE",
                "`b` = (IF type::is_object(`b`) { object::remove(object::extend(`b`, { \"c\": \
                 (IF type::is_object(`b`.`c`) { object::remove(`b`.`c`, \"d\") } ELSE { `b`.`c` }) }), \"e\") } \
                 ELSE { `b` })"
            ]
        );
    }

    #[test]
    fn a_removal_beside_something_set_rebuilds_only_its_own_object() {
        let patch = Patch::new().set(Path::from_iter(["a", "b"]), 1).unset(Path::from_iter(["a", "c"]));
        let objects = patch.sets().flat_map(|(path, _)| parents(path)).collect();

        assert_eq!(removals(&patch, &objects), ["`a`.`c` = NONE"]);
    }
}
