//! The fidelity table, row by row: what is read is written back, guarded on and changed with its native type.

use serde_json::{Value as Json, json};
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::Value;
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{Guard, Id, Patch, Path, ReadableValueSet, Record, ValueErrorKind, WritableValueSet, WriteOutcome};

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
    let line = |x: f64| json!({"type": "LineString", "coordinates": [[1.0, 2.0], [x, 4.0]]});
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
        row("{ type: 'LineString', coordinates: [[1, 2], [3.5, 4]] }", "geometry<line>", line(3.5), line(4.5)),
        row(
            "{ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1.5, 2.5] }, \
             { type: 'LineString', coordinates: [[1, 2], [3.5, 4]] }] }",
            "geometry<collection>",
            json!({"type": "GeometryCollection", "geometries": [point(1.5, 2.5), line(3.5)]}),
            json!({"type": "GeometryCollection", "geometries": [line(4.5)]}),
        ),
        row("9007199254740993", "int", json!(9_007_199_254_740_993_i64), json!(i64::MAX)),
        row("120", "int", json!(120), json!(130)),
        row("120f", "float", json!(120.0), json!(130.0)),
        row("0.1f", "float", json!(0.1), json!(7)),
        row("<float>'inf'", "float", json!("Infinity"), json!("-Infinity")),
        row("<float>'NaN'", "float", json!("NaN"), json!(1.5)),
        row("NULL", "null", Json::Null, Json::Null),
        row("'2026-01-02T03:04:05Z'", "string", json!("2026-01-02T03:04:05Z"), json!("2027-01-02T03:04:05Z")),
        row("'12.25'", "string", json!("12.25"), json!("1h")),
        row("'baker:doc'", "string", json!("baker:doc"), json!("flux")),
        row("true", "bool", json!(true), json!(false)),
        row("/a+/", "regex", json!("/a+/"), json!("/b/")),
        row("<set>[1, 2, 3]", "set<int>", json!([1, 2, 3]), json!([4])),
        row("<set>[1h, 2h]", "set<duration>", json!(["1h", "2h"]), json!(["3h"])),
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

