//! A real server, a connection that is cut and comes back, and sessions that are open meanwhile.

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::json;
use tests::bakery::{Colleague as _, Product, product_records};
use tests::servers::{Relay, SurrealServer};
use tests::wait::until;
use uuid::Uuid;
use vantage_live::edit::SaveError;
use vantage_live::store::surrealdb::{Connecting, SurrealDb, SurrealTable};
use vantage_live::{
    Conflict, FeedKind, LiveTable, OpenError, ReadableValueSet as _, SaveResult, SyncState, ValueErrorKind,
    WritableValueSet as _,
};

/// The server of all tests that do not kill it.
static SERVER: LazyLock<SurrealServer> = LazyLock::new(start_server);

fn start_server() -> SurrealServer {
    SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"))
}

/// The way to a server that can be cut, a table over that way, and a colleague with a way of their own.
struct Bakery {
    relay: Relay,
    table: LiveTable<Product>,
    /// What the table is over.
    store: SurrealTable,
    colleague: SurrealTable,
    url: String,
    database: String,
}

fn connect(url: &str, database: &str) -> Connecting {
    let (user, password) = SurrealServer::ROOT;
    SurrealDb::connect(url).root(user, password).namespace("hill_valley").database(database)
}

impl Bakery {
    async fn open() -> Self {
        Self::on(&SERVER).await
    }

    async fn on(server: &SurrealServer) -> Self {
        Self::over(server, |way| way).await
    }

    /// With the table's connection opened as it `is_opened`.
    async fn over(server: &SurrealServer, is_opened: impl FnOnce(Connecting) -> Connecting) -> Self {
        let database = Uuid::new_v4().to_string();
        let colleague = connect(&server.url(), &database).await.unwrap().table("product");
        colleague.define().await.unwrap();
        for answer in colleague.insert_id_values(product_records()).await {
            answer.unwrap();
        }
        let relay = Relay::to(server.address()).await;
        let store = is_opened(connect(&relay.url(), &database)).await.unwrap().table("product");
        let table = LiveTable::builder(store.clone()).feed(store.feed()).open().await.unwrap();
        Bakery { relay, table, store, colleague, url: server.url(), database }
    }

    /// From now on each write of a record adds one to its `writes`, whatever it writes.
    async fn counts_writes(&self) {
        let client = surrealdb::engine::any::connect(&self.url).await.unwrap();
        let (user, password) = SurrealServer::ROOT;
        let root = surrealdb::opt::auth::Root { username: user.to_owned(), password: password.to_owned() };
        client.signin(root).await.unwrap();
        client.use_ns("hill_valley").use_db(&self.database).await.unwrap();
        let count = "DEFINE FIELD writes ON product VALUE ($before ?? 0) + 1";
        client.query(count).await.unwrap().check().unwrap();
    }

    async fn writes(&self, id: &str) -> Option<serde_json::Value> {
        self.colleague.stored(id, "writes").await
    }

    async fn is_lost(&self) {
        until(|| matches!(self.table.sync_state(), SyncState::Lost { .. })).await;
    }

    async fn is_live(&self) {
        until(|| self.table.sync_state() == SyncState::Live(FeedKind::PerRow)).await;
    }

