//! A feed behind a link that drops, doubles, holds, reorders and breaks on command.

use std::collections::VecDeque;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use async_trait::async_trait;
use futures::future::{self, Either};
use futures::stream::{self, StreamExt};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::feed::{Feed, FeedEvent, FeedOrder, FeedStream};
use crate::value::{FeedKind, Operation, ValueError, ValueErrorKind};

/// A feed behind a link that fails on command, for tests of what follows one: events can be dropped, doubled, held until
/// the test lets them go on, in their order or in the reverse one, and the link can be cut. Without a fault it is the feed
/// that it wraps.
///
/// ```
/// use futures::StreamExt;
/// use vantage_live::contract::FaultyFeed;
/// use vantage_live::{Feed, FeedEvent, Id, ManualFeed};
///
/// # futures::executor::block_on(async {
/// let told = ManualFeed::new();
/// let feed = FaultyFeed::new(told.clone());
/// let mut events = feed.subscribe().await.unwrap();
///
/// feed.faults().drop_next(1);
/// told.delete("sea_pie");
/// told.delete("time_tart");
/// assert_eq!(events.next().await.unwrap().unwrap(), FeedEvent::Delete { id: Id::from("time_tart") });
///
/// feed.faults().cut();
/// assert!(events.next().await.unwrap().is_err(), "the interruption is told");
/// assert!(events.next().await.is_none());
/// # });
/// ```
#[derive(Clone)]
pub struct FaultyFeed<F> {
    feed: F,
    order: FeedOrder,
    faults: FeedFaults,
}

/// The test's hand on a [`FaultyFeed`]. A handle: clones command the same feed.
///
/// What is planned meets events as a subscriber takes them, whichever subscriber that is.
#[derive(Clone)]
pub struct FeedFaults {
    state: Arc<Mutex<State>>,
    /// Says to the subscriptions, and to the test, that the state has changed.
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    drop_next: usize,
    double_next: usize,
    is_holding: bool,
    releases_reversed: bool,
    is_cut: bool,
    /// How often the link has been cut: a subscription from before a cut is over.
    cuts: u64,
    held: usize,
    dropped: usize,
    subscriptions: usize,
}

impl State {
    /// Makes ready what is held, if nothing is to be held any more.
    fn let_go(&mut self, held: &mut VecDeque<FeedEvent>, ready: &mut VecDeque<FeedEvent>) {
        if self.is_holding {
            return;
        }
        self.held -= events_in(held);
        if self.releases_reversed {
            held.make_contiguous().reverse();
        }
        ready.append(held);
    }
}

impl<F: Feed> FaultyFeed<F> {
    /// `feed`, with no fault planned.
    pub fn new(feed: F) -> Self {
        let faults = FeedFaults { state: Arc::default(), changed: watch::Sender::new(()) };
        FaultyFeed { order: feed.order(), feed, faults }
    }

    /// The same, saying that it tells in this order: `Unknown`, for a test that [reverses](FeedFaults::release_reversed)
    /// the events of one record.
    #[must_use]
    pub fn that_tells_in(self, order: FeedOrder) -> Self {
        FaultyFeed { order, ..self }
    }

    /// The handle that commands the faults. It works on when the feed has been given away.
    #[must_use]
    pub fn faults(&self) -> FeedFaults {
        self.faults.clone()
    }
}

impl FeedFaults {
    /// Drops the next events, this many: no subscriber is told of them. A real link that loses events breaks then, or
    /// says that something has changed: follow it with a [`cut`](Self::cut).
    pub fn drop_next(&self, events: usize) {
        self.change(|state| state.drop_next += events);
    }

    /// Tells the next events twice, this many.
    pub fn double_next(&self, events: usize) {
        self.change(|state| state.double_next += events);
    }

    /// Holds every event from now on.
    pub fn hold(&self) {
        self.change(|state| state.is_holding = true);
    }

    /// Lets the events that are held go on, in their order, and holds no more.
    pub fn release(&self) {
        self.change(|state| (state.is_holding, state.releases_reversed) = (false, false));
    }

    /// Lets the events that are held go on, the last one first, and holds no more.
    pub fn release_reversed(&self) {
        self.change(|state| (state.is_holding, state.releases_reversed) = (false, true));
    }

    /// Cuts the link: every subscription ends with `Unreachable`, what is held is lost, and until the link is
    /// [restored](Self::restore) nobody can subscribe.
    pub fn cut(&self) {
        self.change(|state| {
            state.is_cut = true;
            state.cuts += 1;
        });
    }

    /// Restores the link. Subscriptions from before the cut stay ended.
    pub fn restore(&self) {
        self.change(|state| state.is_cut = false);
    }

