//! What a patch assigns: each value at its path, and what is taken away.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use surrealdb::types::{Array, Value};

use super::changes::Unwritable;
use super::error;
use super::native;
use super::plan::{Place, TooLarge, plan};
use super::statement::{Statement, idiom, quote, quote_key};
use super::table::SurrealTable;
use crate::value::{Guard, Patch, Path};

/// What a patch assigns: `` `price` = $v3, `note` = NONE ``.
pub(super) struct Assignments {
    /// What makes objects of the parents, and takes away.
    before: Vec<String>,
    /// Where what is written.
    sets: Vec<(String, String)>,
    unsets: Vec<Unset>,
    /// The parents of all these, outermost first.
    parents: Vec<Parent>,
}

/// Where something is taken away.
struct Unset {
    place: String,
    /// What it is taken out of.
    parent: Option<String>,
    /// Whether a figure has a field of that name.
    of_figure: bool,
}

/// What something is written into or taken out of.
struct Parent {
    place: String,
    /// What makes an object of it, where something is written into it.
    made: Option<String>,
}

/// For how many parents the cases are told apart: 15 statements at the most.
const CASES: usize = 4;

impl Assignments {
    pub(super) fn text(&self) -> String {
        let sets = self.sets.iter().map(|(place, value)| format!("{place} = {value}"));
        self.before.iter().cloned().chain(sets).collect::<Vec<_>>().join(", ")
    }

    /// The same by what stands there: for each case which of the [`parents`](Self::parents) stay, and what is assigned then.
    /// A parent that stays is not assigned, and keeps what a user may not see in it. Whatever is no case is
    /// [`text`](Self::text), and so is everything where there are more parents than cases are told apart for.
    pub(super) fn cases(&self) -> Vec<(Vec<bool>, String)> {
        if self.parents.is_empty() || self.parents.len() > CASES {
            return Vec::new();
        }
        let all = (1..1_usize << self.parents.len()).rev();
        all.map(|case| self.parents.iter().enumerate().map(|(at, _)| case >> at & 1 == 1).collect::<Vec<bool>>())
            .map(|stay| {
                let assigned = self.case(&stay);
                (stay, assigned)
            })
            .collect()
    }

    fn case(&self, stay: &[bool]) -> String {
        let parents = || self.parents.iter().zip(stay);
        let made = parents().filter(|(_, stays)| !**stays).filter_map(|(parent, _)| parent.made.clone());
        let stays = |place: &String| parents().any(|(parent, stays)| parent.place == *place && *stays);
        let unsets = self.unsets.iter().filter(|unset| unset.parent.as_ref().is_none_or(stays));
        let unsets = unsets.map(|unset| format!("{} = NONE", unset.place));
        let sets = self.sets.iter().map(|(place, value)| format!("{place} = {value}"));
        made.chain(unsets).chain(sets).collect::<Vec<_>>().join(", ")
    }

    /// Whether each parent stays, in the order of the cases: an object does, and so does what is none to this user, who may
    /// not see it, or what is null. The server makes an object there where something is written, and takes nothing away.
    pub(super) fn parents(&self) -> String {
        let stays =
            |Parent { place, .. }: &Parent| format!("({place} = NONE OR {place} = NULL OR type::is_object({place}))");
        let each: Vec<String> = self.parents.iter().map(stays).collect();
        format!("[{}]", each.join(", "))
    }

    /// What refuses, to be asked of the record before the cases: nothing can be taken out of a figure.
    pub(super) fn refusals(&self, statement: &mut Statement) -> Vec<(String, String)> {
        let figures = self.unsets.iter().filter(|unset| unset.of_figure);
        let parents: BTreeSet<&String> = figures.filter_map(|unset| unset.parent.as_ref()).collect();
        let refusals =
            parents.into_iter().map(|parent| (format!("type::is_geometry({parent})"), refusal(parent, statement)));
        refusals.collect()
    }

