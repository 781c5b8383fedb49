//! A database: what all tables of it share, and how it is asked.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::Value;
use uuid::Uuid;

use super::connect::{Connecting, DEADLINE};
use super::error::Failure;
use super::kinds::Learned;
use super::link::Link;
use super::schema::Schema;
use super::statement::{Query, Statement};
use super::table::SurrealTable;
use crate::value::{Operation, ValueError};

/// How often a statement that lost against another writer is tried: with 8 writers of one record the 16th try has
/// never been seen to be needed.
const TRIES: u32 = 16;

/// A database of a SurrealDB server, or one in this process. A handle: clones share its connection.
///
/// A connection that was lost is opened again by the next call, with the same user and database; nothing is queued for
/// it meanwhile. Everything here must be awaited inside a tokio runtime, and is
/// [`Unsupported`](crate::ValueErrorKind::Unsupported) outside of one. The runtime in which it was connected must outlive
/// the tables on it, wherever they run: what keeps the connection, and brings what a LIVE query tells, ends with it, of a
/// database in this process without a word.
///
/// ```no_run
/// use vantage_live::ReadableValueSet;
/// use vantage_live::store::surrealdb::SurrealDb;
///
/// # async fn example() -> Result<(), vantage_live::ValueError> {
/// let bakery =
///     SurrealDb::connect("ws://127.0.0.1:8000").root("root", "secret").namespace("bakery").database("hill_valley").await?;
/// let products = bakery.table("product").get_values().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SurrealDb {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) name: String,
    pub(super) link: Link,
    pub(super) deadline: Duration,
    pub(super) outlives_process: bool,
    /// Whether some records or fields may be out of this user's sight, or this user may not be let to write them.
    pub(super) restricted: bool,
    round_trips: AtomicU64,
    conflicts: AtomicU64,
    tables: Mutex<HashMap<String, Weak<Memory>>>,
}

/// What all handles of one table share while there are any: what its columns are, as far as it is known.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) schema: Mutex<Arc<Schema>>,
    pub(super) learned: Mutex<Learned>,
}

impl SurrealDb {
    /// Connects to the database at `url`: `ws://` for a server, `wss://` for one by TLS (feature `surrealdb-tls`);
    /// `mem://`, `surrealkv://` and so on for one in this process, where the program turns on that feature of the crate
    /// `surrealdb`.
    ///
    /// # Errors
    /// When awaited: [`Unreachable`](crate::ValueErrorKind::Unreachable) where nobody answers there;
    /// [`Rejected`](crate::ValueErrorKind::Rejected) where the server does not let this user in, its certificate is none to
    /// trust, or the address is none; [`Unsupported`](crate::ValueErrorKind::Unsupported) for `wss://` without the feature,
    /// outside of a tokio runtime, and inside of one without timers.
    pub fn connect(url: impl Into<String>) -> Connecting {
        Connecting::to(url.into())
    }

    /// The database that a client of the SDK's is connected to, signed in and set to a database already.
    ///
    /// For a database in this process. What it stores is taken to outlive the process, which nobody can ask a client: as a
    /// cache, use [`connect`](Self::connect), which knows of `mem://` that it does not. Nor can it be asked who is signed in: each
    /// write looks whether all of it was done, as for a user who may not do everything, which takes twice as long. A client of
    /// a server works too, and says less of a lost connection: the SDK keeps requests until it is back, so that a write which
    /// comes to its deadline is [`OutcomeUnknown`](crate::ValueErrorKind::OutcomeUnknown) where [`connect`](Self::connect) knows
    /// that nothing was sent.
    #[must_use]
    pub fn from_client(client: Surreal<Any>) -> Self {
        SurrealDb::new("a client of the program's".to_owned(), Link::Client(client), DEADLINE, true, true)
    }

    pub(super) fn new(name: String, link: Link, deadline: Duration, outlives_process: bool, restricted: bool) -> Self {
        SurrealDb {
            shared: Arc::new(Shared {
                name,
                link,
                deadline,
                outlives_process,
                restricted,
                round_trips: AtomicU64::new(0),
                conflicts: AtomicU64::new(0),
                tables: Mutex::default(),
            }),
        }
    }

    /// The table of this name. Touches nothing: that there is none shows when it is read.
    #[must_use]
    pub fn table(&self, name: impl Into<String>) -> SurrealTable {
        let name = name.into();
        let memory = self.memory(&name);
        SurrealTable::new(self.clone(), name, memory)
    }

    fn memory(&self, name: &str) -> Arc<Memory> {
        let mut tables = self.shared.tables.lock();
        if let Some(memory) = tables.get(name).and_then(Weak::upgrade) {
            return memory;
        }
        // P8: before there is room for more names, those go that no handle is left of.
        if tables.len() == tables.capacity() {
            tables.retain(|_, memory| memory.strong_count() > 0);
        }
        let memory = Arc::default();
        tables.insert(name.to_owned(), Arc::downgrade(&memory));
        memory
    }

