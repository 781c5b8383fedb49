//! Inserting without an id: the store chooses it, and a key keeps a repetition from making a second record.

use serde_json::json;
use uuid::Uuid;

use super::Store;
use super::support::{assert_count, assert_same, assert_stored, expect, record};
use crate::value::{Guard, IdempotencyKey};

fn a_key() -> IdempotencyKey {
    IdempotencyKey(Uuid::now_v7())
}

/// `insert_value` answers with the id that the store has chosen, under which the record then stands, and with the
/// after-image.
pub async fn an_insert_without_id_answers_with_id_and_record(store: &Store) {
    let wanted = json!({"name": "Flux Cupcake", "inventory": {"stock": 50}, "note": null});

    let (id, answer) = expect("the insert", store.insert_value(record(&wanted), None).await);

    assert_same("the after-image", &answer, &wanted);
    assert_stored(store, &id, &wanted).await;
    assert_count(store, 1).await;
    assert!(!id.is_temp(), "{id:?} is an id of a record that is not saved");
}

/// Without a key, each call makes a record of its own, also of equal values.
pub async fn an_insert_without_a_key_makes_a_record_each_time(store: &Store) {
    let (first, _) = expect("the insert", store.insert_value(record(&json!({"price": 120})), None).await);
    let (second, _) = expect("the insert", store.insert_value(record(&json!({"price": 120})), None).await);

    assert_ne!(first, second, "two records have two ids");
    assert_count(store, 2).await;
}

/// Two keys are two intentions: each makes a record.
pub async fn two_keys_make_two_records(store: &Store) {
    let (first, _) = expect("the insert", store.insert_value(record(&json!({"price": 120})), Some(a_key())).await);
    let (second, _) = expect("the insert", store.insert_value(record(&json!({"price": 120})), Some(a_key())).await);

    assert_ne!(first, second, "two records have two ids");
    assert_count(store, 2).await;
}

/// The same key again answers with the same id and makes no second record. A store that cannot tell
/// (`idempotent_insert` is false) ignores the key and makes one each time.
pub async fn the_same_key_makes_one_record(store: &Store) {
    let key = a_key();
    let (first, _) = expect("the insert", store.insert_value(record(&json!({"price": 120})), Some(key)).await);

    let (second, again) = expect("its repetition", store.insert_value(record(&json!({"price": 120})), Some(key)).await);

    let tells = store.capabilities().idempotent_insert;
    assert_eq!(first == second, tells, "{first:?} and {second:?}: does the store recognise the repetition ({tells})?");
    assert_same("the answer to the repetition", &again, &json!({"price": 120}));
    assert_count(store, if tells { 1 } else { 2 }).await;
}

/// What a repeated insert answers with is the record as it is now, not as it was inserted.
pub async fn a_repeated_insert_answers_with_the_record_as_it_is_now(store: &Store) {
    if !store.capabilities().idempotent_insert {
        return;
    }
    let key = a_key();
    let (id, _) = expect("the insert", store.insert_value(record(&json!({"price": 120})), Some(key)).await);
    let changed = json!({"price": 130, "note": "dearer"});
    expect("the change", store.replace_id_value(&id, record(&changed)).await);

    let (_, again) = expect("its repetition", store.insert_value(record(&json!({"price": 120})), Some(key)).await);

    assert_same("the answer to the repetition", &again, &changed);
    assert_stored(store, &id, &changed).await;
    assert_eq!(expect("the delete", store.delete_all().await), 1, "one record in all");
    assert_eq!(expect("the delete", store.delete_id(&id, &Guard::Nothing).await), crate::DeleteOutcome::Gone);
}

/// The key names the intention: a repetition with other values changes nothing in the record of the first.
pub async fn a_repeated_insert_ignores_what_it_is_given_then(store: &Store) {
    if !store.capabilities().idempotent_insert {
        return;
    }
    let key = a_key();
    let (first, _) = expect("the insert", store.insert_value(record(&json!({"price": 120})), Some(key)).await);

    let other = record(&json!({"price": 999, "extra": true}));
    let (second, again) = expect("its repetition", store.insert_value(other, Some(key)).await);

    assert_eq!(second, first, "the id of the repetition");
    assert_same("the answer to the repetition", &again, &json!({"price": 120}));
    assert_stored(store, &first, &json!({"price": 120})).await;
}
