//! Replacing whole records: the one verb that drops what it does not name.

use serde_json::json;

use super::Store;
use super::support::{assert_count, assert_same, assert_stored, expect, record, seed};
use crate::value::Id;

/// `replace_id_value` makes a record that was not there, and answers with its after-image.
pub async fn replacing_makes_a_missing_record(store: &Store) {
    let id = Id::from("flux_cupcake");
    let wanted = json!({"name": "Flux Cupcake", "price": 120});

    let answer = expect("the replace", store.replace_id_value(&id, record(&wanted)).await);

    assert_same("the after-image", &answer, &wanted);
    assert_stored(store, &id, &wanted).await;
}

/// Columns that the new record does not name are gone afterwards, in the answer and in the store.
pub async fn replacing_drops_the_columns_it_does_not_name(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"name": "Flux", "price": 120, "legacy": true})).await;

    let answer = expect("the replace", store.replace_id_value(&id, record(&json!({"price": 130, "note": null}))).await);

    assert_same("the after-image", &answer, &json!({"price": 130, "note": null}));
    assert_stored(store, &id, &json!({"price": 130, "note": null})).await;
    assert_count(store, 1).await;
}

/// An object in the new record stands in place of the old one: nothing of the old one stays inside it.
pub async fn replacing_does_not_merge_objects(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"inventory": {"stock": 50, "shelf": {"row": 2}}})).await;

    expect("the replace", store.replace_id_value(&id, record(&json!({"inventory": {"shelf": {}}}))).await);

    assert_stored(store, &id, &json!({"inventory": {"shelf": {}}})).await;
}

/// Other records stay as they are.
pub async fn replacing_leaves_other_records_alone(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"price": 120})).await;
    let other = seed(store, "sea_pie", &json!({"price": 350})).await;

    expect("the replace", store.replace_id_value(&id, record(&json!({"price": 130}))).await);

    assert_stored(store, &other, &json!({"price": 350})).await;
    assert_count(store, 2).await;
}
