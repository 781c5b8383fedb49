//! The LIVE feed, beside its contract.

use futures::StreamExt;
use serde_json::json;
use surrealdb::types::vars;
use tests::servers::Relay;
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{
    Feed, FeedEvent, FeedKind, Id, LiveEntity, LiveTable, Patch, Record, SyncState, ValueErrorKind, WritableValueSet,
};

use crate::support::{SERVER, embedded, empty, raw, remote, through};

fn priced(price: i64) -> Record {
    json!({"price": price}).as_object().unwrap().clone()
}

#[tokio::test]
async fn a_filtered_feed_hints_at_what_enters_and_at_what_leaves() {
    for db in [embedded().await, remote().await] {
        let whole = empty(db).await;
        let cheap = whole.clone().filter("price < $most", vars! { most: 200 });
        let pie = Id::from("sea_pie");
        whole.insert_id_value(&pie, priced(150)).await.unwrap();
        let mut events = cheap.feed().subscribe().await.unwrap();

        whole.patch_id(&pie, &Patch::new().set("price", 299)).await.unwrap();
        whole.patch_id(&pie, &Patch::new().set("price", 100)).await.unwrap();

        assert_eq!(cheap.feed().kind(), FeedKind::Filtered);
        for _ in 0..2 {
            let event = events.next().await.unwrap().unwrap();
            assert_eq!(event, FeedEvent::Upsert { id: pie.clone(), record: None });
        }
    }
}

#[tokio::test]
async fn a_view_has_no_feed_and_a_table_of_it_says_so() {
    let raw = raw().await;
    let text = "DEFINE TABLE product; DEFINE TABLE cheap AS SELECT * FROM product WHERE price < 200";
    raw.query(text).await.unwrap().check().unwrap();
    let view = SurrealDb::from_client(raw).table("cheap");

    let refused = view.feed().subscribe().await.err().unwrap();
    assert!(matches!(refused.kind, ValueErrorKind::Unsupported(_)), "{refused:?}");

    let live = LiveTable::<Priced>::builder(view.clone()).feed(view.feed()).open().await.unwrap();
    while !matches!(live.sync_state(), SyncState::Lost { .. }) {
        tokio::task::yield_now().await;
    }
}

#[derive(Clone, serde::Serialize, serde::Deserialize, LiveEntity)]
struct Priced {
    price: i64,
}

#[tokio::test]
async fn dropping_the_stream_ends_the_query_on_the_server() {
    let raw = raw().await;
    let table = empty(SurrealDb::from_client(raw.clone())).await;
    let lives = async || {
        let mut answer = raw.query("RETURN (INFO FOR TABLE product STRUCTURE).lives.len()").await.unwrap();
        answer.take::<Option<i64>>(0).unwrap().unwrap()
    };

    let events = table.feed().subscribe().await.unwrap();
    assert_eq!(lives().await, 1);
    drop(events);

    while lives().await > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_subscriber_who_falls_far_behind_is_told_to_list_afresh() {
    for db in [embedded().await, remote().await] {
        let table = empty(db).await;
        let mut events = table.feed().subscribe().await.unwrap();
        let rows: Vec<_> = (0..5_000).map(|n| (Id::from(i64::from(n)), priced(n.into()))).collect();

        assert!(table.insert_id_values(rows).await.iter().all(Result::is_ok));
        table.insert_id_value(&Id::from("last"), priced(1)).await.unwrap();

        let (mut heard, mut has_ended) = (Vec::new(), false);
        while !heard.iter().any(|event| matches!(event, FeedEvent::Upsert { id, .. } if *id == Id::from("last"))) {
            match events.next().await.unwrap() {
                Ok(event) => heard.push(event),
                // A server may end the connection of who is too slow for it: that is to list afresh too.
                Err(error) => {
                    assert_eq!(error.kind, ValueErrorKind::Unreachable);
                    has_ended = true;
                    break;
                }
            }
        }
        assert!(has_ended || heard.contains(&FeedEvent::Changed), "{} events", heard.len());
        assert!(heard.len() <= 4_096, "{} events", heard.len());
    }
}

/// A table over a way that can be cut.
async fn over_a_relay() -> (Relay, SurrealTable) {
    let relay = Relay::to(SERVER.address()).await;
    let table = empty(through(&relay).await).await;
    (relay, table)
}

#[tokio::test]
async fn a_connection_that_is_cut_ends_the_stream_with_an_error() {
    let (relay, table) = over_a_relay().await;
    let mut events = table.feed().subscribe().await.unwrap();

    relay.cut();

    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ValueErrorKind::Unreachable);
    assert!(events.next().await.is_none());
    assert_eq!(table.feed().subscribe().await.err().unwrap().kind, ValueErrorKind::Unreachable);

    relay.restore();
    let mut events = table.feed().subscribe().await.unwrap();
    table.insert_id_value(&Id::from("sea_pie"), priced(299)).await.unwrap();
    assert!(matches!(events.next().await.unwrap().unwrap(), FeedEvent::Upsert { .. }));
}

#[tokio::test]
async fn a_connection_that_falls_silent_ends_the_stream_with_an_error() {
    let (relay, table) = over_a_relay().await;
    let mut events = table.feed().subscribe().await.unwrap();

    relay.fall_silent();

    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ValueErrorKind::Unreachable);
}

#[tokio::test]
async fn a_feed_of_a_table_that_is_not_there_says_so() {
    for db in [embedded().await, remote().await] {
        let error = db.table("prodct").feed().subscribe().await.err().unwrap();

        assert!(
            matches!(&error.kind, ValueErrorKind::Rejected { message, .. } if message.contains("prodct")),
            "{error}"
        );
    }
}
