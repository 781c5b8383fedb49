//! The processes and their tables: opened, closed, crashed, and started again with what their caches have kept.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use vantage_live::{Event, Id, LiveTable, Subscription};

use super::Run;
use super::people::Place;
use crate::model::{Broken, Promise, Table};
use crate::product::{Product, ProductField};
use crate::profiles::PROCESSES;
use crate::world::{Disk, Happened, Link, Place as Environment, TableFeed};

/// A table that is open.
pub(super) struct Open {
    /// Counts the tables that were ever opened.
    pub number: u32,
    pub table: LiveTable<Product>,
    /// Is read after every step.
    pub monitor: Subscription<Product>,
    pub model: Table,
    /// Is read when a step says so.
    pub slow: Option<Slow>,
}

/// A subscriber that takes its time.
pub(super) struct Slow {
    pub events: Subscription<Product>,
    pub interest: Interest,
    pub replica: BTreeMap<Id, Arc<Product>>,
}

#[derive(Clone, Debug)]
pub(super) enum Interest {
    All,
    Record(Id),
    Prices,
}

impl Run<'_> {
    /// Starts a process that is down: its tables open, with what their caches have kept.
    pub(super) fn start(&mut self, process: usize) {
        self.world.tell(Happened::Started, [process as u64, 0], || format!("{} starts", PROCESSES[process]));
        (0..self.tables[process].len()).for_each(|table| self.open(process, table));
    }

    fn open(&mut self, process: usize, at: usize) {
        self.opened += 1;
        let setting = self.story.setting.processes[process][at];
        let (world, number) = (self.world.clone(), self.opened);
        let capabilities = vantage_live::Capabilities {
            idempotent_insert: self.story.setting.recognises,
            client_ids: self.story.setting.client_ids,
            guarded_write: self.story.setting.guards,
            after_image: self.story.setting.after_image,
            ..vantage_live::Capabilities::all()
        };
        let mut builder = LiveTable::builder(Link { world: world.clone(), process, capabilities })
            .environment(Environment { world: world.clone(), process, table: number })
            .policy(setting.policy)
            .ids(setting.ids)
            .event_buffer(setting.event_buffer)
            .batch(setting.batch);
        if let Some(manner) = setting.feed {
            builder = builder.feed(TableFeed { world: world.clone(), process, table: number, manner });
        }
        if let Some(interval) = setting.poll_every {
            builder = builder.poll_every(interval);
        }
        if setting.cache {
            builder = builder.cache(Disk { world, table: self.disks[process][at].clone() });
        }
        // The parts fit, so this cannot fail; were it to, the table would be missed at once.
        let Ok(table) = builder.start() else { return };
        let name = format!("table {at} of {}", PROCESSES[process]);
        let mut model = Table::new(name);
        let monitor = table.subscribe();
        model.reads_afresh(&table);
        self.tables[process][at] = Some(Open { number, table, monitor, model, slow: None });
    }

    /// The process ends where it stands, or starts again.
    pub(super) fn crash_or_start(&mut self, process: usize) {
        let process = process % self.tables.len();
        if self.tables[process].iter().any(Option::is_none) {
            return self.start(process);
        }
        self.world.tell(Happened::Crashed, [process as u64, 0], || format!("{} crashes", PROCESSES[process]));
        // Its tasks vanish first: nobody tells them that it is over.
        self.world.kill(process);
        for place in &mut self.places {
            if place.process() == Some(process) {
                *place = Place::Empty;
            }
        }
        self.tables[process].iter_mut().for_each(|table| *table = None);
    }

    /// A table is closed in good order, with the sessions on it, and opened again.
    pub(super) fn reopen(&mut self, table: usize) -> Result<(), Broken> {
        let Some((process, at)) = self.table_at(table) else { return Ok(()) };
        let number = self.tables[process][at].as_ref().map_or(0, |open| open.number);
        self.world.tell(Happened::TableClosed, [process as u64, at as u64], || {
            format!("table {at} of {} is closed, and opened again", PROCESSES[process])
        });
        self.leave_the_table(number);
        self.tables[process][at] = None;
        // What it was writing to its cache is written before the next one reads there.
        self.ends(number)?;
        self.open(process, at);
        Ok(())
    }

    /// P8: a table that is closed comes to its end.
    pub(super) fn ends(&mut self, number: u32) -> Result<(), Broken> {
        const PATIENCE: usize = 40;
        let left = |run: &Self| run.world.with(|state| state.tasks.of_table(number));
        for _ in 0..PATIENCE {
            if left(self) == 0 {
                return Ok(());
            }
            self.goes_on(Duration::from_millis(500))?;
        }
        let what = format!("table {number} is closed, and {} of its tasks run on", left(self));
        Err(Broken { promise: Promise::P8, what })
    }

    /// Everybody at a table leaves, and no program waits for it any more: both would hold it open.
    pub(super) fn leave_the_table(&mut self, number: u32) {
        for at in 0..self.places.len() {
            if self.places[at].table() == Some(number) {
                self.leave(at);
            }
        }
        for (_, task) in self.calls.extract_if(.., |(table, _)| *table == number) {
            self.world.cancel(task);
        }
    }

    /// The process and the place in it of the table that a number means; `None` where its process is down.
    pub(super) fn table_at(&self, number: usize) -> Option<(usize, usize)> {
        let all: Vec<_> = (0..self.tables.len())
            .flat_map(|process| (0..self.tables[process].len()).map(move |at| (process, at)))
            .collect();
        let (process, at) = all[number % all.len()];
        self.tables[process][at].as_ref().map(|_| (process, at))
    }

    /// The open table of this number.
    pub(super) fn open_table(&mut self, number: u32) -> Option<&mut Open> {
        self.tables.iter_mut().flatten().flatten().find(|open| open.number == number)
    }
}

