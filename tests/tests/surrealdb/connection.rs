//! Connections that are refused, cut, killed and silent: what a caller is told, and how it goes on.

use std::time::{Duration, Instant};

use serde_json::json;
use tests::servers::{Relay, SurrealServer};
use vantage_live::store::surrealdb::SurrealDb;
use vantage_live::{Guard, Id, Patch, ReadableValueSet, Record, ValueErrorKind, WritableValueSet};

use crate::support::{SERVER, at, empty, remote, start_server, through};

fn priced(price: i64) -> Record {
    json!({"price": price}).as_object().unwrap().clone()
}

fn price(price: i64) -> Patch {
    Patch::new().set("price", price)
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
    let error = SurrealDb::connect("gopher://127.0.0.1").await.unwrap_err();

    assert!(matches!(error.kind, ValueErrorKind::Rejected { .. }), "{error}");
}

#[tokio::test]
async fn a_user_of_the_database_reads_and_writes_it() {
    let server = start_server();
    let root = at(server.url()).await.unwrap();
    let table = empty(root).await;
    table.insert_id_value(&Id::from("sea_pie"), priced(299)).await.unwrap();
    let client = surrealdb::engine::any::connect(server.url()).await.unwrap();
    let (username, password) = SurrealServer::ROOT;
    let credentials = surrealdb::opt::auth::Root { username: username.to_owned(), password: password.to_owned() };
    client.signin(credentials).await.unwrap();
    client.use_ns("bakery").use_db("hill_valley").await.unwrap();
    client.query("DEFINE USER doc ON DATABASE PASSWORD 'flux' ROLES EDITOR").await.unwrap().check().unwrap();

    let connecting = SurrealDb::connect(server.url()).database_user("doc", "flux");
    let doc = connecting.namespace("bakery").database("hill_valley").await.unwrap();

    assert_eq!(doc.table("product").patch_id(&Id::from("sea_pie"), &price(300)).await.unwrap(), priced(300));
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
