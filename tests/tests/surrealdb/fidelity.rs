//! The fidelity table, row by row: what is read is written back, guarded on and changed with its native type.

use serde_json::{Value as Json, json};
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::Value;
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{Guard, Id, Patch, Path, ReadableValueSet, Record, WritableValueSet, WriteOutcome};

use crate::support::raw;

/// A row: a native value, the type that a column for it declares, its JSON, and another value of the type.
struct Row {
    native: &'static str,
    declared: &'static str,
    json: Json,
    other: Json,
}

fn row(native: &'static str, declared: &'static str, json: Json, other: Json) -> Row {
    Row { native, declared, json, other }
}

fn rows() -> Vec<Row> {
    let point = |x: f64, y: f64| json!({"type": "Point", "coordinates": [x, y]});
    let moment = "2026-01-02T03:04:05.123456789Z";
    vec![
        row("d'2026-01-02T03:04:05.123456789Z'", "datetime", json!(moment), json!("2027-01-02T03:04:05.500Z")),
        row("d'2026-01-02T03:04:05Z'", "datetime", json!("2026-01-02T03:04:05Z"), json!("2027-01-02T00:00:00Z")),
        row("1h30m5ns", "duration", json!("1h30m5ns"), json!("2d")),
        row("12.25dec", "decimal", json!("12.25"), json!("13")),
        row(
            "u'018f0000-0000-7000-8000-000000000000'",
            "uuid",
            json!("018f0000-0000-7000-8000-000000000000"),
            json!("018f0000-0000-7000-8000-000000000001"),
        ),
        row("b\"00FF10\"", "bytes", json!([0, 255, 16]), json!([1])),
        row("baker:doc", "record<baker>", json!("baker:doc"), json!("baker:marty")),
        row("baker:42", "record<baker>", json!("baker:42"), json!("baker:43")),
        row("baker:`42`", "record<baker>", json!("baker:`42`"), json!("baker:`we ird`")),
        row("baker:['x', 1]", "record<baker>", json!("baker:[\"x\",1]"), json!("baker:[\"y\",2]")),
        row("(1.5, 2.5)", "geometry<point>", point(1.5, 2.5), point(3.0, 4.0)),
        row("9007199254740993", "int", json!(9_007_199_254_740_993_i64), json!(i64::MAX)),
        row("120", "int", json!(120), json!(130)),
        row("120f", "float", json!(120.0), json!(130.0)),
        row("0.1f", "float", json!(0.1), json!(7)),
        row("<float>'inf'", "float", json!("Infinity"), json!("-Infinity")),
        row("NULL", "null", Json::Null, Json::Null),
        row("'2026-01-02T03:04:05Z'", "string", json!("2026-01-02T03:04:05Z"), json!("2027-01-02T03:04:05Z")),
        row("'12.25'", "string", json!("12.25"), json!("1h")),
        row("'baker:doc'", "string", json!("baker:doc"), json!("flux")),
        row("true", "bool", json!(true), json!(false)),
        row("/a+/", "regex", json!("/a+/"), json!("/b/")),
        row("<set>[1, 2, 3]", "set<int>", json!([1, 2, 3]), json!([4])),
        row("[d'2026-01-02T03:04:05Z']", "array<datetime>", json!(["2026-01-02T03:04:05Z"]), json!([moment])),
        row("[1, 'a', [true, NULL]]", "array", json!([1, "a", [true, null]]), json!([])),
        row("[0.5dec, 1dec]", "array<decimal>", json!(["0.5", "1"]), json!(["2"])),
        row(
            "{ a: 1, b: { c: 1h, d: NULL } }",
            "{ a: int, b: { c: duration, d: null } }",
            json!({"a": 1, "b": {"c": "1h", "d": null}}),
            json!({"a": 2, "b": {"c": "2h", "d": null}}),
        ),
    ]
}

/// A raw client of a database in which `product:it` has the value in three places: alone, in an object, in an array.
async fn stored(row: &Row, schemafull: bool) -> Surreal<Any> {
    let raw = raw().await;
    if schemafull {
        let declared = row.declared;
        ask(&raw, "DEFINE TABLE product SCHEMAFULL").await;
        for (field, kind) in [("it", declared.to_owned()), ("o", "object".to_owned()), ("o.it", declared.to_owned())] {
            ask(&raw, &format!("DEFINE FIELD {field} ON product TYPE {kind}")).await;
        }
        ask(&raw, &format!("DEFINE FIELD list ON product TYPE array<{declared}>")).await;
    }
    let native = row.native;
    ask(&raw, &format!("CREATE product:it SET it = {native}, o = {{ it: {native} }}, list = [{native}, {native}]"))
        .await;
    raw
}

