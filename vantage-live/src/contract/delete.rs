//! Deleting.

use serde_json::json;

use super::Store;
use super::support::{assert_absent, assert_count, assert_stored, expect, missing, seed};
use crate::value::{DeleteOutcome, Guard};

/// `delete_id` answers `Deleted` for a record that was there, and then it is not there any more.
pub async fn a_delete_takes_the_record_and_says_so(store: &Store) {
    for guard in [Guard::Nothing, Guard::Exists] {
        let id = seed(store, "flux_cupcake", &json!({"price": 120})).await;

        let answer = expect("the delete", store.delete_id(&id, &guard).await);

        assert_eq!(answer, DeleteOutcome::Deleted, "the delete under {guard:?}");
        assert_absent(store, &id).await;
        assert_count(store, 0).await;
    }
}

/// A delete of a missing record is no error: it answers `Gone`, under `Guard::Nothing` too.
pub async fn a_delete_of_a_missing_record_says_that_it_is_gone(store: &Store) {
    let id = missing(store).await;

    for guard in [Guard::Nothing, Guard::Exists] {
        let answer = expect("the delete", store.delete_id(&id, &guard).await);
        assert_eq!(answer, DeleteOutcome::Gone, "the delete under {guard:?}");
    }
}

/// Other records stay as they are.
pub async fn a_delete_leaves_other_records_alone(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"price": 120})).await;
    let other = seed(store, "flux_cupcake_2", &json!({"price": 120})).await;

    assert_eq!(expect("the delete", store.delete_id(&id, &Guard::Nothing).await), DeleteOutcome::Deleted);

    assert_stored(store, &other, &json!({"price": 120})).await;
    assert_count(store, 1).await;
}

/// `delete_all` empties the set and answers how many records there were; of an empty set, none.
pub async fn deleting_all_answers_how_many_there_were(store: &Store) {
    assert_eq!(expect("deleting all", store.delete_all().await), 0, "of an empty set");
    let first = seed(store, "flux_cupcake", &json!({"price": 120})).await;
    seed(store, "sea_pie", &json!({})).await;
    seed(store, "time_tart", &json!({"price": null})).await;

    assert_eq!(expect("deleting all", store.delete_all().await), 3, "of a set of three");

    assert_absent(store, &first).await;
    assert_count(store, 0).await;
    assert_eq!(expect("deleting all", store.delete_all().await), 0, "of an emptied set");
}