pub(crate) async fn ask(raw: &Surreal<Any>, text: &str) -> Value {
    let mut answers = raw.query(text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    answers.take(0).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A store that has read nothing yet.
pub(crate) fn fresh(raw: &Surreal<Any>) -> SurrealTable {
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

/// Whether a guard on `it` holds.
async fn holds(table: &SurrealTable, it: &Json) -> bool {
    let guard = Guard::Exists.and("it", Some(it.clone()));
    matches!(table.write(&Id::from("it"), &Patch::new(), &guard).await.unwrap(), WriteOutcome::Written(_))
}

#[tokio::test]
async fn a_long_array_whose_elements_may_be_many_things_is_guarded_element_by_element() {
    for native in [
        "{ at: d'2026-01-02T03:04:05Z', by: baker:doc, n: $n, tags: [<string> $n, $n] }",
        "IF $n % 2 = 0 { '12.25' } ELSE { 12.25dec }",
        "[1h, u'018f0000-0000-7000-8000-000000000000', $n]",
        "IF $n % 2 = 0 { NONE } ELSE { 'baker:doc' }",
        "{ place: (1.5, 2.5), bytes: b\"00FF10\", set: <set>[1h, 2h] }",
    ] {
        let raw = raw().await;
        ask(&raw, &format!("CREATE product:it SET it = array::range(0, 70).map(|$n| {native})")).await;
        let table = fresh(&raw);
        let read = table.get_id_value(&Id::from("it")).await.unwrap().unwrap()["it"].clone();

        assert!(holds(&table, &read).await, "{native}");
        for wrong in [json!(null), json!(12.26), json!({"at": "2026-01-02T03:04:05Z"})] {
            let mut other = read.clone();
            other[69] = wrong.clone();
            assert!(!holds(&table, &other).await || read[69] == wrong, "{native} with {wrong} at its end");
        }
        let mut shorter = read.clone();
        shorter.as_array_mut().unwrap().pop();
        assert!(!holds(&table, &shorter).await, "{native}, one less");
    }
}

#[tokio::test]
async fn what_an_object_has_inside_is_compared_to_the_last_leaf() {
    let raw = raw().await;
    let native = "{ a: { b: [{ c: d'2026-01-02T03:04:05Z' }, { c: d'2026-01-02T03:04:06Z', d: [] }] }, s: <set>[1h] }";
    ask(&raw, &format!("CREATE product:it SET it = {native}")).await;
    let table = fresh(&raw);
    let (first, second) = (json!({"c": "2026-01-02T03:04:05Z"}), json!({"c": "2026-01-02T03:04:06Z", "d": []}));

    assert!(holds(&table, &json!({"a": {"b": [first, second]}, "s": ["1h"]})).await);
    for other in [
        json!({"a": {"b": [second, first]}, "s": ["1h"]}),
        json!({"a": {"b": [first, second, first]}, "s": ["1h"]}),
        json!({"a": {"b": [first, {"c": "2026-01-02T03:04:06Z"}]}, "s": ["1h"]}),
        json!({"a": {"b": [first, {"c": "2026-01-02T03:04:06Z", "e": []}]}, "s": ["1h"]}),
        json!({"a": {"b": [first, {"c": "2026-01-02T03:04:06Z", "d": {}}]}, "s": ["1h"]}),
        json!({"a": {"b": {"0": first, "1": second}}, "s": ["1h"]}),
        json!({"a": {"b": [first, second]}, "s": ["2h"]}),
        json!({"a": {"b": [first, second]}, "s": "1h"}),
        json!({"a": {"b": [first, second]}}),
    ] {
        assert!(!holds(&table, &other).await, "{other}");
    }
}

/// A figure is an object to a program: paths lead into it.
#[tokio::test]
async fn a_part_of_a_geometry_is_guarded_and_written_and_it_stays_one() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET loc = (1.5, 2.5), o = { loc: (1.5, 2.5) }").await;
    let table = fresh(&raw);

    for parent in [&["loc"][..], &["o", "loc"]] {
        let at = |name: &'static str| Path::from_iter(parent.iter().copied().chain([name]));
        let guard = Guard::Exists
            .and(at("type"), Some(json!("Point")))
            .and(at("coordinates"), Some(json!([1.5, 2.5])))
            .and(at("label"), None);

        let patch = Patch::new().set(at("coordinates"), json!([3, 4])).unset(at("label"));
        let moved = table.write(&Id::from("it"), &patch, &guard).await.unwrap();
        let line = Patch::new().set(at("type"), "LineString").set(at("coordinates"), json!([[1, 2], [3, 4]]));
        let again = table.write(&Id::from("it"), &line, &Guard::Exists).await.unwrap();
        let longer = Patch::new().set(at("coordinates"), json!([[1, 2], [3, 4], [5, 6]])).set(at("type"), "LineString");
        let last = table.write(&Id::from("it"), &longer, &Guard::Exists).await.unwrap();

        assert!(matches!(moved, WriteOutcome::Written(_)), "{moved:?}");
        assert!(matches!(again, WriteOutcome::Written(_)), "{again:?}");
        let WriteOutcome::Written(after) = last else { panic!("{last:?}") };
        let figure = parent.iter().fold(&json!(after), |at, name| &at[name]).clone();
        assert_eq!(figure, json!({"type": "LineString", "coordinates": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}));
    }
    let types = ask(&raw, "RETURN [type::of(product:it.loc), type::of(product:it.o.loc)].distinct()").await;
    assert_eq!(types.into_json_value(), json!(["geometry<line>"]));
}

#[tokio::test]
async fn what_makes_no_geometry_is_refused_and_names_the_field() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET loc = (1.5, 2.5), price = 1").await;
    let table = fresh(&raw);
    let at = |names: &[&'static str]| Path::from_iter(names.iter().copied());

    for patch in [
        Patch::new().set(at(&["loc", "coordinates"]), json!([[1, 2], [3, 4]])),
        Patch::new().set(at(&["loc", "coordinates"]), "here"),
        Patch::new().set(at(&["loc", "type"]), "LineString"),
        Patch::new().set(at(&["loc", "label"]), "here"),
        Patch::new().set(at(&["loc", "coordinates", "x"]), 1),
        Patch::new().set(at(&["loc", "coordinates"]), json!([1, 2])).unset(at(&["loc", "type"])),
        Patch::new().unset(at(&["loc", "coordinates"])),
    ] {
        let error = table.write(&Id::from("it"), &patch.clone().set("price", 2), &Guard::Exists).await.unwrap_err();

        let ValueErrorKind::Rejected { fields, message } = &error.kind else { panic!("{error:?}") };
        assert_eq!(*fields, [Path::from("loc")], "{patch:?}: {message}");
    }
    let same = table.patch_id(&Id::from("it"), &Patch::new().set(at(&["loc", "type"]), "Point")).await.unwrap();
    assert_eq!(
        same,
        json!({"loc": {"type": "Point", "coordinates": [1.5, 2.5]}, "price": 1}).as_object().unwrap().clone()
    );
}

#[tokio::test]
async fn numbers_and_decimals_are_guarded_by_value_and_written_as_what_stands_there() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET it = 12.50dec").await;
    let table = fresh(&raw);

    assert!(holds(&table, &json!("12.50")).await && holds(&table, &json!("12.5")).await);
    table.patch_id(&Id::from("it"), &Patch::new().set("it", 13.5)).await.unwrap();
    assert_eq!(
        ask(&raw, "RETURN [type::of(product:it.it), <string> product:it.it]").await.into_json_value(),
        json!(["decimal", "13.5"])
    );
    ask(&raw, "UPDATE product:it SET it = 120").await;
    table.patch_id(&Id::from("it"), &Patch::new().set("it", 130.0)).await.unwrap();
    assert_eq!(ask(&raw, "RETURN type::of(product:it.it)").await.into_json_value(), json!("int"));
    assert!(
        holds(&table, &json!(130)).await && holds(&table, &json!(130.0)).await && !holds(&table, &json!("130")).await
    );
}

#[tokio::test]
async fn a_link_to_a_number_is_not_one_to_its_text() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET it = baker:1").await;
    let table = fresh(&raw);

    assert!(holds(&table, &json!("baker:1")).await);
    assert!(!holds(&table, &json!("baker:`1`")).await);
}

