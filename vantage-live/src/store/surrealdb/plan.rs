//! Which native value a JSON value is written as.
//!
//! The declared type of the column decides. Where none is declared, what stands there now decides, in the statement
//! itself; where nothing does, what has been seen there in other records; and then what the JSON looks like.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use surrealdb::types::{Object, Value};

use super::elements::{Part, array, array_of};
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

/// What is known of a place: what its column's type is, what was seen there, where it is if a record is there, and what
/// then stands there if the write happens at all.
#[derive(Clone, Copy, Default)]
pub(super) struct Place<'k> {
    pub(super) declared: Option<&'k Shape>,
    pub(super) learned: Option<&'k Shape>,
    pub(super) present: Option<&'k str>,
    pub(super) expected: Option<&'k Json>,
}

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

    /// The place of each element, without the record that is there.
    pub(super) fn element(self) -> Place<'k> {
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
pub(super) fn choose(mut candidates: Vec<(Kind, Plan)>, place: Place<'_>) -> Plan {
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
    /// The value, where nothing is left to decide.
    pub(super) fn value(self) -> Option<Value> {
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
