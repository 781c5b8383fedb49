//! What these tests share: one server for all, and a database of their own for each.

use std::sync::LazyLock;

use surrealdb::opt::auth::Root;
use tests::servers::SurrealServer;
use tokio::sync::OnceCell;
use uuid::Uuid;
use vantage_live::store::surrealdb::{Connecting, SurrealDb, SurrealTable};

/// The server that all tests share who do not kill it. It ends with this process.
pub static SERVER: LazyLock<SurrealServer> = LazyLock::new(start_server);

/// A token of the shared server's: checking a password takes it seconds, in a build for tests.
static TOKEN: OnceCell<String> = OnceCell::const_new();

pub fn start_server() -> SurrealServer {
    SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"))
}

async fn token() -> String {
    let client = surrealdb::engine::any::connect(SERVER.url()).await.expect("a client of the SDK's");
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
    let token = TOKEN.get_or_init(token).await;
    let database = Uuid::new_v4().to_string();
    SurrealDb::connect(SERVER.url()).token(token).database(database).await.expect("a database on the server")
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