async fn ask(raw: &Surreal<Any>, text: &str) -> Value {
    let mut answers = raw.query(text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    answers.take(0).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A store that has read nothing yet.
fn fresh(raw: &Surreal<Any>) -> SurrealTable {
    SurrealDb::from_client(raw.clone()).table("product")
}

fn record(json: &Json) -> Record {
    json!({"it": json, "o": {"it": json}, "list": [json, json]}).as_object().unwrap().clone()
}

/// The three values as they are stored, with their types.
async fn natives(raw: &Surreal<Any>, id: &str) -> Value {
    let text = format!(
        "SELECT VALUE [it, type::of(it), o.it, type::of(o.it), list, list.map(|$v| type::of($v))] FROM ONLY product:{id}"
    );
    ask(raw, &text).await
}

async fn every_row(check: impl AsyncFn(&Row, bool)) {
    for schemafull in [false, true] {
        for row in rows() {
            check(&row, schemafull).await;
        }
    }
}

#[tokio::test]
async fn every_native_value_has_its_json() {
    every_row(async |row, schemafull| {
        let raw = stored(row, schemafull).await;

        let read = fresh(&raw).get_id_value(&Id::from("it")).await.unwrap().unwrap();

        assert_eq!(read, record(&row.json), "{}", row.native);
    })
    .await;
}

#[tokio::test]
async fn writing_back_what_was_read_changes_no_type_even_by_who_has_never_read() {
    every_row(async |row, schemafull| {
        let raw = stored(row, schemafull).await;
        let before = natives(&raw, "it").await;
        let patch = Patch::new()
            .set("it", row.json.clone())
            .set(Path::from_iter(["o", "it"]), row.json.clone())
            .set("list", json!([row.json, row.json]));

        fresh(&raw).patch_id(&Id::from("it"), &patch).await.unwrap();
        assert_eq!(natives(&raw, "it").await, before, "a patch of {}, schemafull: {schemafull}", row.native);

        fresh(&raw).replace_id_value(&Id::from("it"), record(&row.json)).await.unwrap();
        assert_eq!(natives(&raw, "it").await, before, "a replace of {}, schemafull: {schemafull}", row.native);
    })
    .await;
}

#[tokio::test]
async fn a_guard_on_what_was_read_holds_and_one_on_another_value_does_not() {
    every_row(async |row, schemafull| {
        let raw = stored(row, schemafull).await;
        let guard = |json: &Json| {
            let list = json!([json, json]);
            let alone = Guard::Exists.and("it", Some(json.clone())).and("list", Some(list));
            let nested = Guard::Exists.and(Path::from_iter(["o", "it"]), Some(json.clone()));
            [alone, nested, Guard::Exists.and("o", Some(json!({"it": json})))]
        };

        for guard in guard(&row.json) {
            let outcome = fresh(&raw).write(&Id::from("it"), &Patch::new(), &guard).await.unwrap();
            assert!(matches!(outcome, WriteOutcome::Written(_)), "{}: {guard:?} {outcome:?}", row.native);
        }
        if row.other != row.json {
            for guard in guard(&row.other) {
                let outcome = fresh(&raw).write(&Id::from("it"), &Patch::new(), &guard).await.unwrap();
                assert!(matches!(outcome, WriteOutcome::Refused(_)), "{}: {guard:?} {outcome:?}", row.native);
            }
        }
        let absent = Guard::Exists.and("it", None);
        let outcome = fresh(&raw).write(&Id::from("it"), &Patch::new(), &absent).await.unwrap();
        assert!(matches!(outcome, WriteOutcome::Refused(_)), "{} is not absent: {outcome:?}", row.native);
    })
    .await;
}

#[tokio::test]
async fn another_value_is_written_with_the_type_that_stands_there() {
    every_row(async |row, schemafull| {
        let raw = stored(row, schemafull).await;
        let table = fresh(&raw);
        table.get_values().await.unwrap();
        let types = |native: &Value| match native {
            Value::Array(parts) => [parts[1].clone(), parts[3].clone()],
            other => panic!("{other:?}"),
        };
        let before = types(&natives(&raw, "it").await);

        let after = table.patch_id(&Id::from("it"), &Patch::new().set("it", row.other.clone())).await.unwrap();
        let nested = Patch::new().set(Path::from_iter(["o", "it"]), row.other.clone());
        table.patch_id(&Id::from("it"), &nested).await.unwrap();

        let same = vantage_live::value::same(&after["it"], &row.other);
        assert!(same, "{}: {} is not {}", row.native, after["it"], row.other);
        assert_eq!(types(&natives(&raw, "it").await), before, "{}, schemafull: {schemafull}", row.native);
    })
    .await;
}

#[tokio::test]
async fn a_new_record_gets_the_types_of_the_columns_or_of_the_records_that_were_read() {
    every_row(async |row, schemafull| {
        let raw = stored(row, schemafull).await;
        let table = fresh(&raw);
        if !schemafull {
            table.get_values().await.unwrap();
        }

        table.insert_id_value(&Id::from("new"), record(&row.json)).await.unwrap();
        let batch = vec![(Id::from("one"), record(&row.json)), (Id::from("two"), record(&row.json))];
        for answer in table.insert_id_values(batch).await {
            answer.unwrap();
        }

        for id in ["new", "one", "two"] {
            let (new, old) = (natives(&raw, id).await, natives(&raw, "it").await);
            assert_eq!(new, old, "{} as {id}, schemafull: {schemafull}", row.native);
        }
    })
    .await;
}

#[tokio::test]
async fn a_moment_is_the_same_in_any_spelling() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET at = d'2026-01-02T03:04:05.120Z'").await;
    let table = fresh(&raw);

    for spelling in ["2026-01-02T03:04:05.12Z", "2026-01-02T03:04:05.120000000Z", "2026-01-02T05:04:05.12+02:00"] {
        let guard = Guard::Exists.and("at", Some(json!(spelling)));
        let outcome = table.write(&Id::from("it"), &Patch::new(), &guard).await.unwrap();
        assert!(matches!(outcome, WriteOutcome::Written(_)), "{spelling}");
    }
}

#[tokio::test]
async fn null_is_not_absent_and_absent_is_not_null() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET here = NULL").await;
    let table = fresh(&raw);
    let write = async |guard: Guard| table.write(&Id::from("it"), &Patch::new(), &guard).await.unwrap();

    assert!(matches!(write(Guard::Exists.and("here", Some(Json::Null))).await, WriteOutcome::Written(_)));
    assert!(matches!(write(Guard::Exists.and("here", None)).await, WriteOutcome::Refused(_)));
    assert!(matches!(write(Guard::Exists.and("gone", None)).await, WriteOutcome::Written(_)));
    assert!(matches!(write(Guard::Exists.and("gone", Some(Json::Null))).await, WriteOutcome::Refused(_)));
}

