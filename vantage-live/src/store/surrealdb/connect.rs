//! Connecting: where the database is, who asks, and what all tables of it share.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::opt::auth;
use surrealdb::types::{ErrorDetails, Object, Value, Variables};
use tokio_tungstenite::Connector;
use uuid::Uuid;

use super::error::{Cause, Failure, is_refusal};
use super::kinds::Learned;
use super::link::{Link, Server};
use super::schema::Schema;
use super::statement::{Query, Statement};
use super::table::SurrealTable;
use crate::value::{Operation, ValueError, ValueErrorKind};

/// How long a request may take, unless the program says otherwise.
const DEADLINE: Duration = Duration::from_secs(10);

/// How many bytes one answer of a server may have, unless the program says otherwise: a million rows of the usual size.
const LARGEST_ANSWER: usize = 256 * 1024 * 1024;

/// How often a statement that lost against another writer is tried: with 8 writers of one record the 16th try has
/// never been seen to be needed.
const TRIES: u32 = 16;

/// A database of a SurrealDB server, or one in this process. A handle: clones share its connection.
///
/// A connection that was lost is opened again by the next call, with the same user and database; nothing is queued for
/// it meanwhile. Everything here must be awaited inside a tokio runtime, and is
/// [`Unsupported`](ValueErrorKind::Unsupported) outside of one.
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

/// Who asks.
#[derive(Clone)]
pub(super) enum Account {
    /// Nobody in particular.
    Guest,
    /// A user of the server, of the namespace or of the database.
    User { level: Level, name: String, password: String },
    /// The bearer of a token.
    Token(String),
    /// Who the database itself keeps as a record, by an access method of it.
    Record { access: String, credentials: Object },
}

#[derive(Clone, Copy)]
pub(super) enum Level {
    Root,
    Namespace,
    Database,
}

impl Account {
    /// The request that signs in.
    pub(super) fn request(&self, namespace: &str, database: &str) -> Option<(&'static str, Value)> {
        let (level, name, password) = match self {
            Account::Guest => return None,
            Account::Token(token) => return Some(("authenticate", Value::String(token.clone()))),
            Account::Record { access, credentials } => {
                let mut credentials = credentials.clone();
                credentials.insert("ns", namespace.to_owned());
                credentials.insert("db", database.to_owned());
                credentials.insert("ac", access.clone());
                return Some(("signin", Value::Object(credentials)));
            }
            Account::User { level, name, password } => (level, name, password),
        };
        let mut credentials = Object::new();
        credentials.insert("user", name.clone());
        credentials.insert("pass", password.clone());
        if matches!(level, Level::Namespace | Level::Database) {
            credentials.insert("ns", namespace.to_owned());
        }
        if matches!(level, Level::Database) {
            credentials.insert("db", database.to_owned());
        }
        Some(("signin", Value::Object(credentials)))
    }

    /// Signs in at a client of the SDK's.
    async fn sign_in(&self, client: &Surreal<Any>, namespace: &str, database: &str) -> surrealdb::Result<()> {
        let (namespace, database) = (namespace.to_owned(), database.to_owned());
        match self.clone() {
            Account::Guest => Ok(()),
            Account::Token(token) => client.authenticate(token).await.map(drop),
            Account::Record { access, credentials: params } => {
                client.signin(auth::Record { namespace, database, access, params }).await.map(drop)
            }
            Account::User { level: Level::Root, name: username, password } => {
                client.signin(auth::Root { username, password }).await.map(drop)
            }
            Account::User { level: Level::Namespace, name: username, password } => {
                client.signin(auth::Namespace { namespace, username, password }).await.map(drop)
            }
            Account::User { level: Level::Database, name: username, password } => {
                client.signin(auth::Database { namespace, database, username, password }).await.map(drop)
            }
        }
    }
}

/// A connection in the making: say who asks and for which database, and await it.
#[must_use = "nothing is connected until it is awaited"]
pub struct Connecting {
    url: String,
    account: Account,
    namespace: String,
    database: String,
    deadline: Duration,
    largest_answer: usize,
    /// In PEM.
    #[cfg(feature = "surrealdb-tls")]
    roots: Vec<Vec<u8>>,
}

impl Connecting {
    /// Signs in as a user of the whole server.
    pub fn root(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.user(Level::Root, user.into(), password.into())
    }

    /// Signs in as a user of the namespace.
    pub fn namespace_user(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.user(Level::Namespace, user.into(), password.into())
    }

    /// Signs in as a user of the database.
    pub fn database_user(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.user(Level::Database, user.into(), password.into())
    }

    fn user(self, level: Level, name: String, password: String) -> Self {
        Connecting { account: Account::User { level, name, password }, ..self }
    }

