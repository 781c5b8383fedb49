//! Looking: what every call has come to, what was written, and everything that can be seen, after every step.

use std::sync::Arc;

use vantage_live::dataset::DataSetError;
use vantage_live::edit::{DeleteResult, EditError, RefreshError};
use vantage_live::{FieldSet, LiveEntity as _, SaveError, SaveResult, SyncState, ValueErrorKind};

use super::Run;
use super::people::Place;
use super::reports::{Before, Came, Done, Shown};
use crate::model::{Broken, Looked, Lost, Promise, SentDelete, ensure};
use crate::product::{Product, places};
use crate::world::{Happened, State};

impl Run<'_> {
    /// Looks at everything.
    pub(super) fn look(&mut self) -> Result<(), Broken> {
        let commits = self.world.with(|state| std::mem::take(&mut state.commits));
        for commit in &commits {
            self.world.with(|state| {
                let sent = commit.by.actor.and_then(|actor| state.unanswered.get(&actor));
                let is_unread = commit.by.actor.is_some_and(|actor| state.unread.contains(&actor));
                self.writes.look(commit, &state.store, self.story.setting.guards, &Lost { sent, is_unread })
            })?;
            // Without a guard nobody knows what a record has become since it was read.
            let is_bound =
                self.story.setting.guards && commit.by.actor.is_some_and(|actor| self.bound.contains(&actor));
            ensure(!(is_bound && (commit.was_unfit() || commit.is_unfit())), Promise::P2, || {
                format!("`{}` did not fit, or does not any more, and was written through the entity", commit.id)
            })?;
        }
        self.look_at_the_tables()?;
        let done = std::mem::take(&mut *self.done.lock());
        done.into_iter().try_for_each(|done| self.came(done))?;
        self.look_at_the_sessions()
    }

    fn look_at_the_tables(&mut self) -> Result<(), Broken> {
        let found = self.world.with(|state| std::mem::take(&mut state.found));
        for open in self.tables.iter_mut().flatten().flatten() {
            self.world.with(|state| {
                while let Some(event) = open.monitor.try_next() {
                    state.tale.count(Happened::EventSeen, 1);
                    state.tale.stir(event.sequence());
                    if let vantage_live::Event::Reset { .. } = event {
                        state.tale.count(Happened::Reset, 1);
                        open.model.reads_afresh(&open.table);
                    }
                    open.model.hears(&event, &state.store)?;
                }
                open.model.look(&open.table, &state.store)?;
                // What was shown because a feed has told something alike since is another state.
                let told = state.tale.counts[Happened::FeedTold as usize];
                for (_, found) in found.iter().filter(|(table, found)| *table == open.number && found.told == told) {
                    open.model.has_read(&open.table, found);
                }
                // What it says of itself is never better than it is.
                let says = open.table.sync_state();
                let is_so = !matches!(says, SyncState::Live(_)) || state.feeds.follows(open.number);
                ensure(is_so, Promise::P7, || {
                    format!("{} says that it is {says:?}, and follows nothing", open.model.name)
                })?;
                // P8: a record waits once, beside being read or written once.
                let (metrics, most) = (open.table.metrics(), 2 * state.store.ids().len() as u64);
                ensure(metrics.settling <= most && metrics.cache_pending <= most, Promise::P8, || {
                    format!("{} has {metrics:?} of {most} records", open.model.name)
                })
            })?;
        }
        Ok(())
    }

    fn look_at_the_sessions(&mut self) -> Result<(), Broken> {
        for at in 0..self.places.len() {
            if let Place::Seated(seat) = &mut self.places[at] {
                if let Some(task) = seat.busy.filter(|task| !self.world.runs(*task)) {
                    let _ = task;
                    seat.busy = None;
                }
                let edit = Arc::clone(&seat.edit);
                let Some(edit) = edit.try_lock() else { continue };
                self.world.with(|state| seat.model.look(&edit, &state.store))?;
                // One that somebody has undone since is told to nobody.
                seat.deletes.take_if(|_| !edit.is_deleting());
            }
            self.permit(at);
        }
        Ok(())
    }

    /// What a call has come to.
    fn came(&mut self, done: Done) -> Result<(), Broken> {
        let Done { place, actor, table, came, shown } = done;
        self.shown(table, shown)?;
        match came {
            Came::Opened(result) => self.opened(place, actor, result),
            Came::Called(what, result, id) => self.called(actor, what, result, id.as_ref()),
            Came::CalledOnUnfit(result) => {
                let happened = if result.is_ok() { Happened::TableReplaced } else { Happened::TableRefused };
                self.world.tell(happened, [u64::from(actor), 0], || format!("what did not fit: {result:?}"));
                Ok(())
            }
            Came::Saved(saved) => self.saved(place, actor, saved.0, &saved.1),
            Came::Refreshed(result) => self.refreshed(place, actor, *result),
            Came::Deleted(result) => self.deleted(place, actor, result),
        }
    }

    /// P5: at the moment of an answer, the table shows what was answered, or something newer.
    fn shown(&mut self, table: u32, shown: Vec<Shown>) -> Result<(), Broken> {
        let world = self.world.clone();
        let Some(open) = self.open_table(table) else { return Ok(()) };
        shown.into_iter().try_for_each(|Shown { id, row, place }| {
            let looked = row.as_deref().map_or(Looked::NoRow, Looked::Row);
            world.with(|state| open.model.shows_at_least(&id, looked, place, &state.store))
        })
    }

    fn opened(
        &mut self,
        place: usize,
        actor: u32,
        result: Result<Box<crate::model::Edit>, EditError>,
    ) -> Result<(), Broken> {
        let Place::Opening { process, table, policy, .. } = self.places[place] else { return Ok(()) };
        let report = self.reporter_of(table, place, actor);
        self.places[place] = Place::Empty;
        match (result, report) {
            (Ok(edit), Some(report)) => {
                self.world.tell(Happened::Waited, [u64::from(actor), 1], || {
                    format!("session {actor} has `{}`: {:?}", edit.id(), edit.local())
                });
                self.seat(place, process, policy, report, *edit);
            }
            (Ok(_), None) => {}
            (Err(error), _) => {
                self.world.tell(Happened::OpenFailed, [u64::from(actor), 0], || format!("session {actor}: {error}"));
                let so = self.world.with(|state| match &error {
                    EditError::NotFound { id, .. } => state.store.was_away(id),
                    EditError::KeptApart { id, .. } => state.store.was_unfit(id),
                    _ => true,
                });
                return ensure(so, Promise::P4, || format!("session {actor} was told: {error}"));
            }
        }
        Ok(())
    }

    fn called(
        &mut self,
        actor: u32,
        what: &'static str,
        result: Result<(), DataSetError>,
        id: Option<&vantage_live::Id>,
    ) -> Result<(), Broken> {
        let happened = match (&result, what) {
            (Err(_), _) => Happened::TableFailed,
            (Ok(()), "list") => Happened::TableRefreshed,
            (Ok(()), "hear") => Happened::TableHeard,
            (Ok(()), "replace") => Happened::TableReplaced,
            (Ok(()), "insert") => Happened::TableInserted,
            (Ok(()), "delete") => Happened::TableDeleted,
            (Ok(()), "delete all") => Happened::TableDeletedAll,
            (Ok(()), "update") => Happened::TableUpdated,
            (Ok(()), _) => Happened::TableWrote,
        };
        // Of several records, those that came before the one that has failed are done.
        let is_of_one = matches!(what, "write" | "insert" | "replace");
        let is_sure =
            self.world.with(|state| !state.unanswered.contains_key(&actor) && !state.sent_twice.contains(&actor));
        let says_nothing_is_done = match &result {
            Err(DataSetError::Store(error)) => match &error.kind {
                ValueErrorKind::OutcomeUnknown | ValueErrorKind::Missing | ValueErrorKind::Closed => false,
                // It asks more than once, and only the last one was refused.
                ValueErrorKind::Rejected { .. } => what != "replace",
                _ => true,
            },
            Err(DataSetError::KeptApart { id, .. }) => {
                let so = self.world.with(|state| state.store.was_unfit(id));
                ensure(so, Promise::P4, || format!("a program was told that `{id}` does not fit, and it always did"))?;
                false
            }
            _ => false,
        };
        ensure(!(is_of_one && is_sure && says_nothing_is_done && self.writes.done(actor) > 0), Promise::P4, || {
            format!("the program of {what} {actor} was told that nothing has happened, and it has: {result:?}")
        })?;
        self.world.tell(happened, [0, 0], || match result {
            Ok(()) => {
                format!("the program's {what} is done {}", id.map_or_else(String::new, |id| format!("to `{id}`")))
            }
            Err(error) => format!("the program is told: {error}"),
        });
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "an outcome a paragraph")]
    fn saved(
        &mut self,
        place: usize,
        actor: u32,
        result: Result<SaveResult<Product>, EditError>,
        before: &Before,
    ) -> Result<(), Broken> {
        let Place::Seated(seat) = &mut self.places[place] else { return Ok(()) };
        if seat.actor != actor {
            return Ok(());
        }
        let edit = Arc::clone(&seat.edit);
        let Some(edit) = edit.try_lock() else { return Ok(()) };
        let name = seat.model.name.clone();
        let tell = |happened, sentence: &dyn Fn() -> String| {
            self.world.tell(happened, [u64::from(actor), 0], sentence);
        };
        seat.has_failed = matches!(&result, Ok(SaveResult::Error(_)));
        seat.delete_is_unknown &= !matches!(&result, Ok(result) if !matches!(result, SaveResult::Error(_)));
        let result = match result {
            Ok(result) => result,
            Err(EditError::NoSaveUnderWay | EditError::DeleteUnderWay) => return Ok(()),
            Err(EditError::KeptApart { id, .. }) => {
                tell(Happened::KeptApart, &|| format!("{name} is told that the record does not fit"));
                seat.is_unread(&self.world);
                let so = self.world.with(|state| state.store.was_unfit(&id));
                return ensure(so, Promise::P4, || {
                    format!("{name} was told that `{id}` does not fit, and it always did")
                });
            }
            Err(error) => {
                let what = format!("{name} was told of a misuse or a fault: {error}");
                return Err(Broken { promise: Promise::P4, what });
            }
        };
        // Where it was read after the write, that may have been that it has gone, which nobody need have been told.
        if matches!(&result, SaveResult::Saved | SaveResult::PartialSave(_)) && self.story.setting.after_image {
            self.world.with(|state| seat.model.shows_its_write(&edit, &state.store, state.answered.get(&actor)))?;
        }
        match &result {
            SaveResult::Saved => {
                tell(Happened::Saved, &|| format!("{name} is saved"));
                seat.model.is_saved(&edit, FieldSet::EMPTY)?;
            }
            SaveResult::PartialSave(partial) => {
                let happened = if partial.is_repeated() { Happened::PartialAgain } else { Happened::Partial };
                tell(happened, &|| format!("{name} is saved, with other values of {partial}"));
                seat.coerced = partial.fields();
                for field in places(partial.fields()) {
                    seat.model.sees(field, edit.live_snapshot());
                }
                seat.model.is_saved(&edit, partial.fields())?;
            }
            SaveResult::Conflict(conflicts) => {
                let fields = conflicts.fields();
                let happened = if fields.is_empty() { Happened::ConflictOfNothing } else { Happened::Conflicted };
                tell(happened, &|| format!("{name} is told of a conflict in {fields}"));
                seat.model.sees_everything(&edit);
                let now = edit.conflicts().fields();
                ensure(fields == now, Promise::P3, || {
                    format!("{name} was told of conflicts in {fields:?}, and has {now:?}")
                })?;
                // It may be one that has waited to be told, so that nothing was asked.
                seat.is_answered(&edit);
                return Ok(());
            }
            SaveResult::Deleted => {
                tell(Happened::FoundDeleted, &|| format!("{name} is told that its record is gone"));
                if edit.is_new() {
                    // One of its making, of which nobody knows the id.
                    seat.is_answered(&edit);
                    return Ok(());
                }
                let gone = self.world.with(|state| seat.model.was_gone(&edit, &state.store));
                (seat.model.heard, seat.model.gone) = (Some(edit.id().clone()), Some(edit.id().clone()));
                seat.is_answered(&edit);
                return ensure(gone, Promise::P4, || {
                    format!("{name} was told that `{}` is gone, and it never was", edit.id())
                });
            }
            SaveResult::Created(id) => {
                tell(Happened::Created, &|| format!("{name} is created as `{id}`"));
                let made = self.writes.has_made(actor, id) && edit.id() == id && !edit.is_new();
                ensure(made, Promise::P4, || format!("{name} was told that it had made `{id}`, and it has not"))?;
                ensure(seat.model.gone.as_ref() != Some(id), Promise::P4, || {
                    format!("{name} was told that it had made `{id}`, after it was told that that is gone")
                })?;
                seat.model.heard = Some(id.clone());
            }
            SaveResult::Error(error) => {
                let happened = match error {
                    SaveError::Unreachable { .. } => Happened::Unreachable,
                    SaveError::OutcomeUnknown { .. } => Happened::Unknown,
                    _ => Happened::Rejected,
                };
                tell(happened, &|| format!("{name} is told: {error}"));
                let is_sure = !seat.model.doubt && self.world.with(|state| is_clear(state, actor));
                let is_done = seat.done_before.is_some_and(|before| self.writes.done(actor) > before);
                // A record that was made before the rest of it was not reached is told with the next save.
                let is_unheard = seat.model.heard.as_ref() != Some(edit.id());
                let is_made = !edit.is_new() && self.writes.has_made(actor, edit.id()) && is_unheard;
                ensure(happened == Happened::Unknown || !is_sure || !is_done || is_made, Promise::P4, || {
                    format!("{name} was told that nothing has happened, and it has: {error}")
                })?;
                seat.model.doubt |= happened == Happened::Unknown;
                seat.is_answered(&edit);
                // What only came with a part that was not there follows the store when it is there again, and what somebody
                // else has written as it was typed.
                let lost = before.local.diff(edit.local()) & before.modified;
                let lost = self.world.with(|state| lost & seat.model.not_reached(&edit, &state.store));
                return ensure(lost.is_empty(), Promise::P4, || {
                    format!("a save of {name} failed, and {lost:?} is not as it was")
                });
            }
        }
        seat.model.doubt = false;
        seat.is_answered(&edit);
        Ok(())
    }

    fn refreshed(
        &mut self,
        place: usize,
        actor: u32,
        result: Result<crate::product::ProductConflicts, RefreshError>,
    ) -> Result<(), Broken> {
        let Place::Seated(seat) = &mut self.places[place] else { return Ok(()) };
        if seat.actor != actor {
            return Ok(());
        }
        let edit = Arc::clone(&seat.edit);
        let Some(edit) = edit.try_lock() else { return Ok(()) };
        let name = seat.model.name.clone();
        let (happened, sentence) = match result {
            Ok(conflicts) => {
                // What it has not heard yet is told after it, and may be of something that was asked for before.
                seat.model.doubt &= edit.is_saving();
                seat.delete_is_unknown = false;
                seat.model.sees_everything(&edit);
                let fields = conflicts.fields();
                let happened = if fields.is_empty() { Happened::Refreshed } else { Happened::RefreshedConflict };
                (happened, format!("{name} is refreshed, with conflicts in [{fields}]"))
            }
            Err(RefreshError::Deleted { .. }) => {
                let gone = self.world.with(|state| seat.model.was_gone(&edit, &state.store));
                ensure(gone, Promise::P4, || {
                    format!("{name} was told that `{}` is gone, and it never was", edit.id())
                })?;
                seat.model.gone = Some(edit.id().clone());
                (Happened::RefreshedGone, format!("{name} is told that its record is gone"))
            }
            Err(error) => {
                let so = match &error {
                    RefreshError::Edit(EditError::KeptApart { id, .. }) => {
                        self.world.with(|state| state.store.was_unfit(id))
                    }
                    RefreshError::Edit(EditError::New) => edit.is_new(),
                    RefreshError::Edit(EditError::Store(error)) => error.kind == ValueErrorKind::Unreachable,
                    // It is told what it has asked for before.
                    RefreshError::Edit(EditError::Closed) => true,
                    _ => false,
                };
                ensure(so, Promise::P4, || format!("{name} was told on a refresh: {error}"))?;
                (Happened::RefreshFailed, format!("{name} is told: {error}"))
            }
        };
        seat.is_answered(&edit);
        self.world.tell(happened, [u64::from(actor), 0], || sentence);
        Ok(())
    }

    fn deleted(
        &mut self,
        place: usize,
        actor: u32,
        result: Result<DeleteResult<crate::product::ProductField>, EditError>,
    ) -> Result<(), Broken> {
        let Place::Seated(seat) = &mut self.places[place] else { return Ok(()) };
        if seat.actor != actor {
            return Ok(());
        }
        let edit = Arc::clone(&seat.edit);
        let Some(edit) = edit.try_lock() else { return Ok(()) };
        let name = seat.model.name.clone();
        let gone = self.world.with(|state| seat.model.was_gone(&edit, &state.store));
        let was_unknown = matches!(&result, Ok(DeleteResult::Error(SaveError::OutcomeUnknown { .. })));
        let (happened, sentence) = match result {
            Ok(DeleteResult::Deleted) => {
                // Whose answer was lost may have done it.
                let is_own = seat.deletes.is_some_and(|deletes| self.writes.deleted(actor) > deletes.before)
                    || self.writes.has_deleted(actor, edit.id());
                let may_be_own = |sent: &SentDelete| is_own || !seat.model.has_settled(edit.id(), sent);
                let may_be_own =
                    self.world.with(|state| state.deletes.get(&(actor, edit.id().clone())).is_some_and(may_be_own));
                ensure(gone && may_be_own, Promise::P4, || {
                    let so = if gone { "somebody else has" } else { "is there" };
                    format!("{name} was told that it has deleted `{}`, which {so}", edit.id())
                })?;
                seat.model.gone = Some(edit.id().clone());
                (Happened::DeletedIt, format!("{name} has deleted `{}`", edit.id()))
            }
            Ok(DeleteResult::AlreadyGone) => {
                ensure(gone, Promise::P4, || format!("{name} was told that `{}` was gone, which is there", edit.id()))?;
                let is_twice = self.world.with(|state| state.sent_twice.contains(&actor));
                let is_own = seat.delete_is_unknown && !is_twice && self.writes.has_deleted(actor, edit.id());
                ensure(!is_own, Promise::P4, || {
                    format!("{name} was told that somebody else has deleted `{}`, which it has itself", edit.id())
                })?;
                seat.model.gone = Some(edit.id().clone());
                (Happened::DeleteFoundGone, format!("{name} finds `{}` gone", edit.id()))
            }
            Ok(DeleteResult::Changed(fields)) => {
                // What the store has made otherwise of what nobody was told that it has made has changed too.
                let is_unheard = seat.deletes.is_none_or(|deletes| deletes.is_unheard);
                let is_made = self.writes.has_made(actor, edit.id()) && is_unheard;
                let differ = is_made || self.world.with(|state| seat.model.have_differed(fields, &edit, &state.store));
                ensure(differ, Promise::P4, || {
                    format!("{name} was told that {fields:?} of `{}` have changed, and they never did", edit.id())
                })?;
                seat.model.sees_everything(&edit);
                (
                    Happened::DeleteRefused,
                    format!("{name} may not delete what has changed in [{}]", fields as FieldSet<_>),
                )
            }
            Ok(DeleteResult::Error(error)) => {
                let is_done = seat.deletes.is_some_and(|deletes| self.writes.deleted(actor) > deletes.before_last);
                let is_sure = !seat.delete_is_unknown && self.world.with(|state| is_clear(state, actor));
                ensure(was_unknown || !is_sure || !is_done, Promise::P4, || {
                    format!("{name} was told that nothing was deleted, and it has: {error}")
                })?;
                (Happened::DeleteFailed, format!("{name} is told: {error}"))
            }
            Err(error) => (Happened::DeleteFailed, format!("{name} is told: {error}")),
        };
        // It stays so until something tells that the record is there, or gone.
        seat.delete_is_unknown = was_unknown || seat.delete_is_unknown && happened == Happened::DeleteFailed;
        seat.is_answered(&edit);
        self.world.tell(happened, [u64::from(actor), 0], || sentence);
        Ok(())
    }
}

/// Whether it is known what a session has done: what an earlier request of unknown outcome has done may have come late, and one
/// that was sent twice is refused for its first time.
pub(super) fn is_clear(state: &State, actor: u32) -> bool {
    let was_lost = state.unanswered.contains_key(&actor) || state.unread.contains(&actor);
    !was_lost && !state.sent_twice.contains(&actor)
}
