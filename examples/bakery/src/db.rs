//! The database: inside this process, or a server's. Its tables are made from `seed.surql`, where there are none.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use surrealdb::Surreal;
use surrealdb::engine::any::{Any, connect};
use surrealdb::opt::auth::Root;
use vantage_live::store::surrealdb::SurrealDb;
use vantage_live::{LiveEntity, LiveTable, OpenError};

use crate::model::{Bakery, Client, Order, Product};

/// Why the program cannot go on, in a sentence.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The names of the tables, in the order in which the application shows them.
pub const TABLES: [&str; 4] = [Product::TABLE, Client::TABLE, Order::TABLE, Bakery::TABLE];

/// How long a request may take. Signing in costs an unoptimised server 1.4 s of a processor, and each table does it: on a
/// busy machine the library's 10 s are not enough.
const DEADLINE: Duration = Duration::from_secs(40);

const NAMESPACE: &str = "hill_valley";
const DATABASE: &str = "bakery";

/// A server, and who asks.
#[derive(Clone)]
pub struct Login {
    pub url: String,
    pub user: String,
    pub password: String,
}

/// A database that has the bakery's tables.
pub struct Database {
    /// What the live tables use.
    pub store: SurrealDb,
    /// What the colleague uses: a connection of their own to a server, a session of their own where there is none.
    pub colleague: Surreal<Any>,
    /// Where it is, for a person.
    pub place: String,
}

impl Database {
    /// A fresh one in this process. There is nothing to connect by, and a second `mem://` is a second database: so the
    /// colleague has the rest of what a connection is to the database. A clone of the SDK's client is a session of its
    /// own there, with its own namespace, sign-in, variables and transactions; what one session writes comes to the other
    /// by the database alone.
    pub async fn embedded() -> Result<Self, Failure> {
        let ours = connect("mem://").await?;
        ours.use_ns(NAMESPACE).use_db(DATABASE).await?;
        seed(&ours).await?;
        let colleague = ours.clone();
        let store = SurrealDb::from_client(ours);
        Ok(Database { store, colleague, place: "in this process".to_owned() })
    }

    /// A server's. Where it has none of the tables, they are made if `make` says so; what exists is not touched.
    pub async fn server(login: &Login, make: bool) -> Result<Self, Failure> {
        let place = address(&login.url)?;
        let store = open(login).await?;
        let colleague = as_root(login).await?;
        let there: BTreeSet<String> = store.tables().await?.into_iter().collect();
        let missing = TABLES.iter().copied().filter(|table| !there.contains(*table)).collect::<Vec<_>>();
        if missing.len() == TABLES.len() && make {
            seed(&colleague).await?;
        } else if !missing.is_empty() {
            let hint = if missing.len() == TABLES.len() { ": make them with --seed" } else { "" };
            let missing = missing.join("`, `");
            return Err(format!("{NAMESPACE}/{DATABASE} at {place} has no table `{missing}`{hint}").into());
        }
        Ok(Database { store, colleague, place })
    }

    /// Its live tables, filled: at once, for each signs in on a connection of its own.
    pub async fn tables(&self) -> Result<Tables, Failure> {
        Ok(tokio::try_join!(self.table(), self.table(), self.table(), self.table())?)
    }

    async fn table<E: LiveEntity>(&self) -> Result<LiveTable<E>, OpenError> {
        let backend = self.store.table(E::TABLE);
        let feed = backend.feed();
        LiveTable::builder(backend).feed(feed).open().await
    }
}

/// The live tables, in the order of [`TABLES`].
pub type Tables = (LiveTable<Product>, LiveTable<Client>, LiveTable<Order>, LiveTable<Bakery>);

/// The library's connection to a server.
pub async fn open(login: &Login) -> Result<SurrealDb, Failure> {
    let connecting = SurrealDb::connect(&login.url).root(&login.user, &login.password);
    Ok(connecting.namespace(NAMESPACE).database(DATABASE).deadline(DEADLINE).await?)
}

/// The SDK's connection, for the colleague.
async fn as_root(login: &Login) -> Result<Surreal<Any>, Failure> {
    let client = connect(&login.url).await?;
    client.signin(Root { username: login.user.clone(), password: login.password.clone() }).await?;
    client.use_ns(NAMESPACE).use_db(DATABASE).await?;
    Ok(client)
}

/// Makes the tables and the first records: all of it or nothing.
async fn seed(db: &Surreal<Any>) -> Result<(), Failure> {
    db.query("BEGIN").query(include_str!("seed.surql")).query("COMMIT").await?.check()?;
    Ok(())
}

/// The address without what may be secret in it.
fn address(url: &str) -> Result<String, Failure> {
    match url.split_once("://") {
        Some(("ws", rest)) => {
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            Ok(format!("ws://{host}"))
        }
        Some(("wss", _)) => Err("the colleague's client is built without TLS: --url takes an address of ws://".into()),
        _ => Err("--url takes the address of a SurrealDB server, like ws://127.0.0.1:8000".into()),
    }
}

/// An error and what caused it, in one sentence.
pub fn sentence(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let why = error.to_string();
        if !text.contains(&why) {
            text = format!("{text}: {why}");
        }
        cause = error.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
