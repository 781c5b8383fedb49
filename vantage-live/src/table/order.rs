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

use crate::broken::{self, Broken};
use crate::feed::Feed;
use crate::value::Id;

/// A moment in the table's own count.
pub(super) type Moment = u64;

/// Where a state of a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A request of ours (a list, a read, a write) that began then.
    Request {
        /// When it was sent.
        began: Moment,
        /// Whether it was a write that was done: the change is this process's own.
        write: bool,
    },
    /// An event of a feed that tells the changes of a record in the order of their commits.
    Event,
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
}

/// What a feed has to have told before its events are newer than what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// What is shown is from the feed itself.
    Told,
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

/// Decides on a state that differs from the one that is shown; `heard` is how far the feed has told.
pub(super) fn judge(source: Source, shown: Shown, heard: u64) -> Verdict {
    let newer = match source {
        Source::Request { began, .. } => shown.applied <= began || broken::is(Broken::ShowsLateAnswers),
        // P6: until the feed is as far as what a request has shown, its events may be from before that.
        Source::Event => shown.mark <= Mark::Position(heard) || broken::is(Broken::ShowsLateEvents),
        Source::Hint => broken::is(Broken::ShowsLateEvents),
    };
    if newer { Verdict::Apply } else { Verdict::Settle }
}

/// When each record was last applied, within bounds: what was forgotten counts as applied at the moment of forgetting, and
/// as ahead of the feed then, which costs at most a read.
pub(super) struct Moments {
    now: Moment,
    shown: HashMap<Id, Shown>,
    forgotten: Shown,
    feed: Option<Arc<dyn Feed>>,
    /// The position up to which the feed has told everything.
    heard: u64,
}

/// About 6 MiB of marks.
const REMEMBERED: usize = 65_536;

impl Moments {
    /// Of a table that follows this feed.
    pub fn new(feed: Option<Arc<dyn Feed>>) -> Self {
        let forgotten = Shown { applied: 0, mark: Mark::Unknown };
        Moments { now: 0, shown: HashMap::new(), forgotten, feed, heard: 0 }
    }

    /// The next moment.
    pub fn next(&mut self) -> Moment {
        self.now += 1;
        self.now
    }

    /// Whether a state that differs from what is shown of `id` is newer.
    pub fn judge(&self, id: &Id, source: Source) -> Verdict {
        judge(source, self.shown(id), self.heard)
    }

    /// The feed has told everything up to this position.
    pub fn heard(&mut self, position: u64) {
        self.heard = position;
    }

    /// A new subscription begins, and what the feed says of its position begins with it.
    pub fn subscribed(&mut self) {
        self.heard = 0;
    }

    fn shown(&self, id: &Id) -> Shown {
        self.shown.get(id).copied().unwrap_or(self.forgotten)
    }

    /// Where the feed is now: at least as far as any answer that has come.
    fn mark(&self) -> Mark {
        self.feed.as_ref().and_then(Feed::position).map_or(Mark::Unknown, Mark::Position)
    }

    /// The record was applied now.
    pub fn applied(&mut self, id: &Id, source: Source) {
        let mark = match source {
            Source::Event => Mark::Told,
            Source::Hint | Source::Request { .. } => self.mark(),
        };
        let applied = self.next();
        self.remember(id, Shown { applied, mark });
    }

    /// Every record was applied now, by a list: one mark for all.
    pub fn listed(&mut self) {
        self.forgotten = Shown { applied: self.next(), mark: self.mark() };
        self.shown.clear();
    }

    /// What is shown was told once more: by a request that began then, or (`None`) by the feed. A request from before that
    /// is not newer than it, even if it is from after the record was applied; nor is an event that the feed told before
    /// the answer.
    pub fn confirmed(&mut self, id: &Id, began: Option<Moment>) {
        let shown = self.shown(id);
        let applied = began.unwrap_or_else(|| self.next()).max(shown.applied);
        let mark = if began.is_some() { shown.mark.max(self.mark()) } else { shown.mark };
        if (Shown { applied, mark }) != shown {
            self.remember(id, Shown { applied, mark });
        }
    }

    fn remember(&mut self, id: &Id, shown: Shown) {
        // P8: within bounds, and on the side of caution beyond them.
        if self.shown.len() >= REMEMBERED && !self.shown.contains_key(id) {
            self.listed();
        }
        self.shown.insert(id.clone(), shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::ManualFeed;

    const MARKED: Shown = Shown { applied: 5, mark: Mark::Position(20) };
    const UNKNOWN: Shown = Shown { applied: 5, mark: Mark::Unknown };
    const TOLD: Shown = Shown { applied: 5, mark: Mark::Told };

    fn request(began: Moment) -> Source {
        Source::Request { began, write: false }
    }

    #[test]
    fn a_request_sent_after_a_row_was_shown_is_newer() {
        assert_eq!(judge(request(5), TOLD, 0), Verdict::Apply);
        assert_eq!(judge(request(6), MARKED, 0), Verdict::Apply);
    }

    #[test]
    fn a_request_sent_before_a_row_was_shown_is_settled_by_reading() {
        assert_eq!(judge(request(4), TOLD, 30), Verdict::Settle);
        assert_eq!(judge(Source::Request { began: 4, write: true }, TOLD, 30), Verdict::Settle);
    }

    #[test]
    fn an_event_after_one_that_is_shown_is_newer() {
        assert_eq!(judge(Source::Event, TOLD, 0), Verdict::Apply);
    }

    #[test]
    fn an_event_is_newer_than_an_answer_once_the_feed_is_as_far() {
        assert_eq!(judge(Source::Event, MARKED, 19), Verdict::Settle);
        assert_eq!(judge(Source::Event, MARKED, 20), Verdict::Apply);
    }

    #[test]
    fn an_event_of_a_feed_that_does_not_say_where_it_is_is_never_known_to_be_newer_than_an_answer() {
        assert_eq!(judge(Source::Event, UNKNOWN, u64::MAX), Verdict::Settle);
    }

    #[test]
    fn an_event_without_order_is_always_settled_by_reading() {
        for shown in [TOLD, MARKED, UNKNOWN] {
            assert_eq!(judge(Source::Hint, shown, 30), Verdict::Settle);
        }
    }

    #[test]
    fn an_answer_that_confirms_what_an_event_has_shown_is_newer_than_the_events_before_it() {
        let feed = ManualFeed::of_store();
        let mut moments = Moments::new(Some(Arc::new(feed.clone())));
        let id = Id::from("sea_pie");
        moments.applied(&id, Source::Event);
        feed.delete("sea_pie");
        let began = moments.next();

        moments.confirmed(&id, Some(began));

        assert_eq!(moments.judge(&id, Source::Event), Verdict::Settle);
        moments.heard(1);
        assert_eq!(moments.judge(&id, Source::Event), Verdict::Apply);
    }

    #[test]
    fn what_is_forgotten_for_space_is_judged_with_caution() {
        let mut moments = Moments::new(None);
        let id = |n: usize| Id::from(i64::try_from(n).unwrap_or_default());
        let began = moments.next();
        moments.applied(&id(0), Source::Request { began, write: true });
        for n in 1..=REMEMBERED {
            moments.applied(&id(n), Source::Event);
        }

        assert!(moments.shown.len() < REMEMBERED);
        assert_eq!(moments.judge(&id(0), Source::Event), Verdict::Settle);
        assert_eq!(moments.judge(&id(0), request(began)), Verdict::Settle);
    }
}
