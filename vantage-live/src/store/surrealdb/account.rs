//! Who asks.

use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::opt::auth;
use surrealdb::types::{Object, Value};

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
    pub(super) async fn sign_in(
        &self,
        client: &Surreal<Any>,
        namespace: &str,
        database: &str,
    ) -> surrealdb::Result<()> {
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
