//! What `INFO FOR TABLE … STRUCTURE` tells of a table: the types of its columns, and the columns of its indexes.

use std::collections::HashMap;
use std::str::FromStr;

use surrealdb::types::{Duration, Value};

use super::error::path;
use super::id::unquote;
use super::kinds::{Kind, Shape};
use crate::value::Path;

/// The declared side of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema {
    pub(super) shape: Shape,
    pub(super) indexes: HashMap<String, Vec<Path>>,
}

impl Schema {
    /// What the answer tells. What it does not tell in a known form is not declared.
    pub(super) fn of(info: Value) -> Schema {
        let mut schema = Schema::default();
        let Value::Object(mut info) = info else { return schema };
        for mut field in objects(info.remove("fields")) {
            if let (Some(name), Some(kind)) = (text(field.remove("name")), text(field.remove("kind"))) {
                schema.declare(&name, &kind);
            }
        }
        for mut index in objects(info.remove("indexes")) {
            let Some(name) = text(index.remove("name")) else { continue };
            let Some(Value::Array(columns)) = index.remove("cols") else { continue };
            let columns = columns.into_vec().into_iter().filter_map(|column| text(Some(column)));
            schema.indexes.insert(name, columns.filter_map(|column| path(&column)).collect());
        }
        schema
    }

    /// Notes that the type of a column is this, whatever was known of it; says whether that is news.
    pub(super) fn notes(&mut self, name: &str, kind: &str) -> bool {
        let Some(place) = self.place(name) else { return false };
        let before = place.forget_kinds();
        declare(place, kind);
        !place.has_kinds_of(&before)
    }

    fn declare(&mut self, name: &str, kind: &str) {
        if let Some(place) = self.place(name) {
            declare(place, kind);
        }
    }

    fn place(&mut self, name: &str) -> Option<&mut Shape> {
        // A schema is finite and the programmer's own: it is kept in full.
        let mut room = usize::MAX;
        steps(name).into_iter().try_fold(&mut self.shape, |place, step| match step {
            Step::Each => place.each(&mut room),
            Step::Name(name) => place.field(&name, &mut room),
        })
    }
}

fn objects(value: Option<Value>) -> impl Iterator<Item = surrealdb::types::Object> {
    let array = match value {
        Some(Value::Array(array)) => array.into_vec(),
        _ => Vec::new(),
    };
    array.into_iter().filter_map(|value| match value {
        Value::Object(object) => Some(object),
        _ => None,
    })
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// A step of an idiom.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// To the field of this name.
    Name(String),
    /// To the elements.
    Each,
}

/// The steps of an idiom as the server writes it: `` aob.*.`we.ird` ``, `tags[0]`.
pub(super) fn steps(idiom: &str) -> Vec<Step> {
    top_level(idiom, &['.', '['])
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| match part {
            "*" | "…" => Step::Each,
            part if part.ends_with(']') => Step::Each,
            part => Step::Name(unquote(part).unwrap_or_else(|| part.to_owned())),
        })
        .collect()
}

/// Marks the kinds of a type, and what it says of its elements or fields.
fn declare(place: &mut Shape, kind: &str) {
    for kind in top_level(kind, &['|']) {
        let kind = kind.trim();
        let (name, inside) = match kind.find(['<', '{']) {
            Some(at) => (kind[..at].trim(), kind[at..].trim()),
            None => (kind, ""),
        };
        for kind in kinds(name, inside) {
            place.kinds.insert(*kind);
        }
        let mut room = usize::MAX;
        if matches!(name, "array" | "set")
            && let Some(element) = inside.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'))
            && let Some(each) = place.each(&mut room)
        {
            // Behind a comma stands the greatest length.
            declare(each, top_level(element, &[',']).first().unwrap_or(&element));
        }
        if name.is_empty()
            && let Some(fields) = inside.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
        {
            for field in top_level(fields, &[',']) {
                let Some((name, kind)) = field.split_once(':') else { continue };
                let name = name.trim().trim_matches('"');
                if let Some(field) = place.field(name, &mut room) {
                    declare(field, kind);
                }
            }
        }
    }
}

