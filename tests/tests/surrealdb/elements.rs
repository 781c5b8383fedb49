//! The types of what stands in arrays and in maps, and in columns of several types.

use serde_json::{Value as Json, json};
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::Value;
use vantage_live::{Guard, Id, Patch, Path, ReadableValueSet, WritableValueSet, WriteOutcome};

use crate::fidelity::{ask, fresh};
use crate::support::raw;

/// Elements of every kind, no two with the same JSON.
const MIXED: &str = "[d'2026-01-02T03:04:05Z', '2026-01-03T03:04:05Z', 'red', 1.50dec, '007', baker:doc, 'baker:biff', \
    1h, { name: 'weight', value: 1.50dec }, { name: 'article', value: '007' }, [2.50dec, '2.50'], NONE, 7]";

/// The elements of `it` as they are stored.
async fn stored_elements(raw: &Surreal<Any>) -> Vec<Value> {
    match ask(raw, "RETURN product:it.it").await {
        Value::Array(elements) => elements.into_vec(),
        other => panic!("{other:?}"),
    }
}

/// Writes another array in place of `old`, by who has never read one, and answers what is stored then.
async fn rearranged(old: &[Json], new: &[Json], raw: &Surreal<Any>) -> Vec<Value> {
    let guard = Guard::Exists.and("it", Some(json!(old)));
    let outcome = fresh(raw).write(&Id::from("it"), &Patch::new().set("it", json!(new)), &guard).await.unwrap();
    assert!(matches!(outcome, WriteOutcome::Written(_)), "{outcome:?}");
    stored_elements(raw).await
}

#[tokio::test]
async fn an_element_of_an_array_keeps_its_type_wherever_it_moves() {
    for schemafull in [false, true] {
        let places: [fn(usize) -> Vec<usize>; 7] = [
            |n| (1..n).collect(),
            |n| (0..n - 1).collect(),
            |n| (0..n).rev().collect(),
            |n| (0..n).filter(|i| *i != 4).collect(),
            |n| (5..n).chain(0..5).collect(),
            |n| (2..6).chain([0]).chain(7..n).collect(),
            |_| vec![3],
        ];
        for places in places {
            let raw = raw().await;
            if schemafull {
                let kind = "none | string | datetime | decimal | record | duration | object | array | int";
                let declared = format!("DEFINE FIELD it ON product TYPE array<{kind}> FLEXIBLE");
                ask(&raw, &format!("DEFINE TABLE product SCHEMAFULL; {declared}")).await;
            }
            ask(&raw, &format!("CREATE product:it SET it = {MIXED}")).await;
            let natives = stored_elements(&raw).await;
            let read = fresh(&raw).get_id_value(&Id::from("it")).await.unwrap().unwrap();
            let old = read["it"].as_array().unwrap();
            let places = places(old.len());
            let new: Vec<Json> = places.iter().map(|at| old[*at].clone()).collect();

            let stored = rearranged(old, &new, &raw).await;

            let expected: Vec<Value> = places.iter().map(|at| natives[*at].clone()).collect();
            assert_eq!(stored, expected, "{places:?}, schemafull: {schemafull}");
        }
    }
}

#[tokio::test]
async fn what_is_put_between_the_elements_of_an_array_takes_nothing_of_their_types() {
    let raw = raw().await;
    ask(&raw, &format!("CREATE product:it SET it = {MIXED}")).await;
    let natives = stored_elements(&raw).await;
    let read = fresh(&raw).get_id_value(&Id::from("it")).await.unwrap().unwrap();
    let old = read["it"].as_array().unwrap();
    let mut new = old.clone();
    new.insert(0, json!("3h"));
    new.insert(4, json!("4.50"));
    new.push(json!("2026-01-02T03:04:05Z"));

    let stored = rearranged(old, &new, &raw).await;

    let mut expected = natives;
    expected.insert(0, Value::String("3h".into()));
    expected.insert(4, Value::String("4.50".into()));
    expected.push(Value::String("2026-01-02T03:04:05Z".into()));
    assert_eq!(stored, expected);
}

