//! Feeds of the store's changes, through links that drop, double, delay, reorder and break.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Poll, Waker};

use async_trait::async_trait;
use futures::stream::{self, StreamExt as _};
use vantage_live::{Feed, FeedEvent, FeedKind, FeedOrder, FeedStream, Operation, ValueError, ValueErrorKind};

use super::{Commit, Happened, State, World};

/// The subscriptions that there are.
#[derive(Default)]
pub(crate) struct Feeds {
    all: BTreeMap<u64, Line>,
    made: u64,
}

/// One subscription: what is on its way.
struct Line {
    process: usize,
    table: u32,
    manner: Manner,
    events: BTreeMap<(u64, u64), FeedEvent>,
    /// The time of the last event, which none may overtake where the order is kept.
    last: u64,
    told: u64,
    /// The number of the latest event that has come.
    newest: u64,
    /// When the subscriber hears that the line is cut.
    ends: Option<u64>,
    waker: Option<Waker>,
}

/// Whether events carry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Records {
    Always,
    Sometimes,
    Never,
}

/// How a feed says where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// It cannot.
    Unknown,
    /// It counts the changes of the store.
    OfTheStore,
    /// It counts those that the answers which have come to its process can show: no more than is asked of a feed.
    OfTheAnswers,
}

/// What a feed tells, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub order: FeedOrder,
    pub records: Records,
    pub position: Position,
}

/// How many events a line holds before it says that something has changed in their place.
const HELD: usize = 6;

/// The feed as a table subscribes to it.
#[derive(Clone)]
pub(crate) struct TableFeed {
    pub world: World,
    pub process: usize,
    /// Which table, counted through all that were ever opened.
    pub table: u32,
    pub manner: Manner,
}

impl Feeds {
    /// Whether this table has a subscription of which it has not heard that it has ended.
    pub fn follows(&self, table: u32) -> bool {
        self.all.values().any(|line| line.table == table)
    }
}

impl State {
    /// Tells every subscriber of a commit, each by its own line.
    pub fn announce(&mut self, commit: &Commit) {
        let lines: Vec<u64> = self.feeds.all.keys().copied().collect();
        for line in lines {
            self.announce_to(line, commit);
        }
    }

    fn announce_to(&mut self, number: u64, commit: &Commit) {
        let rough = self.roughness;
        let Some(line) = self.feeds.all.get_mut(&number) else { return };
        if line.ends.is_some() {
            return;
        }
        if self.chance.in_a_thousand(rough.feed_dropped) {
            // The promise of a feed: what it does not tell, it says that it has not told.
            let at = self.now + self.chance.between(0, rough.slow_ms * 1_000);
            line.say(at, FeedEvent::Changed);
            line.say_position(commit.revision);
            return self.tell(Happened::FeedDropped, [number, 0], || {
                format!("feed line {number} loses an event of `{}`", commit.id)
            });
        }
        let times = if self.chance.in_a_thousand(rough.feed_doubled) { 2 } else { 1 };
        for _ in 0..times {
            let with_record = match line.manner.records {
                Records::Always => true,
                Records::Sometimes => self.chance.one_in(2),
                Records::Never => false,
            };
            let event = match &commit.after {
                Some(record) => {
                    FeedEvent::Upsert { id: commit.id.clone(), record: with_record.then(|| record.clone()) }
                }
                None => FeedEvent::Delete { id: commit.id.clone() },
            };
            let slow = self.chance.in_a_thousand(rough.feed_slow);
            let delay = self.chance.between(0, if slow { rough.slow_ms * 1_000 } else { rough.quick_us });
            line.say(self.now + delay, event);
        }
        let is_too_slow = line.holds() > HELD;
        if is_too_slow {
            line.events.clear();
            line.say(self.now, FeedEvent::Changed);
        }
        line.say_position(commit.revision);
        if is_too_slow {
            self.tell(Happened::FeedLagged, [number, 0], || format!("feed line {number} falls behind"));
        }
        if times > 1 {
            self.tell(Happened::FeedDoubled, [number, 0], || {
                format!("feed line {number} doubles an event of `{}`", commit.id)
            });
        }
    }

    /// Breaks every line of a process; its subscribers hear of it sooner or later.
    pub fn cut_feeds(&mut self, process: usize) {
        let now = self.now;
        for line in self.feeds.all.values_mut().filter(|line| line.process == process && line.ends.is_none()) {
            line.events.clear();
            line.ends = Some(now + self.chance.between(0, self.roughness.quick_us * 4));
            line.wake();
        }
    }
}

impl Line {
    fn say(&mut self, at: u64, event: FeedEvent) {
        let at = if self.manner.order == FeedOrder::Commit { at.max(self.last) } else { at };
        self.last = self.last.max(at);
        self.told += 1;
        self.events.insert((at, self.told), event);
        self.wake();
    }

