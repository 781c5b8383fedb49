//! Generation: what happens. A story is a list of steps, drawn from a seed without looking at the world, so that a step
//! means the same wherever it stands, and a story of which some steps are left out is a story still.

use crate::chance::{Chance, mix};
use crate::product::COUNT;
use crate::profiles::{Profile, Setting};

/// One thing that happens, and the seed of all chance until the next one.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub seed: u64,
    pub what: What,
    /// Whether the world is without trouble during this step; only shrinking makes it so.
    pub is_calm: bool,
    /// How far the world goes on afterwards.
    pub pace: Pace,
}

/// How far the world goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// So many turns of tasks that are ready.
    Turns(u8),
    /// So many microseconds, and everything that is due by then.
    Micros(u32),
}

/// What happens. People, tables, records and fields are numbers; the world says whom they mean.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// A person at one of the places.
    Person(u8, Act),
    /// A program that uses a table.
    Program(u8, Call),
    /// Another program, beside all tables.
    Other(u8, Deed),
    Link(u8, Cut),
    Crash(u8),
    /// A table is closed and opened again.
    Reopen(u8),
    Wait,
    /// Trouble ends, people finish their work, and everything is compared.
    Rest,
}

/// What a person does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Open {
        table: u8,
        record: u8,
    },
    New {
        table: u8,
        number: u8,
    },
    Type {
        field: u8,
        number: u8,
    },
    SetBack {
        field: u8,
    },
    Save,
    /// Begins something and drops its future.
    Drop,
    Start,
    Poll,
    Finish,
    Refresh,
    Rebase,
    Keep {
        field: u8,
    },
    Take {
        field: u8,
    },
    Accept,
    Revert,
    RevertField {
        field: u8,
    },
    Delete,
    StartDelete,
    PollDelete,
    SaveAsNew,
    Policy {
        number: u8,
    },
    Close,
}

/// What a program asks of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    RefreshAll,
    Hear { record: u8 },
    Write { record: u8, field: u8 },
    Replace { record: u8 },
    Insert,
    Delete { record: u8 },
    DeleteAll,
    Update,
    Subscribe { kind: u8, record: u8 },
    Drain,
}

/// What another program does to a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    Write {
        field: u8,
    },
    WriteTyped {
        field: u8,
        number: u8,
    },
    /// What it had there before.
    WriteBack {
        field: u8,
    },
    WriteUnknown,
    Respell,
    Make,
    /// As it was when it was deleted.
    MakeAgain,
    Delete,
    Unfit {
        field: u8,
    },
    Mend,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    Store,
    Restore,
    Feeds,
}

/// A story.
#[derive(Clone)]
pub(crate) struct Story {
    pub seed: u64,
    pub profile: &'static Profile,
    pub setting: Setting,
    pub steps: Vec<Step>,
}

/// How many steps a story has, where nobody says.
pub(crate) const STEPS: usize = 100;

impl Story {
    pub fn draw(seed: u64, profile: &'static Profile, steps: usize) -> Self {
        let mut chance = Chance::new(mix(seed));
        let steps = (0..steps).map(|_| Step::draw(&mut chance, profile)).collect();
        Story { seed, profile, setting: Setting::draw(seed, profile), steps }
    }
}

impl Step {
    fn draw(chance: &mut Chance, profile: &Profile) -> Self {
        let what = What::draw(chance, profile);
        let pace = match chance.below(10) {
            0..4 => Pace::Turns(u8::try_from(chance.below(8)).unwrap_or(0)),
            4..8 => Pace::Micros(u32::try_from(chance.between(0, 4 * profile.roughness.quick_us)).unwrap_or(0)),
            _ => Pace::Micros(u32::try_from(chance.between(0, 1_000 * profile.roughness.slow_ms)).unwrap_or(0)),
        };
        Step { seed: chance.next(), what, is_calm: false, pace }
    }
}

fn small(chance: &mut Chance, bound: usize) -> u8 {
    u8::try_from(chance.below(bound)).unwrap_or(0)
}

/// At how many places people sit.
pub(crate) const PLACES: usize = 5;

impl What {
    fn draw(chance: &mut Chance, profile: &Profile) -> Self {
        #[derive(Clone, Copy)]
        enum Kind {
            Person,
            Program,
            Other,
            Link,
            Crash,
            Wait,
            Rest,
        }
        let of = profile.weights;
        let kinds = [
            (of.people, Kind::Person),
            (of.tables, Kind::Program),
            (of.others, Kind::Other),
            (of.links, Kind::Link),
            (of.crashes, Kind::Crash),
            (of.waits, Kind::Wait),
            (of.rests, Kind::Rest),
        ];
        match chance.weighted(&kinds) {
            Kind::Person => What::Person(small(chance, PLACES), Act::draw(chance, of.deletes)),
            Kind::Program => What::Program(small(chance, 6), Call::draw(chance)),
            Kind::Other => What::Other(small(chance, 8), Deed::draw(chance)),
            Kind::Link => {
                let cut = chance.weighted(&[(2, Cut::Store), (3, Cut::Restore), (1, Cut::Feeds)]);
                What::Link(small(chance, 3), cut)
            }
            Kind::Crash if chance.one_in(3) => What::Reopen(small(chance, 6)),
            Kind::Crash => What::Crash(small(chance, 3)),
            Kind::Wait => What::Wait,
            Kind::Rest => What::Rest,
        }
    }
}

impl Act {
    fn draw(chance: &mut Chance, deletes: u16) -> Self {
        let (field, number, table, record) =
            (small(chance, COUNT), small(chance, 6), small(chance, 6), small(chance, 8));
        let acts = [
            (24, Act::Type { field, number }),
            (2, Act::SetBack { field }),
            (14, Act::Save),
            (3, Act::Drop),
            (5, Act::Start),
            (5, Act::Poll),
            (2, Act::Finish),
            (3, Act::Refresh),
            (4, Act::Rebase),
            (2, Act::Keep { field }),
            (2, Act::Take { field }),
            (1, Act::Accept),
            (1, Act::Revert),
            (1, Act::RevertField { field }),
            (2 * deletes, Act::Delete),
            (deletes, Act::StartDelete),
            (2 * deletes, Act::PollDelete),
            (2, Act::SaveAsNew),
            (1, Act::Policy { number }),
            (2, Act::Close),
            (2, Act::Open { table, record }),
            (2, Act::New { table, number }),
        ];
        chance.weighted(&acts)
    }
}

impl Call {
    fn draw(chance: &mut Chance) -> Self {
        let (field, record, kind) = (small(chance, COUNT), small(chance, 8), small(chance, 3));
        let calls = [
            (2, Call::RefreshAll),
            (2, Call::Hear { record }),
            (4, Call::Write { record, field }),
            (2, Call::Replace { record }),
            (1, Call::Insert),
            (2, Call::Delete { record }),
            (1, Call::DeleteAll),
            (2, Call::Update),
            (2, Call::Subscribe { kind, record }),
            (3, Call::Drain),
        ];
        chance.weighted(&calls)
    }
}

impl Deed {
    fn draw(chance: &mut Chance) -> Self {
        let (field, number) = (small(chance, COUNT), small(chance, 6));
        let deeds = [
            (10, Deed::Write { field }),
            (4, Deed::WriteTyped { field, number }),
            (3, Deed::WriteBack { field }),
            (2, Deed::WriteUnknown),
            (2, Deed::Respell),
            (3, Deed::Make),
            (2, Deed::MakeAgain),
            (3, Deed::Delete),
            (1, Deed::Unfit { field }),
            (3, Deed::Mend),
        ];
        chance.weighted(&deeds)
    }
}
