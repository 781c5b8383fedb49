//! What is newer: whether a state of a record may replace the one that the table shows.
//!
//! A table counts its own moments. A read or a write of ours *began* at one, and a row was last *applied* at one. A
//! store answers from some moment between a request and its answer; so a request that began after a row was applied
//! has an answer at least as new as that row, and of any other it is not known.
//!
//! A feed that tells its *position* makes its events comparable with such answers: where the feed stood when an answer had
//! come is a mark, and what is told once the feed has passed the mark is newer than the answer. Nothing else about an
//! event proves that: one that has the values which are shown may be the echo of an earlier state of the same values.
//! What is not known is settled by reading the record, never by guessing.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::quality::RandomState;

use crate::broken::{self, Broken};
use crate::feed::{Feed, FeedOrder};
use crate::value::Id;

/// A moment in the table's own count.
pub(crate) type Moment = u64;

/// A point in what a table learns, to compare with what it has learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// What is asked for later is answered with a state from after this.
    pub moment: Moment,
    /// What the feed tells once it has told everything up to here is from after this, too.
    pub mark: Mark,
}

impl Point {
    /// Before anything.
    pub const NONE: Point = Point { moment: 0, mark: Mark::Unknown };
}

/// What is known of when a state of a record was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Learned {
    /// When the request began that has told it; 0 where none has.
    asked: Moment,
    /// Where the feed has told it: the position up to which it had told everything before.
    told: Option<u64>,
}

impl Learned {
    /// Nothing.
    pub const UNKNOWN: Learned = Learned { asked: 0, told: None };
    /// By an answer to a request that was sent after whatever it is compared with.
    pub const LATEST: Learned = Learned { asked: Moment::MAX, told: None };

    /// Whether the state is known to be from after this point.
    pub fn is_since(self, point: Point) -> bool {
        self.asked > point.moment || self.told.is_some_and(|heard| point.mark <= Mark::Position(heard))
    }
}

/// Where a state of a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A request of ours (a list, a read, a write) that began then.
    Request {
        /// When it was sent.
        began: Moment,
    },
    /// An event of a feed that tells the changes of a record in the order of their commits.
    Event {
        /// The position up to which the feed had told everything before: what it has told since does not make this newer,
        /// however long this has waited.
        heard: u64,
    },
    /// An event of a feed that does not.
    Hint,
}

/// What is known of the state that the table shows of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// When it was applied.
    pub applied: Moment,
    /// What the feed has to have told before its events are newer.
    pub mark: Mark,
    /// When a request began that it is no older than the answer to; 0 where there was none.
    pub asked: Moment,
    /// Where the feed has told it: the position up to which it had told everything before.
    pub told: Option<u64>,
}

/// What a feed has to have told before its events are newer than what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// Nothing more: what is shown is from the feed itself.
    Told,
    /// The same, where the feed has said since that the record has changed, and not what.
    Named,
    /// Everything up to this position.
    Position(u64),
    /// The feed does not say where it is, so it is never known.
    Unknown,
}

/// What to do with a state that differs from the one that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is at least as new: show it.
    Apply,
    /// It may be older: read the record.
    Settle,
}

/// Decides on a state that differs from the one that is shown.
pub(super) fn judge(source: Source, shown: Shown) -> Verdict {
    let newer = match source {
        Source::Request { began } => shown.applied <= began || broken::is(Broken::ShowsLateAnswers),
        // P6: until the feed is as far as what a request has shown, its events may be from before that.
        Source::Event { heard } => shown.mark <= Mark::Position(heard) || broken::is(Broken::ShowsLateEvents),
        Source::Hint => broken::is(Broken::ShowsLateEvents),
    };
    if newer { Verdict::Apply } else { Verdict::Settle }
}

/// When each record was last applied, within bounds: what was forgotten counts as applied at the moment of forgetting, as
/// ahead of the feed then, and as asked for before any that is remembered. That costs at most a read, and may leave a request
/// whose answer was lost in doubt.
pub(super) struct Moments {
    now: Moment,
    shown: HashMap<Id, Shown, RandomState>,
    forgotten: Shown,
    feed: Option<Arc<dyn Feed>>,
    /// The position up to which the feed has told everything.
    heard: u64,
    /// When the subscription began, or last dropped events.
    subscribed: Moment,
    /// How many records the lists under way have known at their beginnings, or told since.
    listed: usize,
}

