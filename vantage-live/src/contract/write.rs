//! The write under the guards that look at no field: nothing, and that the record exists.

use serde_json::json;

use super::Store;
use super::support::{
    assert_absent, assert_count, assert_gone, assert_same, assert_stored, assert_unsupported, expect, missing, seed,
    written,
};
use crate::value::{Guard, Id, Patch, Path, WriteOutcome};

/// Under `Guard::Nothing` a record that exists is patched like under any other: what is not named stays.
pub async fn a_write_under_nothing_changes_a_record_that_exists(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"name": "Flux", "price": 120})).await;

    let answer = written(store.write(&id, &Patch::new().set("price", 130), &Guard::Nothing).await);

    assert_same("the after-image", &answer, &json!({"name": "Flux", "price": 130}));
    assert_stored(store, &id, &json!({"name": "Flux", "price": 130})).await;
}

/// Under `Guard::Nothing` a write to a missing record makes it, of what the patch sets, parents included. A store
/// without `client_ids` says that it cannot.
pub async fn a_write_under_nothing_makes_a_missing_record_of_what_it_sets(store: &Store) {
    let id = Id::from("flux_cupcake");
    let stock = Path::from_iter(["inventory", "stock"]);
    let patch = Patch::new().set("price", 130).set(stock, 40).unset("note").unset(Path::from_iter(["shelf", "row"]));

    let answer = store.write(&id, &patch, &Guard::Nothing).await;

    if !store.capabilities().client_ids {
        return assert_unsupported("making a record under an id of the client's", &answer);
    }
    let wanted = json!({"price": 130, "inventory": {"stock": 40}});
    assert_same("the after-image", &written(answer), &wanted);
    assert_stored(store, &id, &wanted).await;
}

/// A write that sets nothing never makes a record: it is answered with `Gone`.
pub async fn a_write_that_sets_nothing_makes_no_record(store: &Store) {
    let id = missing(store).await;

    for patch in [Patch::new(), Patch::new().unset("note")] {
        let answer = expect("the write", store.write(&id, &patch, &Guard::Nothing).await);
        assert_eq!(answer, WriteOutcome::Gone, "a write of {patch:?} to a missing record");
    }

    assert_absent(store, &id).await;
    assert_count(store, 0).await;
}

/// Under `Guard::Exists` a record that exists is written, and the answer is the whole record as it is stored then.
pub async fn a_write_under_exists_answers_with_the_after_image(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"name": "Flux", "note": "new", "legacy": [1, {"a": null}]})).await;

    let answer = written(store.write(&id, &Patch::new().set("price", 130).unset("note"), &Guard::Exists).await);

    assert_same("the after-image", &answer, &json!({"name": "Flux", "price": 130, "legacy": [1, {"a": null}]}));
    let stored = expect("reading", store.get_id_value(&id).await).expect("the record is there");
    assert_eq!(answer, stored, "the after-image is what the next read finds");
}

/// Under `Guard::Exists` a missing record is `Gone`, and a write never makes it by itself.
pub async fn a_write_under_exists_to_a_missing_record_finds_it_gone(store: &Store) {
    let id = missing(store).await;

    assert_gone(store.write(&id, &Patch::new().set("price", 130), &Guard::Exists).await);
    assert_gone(store.write(&id, &Patch::new(), &Guard::Exists).await);

    assert_absent(store, &id).await;
    assert_count(store, 0).await;
}

/// Other records stay as they are.
pub async fn a_write_leaves_other_records_alone(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"price": 120})).await;
    let other = seed(store, "sea_pie", &json!({"price": 120})).await;

    written(store.write(&id, &Patch::new().set("price", 130), &Guard::Exists).await);
    written(store.write(&id, &Patch::new().set("price", 140), &Guard::Nothing).await);

    assert_stored(store, &other, &json!({"price": 120})).await;
    assert_count(store, 2).await;
}
