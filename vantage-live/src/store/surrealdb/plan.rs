//! Which native value a JSON value is written as.
//!
//! The declared type of the column decides. Where none is declared, what stands there now decides, in the statement
//! itself; where nothing does, what has been seen there in other records; and then what the JSON looks like. An element of
//! an array that is only moved is taken from where it stands, as far as the guard says what stands there.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::Range;

use serde_json::{Map, Value as Json};
use surrealdb::types::{Array, Object, Value};

use super::kinds::{Kind, Shape};
use super::native;
use super::statement::{Statement, quote, quote_key};

/// What is written at one place.
#[derive(Debug)]
pub(super) enum Plan {
    /// This value.
    Value(Value),
    /// The value of the kind that stands at `place` now, or else `otherwise`.
    Like { place: String, kinds: Vec<(Kind, Plan)>, otherwise: Box<Plan> },
    /// An array of these parts.
    Array(Vec<Part>),
    /// A set of these parts.
    Set(Vec<Part>),
    /// An object of what is written at the places of its fields.
    Object(BTreeMap<String, Plan>),
}

/// A part of an array.
#[derive(Debug)]
pub(super) enum Part {
    /// One element.
    One(Plan),
    /// The elements from one index to another, not included, of the array at this place.
    Kept(String, Range<usize>),
}

/// What is known of a place: what its column's type is, what was seen there, where it is if a record is there, and what
/// then stands there if the write happens at all.
#[derive(Clone, Copy, Default)]
pub(super) struct Place<'k> {
    pub(super) declared: Option<&'k Shape>,
    pub(super) learned: Option<&'k Shape>,
    pub(super) present: Option<&'k str>,
    pub(super) expected: Option<&'k Json>,
}

/// How many elements of an array that are not kept are decided one by one by what stands there: about 200 bytes of text
/// each.
const ONE_BY_ONE: usize = 64;

impl<'k> Place<'k> {
    /// The place of the field `name`, without the record that is there.
    pub(super) fn field(self, name: &str) -> Place<'k> {
        Place {
            // The type of all fields is declared as that of all elements is.
            declared: self.declared.and_then(|shape| shape.at(name).or_else(|| shape.elements())),
            learned: self.learned.and_then(|shape| shape.at(name)),
            present: None,
            expected: self.expected.and_then(|json| json.get(name)),
        }
    }

    fn element(self) -> Place<'k> {
        Place {
            declared: self.declared.and_then(Shape::elements),
            learned: self.learned.and_then(Shape::elements),
            present: None,
            expected: None,
        }
    }

    fn is_declared(self) -> bool {
        self.declared.is_some_and(|shape| !shape.kinds.is_empty())
    }

    fn declares(self, kind: Kind) -> bool {
        self.declared.is_some_and(|shape| shape.kinds.has(kind))
    }

    fn has_seen(self, kind: Kind) -> bool {
        self.learned.is_some_and(|shape| shape.kinds.has(kind))
    }
}

/// What to write for `json`, or the integer that the server cannot keep.
pub(super) fn plan(json: &Json, place: Place<'_>) -> Result<Plan, TooLarge> {
    match json {
        // `option<T>` without null: to a program that knows one kind of nothing, it is this one.
        Json::Null if place.is_declared() && !place.declares(Kind::Null) && place.declares(Kind::None) => {
            Ok(Plan::Value(Value::None))
        }
        Json::Null | Json::Bool(_) => Ok(Plan::Value(native::plain(json))),
        Json::String(text) => Ok(choose(values(native::of_text(text)), place)),
        Json::Number(number) => match native::of_number(number) {
            none if none.is_empty() => Err(TooLarge(number.to_string())),
            candidates => Ok(choose(values(candidates), place)),
        },
        Json::Array(elements) => array(elements, place),
        Json::Object(fields) => {
            let object = (Kind::Object, object(fields, place)?);
            let figure = native::geometry(json).map(|figure| (Kind::Geometry, Plan::Value(figure)));
            Ok(choose(std::iter::once(object).chain(figure).collect(), place))
        }
    }
}

/// An integer beyond 64 bits with a sign.
#[derive(Debug)]
pub(super) struct TooLarge(pub(super) String);

