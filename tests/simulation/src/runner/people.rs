//! People: each sits at a place, opens a record, types, saves, looks away, decides, gives up.

use std::sync::Arc;

use futures::lock::{Mutex as AsyncMutex, MutexGuard};
use vantage_live::edit::{EditError, RefreshError};
use vantage_live::{FieldSet, Policy};

use super::Run;
use super::calls::Call;
use super::looks::is_clear;
use super::reports::{Before, Came, Reporter};
use super::rest::is_whole;
use crate::generation::Act;
use crate::model::{Broken, Edit, Promise, Session, Writes, ensure};
use crate::product::{FIELDS, ProductField, Val, named, places, plain, put, put_as_in, set, together, typed, val};
use crate::profiles::PROCESSES;
use crate::world::{Happened, Owner, Shape, TaskId, World};

/// Where a person can sit.
pub(super) enum Place {
    Empty,
    /// A record is being opened.
    Opening {
        task: TaskId,
        process: usize,
        table: u32,
        policy: Policy,
    },
    Seated(Box<Seat>),
}

/// A person with a session.
pub(super) struct Seat {
    pub actor: u32,
    pub process: usize,
    pub table: u32,
    pub edit: Arc<AsyncMutex<Edit>>,
    pub model: Session,
    /// The call that the person waits for.
    pub busy: Option<TaskId>,
    /// The call that the person has waited for last,
    pub last: Call,
    /// and whether it has failed.
    pub has_failed: bool,
    /// How many writes of this session were done when it asked for something of which it has no answer yet.
    pub done_before: Option<u64>,
    /// The delete that it has asked for, and of which it has no answer yet.
    pub deletes: Option<Deletes>,
    /// Whether it was told last that nobody knows what came of a delete.
    pub delete_is_unknown: bool,
    /// The fields of which the store made other values.
    pub coerced: FieldSet<ProductField>,
    pub report: Reporter,
}

/// A delete that was asked for.
#[derive(Clone, Copy)]
pub(super) struct Deletes {
    /// How many of this session were done before.
    pub before: u64,
    /// Whether nobody had told it by then that the record was made, or how.
    pub is_unheard: bool,
    /// Whether the record was shown since: what is asked for then is about that.
    pub is_shown: bool,
    /// How many were done when it was asked for last, once the record was shown.
    pub before_last: u64,
}

impl Place {
    pub fn process(&self) -> Option<usize> {
        match self {
            Place::Empty => None,
            Place::Opening { process, .. } => Some(*process),
            Place::Seated(seat) => Some(seat.process),
        }
    }

    pub fn table(&self) -> Option<u32> {
        match self {
            Place::Empty => None,
            Place::Opening { table, .. } => Some(*table),
            Place::Seated(seat) => Some(seat.table),
        }
    }
}

impl Seat {
    pub fn owner(&self) -> Owner {
        Owner { process: self.process, table: self.table, actor: Some(self.actor) }
    }

    /// It was told something; whether that was all that it has asked for.
    pub fn is_answered(&mut self, edit: &Edit) {
        self.model.is_answered(edit);
        if !edit.is_saving() {
            self.done_before = None;
        }
    }

    pub fn asks_to_delete(&mut self, edit: &Edit, writes: &Writes) {
        self.model.asks_to_delete();
        let is_unheard = edit.is_new() || self.model.heard.as_ref() != Some(edit.id());
        let before = writes.deleted(self.actor);
        let deletes = Deletes { before, is_unheard, is_shown: false, before_last: before };
        let deletes = self.deletes.get_or_insert(deletes);
        if deletes.is_shown {
            deletes.before_last = before;
        }
    }

    /// It was told that the answer to a write could not be read, which is as good as lost.
    pub fn is_unread(&mut self, world: &World) {
        world.with(|state| state.unread.insert(self.actor));
        self.model.doubt = true;
    }

