//! A guard as conditions of SurrealQL. They need no knowledge of the table: an expected JSON value holds where the
//! stored one is any of the native values whose JSON it is.

use serde_json::Value as Json;
use surrealdb::types::{Array, Value};

use super::kinds::Kind;
use super::native;
use super::statement::{Statement, conjunction, idiom, quote};
use crate::value::{Expected, Guard, Path};

/// What must hold, beside that the record exists.
pub(super) fn conditions(guard: &Guard, statement: &mut Statement) -> Vec<String> {
    match guard {
        Guard::Nothing | Guard::Exists => Vec::new(),
        Guard::Fields(fields) => fields.iter().map(|expected| condition(expected, statement)).collect(),
        Guard::Version { path, token } => vec![has(path, token, statement)],
    }
}

fn condition(expected: &Expected, statement: &mut Statement) -> String {
    match &expected.value {
        Some(value) => has(&expected.path, value, statement),
        None => lacks(&expected.path),
    }
}

/// `value` stands at `path`.
fn has(path: &Path, value: &Json, statement: &mut Statement) -> String {
    let names = path.names();
    if names.is_empty() {
        return "false".to_owned();
    }
    // A dot also goes through arrays and follows links; a path does not.
    let mut conditions: Vec<String> = (1..names.len()).map(|end| is_object(&idiom(&names[..end]))).collect();
    conditions.push(is(&idiom(names), value, statement));
    conjunction(&conditions)
}

/// Nothing stands at `path`.
fn lacks(path: &Path) -> String {
    let names = path.names();
    if names.is_empty() {
        return "true".to_owned();
    }
    let mut ways: Vec<String> = (1..names.len()).map(|end| format!("!{}", is_object(&idiom(&names[..end])))).collect();
    ways.push(format!("{} = NONE", idiom(names)));
    format!("({})", ways.join(" OR "))
}

fn is_object(place: &str) -> String {
    format!("type::is_object({place})")
}

/// What stands at `place` has this JSON.
fn is(place: &str, json: &Json, statement: &mut Statement) -> String {
    match json {
        Json::Null => format!("{place} = NULL"),
        Json::Bool(bool) => format!("{place} = {bool}"),
        Json::Number(number) => is_number(place, number, statement),
        Json::String(text) => is_text(place, text, statement),
        Json::Array(elements) => is_array(place, elements, statement),
        Json::Object(fields) => {
            let length =
                format!("(IF {} {{ object::len({place}) }} ELSE {{ -1 }}) = {}", is_object(place), fields.len());
            let fields = fields.iter().map(|(name, value)| is(&format!("{place}.{}", quote(name)), value, statement));
            let object = conjunction(&std::iter::once(length).chain(fields).collect::<Vec<_>>());
            match native::geometry(json) {
                Some(figure) => format!("({place} = {} OR {object})", statement.bind(figure)),
                None => object,
            }
        }
    }
}

fn is_text(place: &str, text: &str, statement: &mut Statement) -> String {
    // A text equals a pattern that it matches, and a decimal equals an integer: those are compared with their like.
    let (alike, values): (Vec<_>, Vec<_>) =
        native::of_text(text).into_iter().partition(|(kind, _)| matches!(kind, Kind::Regex | Kind::Decimal));
    let condition = any(place, values.into_iter().map(|(_, value)| value).collect(), statement);
    alike.into_iter().fold(condition, |condition, (kind, value)| {
        format!("({condition} OR ({} AND {place} = {}))", kind.test(place), statement.bind(value))
    })
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

/// How many elements are compared one by one, each by all that it may be: a condition of about 100 bytes each. A longer
/// array is compared as a whole: as it looks, or with all its elements of the same kind.
const ONE_BY_ONE: usize = 256;

fn is_array(place: &str, elements: &[Json], statement: &mut Statement) -> String {
    let (decimals, wholes): (Vec<_>, Vec<_>) =
        native::wholes(elements).into_iter().partition(|(kind, _)| *kind == Kind::Decimal);
    let whole = any(place, wholes.into_iter().map(|(_, value)| value).collect(), statement);
    let whole = decimals.into_iter().fold(whole, |whole, (kind, value)| {
        format!("({whole} OR ({} AND {place} = {}))", kind.test(&format!("{place}[0]")), statement.bind(value))
    });
    if elements.iter().all(is_plain) || elements.len() > ONE_BY_ONE {
        return whole;
    }
    let length = format!(
        "(IF type::of({place}) IN ['array', 'set'] {{ array::len({place}) }} ELSE {{ -1 }}) = {}",
        elements.len()
    );
    let each = elements.iter().enumerate().map(|(i, element)| {
        let place = format!("{place}[{i}]");
        match element {
            // Nothing inside an array reads as null too.
            Json::Null => format!("({place} = NULL OR {place} = NONE)"),
            element => is(&place, element, statement),
        }
    });
    let conditions: Vec<String> = std::iter::once(length).chain(each).collect();
    format!("({whole} OR {})", conjunction(&conditions))
}

/// Whether an element is compared in full when its array is compared as a whole.
fn is_plain(element: &Json) -> bool {
    match element {
        Json::Bool(_) => true,
        Json::Number(number) => number.as_f64().is_some_and(|float| float.abs() < EXACT),
        Json::String(text) => native::of_text(text).len() == 1,
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    }
}
