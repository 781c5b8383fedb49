//! Writes: one request each, and writers who meet.

use serde_json::json;
use uuid::Uuid;
use vantage_live::store::surrealdb::SurrealDb;
use vantage_live::{
    Guard, Id, IdempotencyKey, InsertableValueSet, Patch, Path, ReadableValueSet, Record, WritableValueSet,
    WriteOutcome,
};

use crate::support::{embedded, empty, remote};

fn record(price: i64) -> Record {
    json!({"price": price, "inventory": {"stock": 50}}).as_object().unwrap().clone()
}

/// How many requests a call takes.
async fn requests<T>(db: &SurrealDb, call: impl Future<Output = T>) -> (T, u64) {
    let before = db.round_trips();
    let answer = call.await;
    (answer, db.round_trips() - before)
}

#[tokio::test]
async fn a_guarded_write_is_one_request_whatever_comes_of_it() {
    for db in [embedded().await, remote().await] {
        let table = empty(db.clone()).await;
        let id = Id::from("flux_cupcake");
        let patch = Patch::new().set("price", 130).set(Path::from_iter(["inventory", "stock"]), 40);
        let guard =
            Guard::Exists.and("price", Some(json!(120))).and(Path::from_iter(["inventory", "stock"]), Some(json!(50)));

        let (gone, first) = requests(&db, table.write(&id, &patch, &guard)).await;
        let (_, insert) = requests(&db, table.insert_id_value(&id, record(120))).await;
        let (written, second) = requests(&db, table.write(&id, &patch, &guard)).await;
        let (refused, third) = requests(&db, table.write(&id, &patch, &guard)).await;

        assert_eq!(gone.unwrap(), WriteOutcome::Gone);
        assert!(matches!(written.unwrap(), WriteOutcome::Written(record) if record["price"] == 130));
        assert!(matches!(refused.unwrap(), WriteOutcome::Refused(record) if record["price"] == 130));
        assert_eq!((first, insert, second, third), (1, 1, 1, 1));
    }
}

#[tokio::test]
async fn a_batch_is_a_request_for_every_256() {
    let db = embedded().await;
    let table = empty(db.clone()).await;
    let batch: Vec<_> = (0..600).map(|n| (Id::from(i64::from(n)), record(n.into()))).collect();

    let (answers, count) = requests(&db, table.insert_id_values(batch)).await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!((count, table.count().await.unwrap()), (3, 600));
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_who_meet_all_get_through() {
    let db = embedded().await;
    let table = empty(db.clone()).await;
    let id = Id::from("flux_cupcake");
    table.insert_id_value(&id, Record::new()).await.unwrap();

    let writers = (0..8).map(|writer| {
        let (table, id) = (table.clone(), id.clone());
        tokio::spawn(async move {
            for n in 0..20 {
                let patch = Patch::new().set(format!("field_{writer}"), n);
                assert!(matches!(table.write(&id, &patch, &Guard::Exists).await.unwrap(), WriteOutcome::Written(_)));
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }

    let stored = table.get_id_value(&id).await.unwrap().unwrap();
    assert_eq!(stored.values().filter(|n| **n == 19).count(), 8, "{stored:?}");
}

#[tokio::test]
async fn an_insert_that_is_repeated_finds_the_first_ones_record() {
    let table = empty(embedded().await).await;
    let key = IdempotencyKey(Uuid::now_v7());

    let (id, _) = table.insert_value(record(120), Some(key)).await.unwrap();
    table.patch_id(&id, &Patch::new().set("price", 130)).await.unwrap();
    let (again, now) = table.insert_value(record(120), Some(key)).await.unwrap();

    assert_eq!((again, now["price"].clone()), (id, json!(130)));
    assert_eq!(table.count().await.unwrap(), 1);
}