    /// To be read before the write: at each place what stands there and what is to be. To be read after it: what stands
    /// there then. And the names of the places.
    pub(super) fn watched(&self, statement: &mut Statement) -> (String, String, String) {
        let before: Vec<_> = self.sets.iter().map(|(place, value)| format!("[{place}, {value}]")).collect();
        let after: Vec<_> = self.sets.iter().map(|(place, _)| place.as_str()).collect();
        let names = self.sets.iter().map(|(place, _)| Value::String(place.clone()));
        let names = statement.bind(Array::from(names.collect::<Vec<_>>()));
        (format!("[{}]", before.join(", ")), format!("[{}]", after.join(", ")), names)
    }
}

impl SurrealTable {
    /// What `patch` assigns where `guard` holds. The server takes each assigned value from the record as it was, so no two
    /// of them may rebuild the same object.
    pub(super) fn assignments(
        &self,
        patch: &Patch,
        guard: &Guard,
        statement: &mut Statement,
    ) -> Result<Assignments, Unwritable> {
        let schema = self.schema();
        let learned = self.memory.learned.lock();
        let objects: BTreeSet<Names<'_>> = patch.sets().flat_map(|(path, _)| parents_of(path)).collect();
        let made: Vec<String> = objects.iter().map(|parent| as_object(parent, patch, statement)).collect();
        let all: BTreeSet<Names<'_>> = patch.paths().flat_map(parents_of).collect();
        let made_of =
            |parent: &Names<'_>| objects.iter().position(|object| object == parent).map(|at| made[at].clone());
        let parents = all.iter().map(|parent| Parent { place: idiom(parent), made: made_of(parent) }).collect();
        let unset = |path: &Path| Unset {
            place: idiom(path.names()),
            parent: parents_of(path).last().map(idiom),
            of_figure: path.names().last().is_some_and(|name| FIGURE.contains(&&**name)),
        };
        let unsets = patch.unsets().map(unset).collect();
        let mut before = made;
        before.extend(removals(patch, &objects, statement));
        let mut sets = Vec::new();
        for (path, value) in patch.sets().filter(|(path, _)| !path.names().is_empty()) {
            let target = idiom(path.names());
            let root = Place { declared: Some(&schema.shape), learned: Some(&learned.shape), ..Place::default() };
            let place = path.names().iter().fold(root, |place, name| place.field(name));
            let value = plan(value, Place { present: Some(&target), expected: expected(guard, path), ..place })
                .map_err(|TooLarge(number)| too_large(Some(path.clone()), &number))?;
            sets.push((target, value.expression(statement)));
        }
        Ok(Assignments { before, sets, unsets, parents })
    }
}

/// What stands at `path` where `guard` holds, as far as it says so.
fn expected<'g>(guard: &'g Guard, path: &Path) -> Option<&'g Json> {
    let Guard::Fields(fields) = guard else { return None };
    fields.iter().find(|expected| expected.path == *path)?.what.value()
}

pub(super) fn too_large(path: Option<Path>, number: &str) -> Unwritable {
    (path, format!("{number} is beyond the 64 bits with a sign that SurrealDB keeps"))
}

/// The names of a path.
type Names<'p> = &'p [Cow<'static, str>];

/// The paths above a path, shortest first.
fn parents_of(path: &Path) -> impl Iterator<Item = Names<'_>> {
    (1..path.names().len()).map(|end| &path.names()[..end])
}

/// Makes an object of what stands at `parent`: below what is none nothing would be written, and nothing said. A figure
/// becomes another figure, or refuses: an object in its place would be another type.
fn as_object(parent: Names<'_>, patch: &Patch, statement: &mut Statement) -> String {
    let place = idiom(parent);
    let figure = figure(parent, patch, statement);
    format!(
        "{place} = IF type::is_object({place}) {{ {place} }} ELSE IF type::is_geometry({place}) {{ {figure} }} \
         ELSE {{ {{}} }}"
    )
}

/// The fields of a figure.
const FIGURE: [&str; 3] = ["type", "coordinates", "geometries"];

