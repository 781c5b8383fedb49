//! The life of a table: fill, follow the feed, catch up after every interruption.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use futures::future::poll_fn;
use futures::{FutureExt, StreamExt};
use tracing::Instrument;

use super::core::{Core, Seen};
use super::event::Origin;
use super::shared::{Shared, reason};
use super::state::{SyncState, count};
use crate::broken::{self, Broken};
use crate::entity::LiveEntity;
use crate::feed::{Feed, FeedEvent, FeedOrder, FeedStream};
use crate::locks::watch;
use crate::panics;
use crate::value::{Id, Operation, ValueError, ValueErrorKind};

/// How the first list of a table went.
#[derive(Clone, Debug)]
pub(crate) enum Filled {
    /// It is under way.
    Filling,
    /// It is shown.
    Done,
    /// It failed; the table tries again.
    Failed {
        /// Why.
        error: Arc<ValueError>,
        /// All rows of the cache are shown meanwhile, and there are some.
        is_cached: bool,
    },
}

/// The first pause after an interruption; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How many feed events are shown in one step at the most.
const BURST: usize = 256;

/// Says what the state of the table is when its task ends before it is closed.
struct Ending<E: LiveEntity>(Arc<Shared<E>>);

impl<E: LiveEntity> Drop for Ending<E> {
    fn drop(&mut self) {
        let Ending(shared) = self;
        if !shared.is_closed() {
            let now = shared.env.now();
            shared.standing.send_modify(|standing| standing.ends(now, "the runtime that the table needs has ended"));
            // Nobody is told anything any more, and whoever waits for it is not to wait for ever.
            shared.close();
        }
    }
}

/// Runs until `stop` changes.
pub(super) fn live<E: LiveEntity>(
    shared: Arc<Shared<E>>,
    filled: watch::Sender<Filled>,
    poll_every: Option<Duration>,
    mut stop: watch::Receiver<bool>,
) -> impl Future<Output = ()> + Send {
    // Here, so that it is there even if the runtime never begins the task.
    let ending = Ending(Arc::clone(&shared));
    async move {
        let _ending = ending;
        let life = Life {
            shared: &shared,
            filled,
            poll_every,
            is_loaded: false,
            is_cached: false,
            is_cache_unread: false,
            pause: FIRST_PAUSE,
            lost_since: None,
            live_since: None,
        };
        let life = life.run();
        let stopped = stop.wait_for(|stopped| *stopped);
        futures::pin_mut!(life, stopped);
        futures::future::select(life, stopped).await;
    }
}

struct Life<'s, E: LiveEntity> {
    shared: &'s Arc<Shared<E>>,
    filled: watch::Sender<Filled>,
    poll_every: Option<Duration>,
    /// The cache was asked.
    is_loaded: bool,
    /// All of its rows are shown, and there are some.
    is_cached: bool,
    /// It could not be read: it may have rows of which nobody knows any more.
    is_cache_unread: bool,
    pause: Duration,
    /// Since when the store is lost, attempts to reach it included.
    lost_since: Option<SystemTime>,
    /// Since when it is not.
    live_since: Option<SystemTime>,
}

