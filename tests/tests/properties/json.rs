//! JSON values and paths that meet each other often: few names, few values, and the numbers where floats and integers part.

use proptest::prelude::*;
use serde_json::{Value, json};
use vantage_live::{Path, Record};

/// How many cases a property of plain values is tried with.
pub const MANY: u32 = 256;
/// How many cases a property of sessions and stores is tried with.
pub const SOME: u32 = 64;

/// This many cases, unless `PROPTEST_CASES` says otherwise.
pub fn cases(cases: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_some() { config } else { ProptestConfig { cases, ..config } }
}

/// A number, often one of those at which integers and floats are hard to tell apart.
pub fn number() -> impl Strategy<Value = Value> {
    let hard = vec![
        json!(0),
        json!(0.0),
        json!(-0.0),
        json!(1),
        json!(1.0),
        json!(-1),
        json!(-1.0),
        json!(0.5),
        json!(9_007_199_254_740_992_i64),
        json!(9_007_199_254_740_993_i64),
        json!(9_007_199_254_740_992.0),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(9_223_372_036_854_775_808.0),
        json!(-9_223_372_036_854_775_808.0),
        json!(18_446_744_073_709_551_616.0),
        json!(1e300),
    ];
    prop_oneof![
        3 => proptest::sample::select(hard),
        1 => (-3_i64..3).prop_map(Value::from),
        1 => (-3_i32..3).prop_map(|n| Value::from(f64::from(n))),
        1 => any::<i64>().prop_map(Value::from),
        1 => proptest::num::f64::NORMAL.prop_map(Value::from),
    ]
}

/// A name, of very few; one has a dot of its own, one is empty.
pub fn name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["a", "b", "c", "b.c", ""])
}

/// A value, up to three objects or arrays deep.
pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        3 => number(),
        1 => proptest::sample::select(vec!["", "x", "y"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            3 => object(inner).prop_map(Value::Object),
        ]
    })
}

/// A record.
pub fn record() -> impl Strategy<Value = Record> {
    object(value())
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Record> {
    proptest::collection::btree_map(name().prop_map(str::to_owned), inner, 0..4).prop_map(Record::from_iter)
}

/// A path, often one that leads to another one; seldom the one of no names.
pub fn path() -> impl Strategy<Value = Path> {
    let names = prop_oneof![1 => Just(0..=0), 20 => Just(1..=3)];
    names.prop_flat_map(|names| proptest::collection::vec(name(), names)).prop_map(Path::from_iter)
}
