//! What is newer: whether a state of a record may replace the one that the table shows.
//!
//! A table counts its own moments. A read or a write of ours *began* at one, and a row was last *applied* at one. A
//! store answers from some moment between a request and its answer; so a request that began after a row was applied
//! has an answer at least as new as that row, and of any other it is not known. What is not known is settled by reading
//! the record, never by guessing.

use std::collections::HashMap;

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
    /// Whether it is from a request of ours, and the feed has not told it yet: an event that disagrees may be older.
    pub awaits_echo: bool,
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
        Source::Request { began, .. } => shown.applied <= began,
        // P6: until the feed has told what a request has shown, its events may be from before that.
        Source::Event => !shown.awaits_echo,
        Source::Hint => false,
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
        let awaits_echo = matches!(source, Source::Request { .. });
        self.shown.insert(id.clone(), Shown { applied, awaits_echo });
    }

    /// Every record was applied now, by a list: one mark for all.
    pub fn listed(&mut self) {
        self.forgotten = Shown { applied: self.next(), awaits_echo: true };
        self.shown.clear();
    }

    /// The feed has told the state that is shown: what it tells from here on is newer.
    pub fn echoed(&mut self, id: &Id) {
        let shown = Shown { awaits_echo: false, ..self.shown(id) };
        if self.shown.len() < REMEMBERED || self.shown.contains_key(id) {
            self.shown.insert(id.clone(), shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AHEAD: Shown = Shown { applied: 5, awaits_echo: true };
    const TOLD: Shown = Shown { applied: 5, awaits_echo: false };

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
