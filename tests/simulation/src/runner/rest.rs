//! Rest: trouble ends, everybody finishes, and everything is compared with the store.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use serde_json::Value;
use vantage_live::value::same;
use vantage_live::{Id, ReadableValueSet as _, Record, SyncState};

use super::Run;
use super::calls::Call;
use super::people::Place;
use crate::model::{Broken, Edit, Promise, Wish, ensure};
use crate::product::{COUNT, FIELDS, PART, named, places, put, together, typed};
use crate::profiles::Roughness;
use crate::world::{Happened, Shape};

/// Longer than the longest pause between two attempts to reach a store that is back, and what follows.
const BACK: Duration = Duration::from_secs(12);
/// How often a session saves until it is at rest: for an answer of before, a lost one, a conflict, a create, what is
/// coerced, what is refused, and that again.
const ENOUGH: usize = 12;

impl Run<'_> {
    pub(super) fn rests(&mut self) -> Result<(), Broken> {
        self.world.tell(Happened::Rested, [0, 0], || "trouble ends, and everybody finishes".into());
        self.world.with(|state| {
            state.roughness = Roughness::CALM;
            state.wires.iter_mut().for_each(|wire| wire.is_cut = false);
        });
        for process in 0..self.tables.len() {
            if self.tables[process].iter().any(Option::is_none) {
                self.start(process);
            }
        }
        self.goes_on(BACK)?;
        self.look()?;
        let unfit: Vec<Id> = self.world.with(|state| {
            let is_unfit = |id: &Id| matches!(state.store.history(id).last(), Some(Shape::Unfit));
            state.store.ids().into_iter().filter(is_unfit).collect()
        });
        // A record that does not fit can be shown to be kept apart only while there is one.
        self.compare()?;
        for id in &unfit {
            self.mends(id);
        }
        (0..self.places.len()).try_for_each(|at| self.finishes(at))?;
        self.goes_on(BACK)?;
        self.look()?;
        self.compare()
    }

    /// P4: a session saves until it is at rest, and the store has what was wanted.
    fn finishes(&mut self, at: usize) -> Result<(), Broken> {
        self.waits(at)?;
        let Place::Seated(seat) = &self.places[at] else { return Ok(()) };
        let (name, wishes) = (seat.model.name.clone(), seat.model.wishes().clone());
        let mut decided = [false; COUNT];
        for _ in 0..ENOUGH {
            let before = self.outcomes();
            self.call(at, "saves", Happened::SaveBegun, Call::Save);
            self.waits(at)?;
            let came = self.outcomes();
            let has = |happened: Happened| came[happened as usize] > before[happened as usize];
            if has(Happened::FoundDeleted) {
                if self.world.with(|state| state.chance.one_in(2)) {
                    self.leave(at);
                    return Ok(());
                }
                self.call(at, "saves as new", Happened::SavedAsNew, Call::SaveAsNew);
                self.waits(at)?;
                let rejected = Happened::Rejected as usize;
                let is_rejected = self.outcomes()[rejected] > came[rejected];
                self.decides(at, &mut decided, is_rejected);
                continue;
            }
            if has(Happened::Unknown) {
                // A store that cannot tell whether it has made a record is not asked again.
                let tells = self.story.setting.recognises || self.story.setting.client_ids;
                let is_new =
                    matches!(&self.places[at], Place::Seated(seat) if seat.edit().is_some_and(|edit| edit.is_new()));
                ensure(is_new && !tells, Promise::P4, || {
                    format!("the store answers, and {name} does not know what came of it")
                })?;
                self.leave(at);
                return Ok(());
            }
            // Where nobody guards it, what was written into a part that had gone is what does not fit.
            if has(Happened::KeptApart)
                && !self.story.setting.guards
                && let Place::Seated(seat) = &self.places[at]
                && let Some(id) = seat.edit().map(|edit| edit.id().clone())
            {
                self.mends(&id);
            }
            if self.decides(at, &mut decided, has(Happened::Rejected)) {
                return self.is_at_rest(at, &wishes, decided);
            }
        }
        let what = match &self.places[at] {
            Place::Seated(seat) => seat.edit().map_or_else(|| "it waits".to_owned(), |edit| format!("{:?}", *edit)),
            _ => "it is closed".to_owned(),
        };
        Err(Broken { promise: Promise::P4, what: format!("{name} is not at rest after {ENOUGH} saves: {what}") })
    }

    /// The person decides what is to be decided; `true` where nothing is left to save.
    fn decides(&mut self, at: usize, decided: &mut [bool; COUNT], rejected: bool) -> bool {
        let theirs = self.world.with(|state| state.chance.one_in(3));
        let Place::Seated(seat) = &mut self.places[at] else { return true };
        let edit = Arc::clone(&seat.edit);
        let Some(mut edit) = edit.try_lock() else { return false };
        for field in places(edit.conflicts().fields()) {
            self.world.tell(if theirs { Happened::TookTheirs } else { Happened::KeptMine }, [field as u64, 0], || {
                format!("{} decides {}: {}", seat.model.name, named(field), if theirs { "theirs" } else { "mine" })
            });
            if theirs {
                let fields = together([field], is_whole(&edit));
                edit.take_remote(FIELDS[field]);
                seat.model.gives_up(fields.iter().copied(), &edit);
                for field in fields {
                    decided[field] = true;
                }
            } else {
                seat.model.keeps(field, &edit);
                edit.keep_local(FIELDS[field]);
            }
        }
        if rejected {
            // The one thing that the store refuses.
            put(edit.local_mut(), 1, &typed(1, 1));
            seat.model.wants(1, typed(1, 1), &edit);
            decided[1] = true;
        }
        let coerced = seat.coerced & edit.modified_fields();
        if !coerced.is_empty() {
            let fields = together(places(coerced), is_whole(&edit));
            edit.accept_stored(coerced);
            seat.model.gives_up(fields.iter().copied(), &edit);
            for field in fields {
                decided[field] = true;
            }
        }
        seat.coerced = vantage_live::FieldSet::EMPTY;
        edit.modified_fields().is_empty() && !edit.is_new() && !edit.is_saving()
    }

    fn is_at_rest(&mut self, at: usize, wishes: &[Option<Wish>; COUNT], decided: [bool; COUNT]) -> Result<(), Broken> {
        self.look()?;
        let Place::Seated(seat) = &self.places[at] else { return Ok(()) };
        let Some(edit) = seat.edit() else { return Ok(()) };
        self.world.tell(Happened::Converged, [at as u64, 0], || format!("{} is at rest", seat.model.name));
        for (field, wish) in wishes.iter().enumerate() {
            let Some(wish) = wish.as_ref().filter(|_| !decided[field]) else { continue };
            let has = self.world.with(|state| seat.model.has_its_wish(field, wish, &edit, &state.store));
            ensure(has, Promise::P4, || {
                format!(
                    "{} wanted {} to be {}, and was told that all is saved",
                    seat.model.name,
                    named(field),
                    wish.val
                )
            })?;
        }
        Ok(())
    }

    /// Waits until the person has an answer.
    fn waits(&mut self, at: usize) -> Result<(), Broken> {
        const PATIENCE: usize = 20;
        for _ in 0..PATIENCE {
            self.look()?;
            let waits = match &self.places[at] {
                Place::Opening { .. } => true,
                Place::Seated(seat) => seat.busy.is_some(),
                Place::Empty => false,
            };
            if !waits {
                return Ok(());
            }
            self.goes_on(Duration::from_millis(500))?;
        }
        Err(Broken { promise: Promise::P4, what: format!("place {at} waits for an answer that does not come") })
    }

    fn outcomes(&self) -> Vec<u64> {
        self.world.with(|state| state.tale.counts.clone())
    }

    /// P7: every table, and every cache, is what the store is.
    fn compare(&mut self) -> Result<(), Broken> {
        self.list_where_nobody_does()?;
        for process in 0..self.tables.len() {
            for at in 0..self.tables[process].len() {
                self.drain(process, at)?;
                self.compare_table(process, at)?;
            }
        }
        Ok(())
    }

    /// A table with no feed that does not poll is as of its last list.
    fn list_where_nobody_does(&mut self) -> Result<(), Broken> {
        for process in 0..self.tables.len() {
            for at in 0..self.tables[process].len() {
                let setting = self.story.setting.processes[process][at];
                if setting.feed.is_none()
                    && setting.poll_every.is_none()
                    && let Some(open) = &self.tables[process][at]
                {
                    let table = open.table.clone();
                    self.world.spawn(None, Box::pin(async move { drop(table.refresh_all().await) }));
                }
            }
        }
        self.goes_on(Duration::from_secs(5))?;
        self.look()
    }

    fn compare_table(&mut self, process: usize, at: usize) -> Result<(), Broken> {
        let Some(open) = &self.tables[process][at] else { return Ok(()) };
        let name = &open.model.name;
        let shown = match open.table.get_values().now_or_never() {
            Some(Ok(rows)) => rows,
            other => return Err(Broken { promise: Promise::P7, what: format!("{name} cannot be read: {other:?}") }),
        };
        let rejected: Vec<Id> = open.table.rejected_rows().into_iter().map(|row| row.id).collect();
        let (mut fit, mut unfit) = (Vec::new(), Vec::new());
        self.world.with(|state| {
            for (id, record) in state.store.records() {
                match state.store.history(id).last() {
                    Some(Shape::Unfit) => unfit.push(id.clone()),
                    _ => fit.push((id.clone(), record.clone())),
                }
            }
            state.tale.count(Happened::Rows, fit.len() as u64);
            state.tale.count(Happened::RejectedRows, unfit.len() as u64);
        });
        ensure(agree(&shown, &fit), Promise::P7, || {
            format!("{name} shows {}, and the store has {}", spelled(&shown), spelled(&fit))
        })?;
        ensure(rejected == unfit, Promise::P7, || {
            format!("{name} keeps {rejected:?} apart, and {unfit:?} do not fit")
        })?;
        let metrics = open.table.metrics();
        ensure(metrics.settling == 0 && metrics.cache_pending == 0, Promise::P8, || {
            format!("{name} has nothing to do, and {metrics:?}")
        })?;
        let setting = self.story.setting.processes[process][at];
        let state = open.table.sync_state();
        let is_so = match (&state, setting.feed.is_some(), setting.poll_every.is_some()) {
            (SyncState::Live(_), has_feed, _) => has_feed,
            (SyncState::Polling, has_feed, polls) => !has_feed && polls,
            (SyncState::NoFeed, has_feed, polls) => !has_feed && !polls,
            _ => false,
        };
        ensure(is_so, Promise::P7, || format!("{name} is as the store is, and says that it is {state:?}"))?;
        if setting.cache {
            let cached = self.disks[process][at].get_values().now_or_never().and_then(Result::ok).unwrap_or_default();
            self.world.with(|state| state.tale.count(Happened::CacheRows, cached.len() as u64));
            ensure(agree(&cached, &fit), Promise::P7, || {
                format!("the cache of {name} has {}, and the store has {}", spelled(&cached), spelled(&fit))
            })?;
        }
        let text = spelled(&shown);
        self.world.with(|state| state.tale.stir_text(&text));
        Ok(())
    }

    /// P8: when everything is closed, nothing of it runs on.
    pub(super) fn closes(&mut self) -> Result<(), Broken> {
        (0..self.places.len()).for_each(|at| self.leave(at));
        let numbers: Vec<u32> = self.tables.iter().flatten().flatten().map(|open| open.number).collect();
        self.count_metrics();
        self.tables.iter_mut().flatten().for_each(|table| *table = None);
        numbers.into_iter().try_for_each(|number| self.ends(number))
    }

    fn count_metrics(&mut self) {
        for open in self.tables.iter().flatten().flatten() {
            let metrics = open.table.metrics();
            self.world.with(|state| {
                state.tale.count(Happened::Resynced, metrics.resyncs);
                state.tale.count(Happened::Settled, metrics.settled);
                state.tale.count(Happened::Lagged, metrics.lagged);
            });
        }
    }
}

/// Whether what concerns one field of the part concerns all of it, here and now.
pub(super) fn is_whole(edit: &Edit) -> bool {
    (edit.conflicts().fields() | edit.modified_fields()).contains(FIELDS[PART[0]])
}

fn agree(shown: &[(Id, Record)], stored: &[(Id, Record)]) -> bool {
    shown.len() == stored.len()
        && shown.iter().zip(stored).all(|((a, shown), (b, stored))| {
            a == b && same(&Value::Object(shown.clone()), &Value::Object(stored.clone()))
        })
}

fn spelled(rows: &[(Id, Record)]) -> String {
    let row = |(id, record): &(Id, Record)| format!("{id:?}: {}", Value::Object(record.clone()));
    rows.iter().map(row).collect::<Vec<_>>().join(", ")
}
