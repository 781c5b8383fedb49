//! Field names: data like any other, never part of a statement.

use serde_json::{Value, json};

use super::Store;
use super::support::{assert_same, assert_stored, expect, is_kept, record, refused, refused_delete, seed, written};
use crate::value::{DeleteOutcome, Guard, Patch, Path, Record};

/// Names that a store may take for syntax, a path or a word of its language.
const NAMES: &[&str] = &[
    "select",
    "from",
    "where",
    "value",
    "type",
    "order",
    "table",
    "group",
    "null",
    "NONE",
    "true",
    "in",
    "out",
    "this",
    "user",
    "count",
    "ID",
    "Id",
    "id_",
    "_ids",
    "a.b",
    ".",
    "a b",
    " ",
    " a",
    "a ",
    "it's",
    "\"",
    "`",
    "``",
    "\\",
    "a\\b",
    "⟨a⟩",
    "⟩",
    "⟩; REMOVE TABLE product; ⟨",
    "'; DROP TABLE product; --",
    "$price",
    "$where",
    "@a",
    "a[0]",
    "a[*]",
    "*",
    "0",
    "1a",
    "-",
    "a-b",
    "a,b",
    "a:b",
    "a=b",
    "a/b",
    "a;b",
    "--",
    "/* */",
    "#",
    "%",
    "?",
    "{}",
    "()",
    "ключ",
    "名前",
    "é",
    "e\u{301}",
    "🧁",
    "__proto__",
    "constructor",
    "a\nb",
    "a\tb",
    "->",
    "<-",
    "|",
    "||",
    "&&",
    "!",
    "~",
    "^",
    "<>",
];

/// Names that mean something to a store of their own, so that it may refuse them.
const RESERVED: &[&str] = &["", "_id", "_key", "rowid", "ctid", "meta::id", "a\u{0}b", "\u{1}"];

fn fields(value: impl Fn(usize) -> Value) -> Record {
    NAMES.iter().enumerate().map(|(i, name)| ((*name).to_owned(), value(i))).collect()
}

/// A record keeps fields of any name, all of them side by side.
pub async fn a_record_keeps_fields_of_any_name(store: &Store) {
    let mut wanted = fields(|i| json!(i));
    wanted.insert("x".repeat(300), json!("long"));
    let wanted = Value::Object(wanted);

    let id = seed(store, "flux_cupcake", &wanted).await;

    assert_stored(store, &id, &wanted).await;
}

/// A patch sets and unsets the field of that name and no other.
pub async fn a_patch_sets_and_unsets_fields_of_any_name(store: &Store) {
    let mut wanted = fields(|i| json!(i));
    let id = seed(store, "flux_cupcake", &Value::Object(wanted.clone())).await;

    for name in NAMES {
        wanted.insert((*name).to_owned(), json!("set"));
        let answer = expect(&format!("setting {name:?}"), store.patch_id(&id, &Patch::new().set(*name, "set")).await);
        assert_same(&format!("the after-image of setting {name:?}"), &answer, &wanted.clone().into());
    }
    for name in NAMES {
        wanted.remove(*name);
        let answer = expect(&format!("unsetting {name:?}"), store.patch_id(&id, &Patch::new().unset(*name)).await);
        assert_same(&format!("the after-image of unsetting {name:?}"), &answer, &wanted.clone().into());
    }
    let all = NAMES.iter().fold(Patch::new(), |patch, name| patch.set(*name, json!([null])));
    expect("setting all at once", store.patch_id(&id, &all).await);
    assert_stored(store, &id, &fields(|_| json!([null])).into()).await;
}

/// The same below the top: a path leads through fields of any name.
pub async fn a_field_of_any_name_may_have_fields_of_any_name(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({})).await;
    let sets = NAMES.iter().fold(Patch::new(), |patch, name| {
        patch.set(Path::from_iter([*name, "kept"]), 1).set(Path::from_iter([*name, *name]), 2)
    });
    let unsets = NAMES.iter().fold(Patch::new(), |patch, name| patch.unset(Path::from_iter([*name, "kept"])));

    expect("setting", store.patch_id(&id, &sets).await);
    assert_stored(store, &id, &fields(|i| json!({"kept": 1, NAMES[i]: 2})).into()).await;

    expect("unsetting", store.patch_id(&id, &unsets).await);
    assert_stored(store, &id, &fields(|i| json!({NAMES[i]: 2})).into()).await;
}

