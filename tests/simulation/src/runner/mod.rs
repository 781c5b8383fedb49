//! The runner: plays a story, step by step, and looks at everything after each.

mod calls;
mod coverage;
mod looks;
mod others;
mod panics;
mod people;
mod programs;
mod reports;
mod rest;
mod tables;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use vantage_live::{Id, ImTable};

pub use coverage::Coverage;

use self::panics::Ears;
use self::people::Place;
use self::reports::Done;
use self::tables::Open;
use crate::generation::{PLACES, Pace, Step, Story, What};
use crate::model::{Broken, Promise, Writes};
use crate::profiles::{PROCESSES, Roughness};
use crate::world::{Happened, Tale, TaskId, World};

/// How a story ended.
pub(crate) struct Ending {
    pub broken: Option<Broken>,
    /// How many steps were played.
    pub played: usize,
    pub tale: Tale,
}

/// A story that is being played.
struct Run<'s> {
    story: &'s Story,
    world: World,
    /// By process and table; `None` while the process is down.
    tables: Vec<Vec<Option<Open>>>,
    /// What outlives the processes.
    disks: Vec<Vec<ImTable>>,
    places: Vec<Place>,
    writes: Writes,
    /// The calls that write nothing through the entity to a record that does not fit it.
    bound: BTreeSet<u32>,
    /// The calls of programs that may be under way, by their tables.
    calls: Vec<(u32, TaskId)>,
    /// What calls have come to, until somebody looks.
    done: Arc<Mutex<Vec<Done>>>,
    /// Sessions and calls so far.
    actors: u32,
    opened: u32,
    /// Values that nobody wrote before, so far.
    unheard: u64,
}

/// The records that other programs know.
const RECORDS: [&str; 4] = ["flux_cupcake", "sea_pie", "time_tart", "delorean_donut"];

/// Plays a story to its end, or to the first promise that is not kept.
pub(crate) fn play(story: &Story, listens: bool) -> Ending {
    let ears = Ears::open();
    let mut run = Run::begin(story, Tale::new(listens));
    let mut played = 0;
    let mut broken = ears.hear(|| run.look()).err();
    for step in &story.steps {
        if broken.is_some() {
            break;
        }
        played += 1;
        broken = ears.hear(|| run.step(step)).err();
    }
    let broken = broken.or_else(|| ears.hear(|| run.end()).err());
    let tale = run.world.with(|state| state.tale.clone());
    Ending { broken, played, tale }
}

impl<'s> Run<'s> {
    fn begin(story: &'s Story, tale: Tale) -> Self {
        let setting = &story.setting;
        let world = World::new(setting, story.profile.roughness, tale);
        let cached = |tables: &Vec<_>| tables.iter().map(|_| ImTable::new("cache")).collect();
        let mut run = Run {
            story,
            world,
            tables: setting.processes.iter().map(|tables| tables.iter().map(|_| None).collect()).collect(),
            disks: setting.processes.iter().map(cached).collect(),
            places: (0..PLACES).map(|_| Place::Empty).collect(),
            writes: Writes::default(),
            bound: BTreeSet::new(),
            calls: Vec::new(),
            done: Arc::default(),
            actors: 0,
            opened: 0,
            unheard: 0,
        };
        run.world.with(|state| state.chance = crate::chance::Chance::new(story.seed));
        for record in &RECORDS[..setting.records.min(RECORDS.len())] {
            run.makes(&Id::from(*record));
        }
        (0..setting.processes.len()).for_each(|process| run.start(process));
        run
    }

    fn step(&mut self, step: &Step) -> Result<(), Broken> {
        let roughness = if step.is_calm { Roughness::CALM } else { self.story.profile.roughness };
        self.world.with(|state| {
            state.chance = crate::chance::Chance::new(step.seed);
            state.roughness = roughness;
            state.tale.count(Happened::Step, 1);
        });
        match step.what {
            What::Person(place, act) => self.person(usize::from(place), act)?,
            What::Program(table, call) => self.program(usize::from(table), call)?,
            What::Other(record, deed) => self.other(usize::from(record), deed),
            What::Link(process, cut) => self.link(usize::from(process), cut),
            What::Crash(process) => self.crash_or_start(usize::from(process)),
            What::Reopen(table) => self.reopen(usize::from(table))?,
            What::Wait => self.goes_on(Duration::from_secs(2))?,
            What::Rest => self.rests()?,
        }
        match step.pace {
            Pace::Turns(turns) => drop((0..turns).all(|_| self.world.turn())),
            Pace::Micros(micros) => self.goes_on(Duration::from_micros(u64::from(micros)))?,
        }
        self.look()
    }

    /// Lets time pass.
    fn goes_on(&mut self, by: Duration) -> Result<(), Broken> {
        let ends = self.world.advance(by);
        crate::model::ensure(ends, Promise::P8, || "the tasks go on and on, and the clock stands still".into())
    }

    /// The end of every story: trouble ends, and when everything is closed nothing runs any more.
    fn end(&mut self) -> Result<(), Broken> {
        self.rests()?;
        self.closes()
    }

    fn link(&mut self, process: usize, cut: crate::generation::Cut) {
        use crate::generation::Cut;
        let process = process % self.tables.len();
        self.world.with(|state| match cut {
            Cut::Store if !state.wires[process].is_cut => {
                state.wires[process].is_cut = true;
                state.wires[process].cuts += 1;
                state.cut_feeds(process);
                let sentence = || format!("the link of {} is cut", PROCESSES[process]);
                state.tell(Happened::LinkCut, [process as u64, 0], sentence);
            }
            Cut::Restore | Cut::Store if state.wires[process].is_cut => {
                state.wires[process].is_cut = false;
                let sentence = || format!("the link of {} is restored", PROCESSES[process]);
                state.tell(Happened::LinkRestored, [process as u64, 0], sentence);
            }
            _ => {
                state.cut_feeds(process);
                let sentence = || format!("the feeds of {} break", PROCESSES[process]);
                state.tell(Happened::FeedCut, [process as u64, 0], sentence);
            }
        });
    }

    /// The record that a number means: those that other programs know, and those that were made since.
    fn record(&self, number: usize) -> Id {
        let known = self.story.setting.records.min(RECORDS.len());
        let made: Vec<Id> = self.world.with(|state| {
            let known = |id: &Id| RECORDS.iter().any(|record| *id == Id::from(*record));
            state.store.ids().into_iter().filter(|id| !known(id)).collect()
        });
        match number % (known + made.len()) {
            number if number < known => Id::from(RECORDS[number]),
            number => made[number - known].clone(),
        }
    }

    fn next_actor(&mut self) -> u32 {
        self.actors += 1;
        self.actors
    }
}