/// As many as a map of 65,536 places holds before it has twice as many: about 5 MiB of marks.
const REMEMBERED: usize = 57_344;

/// The room that a list under way has beyond that: for the records that were known at its beginning, and those that it has
/// told. Not `Clone`: who has it gives it back, once.
#[derive(Debug, Default)]
pub(super) struct Room(usize);

impl Moments {
    /// Of a table that follows this feed.
    pub fn new(feed: Option<Arc<dyn Feed>>) -> Self {
        let forgotten = Shown { applied: 0, mark: Mark::Unknown, asked: 0, told: None };
        Moments { now: 0, shown: HashMap::default(), forgotten, feed, heard: 0, subscribed: 0, listed: 0 }
    }

    /// The next moment.
    pub fn next(&mut self) -> Moment {
        self.now += 1;
        self.now
    }

    /// What is known of when the state was that is shown of `id`.
    pub fn learned(&self, id: &Id) -> Learned {
        let shown = self.shown(id);
        Learned { asked: shown.asked, told: self.told_in_time(shown) }
    }

    /// Where the feed has told what is shown, in this subscription: what was before may have been counted otherwise.
    fn told_in_time(&self, shown: Shown) -> Option<u64> {
        shown.told.filter(|_| shown.applied > self.subscribed)
    }

    /// What is learned after this is known to be.
    pub fn point(&self) -> Point {
        Point { moment: self.now, mark: self.mark() }
    }

    /// Whether anything is known of `id`: the store, the feed or who has written through this table has told of it.
    pub fn has_learned(&self, id: &Id) -> bool {
        self.shown(id).applied > 0
    }

    /// Whether a state that differs from what is shown of `id` is newer.
    pub fn judge(&self, id: &Id, source: Source) -> Verdict {
        let source = match source {
            Source::Event { .. } if broken::is(Broken::WaitingMakesNewer) => Source::Event { heard: self.heard },
            source => source,
        };
        judge(source, self.shown(id))
    }

    /// What a feed of this order tells now.
    pub fn told(&self, order: FeedOrder) -> Source {
        match order {
            FeedOrder::Commit => Source::Event { heard: self.heard },
            FeedOrder::Unknown => Source::Hint,
        }
    }

    /// The feed has told everything up to this position.
    pub fn heard(&mut self, position: u64) {
        self.heard = position;
    }

    /// The feed has dropped events: a list tells of them.
    pub fn missed(&mut self) {
        self.subscribed = self.next();
    }

    /// The feed has told of the record, and not what: what is shown is not what it has told last.
    pub fn named(&mut self, id: &Id) {
        let shown = self.shown(id);
        if shown.mark == Mark::Told {
            self.remember(id, Shown { mark: Mark::Named, ..shown });
        }
    }

    /// Whether what is shown of `id` is no older than the answer to a request that began after that.
    pub fn was_asked_since(&self, id: &Id, since: Moment) -> bool {
        self.shown(id).asked > since
    }

    /// A new subscription begins, and what the feed says of its position begins with it.
    pub fn subscribed(&mut self) {
        self.heard = 0;
        self.subscribed = self.next();
    }

    fn shown(&self, id: &Id) -> Shown {
        self.shown.get(id).copied().unwrap_or(self.forgotten)
    }

    /// Where the feed is now: at least as far as any answer that has come.
    pub fn mark(&self) -> Mark {
        self.feed.as_ref().and_then(Feed::position).map_or(Mark::Unknown, Mark::Position)
    }

    /// The answer to a request that began then has told once more what is shown of the record: it is no older than it was
    /// known to be.
    pub fn agreed(&mut self, id: &Id, began: Moment) {
        let shown = self.shown(id);
        let told = self.told_in_time(shown);
        // P6: the answer may be from later than what the feed tells next.
        let (applied, mark) = (self.next(), self.mark());
        self.remember(id, Shown { applied, mark, asked: shown.asked.max(began), told });
    }

