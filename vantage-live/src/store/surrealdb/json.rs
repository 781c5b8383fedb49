//! Native values as JSON: one direction of the fidelity table.

use serde_json::{Map, Number as JsonNumber, Value as Json};
use surrealdb::types::{Array, Geometry, Number, Object, RecordId, ToSql, Value};

use super::id;
use super::kinds::{Kind, Learned, Shape};
use crate::value::{Id, Record};

/// A record as the server sends it, as its id and its JSON. What kinds stand where is noted in `learned`.
pub(super) fn record(value: Value, learned: &mut Learned) -> Result<(Id, Record), String> {
    let Value::Object(object) = value else {
        return Err(format!("an object was expected, not a {}", value.kind().to_sql()));
    };
    let mut object = object.into_inner();
    let Some(Value::RecordId(RecordId { key, .. })) = object.remove("id") else {
        return Err("the record has no id".to_owned());
    };
    let id = id::id(key).ok_or("the record's id is a range")?;
    let mut record = Map::with_capacity(object.len());
    for (name, value) in object {
        let value = json_at(value, &name, Some(&mut learned.shape), &mut learned.room);
        if let Some(value) = value {
            record.insert(name, value);
        }
    }
    Ok((id, record))
}

/// The value of the field `name`, noted below `parent`; `None` where nothing stands there.
fn json_at(value: Value, name: &str, parent: Option<&mut Shape>, room: &mut usize) -> Option<Json> {
    // Of these JSON has the kind: nothing to note.
    match value {
        Value::None => None,
        Value::Null => Some(Json::Null),
        Value::Bool(bool) => Some(Json::Bool(bool)),
        value => {
            let place = parent.and_then(|parent| parent.field(name, room));
            Some(json(value, place, room))
        }
    }
}

/// A value as JSON, its kind noted at `place`.
fn json(value: Value, mut place: Option<&mut Shape>, room: &mut usize) -> Json {
    if let (Some(place), Some(kind)) = (place.as_deref_mut(), kind(&value)) {
        place.kinds.insert(kind);
    }
    match value {
        // Nothing inside an array has to keep its place.
        Value::None | Value::Null => Json::Null,
        Value::Bool(bool) => Json::Bool(bool),
        Value::String(text) => Json::String(text),
        Value::Number(number) => self::number(number),
        Value::Datetime(datetime) => Json::String(datetime.to_string()),
        Value::Duration(duration) => Json::String(duration.to_string()),
        Value::Uuid(uuid) => Json::String(uuid.into_inner().to_string()),
        Value::RecordId(link) => Json::String(id::link(&link)),
        Value::Bytes(bytes) => bytes.iter().map(|byte| Json::from(*byte)).collect(),
        Value::Array(array) => elements(array.into_vec(), place, room),
        Value::Set(set) => elements(set.into_inner(), place, room),
        Value::Geometry(geometry) => self::geometry(&geometry),
        Value::Object(fields) => {
            let fields = fields.into_inner().into_iter().filter_map(|(name, value)| {
                let value = json_at(value, &name, place.as_deref_mut(), room)?;
                Some((name, value))
            });
            object(fields)
        }
        Value::Table(table) => Json::String(table.into_string()),
        other => Json::String(other.to_sql()),
    }
}

fn object(fields: impl Iterator<Item = (String, Json)>) -> Json {
    Json::Object(fields.collect())
}

/// A figure as `GeoJSON`.
pub(super) fn geometry(geometry: &Geometry) -> Json {
    let fields = geojson(geometry).into_inner().into_iter();
    object(fields.map(|(name, value)| (name, json(value, None, &mut 0))))
}

/// A figure's fields. The SDK has `coordinates` for a collection too, which no `GeoJSON` has.
fn geojson(geometry: &Geometry) -> Object {
    let mut fields = geometry.as_object();
    if let Geometry::Collection(figures) = geometry {
        fields.remove("coordinates");
        let figures = figures.iter().cloned().map(Value::Geometry).collect::<Vec<_>>();
        fields.insert("geometries".to_owned(), Value::Array(Array::from(figures)));
    }
    fields
}

fn elements(values: impl IntoIterator<Item = Value>, place: Option<&mut Shape>, room: &mut usize) -> Json {
    let mut each = place.and_then(|place| place.each(room));
    values.into_iter().map(|value| json(value, each.as_deref_mut(), room)).collect()
}

fn number(number: Number) -> Json {
    match number {
        Number::Int(int) => Json::from(int),
        Number::Float(float) => match JsonNumber::from_f64(float) {
            Some(number) => Json::Number(number),
            None => Json::String(non_finite(float).to_owned()),
        },
        Number::Decimal(decimal) => Json::String(decimal.to_string()),
    }
}

/// The text of a float that JSON has no number for.
fn non_finite(float: f64) -> &'static str {
    match float {
        float if float.is_nan() => "NaN",
        float if float > 0.0 => "Infinity",
        _ => "-Infinity",
    }
}

/// The float whose text this is.
pub(super) fn parse_non_finite(text: &str) -> Option<f64> {
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].into_iter().find(|float| non_finite(*float) == text)
}

/// The kind, where another would have the same JSON.
fn kind(value: &Value) -> Option<Kind> {
    Some(match value {
        Value::String(_) => Kind::Text,
        Value::Number(Number::Int(_)) => Kind::Int,
        Value::Number(Number::Float(_)) => Kind::Float,
        Value::Number(Number::Decimal(_)) => Kind::Decimal,
        Value::Datetime(_) => Kind::Datetime,
        Value::Duration(_) => Kind::Duration,
        Value::Uuid(_) => Kind::Uuid,
        Value::RecordId(_) => Kind::Link,
        Value::Regex(_) => Kind::Regex,
        Value::Bytes(_) => Kind::Bytes,
        Value::Array(_) => Kind::Array,
        Value::Set(_) => Kind::Set,
        Value::Geometry(_) => Kind::Geometry,
        Value::Object(_) => Kind::Object,
        _ => return None,
    })
}
