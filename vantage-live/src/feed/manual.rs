//! A feed that the program itself speaks into.

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream;
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
    sender: broadcast::Sender<Message>,
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
    /// A feed with no subscriber yet.
    #[must_use]
    pub fn new() -> Self {
        ManualFeed { sender: broadcast::Sender::new(BUFFER) }
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
        self.sender.receiver_count()
    }

    fn send(&self, message: Message) {
        // The only error is that nobody listens, and then nobody needs to know.
        drop(self.sender.send(message));
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

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let receiver = self.sender.subscribe();
        Ok(stream::unfold(Some(receiver), |receiver| async {
            let mut receiver = receiver?;
            match receiver.recv().await {
                Ok(Message::Event(event)) => Some((Ok(event), Some(receiver))),
                Err(RecvError::Lagged(_)) => Some((Ok(FeedEvent::Changed), Some(receiver))),
                Ok(Message::Interrupted(why)) => {
                    let error = ValueError::new(Operation::Subscribe, "the manual feed", ValueErrorKind::Unreachable);
                    Some((Err(error.caused_by(why)), None))
                }
                Err(RecvError::Closed) => None,
            }
        })
        .boxed())
    }
}