fn values(candidates: Vec<(Kind, Value)>) -> Vec<(Kind, Plan)> {
    candidates.into_iter().map(|(kind, value)| (kind, Plan::Value(value))).collect()
}

/// One of the candidates, of which the first is what the JSON looks like.
fn choose(mut candidates: Vec<(Kind, Plan)>, place: Place<'_>) -> Plan {
    if place.is_declared() && candidates.iter().any(|(kind, _)| place.declares(*kind)) {
        candidates.retain(|(kind, _)| place.declares(*kind));
    }
    let default = default(&candidates, place);
    let otherwise = candidates.swap_remove(default).1;
    match place.present {
        Some(present) if !candidates.is_empty() => {
            Plan::Like { place: present.to_owned(), kinds: candidates, otherwise: Box::new(otherwise) }
        }
        _ => otherwise,
    }
}

/// Which candidate it is where nothing stands: the only other kind seen there, or what the JSON looks like.
fn default(candidates: &[(Kind, Plan)], place: Place<'_>) -> usize {
    let first = candidates.first().map(|(kind, _)| *kind);
    let mut others = (1..candidates.len()).filter(|i| place.has_seen(candidates[*i].0));
    match (others.next(), others.next()) {
        (Some(only), None) if !first.is_some_and(|kind| place.has_seen(kind)) => only,
        _ => 0,
    }
}

fn array(elements: &[Json], place: Place<'_>) -> Result<Plan, TooLarge> {
    let array = elements_at(elements, place, place.present)?;
    // Planning the elements once more is for an array with something to decide: else nested arrays would be planned twice
    // at each level.
    let set = match &array {
        Plan::Value(Value::Array(array)) => native::set(array),
        _ => match elements_at(elements, place, None)? {
            Plan::Value(Value::Array(array)) => native::set(&array),
            _ => None,
        },
    };
    let mut candidates = vec![(Kind::Array, array)];
    if let Some(set) = set {
        // A set has no indices of its own.
        let there = place.present.map(|present| format!("(<array> {present})"));
        let there = there.filter(|_| elements.iter().all(Json::is_string));
        let one_by_one = match there {
            Some(there) => elements_at(elements, place, Some(&there))?,
            None => Plan::Value(Value::None),
        };
        let set = if let Plan::Array(parts) = one_by_one { Plan::Set(parts) } else { Plan::Value(set) };
        candidates.push((Kind::Set, set));
    }
    candidates.extend(native::bytes(elements).map(|bytes| (Kind::Bytes, Plan::Value(bytes))));
    Ok(choose(candidates, place))
}

/// What to write for the elements of the array `there`.
fn elements_at(elements: &[Json], place: Place<'_>, there: Option<&str>) -> Result<Plan, TooLarge> {
    let origins = match (there, place.expected) {
        (None, _) => vec![Origin::New; elements.len()],
        (_, Some(Json::Array(expected))) => origins(expected, elements),
        (_, None) => (0..elements.len()).map(Origin::Like).collect(),
        // What is there is no array.
        (_, Some(_)) => vec![Origin::New; elements.len()],
    };
    let mut room = ONE_BY_ONE;
    let mut parts = Vec::with_capacity(elements.len());
    for (json, origin) in elements.iter().zip(&origins) {
        let at = match origin {
            Origin::Kept(at) => Some(*at),
            Origin::Like(at) if room > 0 => {
                room -= 1;
                Some(*at)
            }
            Origin::Like(_) | Origin::New => None,
        };
        // A vector of numbers stays one bound value; a text is decided by what it comes from.
        let present = at.filter(|_| !json.is_number()).and_then(|at| Some(format!("{}[{at}]", there?)));
        let expected = match (place.expected, at) {
            (Some(array), Some(at)) => array.get(at),
            _ => None,
        };
        parts.push(plan(json, Place { present: present.as_deref(), expected, ..place.element() })?);
    }
    if parts.iter().all(|part| matches!(part, Plan::Value(_))) {
        let values = parts.into_iter().filter_map(Plan::value).collect::<Vec<_>>();
        return Ok(Plan::Value(Value::Array(Array::from(values))));
    }
    let mut joined: Vec<Part> = Vec::new();
    for (plan, origin) in parts.into_iter().zip(origins) {
        match (origin, joined.last_mut(), there) {
            (Origin::Kept(at), Some(Part::Kept(_, range)), _) if range.end == at => range.end = at + 1,
            (Origin::Kept(at), _, Some(there)) => joined.push(Part::Kept(there.to_owned(), at..at + 1)),
            _ => joined.push(Part::One(plan)),
        }
    }
    Ok(Plan::Array(joined))
}

