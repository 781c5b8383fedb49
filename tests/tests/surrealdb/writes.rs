//! Writes: one request each, and writers who meet.

use futures::{StreamExt, TryStreamExt};
use serde_json::json;
use uuid::Uuid;
use vantage_live::store::surrealdb::SurrealDb;
use vantage_live::{
    DeleteOutcome, Feed, FeedEvent, Guard, Id, IdempotencyKey, InsertableValueSet, Patch, Path, ReadableValueSet,
    Record, ValueError, ValueErrorKind, WritableValueSet, WriteOutcome,
};

use crate::support::{SERVER, at, embedded, empty, raw, remote, remote_raw};

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
async fn many_inserts_are_a_request_for_every_64() {
    let db = embedded().await;
    let table = empty(db.clone()).await;
    let batch: Vec<_> = (0..150).map(|n| (Id::from(i64::from(n)), record(n.into()))).collect();

    let (answers, count) = requests(&db, table.insert_id_values(batch.clone())).await;

    let inserted: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(inserted, batch.into_iter().map(|(_, record)| record).collect::<Vec<_>>());
    assert_eq!((count, table.count().await.unwrap()), (3, 150));
}

#[tokio::test]
async fn many_writes_are_a_request_for_every_64() {
    let db = embedded().await;
    let table = empty(db.clone()).await;
    let writes: Vec<_> =
        (0..150).map(|n| (Id::from(i64::from(n)), Patch::new().set("price", n), Guard::Nothing)).collect();

    let (answers, count) = requests(&db, table.write_many(writes)).await;

    assert!(answers.iter().all(|answer| matches!(answer, Ok(WriteOutcome::Written(_)))));
    assert_eq!((count, table.count().await.unwrap()), (3, 150));
}

#[tokio::test]
async fn of_many_inserts_those_that_the_store_refuses_are_refused_and_the_others_made() {
    let raw = raw().await;
    raw.query("DEFINE TABLE product; DEFINE FIELD price ON product ASSERT $value < 300")
        .await
        .unwrap()
        .check()
        .unwrap();
    let db = SurrealDb::from_client(raw);
    let table = db.table("product");
    table.insert_id_value(&Id::from("taken"), record(1)).await.unwrap();
    let batch = [("first", 2), ("taken", 2), ("dear", 300), ("last", 2)];
    let batch = batch.map(|(id, price)| (Id::from(id), record(price))).to_vec();

    let (answers, count) = requests(&db, table.insert_id_values(batch)).await;

    let kinds: Vec<_> = answers.into_iter().map(|answer| answer.map(drop).map_err(|error| error.kind)).collect();
    assert!(
        matches!(
            &kinds[..],
            [Ok(()), Err(ValueErrorKind::AlreadyExists), Err(ValueErrorKind::Rejected { .. }), Ok(())]
        ),
        "{kinds:?}"
    );
    assert_eq!((count, table.count().await.unwrap()), (2, 3));
}

#[tokio::test]
async fn many_inserts_answer_with_what_events_have_made_of_each() {
    let raw = raw().await;
    raw.query(
        "DEFINE TABLE product;
         DEFINE EVENT dear ON product WHEN $event = 'CREATE' AND $after.price > 200 THEN { UPDATE $after.id SET dear = true };
         DEFINE EVENT free ON product WHEN $event = 'CREATE' AND $after.price = 0 THEN { DELETE $after.id };",
    )
    .await
    .unwrap()
    .check()
    .unwrap();
    let db = SurrealDb::from_client(raw);
    let table = db.table("product");
    let batch = |prices: [i64; 3]| prices.map(|price| (Id::from(price), record(price))).to_vec();

    let (changed, first) = requests(&db, table.insert_id_values(batch([120, 299, 199]))).await;
    let (deleted, second) = requests(&db, table.insert_id_values(batch([1, 0, 300]))).await;

    let dear = |answers: &[Result<Record, _>]| -> Vec<_> {
        answers
            .iter()
            .map(|answer: &Result<Record, ValueError>| answer.as_ref().unwrap().contains_key("dear"))
            .collect()
    };
    assert_eq!((dear(&changed), dear(&deleted)), (vec![false, true, false], vec![false, false, true]));
    assert_eq!(deleted[1].as_ref().unwrap(), &record(0));
    assert_eq!((first, second, table.count().await.unwrap()), (1, 1, 5));
}

#[tokio::test]
async fn a_write_after_which_an_event_deletes_the_record_finds_it_gone() {
    let (raw, database) = remote_raw().await;
    let event = "DEFINE TABLE product; CREATE product:tart SET price = 1;
         DEFINE EVENT free ON product WHEN $event = 'UPDATE' AND $after.price = 0 THEN { DELETE $after.id }";
    raw.query(event).await.unwrap().check().unwrap();
    let table = at(SERVER.url()).namespace("main").database(database).await.unwrap().table("product");

    let written = table.write(&Id::from("tart"), &Patch::new().set("price", 0), &Guard::Exists).await.unwrap();

    assert_eq!(written, WriteOutcome::Gone);
    assert_eq!(table.count().await.unwrap(), 0);
}

