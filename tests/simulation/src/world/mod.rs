//! The world that the library lives in: one thread, a clock that only the story moves, chance from the story's seed, a
//! store, and links to it that fail. Nothing here is of the library's; nothing of the library's is replaced but this.
//!
//! Invariant: everything that happens follows from the story and its seed. Ready tasks are chosen by chance from a list
//! in the order of their making, so the order in which they were woken is not seen.

mod executor;
mod feed;
mod link;
mod reads;
mod store;
mod tale;
mod writes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::BoxFuture;
use parking_lot::Mutex;
use vantage_live::table::Environment;

pub(crate) use executor::{Owner, TaskId};
pub(crate) use feed::{Manner, Position, Records, TableFeed};
pub(crate) use link::{Disk, Found, Link, Wire};
pub(crate) use store::{Ask, By, Commit, Deed, Shape, Store};
pub(crate) use tale::{Happened, Tale};

use self::executor::{Ready, Tasks};
use self::feed::Feeds;
use crate::chance::Chance;
use crate::model::{Known, Permit, SentDelete};
use crate::profiles::{Roughness, Setting};

/// The world. A handle: clones are the same world.
#[derive(Clone)]
pub(crate) struct World {
    state: Arc<Mutex<State>>,
    ready: Arc<Ready>,
}

/// Everything that there is. Never locked while a task is polled or dropped.
pub(crate) struct State {
    /// Microseconds since the beginning.
    pub now: u64,
    pub chance: Chance,
    pub roughness: Roughness,
    pub tasks: Tasks,
    pub store: Store,
    pub feeds: Feeds,
    /// By process.
    pub wires: Vec<Wire>,
    pub tale: Tale,
    /// What the model lets a session write, by session.
    pub permits: BTreeMap<u32, Arc<Permit>>,
    /// What was written since the model last looked.
    pub commits: Vec<Commit>,
    /// Per actor, the place in its record's history of its last change whose answer it has.
    pub answered: BTreeMap<u32, (vantage_live::Id, usize)>,
    /// The same of changes of which it was not told yet what the store has made of them.
    pub half_answered: BTreeMap<u32, (vantage_live::Id, usize)>,
    /// Per actor that has deleted every record, where in their histories that was.
    pub emptied: BTreeMap<u32, Vec<(vantage_live::Id, usize)>>,
    /// What tables were told that they had asked to read, since the model last looked.
    pub found: Vec<(u32, Found)>,
    /// By actor, what it has sent in requests whose answers were lost.
    pub unanswered: BTreeMap<u32, Known>,
    /// The actors of which an answer to a write could not be read.
    pub unread: BTreeSet<u32>,
    /// The actors of which a write or a delete was sent twice: it may be refused, or find nothing, because of its own first time.
    pub sent_twice: BTreeSet<u32>,
    /// The deletes, by actor and record, that were done, or whose answers were lost: the last of each.
    pub deletes: BTreeMap<(u32, vantage_live::Id), SentDelete>,
}

impl World {
    pub fn new(setting: &Setting, roughness: Roughness, tale: Tale) -> Self {
        let state = State {
            now: 0,
            chance: Chance::new(0),
            roughness,
            tasks: Tasks::default(),
            store: Store::new(setting),
            feeds: Feeds::default(),
            wires: vec![Wire::default(); setting.processes.len()],
            tale,
            permits: BTreeMap::new(),
            commits: Vec::new(),
            answered: BTreeMap::new(),
            emptied: BTreeMap::new(),
            half_answered: BTreeMap::new(),
            found: Vec::new(),
            unanswered: BTreeMap::new(),
            unread: BTreeSet::new(),
            sent_twice: BTreeSet::new(),
            deletes: BTreeMap::new(),
        };
        World { state: Arc::new(Mutex::new(state)), ready: Arc::default() }
    }

    pub fn with<T>(&self, of: impl FnOnce(&mut State) -> T) -> T {
        of(&mut self.state.lock())
    }

    /// Something has happened: `numbers` go into the story's hash, the sentence is spelled where somebody listens.
    pub fn tell(&self, happened: Happened, numbers: [u64; 2], sentence: impl FnOnce() -> String) {
        self.with(|state| state.tell(happened, numbers, sentence));
    }
}

impl State {
    /// As [`World::tell`].
    pub fn tell(&mut self, happened: Happened, numbers: [u64; 2], sentence: impl FnOnce() -> String) {
        self.tale.tell(self.now, happened, numbers, sentence);
    }
}

/// The world as a table of one process sees it.
pub(crate) struct Place {
    pub world: World,
    pub process: usize,
    /// Which table, counted through all that were ever opened.
    pub table: u32,
}

impl Environment for Place {
    fn now(&self) -> SystemTime {
        // The 21st of October 2015, 23:29 UTC, like the rest of the bakery.
        const BEGINNING: Duration = Duration::from_mins(24_091_169);
        UNIX_EPOCH + BEGINNING + Duration::from_micros(self.world.with(|state| state.now))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(self.world.sleep(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        // A task of the table's that a session's call has started acts for that session.
        let actor = self.world.with(|state| state.tasks.current.and_then(|owner| owner.actor));
        self.world.spawn(Some(Owner { process: self.process, table: self.table, actor }), task);
    }

    fn random(&self) -> u128 {
        self.world.with(|state| state.chance.wide())
    }
}
