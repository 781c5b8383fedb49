//! Many at once: an answer for each, in the same order, and each for itself.

use serde_json::{Value, json};

use super::Store;
use super::support::{
    assert_absent, assert_count, assert_gone, assert_same, assert_stored, expect, expect_error, record, refused, seed,
    written,
};
use crate::value::{DeleteOutcome, Guard, Id, Patch, Record, ValueErrorKind};

fn rows<const N: usize>(rows: [(&str, Value); N]) -> Vec<(Id, Record)> {
    rows.into_iter().map(|(id, json)| (Id::from(id), record(&json))).collect()
}

/// `insert_id_values` answers with an after-image for each record, in the order in which they were given.
pub async fn many_inserts_answer_in_order(store: &Store) {
    let given = rows([("c", json!({"price": 3})), ("a", json!({"price": 1})), ("b", json!({"price": 2}))]);

    let answers = store.insert_id_values(given).await;

    let prices: Vec<Value> = answers.into_iter().map(|answer| expect("the insert", answer)["price"].clone()).collect();
    assert_eq!(prices, [json!(3), json!(1), json!(2)], "the answers in order");
    assert_stored(store, &Id::from("a"), &json!({"price": 1})).await;
    assert_count(store, 3).await;
}

/// An insert whose id is taken fails alone, in its place; those before and after it happen.
pub async fn an_insert_that_fails_does_not_hide_the_others(store: &Store) {
    seed(store, "b", &json!({"price": 20})).await;
    let given = rows([("a", json!({"price": 1})), ("b", json!({"price": 2})), ("c", json!({"price": 3}))]);

    let mut answers = store.insert_id_values(given).await.into_iter();

    assert_eq!(answers.len(), 3, "an answer for each");
    assert_same("the first answer", &expect("the first", answers.next().unwrap()), &json!({"price": 1}));
    let second = expect_error("an insert of a taken id", answers.next().unwrap());
    assert_eq!(second.kind, ValueErrorKind::AlreadyExists);
    assert_eq!(second.id, Some(Id::from("b")), "the error names its record");
    assert_same("the third answer", &expect("the third", answers.next().unwrap()), &json!({"price": 3}));
    assert_stored(store, &Id::from("b"), &json!({"price": 20})).await;
    assert_stored(store, &Id::from("c"), &json!({"price": 3})).await;
}

/// `replace_id_values` answers with an after-image for each, in order, and makes and replaces as
/// `replace_id_value` does.
pub async fn many_replaces_answer_in_order(store: &Store) {
    seed(store, "b", &json!({"price": 20, "legacy": true})).await;
    let given = rows([("c", json!({"price": 3})), ("b", json!({"price": 2})), ("a", json!({"price": 1}))]);

    let answers = store.replace_id_values(given).await;

    let prices: Vec<Value> = answers.into_iter().map(|answer| expect("the replace", answer)["price"].clone()).collect();
    assert_eq!(prices, [json!(3), json!(2), json!(1)], "the answers in order");
    assert_stored(store, &Id::from("b"), &json!({"price": 2})).await;
    assert_count(store, 3).await;
}

/// `write_many` answers each write as `write` does, in order: one that is refused or finds no record does not keep the
/// others from happening.
pub async fn many_writes_answer_in_order_each_for_itself(store: &Store) {
    let can = store.capabilities();
    if !(can.patch && can.guarded_write) {
        return;
    }
    let a = seed(store, "a", &json!({"price": 1})).await;
    let b = seed(store, "b", &json!({"price": 2})).await;
    let price = |price: i64| Patch::new().set("price", price);
    let was = |price: i64| Guard::Exists.and("price", Some(json!(price)));

    let writes = vec![
        (b.clone(), price(20), was(3)),
        (Id::from("no_such_record"), price(30), Guard::Exists),
        (a.clone(), price(10), was(1)),
        (Id::from("made"), price(40), Guard::Nothing),
    ];
    let mut answers = store.write_many(writes).await.into_iter();

    assert_eq!(answers.len(), 4, "an answer for each");
    assert_same("the refused record", &refused(answers.next().unwrap()), &json!({"price": 2}));
    assert_gone(answers.next().unwrap());
    assert_same("the after-image", &written(answers.next().unwrap()), &json!({"price": 10}));
    assert_same("the after-image", &written(answers.next().unwrap()), &json!({"price": 40}));
    assert_stored(store, &a, &json!({"price": 10})).await;
    assert_stored(store, &b, &json!({"price": 2})).await;
    assert_count(store, 3).await;
}

