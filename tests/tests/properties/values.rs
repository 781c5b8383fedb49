//! `same`: whether two values are the same to a person.

use proptest::prelude::*;
use serde_json::{Value, json};
use vantage_live::value::same;

use crate::json::{MANY, cases, number, value};

/// A value, and spellings of it that a store might answer with: integers as floats where that is exact.
fn spellings() -> impl Strategy<Value = [Value; 3]> {
    (value(), any::<[u16; 3]>()).prop_map(|(value, choices)| choices.map(|choice| respelled(&value, choice)))
}

fn respelled(value: &Value, choice: u16) -> Value {
    let next = choice.rotate_left(5).wrapping_mul(31);
    match value {
        Value::Number(number) => match number.as_i64().and_then(|n| i32::try_from(n).ok()) {
            Some(n) if choice.is_multiple_of(2) => json!(f64::from(n)),
            _ => value.clone(),
        },
        Value::Array(values) => values.iter().map(|value| respelled(value, next)).collect(),
        Value::Object(record) => {
            Value::Object(record.iter().map(|(name, value)| (name.clone(), respelled(value, next))).collect())
        }
        other => other.clone(),
    }
}

/// The number as an integer, where it is one.
fn exactly(number: &Value) -> Option<i128> {
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    #[expect(clippy::cast_possible_truncation, reason = "no float of the strategy that is tried here is beyond it")]
    let float =
        || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 1e30).map(|float| float as i128);
    integer.or_else(float)
}

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn a_value_is_the_same_as_itself(value in value()) {
        prop_assert!(same(&value, &value));
    }

    #[test]
    fn sameness_goes_both_ways(a in value(), b in value()) {
        prop_assert_eq!(same(&a, &b), same(&b, &a));
    }

    #[test]
    fn sameness_of_numbers_goes_on_from_one_to_the_next(a in number(), b in number(), c in number()) {
        prop_assert!(!(same(&a, &b) && same(&b, &c)) || same(&a, &c));
    }

    #[test]
    fn spellings_of_one_value_are_all_the_same([a, b, c] in spellings()) {
        prop_assert!(same(&a, &b) && same(&b, &c) && same(&a, &c));
    }

    #[test]
    fn numbers_are_the_same_when_they_are_numerically_equal(a in number(), b in number()) {
        let equal = match (exactly(&a), exactly(&b)) {
            (Some(a), Some(b)) => a == b,
            (None, None) => a.as_f64() == b.as_f64(),
            _ => false,
        };
        prop_assert_eq!(same(&a, &b), equal);
    }

    #[test]
    fn values_that_are_equal_are_the_same(a in value(), b in value()) {
        prop_assert!(a != b || same(&a, &b));
    }

    #[test]
    fn a_list_is_the_same_only_item_by_item(a in proptest::collection::vec(number(), 0..3), b in proptest::collection::vec(number(), 0..3)) {
        let each = a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(a, b));
        prop_assert_eq!(same(&Value::from(a), &Value::from(b)), each);
    }
}
