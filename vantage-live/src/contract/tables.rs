//! Tables of guards: those that hold for a record, and those that do not.
//!
//! What a guard means does not depend on what is done under it: each table is tried with writes and with deletes. Each
//! pair of a record and a guard is tried alone, so that the failure names the pair.

use serde_json::{Value, json};

use super::Store;
use super::support::{assert_absent, assert_same, assert_stored, expect, record, seed};
use super::values::HOSTILE_TEXT;
use crate::value::{DeleteOutcome, Guard, Id, Patch, Path, WriteOutcome};

/// A record, a guard, and whether the one holds for the other.
pub(super) struct Row {
    stored: Value,
    guard: Guard,
    holds: bool,
}

fn holds(stored: &Value, guard: Guard) -> Row {
    assert!(guard.holds(stored.as_object()), "the case itself is wrong: {guard:?} does not hold for {stored}");
    Row { stored: stored.clone(), guard, holds: true }
}

fn refuses(stored: &Value, guard: Guard) -> Row {
    assert!(!guard.holds(stored.as_object()), "the case itself is wrong: {guard:?} holds for {stored}");
    Row { stored: stored.clone(), guard, holds: false }
}

/// Asserts that each guard that holds lets a write happen, and that each other one refuses it, answers with the record,
/// and leaves it.
pub(super) async fn try_writes(store: &Store, rows: Vec<Row>) {
    let mut now = json!({});
    let id = seed(store, "flux_cupcake", &now).await;
    for Row { stored, guard, holds } in rows {
        if now != stored {
            expect("making the record", store.replace_id_value(&id, record(&stored)).await);
        }
        let outcome = expect("the write", store.write(&id, &Patch::new().set("touched", true), &guard).await);
        now = match outcome {
            WriteOutcome::Written(image) if holds => {
                let mut wanted = record(&stored);
                wanted.insert("touched".to_owned(), json!(true));
                let wanted = wanted.into();
                assert_same("the after-image", &image, &wanted);
                wanted
            }
            WriteOutcome::Refused(now) if !holds => {
                assert_same("the record that comes with the refusal", &now, &stored);
                assert_stored(store, &id, &stored).await;
                stored
            }
            outcome => panic!("{guard:?} {} for {stored}, and the write was answered with {outcome:?}", does(holds)),
        };
    }
}

/// Asserts that each guard that holds lets a delete take the record, and that each other one refuses it, answers with the
/// record, and leaves it.
pub(super) async fn try_deletes(store: &Store, rows: Vec<Row>) {
    // What a refused delete has left is there for the next one: the answer to that, or a read, shows it untouched.
    let mut left: Option<(Id, Value)> = None;
    for Row { stored, guard, holds } in rows {
        let id = match left.take() {
            Some((id, now)) if now == stored => id,
            Some((id, now)) => {
                assert_stored(store, &id, &now).await;
                expect("making the record", store.replace_id_value(&id, record(&stored)).await);
                id
            }
            None => seed(store, "flux_cupcake", &stored).await,
        };
        match expect("the delete", store.delete_id(&id, &guard).await) {
            DeleteOutcome::Deleted if holds => assert_absent(store, &id).await,
            DeleteOutcome::Refused(now) if !holds => {
                assert_same("the record that comes with the refusal", &now, &stored);
                left = Some((id, stored));
            }
            outcome => panic!("{guard:?} {} for {stored}, and the delete was answered with {outcome:?}", does(holds)),
        }
    }
    if let Some((id, now)) = left {
        assert_stored(store, &id, &now).await;
    }
}

fn does(hold: bool) -> &'static str {
    if hold { "holds" } else { "does not hold" }
}

/// A guard on one field.
fn field(name: &'static str, value: Option<Value>) -> Guard {
    Guard::Fields(vec![]).and(name, value)
}