    /// Signs in as a user whom the database keeps as a record, by the access method `access` of it (`DEFINE ACCESS …
    /// TYPE RECORD`), with what its `SIGNIN` asks for.
    ///
    /// What such a user may not see is not there; what it may not write is
    /// [`Rejected`](ValueErrorKind::Rejected), and nothing of that write has happened.
    ///
    /// ```no_run
    /// use surrealdb::types::vars;
    /// # use vantage_live::store::surrealdb::SurrealDb;
    /// # async fn example() -> Result<(), vantage_live::ValueError> {
    /// let credentials = vars! { email: "marty@hill.valley", password: "great scott" };
    /// let bakery = SurrealDb::connect("ws://127.0.0.1:8000").record_user("client", credentials).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn record_user(self, access: impl Into<String>, credentials: impl Into<Variables>) -> Self {
        let account = Account::Record { access: access.into(), credentials: Object::from(credentials.into()) };
        Connecting { account, ..self }
    }

    /// Signs in with a token of the server's.
    pub fn token(self, token: impl Into<String>) -> Self {
        Connecting { account: Account::Token(token.into()), ..self }
    }

    /// The namespace; `main` unless it is said.
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        Connecting { namespace: namespace.into(), ..self }
    }

    /// The database; `main` unless it is said.
    pub fn database(self, database: impl Into<String>) -> Self {
        Connecting { database: database.into(), ..self }
    }

    /// How long one request may take, connecting included, before it is given up; 10 seconds unless it is said. A
    /// server that is silent for as long is taken for lost.
    pub fn deadline(self, deadline: Duration) -> Self {
        Connecting { deadline, ..self }
    }

    /// How many bytes one answer of a server may have, whoever sends them; 256 MiB unless it is said. One that is larger
    /// ends the connection, as lost, before more of it is kept.
    ///
    /// That is for tables which are read as a whole ([`get_values`](crate::ReadableValueSet::get_values)):
    /// [`stream_values`](crate::ReadableValueSet::stream_values), and so a live table, asks for a batch at a time.
    pub fn largest_answer(self, bytes: usize) -> Self {
        Connecting { largest_answer: bytes, ..self }
    }

    /// Trusts a server, at `wss://`, whose certificate was signed by this one too, beside those that the system trusts.
    /// In PEM; several may stand in it.
    ///
    /// ```no_run
    /// # use vantage_live::store::surrealdb::SurrealDb;
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let bakery = SurrealDb::connect("wss://db.hill.valley:8000").root_certificate(std::fs::read("our-root.pem")?).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "surrealdb-tls")]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Whom to trust at this address.
    #[cfg(feature = "surrealdb-tls")]
    fn connector(&self) -> Result<Connector, (ValueErrorKind, Cause)> {
        if !self.url.starts_with("wss://") {
            return Ok(Connector::Plain);
        }
        super::tls::connector(&self.roots).map_err(|cause| {
            let message = format!("the root certificate cannot be read ({cause})");
            (ValueErrorKind::Rejected { fields: Vec::new(), message }, cause)
        })
    }

    #[cfg(not(feature = "surrealdb-tls"))]
    fn connector(&self) -> Result<Connector, (ValueErrorKind, Cause)> {
        if !self.url.starts_with("wss://") {
            return Ok(Connector::Plain);
        }
        let kind = ValueErrorKind::Unsupported("be reached by `wss://` without the feature `surrealdb-tls`");
        Err((kind, "the address begins with `wss://`".into()))
    }

    async fn open(self) -> Result<SurrealDb, ValueError> {
        let name = without_credentials(&self.url);
        let failed = |failure: Failure| connect_error(&name, failure);
        let connector = self
            .connector()
            .map_err(|(kind, cause)| ValueError::new(Operation::Connect, &name, kind).caused_by(cause))?;
        let is_server = self.url.starts_with("ws://") || self.url.starts_with("wss://");
        Failure::unless_in_a_runtime().map_err(failed)?;
        let in_memory = self.url == "memory" || self.url.starts_with("mem:");
        let deadline = self.deadline;
        // The permissions of tables and fields are not asked for system users, nor in this process for nobody.
        let restricted = match self.account {
            Account::Guest => is_server,
            Account::User { .. } => false,
            Account::Token(_) | Account::Record { .. } => true,
        };
        let link = if is_server {
            let Connecting { url, account, namespace, database, deadline, largest_answer, .. } = self;
            let token = Arc::default();
            Link::of_server(Server { url, connector, account, namespace, database, deadline, largest_answer, token })
        } else {
            let client = tokio::time::timeout(deadline, self.client()).await;
            let client = client.map_err(|_| Failure::NotSent("no connection within the deadline".into()));
            Link::Client(client.and_then(|client| client.map_err(Failure::Server)).map_err(failed)?)
        };
        link.open(deadline).await.map_err(failed)?;
        Ok(SurrealDb::new(name, link, deadline, !in_memory, restricted))
    }

    /// A client of the SDK's, for everything but WebSockets.
    async fn client(&self) -> surrealdb::Result<Surreal<Any>> {
        let client = surrealdb::engine::any::connect(&self.url).await?;
        self.account.sign_in(&client, &self.namespace, &self.database).await?;
        client.use_ns(&self.namespace).use_db(&self.database).await?;
        Ok(client)
    }
}