/// A guard looks at the field of that name and at no other.
pub async fn a_guard_finds_fields_of_any_name(store: &Store) {
    if !store.capabilities().guarded_write {
        return;
    }
    let stored = Value::Object(fields(|i| json!({"n": i})));
    let id = seed(store, "flux_cupcake", &stored).await;

    for (i, name) in NAMES.iter().enumerate() {
        let n = Path::from_iter([*name, "n"]);
        let holds = Guard::Exists.and(*name, Some(json!({"n": i}))).and(n.clone(), Some(json!(i)));
        assert_same(name, &written(store.write(&id, &Patch::new(), &holds).await), &stored);
        for fails in [Guard::Exists.and(*name, None), Guard::Exists.and(n, Some(json!(i + 1)))] {
            assert_same(name, &refused(store.write(&id, &Patch::new().set("x", 1), &fails).await), &stored);
        }
    }
}

/// The guard of a delete does so too.
pub async fn a_guarded_delete_finds_fields_of_any_name(store: &Store) {
    if !store.capabilities().guarded_write {
        return;
    }
    let stored = Value::Object(fields(|i| json!({"n": i})));
    let id = seed(store, "flux_cupcake", &stored).await;

    let mut holds = Guard::Exists;
    for (i, name) in NAMES.iter().enumerate() {
        let n = Path::from_iter([*name, "n"]);
        let fails = Guard::Exists.and(n.clone(), Some(json!(i + 1)));
        assert_same(name, &refused_delete(store.delete_id(&id, &fails).await), &stored);
        holds = holds.and(n, Some(json!(i)));
    }
    assert_eq!(expect("the delete", store.delete_id(&id, &holds).await), DeleteOutcome::Deleted, "under {holds:?}");
}

/// A name with a dot in it is one name, and the path of its parts is another field.
pub async fn a_name_with_a_dot_is_not_a_path(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"a.b": 1, "a": {"b": 2}})).await;

    expect("the patch", store.patch_id(&id, &Patch::new().set("a.b", 10)).await);
    assert_stored(store, &id, &json!({"a.b": 10, "a": {"b": 2}})).await;
    expect("the patch", store.patch_id(&id, &Patch::new().set(Path::from_iter(["a", "b"]), 20)).await);
    assert_stored(store, &id, &json!({"a.b": 10, "a": {"b": 20}})).await;
    expect("the patch", store.patch_id(&id, &Patch::new().unset("a.b")).await);
    assert_stored(store, &id, &json!({"a": {"b": 20}})).await;
}

/// Names that differ only by case, or by the form of an accent, are different fields.
pub async fn names_differ_by_case(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"price": 1, "Price": 2, "\u{e9}": 3, "e\u{301}": 4})).await;

    expect("the patch", store.patch_id(&id, &Patch::new().set("PRICE", 5).unset("Price").unset("\u{e9}")).await);

    assert_stored(store, &id, &json!({"price": 1, "PRICE": 5, "e\u{301}": 4})).await;
}

/// The empty name, control characters, and names that some stores keep for themselves are kept, or refused with
/// `Rejected`; they are never lost or changed.
pub async fn a_name_that_may_mean_something_to_the_store_is_kept_or_refused(store: &Store) {
    for name in RESERVED {
        let wanted = json!({"beside": 1, *name: "mine"});
        let answer = store.insert_value(record(&wanted), None).await;
        let id = answer.as_ref().ok().map(|(id, _)| id.clone());
        if !is_kept(&format!("the field {name:?}"), answer) {
            continue;
        }
        let id = id.expect("it was kept");
        assert_stored(store, &id, &wanted).await;

        let changed = store.patch_id(&id, &Patch::new().set(*name, "changed")).await;
        if is_kept(&format!("a patch of {name:?}"), changed) {
            assert_stored(store, &id, &json!({"beside": 1, *name: "changed"})).await;
        } else {
            assert_stored(store, &id, &wanted).await;
        }
    }
}