    async fn equals_the_store(&self) -> bool {
        self.table.get_values().await.unwrap() == self.colleague.get_values().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_was_missed_is_shown_when_the_connection_is_back() {
    let bakery = Bakery::open().await;

    bakery.relay.cut();
    bakery.is_lost().await;
    bakery.colleague.colleague_sets("sea_pie", "price", 310).await;
    bakery.colleague.colleague_deletes("time_tart").await;
    let almanac = json!({"name": "Almanac", "price": 1955, "inventory": {"stock": 1, "shelf": "B"}});
    bakery.colleague.colleague_inserts("almanac", almanac).await;
    bakery.relay.restore();

    bakery.is_live().await;
    assert!(bakery.equals_the_store().await);
    bakery.colleague.colleague_sets("sea_pie", "price", 311).await;
    until(|| bakery.table.row(&"sea_pie".into()).unwrap().price == 311).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_while_the_connection_is_away_changes_nothing_and_goes_through_afterwards() {
    let bakery = Bakery::open().await;
    bakery.counts_writes().await;
    let mut edit = bakery.table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;

    bakery.relay.cut();
    // What is under way when the connection ends may have arrived: a read takes the blow.
    bakery.store.get_values().await.unwrap_err();
    let away = edit.save().await.unwrap();
    let meanwhile = bakery.writes("flux_cupcake").await;
    bakery.relay.restore();
    let back = edit.save().await.unwrap();

    assert!(matches!(away, SaveResult::Error(SaveError::Unreachable { .. })), "{away:?}");
    assert_eq!(meanwhile, None, "nothing was sent");
    assert!(matches!(back, SaveResult::Saved), "{back:?}");
    assert_eq!(bakery.colleague.stored("flux_cupcake", "price").await, Some(130.into()));
    assert_eq!(bakery.writes("flux_cupcake").await, Some(1.into()), "and not sent later either");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_open_across_a_cut_reports_its_conflict() {
    let bakery = Bakery::open().await;
    let mut edit = bakery.table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;

    bakery.relay.cut();
    bakery.is_lost().await;
    bakery.colleague.colleague_sets("flux_cupcake", "price", 140).await;
    bakery.relay.restore();
    bakery.is_live().await;
    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.price, Some(Conflict { base: 120, local: 130, remote: 140 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_off_after_the_request_arrived_is_found_done_and_not_written_twice() {
    let bakery = Bakery::open().await;
    bakery.counts_writes().await;
    let mut edit = bakery.table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;

    bakery.relay.drop_answers();
    let lost = edit.save().await.unwrap();
    bakery.relay.restore();
    until_stored(&bakery.colleague, "price", 130).await;
    let found = edit.save().await.unwrap();

    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    assert!(matches!(found, SaveResult::Saved), "its own earlier write is no conflict: {found:?}");
    assert_eq!(bakery.writes("flux_cupcake").await, Some(1.into()));
}

/// The request has arrived; the server may still be at it.
async fn until_stored(store: &SurrealTable, field: &str, value: i64) {
    while store.stored("flux_cupcake", field).await != Some(value.into()) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_was_cut_off_makes_one_record() {
    let bakery = Bakery::open().await;
    let mut edit = bakery.table.new_record(tests::bakery::hoverboard());

    bakery.relay.drop_answers();
    let lost = edit.save().await.unwrap();
    bakery.relay.restore();
    let made = edit.save().await.unwrap();

    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    assert!(matches!(made, SaveResult::Created(_)), "{made:?}");
    assert_eq!(bakery.colleague.count().await.unwrap(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_killed_and_started_again_empty_leaves_no_rows_behind() {
    let server = start_server();
    let bakery = Bakery::on(&server).await;

    server.kill();
    bakery.is_lost().await;
    assert_eq!(bakery.table.rows().len(), 5, "what was read can still be read");
    server.start_again();
    while bakery.colleague.define().await.is_err() {
        tokio::task::yield_now().await;
    }
    bakery.colleague.colleague_inserts("sea_pie", serde_json::Value::Object(product_records()[3].1.clone())).await;

    bakery.is_live().await;
    assert!(bakery.equals_the_store().await);
    assert_eq!(bakery.table.rows().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_falls_silent_is_noticed() {
    let bakery = Bakery::over(&SERVER, |way| way.deadline(Duration::from_secs(2))).await;

    bakery.relay.fall_silent();

    bakery.is_lost().await;
    bakery.relay.restore();
    bakery.is_live().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_opened_while_the_server_is_away_says_so() {
    let server = start_server();
    let bakery = Bakery::on(&server).await;
    server.kill();

    let opened = LiveTable::<Product>::builder(bakery.colleague.clone()).open().await;

    let Err(OpenError::Store(error)) = opened else { panic!("the server is away") };
    assert_eq!(error.kind, ValueErrorKind::Unreachable, "{error}");
}