impl IntoFuture for Connecting {
    type Output = Result<SurrealDb, ValueError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.open())
    }
}

/// Says who and where, and no password.
impl fmt::Debug for Connecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connecting")
            .field("url", &without_credentials(&self.url))
            .field("namespace", &self.namespace)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

fn connect_error(name: &str, failure: Failure) -> ValueError {
    let (kind, cause) = match failure {
        Failure::Server(error) if is_refusal(&error) => {
            let message = match error.details() {
                ErrorDetails::NotAllowed(_) => format!("the user name or the password is wrong ({})", error.message()),
                _ => error.message().to_owned(),
            };
            (ValueErrorKind::Rejected { fields: Vec::new(), message }, error.into())
        }
        #[cfg(feature = "surrealdb-tls")]
        Failure::NotSent(cause) if super::tls::objection(&cause).is_some() => {
            let objection = super::tls::objection(&cause).unwrap_or_default();
            let message = format!("it is not the server that it should be, or not one to trust ({objection})");
            (ValueErrorKind::Rejected { fields: Vec::new(), message }, cause)
        }
        failure => failure.of_read(),
    };
    ValueError::new(Operation::Connect, name, kind).caused_by(cause)
}

/// An address without the user and password that may stand in it.
pub(super) fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // A password may have any character in it: everything before the last `@` may be a part of one.
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{place}")
}

impl SurrealDb {
    /// Connects to the database at `url`: `ws://` for a server, `wss://` for one by TLS (feature `surrealdb-tls`);
    /// `mem://`, `surrealkv://` and so on for one in this process, where the program turns on that feature of the crate
    /// `surrealdb`.
    ///
    /// # Errors
    /// When awaited: [`Unreachable`](ValueErrorKind::Unreachable) where nobody answers there;
    /// [`Rejected`](ValueErrorKind::Rejected) where the server does not let this user in, or its certificate is none to
    /// trust; [`Unsupported`](ValueErrorKind::Unsupported) for `wss://` without the feature, and outside of a tokio
    /// runtime.
    pub fn connect(url: impl Into<String>) -> Connecting {
        Connecting {
            url: url.into(),
            account: Account::Guest,
            namespace: "main".to_owned(),
            database: "main".to_owned(),
            deadline: DEADLINE,
            largest_answer: LARGEST_ANSWER,
            #[cfg(feature = "surrealdb-tls")]
            roots: Vec::new(),
        }
    }

    /// The database that a client of the SDK's is connected to, signed in and set to a database already.
    ///
    /// For a database in this process. A client of a server works too, and says less of a lost connection: the SDK
    /// keeps requests until it is back, so that a write which comes to its deadline is
    /// [`OutcomeUnknown`](ValueErrorKind::OutcomeUnknown) where [`connect`](Self::connect) knows that nothing was sent.
    #[must_use]
    pub fn from_client(client: Surreal<Any>) -> Self {
        SurrealDb::new("a client of the program's".to_owned(), Link::Client(client), DEADLINE, true, true)
    }

    fn new(name: String, link: Link, deadline: Duration, outlives_process: bool, restricted: bool) -> Self {
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
        let mut tries = 1;
        loop {
            match attempt().await {
                Err(failure) if failure.is_conflict() && tries < TRIES => {
                    self.shared.conflicts.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(tries, "another writer was faster: trying again");
                    tokio::time::sleep(pause(tries)).await;
                    tries += 1;
                }
                answer => return answer,
            }
        }
    }

    async fn ask_once(&self, query: Query) -> Result<Value, Failure> {
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
    use super::*;

    #[test]
    fn no_password_is_shown() {
        let connecting = SurrealDb::connect("ws://doc:hun/t@er2@127.0.0.1:8000/x").root("doc", "hunter2");

        assert_eq!(
            format!("{connecting:?}"),
            r#"Connecting { url: "ws://127.0.0.1:8000/x", namespace: "main", database: "main", .. }"#
        );
    }

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