#[tokio::test]
async fn what_json_cannot_say_is_read_and_guarded_as_its_spelling_and_becomes_a_text_when_it_is_written() {
    for (native, spelled) in
        [("1..5", "1..5"), ("'a'..='b'", "'a'..='b'"), ("type::table('baker')", "baker"), ("baker:1..3", "baker:1..3")]
    {
        let raw = raw().await;
        ask(&raw, &format!("CREATE product:it SET it = {native}, list = [{native}]")).await;
        let table = fresh(&raw);
        let read = table.get_id_value(&Id::from("it")).await.unwrap().unwrap();

        assert_eq!(Json::from(read.clone()), json!({"it": spelled, "list": [spelled]}), "{native}");
        let guard = Guard::Exists.and("it", Some(json!(spelled))).and("list", Some(json!([spelled])));
        let outcome = table.write(&Id::from("it"), &Patch::new().set("it", spelled), &guard).await.unwrap();
        assert_eq!(outcome, WriteOutcome::Written(read), "{native}");
        assert!(!holds(&table, &json!("other")).await);
        assert_eq!(ask(&raw, "RETURN type::of(product:it.it)").await.into_json_value(), json!("string"));
    }
}

#[tokio::test]
async fn nothing_in_an_array_reads_as_null_and_is_guarded_as_null() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET it = [NONE, NULL, 1]").await;
    let table = fresh(&raw);

    assert_eq!(table.get_id_value(&Id::from("it")).await.unwrap().unwrap()["it"], json!([null, null, 1]));
    assert!(holds(&table, &json!([null, null, 1])).await);
    assert!(!holds(&table, &json!([null, 1])).await);
}

#[tokio::test]
async fn what_is_new_and_neither_declared_nor_seen_is_written_as_it_looks() {
    let raw = raw().await;
    ask(&raw, "DEFINE TABLE product").await;
    let it = json!({"it": "2026-01-02T03:04:05Z"}).as_object().unwrap().clone();

    fresh(&raw).insert_id_value(&Id::from("it"), it).await.unwrap();

    assert_eq!(ask(&raw, "RETURN type::of(product:it.it)").await.into_json_value(), json!("string"));
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
