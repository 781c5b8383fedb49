//! JSON as native values: the other direction of the fidelity table. One JSON value is the form of several native ones
//! (a text that reads as a datetime is a string or a datetime); which of them is meant is decided elsewhere.

use std::str::FromStr;

use serde_json::{Number as JsonNumber, Value as Json};
use surrealdb::types::{Array, Bytes, Datetime, Decimal, Duration, Geometry, Number, Object, Regex, Set, Uuid, Value};

use super::kinds::Kind;
use super::{id, json};

/// The native values whose JSON a text is, the string first.
pub(super) fn of_text(text: &str) -> Vec<(Kind, Value)> {
    let mut candidates = vec![(Kind::Text, Value::String(text.to_owned()))];
    let Some(first) = text.bytes().next() else { return candidates };
    if first.is_ascii_digit() || matches!(first, b'-' | b'+') {
        candidates.extend(datetime(text).map(|datetime| (Kind::Datetime, Value::Datetime(datetime))));
        candidates.extend(decimal(text).map(|decimal| (Kind::Decimal, Value::Number(Number::Decimal(decimal)))));
        candidates.extend(Duration::from_str(text).ok().map(|duration| (Kind::Duration, Value::Duration(duration))));
    }
    if text.len() == 36 {
        let uuid = uuid::Uuid::try_parse(text).ok();
        candidates.extend(uuid.map(|uuid| (Kind::Uuid, Value::Uuid(Uuid::from(uuid)))));
    }
    if text.contains(':') {
        candidates.extend(id::parse_link(text).map(|link| (Kind::Link, Value::RecordId(link))));
    }
    if let Some(pattern) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        candidates.extend(Regex::from_str(pattern).ok().map(|regex| (Kind::Regex, Value::Regex(regex))));
    }
    candidates.extend(json::parse_non_finite(text).map(|float| (Kind::Float, Value::Number(Number::Float(float)))));
    candidates
}

/// The shortest is `2026-01-01T00:00:00Z`. What a program writes with an offset or with other digits of the second is
/// the same moment.
fn datetime(text: &str) -> Option<Datetime> {
    (text.len() >= 20).then(|| Datetime::from_str(text).ok()).flatten()
}

fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
}

/// The native values whose JSON a number is, the one that it looks like first. Empty for an integer beyond 64 bits
/// with a sign, which SurrealDB has not.
pub(super) fn of_number(number: &JsonNumber) -> Vec<(Kind, Value)> {
    if let Some(int) = number.as_i64() {
        let mut candidates = vec![(Kind::Int, Value::Number(Number::Int(int)))];
        candidates.extend(float_of(int).map(|float| (Kind::Float, Value::Number(Number::Float(float)))));
        candidates.push((Kind::Decimal, Value::Number(Number::Decimal(Decimal::from(int)))));
        return candidates;
    }
    if number.is_u64() {
        return Vec::new();
    }
    let Some(float) = number.as_f64() else { return Vec::new() };
    let mut candidates = vec![(Kind::Float, Value::Number(Number::Float(float)))];
    candidates.extend(int_of(float).map(|int| (Kind::Int, Value::Number(Number::Int(int)))));
    let decimal = Decimal::from_str_exact(&number.to_string()).ok();
    candidates.extend(decimal.map(|decimal| (Kind::Decimal, Value::Number(Number::Decimal(decimal)))));
    candidates
}

/// The integer that a float is exactly.
#[expect(clippy::cast_possible_truncation, reason = "the bound before the cast keeps it exact")]
fn int_of(float: f64) -> Option<i64> {
    // Up to 2^63, not included: the first float that is no 64-bit integer any more.
    (float.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float))
        .then_some(float as i64)
}

/// The float that an integer is exactly.
#[expect(clippy::cast_precision_loss, reason = "one that loses precision is not the integer, and is not answered")]
fn float_of(int: i64) -> Option<f64> {
    let float = int as f64;
    (int_of(float) == Some(int)).then_some(float)
}

/// The array, the set and the bytes whose JSON these elements are, each element being what it looks like.
pub(super) fn wholes(elements: &[Json]) -> Vec<Value> {
    let array: Vec<Value> = elements.iter().map(plain).collect();
    let others: Vec<Value> = set(&array).into_iter().chain(bytes(elements)).collect();
    std::iter::once(Value::Array(Array::from(array))).chain(others).collect()
}

/// The native values whose JSON a text or a number is; none for anything else.
pub(super) fn of_scalar(json: &Json) -> Vec<(Kind, Value)> {
    match json {
        Json::String(text) => of_text(text),
        Json::Number(number) => of_number(number),
        _ => Vec::new(),
    }
}

/// The bytes whose JSON these elements are.
pub(super) fn bytes(elements: &[Json]) -> Option<Value> {
    let bytes = elements.iter().map(|element| u8::try_from(element.as_u64()?).ok()).collect::<Option<Vec<u8>>>()?;
    Some(Value::Bytes(Bytes::from(bytes)))
}

/// The set whose JSON these elements are: none is there twice.
pub(super) fn set(elements: &[Value]) -> Option<Value> {
    let set = Set::from(elements.to_vec());
    (set.clone().into_inner().len() == elements.len()).then_some(Value::Set(set))
}

