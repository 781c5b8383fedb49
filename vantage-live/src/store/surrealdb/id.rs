//! An [`Id`] is a record's key. Text, integers and uuids are themselves; a key that is an array or an object is an
//! opaque id, spelled as JSON in which `{"$datetime": "…"}` and its like name what JSON has no form for.
//!
//! Invariant: one key, one id. An opaque id in any other spelling names no record, and none names a range of them.

use surrealdb::types::{RecordId, RecordIdKey, SurrealValue, ToSql, Value};

use super::statement::quote;
use super::tagged;
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
        RecordIdKey::Array(_) | RecordIdKey::Object(_) => Some(tagged::json(key.clone().into_value()).to_string()),
        _ => None,
    }
}

fn composite(text: &str) -> Option<RecordIdKey> {
    match tagged::value(serde_json::from_str(text).ok()?)? {
        Value::Array(array) => Some(RecordIdKey::Array(array)),
        Value::Object(object) => Some(RecordIdKey::Object(object)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use serde_json::json;
    use surrealdb::types::{Array, Bytes, Decimal, File, Number, Object, Range, Regex, Set, Table, Uuid};

    use super::super::native;
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
            RecordIdKey::Array(Array::from(odd())),
        ];

        for native in keys {
            let id = id(native.clone()).unwrap();
            assert_eq!(key(&id), Some(native), "{id:?}");
        }
    }

    /// What stands in a key only where somebody has put it there on purpose.
    fn odd() -> Vec<Value> {
        let range = |start, end| Value::Range(Box::new(Range::new(start, end)));
        let figure = |json| native::geometry(&json).unwrap();
        let point = json!({"type": "Point", "coordinates": [1.5, -2.0]});
        vec![
            Value::Set(Set::from(vec![1_i64.into_value(), "1".to_owned().into_value()])),
            Value::Set(Set::new()),
            range(Bound::Included(1_i64.into_value()), Bound::Excluded(Value::None)),
            range(Bound::Unbounded, Bound::Unbounded),
            figure(point.clone()),
            figure(json!({"type": "GeometryCollection", "geometries": [point]})),
            Value::File(File::new("bucket", "a:b")),
            Value::Table(Table::new("bakery")),
            Value::Regex("a[b]+".parse::<Regex>().unwrap()),
        ]
    }

    #[test]
    fn an_opaque_id_in_another_spelling_names_no_record() {
        for text in [
            "",
            "1",
            "\"a\"",
            "[1, 2]",
            "[ ]",
            r#"[{"$range":"1"}]"#,
            r#"[{"$set":[2,1]}]"#,
            r#"[{"$set":[1,1]}]"#,
            r#"[{"$odd":[]}]"#,
            r#"{"$uuid":"x"}"#,
            "[1",
            "..",
            "{\"a\":1 }",
        ] {
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
