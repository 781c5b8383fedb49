//! What is newer: whether a state of a record may replace the one that the table shows.
//!
//! A table counts its own moments. A read or a write of ours *began* at one, and a row was last *applied* at one. A
//! store answers from some moment between a request and its answer; so a request that began after a row was applied
//! has an answer at least as new as that row, and of any other it is not known. What is not known is settled by reading
//! the record, never by guessing.

use std::collections::HashMap;

use crate::broken::{self, Broken};
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// When it was applied.
    pub applied: Moment,
    /// Whether the feed is as far as it: if not, an event that disagrees may be older.
    pub echo: Echo,
}

/// Whether the feed has told the state that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Echo {
    /// It is from the feed, or the feed has told it since.
    #[default]
    Told,
    /// It is from a request of ours, and the feed has not told it yet.
    Awaited,
    /// As `Awaited`, and so was the state before it: an event that agrees may be the echo of an earlier state of the same
    /// values, with others still to come in between.
    AwaitedOften,
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
        Source::Request { began, .. } => shown.applied <= began || broken::is(Broken::ShowsLateAnswers),
        // P6: until the feed has told what a request has shown, its events may be from before that.
        Source::Event => shown.echo == Echo::Told || broken::is(Broken::ShowsLateEvents),
        Source::Hint => broken::is(Broken::ShowsLateEvents),
    };
    if newer { Verdict::Apply } else { Verdict::Settle }
}

/// When each record was last applied, within bounds: what was forgotten counts as applied at the moment of forgetting,
/// and as awaiting an echo, which costs at most a read.
#[derive(Debug, Default)]
pub(super) struct Moments {
    now: Moment,
    shown: HashMap<Id, Shown>,
    forgotten: Shown,
}

/// About 6 MiB of marks.
const REMEMBERED: usize = 65_536;

impl Moments {
    /// The next moment.
    pub fn next(&mut self) -> Moment {
        self.now += 1;
        self.now
    }

    /// What is known of the state that is shown of `id`.
    pub fn shown(&self, id: &Id) -> Shown {
        self.shown.get(id).copied().unwrap_or(self.forgotten)
    }

    /// The record was applied now.
    pub fn applied(&mut self, id: &Id, source: Source) {
        // P8: within bounds, and on the side of caution beyond them.
        if self.shown.len() >= REMEMBERED && !self.shown.contains_key(id) {
            self.listed();
        }
        let applied = self.next();
        let echo = match (source, self.shown.get(id)) {
            (Source::Event | Source::Hint, _) => Echo::Told,
            (Source::Request { .. }, Some(before)) if before.echo != Echo::Told => Echo::AwaitedOften,
            (Source::Request { .. }, _) => Echo::Awaited,
        };
        self.shown.insert(id.clone(), Shown { applied, echo });
    }

    /// Every record was applied now, by a list: one mark for all.
    pub fn listed(&mut self) {
        self.forgotten = Shown { applied: self.next(), echo: Echo::Awaited };
        self.shown.clear();
    }

    /// What is shown was told once more: by a request that began then, or (`None`) just now. A request from before that is
    /// not newer than it, even if it is from after the record was applied.
    pub fn confirmed(&mut self, id: &Id, began: Option<Moment>) {
        let shown = self.shown(id);
        let applied = began.unwrap_or_else(|| self.next()).max(shown.applied);
        if applied > shown.applied {
            if self.shown.len() >= REMEMBERED && !self.shown.contains_key(id) {
                self.listed();
            }
            self.shown.insert(id.clone(), Shown { applied, ..shown });
        }
    }

    /// The feed has told the state that is shown: what it tells from here on is newer, unless that was told more than
    /// once.
    pub fn echoed(&mut self, id: &Id) {
        if self.shown(id).echo != Echo::AwaitedOften {
            self.caught_up(id);
        }
    }

    /// The feed is as far as the state that is shown: what it tells from here on is newer.
    pub fn caught_up(&mut self, id: &Id) {
        let shown = Shown { echo: Echo::Told, ..self.shown(id) };
        if self.shown.len() < REMEMBERED || self.shown.contains_key(id) {
            self.shown.insert(id.clone(), shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AHEAD: Shown = Shown { applied: 5, echo: Echo::Awaited };
    const OFTEN: Shown = Shown { applied: 5, echo: Echo::AwaitedOften };
    const TOLD: Shown = Shown { applied: 5, echo: Echo::Told };

    fn request(began: Moment) -> Source {
        Source::Request { began, write: false }
    }

    #[test]
    fn a_request_sent_after_a_row_was_shown_is_newer() {
        assert_eq!(judge(request(5), TOLD), Verdict::Apply);
        assert_eq!(judge(request(6), AHEAD), Verdict::Apply);
    }

    #[test]
    fn a_request_sent_before_a_row_was_shown_is_settled_by_reading() {
        assert_eq!(judge(request(4), TOLD), Verdict::Settle);
        assert_eq!(judge(Source::Request { began: 4, write: true }, TOLD), Verdict::Settle);
    }

    #[test]
    fn an_ordered_event_is_newer_unless_the_feed_may_be_behind_what_is_shown() {
        assert_eq!(judge(Source::Event, TOLD), Verdict::Apply);
        assert_eq!(judge(Source::Event, AHEAD), Verdict::Settle);
        assert_eq!(judge(Source::Event, OFTEN), Verdict::Settle);
    }

    #[test]
    fn an_echo_that_may_be_of_an_earlier_write_proves_nothing() {
        let (mut moments, id) = (Moments::default(), Id::from("sea_pie"));
        for _ in 0..2 {
            let began = moments.next();
            moments.applied(&id, Source::Request { began, write: true });
        }

        moments.echoed(&id);
        assert_eq!(judge(Source::Event, moments.shown(&id)), Verdict::Settle);

        moments.caught_up(&id);
        assert_eq!(judge(Source::Event, moments.shown(&id)), Verdict::Apply);
    }

    #[test]
    fn an_event_without_order_is_always_settled_by_reading() {
        assert_eq!(judge(Source::Hint, Shown::default()), Verdict::Settle);
    }

    #[test]
    fn what_is_forgotten_for_space_is_judged_with_caution() {
        let mut moments = Moments::default();
        let id = |n: usize| Id::from(i64::try_from(n).unwrap_or_default());
        let began = moments.next();
        moments.applied(&id(0), Source::Request { began, write: true });
        for n in 1..=REMEMBERED {
            moments.applied(&id(n), Source::Event);
        }

        assert!(moments.shown.len() < REMEMBERED);
        assert_eq!(judge(Source::Event, moments.shown(&id(0))), Verdict::Settle);
        assert_eq!(judge(request(began), moments.shown(&id(0))), Verdict::Settle);
    }
}
