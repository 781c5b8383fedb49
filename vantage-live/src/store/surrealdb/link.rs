//! The way to the database: a connection of our own to a server, opened again when it was lost, or the SDK's client of
//! an embedded one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::{Object, SurrealValue, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_tungstenite::Connector;

use super::account::Account;
use super::connect::without_credentials;
use super::database::again;
use super::error::{Failure, is_refusal};
use super::socket::{Listener, Socket, statements};
use super::statement::Query;

/// The end of a time that begins now; of one that is too long for the clock, a hundred years.
pub(super) fn from_now(time: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_hours(100 * 366 * 24);
    Instant::now() + time.min(CENTURY)
}

/// Where a server is, and who asks.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) url: String,
    /// Whom to trust there.
    pub(super) connector: Connector,
    pub(super) account: Account,
    pub(super) namespace: String,
    pub(super) database: String,
    pub(super) deadline: Duration,
    /// In bytes.
    pub(super) largest_answer: usize,
    /// What the server has given us for the password: checking that again is slow on purpose.
    pub(super) token: Arc<parking_lot::Mutex<Option<Value>>>,
}

/// The way to the database.
pub(super) enum Link {
    /// In this process, or by a client that the program has made.
    Client(Surreal<Any>),
    /// By a connection of our own.
    Server { server: Server, socket: Mutex<Option<Arc<Socket>>>, opened: AtomicU64 },
}

impl Server {
    /// Connects, signs in and chooses the database.
    pub(super) async fn open(&self, listener: Option<Arc<dyn Listener>>, deadline: Instant) -> Result<Socket, Failure> {
        let opening = Socket::open(self, listener);
        let socket = match tokio::time::timeout_at(deadline, opening).await {
            Ok(opened) => opened.map_err(Failure::NotSent)?,
            Err(_) => return Err(Failure::NotSent(format!("no connection within {:.1?}", self.deadline).into())),
        };
        before(self.sign_in(&socket, deadline).await)?;
        let place = vec![self.namespace.clone().into_value(), self.database.clone().into_value()];
        // It makes what is not there yet, and others who connect may be making it too.
        before(again(|| socket.call("use", place.clone(), deadline), || {}).await)?;
        Ok(socket)
    }
}

impl Server {
    async fn sign_in(&self, socket: &Socket, deadline: Instant) -> Result<(), Failure> {
        let Some((method, credentials)) = self.account.request(&self.namespace, &self.database) else { return Ok(()) };
        let token = self.token.lock().clone();
        if let Some(token) = token {
            match socket.call("authenticate", vec![token], deadline).await {
                // It has run out, or the server was started anew: the password is good for another one.
                Err(Failure::Server(_)) => *self.token.lock() = None,
                answer => return answer.map(drop),
            }
        }
        let token = socket.call(method, vec![credentials], deadline).await?;
        if matches!(token, Value::String(_)) {
            *self.token.lock() = Some(token);
        }
        Ok(())
    }
}

/// What happens before the request itself keeps it from being sent, whatever is known of what happened.
fn before<T>(answer: Result<T, Failure>) -> Result<T, Failure> {
    answer.map_err(|failure| match failure {
        Failure::Lost(cause) => Failure::NotSent(cause),
        Failure::Server(error) if !is_refusal(&error) => Failure::NotSent(error.into()),
        failure => failure,
    })
}

async fn ask(
    socket: &Socket,
    query: Query,
    deadline: Instant,
) -> Result<Vec<Result<Value, surrealdb::Error>>, Failure> {
    let params = vec![Value::String(query.text.clone()), query.bindings_value()];
    statements(socket.call("query", params, deadline).await?).map_err(Failure::Server)
}

impl Link {
    /// Asks once, and again where the sign-in has run out, when nothing has happened; the answer of each statement.
    /// Bounded by `deadline`.
    pub(super) async fn ask(
        &self,
        query: Query,
        deadline: Duration,
    ) -> Result<Vec<Result<Value, surrealdb::Error>>, Failure> {
        Failure::unless_in_a_runtime()?;
        let deadline = from_now(deadline);
        match self {
            Link::Client(client) => {
                let (text, bindings) = (query.text, Object::from(query.bindings));
                let asked = client.query(text).bind(bindings);
                match tokio::time::timeout_at(deadline, asked).await {
                    Ok(Ok(mut answers)) => {
                        let statements = 0..answers.num_statements();
                        Ok(statements.map(|i| answers.take::<Value>(i)).collect())
                    }
                    Ok(Err(error)) if error.is_connection() => Err(Failure::Lost(error.into())),
                    Ok(Err(error)) => Err(Failure::Server(error)),
                    Err(_) => Err(Failure::Lost("no answer within the deadline".into())),
                }
            }
            Link::Server { .. } => {
                let socket = self.socket(deadline).await?;
                match ask(&socket, query.clone(), deadline).await {
                    Err(failure) if failure.is_expired() => {
                        tracing::info!("the sign-in at SurrealDB has run out: signing in again");
                        self.leave(&socket).await;
                        ask(&*self.socket(deadline).await?, query, deadline).await
                    }
                    answer => answer,
                }
            }
        }
    }

    /// The connection, opened if there is none.
    async fn socket(&self, deadline: Instant) -> Result<Arc<Socket>, Failure> {
        let Link::Server { server, socket, opened } = self else {
            return Err(Failure::NotSent("there is no server".into()));
        };
        let Ok(mut slot) = tokio::time::timeout_at(deadline, socket.lock()).await else {
            return Err(Failure::NotSent("no connection within the deadline".into()));
        };
        if let Some(socket) = slot.as_ref().filter(|socket| socket.lost().is_none()) {
            return Ok(Arc::clone(socket));
        }
        *slot = None;
        let socket = Arc::new(server.open(None, deadline).await?);
        if opened.fetch_add(1, Ordering::Relaxed) > 0 {
            tracing::info!(url = %without_credentials(&server.url), "connected to SurrealDB again");
        }
        *slot = Some(Arc::clone(&socket));
        Ok(socket)
    }

    /// Takes no more requests to this connection. Those that are under way on it end on it.
    async fn leave(&self, left: &Arc<Socket>) {
        let Link::Server { socket, .. } = self else { return };
        let mut slot = socket.lock().await;
        if slot.as_ref().is_some_and(|socket| Arc::ptr_eq(socket, left)) {
            *slot = None;
        }
    }

    pub(super) fn of_server(server: Server) -> Link {
        Link::Server { server, socket: Mutex::new(None), opened: AtomicU64::new(0) }
    }

    /// Connects now, so that a wrong address or password shows at once.
    pub(super) async fn open(&self, deadline: Duration) -> Result<(), Failure> {
        match self {
            Link::Client(_) => Ok(()),
            Link::Server { .. } => self.socket(from_now(deadline)).await.map(drop),
        }
    }
}
