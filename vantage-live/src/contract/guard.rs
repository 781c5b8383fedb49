//! Guards on fields and versions: when they hold, when they do not, and what the answer says.
//!
//! What a guard means is [`Guard::holds`]; these cases hold every store to it, and those of
//! [`guarded_delete`](super::guarded_delete) try the same tables of guards with deletes.

use serde_json::{Value, json};

use super::Store;
use super::support::{
    assert_absent, assert_count, assert_gone, assert_same, assert_stored, expect, missing, refused, seed, written,
};
use super::tables::{self, try_writes};
use crate::value::{DeleteOutcome, Guard, Patch, Path, WriteOutcome};

/// A guard on one field.
fn field(name: &'static str, value: Option<Value>) -> Guard {
    Guard::Fields(vec![]).and(name, value)
}

/// A guard that holds lets the write happen, whether it is on the field that is written or on another one.
pub async fn a_guard_that_holds_lets_the_write_happen(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"name": "Flux", "price": 120, "legacy": 1})).await;

    let same = store.write(&id, &Patch::new().set("price", 130), &field("price", Some(json!(120)))).await;
    assert_same("the after-image", &written(same), &json!({"name": "Flux", "price": 130, "legacy": 1}));
    let other = store.write(&id, &Patch::new().set("price", 140), &field("name", Some(json!("Flux")))).await;
    assert_same("the after-image", &written(other), &json!({"name": "Flux", "price": 140, "legacy": 1}));

    assert_stored(store, &id, &json!({"name": "Flux", "price": 140, "legacy": 1})).await;
}

/// A guard that fails is answered with the whole record as it is, and nothing of the patch is written.
pub async fn a_guard_that_fails_answers_with_the_record_and_writes_nothing(store: &Store) {
    let now = json!({"name": "Flux", "price": 125, "note": null, "legacy": {"codes": [1, 2]}});
    let id = seed(store, "flux_cupcake", &now).await;

    let patch = Patch::new().set("price", 130).set("name", "Flux Cupcake").unset("legacy");
    let answer = refused(store.write(&id, &patch, &field("price", Some(json!(120)))).await);

    assert_same("the record that comes with the refusal", &answer, &now);
    assert_stored(store, &id, &now).await;
}

/// A guard on a record that is missing is answered with `Gone` and makes none, even if all it expects is that fields
/// are absent.
pub async fn a_guard_on_a_missing_record_finds_it_gone_and_makes_none(store: &Store) {
    let id = missing(store).await;
    let version = |token| Guard::Version { path: Path::from("version"), token };
    let absent = field("note", None);

    for guard in [absent, field("price", Some(json!(120))), field("price", Some(Value::Null)), version(json!(1))] {
        assert_gone(store.write(&id, &Patch::new().set("price", 130), &guard).await);
    }

    assert_absent(store, &id).await;
    assert_count(store, 0).await;
}

/// A guard of no expectations is `Exists`: it holds for every record, and not for a missing one.
pub async fn a_guard_that_expects_nothing_wants_the_record_to_exist(store: &Store) {
    let missing = missing(store).await;
    assert_gone(store.write(&missing, &Patch::new().set("price", 130), &Guard::Fields(vec![])).await);
    assert_absent(store, &missing).await;

    try_writes(store, tables::of_no_expectations()).await;
}

/// An empty patch changes nothing, and is still refused where the guard does not hold.
pub async fn an_empty_patch_still_answers_whether_the_guard_holds(store: &Store) {
    let now = json!({"price": 120, "note": null});
    let id = seed(store, "flux_cupcake", &now).await;

    let holds = store.write(&id, &Patch::new(), &field("price", Some(json!(120)))).await;
    let fails = store.write(&id, &Patch::new(), &field("price", Some(json!(130)))).await;

    assert_same("the after-image", &written(holds), &now);
    assert_same("the record that comes with the refusal", &refused(fails), &now);
    assert_stored(store, &id, &now).await;
}

/// Of several expectations all must hold: one that does not, first or last, refuses the write.
pub async fn every_expectation_must_hold(store: &Store) {
    try_writes(store, tables::of_several_expectations()).await;
}

/// The guard is checked against the record as it was before the patch, not as the patch makes it.
pub async fn a_guard_sees_the_record_before_the_write(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"price": 120, "note": "new"})).await;
    let patch = Patch::new().set("price", 130).unset("note").set("added", 1);

    let after = Guard::Exists.and("price", Some(json!(130))).and("note", None).and("added", Some(json!(1)));
    assert_same("the record", &refused(store.write(&id, &patch, &after).await), &json!({"price": 120, "note": "new"}));

    let before = Guard::Exists.and("price", Some(json!(120))).and("note", Some(json!("new"))).and("added", None);
    assert_same(
        "the after-image",
        &written(store.write(&id, &patch, &before).await),
        &json!({"price": 130, "added": 1}),
    );
}