    /// The record was applied now.
    pub fn applied(&mut self, id: &Id, source: Source) {
        let (mark, asked, told) = match source {
            Source::Event { heard } => (Mark::Told, 0, Some(heard)),
            Source::Request { began } => (self.mark(), began, None),
            Source::Hint => (self.mark(), 0, None),
        };
        let applied = self.next();
        self.remember(id, Shown { applied, mark, asked, told });
    }

    /// A list of a table that knows so many records begins. Until it has ended they are remembered, and so are those that it
    /// tells, or the rest of it would count as older than its beginning; what others tell has no more room than ever.
    pub fn list_begins(&mut self, known: usize) -> (Moment, Room) {
        let mut room = Room(0);
        self.list_tells(&mut room, known);
        (self.next(), room)
    }

    /// The list of this room is about to tell so many records.
    pub fn list_tells(&mut self, room: &mut Room, records: usize) {
        room.0 += records;
        self.listed += records;
    }

    /// The list of this room has ended, or failed.
    pub fn list_ended(&mut self, Room(records): Room) {
        self.listed = self.listed.saturating_sub(records);
        if self.shown.len() > REMEMBERED + self.listed {
            self.forget();
        }
    }

    /// How much room lists under way have.
    #[cfg(all(test, feature = "derive"))]
    pub fn room(&self) -> usize {
        self.listed
    }

    /// Every record was applied now, by a list that began then, and one mark is for all of them, but for those that have come
    /// since, or were [kept](Self::keep) from it.
    pub fn listed(&mut self, began: Moment) {
        // Of what was forgotten since, nobody knows whether it has.
        let asked = if self.forgotten.applied > began { self.forgotten.asked } else { began };
        self.shown.retain(|_, shown| shown.applied > began && shown.asked != asked);
        // The list has had room for every row.
        self.shown.shrink_to_fit();
        self.forgotten = Shown { applied: self.next(), mark: self.mark(), asked, told: None };
    }

    /// What a list has told of the record is not shown: it counts as applied now, and as no newer than it was.
    pub fn keep(&mut self, id: &Id) {
        let shown = self.shown(id);
        // What was told before this subscription is not told in it.
        let mark = if shown.applied > self.subscribed { shown.mark } else { shown.mark.max(self.mark()) };
        let told = self.told_in_time(shown);
        let applied = self.next();
        self.remember(id, Shown { applied, mark, told, ..shown });
    }

    /// Every record counts as applied now, and as no newer than any of them.
    pub fn forget(&mut self) {
        let asked = self.shown.values().map(|shown| shown.asked).fold(self.forgotten.asked, Moment::min);
        self.forgotten = Shown { applied: self.next(), mark: self.mark(), asked, told: None };
        self.shown.clear();
    }

    /// Whether what is shown of `id` is what the feed has told last, and that is no older than what was learned at this mark.
    pub fn has_told(&self, id: &Id, mark: Mark) -> bool {
        let shown = self.shown(id);
        // What was told before this subscription may have changed between the two.
        shown.mark == Mark::Told && shown.applied > self.subscribed && mark <= Mark::Position(self.heard)
    }

    /// What is shown was told once more, by the feed, which may be an echo of before. A request that was sent before this moment
    /// is not newer, even if it was sent after the record was applied.
    pub fn confirmed(&mut self, id: &Id, source: Source) {
        let shown = self.shown(id);
        let told = self.told_in_time(shown);
        let (mark, told) = match (source, shown.mark) {
            // It tells in the order of commits, so this is what it has told last.
            (Source::Event { heard }, Mark::Told | Mark::Named) => (Mark::Told, Some(heard)),
            (Source::Event { heard }, _) if broken::is(Broken::TrustsEchoes) => (Mark::Told, Some(heard)),
            // An echo of before the answer that is shown is from after this, all the same.
            (Source::Event { heard }, mark) => (mark, told.max(Some(heard))),
            (_, mark) => (mark, told),
        };
        let applied = self.next();
        self.remember(id, Shown { applied, mark, told, ..shown });
    }

    fn remember(&mut self, id: &Id, shown: Shown) {
        if let Some(known) = self.shown.get_mut(id) {
            *known = shown;
            return;
        }
        // P8: within bounds, and on the side of caution beyond them.
        if self.shown.len() >= REMEMBERED + self.listed {
            self.forget();
        }
        self.shown.insert(id.clone(), shown);
    }
}

#[cfg(test)]
mod tests;
