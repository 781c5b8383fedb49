//! Profiles: how rough a world is, and what is there in it. A profile says how often each trouble comes; a setting, drawn
//! from the seed, says which processes, tables and feeds there are and what the store can do.

use std::time::Duration;

use vantage_live::{FeedOrder, Ids, Policy};

use crate::chance::Chance;
use crate::world::{Manner, Position, Records};

/// What a person calls the processes.
pub(crate) const PROCESSES: [&str; 3] = ["the till", "the kitchen", "the office"];

/// How often each trouble comes, in a thousand cases, and how long things take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roughness {
    pub unreachable: u16,
    pub lost_request: u16,
    pub lost_answer: u16,
    pub late: u16,
    pub refused: u16,
    pub doubled: u16,
    pub resent: u16,
    pub slow: u16,
    pub feed_dropped: u16,
    pub feed_doubled: u16,
    pub feed_slow: u16,
    pub cache_failed: u16,
    /// The longest way of a quick message, in microseconds.
    pub quick_us: u64,
    /// The longest way of a slow one, in milliseconds.
    pub slow_ms: u64,
}

impl Roughness {
    /// Nothing goes wrong.
    pub const CALM: Self = Roughness {
        unreachable: 0,
        lost_request: 0,
        lost_answer: 0,
        late: 0,
        refused: 0,
        doubled: 0,
        resent: 0,
        slow: 0,
        feed_dropped: 0,
        feed_doubled: 0,
        feed_slow: 0,
        cache_failed: 0,
        quick_us: 300,
        slow_ms: 1,
    };
}

/// How rough, and what people do how often.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    pub(crate) roughness: Roughness,
    pub(crate) weights: Weights,
    pub(crate) records: usize,
    /// Which feeds its tables have.
    pub(crate) feeds: Feeds,
}

/// Which feeds tables have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feeds {
    /// Of all kinds, or none.
    Any,
    /// Such as tell every change, in any order.
    Disordered,
}

/// What happens how often, each against the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    pub people: u16,
    pub tables: u16,
    pub others: u16,
    pub links: u16,
    pub crashes: u16,
    pub waits: u16,
    pub rests: u16,
    /// How often people delete something, against the rest of what they do.
    pub deletes: u16,
}

const WEIGHTS: Weights =
    Weights { people: 60, tables: 6, others: 14, links: 3, crashes: 1, waits: 8, rests: 1, deletes: 1 };

const EVERYDAY: Roughness = Roughness {
    unreachable: 15,
    lost_request: 10,
    lost_answer: 20,
    late: 10,
    refused: 15,
    doubled: 10,
    resent: 10,
    slow: 50,
    feed_dropped: 10,
    feed_doubled: 20,
    feed_slow: 60,
    cache_failed: 15,
    quick_us: 2_000,
    slow_ms: 300,
};

/// The profiles. A run that names none takes them in turn.
pub const PROFILES: &[Profile] = &[
    // A week of ordinary trouble.
    Profile { name: "everyday", roughness: EVERYDAY, weights: WEIGHTS, records: 3, feeds: Feeds::Any },
    // Half of what is sent meets some trouble.
    Profile {
        name: "rough",
        roughness: Roughness {
            unreachable: 50,
            lost_request: 60,
            lost_answer: 100,
            late: 70,
            refused: 40,
            doubled: 50,
            resent: 50,
            slow: 200,
            feed_dropped: 60,
            feed_doubled: 80,
            feed_slow: 250,
            cache_failed: 100,
            quick_us: 5_000,
            slow_ms: 1_500,
        },
        weights: Weights { links: 6, ..WEIGHTS },
        records: 3,
        feeds: Feeds::Any,
    },
    // Nothing is lost, but everybody writes to one record and everything is slow.
    Profile {
        name: "crowd",
        roughness: Roughness { slow: 400, feed_slow: 400, quick_us: 10_000, slow_ms: 200, ..Roughness::CALM },
        weights: Weights { others: 40, links: 0, crashes: 0, ..WEIGHTS },
        records: 1,
        feeds: Feeds::Any,
    },
    // Processes crash and start again, links are cut.
    Profile {
        name: "crashes",
        roughness: EVERYDAY,
        weights: Weights { crashes: 8, links: 8, ..WEIGHTS },
        records: 4,
        feeds: Feeds::Any,
    },
    // What is told of a record comes in any order, while it is being written to, and everything rests often.
    Profile {
        name: "gossip",
        roughness: Roughness { slow: 300, feed_slow: 400, quick_us: 5_000, slow_ms: 60, ..Roughness::CALM },
        weights: Weights { others: 40, links: 0, crashes: 0, waits: 2, rests: 8, ..WEIGHTS },
        records: 1,
        feeds: Feeds::Disordered,
    },
    // People clear out, and often nobody knows what came of it.
    Profile {
        name: "clearance",
        roughness: Roughness { lost_request: 150, lost_answer: 150, slow: 200, quick_us: 5_000, ..EVERYDAY },
        weights: Weights { others: 30, links: 0, crashes: 0, deletes: 10, ..WEIGHTS },
        records: 1,
        feeds: Feeds::Any,
    },
    // Answers take longer than what others tell is held back for them, and nothing is lost.
    Profile {
        name: "slow",
        roughness: Roughness { slow: 500, quick_us: 5_000, slow_ms: 2_000, ..Roughness::CALM },
        weights: Weights { people: 90, others: 30, links: 0, crashes: 0, waits: 4, deletes: 3, ..WEIGHTS },
        records: 1,
        feeds: Feeds::Any,
    },
    // No trouble at all: whatever goes wrong here is simple.
    Profile {
        name: "calm",
        roughness: Roughness::CALM,
        weights: Weights { links: 0, crashes: 0, ..WEIGHTS },
        records: 2,
        feeds: Feeds::Any,
    },
];