fn nested<const N: usize>(names: [&'static str; N], value: Option<Value>) -> Guard {
    Guard::Fields(vec![]).and(Path::from_iter(names), value)
}

fn version(path: impl Into<Path>, token: Value) -> Guard {
    Guard::Version { path: path.into(), token }
}

/// Each of `values` equals itself and none of the others.
fn all_differ(values: &[Value]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (i, stored) in values.iter().enumerate() {
        let stored = json!({"it": stored});
        let others = values.iter().enumerate().filter(|(j, _)| i != *j);
        rows.extend(others.map(|(_, other)| refuses(&stored, field("it", Some(other.clone())))));
        rows.push(holds(&stored, field("it", Some(values[i].clone()))));
    }
    rows
}

pub(super) fn of_no_expectations() -> Vec<Row> {
    vec![holds(&json!({"price": 120}), Guard::Fields(vec![])), holds(&json!({}), Guard::Fields(vec![]))]
}

pub(super) fn of_several_expectations() -> Vec<Row> {
    let stored = json!({"name": "Flux", "price": 120, "inventory": {"stock": 50}});
    let stock = |stock: i64| nested(["inventory", "stock"], Some(json!(stock)));
    let with =
        |guard: Guard, name: &str, price: i64| guard.and("name", Some(json!(name))).and("price", Some(json!(price)));
    vec![
        refuses(&stored, with(stock(49), "Flux", 120)),
        refuses(&stored, with(stock(50), "Flex", 120)),
        refuses(&stored, with(stock(50), "Flux", 121)),
        holds(&stored, with(stock(50), "Flux", 120).and("note", None)),
    ]
}

pub(super) fn of_absences_and_nulls() -> Vec<Row> {
    let (absent, null, text) = (json!({"price": 120}), json!({"price": 120, "note": null}), json!({"note": ""}));
    vec![
        refuses(&null, field("note", None)),
        refuses(&null, field("note", Some(json!("")))),
        holds(&null, field("note", Some(Value::Null))),
        refuses(&absent, field("note", Some(Value::Null))),
        refuses(&absent, field("note", Some(json!("")))),
        holds(&absent, field("note", None)),
        refuses(&text, field("note", None)),
        refuses(&text, field("note", Some(Value::Null))),
    ]
}

pub(super) fn of_nested_paths() -> Vec<Row> {
    let stored = json!({"stock": 1, "inventory": {"stock": 50, "note": null, "shelf": {"row": 2}}});
    vec![
        refuses(&stored, nested(["inventory", "stock"], Some(json!(1)))),
        refuses(&stored, nested(["inventory", "shelf", "row"], None)),
        refuses(&stored, nested(["inventory", "note"], None)),
        refuses(&stored, nested(["inventory", "bay"], Some(Value::Null))),
        holds(&stored, nested(["inventory", "stock"], Some(json!(50)))),
        holds(&stored, nested(["inventory", "shelf", "row"], Some(json!(2)))),
        holds(&stored, nested(["inventory", "note"], Some(Value::Null))),
        holds(&stored, nested(["inventory", "bay"], None)),
    ]
}

pub(super) fn below_what_is_no_object() -> Vec<Row> {
    let parents = [json!({}), json!({"a": null}), json!({"a": 1}), json!({"a": "b"}), json!({"a": [{"b": 1}]})];
    let mut rows = Vec::new();
    for stored in &parents {
        rows.push(refuses(stored, nested(["a", "b"], Some(Value::Null))));
        rows.push(refuses(stored, nested(["a", "b"], Some(json!(1)))));
        rows.push(holds(stored, nested(["a", "b"], None)));
        rows.push(holds(stored, nested(["a", "b", "c"], None)));
    }
    rows.push(holds(&json!({"a": [7]}), nested(["a", "0"], None)));
    rows
}

pub(super) fn of_numbers() -> Vec<Row> {
    let equal = [
        (json!(1), json!(1.0)),
        (json!(1.0), json!(1)),
        (json!(0), json!(-0.0)),
        (json!(1_000_000), json!(1e6)),
        (json!([1, 2.0]), json!([1.0, 2])),
        (json!({"a": {"b": 3}}), json!({"a": {"b": 3.0}})),
        (json!(0.1), json!(0.1)),
        (json!(f64::MAX), json!(f64::MAX)),
    ];
    let different =
        [(json!(1), json!(1.000_001)), (json!(0.1), json!(0.100_000_000_000_000_02)), (json!(1), json!(-1))];
    let equal = equal.map(|(stored, expected)| holds(&json!({"it": stored}), field("it", Some(expected))));
    let different = different.map(|(stored, expected)| refuses(&json!({"it": stored}), field("it", Some(expected))));
    equal.into_iter().chain(different).collect()
}

pub(super) fn of_big_integers() -> Vec<Row> {
    let big = [9_007_199_254_740_992_i64, 9_007_199_254_740_993, i64::MAX, i64::MAX - 1, i64::MIN, i64::MIN + 1];
    let mut rows = all_differ(&big.map(Value::from));
    let rounded = field("it", Some(json!(9_007_199_254_740_992.0)));
    rows.push(refuses(&json!({"it": 9_007_199_254_740_993_i64}), rounded));
    rows
}

pub(super) fn of_kinds() -> Vec<Row> {
    all_differ(&[
        json!(1),
        json!("1"),
        json!(true),
        json!("true"),
        json!(false),
        Value::Null,
        json!("null"),
        json!([1]),
        json!({"1": 1}),
    ])
}

pub(super) fn of_text() -> Vec<Row> {
    let mut rows = Vec::new();
    for text in HOSTILE_TEXT {
        let stored = json!({"it": text});
        rows.push(refuses(&stored, field("it", Some(json!(format!("{text}'"))))));
        rows.push(holds(&stored, field("it", Some(json!(text)))));
    }
    for (stored, expected) in [("flux", "Flux"), ("flux", "flux "), ("e\u{301}", "\u{e9}"), ("it's", "it''s")] {
        rows.push(refuses(&json!({"it": stored}), field("it", Some(json!(expected)))));
    }
    rows
}

pub(super) fn of_long_text() -> Vec<Row> {
    let long = "Kuchen 🧁 ".repeat(2_048);
    let stored = json!({"it": long});
    vec![refuses(&stored, field("it", Some(json!(format!("{long}."))))), holds(&stored, field("it", Some(json!(long))))]
}

pub(super) fn of_arrays() -> Vec<Row> {
    all_differ(&[
        json!([]),
        json!([1]),
        json!([1, 2]),
        json!([2, 1]),
        json!([1, 2, 2]),
        json!([[1, 2]]),
        json!(["1", "2"]),
        json!([null]),
        json!([1, {"a": [true, "it's"]}]),
    ])
}

pub(super) fn of_objects() -> Vec<Row> {
    let mut rows = all_differ(&[
        json!({}),
        json!({"a": 1}),
        json!({"a": 1, "b": null}),
        json!({"a": 1, "b": 2}),
        json!({"a": {"a": 1}}),
        json!({"a": 1, "b": {"c": []}}),
    ]);
    let (stored, reordered) = (r#"{"it": {"z": 1, "a": {"y": 2, "b": 3}}}"#, r#"{"a": {"b": 3, "y": 2}, "z": 1}"#);
    let parsed = |text| serde_json::from_str::<Value>(text).expect("the case's JSON");
    rows.push(holds(&parsed(stored), field("it", Some(parsed(reordered)))));
    rows
}

pub(super) fn of_any_object() -> Vec<Row> {
    let outside = || Guard::Exists.and_object("it");
    let inside = || Guard::Exists.and_object(Path::from_iter(["it", "in"]));
    let point = json!({"type": "Point", "coordinates": [1.5, 2.5]});
    let none =
        [json!({}), json!({"it": null}), json!({"it": "{}"}), json!({"it": []}), json!({"it": [{}]}), json!({"it": 0})];
    let mut rows: Vec<Row> = none.iter().flat_map(|none| [refuses(none, outside()), refuses(none, inside())]).collect();
    for object in [json!({}), json!({"a": null}), json!({"in": {"a": 1}}), point] {
        rows.push(holds(&json!({ "it": object }), outside()));
        rows.push(holds(&json!({"it": {"in": object}}), inside()));
    }
    let beside = json!({"it": {"in": null}, "in": {}});
    rows.push(refuses(&beside, inside()));
    rows.push(holds(&beside, outside().and("in", Some(json!({})))));
    rows.push(refuses(&beside, outside().and("in", None)));
    rows
}

pub(super) fn of_what_is_empty() -> Vec<Row> {
    all_differ(&[json!(""), json!([]), json!({}), Value::Null, json!(false), json!(0)])
}

pub(super) fn of_versions() -> Vec<Row> {
    let path = || Path::from_iter(["meta", "version"]);
    let stored = json!({"meta": {"version": 7}});
    vec![
        refuses(&stored, version(path(), json!(6))),
        refuses(&stored, version(path(), json!("7"))),
        holds(&stored, version(path(), json!(7))),
        holds(&stored, version(path(), json!(7.0))),
    ]
}

pub(super) fn of_absent_versions() -> Vec<Row> {
    let unversioned = json!({"price": 120});
    vec![
        refuses(&unversioned, version("version", json!(1))),
        refuses(&unversioned, version("version", Value::Null)),
        holds(&json!({"version": null}), version("version", Value::Null)),
    ]
}
