//! A table of a SurrealDB server as the cache of another one: it outlives the program that fills it.

use tests::bakery::Product;
use tests::servers::SurrealServer;
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{LiveTable, ReadableValueSet as _, SaveResult, SyncState};

/// The cache, on a connection of its own.
async fn cache(server: &SurrealServer) -> SurrealTable {
    let (user, password) = SurrealServer::ROOT;
    let db = SurrealDb::connect(server.url()).root(user, password).namespace("till").database("cache");
    db.await.expect("the server is there").table("product")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_as_cache_shows_what_the_last_program_saw_while_the_backend_is_away() {
    let server = SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"));
    let (backend, first) = (super::store().await, cache(&server).await);
    first.define().await.unwrap();
    let table = LiveTable::<Product>::builder(backend.clone()).cache(first.clone()).open().await.unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    until(|| table.metrics().cache_pending == 0).await;
    let stored = backend.get_values().await.unwrap();
    while first.get_values().await.unwrap() != stored {
        tokio::task::yield_now().await;
    }
    drop(edit);
    drop((table, first));

    let backend = FaultyValueSet::new(backend);
    let faults = backend.faults();
    faults.cut();
    let table = LiveTable::<Product>::builder(backend).cache(cache(&server).await).open().await.unwrap();

    assert_eq!(table.rows().len(), 5);
    assert_eq!(table.row(&"flux_cupcake".into()).unwrap().price, 130);
    assert!(matches!(table.sync_state(), SyncState::Lost { .. }), "and it says so: {:?}", table.sync_state());
}