impl Open {
    /// The last request that has found the state which is shown of a record.
    pub fn found_by(&self, id: &Id, row: &Arc<Product>) -> Option<u64> {
        let is_shown = self.table.row(id).is_some_and(|shown| Arc::ptr_eq(&shown, row));
        self.model.found_by(id).filter(|_| is_shown)
    }
}

impl Slow {
    pub fn new(table: &LiveTable<Product>, interest: Interest) -> Self {
        let events = match &interest {
            Interest::All => table.subscribe(),
            Interest::Record(id) => table.subscribe_record(id),
            Interest::Prices => table.subscribe_fields(ProductField::Price),
        };
        let mut slow = Slow { events, interest, replica: BTreeMap::new() };
        slow.reads_afresh(table);
        slow
    }

    pub fn reads_afresh(&mut self, table: &LiveTable<Product>) {
        let rows = table.rows();
        let mine = rows.iter().filter(|(id, _)| self.is_interested_in(id));
        self.replica = mine.map(|(id, row)| (id.clone(), Arc::clone(row))).collect();
    }

    pub fn is_interested_in(&self, id: &Id) -> bool {
        match &self.interest {
            Interest::Record(wanted) => wanted == id,
            Interest::All | Interest::Prices => true,
        }
    }

    /// Takes an event in; `true` where the rows are to be read afresh.
    pub fn hears(&mut self, event: Event<Product>) -> bool {
        match event {
            Event::Inserted { id, row, .. } | Event::Updated { id, row, .. } => drop(self.replica.insert(id, row)),
            Event::Removed { id, .. } => drop(self.replica.remove(&id)),
            Event::Identified { .. } => {}
            Event::Reset { .. } => return true,
        }
        false
    }

    /// Whether what it was told is what it would read.
    pub fn knows(&self, table: &LiveTable<Product>) -> bool {
        use vantage_live::LiveEntity as _;
        let rows = table.rows();
        let mine: Vec<_> = rows.iter().filter(|(id, _)| self.is_interested_in(id)).collect();
        mine.len() == self.replica.len()
            && mine.iter().zip(&self.replica).all(|((a, row), (b, heard))| {
                let differs = row.diff(heard);
                let matters = match self.interest {
                    Interest::Prices => differs.contains(ProductField::Price),
                    Interest::All | Interest::Record(_) => !differs.is_empty(),
                };
                *a == b && !matters
            })
    }
}
