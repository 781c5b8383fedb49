//! Guards on fields and versions: when they hold, when they do not, and what the answer says.
//!
//! What a guard means is [`Guard::holds`]; these cases hold every store to it. Where a case counts up values, each pair
//! of a stored value and an expected one is tried alone, so that the failure names the pair.

use serde_json::{Value, json};

use super::Store;
use super::support::{
    assert_absent, assert_count, assert_gone, assert_same, assert_stored, expect, missing, record, refused, seed,
    written,
};
use super::values::HOSTILE_TEXT;
use crate::value::{Guard, Id, Patch, Path};

/// A guard on one field.
fn field(name: &'static str, value: Option<Value>) -> Guard {
    Guard::Fields(vec![]).and(name, value)
}

fn nested<const N: usize>(names: [&'static str; N], value: Option<Value>) -> Guard {
    Guard::Fields(vec![]).and(Path::from_iter(names), value)
}

/// The record that the table cases write to, over and over.
async fn subject(store: &Store) -> Id {
    seed(store, "flux_cupcake", &json!({})).await
}

/// Asserts that `guard` lets a write to the record `stored` happen.
async fn assert_holds(store: &Store, id: &Id, stored: &Value, guard: &Guard) {
    assert!(guard.holds(stored.as_object()), "the case itself is wrong: {guard:?} does not hold for {stored}");
    expect("making the record", store.replace_id_value(id, record(stored)).await);
    let outcome = expect("the write", store.write(id, &Patch::new().set("touched", true), guard).await);

    let crate::WriteOutcome::Written(image) = outcome else {
        panic!("{guard:?} holds for {stored}, and the write was answered with {outcome:?}");
    };
    let mut wanted = record(stored);
    wanted.insert("touched".to_owned(), json!(true));
    assert_same("the after-image", &image, &wanted.into());
}

/// Asserts that `guard` refuses a write to the record `stored`, answers with that record, and leaves it.
async fn assert_refuses(store: &Store, id: &Id, stored: &Value, guard: &Guard) {
    assert!(!guard.holds(stored.as_object()), "the case itself is wrong: {guard:?} holds for {stored}");
    expect("making the record", store.replace_id_value(id, record(stored)).await);
    let outcome = expect("the write", store.write(id, &Patch::new().set("touched", true), guard).await);

    let crate::WriteOutcome::Refused(now) = outcome else {
        panic!("{guard:?} does not hold for {stored}, and the write was answered with {outcome:?}");
    };
    assert_same("the record that comes with the refusal", &now, stored);
    assert_stored(store, id, stored).await;
}

/// Asserts that each of `values` equals itself and none of the others.
async fn assert_all_differ(store: &Store, values: &[Value]) {
    let id = subject(store).await;
    for (i, stored) in values.iter().enumerate() {
        for (j, expected) in values.iter().enumerate() {
            let (stored, guard) = (json!({"it": stored}), field("it", Some(expected.clone())));
            if i == j {
                assert_holds(store, &id, &stored, &guard).await;
            } else {
                assert_refuses(store, &id, &stored, &guard).await;
            }
        }
    }
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
    let id = subject(store).await;
    assert_holds(store, &id, &json!({"price": 120}), &Guard::Fields(vec![])).await;

    let missing = if store.capabilities().client_ids { Id::from("no_such_record") } else { missing(store).await };
    assert_gone(store.write(&missing, &Patch::new().set("price", 130), &Guard::Fields(vec![])).await);
    assert_absent(store, &missing).await;
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
    let id = subject(store).await;
    let stored = json!({"name": "Flux", "price": 120, "inventory": {"stock": 50}});
    let stock = |stock: i64| Guard::Exists.and(Path::from_iter(["inventory", "stock"]), Some(json!(stock)));
    let with =
        |guard: Guard, name: &str, price: i64| guard.and("name", Some(json!(name))).and("price", Some(json!(price)));

    assert_holds(store, &id, &stored, &with(stock(50), "Flux", 120).and("note", None)).await;
    assert_refuses(store, &id, &stored, &with(stock(49), "Flux", 120)).await;
    assert_refuses(store, &id, &stored, &with(stock(50), "Flex", 120)).await;
    assert_refuses(store, &id, &stored, &with(stock(50), "Flux", 121)).await;
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
    let id = subject(store).await;
    let (absent, null, text) = (json!({"price": 120}), json!({"price": 120, "note": null}), json!({"note": ""}));

    assert_holds(store, &id, &absent, &field("note", None)).await;
    assert_refuses(store, &id, &null, &field("note", None)).await;
    assert_refuses(store, &id, &text, &field("note", None)).await;

    assert_holds(store, &id, &null, &field("note", Some(Value::Null))).await;
    assert_refuses(store, &id, &absent, &field("note", Some(Value::Null))).await;
    assert_refuses(store, &id, &text, &field("note", Some(Value::Null))).await;

    assert_refuses(store, &id, &absent, &field("note", Some(json!("")))).await;
    assert_refuses(store, &id, &null, &field("note", Some(json!("")))).await;
}

/// A path of several names is followed into the objects: values, nulls and absences are found there.
pub async fn a_nested_path_is_followed(store: &Store) {
    let id = subject(store).await;
    let stored = json!({"stock": 1, "inventory": {"stock": 50, "note": null, "shelf": {"row": 2}}});

    assert_holds(store, &id, &stored, &nested(["inventory", "stock"], Some(json!(50)))).await;
    assert_holds(store, &id, &stored, &nested(["inventory", "shelf", "row"], Some(json!(2)))).await;
    assert_holds(store, &id, &stored, &nested(["inventory", "note"], Some(Value::Null))).await;
    assert_holds(store, &id, &stored, &nested(["inventory", "bay"], None)).await;

    assert_refuses(store, &id, &stored, &nested(["inventory", "stock"], Some(json!(1)))).await;
    assert_refuses(store, &id, &stored, &nested(["inventory", "shelf", "row"], None)).await;
    assert_refuses(store, &id, &stored, &nested(["inventory", "note"], None)).await;
    assert_refuses(store, &id, &stored, &nested(["inventory", "bay"], Some(Value::Null))).await;
}

/// Below a parent that is missing, null, a number, a text or an array there is nothing: everything is absent there.
pub async fn below_what_is_no_object_everything_is_absent(store: &Store) {
    let id = subject(store).await;
    let parents = [json!({}), json!({"a": null}), json!({"a": 1}), json!({"a": "b"}), json!({"a": [{"b": 1}]})];
    for stored in parents {
        assert_holds(store, &id, &stored, &nested(["a", "b"], None)).await;
        assert_holds(store, &id, &stored, &nested(["a", "b", "c"], None)).await;
        assert_refuses(store, &id, &stored, &nested(["a", "b"], Some(Value::Null))).await;
        assert_refuses(store, &id, &stored, &nested(["a", "b"], Some(json!(1)))).await;
    }
    assert_holds(store, &id, &json!({"a": [7]}), &nested(["a", "0"], None)).await;
}

/// Numbers are compared by their value, however they are written, also within arrays and objects.
pub async fn numbers_compare_by_value(store: &Store) {
    let id = subject(store).await;
    let equal = [
        (json!(1), json!(1.0)),
        (json!(1.0), json!(1)),
        (json!(0), json!(-0.0)),
        (json!(1_000_000), json!(1e6)),
        (json!([1, 2.0]), json!([1.0, 2])),
        (json!({"a": {"b": 3}}), json!({"a": {"b": 3.0}})),
        (json!(0.1), json!(0.1)),
        (json!(f64::MAX), json!(f64::MAX)),
    ];
    for (stored, expected) in equal {
        assert_holds(store, &id, &json!({"it": stored}), &field("it", Some(expected))).await;
    }
    let different =
        [(json!(1), json!(1.000_001)), (json!(0.1), json!(0.100_000_000_000_000_02)), (json!(1), json!(-1))];
    for (stored, expected) in different {
        assert_refuses(store, &id, &json!({"it": stored}), &field("it", Some(expected))).await;
    }
}

/// No integer is rounded on the way to the comparison: beyond 2^53 neighbours still differ.
pub async fn big_integers_differ_by_their_last_digit(store: &Store) {
    let big = [9_007_199_254_740_992_i64, 9_007_199_254_740_993, i64::MAX, i64::MAX - 1, i64::MIN, i64::MIN + 1];
    assert_all_differ(store, &big.map(Value::from)).await;

    let id = Id::from("flux_cupcake");
    if store.capabilities().client_ids {
        let rounded = field("it", Some(json!(9_007_199_254_740_992.0)));
        assert_refuses(store, &id, &json!({"it": 9_007_199_254_740_993_i64}), &rounded).await;
    }
}

/// Values of different kinds are never equal: no text is a number, no number a boolean.
pub async fn kinds_are_never_converted(store: &Store) {
    let values =
        [json!(1), json!("1"), json!(true), json!("true"), Value::Null, json!("null"), json!([1]), json!({"1": 1})];
    assert_all_differ(store, &values).await;
}

/// Text is equal only to itself: quotes, case, spaces at the ends and the form of an accent all count.
pub async fn text_is_compared_to_the_last_character(store: &Store) {
    let id = subject(store).await;
    for text in HOSTILE_TEXT {
        let stored = json!({"it": text});
        assert_holds(store, &id, &stored, &field("it", Some(json!(text)))).await;
        assert_refuses(store, &id, &stored, &field("it", Some(json!(format!("{text}'"))))).await;
    }
    for (stored, expected) in [("flux", "Flux"), ("flux", "flux "), ("e\u{301}", "\u{e9}"), ("it's", "it''s")] {
        assert_refuses(store, &id, &json!({"it": stored}), &field("it", Some(json!(expected)))).await;
    }
}

/// Arrays are equal element by element: length, order and nesting count.
pub async fn arrays_are_compared_whole_and_in_order(store: &Store) {
    let values = [
        json!([]),
        json!([1]),
        json!([1, 2]),
        json!([2, 1]),
        json!([1, 2, 2]),
        json!([[1, 2]]),
        json!(["1", "2"]),
        json!([null]),
        json!([1, {"a": [true, "it's"]}]),
    ];
    assert_all_differ(store, &values).await;
}

/// Objects are equal when they have the same fields with equal values, in whatever order; an extra field counts, and
/// a null in it too.
pub async fn objects_are_compared_whole_and_in_any_order(store: &Store) {
    let values = [
        json!({}),
        json!({"a": 1}),
        json!({"a": 1, "b": null}),
        json!({"a": 1, "b": 2}),
        json!({"a": {"a": 1}}),
        json!({"a": 1, "b": {"c": []}}),
    ];
    assert_all_differ(store, &values).await;

    let (stored, reordered) = (r#"{"it": {"z": 1, "a": {"y": 2, "b": 3}}}"#, r#"{"a": {"b": 3, "y": 2}, "z": 1}"#);
    let parsed = |text| serde_json::from_str::<Value>(text).expect("the case's JSON");
    let id = if store.capabilities().client_ids { Id::from("flux_cupcake") } else { subject(store).await };
    assert_holds(store, &id, &parsed(stored), &field("it", Some(parsed(reordered)))).await;
}

/// An empty text, an empty array, an empty object, null, false and zero are six different values.
pub async fn what_is_empty_equals_only_itself(store: &Store) {
    assert_all_differ(store, &[json!(""), json!([]), json!({}), Value::Null, json!(false), json!(0)]).await;
}

/// A guard on a long text compares all of it.
pub async fn long_text_is_compared_whole(store: &Store) {
    let id = subject(store).await;
    let long = "Kuchen 🧁 ".repeat(2_048);
    let stored = json!({"it": long});

    assert_holds(store, &id, &stored, &field("it", Some(json!(long)))).await;
    assert_refuses(store, &id, &stored, &field("it", Some(json!(format!("{long}."))))).await;
}

/// A version token holds while it is the one in the record, compared like any value, and refuses when it has changed.
pub async fn a_version_holds_until_it_changes(store: &Store) {
    let id = subject(store).await;
    let version = |token: Value| Guard::Version { path: Path::from_iter(["meta", "version"]), token };
    let stored = json!({"meta": {"version": 7}});

    assert_holds(store, &id, &stored, &version(json!(7))).await;
    assert_holds(store, &id, &stored, &version(json!(7.0))).await;
    assert_refuses(store, &id, &stored, &version(json!(6))).await;
    assert_refuses(store, &id, &stored, &version(json!("7"))).await;
}

/// A record without the version field has no version: no token fits it, null neither.
pub async fn a_version_that_is_absent_is_none(store: &Store) {
    let id = subject(store).await;
    let version = |token: Value| Guard::Version { path: Path::from("version"), token };

    assert_refuses(store, &id, &json!({"price": 120}), &version(json!(1))).await;
    assert_refuses(store, &id, &json!({"price": 120}), &version(Value::Null)).await;
    assert_holds(store, &id, &json!({"version": null}), &version(Value::Null)).await;
}
