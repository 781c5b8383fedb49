//! The feed: a LIVE query on a connection of its own, so that a flood of changes delays no request and the end of the
//! connection is the end of the stream.
//!
//! It follows the whole table even for a filtered set: a record that leaves a filter would say nothing. The set itself
//! tells which records are in it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use parking_lot::Mutex;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::method::QueryStream;
use surrealdb::types::{Action, Object, RecordId, Value};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, Sleep};

use super::error::Failure;
use super::link::{Link, Server, from_now};
use super::read::number;
use super::socket::{Listener, Socket, statements};
use super::statement::{Query, Statement, quote};
use super::table::SurrealTable;
use super::{id, json};
use crate::feed::{Feed, FeedEvent, FeedOrder, FeedStream};
use crate::value::{FeedKind, Operation, ValueError, ValueErrorKind};

/// How often a client of the program's own is asked whether its LIVE query is still there: a database in this process says
/// nothing where the table is removed, and with it the query.
const LOOK: Duration = Duration::from_secs(2);

/// How many events a subscriber may be behind: a second of 4,096 changes a second, at about 1 KiB each a few MiB.
const BUFFER: usize = 4_096;

/// The feed of a [`SurrealTable`]'s changes, by a LIVE query. A handle; each subscription is a LIVE query of its own,
/// with a buffer of 4,096 events, beyond which it says [`FeedEvent::Changed`].
///
/// SurrealDB tells of a record when it is written itself. What a record shows of others, by a `COMPUTED` field or a filter
/// that follows a link, can change without a word: [`refresh_all`](crate::LiveTable::refresh_all) then finds out. Of a view
/// it tells nothing at all, and subscribing to one is [`Unsupported`](ValueErrorKind::Unsupported) where the user may read
/// what `INFO FOR DB` tells.
///
/// The changes of one record can come in another order than they were committed in, so each is a hint to read it. The
/// stream ends with an error as soon as the connection is lost, or the server has been silent for the deadline, or somebody
/// has ended the query or removed the table: over a client of the program's own within 2 seconds, where it may read what
/// `INFO FOR TABLE` tells.
#[derive(Clone)]
pub struct SurrealFeed {
    table: SurrealTable,
}

impl SurrealFeed {
    pub(super) fn new(table: SurrealTable) -> Self {
        SurrealFeed { table }
    }

    fn query(&self) -> Query {
        let mut statement = Statement::new(None);
        let table = statement.bind(self.table.native_table());
        // When the sign-in runs out the server says no more, and does not say so.
        statement.push(&format!(
            "LIVE SELECT * FROM {table}; \
             RETURN IF $session.exp = NONE {{ NONE }} ELSE {{ $session.exp - time::unix() }}"
        ));
        statement.finish()
    }

    async fn subscribe_once(&self) -> Result<FeedStream, Failure> {
        Failure::unless_in_a_runtime()?;
        match &self.table.db.shared.link {
            Link::Server { server, .. } => self.subscribe_server(server).await,
            Link::Client(client) => self.subscribe_client(client).await,
        }
    }

    async fn subscribe_server(&self, server: &Server) -> Result<FeedStream, Failure> {
        let deadline = from_now(server.deadline);
        let buffer = Arc::new(Buffer::new(self.table.clone()));
        let socket = server.open(Some(Arc::clone(&buffer) as Arc<dyn Listener>), deadline).await?;
        let query = self.query();
        let params = vec![Value::String(query.text.clone()), query.bindings_value()];
        let mut left = None;
        for answer in statements(socket.call("query", params, deadline).await?).map_err(Failure::Server)? {
            left = seconds(&answer.map_err(Failure::Server)?);
        }
        Ok(events(Subscription { source: Source::Socket(socket), buffer, ends: ends(left) }))
    }

    async fn subscribe_client(&self, client: &Surreal<Any>) -> Result<FeedStream, Failure> {
        let query = self.query();
        let asked = client.query(query.text).bind(query.bindings);
        let Ok(answers) = tokio::time::timeout(self.table.db.shared.deadline, asked).await else {
            return Err(Failure::NotSent("no answer within the deadline".into()));
        };
        let mut answers = answers.map_err(Failure::Server)?;
        let id = answers.take::<Value>(0).map_err(Failure::Server)?;
        let left = seconds(&answers.take::<Value>(1).map_err(Failure::Server)?);
        let notifications = answers.stream::<Value>(0).map_err(Failure::Server)?;
        let buffer = Arc::new(Buffer::new(self.table.clone()));
        let (held, dropped) = oneshot::channel();
        tokio::spawn(pump(notifications, id, Arc::clone(&buffer), dropped));
        Ok(events(Subscription { source: Source::Client { _held: held }, buffer, ends: ends(left) }))
    }
}