    /// Says that everything up to this change has been told, once it has.
    fn say_position(&mut self, position: u64) {
        if self.manner.position != Position::Unknown {
            self.told += 1;
            self.events.insert((self.last, self.told), FeedEvent::Position(position));
        }
    }

    /// How many events wait.
    fn holds(&self) -> usize {
        self.events.values().filter(|event| !matches!(event, FeedEvent::Position(_))).count()
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// Ends a subscription with its stream.
struct Hold {
    world: World,
    line: u64,
}

impl Drop for Hold {
    fn drop(&mut self) {
        drop(self.world.with(|state| state.feeds.all.remove(&self.line)));
    }
}

impl Hold {
    fn next(&self, waker: &Waker) -> Poll<Option<Result<FeedEvent, ValueError>>> {
        self.world.with(|state| {
            let now = state.now;
            let Some(line) = state.feeds.all.get_mut(&self.line) else { return Poll::Ready(None) };
            let due = match (line.events.first_key_value().map(|(key, _)| key.0), line.ends) {
                (_, Some(ends)) if ends <= now => {
                    // An end and an error are the same to a table: an interruption.
                    let error = (!self.line.is_multiple_of(3)).then(|| Err(unreachable()));
                    state.feeds.all.remove(&self.line);
                    return Poll::Ready(error);
                }
                (_, Some(ends)) => ends,
                (Some(at), None) if at <= now => {
                    let (key, event) = line.events.pop_first().unzip();
                    if let Some(event) = &event {
                        let is_position = matches!(event, FeedEvent::Position(_));
                        let number = key.map_or(0, |key| key.1);
                        let is_overtaken = !is_position && number < line.newest;
                        line.newest = number.max(line.newest);
                        state.tale.count(Happened::FeedOvertaken, u64::from(is_overtaken));
                        let happened = if is_position { Happened::FeedPosition } else { Happened::FeedTold };
                        state.tell(happened, [self.line, 0], || {
                            format!("feed line {} tells {}", self.line, spelled(event))
                        });
                    }
                    return Poll::Ready(event.map(Ok));
                }
                (Some(at), None) => at,
                (None, None) => u64::MAX,
            };
            line.waker = Some(waker.clone());
            if due < u64::MAX {
                state.tasks.wake_at(due, waker.clone());
            }
            Poll::Pending
        })
    }
}

fn spelled(event: &FeedEvent) -> String {
    match event {
        FeedEvent::Upsert { id, record: Some(record) } => {
            format!("`{id}` as {}", serde_json::Value::Object(record.clone()))
        }
        FeedEvent::Upsert { id, record: None } => format!("that `{id}` has changed"),
        FeedEvent::Delete { id } => format!("that `{id}` is gone"),
        FeedEvent::Position(position) => format!("that it has told everything up to change {position}"),
        _ => "that something has changed".into(),
    }
}

fn unreachable() -> ValueError {
    ValueError::new(Operation::Subscribe, "product", ValueErrorKind::Unreachable)
}

#[async_trait]
impl Feed for TableFeed {
    fn kind(&self) -> FeedKind {
        FeedKind::PerRow
    }

    fn order(&self) -> FeedOrder {
        self.manner.order
    }

    fn position(&self) -> Option<u64> {
        self.world.with(|state| match self.manner.position {
            Position::Unknown => None,
            Position::OfTheStore => Some(state.store.revision()),
            Position::OfTheAnswers => Some(state.wires[self.process].revision),
        })
    }

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let (there, back) = self.world.with(|state| (state.delay(), state.delay()));
        self.world.sleep(there).await;
        let hold = self.world.with(|state| {
            if state.wires[self.process].is_cut || state.chance.in_a_thousand(state.roughness.unreachable) {
                state.tell(Happened::SubscribeFailed, [self.process as u64, 0], || "a feed is not reached".into());
                return None;
            }
            state.feeds.made += 1;
            let number = state.feeds.made;
            let mut line = Line {
                process: self.process,
                table: self.table,
                manner: self.manner,
                events: BTreeMap::new(),
                last: state.now,
                told: 0,
                newest: 0,
                ends: None,
                waker: None,
            };
            line.say_position(state.store.revision());
            state.feeds.all.insert(number, line);
            state.tell(Happened::Subscribed, [number, self.process as u64], || {
                format!("feed line {number} is there for {}", crate::profiles::PROCESSES[self.process])
            });
            Some(number)
        });
        let hold = Hold { world: self.world.clone(), line: hold.ok_or_else(unreachable)? };
        self.world.sleep(back).await;
        let hold = Arc::new(hold);
        Ok(stream::poll_fn(move |context| hold.next(context.waker())).boxed())
    }
}
