//! The life of a table: fill, follow the feed, catch up after every interruption.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::{FutureExt, StreamExt};

use super::core::Seen;
use super::order::Source;
use super::shared::Shared;
use super::state::{SyncState, count};
use super::subscribe::Origin;
use crate::broken::{self, Broken};
use crate::entity::LiveEntity;
use crate::feed::{Feed, FeedEvent, FeedOrder, FeedStream};
use crate::locks::watch;
use crate::value::{Id, Operation, ValueError, ValueErrorKind};

/// How the first list of a table went.
#[derive(Clone, Debug)]
pub(crate) enum Filled {
    /// It is under way.
    Filling,
    /// It is shown.
    Done,
    /// It failed; the table tries again.
    Failed(Arc<ValueError>),
}

/// The first pause after an interruption; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How many feed events are shown in one step at the most.
const BURST: usize = 256;

/// Runs until `stop` changes.
pub(super) async fn live<E: LiveEntity>(
    shared: Arc<Shared<E>>,
    filled: watch::Sender<Filled>,
    poll_every: Option<Duration>,
    mut stop: watch::Receiver<bool>,
) {
    let life = async {
        let loaded = super::cache::load(&shared).await;
        if let Err(error) = &loaded {
            tracing::warn!(table = shared.table(), %error, "the cache could not be read, the rows come from the backend");
        }
        let cache_unread = loaded.is_err();
        Life { shared: &shared, filled, cache_unread, pause: FIRST_PAUSE, lost_since: None, live_since: None }
            .run(poll_every)
            .await;
    };
    let stopped = stop.wait_for(|stopped| *stopped);
    futures::pin_mut!(life, stopped);
    futures::future::select(life, stopped).await;
}

struct Life<'s, E: LiveEntity> {
    shared: &'s Arc<Shared<E>>,
    filled: watch::Sender<Filled>,
    /// The cache could not be read: it may have rows of which nobody knows any more.
    cache_unread: bool,
    pause: Duration,
    /// Since when the store is lost, attempts to reach it included.
    lost_since: Option<SystemTime>,
    /// Since when it is not.
    live_since: Option<SystemTime>,
}

