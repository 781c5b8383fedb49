//! Patches, differences, guards and comparison on arbitrary JSON.

use arbitrary::{Result, Unstructured};
use serde_json::Value;
use vantage_live::value::same;
use vantage_live::{Expectation, Expected, Guard, Patch, Path, Record};

use crate::json;

const NAMES: &[&str] = &["a", "b", "c", "b.c", "", "\""];

/// One call of a person who puts a patch together: a value to set, or `None` to remove.
type Part = (Path, Option<Value>);

/// Two records, and a patch put together of parts.
pub fn values(data: &[u8]) {
    // What ends too early is no case.
    let _ = try_values(&mut Unstructured::new(data));
}

fn try_values(input: &mut Unstructured<'_>) -> Result<()> {
    let old = json::record(input, NAMES)?;
    // Two that have nothing in common tell little.
    let new = if input.ratio(1, 3)? { json::record(input, NAMES)? } else { changed(input, &old)? };
    let parts = parts(input)?;
    let guarded = json::path(input, NAMES)?;
    let expected = json::value(input, NAMES)?;

    difference(&old, &new);
    comparison(&old, &new, &expected);
    guard(&old, guarded, expected);
    put_together(&old, &parts);
    Ok(())
}

/// The record after some paths of it were set or removed.
fn changed(input: &mut Unstructured<'_>, record: &Record) -> Result<Record> {
    let mut record = record.clone();
    for (path, value) in parts(input)? {
        match value {
            Some(value) => path.set(&mut record, value),
            None => drop(path.remove(&mut record)),
        }
    }
    Ok(record)
}

fn parts(input: &mut Unstructured<'_>) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for _ in 0..input.int_in_range(0..=6)? {
        let path = json::path(input, NAMES)?;
        let value = if input.arbitrary()? { Some(json::value(input, NAMES)?) } else { None };
        parts.push((path, value));
    }
    Ok(parts)
}

fn patched(record: &Record, patch: &Patch) -> Record {
    let mut record = record.clone();
    patch.apply(&mut record);
    record
}

fn same_records(a: &Record, b: &Record) -> bool {
    same(&Value::Object(a.clone()), &Value::Object(b.clone()))
}

fn disjoint(patch: &Patch) {
    let paths: Vec<&Path> = patch.paths().collect();
    for (at, path) in paths.iter().enumerate() {
        assert!(!path.names().is_empty(), "a path of no names in {patch:?}");
        let others = paths.iter().enumerate().filter(|(other, _)| *other != at);
        for (_, other) in others {
            assert!(!path.contains(other), "`{path}` leads to `{other}` in {patch:?}");
        }
    }
}

fn difference(old: &Record, new: &Record) {
    let patch = Patch::between(old, new);
    let made = patched(old, &patch);
    assert!(same_records(&made, new), "{patch:?} makes {made:?} of {old:?}, not {new:?}");
    assert_eq!(patch.is_empty(), same_records(old, new), "{patch:?} between {old:?} and {new:?}");
    assert!(Patch::between(&made, new).is_empty(), "nothing is left to change");
    disjoint(&patch);
    for (path, value) in patch.sets() {
        assert_eq!(path.get(new), Some(value));
        assert!(!path.get(old).is_some_and(|old| same(old, value)), "`{path}` is the same in both");
    }
    for path in patch.unsets() {
        assert!(path.get(old).is_some() && path.get(new).is_none(), "`{path}` is not to be removed");
    }
}

/// `same` is an equivalence, and no coarser than a person's reading of the numbers.
fn comparison(old: &Record, new: &Record, third: &Value) {
    let (old, new) = (Value::Object(old.clone()), Value::Object(new.clone()));
    let mut all = Vec::new();
    for value in [&old, &new, third] {
        leaves(value, &mut all);
    }
    // Three of them are enough, over many inputs.
    for a in all.iter().take(12) {
        assert!(same(a, a));
        for b in all.iter().take(12) {
            assert_eq!(same(a, b), same(b, a), "{a} and {b}");
            if let (Value::Number(a), Value::Number(b)) = (a, b) {
                let exact = a.to_string() == b.to_string();
                let near = a.as_f64() == b.as_f64();
                assert!(!exact || same(&a.clone().into(), &b.clone().into()), "{a} and {b} are written alike");
                assert!(near || !same(&a.clone().into(), &b.clone().into()), "{a} and {b} are far from each other");
            }
            for c in all.iter().take(12) {
                assert!(!same(a, b) || !same(b, c) || same(a, c), "{a}, {b} and {c}");
            }
        }
    }
}

fn leaves<'v>(value: &'v Value, into: &mut Vec<&'v Value>) {
    match value {
        Value::Array(array) => array.iter().for_each(|value| leaves(value, into)),
        Value::Object(object) => object.values().for_each(|value| leaves(value, into)),
        _ => into.push(value),
    }
}

fn guard(record: &Record, path: Path, other: Value) {
    let now = path.get(record).cloned();
    let spelled = Guard::Exists.and(path.clone(), now.clone());
    assert!(spelled.holds(Some(record)), "{spelled:?} was spelled from {record:?}");
    assert!(!spelled.holds(None));

    // Every leaf at once, as a save guards what it writes.
    let patch = Patch::between(&Record::new(), record);
    let all =
        patch.sets().map(|(path, value)| Expected { path: path.clone(), what: Expectation::Value(value.clone()) });
    assert!(Guard::Fields(all.collect()).holds(Some(record)));

    let object = Guard::Exists.and_object(path.clone());
    assert_eq!(object.holds(Some(record)), now.as_ref().is_some_and(Value::is_object), "{object:?} of {record:?}");

    let as_expected = now.as_ref().is_some_and(|now| same(now, &other));
    assert_eq!(Guard::Exists.and(path.clone(), Some(other.clone())).holds(Some(record)), as_expected);
    let version = Guard::Version { path, token: other };
    assert_eq!(version.holds(Some(record)), as_expected);
    assert_eq!(version.and("a", record.get("a").cloned()).holds(Some(record)), as_expected);
}

fn put_together(record: &Record, parts: &[Part]) {
    let mut patch = Patch::new();
    for (path, value) in parts {
        let said = value.as_ref().filter(|_| !path.names().is_empty());
        patch = match value {
            Some(value) => patch.set(path.clone(), value.clone()),
            None => patch.unset(path.clone()),
        };
        assert_eq!(path.get(&patched(record, &patch)), said, "the last word on `{path}`");
        disjoint(&patch);
    }
    let once = patched(record, &patch);
    assert_eq!(patched(&once, &patch), once, "{patch:?} applied twice");

    // The order in which a store applies the parts does not matter.
    let mut backwards = record.clone();
    for (path, value) in patch.sets().collect::<Vec<_>>().into_iter().rev() {
        path.set(&mut backwards, value.clone());
    }
    patch.unsets().for_each(|path| drop(path.remove(&mut backwards)));
    assert_eq!(backwards, once, "{patch:?} applied backwards to {record:?}");

    // Nor is there another patch that says the same in other words.
    let again = patch.sets().fold(Patch::new(), |again, (path, value)| again.set(path.clone(), value.clone()));
    let again = patch.unsets().fold(again, |again, path| again.unset(path.clone()));
    assert_eq!(again, patch);
}
