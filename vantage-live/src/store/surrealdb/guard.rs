//! A guard as conditions of SurrealQL. They need no knowledge of the table: an expected JSON value holds where the
//! stored one is any of the native values whose JSON it is.

use serde_json::Value as Json;
use surrealdb::types::{Array, Number, Value};

use super::kinds::Kind;
use super::native;
use super::statement::{Statement, conjunction, idiom};
use crate::value::{Expectation, Expected, Guard, Path};

/// What must hold, beside that the record exists.
pub(super) fn conditions(guard: &Guard, statement: &mut Statement) -> Vec<String> {
    match guard {
        Guard::Nothing | Guard::Exists => Vec::new(),
        Guard::Fields(fields) => fields.iter().map(|expected| condition(expected, statement)).collect(),
        Guard::Version { path, token } => vec![has(path, token, statement)],
    }
}

fn condition(expected: &Expected, statement: &mut Statement) -> String {
    match &expected.what {
        Expectation::Value(value) => has(&expected.path, value, statement),
        Expectation::Object => has_object(&expected.path),
        Expectation::Absent => lacks(&expected.path),
    }
}

/// An object stands at `path`.
fn has_object(path: &Path) -> String {
    let names = path.names();
    if names.is_empty() {
        return "false".to_owned();
    }
    let conditions: Vec<String> = (1..=names.len()).map(|end| has_fields(&idiom(&names[..end]))).collect();
    conjunction(&conditions)
}

/// `value` stands at `path`.
fn has(path: &Path, value: &Json, statement: &mut Statement) -> String {
    let names = path.names();
    if names.is_empty() {
        return "false".to_owned();
    }
    // A dot also goes through arrays and follows links; a path does not.
    let mut conditions: Vec<String> = (1..names.len()).map(|end| has_fields(&idiom(&names[..end]))).collect();
    conditions.push(is(&idiom(names), value, statement));
    conjunction(&conditions)
}

/// Nothing stands at `path`.
fn lacks(path: &Path) -> String {
    let names = path.names();
    if names.is_empty() {
        return "true".to_owned();
    }
    let mut ways: Vec<String> = (1..names.len()).map(|end| format!("!{}", has_fields(&idiom(&names[..end])))).collect();
    ways.push(format!("{} = NONE", idiom(names)));
    format!("({})", ways.join(" OR "))
}

/// What reads as an object: a figure has fields too.
fn has_fields(place: &str) -> String {
    format!("(type::is_object({place}) OR type::is_geometry({place}))")
}

/// What stands at `place` has this JSON.
fn is(place: &str, json: &Json, statement: &mut Statement) -> String {
    match json {
        Json::Null => format!("{place} = NULL"),
        Json::Bool(bool) => format!("{place} = {bool}"),
        Json::Number(number) => is_number(place, number, statement),
        Json::String(text) => is_text(place, text, statement),
        Json::Array(elements) if elements.iter().all(is_plain) => any(place, native::wholes(elements), statement),
        Json::Object(_) if is_plain(json) => format!("{place} = {}", statement.bind(native::plain(json))),
        Json::Array(_) | Json::Object(_) => is_compound(place, json, statement),
    }
}

fn is_text(place: &str, text: &str, statement: &mut Statement) -> String {
    // A text equals a pattern that it matches, and a decimal equals an integer: those are compared with their like.
    let (alike, values): (Vec<_>, Vec<_>) =
        native::of_text(text).into_iter().partition(|(kind, _)| matches!(kind, Kind::Regex | Kind::Decimal));
    let condition = any(place, values.into_iter().map(|(_, value)| value).collect(), statement);
    let condition = alike.into_iter().fold(condition, |condition, (kind, value)| {
        format!("({condition} OR ({} AND {place} = {}))", kind.test(place), statement.bind(value))
    });
    format!("({condition} OR ({} AND <string> {place} = {}))", is_spelled(place), statement.bind(text.to_owned()))
}

/// Whether what stands there is read as its spelling, and cannot be written.
fn is_spelled(place: &str) -> String {
    format!(
        "(type::of({place}) IN ['range', 'table'] OR (type::is_record({place}) AND type::is_range(record::id({place}))))"
    )
}

/// Beyond it an integer and a float are equal to the server as soon as they are close.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn is_number(place: &str, number: &serde_json::Number, statement: &mut Statement) -> String {
    let candidates = native::of_number(number);
    let close = number.as_f64().is_some_and(|float| float.abs() < EXACT);
    let ways: Vec<String> = if close {
        candidates.into_iter().take(1).map(|(_, value)| format!("{place} = {}", statement.bind(value))).collect()
    } else {
        let exactly =
            |(kind, value): (Kind, Value)| format!("({} AND {place} = {})", kind.test(place), statement.bind(value));
        candidates.into_iter().map(exactly).collect()
    };
    match &*ways {
        // No value of the server's has this JSON.
        [] => "false".to_owned(),
        [way] => way.clone(),
        ways => format!("({})", ways.join(" OR ")),
    }
}

/// What stands at `place` is one of these values.
fn any(place: &str, mut values: Vec<Value>, statement: &mut Statement) -> String {
    match values.pop() {
        Some(only) if values.is_empty() => format!("{place} = {}", statement.bind(only)),
        Some(last) => {
            values.push(last);
            format!("{place} INSIDE {}", statement.bind(Array::from(values)))
        }
        None => "false".to_owned(),
    }
}

/// Whether it is the JSON of one native value alone, which is equal to no other.
fn is_plain(json: &Json) -> bool {
    match json {
        Json::Bool(_) => true,
        Json::Number(number) => number.as_f64().is_some_and(|float| float.abs() < EXACT),
        // Nothing inside an array reads as null too, a text may be the spelling of something, and an array a set.
        Json::Null | Json::String(_) | Json::Array(_) => false,
        Json::Object(fields) => native::geometry(json).is_none() && fields.values().all(is_plain),
    }
}