/// An expected absence is fulfilled by an absent field and not by null; an expected null by null and not by absence.
pub async fn absent_and_null_are_told_apart(store: &Store) {
    try_writes(store, tables::of_absences_and_nulls()).await;
}

/// A path of several names is followed into the objects: values, nulls and absences are found there.
pub async fn a_nested_path_is_followed(store: &Store) {
    try_writes(store, tables::of_nested_paths()).await;
}

/// Below a parent that is missing, null, a number, a text or an array there is nothing: everything is absent there.
pub async fn below_what_is_no_object_everything_is_absent(store: &Store) {
    try_writes(store, tables::below_what_is_no_object()).await;
}

/// Numbers are compared by their value, however they are written, also within arrays and objects.
pub async fn numbers_compare_by_value(store: &Store) {
    try_writes(store, tables::of_numbers()).await;
}

/// No integer is rounded on the way to the comparison: beyond 2^53 neighbours still differ.
pub async fn big_integers_differ_by_their_last_digit(store: &Store) {
    try_writes(store, tables::of_big_integers()).await;
}

/// Values of different kinds are never equal: no text is a number, no number a boolean.
pub async fn kinds_are_never_converted(store: &Store) {
    try_writes(store, tables::of_kinds()).await;
}

/// Text is equal only to itself: quotes, case, spaces at the ends and the form of an accent all count.
pub async fn text_is_compared_to_the_last_character(store: &Store) {
    try_writes(store, tables::of_text()).await;
}

/// Arrays are equal element by element: length, order and nesting count.
pub async fn arrays_are_compared_whole_and_in_order(store: &Store) {
    try_writes(store, tables::of_arrays()).await;
}

/// Objects are equal when they have the same fields with equal values, in whatever order; an extra field counts, and
/// a null in it too.
pub async fn objects_are_compared_whole_and_in_any_order(store: &Store) {
    try_writes(store, tables::of_objects()).await;
}

/// An expected object is fulfilled by any, empty or not, and by nothing else.
pub async fn any_object_is_told_from_what_is_none(store: &Store) {
    try_writes(store, tables::of_any_object()).await;
}

/// An empty text, an empty array, an empty object, null, false and zero are six different values.
pub async fn what_is_empty_equals_only_itself(store: &Store) {
    try_writes(store, tables::of_what_is_empty()).await;
}

/// A guard on a long text compares all of it.
pub async fn long_text_is_compared_whole(store: &Store) {
    try_writes(store, tables::of_long_text()).await;
}

/// A guard on lists and objects three levels down beside twenty other expectations holds and refuses as any, of a write and
/// of a delete.
pub async fn a_guard_may_be_deep_and_long(store: &Store) {
    let path = |name| Path::from_iter(["one", "two", "three", name]);
    let inside = |list: Value| json!({"list": list, "objects": [{"note": null, "text": "a"}], "mixed": {"note": null, "text": "b"}});
    let mut before = json!({"one": {"two": {"three": inside(json!(["x", "y"]))}}});
    let names = (0..20).map(|number| format!("field {number}"));
    let mut guard = Guard::Exists
        .and(path("objects"), Some(json!([{"note": null, "text": "a"}])))
        .and(path("mixed"), Some(json!({"note": null, "text": "b"})));
    for name in names {
        guard = guard.and(Path::from(name.clone()), Some(json!("text")));
        before[name] = json!("text");
    }
    let id = seed(store, "flux_cupcake", &before).await;
    let expecting = |list: Value| guard.clone().and(path("list"), Some(list));
    let (old, new) = (expecting(json!(["x", "y"])), expecting(json!(["z"])));
    let patch = Patch::new().set(path("list"), json!(["z"]));

    let written = expect("the write", store.write(&id, &patch, &old).await);
    let refused = expect("the second write", store.write(&id, &patch, &old).await);
    let kept = expect("the first delete", store.delete_id(&id, &old).await);
    let deleted = expect("the second delete", store.delete_id(&id, &new).await);

    assert!(matches!(written, WriteOutcome::Written(_)), "the guard holds: {written:?}");
    assert!(matches!(refused, WriteOutcome::Refused(_)), "the list is another: {refused:?}");
    assert!(matches!(kept, DeleteOutcome::Refused(_)), "the list is another: {kept:?}");
    assert_eq!(deleted, DeleteOutcome::Deleted, "the guard holds");
}

/// A version token holds while it is the one in the record, compared like any value, and refuses when it has changed.
pub async fn a_version_holds_until_it_changes(store: &Store) {
    try_writes(store, tables::of_versions()).await;
}

/// A record without the version field has no version: no token fits it, null neither.
pub async fn a_version_that_is_absent_is_none(store: &Store) {
    try_writes(store, tables::of_absent_versions()).await;
}