impl Profile {
    /// The profile of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Profile> {
        PROFILES.iter().find(|profile| profile.name == name)
    }

    /// The profile of a seed, where none was named.
    #[must_use]
    pub fn of(seed: u64) -> &'static Profile {
        &PROFILES[usize::try_from(seed % PROFILES.len() as u64).unwrap_or(0)]
    }
}

/// What is there in a world.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent yes or no")]
pub(crate) struct Setting {
    /// The tables of each process.
    pub processes: Vec<Vec<TableSetting>>,
    /// Whether the store puts its revision into every record. Where it does not, two states of a record can be alike.
    pub stamps: bool,
    /// Whether it makes capitals of names.
    pub shouts: bool,
    /// Whether it rounds prices.
    pub rounds: bool,
    /// Whether it drops a delivery to a street that it does not know.
    pub drops: bool,
    /// Whether it checks a guard and writes in one step.
    pub guards: bool,
    /// Whether it answers a write with what is stored then.
    pub after_image: bool,
    /// Whether it recognises the repetition of an insert.
    pub recognises: bool,
    pub client_ids: bool,
    /// The ids that other programs use.
    pub records: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct TableSetting {
    pub feed: Option<Manner>,
    pub poll_every: Option<Duration>,
    pub cache: bool,
    pub policy: Policy,
    pub ids: Ids,
    pub event_buffer: usize,
    pub batch: usize,
}

impl Setting {
    pub fn draw(seed: u64, profile: &Profile) -> Self {
        let mut chance = Chance::new(crate::chance::mix(seed ^ 0x5E77_1136));
        let stamps = chance.one_in(2);
        let client_ids = !chance.one_in(3);
        let guards = !chance.one_in(8);
        let processes = (0..chance.between(1, 3))
            .map(|_| {
                (0..chance.between(1, 2))
                    .map(|_| TableSetting::draw(&mut chance, profile, stamps, client_ids, guards))
                    .collect()
            })
            .collect();
        Setting {
            processes,
            stamps,
            shouts: chance.one_in(4),
            rounds: chance.one_in(4),
            drops: chance.one_in(4),
            guards,
            after_image: !chance.one_in(3),
            recognises: chance.one_in(2),
            client_ids,
            records: profile.records,
        }
    }
}

impl TableSetting {
    fn draw(chance: &mut Chance, profile: &Profile, stamps: bool, client_ids: bool, guards: bool) -> Self {
        let order = chance.pick(&[FeedOrder::Commit, FeedOrder::Unknown]);
        let records = chance.pick(&[Records::Always, Records::Always, Records::Sometimes, Records::Never]);
        let position = chance.pick(&[Position::Unknown, Position::OfTheStore, Position::OfTheAnswers]);
        let any = Manner { order, records, position };
        let (has_feed, manner) = match profile.feeds {
            Feeds::Any => (chance.below(4) > 0, any),
            Feeds::Disordered => (true, Manner { order: FeedOrder::Unknown, records: Records::Always, ..any }),
        };
        // A version that nobody counts guards nothing.
        let policies: &[Policy] =
            if stamps { &[Policy::Fields, Policy::Fields, Policy::Version] } else { &[Policy::Fields] };
        let policy = if chance.one_in(10) || !guards { Policy::Overwrite } else { chance.pick(policies) };
        TableSetting {
            feed: has_feed.then_some(manner),
            poll_every: (!has_feed && chance.one_in(2)).then(|| Duration::from_millis(chance.between(500, 4_000))),
            cache: chance.one_in(2),
            policy,
            ids: if client_ids && chance.one_in(2) { Ids::ClientUuid } else { Ids::Store },
            event_buffer: chance.pick(&[4, 16, 64, 1_024]),
            batch: chance.pick(&[1, 2, 3, 1_000]),
        }
    }
}
