//! An [`Id`] is a record's key. Text, integers and uuids are themselves; a key that is an array or an object is an
//! opaque id, spelled as JSON in which `{"$datetime": "…"}` and its like name what JSON has no form for.
//!
//! Invariant: one key, one id. An opaque id in any other spelling names no record, and none names a range of them.

use serde_json::{Map, Value as Json};
use surrealdb::types::{
    Array, Bytes, Datetime, Decimal, Duration, Number, Object, RecordId, RecordIdKey, SurrealValue, ToSql, Uuid, Value,
};

use super::statement::quote;
use crate::value::{Id, IdKind};

/// The key that `id` is, or `None` where no record can have it.
pub(super) fn key(id: &Id) -> Option<RecordIdKey> {
    match id.kind() {
        IdKind::Int(int) => Some(RecordIdKey::Number(int)),
        IdKind::Uuid(uuid) => Some(RecordIdKey::Uuid(uuid.into())),
        IdKind::Text(text) => Some(RecordIdKey::String(text.to_owned())),
        IdKind::Opaque(text) => {
            let key = composite(text)?;
            (spelling(&key)? == text).then_some(key)
        }
    }
}

/// The id of a record whose key this is.
pub(super) fn id(key: RecordIdKey) -> Option<Id> {
    match key {
        RecordIdKey::Number(int) => Some(Id::from(int)),
        RecordIdKey::String(text) => Some(Id::from(text)),
        RecordIdKey::Uuid(uuid) => Some(Id::from(uuid.into_inner())),
        key => spelling(&key).map(Id::opaque),
    }
}

/// A link to a record as text: `table:key`.
pub(super) fn link(link: &RecordId) -> String {
    let key = match &link.key {
        key @ (RecordIdKey::Array(_) | RecordIdKey::Object(_)) => spelling(key).unwrap_or_else(|| key.to_sql()),
        key => key.to_sql(),
    };
    format!("{}:{key}", link.table.to_sql())
}

/// The link that `text` is the spelling of, if it is one.
pub(super) fn parse_link(text: &str) -> Option<RecordId> {
    let (table, key) = split(text)?;
    let table = unquote(table)?;
    let key = match key.chars().next()? {
        '[' | '{' => composite(key)?,
        'u' if key.starts_with("u'") => {
            let uuid = key.strip_prefix("u'")?.strip_suffix('\'')?;
            RecordIdKey::Uuid(uuid::Uuid::try_parse(uuid).ok()?.into())
        }
        '-' | '0'..='9' if key.parse::<i64>().is_ok() => RecordIdKey::Number(key.parse().ok()?),
        _ => RecordIdKey::String(unquote(key)?),
    };
    let parsed = RecordId::new(table, key);
    (link(&parsed) == text).then_some(parsed)
}

/// Splits at the colon behind the table, whose own colons stand in its quotes.
fn split(text: &str) -> Option<(&str, &str)> {
    if !text.starts_with('`') {
        return text.split_once(':');
    }
    let mut chars = text.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => drop(chars.next()),
            '`' => return Some((&text[..=at], text[at + 1..].strip_prefix(':')?)),
            _ => {}
        }
    }
    None
}

/// The name that stands here, in backticks or, where it is plain, without.
pub(super) fn unquote(text: &str) -> Option<String> {
    let Some(inside) = text.strip_prefix('`') else {
        let plain = !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
        return plain.then(|| text.to_owned());
    };
    let inside = inside.strip_suffix('`')?;
    let mut name = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(char) = chars.next() {
        name.push(match char {
            '\\' => match chars.next()? {
                '0' => '\0',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'f' => '\x0c',
                'b' => '\x08',
                'u' => {
                    let (digits, rest) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                    chars = rest.chars();
                    char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
                }
                other => other,
            },
            other => other,
        });
    }
    // What is not spelled as a quoted name is none: a lone backtick inside, an escape at its end.
    (quote(&name) == text).then_some(name)
}

fn spelling(key: &RecordIdKey) -> Option<String> {
    match key {
        RecordIdKey::Array(_) | RecordIdKey::Object(_) => typed(key.clone().into_value()).map(|json| json.to_string()),
        _ => None,
    }
}

fn composite(text: &str) -> Option<RecordIdKey> {
    match untyped(serde_json::from_str(text).ok()?)? {
        Value::Array(array) => Some(RecordIdKey::Array(array)),
        Value::Object(object) => Some(RecordIdKey::Object(object)),
        _ => None,
    }
}