fn kinds(name: &str, inside: &str) -> &'static [Kind] {
    match name {
        "none" => &[Kind::None],
        "null" => &[Kind::Null],
        "string" => &[Kind::Text],
        "int" => &[Kind::Int],
        "float" => &[Kind::Float],
        "decimal" => &[Kind::Decimal],
        "number" => &[Kind::Int, Kind::Float, Kind::Decimal],
        "datetime" => &[Kind::Datetime],
        "duration" => &[Kind::Duration],
        "uuid" => &[Kind::Uuid],
        "record" => &[Kind::Link],
        "regex" => &[Kind::Regex],
        "bytes" => &[Kind::Bytes],
        "array" => &[Kind::Array],
        "set" => &[Kind::Set],
        "object" => &[Kind::Object],
        "geometry" => &[Kind::Geometry],
        "" if inside.starts_with('{') => &[Kind::Object],
        literal => literal_kind(literal),
    }
}

/// The kind of a value that is a type of its own. A text is none: it is not what others would be that read as a text.
fn literal_kind(literal: &str) -> &'static [Kind] {
    if literal.starts_with('[') {
        &[Kind::Array]
    } else if literal.parse::<i64>().is_ok() {
        &[Kind::Int]
    } else if literal.ends_with("dec") {
        &[Kind::Decimal]
    } else if Duration::from_str(literal).is_ok() {
        &[Kind::Duration]
    } else if literal.trim_end_matches('f').parse::<f64>().is_ok() {
        &[Kind::Float]
    } else {
        &[]
    }
}

/// The parts between separators that stand in no bracket and no quote. A `[` that separates also begins its part.
fn top_level<'t>(text: &'t str, separators: &[char]) -> Vec<&'t str> {
    let (mut parts, mut begin, mut depth, mut quoted) = (Vec::new(), 0, 0_usize, None);
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match (quoted, char) {
            (Some(_), '\\') => drop(chars.next()),
            (Some(quote), char) if char == quote => quoted = None,
            (None, '`' | '\'' | '"') => quoted = Some(char),
            (None, char) if depth == 0 && separators.contains(&char) => {
                parts.push(&text[begin..at]);
                begin = if char == '[' { at } else { at + char.len_utf8() };
                depth += usize::from(char == '[');
            }
            (None, '<' | '{' | '[' | '(') => depth += 1,
            (None, '>' | '}' | ']' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(kind: &str) -> Shape {
        let mut shape = Shape::default();
        declare(&mut shape, kind);
        shape
    }

    #[test]
    fn a_type_tells_its_kinds_and_those_below_it() {
        let shape = declared("none | { a: int, b: array<datetime, 5> } | 'x|y'");

        assert!(shape.kinds.has(Kind::None) && shape.kinds.has(Kind::Object) && !shape.kinds.has(Kind::Text));
        assert!(shape.at("a").unwrap().kinds.has(Kind::Int));
        assert!(shape.at("b").unwrap().elements().unwrap().kinds.has(Kind::Datetime));
        assert!(declared("any").kinds.is_empty());
        for (literal, kind) in [
            ("1h", Kind::Duration),
            ("1.5f", Kind::Float),
            ("1.5dec", Kind::Decimal),
            ("15", Kind::Int),
            ("['a', 1]", Kind::Array),
        ] {
            let shape = declared(&format!("'x' | {literal}"));
            assert!(shape.kinds.has(kind), "{literal}");
        }
        assert!(declared("geometry<point> | record<a | b>").kinds.has(Kind::Link));
    }

    #[test]
    fn an_idiom_is_read_step_by_step() {
        let name = |name: &str| Step::Name(name.to_owned());

        assert_eq!(steps("o.x"), [name("o"), name("x")]);
        assert_eq!(steps("aob.*.`we.ird`"), [name("aob"), Step::Each, name("we.ird")]);
        assert_eq!(steps("tags[0].at"), [name("tags"), Step::Each, name("at")]);
    }
}
