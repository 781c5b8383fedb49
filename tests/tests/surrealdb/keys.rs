//! Records whose keys are put together of whatever the database lets stand in one.

use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use tests::wait::until;
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{
    DeleteOutcome, Guard, Id, LiveEntity, LiveTable, Patch, ReadableValueSet as _, SyncState, WritableValueSet as _,
    WriteOutcome,
};

use crate::fidelity::ask;
use crate::support::raw;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(id)]
    id: Id,
    price: i64,
}

/// Keys in which JSON has no form for something.
const KEYS: [&str; 6] = [
    "[1..3]",
    "['a'>..=NONE]",
    "[..]",
    "[(1.5, 2.5)]",
    "[type::table('baker')]",
    "{ of: [1h, d'2026-01-02T03:04:05Z', 1.10dec, u'018f0000-0000-7000-8000-000000000000', NONE, b\"00FF\"] }",
];

async fn stored() -> (SurrealTable, Surreal<Any>) {
    let raw = raw().await;
    for (key, price) in KEYS.into_iter().zip(1..) {
        ask(&raw, &format!("CREATE product:{key} SET price = {price}")).await;
    }
    (SurrealDb::from_client(raw.clone()).table("product"), raw)
}

#[tokio::test]
async fn a_record_of_any_key_is_listed_and_read_by_its_id() {
    let (table, _) = stored().await;

    let rows = table.get_values().await.unwrap();

    assert_eq!(rows.len(), KEYS.len());
    for (id, record) in &rows {
        assert_eq!(table.get_id_value(id).await.unwrap().as_ref(), Some(record), "{id}");
    }
    let batches: Vec<_> = table.stream_values(2).map(Result::unwrap).collect().await;
    assert_eq!(batches.into_iter().flatten().count(), KEYS.len());
}

#[tokio::test]
async fn keys_of_every_kind_are_listed_once_each_in_as_many_requests_as_it_takes() {
    let raw = raw().await;
    for n in 0..60 {
        let keys = [
            format!("{}", n - 30),
            format!("`t{n}`"),
            format!("u'018f0000-0000-7000-8000-0000000000{n:02}'"),
            format!("[{n}, 'x']"),
            format!("[{n}.5f]"),
            format!("[{n}.25dec, [NONE]]"),
            format!("{{ of: {n} }}"),
        ];
        let all: Vec<_> = keys.into_iter().map(|key| format!("CREATE product:{key} SET price = {n};")).collect();
        ask(&raw, &all.concat()).await;
    }
    let table = SurrealDb::from_client(raw).table("product");

    let batches: Vec<_> = table.stream_values(1).map(Result::unwrap).collect().await;

    let all = table.get_values().await.unwrap();
    assert_eq!(all.len(), 7 * 60);
    assert_eq!(batches.concat(), all);
}

#[tokio::test]
async fn a_record_of_any_key_is_written_and_deleted_by_its_id() {
    let (table, _) = stored().await;
    for (id, record) in table.get_values().await.unwrap() {
        let guard = Guard::Exists.and("price", record.get("price").cloned());

        let written = table.write(&id, &Patch::new().set("price", 100), &guard).await.unwrap();
        let deleted = table.delete_id(&id, &Guard::Exists).await.unwrap();

        assert!(matches!(&written, WriteOutcome::Written(now) if now["price"] == json!(100)), "{id}: {written:?}");
        assert_eq!(deleted, DeleteOutcome::Deleted, "{id}");
    }
    assert_eq!(table.count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_record_of_any_key_is_a_row_and_its_changes_are_followed() {
    let raw = raw().await;
    ask(&raw, "CREATE product:a SET price = 0").await;
    let products = SurrealDb::from_client(raw.clone()).table("product");
    let table = LiveTable::<Product>::builder(products.clone()).feed(products.feed()).open().await.unwrap();

    for key in KEYS {
        ask(&raw, &format!("CREATE product:{key} SET price = 1")).await;
    }
    until(|| table.rows().len() == KEYS.len() + 1).await;
    ask(&raw, "UPDATE product SET price = 2").await;
    until(|| table.rows().iter().all(|(_, product)| product.price == 2)).await;

    assert!(matches!(table.sync_state(), SyncState::Live(_)), "{:?}", table.sync_state());
    assert!(table.rejected_rows().is_empty(), "{:?}", table.rejected_rows());
}

/// A set in a key: the server lists the record, and finds none by the same key when it is told as a value.
#[tokio::test]
async fn a_record_that_the_server_does_not_find_by_its_own_key_keeps_nothing_from_being_shown() {
    let (products, raw) = stored().await;
    let table = LiveTable::<Product>::builder(products.clone()).feed(products.feed()).open().await.unwrap();

    ask(&raw, "CREATE product:[<set>[2, 1]] SET price = 1").await;
    ask(&raw, "UPDATE product SET price = 2 WHERE price < 10").await;

    until(|| table.rows().iter().filter(|(_, product)| product.price == 2).count() >= KEYS.len()).await;
    assert_eq!(products.get_values().await.unwrap().len(), KEYS.len() + 1);
    assert!(matches!(table.sync_state(), SyncState::Live(_)), "{:?}", table.sync_state());
}
