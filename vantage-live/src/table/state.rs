//! What a table says of itself: its connection to the store, its rejected rows, its counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use crate::value::{FeedKind, Id};

/// How a table stands to its store. Never greener than the truth: [`Live`](Self::Live) means that the feed is up and
/// everything that happened before it came up has been listed.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncState {
    /// There is no feed: the rows are as of the last list, read or write.
    NoFeed,
    /// There is no feed, and the table lists afresh every now and then.
    Polling,
    /// The feed is up, and tells this much.
    Live(FeedKind),
    /// The table is listing: for the first time, or what it may have missed.
    CatchingUp,
    /// The store, or its feed, is not reached, or what may have changed could not be read; the table tries again by itself,
    /// as long as its runtime is there.
    Lost {
        /// Since when.
        since: SystemTime,
        /// The reason, in a sentence.
        why: Arc<str>,
    },
}

/// What a table knows of how it stands.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// How the life of the table goes.
    life: SyncState,
    /// Since when, and why, what may have changed cannot be read.
    unread: Option<(SystemTime, Arc<str>)>,
    has_ended: bool,
}

impl Standing {
    /// At the beginning.
    pub fn new() -> Self {
        Standing { life: SyncState::CatchingUp, unread: None, has_ended: false }
    }

    /// The life of the table goes like this now.
    pub fn goes(&mut self, life: SyncState) {
        if !self.has_ended {
            self.life = life;
        }
    }

    /// The life of the table has ended before the table was closed.
    pub fn ends(&mut self, since: SystemTime, why: &str) {
        self.goes(SyncState::Lost { since, why: why.into() });
        self.has_ended = true;
    }

    /// What may have changed cannot be read.
    pub fn cannot_read(&mut self, now: SystemTime, why: Arc<str>) {
        let since = self.unread.as_ref().map_or(now, |(since, _)| *since);
        self.unread = Some((since, why));
    }

    /// It can be read.
    pub fn can_read(&mut self) {
        self.unread = None;
    }

    /// As a program sees it.
    pub fn state(&self) -> SyncState {
        match (&self.life, &self.unread) {
            (SyncState::Lost { .. }, _) | (_, None) => self.life.clone(),
            (_, Some((since, why))) => SyncState::Lost { since: *since, why: Arc::clone(why) },
        }
    }
}

/// How far a table has filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The rows that have come.
    pub rows: u64,
    /// The rows that the store had when the filling began, or those that have come, if they are more.
    pub total: u64,
}

/// A stored record that does not fit the entity. The table keeps it apart, and does not overwrite it.
///
/// ```
/// use vantage_live::{ImTable, LiveEntity, LiveTable, WritableValueSet};
/// # use serde::{Deserialize, Serialize};
/// # use serde_json::json;
/// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// # struct Product { name: String, price: i64 }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = ImTable::new("product");
/// # let record = json!({"name": "Sea Pie", "price": 299});
/// # store.insert_id_value(&"sea_pie".into(), record.as_object().unwrap().clone()).await?;
/// # let record = json!({"name": "Time Tart", "price": "ask Doc"});
/// # store.insert_id_value(&"time_tart".into(), record.as_object().unwrap().clone()).await?;
/// let table = LiveTable::<Product>::builder(store).open().await?;
///
/// assert_eq!(table.rows().len(), 1);
/// let rejected = &table.rejected_rows()[0];
/// assert_eq!(rejected.id, "time_tart".into());
/// assert!(rejected.reason.contains(r#"invalid type: string "ask Doc", expected i64"#));
/// assert!(table.edit_record("time_tart").await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Its id.
    pub id: Id,
    /// Why it does not fit, in a sentence.
    pub reason: Arc<str>,
}

/// What a table has counted since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Reads of one row, by [`row`](crate::LiveTable::row) or [`get_id`](crate::dataset::ReadableDataSet::get_id), that
    /// found it.
    pub hits: u64,
    /// Those that did not.
    pub misses: u64,
    /// Events of records that the feed has brought.
    pub feed_events: u64,
    /// Complete lists, whatever they were made for: the first one, an interruption of the feed, a feed that says no more
    /// than that something has changed, polling, [`refresh_all`](crate::LiveTable::refresh_all).
    pub resyncs: u64,
    /// Records that were read because an event might have been older than what was shown.
    pub settled: u64,
    /// Writes and deletes that the store has refused because the record was not as it was to be; most often somebody else had
    /// changed it.
    pub conflicts: u64,
    /// Events that subscribers had to miss because they were too slow.
    pub lagged: u64,
    /// Records that wait to be read, now.
    pub settling: u64,
    /// Records that wait to be written to the cache, now.
    pub cache_pending: u64,
    /// Subscriptions that somebody holds, now.
    pub subscriptions: u64,
}

/// The counts behind [`Metrics`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    reads: Reads,
    pub feed_events: AtomicU64,
    pub resyncs: AtomicU64,
    pub settled: AtomicU64,
    pub conflicts: AtomicU64,
    pub lagged: AtomicU64,
}

/// Apart from the other counts, whose cache line the task that applies events writes to.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Reads {
    hits: AtomicU64,
    misses: AtomicU64,
}

/// Adds to a count. The counts are read for people, so that their order among each other does not matter.
pub(super) fn count(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

impl Counters {
    /// It was looked for one row, and whether it was found.
    pub fn looked(&self, is_found: bool) {
        count(if is_found { &self.reads.hits } else { &self.reads.misses }, 1);
    }

    pub fn read(&self, settling: usize, cache_pending: usize, subscriptions: usize) -> Metrics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Metrics {
            hits: read(&self.reads.hits),
            misses: read(&self.reads.misses),
            feed_events: read(&self.feed_events),
            resyncs: read(&self.resyncs),
            settled: read(&self.settled),
            conflicts: read(&self.conflicts),
            lagged: read(&self.lagged),
            settling: settling as u64,
            cache_pending: cache_pending as u64,
            subscriptions: subscriptions as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    const LIVE: SyncState = SyncState::Live(FeedKind::PerRow);

    fn lost(seconds: u64, why: &str) -> SyncState {
        SyncState::Lost { since: UNIX_EPOCH + Duration::from_secs(seconds), why: why.into() }
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_table_that_cannot_read_what_may_have_changed_is_lost_since_it_first_could_not() {
        let mut standing = Standing::new();
        standing.goes(LIVE);
        standing.cannot_read(at(1), "away".into());
        standing.cannot_read(at(2), "still away".into());
        assert_eq!(standing.state(), lost(1, "still away"));

        standing.can_read();
        assert_eq!(standing.state(), LIVE);
    }

    #[test]
    fn what_has_ended_is_never_live_again() {
        let mut standing = Standing::new();
        standing.goes(LIVE);
        standing.ends(at(3), "gone");

        standing.goes(LIVE);

        assert_eq!(standing.state(), lost(3, "gone"));
    }
}