impl<E: LiveEntity> Life<'_, E> {
    async fn run(mut self) {
        loop {
            let lived = AssertUnwindSafe(self.live()).catch_unwind().await;
            let error = lived.unwrap_or_else(|panic| {
                ValueError::new(Operation::Read, self.shared.table(), panics::kind_of(&*panic))
            });
            self.lost(error).await;
        }
    }

    /// Fills and follows until an interruption.
    async fn live(&mut self) -> ValueError {
        if !std::mem::replace(&mut self.is_loaded, true) {
            // Whatever ends this before it is read to its end.
            self.is_cache_unread = true;
            self.load().await;
        }
        let feed = self.shared.feed.clone();
        match (feed, self.poll_every) {
            (Some(feed), _) => self.follow(&*feed).await,
            (None, Some(interval)) => self.poll(interval).await,
            (None, None) => match self.catch_up(SyncState::NoFeed).await {
                // The end of the runtime is noticed all the same.
                Ok(()) => futures::future::pending().await,
                Err(error) => error,
            },
        }
    }

    async fn load(&mut self) {
        match super::cache::load(self.shared).await {
            Ok(found) => {
                self.is_cached = found;
                self.is_cache_unread = false;
            }
            Err(error) => {
                let table = self.shared.table();
                tracing::warn!(table, %error, "the cache could not be read, the rows come from the backend");
            }
        }
    }

    fn is_filled(&self) -> bool {
        matches!(*self.filled.borrow(), Filled::Done)
    }

    /// Subscribes, lists, and applies what comes, until an interruption.
    async fn follow(&mut self, feed: &dyn Feed) -> ValueError {
        let mut is_listed = broken::is(Broken::ListsBeforeSubscribing);
        if is_listed && let Err(error) = self.list().await {
            return error;
        }
        let span = tracing::debug_span!("subscribe", table = self.shared.table());
        let mut stream = match feed.subscribe().instrument(span).await {
            Ok(stream) => stream,
            Err(error) => return self.without_feed(error).await,
        };
        self.shared.change(Core::subscribed);
        loop {
            let live = SyncState::Live(feed.kind());
            if std::mem::take(&mut is_listed) {
                self.stands(live);
            } else if let Err(error) = self.catch_up(live).await {
                return error;
            }
            if let Err(error) = self.pump(feed, &mut stream).await {
                return error;
            }
        }
    }

    /// The feed is not reached: what the backend has is shown all the same, once, and the table is lost.
    async fn without_feed(&mut self, error: ValueError) -> ValueError {
        if self.is_filled() {
            return error;
        }
        match self.list().await {
            Ok(()) => {
                self.shows_lost(&error);
                self.filled.send_replace(Filled::Done);
                error
            }
            Err(error) => error,
        }
    }

    /// Applies events until one says that everything may have changed.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.shared.table()))]
    async fn pump(&mut self, feed: &dyn Feed, stream: &mut FeedStream) -> Result<(), ValueError> {
        let order = feed.order();
        let ended = || ValueError::new(Operation::Subscribe, self.shared.table(), ValueErrorKind::Unreachable);
        loop {
            let mut next = stream.next().await;
            let (mut told, mut changed, mut stop) = (Vec::new(), false, None);
            // Everything that has come by now is shown in one step; what never ends, in several.
            let mut heard = 0;
            loop {
                heard += 1;
                match next {
                    Some(Ok(FeedEvent::Upsert { id, record: Some(record) })) => {
                        told.push(Told::Seen(self.shared.see(&id, Some(&record)), id));
                    }
                    Some(Ok(FeedEvent::Upsert { id, record: None })) => told.push(Told::Named(id)),
                    Some(Ok(FeedEvent::Delete { id })) => {
                        broken::panics(Broken::TaskPanics);
                        told.push(Told::Seen(Seen::Gone, id));
                    }
                    Some(Ok(FeedEvent::Position(position))) => told.push(Told::Position(position)),
                    // Whatever else has come by now is in the list that follows, however often this was said.
                    Some(Ok(FeedEvent::Changed)) => {
                        told.push(Told::Missed);
                        changed = !broken::is(Broken::IgnoresChanged);
                    }
                    Some(Err(error)) => stop = Some(error),
                    None => stop = Some(ended().caused_by("the feed has ended")),
                }
                if stop.is_some() || heard >= BURST {
                    break;
                }
                match stream.next().now_or_never() {
                    Some(ready) => next = ready,
                    None => break,
                }
            }
            self.shared.take_told(told, order);
            if let Some(error) = stop {
                return Err(error);
            }
            // A feed that has always something to say, as one may that says too little, leaves room for others.
            if changed || heard >= BURST {
                give_way().await;
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

    /// Lists, and is in `state` then.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.shared.table()))]
    async fn catch_up(&mut self, state: SyncState) -> Result<(), ValueError> {
        // A poll is not an interruption, so it does not show as one.
        if !self.is_filled() || self.shared.standing.borrow().state() != SyncState::Polling {
            self.shared.set_state(SyncState::CatchingUp);
        }
        self.list().await?;
        self.stands(state);
        Ok(())
    }

    /// Everything is listed, and the table is in `state`.
    fn stands(&mut self, state: SyncState) {
        self.shared.set_state(state);
        self.filled.send_replace(Filled::Done);
        self.lost_since = None;
        self.live_since.get_or_insert(self.shared.env.now());
    }

    /// Lists, and tells the program how far that is until it has succeeded once.
    async fn list(&mut self) -> Result<(), ValueError> {
        if self.is_filled() {
            self.shared.list().await?;
        } else {
            self.shared.fill().await?;
        }
        if std::mem::take(&mut self.is_cache_unread) && !broken::is(Broken::CacheKeepsGhosts) {
            self.shared.change(|core| core.uncached.add_all());
        }
        Ok(())
    }

    fn shows_lost(&mut self, error: &ValueError) {
        let since = *self.lost_since.get_or_insert(self.shared.env.now());
        if broken::is(Broken::StaysLive) {
            return;
        }
        self.shared.set_state(SyncState::Lost { since, why: reason(error) });
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
        self.shows_lost(&error);
        if !self.is_filled() {
            self.filled.send_replace(Filled::Failed { error: Arc::new(error), is_cached: self.is_cached });
        }
        self.shared.env.sleep(self.shared.env.jittered(self.pause)).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}

/// Lets others go on.
async fn give_way() {
    let mut has_given_way = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_given_way, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What a feed has told.
enum Told<E> {
    /// A record as it is after a change.
    Seen(Seen<E>, Id),
    /// A record that has changed, and no more.
    Named(Id),
    /// How far it has told everything.
    Position(u64),
    /// That it has dropped events.
    Missed,
}

impl<E: LiveEntity> Shared<E> {
    /// Takes in what a feed has told, in its order.
    #[tracing::instrument(name = "feed", level = "debug", skip_all, fields(table = self.table(), told = told.len()))]
    fn take_told(self: &Arc<Self>, told: Vec<Told<E>>, order: FeedOrder) {
        let events = told.iter().filter(|told| !matches!(told, Told::Position(_) | Told::Missed)).count();
        count(&self.counters.feed_events, events as u64);
        self.change(|core| {
            for told in told {
                match told {
                    Told::Seen(seen, id) => {
                        let source = core.moments.told(order);
                        core.observe(&id, seen, source, Origin::Remote);
                    }
                    Told::Named(id) => core.named(id),
                    Told::Position(position) => core.moments.heard(position),
                    Told::Missed => core.missed(),
                }
            }
        });
    }
}
