//! Where remote changes come from. A feed yields hints of what changed; the table decides what they mean.
//!
//! No table is known here. Invariant: when [`Feed::subscribe`] has returned, every change committed from then on is
//! yielded, or the stream ends or fails; so a list that starts afterwards misses nothing.

mod manual;

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;

pub use manual::ManualFeed;

use crate::value::{FeedKind, Id, Record, ValueError};

/// What a feed says of the store.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FeedEvent {
    /// The record was inserted or written.
    Upsert {
        /// Its id.
        id: Id,
        /// The record as it was after that write, where the feed tells.
        record: Option<Record>,
    },
    /// The record was deleted, or left the set.
    Delete {
        /// Its id.
        id: Id,
    },
    /// Everything up to this position has been told. Of a feed that has a [`position`](Feed::position), which says so when a
    /// subscription begins and after every event.
    Position(u64),
    /// Something has changed, and the feed cannot tell what: the table lists afresh. Also what a feed says when it had
    /// to drop events because its buffer was full.
    Changed,
}

/// In which order a feed yields the changes of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FeedOrder {
    /// As they were committed. Their records can be taken as they come where the feed tells its
    /// [`position`](Feed::position) too; without one, a table knows no event to be newer than what it has read, and reads
    /// the record.
    Commit,
    /// Any. An event is a hint that the record changed, and the table reads it.
    Unknown,
}

/// The stream of a subscription. Its end, like an error in it, is an interruption: events may have been missed.
pub type FeedStream = BoxStream<'static, Result<FeedEvent, ValueError>>;

/// A source of remote changes.
#[async_trait]
pub trait Feed: Send + Sync {
    /// What the feed can tell.
    fn kind(&self) -> FeedKind;

    /// In which order it tells.
    fn order(&self) -> FeedOrder;

    /// How far the changes of the store have gone, in the feed's own count, if it can tell at once: a number such that every
    /// change which an answer of the store could show by now is told before the [`Position`](FeedEvent::Position) of that
    /// number is. A feed that hears of changes only after others can read them has none.
    fn position(&self) -> Option<u64> {
        None
    }

    /// Begins to follow the changes. Touches the store. What a subscriber has not taken is buffered within bounds;
    /// beyond them the feed says [`FeedEvent::Changed`]. Dropping the stream ends the subscription; dropping the future
    /// leaves nothing behind. It answers within a time of its own: a table lists when it is subscribed, or knows that it
    /// is not.
    ///
    /// # Errors
    /// As the store's: not reached, or not allowed.
    async fn subscribe(&self) -> Result<FeedStream, ValueError>;
}

macro_rules! feed_behind {
    ($($pointer:ident)*) => {
        $(
            #[async_trait]
            impl<F: Feed + ?Sized> Feed for $pointer<F> {
                fn kind(&self) -> FeedKind {
                    (**self).kind()
                }
                fn order(&self) -> FeedOrder {
                    (**self).order()
                }
                fn position(&self) -> Option<u64> {
                    (**self).position()
                }
                async fn subscribe(&self) -> Result<FeedStream, ValueError> {
                    (**self).subscribe().await
                }
            }
        )*
    };
}

feed_behind!(Arc Box);
