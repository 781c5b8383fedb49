//! Deleting under a guard: the same guards with the same meaning as for a write.

use serde_json::{Value, json};

use super::Store;
use super::support::{assert_absent, assert_same, assert_stored, expect, missing, seed};
use crate::value::{DeleteOutcome, Guard, Path, Record, ValueError};

fn price(value: Option<Value>) -> Guard {
    Guard::Exists.and("price", value)
}

#[track_caller]
fn refused(answer: Result<DeleteOutcome, ValueError>) -> Record {
    match expect("the delete", answer) {
        DeleteOutcome::Refused(record) => record,
        other => panic!("the guard does not hold, and the delete was answered with {other:?}"),
    }
}

/// Under a guard that holds the record is deleted.
pub async fn a_delete_whose_guard_holds_takes_the_record(store: &Store) {
    let nested = Guard::Exists.and(Path::from_iter(["inventory", "stock"]), Some(json!(50))).and("note", None);
    for guard in [price(Some(json!(120))), price(Some(json!(120.0))), nested, Guard::Fields(vec![])] {
        let id = seed(store, "flux_cupcake", &json!({"price": 120, "inventory": {"stock": 50}})).await;

        let answer = expect("the delete", store.delete_id(&id, &guard).await);

        assert_eq!(answer, DeleteOutcome::Deleted, "the delete under {guard:?}");
        assert_absent(store, &id).await;
    }
}

/// Under a guard that fails the record stays, and comes with the answer.
pub async fn a_delete_whose_guard_fails_leaves_the_record_and_answers_with_it(store: &Store) {
    let now = json!({"price": 125, "note": null, "legacy": {"codes": [1, 2]}});
    let id = seed(store, "flux_cupcake", &now).await;

    let answer = refused(store.delete_id(&id, &price(Some(json!(120)))).await);

    assert_same("the record that comes with the refusal", &answer, &now);
    assert_stored(store, &id, &now).await;
}

/// A guarded delete of a missing record answers `Gone`, even if all that it expects is an absence.
pub async fn a_guarded_delete_of_a_missing_record_says_that_it_is_gone(store: &Store) {
    let id = missing(store).await;
    let version = Guard::Version { path: Path::from("version"), token: json!(1) };

    for guard in [price(None), price(Some(json!(120))), Guard::Fields(vec![]), version] {
        let answer = expect("the delete", store.delete_id(&id, &guard).await);
        assert_eq!(answer, DeleteOutcome::Gone, "the delete under {guard:?}");
    }
}

/// An expected absence does not take null, nor an expected null absence.
pub async fn a_delete_tells_absent_and_null_apart(store: &Store) {
    let null = seed(store, "flux_cupcake", &json!({"price": null})).await;
    let absent = seed(store, "sea_pie", &json!({"name": "Sea Pie"})).await;

    assert_same("the record", &refused(store.delete_id(&null, &price(None)).await), &json!({"price": null}));
    let answer = refused(store.delete_id(&absent, &price(Some(Value::Null))).await);
    assert_same("the record", &answer, &json!({"name": "Sea Pie"}));
}

/// A delete under another version token than the record's is refused, and under its own it happens.
pub async fn a_delete_under_another_version_is_refused(store: &Store) {
    let version = |token: i64| Guard::Version { path: Path::from("version"), token: json!(token) };
    let id = seed(store, "flux_cupcake", &json!({"version": 7})).await;

    assert_same("the record", &refused(store.delete_id(&id, &version(6)).await), &json!({"version": 7}));
    assert_stored(store, &id, &json!({"version": 7})).await;
    assert_eq!(expect("the delete", store.delete_id(&id, &version(7)).await), DeleteOutcome::Deleted);
}
