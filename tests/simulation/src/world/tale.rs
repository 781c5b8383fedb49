//! The tale: what has happened, as counts for the coverage, as a hash that two runs of one seed share, and, where
//! somebody listens, as sentences.

/// The kinds of things that happen; each is a line of the coverage table.
macro_rules! happened {
    ($($name:ident => $line:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Happened { $($name,)* }

        impl Happened {
            pub const ALL: &'static [(Happened, &'static str)] = &[$((Happened::$name, $line),)*];
        }
    };
}

happened! {
    Step => "steps",
    Typed => "fields typed into",
    SetBack => "fields set back by hand",
    TypedMeanwhile => "fields typed into while a save is under way",
    Opened => "sessions opened",
    OpenFailed => "sessions that could not be opened",
    Begun => "new records begun",
    ClosedSession => "sessions closed",
    SaveBegun => "saves begun",
    SaveModified => "saves begun with something modified",
    Waited => "calls waited for",
    FutureDropped => "futures dropped half-way",
    Saved => "saves: saved",
    Partial => "saves: stored otherwise",
    PartialAgain => "saves: stored otherwise again",
    Conflicted => "saves: conflict",
    ConflictOfNothing => "saves: conflict without a field",
    FoundDeleted => "saves: deleted meanwhile",
    Created => "saves: created",
    Rejected => "saves: rejected",
    Unreachable => "saves: not reached",
    Unknown => "saves: outcome unknown",
    KeptApart => "saves: does not fit",
    DeletedIt => "deletes: deleted",
    DeleteFoundGone => "deletes: gone already",
    DeleteRefused => "deletes: changed meanwhile",
    DeleteFailed => "deletes: not done, or not known",
    Rebased => "rebases without conflict",
    RebasedConflict => "rebases with conflicts",
    RebasedGone => "rebases of a deleted record",
    Refreshed => "refreshes without conflict",
    RefreshedConflict => "refreshes with conflicts",
    RefreshedGone => "refreshes of a deleted record",
    RefreshFailed => "refreshes that failed",
    KeptMine => "conflicts decided: mine",
    TookTheirs => "conflicts decided: theirs",
    DecidedMeanwhile => "conflicts decided while a save is under way",
    IgnoredConflict => "saves over an undecided conflict",
    Accepted => "coercions accepted",
    Reverted => "reverts",
    SavedAsNew => "saves as new",
    PolicyChanged => "policies changed",
    TableWrote => "writes through a table",
    TableReplaced => "replacements through a table",
    TableRefused => "replacements of what does not fit, refused",
    TableInserted => "inserts through a table",
    TableDeleted => "deletes through a table",
    TableDeletedAll => "tables emptied",
    TableUpdated => "updates of all rows",
    TableFailed => "calls of a table that failed",
    TableRefreshed => "tables listed by hand",
    TableHeard => "records named to a table",
    Coerced => "values that the store made others of",
    GuardRefused => "guards refused by the store",
    ForeignWrote => "foreign writes",
    ForeignWroteBack => "foreign writes of what was there before",
    ForeignUnknown => "foreign writes of unknown columns",
    ForeignRespelled => "foreign respellings",
    ForeignMade => "foreign inserts",
    ForeignRemade => "records made again under their id",
    ForeignMadeAgain => "records made again as they were",
    ForeignDeleted => "foreign deletes",
    ForeignUnfit => "records made unfit",
    ForeignMended => "unfit records mended",
    Sent => "requests sent",
    Applied => "requests that reached the store",
    Overtaken => "requests that were overtaken by a later one",
    LostRequest => "requests lost",
    LostWrite => "requests lost: writes",
    LostAnswer => "answers lost",
    LostWriteAnswer => "answers lost: to writes",
    AppliedLate => "requests applied after they were reported lost",
    Doubled => "requests doubled",
    Resent => "requests sent again, the second answer taken",
    NotReached => "requests that did not leave",
    Refused => "requests refused at random",
    Slow => "slow ways",
    LinkCut => "links cut",
    LinkRestored => "links restored",
    FeedCut => "feeds cut",
    FeedTold => "feed events told",
    FeedOvertaken => "feed events told after a later one",
    FeedPosition => "feed positions told",
    FeedDropped => "feed events dropped",
    FeedDoubled => "feed events doubled",
    FeedLagged => "feeds that fell behind",
    Subscribed => "feeds subscribed to",
    SubscribeFailed => "feeds not reached",
    CacheFailed => "cache calls that failed",
    Crashed => "processes crashed",
    Started => "processes started",
    TableClosed => "tables closed and opened again",
    Resynced => "lists completed",
    Settled => "records settled by a read",
    Lagged => "events that slow subscribers missed",
    Reset => "resets read by subscribers",
    EventSeen => "events read by subscribers",
    Rested => "times everything came to rest",
    Converged => "sessions brought to rest",
    Rows => "rows compared with the store",
    RejectedRows => "rejected rows compared with the store",
    CacheRows => "cached rows compared with the rows",
}

/// What has happened so far.
#[derive(Clone)]
pub(crate) struct Tale {
    pub counts: Vec<u64>,
    hash: u64,
    /// The sentences, where somebody listens.
    pub told: Option<Vec<String>>,
}

impl Tale {
    pub fn new(listens: bool) -> Self {
        Tale { counts: vec![0; Happened::ALL.len()], hash: 0xCBF2_9CE4_8422_2325, told: listens.then(Vec::new) }
    }

    pub fn tell(&mut self, now: u64, happened: Happened, numbers: [u64; 2], sentence: impl FnOnce() -> String) {
        self.count(happened, 1);
        self.stir(now ^ (happened as u64) << 56);
        for number in numbers {
            self.stir(number);
        }
        if let Some(told) = &mut self.told {
            let sentence = sentence();
            if !sentence.is_empty() {
                told.push(format!("{:>9.3} ms  {sentence}", time(now)));
            }
        }
    }

    pub fn count(&mut self, happened: Happened, by: u64) {
        self.counts[happened as usize] += by;
    }

    /// Takes text into the hash.
    pub fn stir_text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    }

    pub fn stir(&mut self, number: u64) {
        self.hash = crate::chance::mix(self.hash ^ number).wrapping_add(0x9E37_79B9_7F4A_7C15);
    }

    pub fn hash(&self) -> u64 {
        self.hash
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn time(now: u64) -> f64 {
    now as f64 / 1_000.0
}