/// `delete_ids` answers each delete as `delete_id` does, in order.
pub async fn many_deletes_answer_in_order_each_for_itself(store: &Store) {
    let a = seed(store, "a", &json!({"price": 1})).await;
    let b = seed(store, "b", &json!({"price": 2})).await;
    let c = seed(store, "c", &json!({"price": 3})).await;
    let fails = if store.capabilities().guarded_write { Guard::Exists.and("price", None) } else { Guard::Exists };
    let refused = store.capabilities().guarded_write;

    let missing = Id::from("no_such_record");
    let deletes = vec![(c, Guard::Exists), (b, fails), (missing, Guard::Nothing), (a.clone(), Guard::Nothing)];
    let answers = store.delete_ids(deletes).await;

    let answers: Vec<DeleteOutcome> = answers.into_iter().map(|answer| expect("the delete", answer)).collect();
    let second = if refused { DeleteOutcome::Refused(record(&json!({"price": 2}))) } else { DeleteOutcome::Deleted };
    assert_eq!(answers, [DeleteOutcome::Deleted, second, DeleteOutcome::Gone, DeleteOutcome::Deleted]);
    assert_absent(store, &a).await;
    assert_count(store, u64::from(refused)).await;
}

/// The parts of a batch happen as if they were called one after another: of two with the same id, the second finds what
/// the first has left.
pub async fn the_parts_of_a_batch_happen_one_after_another(store: &Store) {
    let (cake, pie) = (Id::from("flux_cupcake"), Id::from("sea_pie"));

    let inserts = rows([("flux_cupcake", json!({"price": 1})), ("flux_cupcake", json!({"price": 2}))]);
    let mut inserts = store.insert_id_values(inserts).await.into_iter();
    expect("the first insert", inserts.next().unwrap());
    let second = expect_error("the second insert", inserts.next().unwrap());
    assert_eq!(second.kind, ValueErrorKind::AlreadyExists, "the second insert of the same id");
    assert_stored(store, &cake, &json!({"price": 1})).await;

    let replaces = rows([("sea_pie", json!({"a": 1})), ("sea_pie", json!({"b": 2}))]);
    let replaces = store.replace_id_values(replaces).await;
    assert!(replaces.iter().all(Result::is_ok), "both replaces happen: {replaces:?}");
    assert_stored(store, &pie, &json!({"b": 2})).await;

    if store.capabilities().patch {
        let writes = [("price", 10), ("stock", 20)].map(|(n, v)| (cake.clone(), Patch::new().set(n, v), Guard::Exists));
        let last = store.write_many(writes.into()).await.pop().expect("an answer for each");
        assert_same("the second after-image", &written(last), &json!({"price": 10, "stock": 20}));
    }

    let deletes = store.delete_ids(vec![(pie.clone(), Guard::Exists), (pie, Guard::Exists)]).await;
    let deletes: Vec<DeleteOutcome> = deletes.into_iter().map(|answer| expect("the delete", answer)).collect();
    assert_eq!(deletes, [DeleteOutcome::Deleted, DeleteOutcome::Gone]);
}

/// A batch of nothing does nothing and answers nothing.
pub async fn an_empty_batch_answers_nothing(store: &Store) {
    seed(store, "flux_cupcake", &json!({"price": 120})).await;

    assert!(store.insert_id_values(vec![]).await.is_empty());
    assert!(store.replace_id_values(vec![]).await.is_empty());
    assert!(store.write_many(vec![]).await.is_empty());
    assert!(store.delete_ids(vec![]).await.is_empty());

    assert_count(store, 1).await;
}
