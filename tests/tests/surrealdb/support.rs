//! What these tests share: one server for all, and a database of their own for each.

use std::sync::LazyLock;
use std::time::Duration;

use surrealdb::Surreal;
use surrealdb::engine::any::{Any, connect};
use surrealdb::opt::auth::Root;
use tests::servers::{Relay, SurrealServer};
use tokio::sync::OnceCell;
use uuid::Uuid;
use vantage_live::store::surrealdb::{Connecting, SurrealDb, SurrealTable};

/// The server that all tests share who do not kill it. It ends with this process.
pub static SERVER: LazyLock<SurrealServer> = LazyLock::new(start_server);

/// A token of the shared server's: checking a password is made to take long.
static TOKEN: OnceCell<String> = OnceCell::const_new();

pub fn start_server() -> SurrealServer {
    SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"))
}

/// A token of the shared server's root user.
pub async fn token() -> &'static str {
    TOKEN.get_or_init(ask_for_token).await
}

async fn ask_for_token() -> String {
    let client = connect(SERVER.url()).await.expect("a client of the SDK's");
    let (username, password) = SurrealServer::ROOT;
    let root = Root { username: username.to_owned(), password: password.to_owned() };
    client.signin(root).await.expect("signing in").access.into_insecure_token()
}

/// A database of its own in this process.
pub async fn embedded() -> SurrealDb {
    SurrealDb::connect("mem://").await.expect("a database in memory")
}

/// A database of its own on the shared server.
pub async fn remote() -> SurrealDb {
    with_token(SERVER.url()).await.await.expect("a database on the server")
}

/// A database of its own on the shared server, by a way that can be cut; silence is noticed after some seconds.
pub async fn through(relay: &Relay) -> SurrealDb {
    with_token(relay.url()).await.deadline(Duration::from_secs(4)).await.expect("a database behind the relay")
}

async fn with_token(url: String) -> Connecting {
    SurrealDb::connect(url).token(token().await).database(Uuid::new_v4().to_string())
}

/// A client of the SDK's that may do anything, with a database of its own on the shared server, and its name in the
/// namespace `main`.
pub async fn remote_raw() -> (Surreal<Any>, String) {
    let client = connect(SERVER.url()).await.expect("a client of the SDK's");
    client.authenticate(token().await).await.expect("signing in");
    let database = Uuid::new_v4().to_string();
    client.query("DEFINE NAMESPACE IF NOT EXISTS main").await.expect("a namespace");
    client.use_ns("main").use_db(&*database).await.expect("a database");
    (client, database)
}

/// A client of the SDK's, with a database of its own in this process.
pub async fn raw() -> Surreal<Any> {
    let client = connect("mem://").await.expect("a database in memory");
    client.use_ns("bakery").use_db("hill_valley").await.expect("a namespace and a database");
    client
}

/// Signed in as root.
pub fn at(url: String) -> Connecting {
    let (user, password) = SurrealServer::ROOT;
    SurrealDb::connect(url).root(user, password).namespace("bakery").database("hill_valley")
}

/// An empty table.
pub async fn empty(db: SurrealDb) -> SurrealTable {
    let table = db.table("product");
    table.define().await.expect("a table");
    table
}