/// Takes what the client hears into the buffer, whose bound the client's own has not, until the subscription is dropped.
async fn pump(
    mut notifications: QueryStream<Value>,
    id: Value,
    buffer: Arc<Buffer>,
    mut dropped: oneshot::Receiver<Infallible>,
) {
    let mut looks = tokio::time::interval_at(Instant::now() + LOOK, LOOK);
    loop {
        let notification = tokio::select! {
            biased;
            _ = &mut dropped => break,
            notification = notifications.next() => notification,
            _ = looks.tick() => {
                if buffer.table.is_followed_by(&id).await {
                    continue;
                }
                return buffer.end("the LIVE query has been ended, or its table removed");
            }
        };
        match notification {
            Some(Ok(notification)) => buffer.put(buffer.table.event(notification.action, notification.data)),
            Some(Err(error)) => return buffer.end(&error.to_string()),
            None => return buffer.end("the LIVE query has ended"),
        }
    }
    // The SDK asks for it too when its stream is dropped, but in a session that has no database.
    if let Link::Client(client) = &buffer.table.db.shared.link
        && let Err(error) = client.query("KILL $id").bind(("id", id)).await
    {
        tracing::debug!(%error, "a LIVE query that nobody listens to was not ended");
    }
}

fn events(subscription: Subscription) -> FeedStream {
    stream::unfold(Some(subscription), |subscription| async {
        let mut subscription = subscription?;
        match subscription.next().await {
            Ok(event) => Some((Ok(event), Some(subscription))),
            Err(why) => {
                let kind = ValueErrorKind::Unreachable;
                let error = ValueError::new(Operation::Subscribe, &subscription.buffer.table.name, kind);
                Some((Err(error.caused_by(why)), None))
            }
        }
    })
    .boxed()
}

struct Subscription {
    source: Source,
    buffer: Arc<Buffer>,
    /// When the sign-in runs out, if it does.
    ends: Option<Pin<Box<Sleep>>>,
}

fn seconds(answer: &Value) -> Option<u64> {
    // What has run out already has no seconds left.
    matches!(answer, Value::Number(_)).then(|| number(answer).unwrap_or_default())
}

/// Begun here, in a runtime: the stream may be polled outside of one.
fn ends(left: Option<u64>) -> Option<Pin<Box<Sleep>>> {
    let end = left.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
    end.map(|end| Box::pin(tokio::time::sleep_until(end)))
}

async fn until(end: &mut Option<Pin<Box<Sleep>>>) {
    match end {
        Some(end) => end.await,
        None => std::future::pending().await,
    }
}

/// What fills the buffer, and ends with the subscription.
enum Source {
    /// It closes itself, and the server ends the LIVE queries of its connection.
    Socket(Socket),
    /// The task that listens hears of its end.
    Client { _held: oneshot::Sender<Infallible> },
}

impl Source {
    /// Waits for the end of the connection, where it is one of our own, and answers why.
    async fn lost(&self) -> String {
        match self {
            Source::Socket(socket) => socket.closed().await,
            Source::Client { .. } => std::future::pending().await,
        }
    }
}

impl Subscription {
    /// The next event, or why there is none any more.
    async fn next(&mut self) -> Result<FeedEvent, String> {
        let Subscription { source, buffer, ends } = self;
        loop {
            if let Some(next) = buffer.take() {
                return next;
            }
            tokio::select! {
                biased;
                () = buffer.filled.notified() => {}
                why = source.lost() => return Err(why),
                () = until(ends) => return Err("the sign-in has run out".to_owned()),
            }
        }
    }
}

/// What has come and was not taken yet.
struct Buffer {
    table: SurrealTable,
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<FeedEvent>,
    end: Option<String>,
}

impl Buffer {
    fn new(table: SurrealTable) -> Self {
        Buffer { table, waiting: Mutex::default(), filled: Notify::new() }
    }