/// A value as JSON that names its kind where JSON has no form for it; `None` for one that is no part of a key.
fn typed(value: Value) -> Option<Json> {
    let tagged = |tag: &str, value: String| Some(Json::Object(Map::from_iter([(tag.to_owned(), Json::from(value))])));
    match value {
        Value::Null => Some(Json::Null),
        Value::None => tagged("$none", String::new()),
        Value::Bool(bool) => Some(Json::from(bool)),
        Value::String(text) => Some(Json::from(text)),
        Value::Number(Number::Int(int)) => Some(Json::from(int)),
        Value::Number(Number::Float(float)) if float.is_finite() => Some(Json::from(float)),
        Value::Number(Number::Float(float)) => tagged("$float", float.to_string()),
        Value::Number(Number::Decimal(decimal)) => tagged("$decimal", decimal.to_string()),
        Value::Datetime(datetime) => tagged("$datetime", datetime.to_string()),
        Value::Duration(duration) => tagged("$duration", duration.to_string()),
        Value::Uuid(uuid) => tagged("$uuid", uuid.into_inner().to_string()),
        Value::RecordId(record) => tagged("$record", link(&record)),
        Value::Bytes(bytes) => {
            tagged("$bytes", bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")))
        }
        Value::Array(array) => array.into_vec().into_iter().map(typed).collect::<Option<Vec<_>>>().map(Json::Array),
        Value::Object(object) => {
            // A field whose name begins like a tag gets a second `$`.
            let name = |name: String| if name.starts_with('$') { format!("${name}") } else { name };
            let fields = object.into_inner().into_iter().map(|(field, value)| Some((name(field), typed(value)?)));
            fields.collect::<Option<Map<_, _>>>().map(Json::Object)
        }
        _ => None,
    }
}

fn untyped(json: Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Bool(bool) => Some(Value::Bool(bool)),
        Json::String(text) => Some(Value::String(text)),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Some(int.into_value()),
            None if number.is_f64() => Some(number.as_f64()?.into_value()),
            None => None,
        },
        Json::Array(array) => {
            let values = array.into_iter().map(untyped).collect::<Option<Vec<_>>>()?;
            Some(Value::Array(Array::from(values)))
        }
        Json::Object(object) => {
            let tag = object.iter().next().filter(|(tag, _)| tag.starts_with('$') && !tag.starts_with("$$"));
            match tag {
                Some((tag, text)) if object.len() == 1 => tagged_value(tag, text.as_str()?),
                Some(_) => None,
                None => {
                    let name = |name: String| name.strip_prefix("$$").map(|rest| format!("${rest}")).unwrap_or(name);
                    let fields = object.into_iter().map(|(field, json)| Some((name(field), untyped(json)?)));
                    let fields = fields.collect::<Option<std::collections::BTreeMap<_, _>>>()?;
                    Some(Value::Object(Object::from(fields)))
                }
            }
        }
    }
}

fn tagged_value(tag: &str, text: &str) -> Option<Value> {
    Some(match tag {
        "$none" => Value::None,
        "$float" => text.parse::<f64>().ok()?.into_value(),
        "$decimal" => Decimal::from_str_exact(text).ok()?.into_value(),
        "$datetime" => text.parse::<Datetime>().ok()?.into_value(),
        "$duration" => text.parse::<Duration>().ok()?.into_value(),
        "$uuid" => Uuid::from(uuid::Uuid::try_parse(text).ok()?).into_value(),
        "$record" => Value::RecordId(parse_link(text)?),
        "$bytes" => {
            let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
            let bytes = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect::<Option<Vec<_>>>()?;
            Value::Bytes(Bytes::from(bytes))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_comes_back_from_its_id() {
        let datetime = Value::Datetime("2026-01-02T03:04:05.000000006Z".parse().unwrap());
        let decimal = Value::Number(Number::Decimal(Decimal::new(110, 2)));
        let nested = Object::from_iter([("$datetime".to_owned(), datetime.clone()), ("$$".to_owned(), Value::Null)]);
        let array = vec![1_i64.into_value(), 1.0_f64.into_value(), "1".to_owned().into_value(), datetime, decimal];
        let keys = [
            RecordIdKey::Number(-5),
            RecordIdKey::String("-5".into()),
            RecordIdKey::String(String::new()),
            RecordIdKey::Uuid(Uuid::new_v4()),
            RecordIdKey::Array(Array::from(array)),
            RecordIdKey::Array(Array::from(vec![Value::Object(nested), Value::Bytes(Bytes::from(vec![0, 255]))])),
            RecordIdKey::Object(Object::new()),
        ];

        for native in keys {
            let id = id(native.clone()).unwrap();
            assert_eq!(key(&id), Some(native), "{id:?}");
        }
    }

    #[test]
    fn an_opaque_id_in_another_spelling_names_no_record() {
        for text in
            ["", "1", "\"a\"", "[1, 2]", "[ ]", r#"{"$range":"1"}"#, r#"{"$uuid":"x"}"#, "[1", "..", "{\"a\":1 }"]
        {
            assert_eq!(key(&Id::opaque(text)), None, "{text}");
        }
    }

    #[test]
    fn every_link_comes_back_from_its_text() {
        for (table, native) in [
            ("bakery", RecordIdKey::String("hill_valley".into())),
            ("we`ird:t\\able", RecordIdKey::String("a:`b`\\ \n\0\u{8}".into())),
            ("bakery", RecordIdKey::String("42".into())),
            ("bakery", RecordIdKey::Number(42)),
            ("bakery", RecordIdKey::Uuid(Uuid::new_v4())),
            ("bakery", RecordIdKey::Array(Array::from(vec![1_i64.into_value()]))),
        ] {
            let native = RecordId::new(table, native);
            assert_eq!(parse_link(&link(&native)), Some(native.clone()), "{}", link(&native));
        }
    }

    #[test]
    fn a_text_with_a_colon_is_not_yet_a_link() {
        for text in ["http://example.org", "note: hello", ":a", "a:", "a:b:c", "`a:b", "a b:c", "a:007", "12:30 Uhr"] {
            assert_eq!(parse_link(text), None, "{text}");
        }
    }
}