/// The figure that `patch` makes of the one at `parent`.
fn figure(parent: Names<'_>, patch: &Patch, statement: &mut Statement) -> String {
    let place = idiom(parent);
    let refusal = refusal(&place, statement);
    let below = |path: &'_ Path| path.names().strip_prefix(parent).map(<[_]>::to_vec).filter(|rest| !rest.is_empty());
    if patch.unsets().filter_map(below).any(|rest| matches!(&*rest, [name] if FIGURE.contains(&&**name))) {
        return refusal;
    }
    let mut fields = Map::new();
    for (path, value) in patch.sets() {
        match below(path).as_deref() {
            None => {}
            Some([name]) if FIGURE.contains(&&**name) => drop(fields.insert(name.to_string(), value.clone())),
            Some(_) => return refusal,
        }
    }
    if let Some(figure) = native::geometry(&Json::Object(fields.clone())) {
        return statement.bind(figure);
    }
    let ways = match fields.iter().next() {
        // The same coordinates may be those of figures of more than one type.
        Some((name, value)) if fields.len() == 1 && name != "type" => {
            let of_type = |figure: &'static str| {
                let json = Json::Object(Map::from_iter([
                    ("type".to_owned(), Json::from(figure)),
                    (name.clone(), value.clone()),
                ]));
                Some((Json::from(figure), statement.bind(native::geometry(&json)?)))
            };
            native::FIGURES.into_iter().filter_map(of_type).collect()
        }
        Some((_, name)) if fields.len() == 1 => vec![(name.clone(), place.clone())],
        _ => Vec::new(),
    };
    let ways: Vec<String> = ways
        .into_iter()
        .map(|(name, figure)| {
            let name = statement.bind(native::plain(&name));
            format!("IF {place}.type = {name} {{ {figure} }} ELSE ")
        })
        .collect();
    if ways.is_empty() { refusal } else { format!("{}{{ {refusal} }}", ways.concat()) }
}

fn refusal(place: &str, statement: &mut Statement) -> String {
    format!("THROW {}", statement.bind(error::no_figure(place)))
}

/// What is taken out of an object: names, and what is taken out of the objects at other names.
#[derive(Debug, Default)]
struct Removal<'p>(BTreeMap<&'p str, Removal<'p>>);

/// The assignments that take paths away, each at the shortest path that is not in `objects` already: where the parents
/// are objects, and leaving everything as it is elsewhere.
fn removals(patch: &Patch, objects: &BTreeSet<Names<'_>>, statement: &mut Statement) -> Vec<String> {
    let mut roots: BTreeMap<Names<'_>, Removal<'_>> = BTreeMap::new();
    for path in patch.unsets() {
        let names = path.names();
        let Some(root) = (1..=names.len()).find(|end| !objects.contains(&names[..*end])) else { continue };
        let mut removal = roots.entry(&names[..root]).or_default();
        for name in &names[root..] {
            removal = removal.0.entry(name).or_default();
        }
    }
    let assignment = |(names, removal): (Names<'_>, Removal<'_>)| {
        let (root, is_all) = (idiom(names), removal.0.is_empty());
        let left = removal.expression(&root, statement);
        match names.split_last() {
            // Of an array in whose place an object is made, this is what its elements have there.
            Some((_, made)) if !made.is_empty() && !is_all => {
                format!("{root} = IF type::is_object({}) {{ {left} }} ELSE {{ NONE }}", idiom(made))
            }
            _ => format!("{root} = {left}"),
        }
    };
    roots.into_iter().map(assignment).collect()
}

impl Removal<'_> {
    /// What is left of `place`.
    fn expression(&self, place: &str, statement: &mut Statement) -> String {
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
                    below.expression(&format!("{place}.{}", quote(name)), statement)
                )
            }
        });
        let figure = if self.0.keys().any(|name| FIGURE.contains(name)) {
            format!("ELSE IF type::is_geometry({place}) {{ {} }} ", refusal(place, statement))
        } else {
            String::new()
        };
        format!("(IF type::is_object({place}) {{ {left} }} {figure}ELSE {{ {place} }})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removal_leaves_alone_what_is_no_object() {
        let patch = Patch::new().unset("a").unset(Path::from_iter(["b", "c", "d"])).unset(Path::from_iter(["b", "e"]));

        let removals = removals(&patch, &BTreeSet::new(), &mut Statement::new(None));

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
        let objects = patch.sets().flat_map(|(path, _)| parents_of(path)).collect();

        assert_eq!(removals(&patch, &objects, &mut Statement::new(None)), ["`a`.`c` = NONE"]);
    }
}