impl<E: LiveEntity> Life<'_, E> {
    async fn run(mut self, poll_every: Option<Duration>) {
        let feed = self.shared.feed.clone();
        loop {
            let error = match (&feed, poll_every) {
                (Some(feed), _) => self.follow(&**feed).await,
                (None, Some(interval)) => self.poll(interval).await,
                (None, None) => match self.catch_up(SyncState::NoFeed).await {
                    Ok(()) => return,
                    Err(error) => error,
                },
            };
            self.lost(error).await;
        }
    }

    /// Subscribes, lists, and applies what comes, until an interruption.
    async fn follow(&mut self, feed: &dyn Feed) -> ValueError {
        if broken::is(Broken::ListsBeforeSubscribing)
            && let Err(error) = self.catch_up(SyncState::Live(feed.kind())).await
        {
            return error;
        }
        let mut stream = match feed.subscribe().await {
            Ok(stream) => stream,
            Err(error) => return error,
        };
        self.shared.change(|core| core.moments.subscribed());
        loop {
            if !broken::is(Broken::ListsBeforeSubscribing)
                && let Err(error) = self.catch_up(SyncState::Live(feed.kind())).await
            {
                return error;
            }
            if let Err(error) = self.pump(feed, &mut stream).await {
                return error;
            }
        }
    }

    /// Applies events until one says that everything may have changed.
    async fn pump(&mut self, feed: &dyn Feed, stream: &mut FeedStream) -> Result<(), ValueError> {
        let source = match feed.order() {
            FeedOrder::Commit => Source::Event,
            FeedOrder::Unknown => Source::Hint,
        };
        let ended = || ValueError::new(Operation::Subscribe, self.shared.table(), ValueErrorKind::Unreachable);
        loop {
            let mut next = stream.next().await;
            let (mut told, mut changed, mut stop) = (Vec::new(), false, None);
            // Everything that has come by now is shown in one step.
            loop {
                match next {
                    Some(Ok(FeedEvent::Upsert { id, record: Some(record) })) => {
                        told.push(Told::Seen(Seen::of(&id, Some(record)), id));
                    }
                    Some(Ok(FeedEvent::Upsert { id, record: None })) => told.push(Told::Named(id)),
                    Some(Ok(FeedEvent::Delete { id })) => told.push(Told::Seen(Seen::Gone, id)),
                    Some(Ok(FeedEvent::Position(position))) => told.push(Told::Position(position)),
                    // Whatever else has come by now is in the list that follows, however often this was said.
                    Some(Ok(FeedEvent::Changed)) => changed = !broken::is(Broken::IgnoresChanged),
                    Some(Err(error)) => stop = Some(error),
                    None => stop = Some(ended().caused_by("the feed has ended")),
                }
                if stop.is_some() || told.len() >= BURST {
                    break;
                }
                match stream.next().now_or_never() {
                    Some(ready) => next = ready,
                    None => break,
                }
            }
            self.shared.take_told(told, source);
            if let Some(error) = stop {
                return Err(error);
            }
            if changed {
                return Ok(());
            }
        }
    }

    /// Lists now and then, until that fails.
    async fn poll(&mut self, interval: Duration) -> ValueError {
        loop {
            if let Err(error) = self.catch_up(SyncState::Polling).await {
                return error;
            }
            self.shared.env.sleep(interval).await;
        }
    }

    /// Lists, row by row the first time, and at once when there is something on the screen already; then is in `state`.
    async fn catch_up(&mut self, state: SyncState) -> Result<(), ValueError> {
        let first = !matches!(*self.filled.borrow(), Filled::Done);
        // A poll is not an interruption, so it does not show as one.
        if first || *self.shared.state.borrow() != SyncState::Polling {
            self.shared.set_state(SyncState::CatchingUp);
        }
        if first && self.shared.rows.load().rows.is_empty() {
            self.shared.fill().await?;
        } else {
            self.shared.list().await?;
        }
        if std::mem::take(&mut self.cache_unread) && !broken::is(Broken::CacheKeepsGhosts) {
            self.shared.change(|core| core.uncached.must_be_read());
        }
        self.shared.set_state(state);
        self.filled.send_replace(Filled::Done);
        self.lost_since = None;
        self.live_since.get_or_insert(self.shared.env.now());
        Ok(())
    }

    /// Says so, and waits before the next attempt.
    async fn lost(&mut self, error: ValueError) {
        let now = self.shared.env.now();
        // Only what has lasted is a success: a feed that ends as soon as it has begun is not tried faster and faster.
        let lasted = self.live_since.take().and_then(|since| now.duration_since(since).ok());
        if lasted.is_some_and(|lasted| lasted >= LONGEST_PAUSE) {
            self.pause = FIRST_PAUSE;
        }
        tracing::warn!(table = self.shared.table(), %error, pause = ?self.pause, "lost the store, trying again");
        let since = *self.lost_since.get_or_insert(now);
        let why =
            std::error::Error::source(&error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        self.shared.set_state(SyncState::Lost { since, why: why.into() });
        if !matches!(*self.filled.borrow(), Filled::Done) {
            self.filled.send_replace(Filled::Failed(Arc::new(error)));
        }
        self.shared.env.sleep(self.shared.env.jittered(self.pause)).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}

/// What a feed has told.
enum Told<E> {
    /// A record as it is after a change.
    Seen(Seen<E>, Id),
    /// A record that has changed, and no more.
    Named(Id),
    /// How far it has told everything.
    Position(u64),
}

impl<E: LiveEntity> Shared<E> {
    /// Takes in what a feed has told, in its order.
    fn take_told(self: &Arc<Self>, told: Vec<Told<E>>, source: Source) {
        let events = told.iter().filter(|told| !matches!(told, Told::Position(_))).count();
        count(&self.counters.feed_events, events as u64);
        self.change(|core| {
            for told in told {
                match told {
                    Told::Seen(seen, id) => drop(core.observe(&id, seen, source, Origin::Remote)),
                    Told::Named(id) => core.settling.want(id),
                    Told::Position(position) => core.moments.heard(position),
                }
            }
        });
    }
}