    /// The next event, or why there will be none.
    fn take(&self) -> Option<Result<FeedEvent, String>> {
        let mut waiting = self.waiting.lock();
        match waiting.events.pop_front() {
            Some(event) => Some(Ok(event)),
            None => waiting.end.clone().map(Err),
        }
    }

    fn put(&self, event: FeedEvent) {
        let mut waiting = self.waiting.lock();
        if waiting.events.len() >= BUFFER {
            // P8: whoever lists afresh needs none of those that were waiting.
            waiting.events.clear();
            waiting.events.push_back(FeedEvent::Changed);
        } else {
            waiting.events.push_back(event);
        }
        drop(waiting);
        self.filled.notify_one();
    }

    fn end(&self, why: &str) {
        self.waiting.lock().end = Some(why.to_owned());
        self.filled.notify_one();
    }
}

impl Listener for Buffer {
    fn notified(&self, mut notification: Object) {
        let Some(Value::String(action)) = notification.remove("action") else { return };
        let record = notification.remove("record");
        let result = notification.remove("result").unwrap_or_default();
        match (&*action, record) {
            ("KILLED", _) => self.end("the server ended the LIVE query"),
            ("DELETE", Some(Value::RecordId(record))) => self.put(deleted(record)),
            ("CREATE" | "UPDATE", _) => self.put(self.table.upserted(result)),
            // Something has happened, in words that this version does not know.
            _ => self.put(FeedEvent::Changed),
        }
    }
}

fn deleted(record: RecordId) -> FeedEvent {
    id::id(record.key).map_or(FeedEvent::Changed, |id| FeedEvent::Delete { id })
}

impl SurrealTable {
    /// Whether the LIVE query is there, as far as anybody can tell.
    async fn is_followed_by(&self, query: &Value) -> bool {
        let Link::Client(client) = &self.db.shared.link else { return true };
        let asked = format!("RETURN <string> $id IN object::keys((INFO FOR TABLE {}).lives)", quote(&self.name));
        let asked = async { client.query(asked).bind(("id", query.clone())).await?.take::<Option<bool>>(0) };
        match tokio::time::timeout(self.db.shared.deadline, asked).await {
            Ok(Ok(there)) => there.unwrap_or(true),
            // There is no such table. Who may not ask is told something else.
            Ok(Err(error)) => !error.is_not_found(),
            Err(_) => true,
        }
    }

    /// Whether the table is made of what a query of others answers. Who may not ask follows it as a table.
    async fn is_view(&self) -> bool {
        let mut statement = Statement::new(None);
        let name = statement.bind(self.name.clone());
        statement.push(&format!("RETURN (INFO FOR DB STRUCTURE).tables[WHERE name = {name}][0].view != NONE"));
        let answers = self.db.shared.link.ask(statement.finish(), self.db.shared.deadline).await;
        matches!(answers.as_deref(), Ok([Ok(Value::Bool(true))]))
    }

    /// A written record. What a filtered set makes of it, only the set can tell.
    fn upserted(&self, record: Value) -> FeedEvent {
        match json::record(record, &mut self.memory.learned.lock()) {
            Ok((id, record)) => FeedEvent::Upsert { id, record: self.filter.is_none().then_some(record) },
            Err(_) => FeedEvent::Changed,
        }
    }

    fn event(&self, action: Action, record: Value) -> FeedEvent {
        match (action, record) {
            (Action::Delete, Value::Object(mut record)) => match record.remove("id") {
                Some(Value::RecordId(record)) => deleted(record),
                _ => FeedEvent::Changed,
            },
            (Action::Create | Action::Update, record) => self.upserted(record),
            _ => FeedEvent::Changed,
        }
    }
}

#[async_trait]
impl Feed for SurrealFeed {
    fn kind(&self) -> FeedKind {
        if self.table.filter.is_some() { FeedKind::Filtered } else { FeedKind::PerRow }
    }

    fn order(&self) -> FeedOrder {
        FeedOrder::Unknown
    }

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        // A LIVE query of a view is taken, and never says anything.
        if self.table.is_view().await {
            let kind = ValueErrorKind::Unsupported("tell of the changes of a view");
            return Err(ValueError::new(Operation::Subscribe, &self.table.name, kind));
        }
        let subscribed = self.table.db.again(|| self.subscribe_once()).await;
        subscribed.map_err(|failure| self.table.failed(Operation::Subscribe, None, failure.of_read()))
    }
}

impl fmt::Debug for SurrealFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SurrealFeed").field(&self.table).finish()
    }
}
