//! `wss://`: a server is reached by TLS, or its certificate is refused in one sentence.

use futures::StreamExt;
use serde_json::json;
use tests::servers::Tls;
use uuid::Uuid;
use vantage_live::store::surrealdb::{Connecting, SurrealDb};
use vantage_live::{Feed, FeedEvent, Id, Patch, ReadableValueSet, Record, ValueErrorKind, WritableValueSet};

use crate::support::{SERVER, empty, token};

async fn by(tls: &Tls) -> Connecting {
    SurrealDb::connect(tls.url()).token(token().await).database(Uuid::new_v4().to_string())
}

fn priced(price: i64) -> Record {
    json!({"price": price}).as_object().unwrap().clone()
}

#[tokio::test]
async fn a_server_whose_root_is_trusted_is_read_written_and_followed() {
    let tls = Tls::before(SERVER.address(), "127.0.0.1").await;
    let table = empty(by(&tls).await.root_certificate(tls.root()).await.unwrap()).await;
    let id = Id::from("sea_pie");
    let mut events = table.feed().subscribe().await.unwrap();

    table.insert_id_value(&id, priced(299)).await.unwrap();
    let after = table.patch_id(&id, &Patch::new().set("price", 300)).await.unwrap();

    assert_eq!(after, priced(300));
    assert_eq!(table.get_values().await.unwrap(), [(id.clone(), priced(300))]);
    assert!(matches!(events.next().await.unwrap().unwrap(), FeedEvent::Upsert { id: heard, .. } if heard == id));
}

#[tokio::test]
async fn a_server_whose_root_is_unknown_is_refused() {
    let tls = Tls::before(SERVER.address(), "127.0.0.1").await;

    let error = by(&tls).await.await.unwrap_err();

    let ValueErrorKind::Rejected { message, .. } = &error.kind else { panic!("{error:?}") };
    assert!(message.contains("invalid peer certificate: UnknownIssuer"), "{error}");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let tls = Tls::before(SERVER.address(), "hill.valley").await;

    let error = by(&tls).await.root_certificate(tls.root()).await.unwrap_err();

    let ValueErrorKind::Rejected { message, .. } = &error.kind else { panic!("{error:?}") };
    assert!(message.contains("hill.valley"), "{error}");
}

#[tokio::test]
async fn a_root_certificate_that_is_none_is_named() {
    for nonsense in ["", "flux", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
        let error = SurrealDb::connect("wss://127.0.0.1:9").root_certificate(nonsense).await.unwrap_err();

        let ValueErrorKind::Rejected { message, .. } = &error.kind else { panic!("{error:?}") };
        assert!(message.starts_with("the root certificate cannot be read"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_not_reached_by_tls_either() {
    let error = SurrealDb::connect("wss://127.0.0.1:9").await.unwrap_err();

    assert_eq!(error.kind, ValueErrorKind::Unreachable, "{error:?}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_told_from_one_that_is_away() {
    let error = SurrealDb::connect(SERVER.url().replace("ws://", "wss://")).await.unwrap_err();

    let ValueErrorKind::Rejected { message, .. } = &error.kind else { panic!("{error:?}") };
    assert!(message.contains("not the server that it should be"), "{error}");
}