#[tokio::test]
async fn ten_thousand_rows_are_one_request_as_by_hand_and_in_batches_one_for_each_and_one_for_the_keys() {
    let db = embedded().await;
    let table = empty(db.clone()).await;
    let rows: Vec<_> = (0..10_000).map(|n| (Id::from(i64::from(n)), record(n.into()))).collect();
    assert!(table.insert_id_values(rows.clone()).await.iter().all(Result::is_ok));

    let (at_once, one) = requests(&db, table.get_values()).await;
    let (in_batches, some) = requests(&db, table.stream_values(1_000).try_concat()).await;

    assert_eq!((one, some), (1, 11));
    assert!(at_once.unwrap() == rows && in_batches.unwrap() == rows, "all rows, in order");
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

#[tokio::test]
async fn a_table_of_any_name_is_that_table_and_no_statement() {
    for db in [embedded().await, remote().await] {
        let product = empty(db.clone()).await;
        product.insert_id_value(&Id::from("it"), record(120)).await.unwrap();
        for name in [
            "product; REMOVE TABLE product; --",
            "pro`duct",
            "pro\\`duct",
            "product:it",
            "⟨product⟩",
            "$record",
            "select",
            "1955",
            "two words\nand a line",
            "日本 🧁",
        ] {
            let table = db.table(name);
            assert!(!table.exists().await.unwrap(), "{name}");
            table.define().await.unwrap();
            let mut events = table.feed().subscribe().await.unwrap();
            let id = Id::from("it");

            table.insert_id_value(&id, record(1)).await.unwrap();
            let seen = Guard::Exists.and("price", Some(json!(1)));
            let written = table.write(&id, &Patch::new().set("price", 2), &seen).await.unwrap();

            assert_eq!(written, WriteOutcome::Written(record(2)), "{name}");
            let told = events.next().await.unwrap().unwrap();
            assert!(matches!(&told, FeedEvent::Upsert { id, .. } if *id == Id::from("it")), "{name}: {told:?}");
            assert!(db.tables().await.unwrap().contains(&name.to_owned()), "{name}");
            assert_eq!(table.get_values().await.unwrap(), [(id.clone(), record(2))], "{name}");
            assert_eq!(table.delete_id(&id, &Guard::Exists).await.unwrap(), DeleteOutcome::Deleted, "{name}");
            assert_eq!(table.delete_all().await.unwrap(), 0, "{name}");
        }
        assert_eq!(product.get_values().await.unwrap(), [(Id::from("it"), record(120))]);
    }
}

#[tokio::test]
async fn a_conflict_that_never_ends_is_given_up_and_nothing_is_written() {
    let raw = raw().await;
    let event = "DEFINE TABLE product; DEFINE EVENT busy ON product WHEN $after.price = 130
        THEN { THROW 'Transaction conflict: Write conflict, retry the transaction. This transaction can be retried' }";
    raw.query(event).await.unwrap().check().unwrap();
    let db = SurrealDb::from_client(raw);
    let table = db.table("product");
    let id = Id::from("flux_cupcake");
    table.insert_id_value(&id, record(120)).await.unwrap();

    let patch = Patch::new().set("price", 130);
    let (error, count) = requests(&db, table.write(&id, &patch, &Guard::Exists)).await;
    let batch = vec![(Id::from("one"), record(1)), (Id::from("two"), record(130)), (Id::from("three"), record(3))];
    let answers = table.insert_id_values(batch).await;

    assert_eq!(error.unwrap_err().kind, ValueErrorKind::Unreachable);
    assert_eq!(count, 16, "as often as it is tried");
    assert_eq!(db.conflicts_retried(), 30);
    assert_eq!(answers[1].as_ref().unwrap_err().kind, ValueErrorKind::Unreachable);
    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(record(120)));
}

/// An object as deep as `depth`, with a moment at its end, which may be a text.
fn deep(depth: usize) -> Record {
    let end = json!({"it": "2026-01-02T03:04:05Z"});
    let json = (1..depth).fold(end, |inside, _| json!({ "it": inside }));
    json.as_object().unwrap().clone()
}

#[tokio::test]
async fn a_write_that_is_nested_too_deep_for_the_server_fails_alone() {
    for db in [embedded().await, remote().await] {
        let table = empty(db).await;
        let ids = ["one", "deep", "three"].map(Id::from);
        let rows = |depth| ids.iter().cloned().zip([record(1), deep(depth), record(3)]).collect::<Vec<_>>();

        for replaced in table.replace_id_values(rows(32)).await {
            replaced.unwrap();
        }
        assert_eq!(table.get_id_value(&ids[1]).await.unwrap(), Some(deep(32)));
        let same = Guard::Exists.and("it", Some(deep(32)["it"].clone()));
        let again = Patch::new().set("it", deep(32)["it"].clone());
        let written = table.write(&ids[1], &again, &same).await.unwrap();
        assert_eq!(written, WriteOutcome::Written(deep(32)));

        let replaced = table.replace_id_values(rows(1_000)).await;
        assert!(replaced[0].is_ok() && replaced[2].is_ok(), "{replaced:?}");
        let error = replaced[1].as_ref().unwrap_err();
        assert!(matches!(&error.kind, ValueErrorKind::Rejected { fields, .. } if *fields == [Path::from("it")]));

        let too_deep = Guard::Exists.and("it", Some(deep(1_000)["it"].clone()));
        let guards = [Guard::Exists, too_deep, Guard::Exists];
        let deleted = table.delete_ids(ids.iter().cloned().zip(guards).collect()).await;
        assert!(matches!((&deleted[0], &deleted[2]), (Ok(DeleteOutcome::Deleted), Ok(DeleteOutcome::Deleted))));
        assert!(matches!(&deleted[1].as_ref().unwrap_err().kind, ValueErrorKind::Rejected { .. }));
        assert_eq!(table.count().await.unwrap(), 1);
    }
}
