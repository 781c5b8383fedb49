//! Patches: what makes one record of another, and what a patch that is put together says.

use proptest::prelude::*;
use serde_json::{Value, json};
use vantage_live::value::same;
use vantage_live::{Patch, Path, Record};

use crate::json::{MANY, cases, path, record, value};

/// One call of a person who puts a patch together: a value to set, or `None` to remove.
type Part = (Path, Option<Value>);

fn parts() -> impl Strategy<Value = Vec<Part>> {
    proptest::collection::vec((path(), proptest::option::of(value())), 0..6)
}

fn patch_of(parts: &[Part]) -> Patch {
    parts.iter().cloned().fold(Patch::new(), |patch, (path, value)| match value {
        Some(value) => patch.set(path, value),
        None => patch.unset(path),
    })
}

fn patched(record: &Record, patch: &Patch) -> Record {
    let mut record = record.clone();
    patch.apply(&mut record);
    record
}

/// What the parts make of the record one after another.
fn one_by_one(record: &Record, parts: &[Part]) -> Record {
    let mut record = record.clone();
    for (path, value) in parts {
        match value {
            Some(value) => path.set(&mut record, value.clone()),
            None => drop(path.remove(&mut record)),
        }
    }
    record
}

/// The record, with an object wherever one of the paths goes through.
fn with_parents(mut record: Record, parts: &[Part]) -> Record {
    for (path, _) in parts {
        for depth in 1..path.names().len() {
            let parent: Path = path.names()[..depth].iter().cloned().collect();
            if !parent.get(&record).is_some_and(Value::is_object) {
                parent.set(&mut record, json!({}));
            }
        }
    }
    record
}

fn same_record(a: &Record, b: &Record) -> bool {
    same(&Value::Object(a.clone()), &Value::Object(b.clone()))
}

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn a_patch_between_two_records_makes_the_second_of_the_first(old in record(), new in record()) {
        let made = patched(&old, &Patch::between(&old, &new));

        prop_assert!(same_record(&made, &new), "{:?} instead of {:?}", made, new);
    }

    #[test]
    fn a_patch_between_two_records_is_empty_when_they_are_the_same(old in record(), new in record()) {
        prop_assert_eq!(Patch::between(&old, &new).is_empty(), same_record(&old, &new));
        prop_assert!(Patch::between(&old, &old).is_empty());
    }

    #[test]
    fn a_patch_between_two_records_names_only_what_differs(old in record(), new in record()) {
        let patch = Patch::between(&old, &new);

        for (path, value) in patch.sets() {
            prop_assert_eq!(path.get(&new), Some(value));
            prop_assert!(!path.get(&old).is_some_and(|old| same(old, value)), "{} is the same in both", path);
        }
        for path in patch.unsets() {
            prop_assert!(path.get(&old).is_some() && path.get(&new).is_none(), "{} is not to be removed", path);
        }
    }

    #[test]
    fn a_patch_between_two_records_goes_into_the_objects_that_both_have(old in record(), new in record()) {
        let patch = Patch::between(&old, &new);

        for (path, value) in patch.sets() {
            let both = value.is_object() && path.get(&old).is_some_and(Value::is_object);
            prop_assert!(!both, "{} is set as a whole", path);
        }
    }

    #[test]
    fn no_path_of_a_patch_is_or_leads_to_another(old in record(), new in record(), parts in parts()) {
        for patch in [Patch::between(&old, &new), patch_of(&parts)] {
            let paths: Vec<&Path> = patch.paths().collect();
            for (i, path) in paths.iter().enumerate() {
                prop_assert!(!path.names().is_empty());
                prop_assert!(paths.iter().enumerate().all(|(j, other)| i == j || !path.contains(other)), "{:?}", patch);
            }
        }
    }

    #[test]
    fn the_order_in_which_the_parts_of_a_patch_are_applied_does_not_matter(parts in parts(), record in record()) {
        let patch = patch_of(&parts);

        let mut backwards = record.clone();
        for (path, value) in patch.sets().collect::<Vec<_>>().into_iter().rev() {
            path.set(&mut backwards, value.clone());
        }
        for path in patch.unsets() {
            path.remove(&mut backwards);
        }

        prop_assert_eq!(patched(&record, &patch), backwards);
    }

    #[test]
    fn a_patch_applied_twice_is_applied_once(parts in parts(), record in record()) {
        let patch = patch_of(&parts);

        let once = patched(&record, &patch);

        prop_assert_eq!(patched(&once, &patch), once);
    }

    #[test]
    fn a_patch_does_what_its_parts_do_one_by_one_where_their_parents_are_objects(parts in parts(), record in record()) {
        let record = with_parents(record, &parts);

        prop_assert_eq!(patched(&record, &patch_of(&parts)), one_by_one(&record, &parts));
    }

    #[test]
    fn a_patch_says_of_each_of_its_paths_what_its_parts_say_one_by_one(parts in parts(), record in record()) {
        let patch = patch_of(&parts);
        let (made, expected) = (patched(&record, &patch), one_by_one(&record, &parts));

        for path in patch.paths() {
            prop_assert_eq!(path.get(&made), path.get(&expected), "{}", path);
        }
    }

    #[test]
    fn a_patch_leaves_alone_what_no_part_names(parts in parts(), record in record(), elsewhere in path()) {
        let touches = |(path, _): &Part| !path.names().is_empty() && (path.contains(&elsewhere) || elsewhere.contains(path));
        let parts: Vec<Part> = parts.into_iter().filter(|part| !touches(part)).collect();

        let made = patched(&record, &patch_of(&parts));

        // A scalar that a path goes through is named too: it becomes an object.
        let through = |path: &Path| (1..elsewhere.names().len()).any(|n| path.names().starts_with(&elsewhere.names()[..n]));
        if !parts.iter().any(|(path, _)| through(path)) {
            prop_assert_eq!(elsewhere.get(&made), elsewhere.get(&record));
        } else if let Some(value) = elsewhere.get(&record) {
            prop_assert_eq!(elsewhere.get(&made), Some(value));
        }
    }

    #[test]
    fn a_patch_without_parts_changes_nothing(record in record()) {
        prop_assert!(Patch::new().is_empty());
        prop_assert_eq!(patched(&record, &Patch::new()), record);
    }
}

#[test]
fn a_set_that_a_later_unset_takes_back_leaves_no_parent_behind() {
    // The one difference from applying the parts one by one: what was superseded has never happened.
    let deep = Path::from_iter(["a", "b"]);
    let parts = [(deep.clone(), Some(json!(1))), (deep, None)];

    assert_eq!(patched(&Record::new(), &patch_of(&parts)), Record::new());
    assert_eq!(Value::Object(one_by_one(&Record::new(), &parts)), json!({"a": {}}));
}

#[test]
fn a_path_of_no_names_in_a_patch_changes_nothing() {
    let nowhere = || Path::from_iter([""; 0]);

    let patch = Patch::new().set("price", 120).set(nowhere(), 5).set("stock", 7).unset(nowhere());

    assert_eq!(patch, Patch::new().set("price", 120).set("stock", 7));
    assert!(Patch::new().set(nowhere(), 5).is_empty());
}

#[test]
fn a_path_is_written_with_dots_and_a_name_that_would_be_misread_in_quotes() {
    let written = |names: &[&'static str]| names.iter().copied().collect::<Path>().to_string();

    assert_eq!(written(&["inventory", "stock", "left"]), "inventory.stock.left");
    assert_eq!(written(&["inventory.stock", ""]), r#""inventory.stock"."""#);
    assert_eq!(written(&[r#"the "best""#]), r#""the \"best\"""#);
}
