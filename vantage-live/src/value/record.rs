//! A record is the JSON form of an entity: an object, without its id.

use serde_json::{Map, Number, Value};

/// A record: a JSON object. Its [`Id`](crate::Id) stands beside it, never inside.
pub type Record = Map<String, Value>;

/// Whether two JSON values are the same to a person: numbers by their numeric value (`1` and `1.0` are the same,
/// and no integer is rounded to find out), everything else by equality. `null` and an absent field are two things.
///
/// Guards compare with this, so that a store which keeps `120` as `120.0` makes no conflict of it.
///
/// ```
/// use serde_json::json;
/// use vantage_live::value::same;
///
/// assert!(same(&json!({"price": [1, 2.0]}), &json!({"price": [1.0, 2]})));
/// assert!(!same(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992.0)));
/// assert!(!same(&json!({"note": null}), &json!({})));
/// ```
#[must_use]
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || same_number(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

fn same_number(a: &Number, b: &Number) -> bool {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a == b,
        // Neither is an integer: both are floats.
        (None, None) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

/// The number as an integer, where it is one exactly.
#[expect(clippy::cast_possible_truncation, reason = "the bound before the cast keeps it exact")]
fn integer(number: &Number) -> Option<i128> {
    if let Some(n) = number.as_i64() {
        return Some(n.into());
    }
    if let Some(n) = number.as_u64() {
        return Some(n.into());
    }
    let float = number.as_f64()?;
    // 2^100 lies far beyond every integer that JSON text of 64 bits can name, and within i128.
    (float.fract() == 0.0 && float.abs() < 2_f64.powi(100)).then_some(float as i128)
}
