//! A table with a filter: what does not meet it is not there.

use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use surrealdb::types::vars;
use vantage_live::dataset::{DataSetError, TypedTable, WritableDataSet as _};
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{
    DeleteOutcome, Guard, Id, LiveEntity, Patch, ReadableValueSet, Record, ValueErrorKind, WritableValueSet,
    WriteOutcome,
};

use crate::fidelity::ask;
use crate::support::{embedded, empty, raw};

/// The whole table, and the part of it that is cheaper than 200.
async fn cheap() -> (SurrealTable, SurrealTable) {
    let table = empty(embedded().await).await;
    for (id, price) in [("flux_cupcake", 120), ("sea_pie", 299), ("time_tart", 180)] {
        table.insert_id_value(&Id::from(id), priced(price)).await.unwrap();
    }
    (table.clone(), table.filter("price < $most -- and no more", vars! { most: 200 }))
}

fn priced(price: i64) -> Record {
    json!({"price": price}).as_object().unwrap().clone()
}

#[tokio::test]
async fn what_the_filter_hides_is_not_read() {
    let (_, cheap) = cheap().await;
    let ids: Vec<Id> = ["flux_cupcake", "sea_pie", "time_tart"].map(Id::from).to_vec();

    assert_eq!(cheap.count().await.unwrap(), 2);
    assert_eq!(cheap.get_values().await.unwrap().len(), 2);
    assert_eq!(cheap.get_id_values(&ids).await.unwrap().len(), 2);
    assert_eq!(cheap.get_id_value(&ids[1]).await.unwrap(), None);
}

#[tokio::test]
async fn what_the_filter_lets_through_by_an_index_is_listed_once_each_in_as_many_requests_as_it_takes() {
    let raw = raw().await;
    ask(&raw, "DEFINE INDEX price ON product FIELDS price").await;
    // The dearest are the last by the index, and the first by their keys.
    ask(&raw, "FOR $n IN 0..500 { CREATE type::record('product', $n) SET price = 499 - $n }").await;
    let cheap = SurrealDb::from_client(raw).table("product").filter("price < $most", vars! { most: 300 });

    let batches: Vec<_> = cheap.stream_values(1).map(Result::unwrap).collect().await;

    let ids: Vec<Id> = batches.concat().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, (200..500).map(Id::from).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_the_filter_hides_is_not_written_or_deleted() {
    let (whole, cheap) = cheap().await;
    let pie = Id::from("sea_pie");

    for guard in [Guard::Nothing, Guard::Exists, Guard::Exists.and("price", Some(json!(299)))] {
        assert_eq!(cheap.write(&pie, &Patch::new().set("price", 1), &guard).await.unwrap(), WriteOutcome::Gone);
        assert_eq!(cheap.delete_id(&pie, &guard).await.unwrap(), DeleteOutcome::Gone);
    }
    let replaced = cheap.replace_id_value(&pie, priced(1)).await.unwrap_err();
    assert_eq!(cheap.delete_all().await.unwrap(), 2);

    assert!(matches!(replaced.kind, ValueErrorKind::Rejected { .. }), "{replaced}");
    assert_eq!(whole.get_values().await.unwrap(), [(pie, priced(299))]);
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Priced {
    price: i64,
}

#[tokio::test]
async fn what_the_filter_hides_is_not_replaced_and_nobody_is_said_to_have_changed_it() {
    let (whole, cheap) = cheap().await;
    let pie = Id::from("sea_pie");

    let replaced = TypedTable::<Priced>::new(cheap).replace_id(&pie, Priced { price: 1 }).await.unwrap_err();

    assert!(
        matches!(&replaced, DataSetError::Store(error) if error.kind == ValueErrorKind::AlreadyExists),
        "{replaced}"
    );
    assert_eq!(whole.get_id_value(&pie).await.unwrap(), Some(priced(299)));
}

#[tokio::test]
async fn a_write_that_leaves_the_filter_is_answered_and_then_the_record_is_gone() {
    let (_, cheap) = cheap().await;
    let tart = Id::from("time_tart");

    let leaving = cheap.write(&tart, &Patch::new().set("price", 500), &Guard::Exists).await.unwrap();

    assert_eq!(leaving, WriteOutcome::Written(priced(500)));
    assert_eq!(cheap.get_id_value(&tart).await.unwrap(), None);
    assert_eq!(cheap.write(&tart, &Patch::new().set("price", 1), &Guard::Exists).await.unwrap(), WriteOutcome::Gone);
}

#[tokio::test]
async fn what_a_user_enters_is_a_value_and_no_condition() {
    let (whole, _) = cheap().await;
    let hostile = "0 OR true; REMOVE TABLE product; --";

    let none = whole.clone().filter("name = $v1", vars! { v1: hostile.to_owned() });

    assert_eq!(none.delete_all().await.unwrap(), 0);
    assert_eq!(whole.count().await.unwrap(), 3);
}
