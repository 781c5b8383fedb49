//! Connecting: where the database is, and who asks.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::{ErrorDetails, Object, Variables};
use tokio_tungstenite::Connector;

use super::account::{Account, Level};
use super::database::SurrealDb;
use super::error::{Cause, Failure, is_refusal};
use super::link::{Link, Server};
use crate::value::{Operation, ValueError, ValueErrorKind};

/// How long a request may take, unless the program says otherwise.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

/// How many bytes one answer of a server may have, unless the program says otherwise: a million rows of the usual size.
pub(super) const LARGEST_ANSWER: usize = 256 * 1024 * 1024;

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
    pub(super) fn to(url: String) -> Self {
        // A scheme is the same in capitals.
        let url = match url.split_once("://") {
            Some((scheme, place)) => format!("{}://{place}", scheme.to_ascii_lowercase()),
            None => url,
        };
        Connecting {
            url,
            account: Account::Guest,
            namespace: "main".to_owned(),
            database: "main".to_owned(),
            deadline: DEADLINE,
            largest_answer: LARGEST_ANSWER,
            #[cfg(feature = "surrealdb-tls")]
            roots: Vec::new(),
        }
    }

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
        let is_elsewhere = is_server || self.url.starts_with("http://") || self.url.starts_with("https://");
        if let Some(port) = port(&self.url).filter(|port| is_elsewhere && port.parse::<u16>().is_err()) {
            let kind = ValueErrorKind::Rejected { fields: Vec::new(), message: format!("`{port}` is no port") };
            return Err(ValueError::new(Operation::Connect, &name, kind));
        }
        Failure::unless_in_a_runtime().map_err(failed)?;
        let in_memory = self.url == "memory" || self.url.starts_with("mem:");
        let deadline = self.deadline;
        // The permissions of tables and fields are not asked for system users, nor in this process for nobody.
        let restricted = match self.account {
            Account::Guest => is_elsewhere,
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

/// What stands in the place of a port in an address.
fn port(url: &str) -> Option<&str> {
    let place = url.split_once("://")?.1;
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let host = place.split(['/', '?', '#']).next()?;
    // There are colons in an address of the sixth version of IP, in brackets.
    host.rsplit_once(']').map_or(host, |(_, port)| port).rsplit_once(':').map(|(_, port)| port)
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
}
