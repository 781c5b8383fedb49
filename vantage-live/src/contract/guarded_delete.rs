//! Deleting under a guard: the same guards with the same meaning as for a write.
//!
//! The tables of guards are those of [`guard`](super::guard), tried with deletes.

use serde_json::{Value, json};

use super::Store;
use super::support::{assert_absent, assert_same, assert_stored, expect, missing, refused_delete, seed};
use super::tables::{self, try_deletes};
use crate::value::{DeleteOutcome, Guard, Path};

fn price(value: Option<Value>) -> Guard {
    Guard::Exists.and("price", value)
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

    let answer = refused_delete(store.delete_id(&id, &price(Some(json!(120)))).await);

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

/// A guard of no expectations lets the delete of any record happen.
pub async fn a_delete_that_expects_nothing_takes_the_record(store: &Store) {
    try_deletes(store, tables::of_no_expectations()).await;
}

/// Of several expectations all must hold: one that does not, first or last, refuses the delete.
pub async fn every_expectation_of_a_delete_must_hold(store: &Store) {
    try_deletes(store, tables::of_several_expectations()).await;
}

/// An expected absence does not take null, nor an expected null absence.
pub async fn a_delete_tells_absent_and_null_apart(store: &Store) {
    try_deletes(store, tables::of_absences_and_nulls()).await;
}

/// A path of several names is followed into the objects.
pub async fn a_delete_follows_a_nested_path(store: &Store) {
    try_deletes(store, tables::of_nested_paths()).await;
}

/// Below a parent that is missing or no object everything is absent.
pub async fn a_delete_finds_nothing_below_what_is_no_object(store: &Store) {
    try_deletes(store, tables::below_what_is_no_object()).await;
}

/// Numbers are compared by their value, however they are written.
pub async fn a_delete_compares_numbers_by_value(store: &Store) {
    try_deletes(store, tables::of_numbers()).await;
}

/// No integer is rounded on the way to the comparison: one that is off by one refuses the delete.
pub async fn a_delete_tells_big_integers_apart_by_their_last_digit(store: &Store) {
    try_deletes(store, tables::of_big_integers()).await;
}

/// Values of different kinds are never equal, and `true` is not `false`.
pub async fn a_delete_never_converts_kinds(store: &Store) {
    try_deletes(store, tables::of_kinds()).await;
}

/// Text is equal only to itself: quotes, case, spaces at the ends and the form of an accent all count.
pub async fn a_delete_compares_text_to_the_last_character(store: &Store) {
    try_deletes(store, tables::of_text()).await;
}

/// A guard on a long text compares all of it.
pub async fn a_delete_compares_long_text_whole(store: &Store) {
    try_deletes(store, tables::of_long_text()).await;
}

/// Arrays are equal element by element: length, order and nesting count.
pub async fn a_delete_compares_arrays_whole_and_in_order(store: &Store) {
    try_deletes(store, tables::of_arrays()).await;
}

/// An expected object is fulfilled by any, empty or not, and by nothing else.
pub async fn a_delete_tells_any_object_from_what_is_none(store: &Store) {
    try_deletes(store, tables::of_any_object()).await;
}

/// Objects are equal when they have the same fields with equal values, in whatever order.
pub async fn a_delete_compares_objects_whole_and_in_any_order(store: &Store) {
    try_deletes(store, tables::of_objects()).await;
}

/// An empty text, an empty array, an empty object, null, false and zero are six different values.
pub async fn a_delete_takes_nothing_empty_for_another(store: &Store) {
    try_deletes(store, tables::of_what_is_empty()).await;
}

/// A delete under another version token than the record's is refused, and under its own it happens.
pub async fn a_delete_under_another_version_is_refused(store: &Store) {
    try_deletes(store, tables::of_versions()).await;
}

/// No token fits a record without a version, null neither.
pub async fn a_delete_under_a_version_of_a_record_without_one_is_refused(store: &Store) {
    try_deletes(store, tables::of_absent_versions()).await;
}