/// Where an element comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Origin {
    /// It stands at this index.
    Kept(usize),
    /// It may have been made of the one at this index.
    Like(usize),
    /// From nowhere.
    New,
}

/// Where each of `elements` comes from in `expected`: what is the same at both ends stays where it is, and between them
/// each is where the same stands that no other has. What is left is made of what follows the one before it, if nobody has
/// that.
fn origins(expected: &[Json], elements: &[Json]) -> Vec<Origin> {
    let same = |(a, b): &(&Json, &Json)| a == b;
    let front = expected.iter().zip(elements).take_while(same).count();
    let (rest, expected_rest) = (elements.get(front..).unwrap_or_default(), expected.get(front..).unwrap_or_default());
    let back = expected_rest.iter().rev().zip(rest.iter().rev()).take_while(same).count();
    let mut free: HashMap<&Json, VecDeque<usize>> = HashMap::new();
    for (at, json) in expected.iter().enumerate().take(expected.len() - back).skip(front) {
        free.entry(json).or_default().push_back(at);
    }
    let found = elements.iter().enumerate().map(|(i, json)| {
        if i < front {
            Some(i)
        } else if i >= elements.len() - back {
            Some(i + expected.len() - elements.len())
        } else {
            free.get_mut(json).and_then(VecDeque::pop_front)
        }
    });
    let found: Vec<Option<usize>> = found.collect();
    let mut taken: HashSet<usize> = found.iter().flatten().copied().collect();
    let mut next = 0;
    let origin = |found: Option<usize>| {
        let origin = match found {
            Some(at) => Origin::Kept(at),
            None if next < expected.len() && taken.insert(next) => Origin::Like(next),
            None => return Origin::New,
        };
        if let Origin::Kept(at) | Origin::Like(at) = origin {
            next = at + 1;
        }
        origin
    };
    found.into_iter().map(origin).collect()
}

/// What to write for an object's fields, each at its own place.
pub(super) fn object(fields: &Map<String, Json>, place: Place<'_>) -> Result<Plan, TooLarge> {
    let each = |(name, json): (&String, &Json)| {
        // The place of the record itself is the empty one.
        let present = place.present.map(|present| match present {
            "" => quote(name),
            present => format!("{present}.{}", quote(name)),
        });
        Ok((name.clone(), plan(json, Place { present: present.as_deref(), ..place.field(name) })?))
    };
    let fields = fields.iter().map(each).collect::<Result<BTreeMap<_, _>, _>>()?;
    if !fields.values().all(|field| matches!(field, Plan::Value(_))) {
        return Ok(Plan::Object(fields));
    }
    let values = fields.into_iter().filter_map(|(name, field)| Some((name, field.value()?)));
    // What is nothing has no place in an object.
    Ok(Plan::Value(Value::Object(values.filter(|(_, value)| *value != Value::None).collect::<Object>())))
}

impl Plan {
    fn value(self) -> Option<Value> {
        match self {
            Plan::Value(value) => Some(value),
            _ => None,
        }
    }

    /// An object with this field as well.
    pub(super) fn with(mut self, name: &str, value: Value) -> Plan {
        match &mut self {
            Plan::Value(Value::Object(object)) => drop(object.insert(name, value)),
            Plan::Object(fields) => drop(fields.insert(name.to_owned(), Plan::Value(value))),
            _ => {}
        }
        self
    }

    /// The expression that computes what is written, its values bound to `statement`.
    pub(super) fn expression(self, statement: &mut Statement) -> String {
        match self {
            Plan::Value(Value::None) => "NONE".to_owned(),
            Plan::Value(value) => statement.bind(value),
            Plan::Like { place, kinds, otherwise } => {
                let mut cases = String::new();
                for (kind, plan) in kinds {
                    let value = plan.expression(statement);
                    cases.extend(["IF ", &kind.test(&place), " { ", &value, " } ELSE "]);
                }
                format!("({cases}{{ {} }})", otherwise.expression(statement))
            }
            Plan::Array(parts) => array_of(parts, statement),
            Plan::Set(parts) => format!("<set> {}", array_of(parts, statement)),
            Plan::Object(fields) => {
                let field =
                    |(name, field): (String, Plan)| format!("{}: {}", quote_key(&name), field.expression(statement));
                let fields: Vec<_> = fields.into_iter().map(field).collect();
                format!("{{ {} }}", fields.join(", "))
            }
        }
    }
}

