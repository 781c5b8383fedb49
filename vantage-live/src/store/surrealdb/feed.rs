//! The feed: a LIVE query on a connection of its own, so that a flood of changes delays no request and the end of the
//! connection is the end of the stream.
//!
//! It follows the whole table even for a filtered set: a record that leaves a filter would say nothing. The set itself
//! tells which records are in it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use parking_lot::Mutex;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::{Action, Object, RecordId, Value};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::error::Failure;
use super::link::{Link, Server};
use super::socket::{Listener, Socket, statements};
use super::statement::{Query, Statement};
use super::table::SurrealTable;
use super::{id, json};
use crate::feed::{Feed, FeedEvent, FeedOrder, FeedStream};
use crate::value::{FeedKind, Operation, ValueError, ValueErrorKind};

/// How many events a subscriber may be behind: a second of 4,096 changes a second, at about 1 KiB each a few MiB.
const BUFFER: usize = 4_096;

/// The feed of a [`SurrealTable`]'s changes, by a LIVE query. A handle; each subscription is a LIVE query of its own,
/// with a buffer of 4,096 events, beyond which it says [`FeedEvent::Changed`].
///
/// The changes of one record can come in another order than they were committed in, so each is a hint to read it. The
/// stream ends with an error as soon as the connection is lost, or the server has been silent for the deadline.
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
        statement.push(&format!("LIVE SELECT * FROM {table}"));
        statement.finish()
    }

    fn interrupted(table: &str, why: String) -> ValueError {
        ValueError::new(Operation::Subscribe, table, ValueErrorKind::Unreachable).caused_by(why)
    }

    async fn subscribe_once(&self) -> Result<FeedStream, Failure> {
        match &self.table.db.shared.link {
            Link::Server { server, .. } => self.subscribe_server(server).await,
            Link::Client(client) => self.subscribe_client(client).await,
        }
    }

    async fn subscribe_server(&self, server: &Server) -> Result<FeedStream, Failure> {
        let deadline = Instant::now() + server.deadline;
        let buffer = Arc::new(Buffer::new(self.table.clone()));
        let socket = server.open(Some(Arc::clone(&buffer) as Arc<dyn Listener>), deadline).await?;
        let query = self.query();
        let params = vec![Value::String(query.text.clone()), query.bindings_value()];
        let answers = statements(socket.call("query", params, deadline).await?).map_err(Failure::Server)?;
        for answer in answers {
            answer.map_err(Failure::Server)?;
        }
        let name = self.table.name.clone();
        let subscription = Subscription { socket, buffer, name };
        Ok(stream::unfold(Some(subscription), |subscription| async {
            let subscription = subscription?;
            match subscription.next().await {
                Ok(event) => Some((Ok(event), Some(subscription))),
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed())
    }

    async fn subscribe_client(&self, client: &Surreal<Any>) -> Result<FeedStream, Failure> {
        let query = self.query();
        let asked = client.query(query.text).bind(query.bindings);
        let Ok(answers) = tokio::time::timeout(self.table.db.shared.deadline, asked).await else {
            return Err(Failure::NotSent("no answer within the deadline".into()));
        };
        let notifications = answers.and_then(|mut answers| answers.stream::<Value>(0)).map_err(Failure::Server)?;
        let table = self.table.clone();
        let name = table.name.clone();
        let events = notifications.map(move |notification| match notification {
            Ok(notification) => Ok(table.event(notification.action, notification.data)),
            Err(error) => Err(SurrealFeed::interrupted(&table.name, error.to_string())),
        });
        let end = async move { Err(SurrealFeed::interrupted(&name, "the LIVE query has ended".to_owned())) };
        Ok(events.chain(stream::once(end)).boxed())
    }
}

struct Subscription {
    socket: Socket,
    buffer: Arc<Buffer>,
    name: String,
}

impl Subscription {
    /// The next event, or why there is none any more.
    async fn next(&self) -> Result<FeedEvent, ValueError> {
        loop {
            if let Some(event) = self.buffer.take() {
                return Ok(event);
            }
            tokio::select! {
                biased;
                () = self.buffer.filled.notified() => {}
                why = self.socket.closed() => return Err(SurrealFeed::interrupted(&self.name, why)),
            }
            if self.buffer.is_killed() {
                let why = "the server ended the LIVE query".to_owned();
                return Err(SurrealFeed::interrupted(&self.name, why));
            }
        }
    }
}

/// What has come and was not taken yet.
struct Buffer {
    table: SurrealTable,
    events: Mutex<Events>,
    filled: Notify,
}

#[derive(Default)]
struct Events {
    queue: VecDeque<FeedEvent>,
    killed: bool,
}

impl Buffer {
    fn new(table: SurrealTable) -> Self {
        Buffer { table, events: Mutex::default(), filled: Notify::new() }
    }

    fn take(&self) -> Option<FeedEvent> {
        self.events.lock().queue.pop_front()
    }

    fn is_killed(&self) -> bool {
        let events = self.events.lock();
        events.killed && events.queue.is_empty()
    }

    fn put(&self, event: FeedEvent) {
        let mut events = self.events.lock();
        if events.queue.len() >= BUFFER {
            // P8: whoever lists afresh needs none of those that were waiting.
            events.queue.clear();
            events.queue.push_back(FeedEvent::Changed);
        } else {
            events.queue.push_back(event);
        }
        drop(events);
        self.filled.notify_one();
    }
}

impl Listener for Buffer {
    fn notified(&self, mut notification: Object) {
        let action = match notification.remove("action") {
            Some(Value::String(action)) => action,
            _ => return,
        };
        let record = notification.remove("record");
        let result = notification.remove("result").unwrap_or_default();
        match (&*action, record) {
            ("KILLED", _) => {
                self.events.lock().killed = true;
                self.filled.notify_one();
            }
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
        let subscribed = self.table.db.again(|| self.subscribe_once()).await;
        subscribed.map_err(|failure| self.table.failed(Operation::Subscribe, None, failure.of_read()))
    }
}

impl fmt::Debug for SurrealFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SurrealFeed").field(&self.table).finish()
    }
}