#[tokio::test]
async fn a_null_in_a_column_that_knows_only_none_removes_it() {
    let raw = raw().await;
    ask(&raw, "DEFINE TABLE product SCHEMAFULL").await;
    ask(&raw, "DEFINE FIELD at ON product TYPE option<datetime>").await;
    ask(&raw, "CREATE product:it SET at = d'2026-01-02T03:04:05Z'").await;
    let table = fresh(&raw);

    let after = table.patch_id(&Id::from("it"), &Patch::new().set("at", Json::Null)).await.unwrap();
    assert_eq!(after.get("at"), None);
    let after = table.patch_id(&Id::from("it"), &Patch::new().set("at", "2027-01-02T03:04:05Z")).await.unwrap();
    assert_eq!(after["at"], "2027-01-02T03:04:05Z");
}

#[tokio::test]
async fn an_array_of_many_decimals_is_guarded_as_a_whole() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET list = array::range(0, 400).map(|$n| <decimal> $n)").await;
    let table = fresh(&raw);
    let list: Vec<Json> = (0..400).map(|n: i32| json!(n.to_string())).collect();
    let write = async |list: &[Json]| {
        let guard = Guard::Exists.and("list", Some(Json::from(list)));
        table.write(&Id::from("it"), &Patch::new(), &guard).await.unwrap()
    };

    assert!(matches!(write(&list).await, WriteOutcome::Written(_)));
    assert!(matches!(write(&list[1..]).await, WriteOutcome::Refused(_)));
}

#[tokio::test]
async fn keys_of_every_kind_are_found_written_and_deleted() {
    let raw = raw().await;
    ask(&raw, "CREATE product:1, product:`1`, product:u'018f0000-0000-7000-8000-000000000000', product:[1, 'a', d'2026-01-02T03:04:05Z'], product:{ a: 1 }").await;
    let table = fresh(&raw);

    let rows = table.get_values().await.unwrap();
    assert_eq!(rows.len(), 5);
    assert!(rows.is_sorted_by_key(|(id, _)| id.clone()), "{rows:?}");
    for (id, _) in rows {
        assert_eq!(table.patch_id(&id, &Patch::new().set("n", 1)).await.unwrap()["n"], 1, "{id:?}");
        assert_eq!(table.get_id_value(&id).await.unwrap().unwrap()["n"], 1, "{id:?}");
        assert_eq!(table.delete_id(&id, &Guard::Exists).await.unwrap(), vantage_live::DeleteOutcome::Deleted, "{id:?}");
    }
    assert_eq!(table.count().await.unwrap(), 0);
}