    /// The names of all tables, in order. Touches the store.
    ///
    /// # Errors
    /// As the store's: not reached, or not allowed.
    pub async fn tables(&self) -> Result<Vec<String>, ValueError> {
        let mut statement = Statement::new(None);
        statement.push("RETURN object::keys((INFO FOR DB).tables)");
        let answer = self.ask(statement.finish()).await.map_err(|failure| {
            let (kind, cause) = failure.of_read();
            ValueError::new(Operation::Read, &self.shared.name, kind).caused_by(cause)
        })?;
        let Value::Array(names) = answer else { return Ok(Vec::new()) };
        Ok(names.into_vec().into_iter().filter_map(|name| name.into_string().ok()).collect())
    }

    /// How many requests have been sent, feeds and reconnecting not counted.
    #[must_use]
    pub fn round_trips(&self) -> u64 {
        self.shared.round_trips.load(Ordering::Relaxed)
    }

    /// How many times a statement was tried again because another writer was faster.
    #[must_use]
    pub fn conflicts_retried(&self) -> u64 {
        self.shared.conflicts.load(Ordering::Relaxed)
    }

    /// Asks one statement; again where it lost against another writer, within bounds.
    pub(super) async fn ask(&self, query: Query) -> Result<Value, Failure> {
        self.again(|| self.ask_once(query.clone())).await
    }

    /// Tries; again where it lost against another writer, within bounds. Beyond them nothing was written either.
    pub(super) async fn again<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        again(attempt, || _ = self.shared.conflicts.fetch_add(1, Ordering::Relaxed)).await
    }

    /// Asks one statement, once.
    pub(super) async fn ask_once(&self, query: Query) -> Result<Value, Failure> {
        let mut answers = self.ask_all(query).await?.into_iter();
        match (answers.next(), answers.next()) {
            (Some(answer), None) => answer.map_err(Failure::Server),
            _ => Err(Failure::Lost("the answer is not one of one statement".into())),
        }
    }

    /// Asks once; the answer of each statement.
    pub(super) async fn ask_all(&self, query: Query) -> Result<Vec<Result<Value, surrealdb::Error>>, Failure> {
        self.shared.round_trips.fetch_add(1, Ordering::Relaxed);
        self.shared.link.ask(query, self.shared.deadline).await
    }
}

/// Tries; again where it lost against another writer, which `lost` is told, within bounds.
pub(super) async fn again<T, F>(attempt: impl Fn() -> F, lost: impl Fn()) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut tries = 1;
    loop {
        // On the heap: a database in this process runs on the caller's stack, which what is nested deep needs.
        match Box::pin(attempt()).await {
            Err(failure) if failure.is_conflict() && tries < TRIES => {
                lost();
                tracing::debug!(tries, "another writer was faster: trying again");
                tokio::time::sleep(pause(tries)).await;
                tries += 1;
            }
            answer => return answer,
        }
    }
}

/// Twice as long each time, up to 64 ms, and by chance up to that much less.
fn pause(tries: u32) -> Duration {
    let longest = 1_u64 << tries.min(6);
    let chance = u64::from(Uuid::new_v4().as_bytes()[0]);
    Duration::from_micros(longest * 1_000 * (256 - chance) / 256)
}

/// Says where, and no password.
impl fmt::Debug for SurrealDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SurrealDb").field("url", &self.shared.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::Connector;

    use super::super::account::Account;
    use super::super::connect::LARGEST_ANSWER;
    use super::super::link::Server;
    use super::*;

    #[test]
    fn tables_that_nobody_holds_are_forgotten() {
        let (url, account) = ("ws://127.0.0.1:9".to_owned(), Account::Guest);
        let (namespace, database) = ("main".to_owned(), "main".to_owned());
        let (connector, deadline, token) = (Connector::Plain, DEADLINE, Arc::default());
        let largest_answer = LARGEST_ANSWER;
        let server = Server { url, connector, account, namespace, database, deadline, largest_answer, token };
        let db = SurrealDb::new("a server".to_owned(), Link::of_server(server), DEADLINE, true, false);
        let held = db.table("held");

        for n in 0..10_000 {
            drop(db.table(n.to_string()));
        }

        assert!(db.shared.tables.lock().len() < 100, "{}", db.shared.tables.lock().len());
        assert!(Arc::ptr_eq(&db.table("held").memory, &held.memory), "handles of one table share what is known of it");
    }

    #[test]
    fn the_pause_between_tries_is_bounded() {
        assert!((1..100).all(|tries| pause(tries) <= Duration::from_millis(64)));
    }
}
