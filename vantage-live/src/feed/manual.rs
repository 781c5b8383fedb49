//! A feed that the program itself speaks into.

use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream;
use parking_lot::Mutex;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::{Feed, FeedEvent, FeedOrder, FeedStream};
use crate::value::{FeedKind, Id, Operation, Record, ValueError, ValueErrorKind};

/// A feed that the program itself speaks into: for a message bus of its own, and for tests. A handle: clones speak into
/// the same feed.
///
/// Whoever speaks promises to tell the changes of one record in the order in which they were committed. Each subscriber
/// has a buffer of 4,096 events; one that falls behind by more is told [`FeedEvent::Changed`] in their place.
///
/// ```
/// use futures::StreamExt;
/// use vantage_live::{Feed, FeedEvent, Id, ManualFeed};
///
/// # futures::executor::block_on(async {
/// let feed = ManualFeed::new();
/// let mut events = feed.subscribe().await.unwrap();
///
/// feed.delete("sea_pie");
///
/// assert_eq!(events.next().await.unwrap().unwrap(), FeedEvent::Delete { id: Id::from("sea_pie") });
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct ManualFeed {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Shared, so that a record is copied for all subscribers but the last.
    sender: broadcast::Sender<(u64, Arc<Message>)>,
    /// How many messages have been said; held while one is, so that they are numbered in the order of their saying.
    said: Mutex<u64>,
    /// Whether a change is said before anyone can read it, so that the number of messages is a position in the store.
    is_of_store: bool,
}

#[derive(Clone, Debug)]
enum Message {
    Event(FeedEvent),
    Interrupted(String),
}

/// How many events a subscriber may be behind: a second of 4,096 changes a second, at about 1 KiB each a few MiB.
const BUFFER: usize = 4_096;

impl Default for ManualFeed {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualFeed {
    /// A feed with no subscriber yet. It has no position: what it is told of may have been read already.
    #[must_use]
    pub fn new() -> Self {
        Self::begin(false)
    }

    /// The feed of a store that says each change before anyone can read it.
    pub(crate) fn of_store() -> Self {
        Self::begin(true)
    }

    fn begin(is_of_store: bool) -> Self {
        let shared = Shared { sender: broadcast::Sender::new(BUFFER), said: Mutex::new(0), is_of_store };
        ManualFeed { shared: Arc::new(shared) }
    }

    /// Says that the record is now this one.
    pub fn upsert(&self, id: impl Into<Id>, record: Record) {
        self.say(FeedEvent::Upsert { id: id.into(), record: Some(record) });
    }

    /// Says that the record has changed; the table reads it.
    pub fn changed(&self, id: impl Into<Id>) {
        self.say(FeedEvent::Upsert { id: id.into(), record: None });
    }

    /// Says that the record is gone.
    pub fn delete(&self, id: impl Into<Id>) {
        self.say(FeedEvent::Delete { id: id.into() });
    }

    /// Says anything a feed can say.
    pub fn say(&self, event: FeedEvent) {
        self.send(Message::Event(event));
    }

    /// Ends every subscription with an error, as a lost connection would.
    pub fn interrupt(&self, why: impl Into<String>) {
        self.send(Message::Interrupted(why.into()));
    }

    /// How many subscriptions there are.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.shared.sender.receiver_count()
    }

    fn send(&self, message: Message) {
        let message = Arc::new(message);
        let mut said = self.shared.said.lock();
        *said += 1;
        // The only error is that nobody listens, and then nobody needs to know.
        drop(self.shared.sender.send((*said, message)));
    }
}

#[async_trait]
impl Feed for ManualFeed {
    fn kind(&self) -> FeedKind {
        FeedKind::PerRow
    }

    fn order(&self) -> FeedOrder {
        FeedOrder::Commit
    }

    fn position(&self) -> Option<u64> {
        self.shared.is_of_store.then(|| *self.shared.said.lock())
    }

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let (receiver, position) = {
            let said = self.shared.said.lock();
            (self.shared.sender.subscribe(), *said)
        };
        let heard = self.shared.is_of_store.then_some(position);
        let subscription = Listening { receiver, heard, is_of_store: self.shared.is_of_store };
        Ok(stream::unfold(Some(subscription), |subscription| async {
            let mut subscription = subscription?;
            match subscription.next().await? {
                Ok(event) => Some((Ok(event), Some(subscription))),
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed())
    }
}

/// One subscription.
struct Listening {
    receiver: broadcast::Receiver<(u64, Arc<Message>)>,
    /// The position that is to be told next.
    heard: Option<u64>,
    is_of_store: bool,
}

impl Listening {
    async fn next(&mut self) -> Option<Result<FeedEvent, ValueError>> {
        if let Some(heard) = self.heard.take() {
            return Some(Ok(FeedEvent::Position(heard)));
        }
        let (position, message) = match self.receiver.recv().await {
            Ok(received) => received,
            Err(RecvError::Lagged(_)) => return Some(Ok(FeedEvent::Changed)),
            Err(RecvError::Closed) => return None,
        };
        match Arc::unwrap_or_clone(message) {
            Message::Event(event) => {
                self.heard = self.is_of_store.then_some(position);
                Some(Ok(event))
            }
            Message::Interrupted(why) => {
                let error = ValueError::new(Operation::Subscribe, "the manual feed", ValueErrorKind::Unreachable);
                Some(Err(error.caused_by(why)))
            }
        }
    }
}
