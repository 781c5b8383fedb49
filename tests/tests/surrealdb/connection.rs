//! Connections that are refused, cut, killed and silent: what a caller is told, and how it goes on.

use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::json;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::vars;
use tests::bakery::Product;
use tests::servers::{Relay, SurrealServer};
use vantage_live::dataset::{DataSetError, ReadableDataSet as _, TypedTable};
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{Feed, FeedEvent, Guard, Id, Patch, ReadableValueSet, Record, ValueErrorKind, WritableValueSet};

use crate::support::{SERVER, at, embedded, empty, remote, remote_raw, start_server, through, token};

fn priced(price: i64) -> Record {
    json!({"price": price}).as_object().unwrap().clone()
}

fn price(price: i64) -> Patch {
    Patch::new().set("price", price)
}

#[tokio::test]
async fn who_wants_no_deadline_has_none() {
    for db in [at(SERVER.url()), SurrealDb::connect("mem://")] {
        let table = empty(db.deadline(Duration::MAX).await.unwrap()).await;

        let mut events = table.feed().subscribe().await.unwrap();
        table.insert_id_value(&Id::from("it"), Record::new()).await.unwrap();

        assert!(events.next().await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn a_wrong_password_is_said_in_one_sentence() {
    let error = SurrealDb::connect(SERVER.url()).root("root", "hunter2").await.unwrap_err();

    let ValueErrorKind::Rejected { message, .. } = &error.kind else { panic!("{error:?}") };
    assert!(message.starts_with("the user name or the password is wrong"), "{error}");
    assert!(!format!("{error:?} {error}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_in_one_sentence() {
    let began = Instant::now();

    let error = SurrealDb::connect("ws://doc:hunter2@127.0.0.1:9").await.unwrap_err();

    assert_eq!(error.to_string(), "could not connect to `ws://127.0.0.1:9`: the store was not reached");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_address_of_an_unknown_kind_is_refused() {
    for address in ["gopher://127.0.0.1", "ws://127.0.0.1:99999", "ws://[::1]:port/rpc"] {
        let error = SurrealDb::connect(address).await.unwrap_err();

        assert!(matches!(error.kind, ValueErrorKind::Rejected { .. }), "{address}: {error}");
    }
}

#[tokio::test]
async fn a_scheme_may_be_written_in_capitals() {
    let error = SurrealDb::connect("WS://127.0.0.1:9").await.unwrap_err();

    assert_eq!(error.kind, ValueErrorKind::Unreachable, "{error}");
}

#[test]
fn in_a_runtime_without_timers_nothing_happens_and_it_is_said() {
    let bare = tokio::runtime::Builder::new_multi_thread().enable_io().build().unwrap();
    for url in ["mem://", "ws://127.0.0.1:9"] {
        let error = bare.block_on(SurrealDb::connect(url).into_future()).unwrap_err();

        assert!(matches!(error.kind, ValueErrorKind::Unsupported(_)), "{url}: {error}");
    }
}

#[tokio::test]
async fn users_of_the_namespace_and_of_the_database_read_and_write_it() {
    let (raw, database) = remote_raw().await;
    let name = format!("user_{}", database.replace('-', ""));
    let users = format!(
        "DEFINE USER {name} ON NAMESPACE PASSWORD 'flux' ROLES EDITOR; DEFINE USER doc ON DATABASE PASSWORD 'flux' ROLES EDITOR;"
    );
    raw.query(users).await.unwrap().check().unwrap();
    let connect = || SurrealDb::connect(SERVER.url()).database(database.clone());

    for connecting in [connect().namespace_user(&name, "flux"), connect().database_user("doc", "flux")] {
        let table = empty(connecting.await.unwrap()).await;
        table.replace_id_value(&Id::from("sea_pie"), priced(299)).await.unwrap();
        assert_eq!(table.patch_id(&Id::from("sea_pie"), &price(300)).await.unwrap(), priced(300));
        assert_eq!(table.get_values().await.unwrap().len(), 1);
    }
    for connecting in [connect().namespace_user("doc", "flux"), connect().database_user("doc", "hunter2")] {
        let error = connecting.await.unwrap_err();
        assert!(matches!(error.kind, ValueErrorKind::Rejected { .. }), "{error:?}");
    }
}

/// A user whose sign-in is good for two seconds, and a client that may do anything.
async fn short_of_time() -> (SurrealTable, Surreal<Any>) {
    let (raw, database) = remote_raw().await;
    raw.query(
        "DEFINE TABLE user PERMISSIONS NONE; CREATE user:marty SET name = 'marty';
         DEFINE TABLE product PERMISSIONS FULL;
         DEFINE ACCESS account ON DATABASE TYPE RECORD SIGNIN (SELECT * FROM user WHERE name = $name)
             DURATION FOR TOKEN 2s, FOR SESSION 2s;",
    )
    .await
    .unwrap()
    .check()
    .unwrap();
    let connecting = SurrealDb::connect(SERVER.url()).record_user("account", vars! { name: "marty" });
    (connecting.database(database).await.unwrap().table("product"), raw)
}

/// Waits until the server's clock has gone on by so many seconds.
async fn seconds_later(raw: &Surreal<Any>, seconds: i64) {
    let now = async || raw.query("RETURN time::unix()").await.unwrap().take::<Option<i64>>(0).unwrap().unwrap();
    let until = now().await + seconds;
    while now().await < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_sign_in_that_has_run_out_is_renewed() {
    let (table, raw) = short_of_time().await;
    let id = Id::from("sea_pie");
    table.insert_id_value(&id, priced(299)).await.unwrap();

    seconds_later(&raw, 3).await;

    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(priced(299)));
    seconds_later(&raw, 3).await;
    assert_eq!(table.patch_id(&id, &price(300)).await.unwrap(), priced(300));
    seconds_later(&raw, 3).await;
    let rows = vec![(Id::from("one"), priced(1)), (Id::from("two"), priced(2))];
    assert!(table.insert_id_values(rows).await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_feed_whose_sign_in_runs_out_says_so_and_can_be_had_again() {
    let (table, raw) = short_of_time().await;
    let mut events = table.feed().subscribe().await.unwrap();

    let error = events.next().await.unwrap().unwrap_err();

    assert_eq!(error.kind, ValueErrorKind::Unreachable, "{error:?}");
    assert!(events.next().await.is_none());
    seconds_later(&raw, 2).await;
    let mut events = table.feed().subscribe().await.unwrap();
    raw.query("CREATE product:it").await.unwrap().check().unwrap();
    assert!(matches!(events.next().await.unwrap(), Ok(FeedEvent::Upsert { .. })));
}

#[tokio::test]
async fn a_server_that_dies_during_a_list_is_an_error_and_no_end() {
    let server = start_server();
    let table = empty(at(server.url()).deadline(Duration::from_mins(1)).await.unwrap()).await;
    let rows: Vec<_> = (0..1_000).map(|n| (Id::from(i64::from(n)), priced(n.into()))).collect();
    assert!(table.insert_id_values(rows).await.iter().all(Result::is_ok));
    let mut batches = table.stream_values(100);

    assert_eq!(batches.next().await.unwrap().unwrap().len(), 100);
    server.kill();
    let mut after = Vec::new();
    while let Some(batch) = batches.next().await {
        after.push(batch.map(|rows| rows.len()));
        if after.last().unwrap().is_err() {
            break;
        }
    }

    let last = after.pop().expect("an error").unwrap_err();
    assert_eq!(last.kind, ValueErrorKind::Unreachable, "{last:?}");
}

#[tokio::test]
async fn a_record_of_many_megabytes_goes_both_ways() {
    let table = empty(remote().await).await;
    let long = json!({"text": "flux ".repeat(4 * 1024 * 1024)}).as_object().unwrap().clone();

    let after = table.insert_id_value(&Id::from("long"), long.clone()).await.unwrap();

    assert!(after == long, "the after-image");
    assert!(table.get_id_value(&Id::from("long")).await.unwrap() == Some(long), "what is stored");
}

#[tokio::test]
async fn an_answer_larger_than_was_said_ends_its_connection_and_no_other() {
    let (_, database) = remote_raw().await;
    let connect = async || SurrealDb::connect(SERVER.url()).token(token().await).database(database.clone());
    let table = empty(connect().await.await.unwrap()).await;
    let rows: Vec<_> = (0..8).map(|n| (Id::from(i64::from(n)), text(300_000))).collect();
    assert!(table.insert_id_values(rows).await.iter().all(Result::is_ok));
    let bounded = connect().await.largest_answer(1_000_000).await.unwrap().table("product");

    let error = bounded.get_values().await.unwrap_err();
    let one = bounded.get_id_value(&Id::from(1)).await.unwrap();

    assert_eq!(error.kind, ValueErrorKind::Unreachable, "{error:?}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.starts_with("an answer is larger than this connection takes"), "{cause}");
    assert!(one == Some(text(300_000)), "the next request has a connection again");
    assert_eq!(table.get_values().await.unwrap().len(), 8, "as large as it is by default");
}

fn text(length: usize) -> Record {
    json!({"text": "x".repeat(length)}).as_object().unwrap().clone()
}

#[test]
fn outside_of_a_tokio_runtime_nothing_happens_and_it_is_said() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let unsupported = ValueErrorKind::Unsupported("be used from outside of a tokio runtime");
    for url in ["mem://", "ws://127.0.0.1:9"] {
        let error = pollster::block_on(SurrealDb::connect(url).into_future()).unwrap_err();
        assert_eq!(error.kind, unsupported, "{url}");
    }
    for db in [runtime.block_on(embedded()), runtime.block_on(remote())] {
        let table = runtime.block_on(empty(db));
        let typed = TypedTable::<Product>::new(table.clone());

        let write = pollster::block_on(table.insert_id_value(&Id::from("sea_pie"), priced(299))).unwrap_err();
        let read = pollster::block_on(typed.get()).unwrap_err();
        let feed = pollster::block_on(table.feed().subscribe()).err().unwrap();

        assert_eq!((&write.kind, &feed.kind), (&unsupported, &unsupported));
        assert!(matches!(&read, DataSetError::Store(error) if error.kind == unsupported), "{read:?}");
        assert_eq!(runtime.block_on(table.count()).unwrap(), 0);
    }
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_and_the_write_has_happened() {
    let relay = Relay::to(SERVER.address()).await;
    let table = empty(through(&relay).await).await;
    let id = Id::from("sea_pie");
    table.insert_id_value(&id, priced(299)).await.unwrap();

    relay.drop_answers();
    let lost = table.write(&id, &price(300), &Guard::Exists).await.unwrap_err();
    relay.restore();

    assert_eq!(lost.kind, ValueErrorKind::OutcomeUnknown);
    while table.get_id_value(&id).await.unwrap().unwrap() != priced(300) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_that_was_killed_is_not_reached_at_once_and_is_found_again() {
    let server = start_server();
    let table = empty(at(server.url()).await.unwrap()).await;
    let id = Id::from("sea_pie");
    table.insert_id_value(&id, priced(299)).await.unwrap();

    server.kill();
    // The end of the connection is told to this process, and taken notice of, at its next chance.
    tokio::time::timeout(Duration::from_millis(200), std::future::pending::<()>()).await.unwrap_err();
    let began = Instant::now();
    for _ in 0..3 {
        let error = table.write(&id, &price(300), &Guard::Nothing).await.unwrap_err();
        assert_eq!(error.kind, ValueErrorKind::Unreachable, "{error:?}");
    }
    let took = began.elapsed();
    server.start_again();

    assert!(took < Duration::from_secs(5), "{took:?}");
    table.define().await.unwrap();
    assert_eq!(table.count().await.unwrap(), 0, "what was refused as not reached was not sent later");
    table.insert_id_value(&id, priced(1)).await.unwrap();
    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(priced(1)));
}

#[tokio::test]
async fn a_connection_that_falls_silent_is_given_up_and_opened_again() {
    let relay = Relay::to(SERVER.address()).await;
    let table = empty(through(&relay).await).await;
    let id = Id::from("sea_pie");
    table.insert_id_value(&id, priced(299)).await.unwrap();

    relay.fall_silent();
    let began = Instant::now();
    let error = table.write(&id, &price(300), &Guard::Exists).await.unwrap_err();
    let took = began.elapsed();
    relay.restore();

    assert_eq!(error.kind, ValueErrorKind::OutcomeUnknown, "{error:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(table.patch_id(&id, &price(301)).await.unwrap(), priced(301));
}

#[tokio::test]
async fn a_request_whose_maker_is_gone_harms_nobody() {
    let table = empty(remote().await).await;
    let id = Id::from("sea_pie");
    table.insert_id_value(&id, priced(299)).await.unwrap();

    for _ in 0..50 {
        let read = table.get_id_value(&id);
        drop(tokio::time::timeout(Duration::from_micros(200), read).await);
    }

    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(priced(299)));
}

#[tokio::test]
async fn many_requests_at_once_each_get_their_own_answer() {
    let table = empty(remote().await).await;
    let rows: Vec<_> = (0..200).map(|n| (Id::from(i64::from(n)), priced(n.into()))).collect();
    assert!(table.insert_id_values(rows.clone()).await.iter().all(Result::is_ok));

    let reads = rows.iter().map(|(id, _)| table.get_id_value(id));
    let answers = futures::future::join_all(reads).await;

    for ((id, record), answer) in rows.iter().zip(answers) {
        assert_eq!(answer.unwrap().as_ref(), Some(record), "{id:?}");
    }
}

#[tokio::test]
async fn what_the_connection_was_told_in_confidence_stays_there() {
    let db = remote().await;

    let shown = format!("{db:?} {:?} {:?}", db.table("product"), db.table("product").feed());

    assert!(!shown.contains("eyJ"), "a token begins like this: {shown}");
    assert!(shown.contains(&SERVER.url()), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_connects_to_a_database_that_others_are_making_too_is_connected() {
    let (user, password) = SurrealServer::ROOT;
    for _ in 0..4 {
        let place = uuid::Uuid::new_v4().to_string();
        let connect = |_| SurrealDb::connect(SERVER.url()).root(user, password).namespace(&*place).database(&*place);

        let connected = futures::future::join_all((0..12).map(|n| connect(n).into_future())).await;

        for answer in connected {
            answer.unwrap();
        }
    }
}
