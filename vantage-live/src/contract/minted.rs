//! Inserting without an id: the store chooses it, and a key keeps a repetition from making a second record.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::Store;
use super::support::{assert_count, assert_same, assert_stored, expect, race, record};
use crate::value::{DeleteOutcome, Guard, IdempotencyKey};

/// How often inserts race: each round leaves its records, which are counted.
const ROUNDS: usize = 3;

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

/// The id that the store chooses is no other record's, also where records have been deleted: an insert never takes the
/// place of a record.
pub async fn no_id_is_chosen_that_a_record_has(store: &Store) {
    let mut there = Vec::new();
    for n in 0..7 {
        if n >= 4 {
            let (gone, _) = there.remove(0);
            assert_eq!(expect("the delete", store.delete_id(&gone, &Guard::Nothing).await), DeleteOutcome::Deleted);
        }
        let (id, _) = expect("the insert", store.insert_value(record(&json!({"n": n})), None).await);
        assert!(!there.iter().any(|(other, _)| *other == id), "{id:?} is the id of a record that is there");
        there.push((id, n));
    }

    for (id, n) in &there {
        assert_stored(store, id, &json!({"n": n})).await;
    }
    assert_count(store, 4).await;
}

/// Inserts at the same time make a record each, of an id of its own, with a key and without.
pub async fn inserts_at_once_make_a_record_each(store: &Store) {
    let mut made = BTreeSet::new();
    for _ in 0..ROUNDS {
        let ids = race(store, |store, n| async move {
            let key = (n % 2 == 0).then(a_key);
            expect("the insert", store.insert_value(record(&json!({"n": n})), key).await).0
        })
        .await;

        for (n, id) in ids.into_iter().enumerate() {
            assert_stored(store, &id, &json!({"n": n})).await;
            assert!(made.insert(id), "two inserts are answered with one id: {made:?}");
        }
        assert_count(store, made.len() as u64).await;
    }
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
    assert_eq!(expect("the delete", store.delete_id(&id, &Guard::Nothing).await), DeleteOutcome::Gone);
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
