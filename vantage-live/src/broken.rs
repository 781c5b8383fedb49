//! Switches that break a promise on purpose, so that the project's own simulation can be seen to find what it looks for.
//! Only with the feature `broken`, and then only on a thread that asks for it; without it every switch is a constant.

/// A way to break a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// P1: a field in conflict counts as modified when it is set back.
    ConflictStaysModified,
    /// P1: a field in conflict counts as not modified.
    ConflictIsNotModified,
    /// P2: a save writes every field.
    PatchesEverything,
    /// P2: a save replaces the whole record.
    ReplacesTheRecord,
    /// P2: what does not fit the entity is overwritten through it.
    UnfitIsOverwritten,
    /// P2: a field is written into a nested entity that has gone.
    WritesIntoWhatHasGone,
    /// P3: a save checks nothing in the store.
    SendsNoGuard,
    /// P3: a delete checks nothing in the store.
    DeletesWithoutGuard,
    /// P3: a delete that was refused is sent again where a rebase has shown why since.
    DeletesWhatWasShownSince,
    /// P3: a save that was refused is sent again with what is there by now.
    RefusalGoesUnshown,
    /// P3: a conflict that nobody asked for is forgotten.
    ForgetsUnseenConflicts,
    /// P3: what a write under way has done is taken for somebody else's change.
    EchoIsForeign,
    /// P3: a conflict begins anew with each change that is seen, so that it forgets its first base.
    RebaseForgetsBase,
    /// P3: what was read after a write, of a store that does not tell what it has stored, is overwritten unshown.
    OverwritesWhatWasRead,
    /// P4: a failed save takes the local state back.
    FailureDropsLocal,
    /// P4: a rebase takes the store's value over what was typed.
    RebaseTakesRemote,
    /// P4: a lost answer is taken for a refusal.
    LostIsRefused,
    /// P4: a lost answer is taken for success.
    LostIsSaved,
    /// P4: a write that was done is told as one that did not reach the store, where what has come of it cannot be read.
    DoneIsUnreached,
    /// P4: each attempt to make a record has a key of its own.
    CreatesTwice,
    /// P4: a record that was made unheard is made again, where it is to be saved as a new one.
    MakesAnother,
    /// P4: that a record was made is told after it was told that it is gone.
    RemembersWhatHasGone,
    /// P4: a lost delete stays in doubt, whatever was seen since.
    ClaimsWhatOthersDelete,
    /// P5: the after-image of a write is not shown.
    HidesAfterImages,
    /// P5: a save does not wait until it is known which of two answers is newer.
    AnswersUnsettled,
    /// P6: an event is shown, however late it is.
    ShowsLateEvents,
    /// P6: an answer is shown, however late it is.
    ShowsLateAnswers,
    /// P6: an event that has waited for an answer is as new as what the feed has told since.
    WaitingMakesNewer,
    /// P6: an event that has the values which are shown makes those after it newer.
    TrustsEchoes,
    /// P7: a list does not remove what it does not have.
    ListForgetsDeletions,
    /// P7: the table lists before it subscribes.
    ListsBeforeSubscribing,
    /// P7: a feed that says that something has changed is not heard.
    IgnoresChanged,
    /// P7: of the hints that come while a write is under way, the last one counts.
    LastHintCounts,
    /// P7: a cache that could not be read keeps what it has.
    CacheKeepsGhosts,
    /// P7: a table whose feed has ended does not say so.
    StaysLive,
    /// P8: a subscription holds whatever comes.
    UnboundedSubscriptions,
    /// P8: the tasks of a table go on when it is closed.
    TasksOutliveTheirTable,
    /// P8: a record that was read is to be read again.
    SettlesForEver,
    /// Nothing panics: a task of the table does, where a feed tells of a deletion.
    TaskPanics,
    /// Nothing panics: a call of a session does, where the store's value is accepted.
    CallPanics,
}

#[cfg(feature = "broken")]
mod switch {
    use std::cell::Cell;

    use super::Broken;

    thread_local! {
        static NOW: Cell<Option<Broken>> = const { Cell::new(None) };
    }

    /// Whether the library is to be broken like this, here and now.
    pub(crate) fn is(broken: Broken) -> bool {
        NOW.get() == Some(broken)
    }

    /// Does `what` with the library broken like this on this thread.
    pub fn with<T>(broken: Broken, what: impl FnOnce() -> T) -> T {
        struct Mend(Option<Broken>);
        impl Drop for Mend {
            fn drop(&mut self) {
                NOW.set(self.0);
            }
        }
        let _mend = Mend(NOW.replace(Some(broken)));
        what()
    }
}

#[cfg(feature = "broken")]
pub(crate) use switch::is;
#[cfg(feature = "broken")]
pub use switch::with;

/// It is not.
#[cfg(not(feature = "broken"))]
pub(crate) const fn is(_: Broken) -> bool {
    false
}

/// Panics where the library is to.
#[inline]
pub(crate) fn panics(broken: Broken) {
    assert!(!is(broken), "on purpose");
}
