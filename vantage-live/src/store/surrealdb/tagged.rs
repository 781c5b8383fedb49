//! Native values as JSON that names the kind where JSON has no form for it: the parts of a composite key.

use std::ops::Bound;

use serde_json::{Map, Value as Json, json};
use surrealdb::types::{
    Array, Bytes, Datetime, Decimal, Duration, File, Number, Object, Range, Regex, Set, SurrealValue, Table, Uuid,
    Value,
};

use super::{id, json as plain, native};

/// A value as JSON: of what JSON has no form for an object with one name, which begins with a `$`.
pub(super) fn json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::None => tagged("$none", ""),
        Value::Bool(bool) => Json::from(bool),
        Value::String(text) => Json::from(text),
        Value::Number(Number::Int(int)) => Json::from(int),
        // The server tells a key of -0.0 as it is in events, and as 0.0 in lists.
        Value::Number(Number::Float(float)) if float.is_finite() => Json::from(float + 0.0),
        Value::Number(Number::Float(float)) => tagged("$float", float.to_string()),
        Value::Number(Number::Decimal(decimal)) => tagged("$decimal", decimal.to_string()),
        Value::Datetime(datetime) => tagged("$datetime", datetime.to_string()),
        Value::Duration(duration) => tagged("$duration", duration.to_string()),
        Value::Uuid(uuid) => tagged("$uuid", uuid.into_inner().to_string()),
        Value::RecordId(record) => tagged("$record", id::link(&record)),
        Value::Table(table) => tagged("$table", table.into_string()),
        Value::Regex(regex) => tagged("$regex", regex.regex().as_str()),
        Value::File(file) => tagged("$file", json!([file.bucket(), file.key()])),
        Value::Geometry(geometry) => tagged("$geometry", plain::geometry(&geometry)),
        Value::Range(range) => tagged("$range", json!([bound(range.start), bound(range.end)])),
        Value::Bytes(bytes) => {
            tagged("$bytes", bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")))
        }
        Value::Set(set) => tagged("$set", set.into_iter().map(json).collect::<Vec<_>>()),
        Value::Array(array) => array.into_vec().into_iter().map(json).collect(),
        Value::Object(object) => {
            // A field whose name begins like a tag gets a second `$`.
            let name = |name: String| if name.starts_with('$') { format!("${name}") } else { name };
            Json::Object(object.into_inner().into_iter().map(|(field, value)| (name(field), json(value))).collect())
        }
    }
}

fn tagged(tag: &str, value: impl Into<Json>) -> Json {
    Json::Object(Map::from_iter([(tag.to_owned(), value.into())]))
}

/// One end of a range: an array of nothing, or of what is included, or an object of what is not.
fn bound(bound: Bound<Value>) -> Json {
    match bound {
        Bound::Unbounded => json!([]),
        Bound::Included(value) => json!([json(value)]),
        Bound::Excluded(value) => json!({ "not": json(value) }),
    }
}

/// The value whose JSON this is, if it is one's.
pub(super) fn value(json: Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Bool(bool) => Some(Value::Bool(bool)),
        Json::String(text) => Some(Value::String(text)),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Some(int.into_value()),
            None if number.is_f64() => Some(number.as_f64()?.into_value()),
            None => None,
        },
        Json::Array(array) => Some(Value::Array(Array::from(values(array)?))),
        Json::Object(object) => {
            let is_tag = |tag: &String| tag.starts_with('$') && !tag.starts_with("$$");
            if object.keys().any(is_tag) {
                let mut tags = object.into_iter();
                let (tag, value) = tags.next()?;
                return if tags.next().is_none() { untagged(&tag, value) } else { None };
            }
            let name = |name: String| name.strip_prefix("$$").map(|rest| format!("${rest}")).unwrap_or(name);
            let fields = object.into_iter().map(|(field, json)| Some((name(field), value(json)?)));
            Some(Value::Object(fields.collect::<Option<Object>>()?))
        }
    }
}

fn values(array: Vec<Json>) -> Option<Vec<Value>> {
    array.into_iter().map(value).collect()
}

fn untagged(tag: &str, json: Json) -> Option<Value> {
    Some(match (tag, json) {
        ("$geometry", json) => native::geometry(&json)?,
        ("$set", Json::Array(array)) => Value::Set(Set::from(values(array)?)),
        ("$range", Json::Array(bounds)) => {
            let [start, end] = <[Json; 2]>::try_from(bounds).ok()?;
            Value::Range(Box::new(Range::new(unbound(start)?, unbound(end)?)))
        }
        ("$file", Json::Array(names)) => match &*names {
            [Json::String(bucket), Json::String(key)] => Value::File(File::new(bucket.clone(), key.clone())),
            _ => return None,
        },
        (tag, Json::String(text)) => of_text(tag, &text)?,
        _ => return None,
    })
}

fn unbound(json: Json) -> Option<Bound<Value>> {
    match json {
        Json::Array(mut included) => Some(match included.pop() {
            None => Bound::Unbounded,
            Some(json) => Bound::Included(value(json)?),
        }),
        Json::Object(mut excluded) => Some(Bound::Excluded(value(excluded.remove("not")?)?)),
        _ => None,
    }
}

fn of_text(tag: &str, text: &str) -> Option<Value> {
    Some(match tag {
        "$none" => Value::None,
        "$float" => text.parse::<f64>().ok()?.into_value(),
        "$decimal" => Decimal::from_str_exact(text).ok()?.into_value(),
        "$datetime" => text.parse::<Datetime>().ok()?.into_value(),
        "$duration" => text.parse::<Duration>().ok()?.into_value(),
        "$uuid" => Uuid::from(uuid::Uuid::try_parse(text).ok()?).into_value(),
        "$record" => Value::RecordId(id::parse_link(text)?),
        "$table" => Value::Table(Table::new(text)),
        "$regex" => Value::Regex(text.parse::<Regex>().ok()?),
        "$bytes" => {
            let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
            let bytes = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect::<Option<Vec<_>>>()?;
            Value::Bytes(Bytes::from(bytes))
        }
        _ => return None,
    })
}