/// The types of figures.
pub(super) const FIGURES: [&str; 7] =
    ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"];

/// The figure whose `GeoJSON` an object is.
pub(super) fn geometry(json: &Json) -> Option<Value> {
    let fields = json.as_object()?;
    if fields.len() != 2 || !fields.get("type").is_some_and(Json::is_string) {
        return None;
    }
    if let Some(figures) = fields.get("geometries").and_then(Json::as_array)
        && fields.get("type").and_then(Json::as_str) == Some("GeometryCollection")
    {
        let inside = |figure| match geometry(figure)? {
            Value::Geometry(figure) => Some(figure),
            _ => None,
        };
        return Some(Value::Geometry(Geometry::Collection(figures.iter().map(inside).collect::<Option<_>>()?)));
    }
    let Value::Object(object) = figure(json) else { return None };
    Geometry::try_from_object(&object).map(Value::Geometry)
}

/// JSON with every number a float, as coordinates are.
fn figure(json: &Json) -> Value {
    match json {
        Json::Number(number) => Value::Number(Number::Float(number.as_f64().unwrap_or(f64::NAN))),
        Json::Array(elements) => Value::Array(Array::from(elements.iter().map(figure).collect::<Vec<_>>())),
        Json::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), figure(value))).collect::<Object>())
        }
        other => plain(other),
    }
}

/// Whether every number in it is closer to zero than `bound`.
pub(super) fn is_exact(json: &Json, bound: f64) -> bool {
    match json {
        Json::Number(number) => number.as_f64().is_some_and(|float| float.abs() < bound),
        Json::Array(elements) => elements.iter().all(|element| is_exact(element, bound)),
        Json::Object(fields) => fields.values().all(|field| is_exact(field, bound)),
        Json::Null | Json::Bool(_) | Json::String(_) => true,
    }
}

/// The type of a collection of figures.
pub(super) const COLLECTION: &str = "geometry<collection>";

/// What the server's `type::of` answers for a value without anything inside.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::None => "none",
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(Number::Int(_)) => "int",
        Value::Number(Number::Float(_)) => "float",
        Value::Number(Number::Decimal(_)) => "decimal",
        Value::Datetime(_) => "datetime",
        Value::Duration(_) => "duration",
        Value::Uuid(_) => "uuid",
        Value::RecordId(_) => "record",
        Value::Regex(_) => "regex",
        Value::Geometry(Geometry::Collection(_)) => COLLECTION,
        _ => "string",
    }
}

/// The native value that JSON looks like: a text is a string, an array is an array.
pub(super) fn plain(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::String(text) => Value::String(text.clone()),
        Json::Number(number) => of_number(number)
            .into_iter()
            .next()
            .map_or_else(|| Value::Number(Number::Float(number.as_f64().unwrap_or(f64::NAN))), |(_, value)| value),
        Json::Array(elements) => Value::Array(Array::from(elements.iter().map(plain).collect::<Vec<_>>())),
        Json::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect::<Object>())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(candidates: Vec<(Kind, Value)>) -> Vec<Kind> {
        candidates.into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn a_text_may_be_whatever_it_reads_as() {
        for (text, kind) in [
            ("2026-01-02T03:04:05.123456789Z", Some(Kind::Datetime)),
            ("2026-01-02T03:04:05+02:00", Some(Kind::Datetime)),
            ("1h30m5ns", Some(Kind::Duration)),
            ("-12.50", Some(Kind::Decimal)),
            ("42", Some(Kind::Decimal)),
            ("018f0000-0000-7000-8000-000000000000", Some(Kind::Uuid)),
            ("bakery:hill_valley", Some(Kind::Link)),
            ("/a+/", Some(Kind::Regex)),
            ("NaN", Some(Kind::Float)),
            ("", None),
            ("Flux Cupcake", None),
            ("2026-01-02", None),
            ("12:30", None),
        ] {
            let expected: Vec<Kind> = std::iter::once(Kind::Text).chain(kind).collect();
            assert_eq!(kinds(of_text(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn a_number_is_never_rounded_into_another_kind() {
        let of = |json: Json| kinds(of_number(json.as_number().unwrap()));

        assert_eq!(of(json!(130)), [Kind::Int, Kind::Float, Kind::Decimal]);
        assert_eq!(of(json!(9_007_199_254_740_993_i64)), [Kind::Int, Kind::Decimal]);
        assert_eq!(of(json!(i64::MAX)), [Kind::Int, Kind::Decimal]);
        assert_eq!(of(json!(130.0)), [Kind::Float, Kind::Int, Kind::Decimal]);
        assert_eq!(of(json!(1.5)), [Kind::Float, Kind::Decimal]);
        assert_eq!(of(json!(u64::MAX)), []);
    }

    #[test]
    fn an_object_is_a_figure_only_when_it_is_geojson() {
        assert!(geometry(&json!({"type": "Point", "coordinates": [1, 2.5]})).is_some());
        assert!(geometry(&json!({"type": "Point", "coordinates": [1, 2.5], "label": "x"})).is_none());
        assert!(geometry(&json!({"type": "Cake", "coordinates": [1, 2.5]})).is_none());
    }
}