    /// How often somebody has tried to subscribe, the attempts included that failed because the link was cut.
    #[must_use]
    pub fn subscriptions(&self) -> usize {
        self.state.lock().subscriptions
    }

    /// Waits until this many events are held.
    pub async fn held(&self, events: usize) {
        self.until(|state| state.held >= events).await;
    }

    /// Waits until this many events have been dropped, all in all.
    pub async fn dropped(&self, events: usize) {
        self.until(|state| state.dropped >= events).await;
    }

    /// Waits until somebody has tried to subscribe this often, all in all.
    pub async fn subscribed(&self, times: usize) {
        self.until(|state| state.subscriptions >= times).await;
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let answer = change(&mut self.state.lock());
        self.changed.send_replace(());
        answer
    }

    async fn until(&self, holds: impl Fn(&State) -> bool) {
        let mut changed = self.changed.subscribe();
        // The sender is borrowed here, so there is always a next change to wait for.
        while !holds(&self.state.lock()) && changed.changed().await.is_ok() {}
    }
}

/// One subscription: what the feed tells, and what of it is still on the way.
struct Subscription {
    events: FeedStream,
    faults: FeedFaults,
    changed: watch::Receiver<()>,
    cuts: u64,
    held: VecDeque<FeedEvent>,
    ready: VecDeque<FeedEvent>,
}

impl Subscription {
    /// The next thing that the subscriber is told.
    async fn next(&mut self) -> Option<Result<FeedEvent, ValueError>> {
        loop {
            if self.is_over() {
                return Some(Err(unreachable()));
            }
            self.take_released();
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            let told = match future::select(self.events.next(), pin!(self.changed.changed())).await {
                Either::Left((told, _)) => told?,
                Either::Right(_) => continue,
            };
            match told {
                Ok(event) => self.take(&event),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    fn is_over(&self) -> bool {
        self.faults.state.lock().cuts != self.cuts
    }

    fn take_released(&mut self) {
        if !self.held.is_empty() {
            self.faults.state.lock().let_go(&mut self.held, &mut self.ready);
        }
    }

    /// Drops, doubles or holds an event, or makes it ready.
    fn take(&mut self, event: &FeedEvent) {
        let (held, ready) = (&mut self.held, &mut self.ready);
        self.faults.change(|state| {
            // What was held goes on before what comes after the release.
            state.let_go(held, ready);
            // A position is no event: nothing happens to it by itself.
            if matches!(event, FeedEvent::Position(_)) {
                if state.is_holding { held } else { ready }.push_back(event.clone());
                return;
            }
            if state.drop_next > 0 {
                state.drop_next -= 1;
                state.dropped += 1;
                return;
            }
            let times = if state.double_next > 0 { 2 } else { 1 };
            state.double_next = state.double_next.saturating_sub(1);
            let queue = if state.is_holding { held } else { ready };
            queue.extend(std::iter::repeat_n(event.clone(), times));
            if state.is_holding {
                state.held += times;
            }
        });
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.faults.state.lock().held -= events_in(&self.held);
    }
}

fn events_in(held: &VecDeque<FeedEvent>) -> usize {
    held.iter().filter(|event| !matches!(event, FeedEvent::Position(_))).count()
}

fn unreachable() -> ValueError {
    ValueError::new(Operation::Subscribe, "the faulty feed", ValueErrorKind::Unreachable)
}

#[async_trait]
impl<F: Feed> Feed for FaultyFeed<F> {
    fn kind(&self) -> FeedKind {
        self.feed.kind()
    }

    fn order(&self) -> FeedOrder {
        self.order
    }

    fn position(&self) -> Option<u64> {
        self.feed.position()
    }

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let (is_cut, cuts) = self.faults.change(|state| {
            state.subscriptions += 1;
            (state.is_cut, state.cuts)
        });
        if is_cut {
            return Err(unreachable());
        }
        let subscription = Subscription {
            events: self.feed.subscribe().await?,
            changed: self.faults.changed.subscribe(),
            faults: self.faults(),
            cuts,
            held: VecDeque::new(),
            ready: VecDeque::new(),
        };
        Ok(stream::unfold(Some(subscription), |subscription| async {
            let mut subscription = subscription?;
            let told = subscription.next().await?;
            // Its end, like an error in it, is an interruption.
            let rest = told.is_ok().then_some(subscription);
            Some((told, rest))
        })
        .boxed())
    }
}

impl<F> fmt::Debug for FaultyFeed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyFeed").field("faults", &self.faults).finish_non_exhaustive()
    }
}

impl fmt::Debug for FeedFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.lock();
        f.debug_struct("FeedFaults")
            .field("is_cut", &state.is_cut)
            .field("is_holding", &state.is_holding)
            .field("drop_next", &state.drop_next)
            .field("double_next", &state.double_next)
            .finish_non_exhaustive()
    }
}
