//! Patches: which paths they change, and that they change nothing else.

use serde_json::{Value, json};

use super::Store;
use super::support::{assert_absent, assert_count, assert_same, assert_stored, expect, expect_error, missing, seed};
use crate::value::{DeleteOutcome, Guard, Id, Operation, Patch, Path, ValueErrorKind};

/// Asserts that `patch` makes `after` of `before`, in the answer and in the store. The record's id.
async fn assert_patched(store: &Store, before: &Value, patch: &Patch, after: &Value) -> Id {
    let id = seed(store, "flux_cupcake", before).await;

    let answer = expect("the patch", store.patch_id(&id, patch).await);

    assert_same("the after-image", &answer, after);
    assert_stored(store, &id, after).await;
    id
}

fn path<const N: usize>(names: [&'static str; N]) -> Path {
    Path::from_iter(names)
}

/// Columns that a patch does not name stay as they are, whether or not the program knows them.
pub async fn a_patch_keeps_the_columns_it_does_not_name(store: &Store) {
    let before = json!({"name": "Flux", "price": 120, "legacy": {"sku": "F-1", "codes": [1, 2]}, "note": null});
    let after = json!({"name": "Flux", "price": 130, "legacy": {"sku": "F-1", "codes": [1, 2]}, "note": null});
    assert_patched(store, &before, &Patch::new().set("price", 130), &after).await;
}

/// `patch_id` of a record that is not there fails with `Missing` and does not make it.
pub async fn a_patch_of_a_missing_record_is_refused_and_makes_none(store: &Store) {
    let id = missing(store).await;

    let answer = store.patch_id(&id, &Patch::new().set("price", 130)).await;

    assert_eq!(expect_error("a patch of a missing record", answer).kind, ValueErrorKind::Missing);
    assert_absent(store, &id).await;
    assert_count(store, 0).await;
}

/// The error of a refused patch names the operation, the table and the id.
pub async fn a_refused_patch_says_what_was_tried_where(store: &Store) {
    let id = missing(store).await;

    let error = expect_error("a patch of a missing record", store.patch_id(&id, &Patch::new()).await);

    assert_eq!(error.operation, Operation::Write, "what was tried");
    assert_eq!(error.table, store.name(), "on which table");
    assert_eq!(error.id, Some(id), "on which record");
}

/// Setting a nested path leaves the fields beside it alone, on every level.
pub async fn a_nested_set_keeps_its_siblings(store: &Store) {
    let before = json!({"name": "Flux", "inventory": {"stock": 50, "shelf": {"row": 2, "bay": 7}}});
    let after = json!({"name": "Flux", "inventory": {"stock": 50, "shelf": {"row": 3, "bay": 7}}});
    assert_patched(store, &before, &Patch::new().set(path(["inventory", "shelf", "row"]), 3), &after).await;
}

/// Setting a nested path makes the objects on the way that are missing.
pub async fn a_nested_set_makes_the_parents_that_are_missing(store: &Store) {
    let after = json!({"price": 120, "inventory": {"shelf": {"row": 3}}});
    let patch = Patch::new().set(path(["inventory", "shelf", "row"]), 3);
    assert_patched(store, &json!({"price": 120}), &patch, &after).await;
}

/// Setting a nested path makes an object of a parent that is a null, a number, a text or an array.
pub async fn a_nested_set_makes_an_object_of_a_parent_that_is_none(store: &Store) {
    let before = json!({"a": null, "b": 1, "c": "text", "d": [{"x": 0}], "e": {"inner": true}});
    let patch = ["a", "b", "c", "d"].into_iter().fold(Patch::new(), |patch, name| patch.set(path([name, "x"]), 1));
    let patch = patch.set(path(["e", "inner", "x"]), 1);
    let after = json!({"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}, "d": {"x": 1}, "e": {"inner": {"x": 1}}});
    assert_patched(store, &before, &patch, &after).await;
}

/// Setting a path to an object puts that object there; it is not merged into the one that was.
pub async fn setting_an_object_replaces_it_whole(store: &Store) {
    let before = json!({"inventory": {"stock": 50, "shelf": {"row": 2}}, "price": 120});
    let patch = Patch::new().set("inventory", json!({"shelf": {}}));
    assert_patched(store, &before, &patch, &json!({"inventory": {"shelf": {}}, "price": 120})).await;
}

/// Setting a path to an array puts that array there; nothing of the old one stays.
pub async fn setting_an_array_replaces_it_whole(store: &Store) {
    let before = json!({"tags": ["sweet", "blue", "new"], "matrix": {"rows": [[1, 2], [3]]}});
    let patch = Patch::new().set("tags", json!(["blue"])).set(path(["matrix", "rows"]), json!([]));
    assert_patched(store, &before, &patch, &json!({"tags": ["blue"], "matrix": {"rows": []}})).await;
}

/// Setting null leaves the field there, with null in it, also below the top.
pub async fn setting_null_leaves_a_null(store: &Store) {
    let before = json!({"note": "new", "inventory": {"stock": 50}});
    let patch = Patch::new().set("note", Value::Null).set(path(["inventory", "stock"]), Value::Null);
    assert_patched(store, &before, &patch, &json!({"note": null, "inventory": {"stock": null}})).await;
}

/// Unsetting a path takes the field out of the record, whatever stood in it, a null included.
pub async fn unsetting_removes_the_field(store: &Store) {
    let before = json!({"price": 120, "note": "new", "empty": null, "inventory": {"stock": 50}});
    let patch = Patch::new().unset("note").unset("empty").unset("inventory");
    assert_patched(store, &before, &patch, &json!({"price": 120})).await;
}

/// Unsetting a nested path leaves the fields beside it, and leaves its parent even if nothing is in it any more.
pub async fn unsetting_a_nested_field_leaves_its_parent(store: &Store) {
    let before = json!({"inventory": {"stock": 50}, "shelf": {"row": 2, "bay": 7}});
    let patch = Patch::new().unset(path(["inventory", "stock"])).unset(path(["shelf", "row"]));
    assert_patched(store, &before, &patch, &json!({"inventory": {}, "shelf": {"bay": 7}})).await;
}

/// Unsetting a path two levels down and nothing else takes the field out where it is, and is no error and changes nothing
/// where one of its parents is missing or no object.
pub async fn unsetting_two_levels_down_changes_nothing_else(store: &Store) {
    let patch = Patch::new().unset(path(["inventory", "shelf", "row"]));
    let before = json!({"inventory": {"stock": 50, "shelf": {"row": 2, "bay": 7}}});
    let after = json!({"inventory": {"stock": 50, "shelf": {"bay": 7}}});
    let mut id = assert_patched(store, &before, &patch, &after).await;
    for before in [
        json!({"price": 120}),
        json!({"inventory": {"stock": 50}}),
        json!({"inventory": {"shelf": null}}),
        json!({"inventory": {"shelf": "row"}}),
        json!({"inventory": {"shelf": [{"row": 2}]}}),
        json!({"inventory": [{"shelf": {"row": 2}}]}),
    ] {
        let deleted = store.delete_id(&id, &Guard::Exists).await;
        assert_eq!(expect("the delete", deleted), DeleteOutcome::Deleted, "of the record of before");
        id = assert_patched(store, &before, &patch, &before).await;
    }
}

/// Where a set makes an object in place of an array, what an unset takes away below it is not there, and is not made.
pub async fn unsetting_below_an_array_that_becomes_an_object_makes_nothing(store: &Store) {
    let before = json!({"shelves": [1, {"row": 1}]});
    let patch = Patch::new().set(path(["shelves", "first", "row"]), 2).unset(path(["shelves", "last", "row"]));
    assert_patched(store, &before, &patch, &json!({"shelves": {"first": {"row": 2}}})).await;
}

/// Unsetting what is not there is no error and makes nothing: no field, no null, no parent, also below what is no object.
pub async fn unsetting_what_is_not_there_changes_nothing(store: &Store) {
    let before = json!({"price": 120, "note": null, "tags": [1]});
    let patch = Patch::new()
        .unset("missing")
        .unset(path(["inventory", "stock"]))
        .unset(path(["price", "x"]))
        .unset(path(["note", "x"]))
        .unset(path(["tags", "0"]));
    assert_patched(store, &before, &patch, &before).await;
}

/// One patch can set and unset, side by side and on several levels.
pub async fn one_patch_sets_and_unsets(store: &Store) {
    let before = json!({"name": "Flux", "note": "new", "inventory": {"stock": 50, "shelf": 2, "bay": 7}});
    let patch = Patch::new()
        .set("name", "Flux Cupcake")
        .unset("note")
        .set(path(["inventory", "stock"]), 40)
        .unset(path(["inventory", "shelf"]))
        .set("added", true);
    let after = json!({"name": "Flux Cupcake", "inventory": {"stock": 40, "bay": 7}, "added": true});
    assert_patched(store, &before, &patch, &after).await;
}

/// An empty patch of a record that is there succeeds, answers with the record, and changes nothing.
pub async fn an_empty_patch_changes_nothing(store: &Store) {
    let before = json!({"price": 120, "note": null, "inventory": {}});
    assert_patched(store, &before, &Patch::new(), &before).await;
}

/// A path of twenty names is followed to its end.
pub async fn a_patch_reaches_twenty_levels_down(store: &Store) {
    let nested = |bottom: Value| (0..19).fold(bottom, |inner, level| json!({"inner": inner, "level": level}));
    let deep = |last: &'static str| std::iter::repeat_n("inner", 19).chain([last]).collect::<Path>();
    let patch = Patch::new().set(deep("stock"), 40).unset(deep("shelf"));

    let before = nested(json!({"stock": 50, "shelf": 2, "bay": 7}));
    assert_patched(store, &before, &patch, &nested(json!({"stock": 40, "bay": 7}))).await;
}
