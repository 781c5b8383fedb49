//! Inserting under an id that the client chooses.

use serde_json::json;

use super::Store;
use super::support::{assert_count, assert_same, assert_stored, expect, expect_error, record};
use crate::value::{DeleteOutcome, Guard, Id, Operation, ValueErrorKind};

/// `insert_id_value` makes the record and answers with its after-image.
pub async fn an_insert_makes_the_record_and_answers_with_it(store: &Store) {
    let id = Id::from("flux_cupcake");
    let wanted = json!({"name": "Flux Cupcake", "inventory": {"stock": 50}});

    let answer = expect("the insert", store.insert_id_value(&id, record(&wanted)).await);

    assert_same("the after-image", &answer, &wanted);
    assert_stored(store, &id, &wanted).await;
}

/// An insert of an id that is taken fails with `AlreadyExists`, and the record stays as it was.
pub async fn an_insert_of_a_taken_id_is_refused_and_leaves_the_record(store: &Store) {
    let id = Id::from("flux_cupcake");
    let first = json!({"name": "Flux Cupcake", "price": 120});
    expect("the insert", store.insert_id_value(&id, record(&first)).await);

    let again = store.insert_id_value(&id, record(&json!({"name": "Impostor", "extra": true}))).await;

    assert_eq!(expect_error("an insert of a taken id", again).kind, ValueErrorKind::AlreadyExists);
    assert_stored(store, &id, &first).await;
    assert_count(store, 1).await;
}

/// When a record has been deleted its id can be inserted again, and nothing of the old record comes back.
pub async fn an_id_is_free_again_after_its_delete(store: &Store) {
    let id = Id::from("flux_cupcake");
    expect("the insert", store.insert_id_value(&id, record(&json!({"name": "Flux", "old": true}))).await);
    assert_eq!(expect("the delete", store.delete_id(&id, &Guard::Nothing).await), DeleteOutcome::Deleted);

    expect("the second insert", store.insert_id_value(&id, record(&json!({"name": "Flux"}))).await);

    assert_stored(store, &id, &json!({"name": "Flux"})).await;
}

/// The error of a refused insert names the operation, the table and the id.
pub async fn a_refused_insert_says_what_was_tried_where(store: &Store) {
    let id = Id::from("flux_cupcake");
    expect("the insert", store.insert_id_value(&id, record(&json!({}))).await);

    let error = expect_error("an insert of a taken id", store.insert_id_value(&id, record(&json!({}))).await);

    assert_eq!(error.operation, Operation::Insert, "what was tried");
    assert_eq!(error.table, store.name(), "on which table");
    assert_eq!(error.id, Some(id), "on which record");
    assert!(!error.is_retryable(), "trying again does not help");
}