    /// It was told of what it has begun: one that is under way is an answer too, and so is a closed table.
    fn has_started(&mut self, world: &World, is_new: bool, started: Result<(), EditError>) -> Result<(), Broken> {
        match started {
            Ok(()) | Err(EditError::SaveUnderWay | EditError::DeleteUnderWay | EditError::Closed) => Ok(()),
            Err(EditError::New) if is_new => Ok(()),
            Err(EditError::KeptApart { id, .. }) => {
                self.is_unread(world);
                ensure(world.with(|state| state.store.was_unfit(&id)), Promise::P4, || {
                    format!("{} was told that `{id}` does not fit, and it always did", self.model.name)
                })
            }
            Err(error) => {
                let what = format!("{} was told of a misuse or a fault: {error}", self.model.name);
                Err(Broken { promise: Promise::P4, what })
            }
        }
    }

    /// The session, unless the person waits for a call.
    pub fn edit(&self) -> Option<MutexGuard<'_, Edit>> {
        self.edit.try_lock()
    }
}

impl Run<'_> {
    pub(super) fn person(&mut self, at: usize, act: Act) -> Result<(), Broken> {
        match (&self.places[at], act) {
            (Place::Empty, Act::New { table, number }) => self.begin_record(at, usize::from(table), number),
            (Place::Empty, Act::Open { table, record }) => {
                self.open_record(at, usize::from(table), usize::from(record));
            }
            // Whoever wants to do something needs a record first.
            (Place::Empty, _) => {
                let (table, record) = self.world.with(|state| (state.chance.below(6), state.chance.below(8)));
                self.open_record(at, table, record);
            }
            (Place::Opening { task, .. }, Act::Close | Act::Drop) => {
                let task = *task;
                self.world.tell(Happened::FutureDropped, [at as u64, 0], || {
                    format!("somebody at place {at} gives up opening")
                });
                self.world.cancel(task);
                self.places[at] = Place::Empty;
            }
            (Place::Opening { .. }, _) => {}
            (Place::Seated(_), Act::Close | Act::Open { .. } | Act::New { .. }) => self.leave(at),
            (Place::Seated(_), _) => self.seated(at, act)?,
        }
        self.permit(at);
        Ok(())
    }

    /// What the model lets the session write is known to the link from here on.
    pub(super) fn permit(&mut self, at: usize) {
        if let Place::Seated(seat) = &self.places[at] {
            let (actor, permit) = (seat.actor, Arc::clone(seat.model.permit()));
            self.world.with(|state| drop(state.permits.insert(actor, permit)));
        }
    }

    fn open_record(&mut self, at: usize, table: usize, record: usize) {
        let (Some((process, table_at)), id) = (self.table_at(table), self.record(record)) else { return };
        let Some(report) = self.reporter(process, table_at, at) else { return };
        self.world.tell(Happened::Opened, [at as u64, u64::from(report.number)], || {
            format!("place {at} opens `{id}` in table {table_at} of {} as session {}", PROCESSES[process], report.actor)
        });
        let owner = Owner { process, table: report.number, actor: Some(report.actor) };
        let policy = self.story.setting.processes[process][table_at].policy;
        let number = report.number;
        let task = self.world.spawn(
            Some(owner),
            Box::pin(async move {
                let opened = report.table.edit_record_owned(id).await;
                report.report(Came::Opened(opened.map(Box::new)));
            }),
        );
        self.places[at] = Place::Opening { task, process, table: number, policy };
        self.world.poll(task);
    }

    fn begin_record(&mut self, at: usize, table: usize, number: u8) {
        let Some((process, table_at)) = self.table_at(table) else { return };
        let Some(report) = self.reporter(process, table_at, at) else { return };
        let edit = report.table.new_record_owned(plain(number));
        self.world.tell(Happened::Begun, [at as u64, u64::from(report.number)], || {
            format!(
                "place {at} begins a new record in table {table_at} of {} as session {}",
                PROCESSES[process], report.actor
            )
        });
        let policy = self.story.setting.processes[process][table_at].policy;
        self.seat(at, process, policy, report, edit);
    }

    pub(super) fn seat(&mut self, at: usize, process: usize, policy: Policy, report: Reporter, edit: Edit) {
        let mut model = Session::new(format!("session {}", report.actor), policy);
        if edit.is_new() {
            model.wants_all(&edit);
            model.makes_another();
        } else {
            model.sees_everything(&edit);
        }
        self.places[at] = Place::Seated(Box::new(Seat {
            actor: report.actor,
            process,
            table: report.number,
            edit: Arc::new(AsyncMutex::new(edit)),
            model,
            busy: None,
            last: Call::Finish,
            has_failed: false,
            done_before: None,
            deletes: None,
            delete_is_unknown: false,
            coerced: FieldSet::EMPTY,
            report,
        }));
        self.permit(at);
    }

    fn reporter(&mut self, process: usize, table_at: usize, place: usize) -> Option<Reporter> {
        let actor = self.next_actor();
        let number = self.tables[process][table_at].as_ref()?.number;
        self.reporter_of(number, place, actor)
    }

    /// The hand that somebody at a table has on the list of what was done.
    pub(super) fn reporter_of(&self, number: u32, place: usize, actor: u32) -> Option<Reporter> {
        let open = self.tables.iter().flatten().flatten().find(|open| open.number == number)?;
        let (table, world, done) = (open.table.clone(), self.world.clone(), Arc::clone(&self.done));
        Some(Reporter { place, actor, number, table, world, done })
    }

    /// The person closes the form, whatever stands in it.
    pub(super) fn leave(&mut self, at: usize) {
        let before = std::mem::replace(&mut self.places[at], Place::Empty);
        match before {
            Place::Opening { task, .. } => self.world.cancel(task),
            Place::Seated(seat) => {
                self.world.tell(Happened::ClosedSession, [at as u64, 0], || format!("{} is closed", seat.model.name));
                if let Some(task) = seat.busy {
                    self.world.cancel(task);
                }
            }
            Place::Empty => {}
        }
    }

    fn seated(&mut self, at: usize, act: Act) -> Result<(), Broken> {
        let Place::Seated(seat) = &mut self.places[at] else { return Ok(()) };
        if seat.busy.is_some_and(|task| !self.world.runs(task)) {
            seat.busy = None;
        }
        if let Some(task) = seat.busy {
            // Who waits cannot type; but can lose patience.
            if matches!(act, Act::Drop) {
                self.world
                    .tell(Happened::FutureDropped, [at as u64, 0], || format!("{} waits no longer", seat.model.name));
                self.world.cancel(task);
                seat.busy = None;
                seat.model.doubt = true;
            }
            return Ok(());
        }
        match act {
            // Who was told that it has failed does the same again, most often.
            Act::Save if seat.has_failed && matches!(seat.last, Call::SaveAsNew) => {
                self.call(at, "saves as new again", Happened::SavedAsNew, Call::SaveAsNew);
            }
            Act::Save => self.call(at, "saves", Happened::SaveBegun, Call::Save),
            Act::Drop => {
                self.call(at, "saves and looks away", Happened::SaveBegun, Call::Save);
                return self.seated_and_busy(at);
            }
            Act::Finish => self.call(at, "waits for its save", Happened::SaveBegun, Call::Finish),
            Act::SaveAsNew => self.call(at, "saves as new", Happened::SavedAsNew, Call::SaveAsNew),
            Act::Refresh => self.call(at, "refreshes", Happened::Refreshed, Call::Refresh),
            Act::Delete => self.call(at, "deletes", Happened::DeletedIt, Call::Delete),
            _ => return self.at_once(at, act),
        }
        Ok(())
    }

    fn seated_and_busy(&mut self, at: usize) -> Result<(), Broken> {
        match &self.places[at] {
            Place::Seated(seat) if seat.busy.is_some() => self.seated(at, Act::Drop),
            _ => Ok(()),
        }
    }

    /// What needs no waiting.
    #[expect(clippy::too_many_lines, reason = "an act a paragraph")]
    fn at_once(&mut self, at: usize, act: Act) -> Result<(), Broken> {
        let Place::Seated(seat) = &mut self.places[at] else { return Ok(()) };
        let edit = Arc::clone(&seat.edit);
        let Some(mut edit) = edit.try_lock() else { return Ok(()) };
        let tell = |happened, field: usize, sentence: &dyn Fn() -> String| {
            self.world.tell(happened, [u64::from(seat.actor), field as u64], sentence);
        };
        let name = seat.model.name.clone();
        match act {
            Act::Type { field, number } => {
                let (field, wish) = (usize::from(field), typed(usize::from(field), number));
                tell(Happened::Typed, field, &|| format!("{name} types {wish} into {}", named(field)));
                self.world.with(|state| state.tale.count(Happened::TypedMeanwhile, u64::from(edit.is_saving())));
                let before = edit.local().clone();
                put(edit.local_mut(), field, &wish);
                seat.model.has_typed([field], &before, &edit);
            }
            Act::SetBack { field } => {
                let field = usize::from(field);
                let wish = val(edit.live_snapshot(), field);
                tell(Happened::SetBack, field, &|| format!("{name} types {wish} into {} again", named(field)));
                let (before, snapshot) = (edit.local().clone(), Arc::clone(edit.live_snapshot()));
                put_as_in(edit.local_mut(), field, &snapshot);
                seat.model.has_typed([field], &before, &edit);
            }
            Act::Start => {
                tell(Happened::SaveBegun, 0, &|| format!("{name} starts a save"));
                let asks = !edit.is_saving() && !edit.modified_fields().is_empty();
                self.world.with(|state| state.tale.count(Happened::SaveModified, u64::from(asks)));
                seat.model.doubt |= edit.is_saving();
                seat.model.asks(&edit);
                seat.model.asks_to_save();
                seat.done_before.get_or_insert(self.writes.done(seat.actor));
                let started = self.world.acting(seat.owner(), || edit.start_save());
                seat.has_started(&self.world, edit.is_new(), started)?;
            }
            Act::StartDelete => {
                tell(Happened::Waited, 2, &|| format!("{name} starts a delete"));
                seat.model.doubt |= edit.is_saving();
                seat.model.asks(&edit);
                seat.done_before.get_or_insert(self.writes.done(seat.actor));
                seat.asks_to_delete(&edit, &self.writes);
                let started = self.world.acting(seat.owner(), || edit.start_delete());
                seat.has_started(&self.world, edit.is_new(), started)?;
            }
            Act::PollDelete => {
                if let Some(result) = self.world.acting(seat.owner(), || edit.poll_delete()) {
                    seat.report.report_of(&edit, Came::Deleted(result));
                }
            }
            Act::Poll => {
                let before = Before::of(&edit);
                if let Some(result) = self.world.acting(seat.owner(), || edit.poll_save()) {
                    seat.report.report_of(&edit, Came::Saved(Box::new((result, before))));
                }
            }
            Act::Rebase => match (edit.is_saving(), edit.conflicts().fields(), edit.rebase()) {
                (is_saving, before, Ok(conflicts)) => {
                    let fields = conflicts.fields();
                    let (actor, id, writes) = (seat.actor, edit.id(), &self.writes);
                    self.world.with(|state| {
                        let stands = |field: usize, value: &Val| {
                            let is_it = |shape: &Shape| matches!(shape, Shape::Row(row) if val(row, field) == *value);
                            writes.is_author(actor, id, field) && state.store.history(id).last().is_some_and(is_it)
                        };
                        let is_known = is_saving && is_clear(state, actor);
                        if is_known { seat.model.shows_no_echo(before, &edit, stands) } else { Ok(()) }
                    })?;
                    if fields.is_empty() {
                        tell(Happened::Rebased, 0, &|| format!("{name} rebases"));
                    } else {
                        tell(Happened::RebasedConflict, 0, &|| format!("{name} rebases, and {fields} are in conflict"));
                    }
                    seat.model.sees_everything(&edit);
                    // That it finds nothing may be from before what is shown, or from after that: nobody can tell.
                    seat.delete_is_unknown &= !edit.is_deleting();
                    seat.deletes.iter_mut().for_each(|deletes| deletes.is_shown = true);
                    let open = self.tables.iter().flatten().flatten().find(|open| open.number == seat.table);
                    if let Some(number) = open.and_then(|open| open.found_by(edit.id(), edit.live_snapshot())) {
                        seat.model.has_rebased(&edit, number);
                    }
                }
                (_, _, Err(error)) => {
                    tell(Happened::RebasedGone, 0, &|| format!("{name} rebases, and finds no row"));
                    let id = edit.id();
                    if matches!(error, RefreshError::Deleted { .. }) {
                        seat.model.gone = Some(id.clone());
                    }
                    let so = match &error {
                        RefreshError::Edit(EditError::KeptApart { .. }) => {
                            self.world.with(|state| state.store.was_unfit(id))
                        }
                        _ => edit.is_new() || self.world.with(|state| state.store.was_away(id)),
                    };
                    return ensure(so, Promise::P4, || format!("{name} was told on a rebase: {error}"));
                }
            },
            Act::Keep { field } => {
                let field = to_decide(&edit, usize::from(field));
                let fields = together([field], is_whole(&edit));
                if !(edit.conflicts().fields() & set(fields.iter().copied())).is_empty() {
                    tell(Happened::KeptMine, field, &|| format!("{name} keeps its own {}", named(field)));
                    self.world.with(|state| state.tale.count(Happened::DecidedMeanwhile, u64::from(edit.is_saving())));
                    for field in fields {
                        seat.model.keeps(field, &edit);
                    }
                }
                edit.keep_local(FIELDS[field]);
            }
            Act::Take { field } => {
                let field = to_decide(&edit, usize::from(field));
                if edit.conflicts().fields().contains(FIELDS[field]) {
                    tell(Happened::TookTheirs, field, &|| format!("{name} takes the store's {}", named(field)));
                    self.world.with(|state| state.tale.count(Happened::DecidedMeanwhile, u64::from(edit.is_saving())));
                }
                let fields = together([field], is_whole(&edit));
                edit.take_remote(FIELDS[field]);
                seat.model.gives_up(fields, &edit);
            }
            Act::Accept => {
                let fields = seat.coerced;
                tell(Happened::Accepted, 0, &|| format!("{name} accepts what the store made of {fields}"));
                let given_up = together(places(fields), is_whole(&edit));
                edit.accept_stored(fields);
                seat.model.gives_up(given_up, &edit);
            }
            Act::Revert => {
                tell(Happened::Reverted, 9, &|| format!("{name} reverts"));
                edit.revert();
                seat.model.gives_up(0..FIELDS.len(), &edit);
            }
            Act::RevertField { field } => {
                let field = usize::from(field);
                tell(Happened::Reverted, field, &|| format!("{name} reverts {}", named(field)));
                let fields = together([field], is_whole(&edit));
                edit.revert_field(FIELDS[field]);
                seat.model.gives_up(fields, &edit);
            }
            Act::Policy { number } => {
                let policy = match number {
                    _ if !self.story.setting.guards => Policy::Overwrite,
                    0 => Policy::Overwrite,
                    1 | 2 if self.story.setting.stamps => Policy::Version,
                    _ => Policy::Fields,
                };
                tell(Happened::PolicyChanged, 0, &|| format!("{name} saves by {policy:?} from now on"));
                edit.set_policy(policy);
                seat.model.set_policy(policy, &edit);
            }
            _ => {}
        }
        Ok(())
    }
}

/// What a person decides who is about to decide this field: one that is in conflict, where there is any.
fn to_decide(edit: &Edit, field: usize) -> usize {
    let conflicting: Vec<usize> = places(edit.conflicts().fields());
    match conflicting.len() {
        0 => field,
        _ if conflicting.contains(&field) => field,
        many => conflicting[field % many],
    }
}