#[tokio::test]
async fn an_element_that_is_edited_keeps_its_type_though_others_have_gone() {
    let raw = raw().await;
    ask(&raw, "CREATE product:it SET it = ['a', { name: 'x', value: '1.5' }, { name: 'y', value: 1.5dec }, 2h]").await;
    let read = fresh(&raw).get_id_value(&Id::from("it")).await.unwrap().unwrap();
    let old = read["it"].as_array().unwrap();
    let new = [old[1].clone(), json!({"name": "y", "value": "2.5"}), json!("3h")];

    rearranged(old, &new, &raw).await;

    let types = "RETURN [product:it.it[0].value, product:it.it[1].value, product:it.it[2]].map(|$v| type::of($v))";
    assert_eq!(ask(&raw, types).await.into_json_value(), json!(["string", "decimal", "duration"]));
}

#[tokio::test]
async fn elements_of_a_long_array_keep_their_types_when_the_first_goes() {
    let raw = raw().await;
    let all: Vec<String> =
        (0..1_000).map(|n| if n % 2 == 0 { format!("'{n}.5'") } else { format!("{n}.5dec") }).collect();
    ask(&raw, &format!("CREATE product:it SET it = [{}]", all.join(", "))).await;
    let natives = stored_elements(&raw).await;
    let read = fresh(&raw).get_id_value(&Id::from("it")).await.unwrap().unwrap();
    let old = read["it"].as_array().unwrap();

    let stored = rearranged(old, &old[1..], &raw).await;

    assert_eq!(stored, natives[1..]);
}

#[tokio::test]
async fn the_fields_of_a_map_have_the_type_that_is_declared_for_all_of_them() {
    let raw = raw().await;
    ask(&raw, "DEFINE TABLE product SCHEMAFULL").await;
    for (field, kind) in
        [("prices", "object"), ("prices.*", "decimal"), ("seen", "object"), ("seen.*", "option<datetime>")]
    {
        ask(&raw, &format!("DEFINE FIELD {field} ON product TYPE {kind}")).await;
    }
    let moment = "2026-01-02T03:04:05Z";
    let it = json!({"prices": {"small": "1.50"}, "seen": {"marty": moment}}).as_object().unwrap().clone();
    let table = fresh(&raw);

    table.insert_id_value(&Id::from("it"), it).await.unwrap();
    let patch = Patch::new()
        .set(Path::from_iter(["prices", "large"]), "2.50")
        .set("seen", json!({"marty": moment, "doc": moment}));
    table.patch_id(&Id::from("it"), &patch).await.unwrap();

    let types = "RETURN product:it.prices.values().concat(product:it.seen.values()).map(|$v| type::of($v))";
    assert_eq!(ask(&raw, types).await.into_json_value(), json!(["decimal", "decimal", "datetime", "datetime"]));
}

#[tokio::test]
async fn a_text_among_texts_stays_one_though_a_number_stands_there_somewhere() {
    let raw = raw().await;
    ask(&raw, "CREATE product:a SET code = '001'; CREATE product:b SET code = 4dec; CREATE product:it SET name = 'x'")
        .await;
    let table = fresh(&raw);
    table.get_values().await.unwrap();

    let new = json!({"code": "007"}).as_object().unwrap().clone();
    table.insert_id_value(&Id::from("new"), new).await.unwrap();
    table.patch_id(&Id::from("it"), &Patch::new().set("code", "008")).await.unwrap();

    let codes = ask(&raw, "RETURN [product:new.code, product:it.code]").await;
    assert_eq!(codes.into_json_value(), json!(["007", "008"]));
}

#[tokio::test]
async fn a_type_of_single_values_is_one_of_theirs() {
    let raw = raw().await;
    ask(&raw, "DEFINE TABLE product SCHEMAFULL; DEFINE FIELD it ON product TYPE 'never' | 1h | 1.5f").await;
    let table = fresh(&raw);

    for it in [json!("1h"), json!("never"), json!(1.5)] {
        let record = json!({"it": it}).as_object().unwrap().clone();
        table.replace_id_value(&Id::from("it"), record).await.unwrap();
        assert_eq!(table.get_id_value(&Id::from("it")).await.unwrap().unwrap()["it"], it);
    }
}