/// An array or an object that may be one of many native values: as it looks, or else compared level by level. What
/// differs from one element to the next is bound, so that the text is as long for ten thousand as for one.
fn is_compound(place: &str, json: &Json, statement: &mut Statement) -> String {
    let levels = levels(place, json, statement);
    // Beyond `EXACT` a whole is equal to one of other numbers.
    if native::is_exact(json, EXACT) {
        format!("({place} = {} OR {levels})", statement.bind(native::plain(json)))
    } else {
        levels
    }
}

/// A block that is true where what stands at `place` has this JSON. Each value is put beside what is expected of it, and
/// so are, level by level, the values inside. Filters and not closures, which take the server fifty times as long.
fn levels(place: &str, json: &Json, statement: &mut Statement) -> String {
    let (mut pairs, mut checks) = (statement.fresh(), Vec::new());
    let expected = statement.bind(expected(json));
    let mut steps = vec![format!("{{ LET {pairs} = [[{place}, {expected}]]; ")];
    for _ in 0..levels_of(json) {
        let (pair, open, objects, arrays, next) =
            (statement.fresh(), statement.fresh(), statement.fresh(), statement.fresh(), statement.fresh());
        steps.push(format!(
            "LET {open} = array::concat({pairs}[WHERE !({CLOSED})], \
             {pairs}[WHERE {CLOSED}].map(|{pair}| [{}, {pair}[1]])); \
             LET {objects} = {open}[WHERE type::is_object($this[0])]; \
             LET {arrays} = {open}[WHERE type::is_array($this[0])]; \
             LET {next} = array::transpose([\
             array::concat(array::flatten({objects}[*][0].values()), array::flatten({arrays}[*][0])), \
             array::concat(array::flatten({objects}[*][1][2]), array::flatten({arrays}[*][1][2]))]); ",
            opened(&format!("{pair}[0]")),
        ));
        checks.push(format!("array::len({open}) = array::len({open}[WHERE {ALIKE}])"));
        pairs = next;
    }
    // `RETURN` would leave the statement around it too.
    steps.push(format!("{} }}", checks.join(" AND ")));
    steps.concat()
}

/// Of a pair: the value reads as an object, an array or a text, and is another thing. A collection of figures is none of
/// these: its `geometries` are no figures to the server, which tells only their coordinates, so it is compared whole.
const CLOSED: &str = "(type::is_geometry($this[0]) AND $this[0].type != 'GeometryCollection') \
    OR type::of($this[0]) IN ['set', 'bytes', 'range', 'table'] \
    OR (type::is_record($this[0]) AND type::is_range(record::id($this[0])))";

/// Such a value as what it reads as: [`is_spelled`] without its parentheses, of which the server bounds the depth.
fn opened(value: &str) -> String {
    format!(
        "(IF type::is_geometry({value}) {{ {{ type: {value}.type, coordinates: {value}.coordinates }} }} \
         ELSE IF type::of({value}) IN ['range', 'table'] {{ <string> {value} }} \
         ELSE IF type::is_record({value}) AND type::is_range(record::id({value})) {{ <string> {value} }} \
         ELSE {{ <array> {value} }})"
    )
}

/// Of a pair: the value is one of those that are expected, or has the keys or the length, and what is inside is looked
/// at on the next level.
const ALIKE: &str = "IF type::is_object($this[0]) { object::keys($this[0]) = $this[1][1] } \
    ELSE IF type::is_array($this[0]) { array::len($this[0]) = $this[1][1] } \
    ELSE { [type::of($this[0]), $this[0]] IN $this[1][0] }";

/// What is expected of a value: to be one of these, each with its type, for a number is equal to a number of another
/// type, and a text to a pattern; to have these keys, or this length; and what is expected of the values inside.
fn expected(json: &Json) -> Value {
    let (scalars, shape, inside) = match json {
        // Nothing inside an array reads as null too.
        Json::Null => (vec![Value::Null, Value::None], Value::Null, Vec::new()),
        Json::Bool(bool) => (vec![Value::Bool(*bool)], Value::Null, Vec::new()),
        Json::Number(_) | Json::String(_) => {
            (native::of_scalar(json).into_iter().map(|(_, value)| value).collect(), Value::Null, Vec::new())
        }
        Json::Array(elements) => {
            let length = Number::Int(i64::try_from(elements.len()).unwrap_or(i64::MAX));
            (Vec::new(), Value::Number(length), elements.iter().map(expected).collect())
        }
        Json::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            // The server's order.
            fields.sort_unstable_by_key(|(name, _)| *name);
            let keys = fields.iter().map(|(name, _)| Value::String((*name).clone())).collect::<Vec<_>>();
            let collection = native::geometry(json).filter(|figure| native::type_of(figure) == native::COLLECTION);
            (
                collection.into_iter().collect(),
                array(keys),
                fields.into_iter().map(|(_, value)| expected(value)).collect(),
            )
        }
    };
    let typed = |value: Value| array(vec![Value::String(native::type_of(&value).to_owned()), value]);
    array(vec![array(scalars.into_iter().map(typed).collect()), shape, array(inside)])
}

fn array(values: Vec<Value>) -> Value {
    Value::Array(Array::from(values))
}

/// How many levels of values there are.
fn levels_of(json: &Json) -> usize {
    let deepest = match json {
        Json::Array(elements) => elements.iter().map(levels_of).max(),
        Json::Object(fields) => fields.values().map(levels_of).max(),
        _ => None,
    };
    1 + deepest.unwrap_or(0)
}