/// The expression that makes an array of these parts.
fn array_of(parts: Vec<Part>, statement: &mut Statement) -> String {
    let (mut arrays, mut open) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::One(plan) => open.push(plan.expression(statement)),
            Part::Kept(there, range) if range.len() == 1 => open.push(format!("{there}[{}]", range.start)),
            Part::Kept(there, range) => {
                if !open.is_empty() {
                    arrays.push(format!("[{}]", open.join(", ")));
                    open.clear();
                }
                arrays.push(format!("array::slice({there}, {}, {})", range.start, range.end));
            }
        }
    }
    if !open.is_empty() || arrays.is_empty() {
        arrays.push(format!("[{}]", open.join(", ")));
    }
    match &*arrays {
        [only] => only.clone(),
        arrays => format!("array::concat({})", arrays.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shape(kinds: &[Kind]) -> Shape {
        let mut shape = Shape::default();
        for kind in kinds {
            shape.kinds.insert(*kind);
        }
        shape
    }

    /// The kind that is written where nothing stands yet.
    fn written(json: &Json, declared: &[Kind], seen: &[Kind]) -> &'static str {
        let (declared, learned) = (shape(declared), shape(seen));
        let place = Place { declared: Some(&declared), learned: Some(&learned), ..Place::default() };
        match plan(json, place).unwrap().value().unwrap() {
            Value::None => "none",
            Value::Null => "null",
            Value::String(_) => "string",
            Value::Datetime(_) => "datetime",
            Value::Number(number) if number.is_int() => "int",
            Value::Number(number) if number.is_float() => "float",
            Value::Number(_) => "decimal",
            Value::Bytes(_) => "bytes",
            Value::Array(_) => "array",
            Value::Set(_) => "set",
            Value::Geometry(_) => "geometry",
            _ => "other",
        }
    }

    #[test]
    fn the_declared_type_decides_then_what_was_seen_then_the_look() {
        let moment = json!("2026-01-02T03:04:05Z");
        let point = json!({"type": "Point", "coordinates": [1, 2]});
        for (json, declared, seen, expected) in [
            (&moment, &[][..], &[][..], "string"),
            (&moment, &[], &[Kind::Datetime], "datetime"),
            (&moment, &[Kind::Text], &[Kind::Datetime], "string"),
            (&moment, &[Kind::None, Kind::Datetime], &[], "datetime"),
            (&json!("tomorrow"), &[], &[Kind::Datetime], "string"),
            (&json!("tomorrow"), &[Kind::Datetime], &[], "string"),
            // It was all texts, and one that reads as a number.
            (&json!("007"), &[], &[Kind::Text, Kind::Decimal], "string"),
            (&json!("007"), &[], &[Kind::Decimal], "decimal"),
            (&json!(130), &[], &[], "int"),
            (&json!(130), &[], &[Kind::Float], "float"),
            (&json!(130), &[], &[Kind::Float, Kind::Int], "int"),
            (&json!(130.0), &[Kind::Int], &[], "int"),
            (&json!(130), &[Kind::Decimal], &[], "decimal"),
            (&json!([1, 2]), &[], &[], "array"),
            (&json!([1, 2]), &[], &[Kind::Bytes], "bytes"),
            (&json!([1, 2]), &[Kind::Set], &[], "set"),
            (&point, &[], &[Kind::Geometry], "geometry"),
            (&json!(null), &[Kind::None, Kind::Datetime], &[], "none"),
            (&json!(null), &[Kind::Null, Kind::None, Kind::Datetime], &[], "null"),
            (&json!(null), &[], &[], "null"),
        ] {
            assert_eq!(written(json, declared, seen), expected, "{json} declared {declared:?} seen {seen:?}");
        }
    }

    #[test]
    fn an_integer_that_the_server_cannot_keep_is_not_rounded() {
        assert!(plan(&json!({"n": u64::MAX}), Place::default()).is_err());
    }
}
