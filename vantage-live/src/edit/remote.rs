//! What others have done meanwhile, and what the session makes of it: rebasing, conflicts, decisions.

use std::sync::Arc;

use serde_json::Value;

#[cfg(doc)]
use super::SaveResult;
use super::answers::version;
use super::doubt::State;
use super::{EditError, RecordEdit, RefreshError, not_read};
use crate::broken::{self, Broken};
use crate::dataset::DataSetError;
use crate::entity::{Conflict, EntityError, FieldSet, LiveEntity};
use crate::table::{Entry, Learned};
use crate::value::Operation;

/// What others have done meanwhile.
impl<E: LiveEntity> RecordEdit<'_, E> {
    /// Takes in the table's row, at once, and answers with the conflicts that are undecided then. What has been shown has
    /// been seen: saving after it means "keep mine".
    ///
    /// While a save is under way, what the row has of it as it was sent is the session's own. What the store makes of it
    /// otherwise looks like somebody else's until the answer is taken in, and is then a
    /// [`PartialSave`](SaveResult::PartialSave) and no conflict any more.
    ///
    /// # Errors
    /// [`RefreshError::Deleted`] where the row has gone; [`EditError::KeptApart`] of a record that does not fit the entity;
    /// [`EditError::New`] of one that is not saved yet.
    pub fn rebase(&mut self) -> Result<E::Conflicts, RefreshError> {
        self.must_be_stored()?;
        // Before it is looked: what has come by then is older than what is found.
        let is_answered = self.deleting.is_answered();
        let is_in_doubt = self.pending.is_some() || !self.doubts.is_empty() || !self.deleting.is_nothing();
        // Nobody waits for the table where nothing asks when it has learned of the row.
        let (found, learned) = if is_in_doubt {
            self.table.shared().learned(&self.id)
        } else {
            (self.table.shared().found(&self.id), Learned::UNKNOWN)
        };
        let taken = self.take_found(found, learned);
        if !matches!(taken, Err(RefreshError::Deleted { .. })) {
            self.deleting.is_shown(is_answered);
        }
        taken?;
        self.all_is_shown();
        self.keep_what_was_typed_since();
        Ok(self.conflicts())
    }

    /// Takes in what was found of the record, as it was learned then.
    fn take_found(
        &mut self,
        found: Result<Option<Entry<E>>, DataSetError>,
        learned: Learned,
    ) -> Result<(), RefreshError> {
        let state = State::of(&found);
        let taken = match found {
            Ok(Some(entry)) => {
                self.take_remote_state(entry);
                Ok(())
            }
            Ok(None) => Err(self.deleted()),
            Err(error) => Err(not_read(error).into()),
        };
        if let Some(State::Unfit) = state {
            self.unseen.delete_is_old = true;
        }
        if let Some(state) = state {
            self.see(&state, learned);
        }
        taken
    }

    /// This is the state of the record, as it was learned then: it may tell what became, or becomes, of what this session has
    /// asked for.
    pub(super) fn see(&mut self, state: &State<E>, learned: Learned) {
        self.deleting.see(state, learned);
        match state {
            // Whether what does not fit is what a write has checked, nobody knows, and what a filter hides may be there.
            State::Unfit => return,
            State::Gone if self.table.shared().filters() => return,
            State::Row(_) | State::Gone => {}
        }
        if let Some(pending) = &mut self.pending {
            pending.sent.checks.see(state, learned);
        }
        self.doubts.see(state, learned);
    }

    /// Who has typed into what is under way, and sees it in conflict, means what is typed from then on, though it may be what
    /// was sent.
    fn keep_what_was_typed_since(&mut self) {
        let (conflicting, modified) = (self.three.conflicting(), self.modified_fields());
        if let Some(pending) = &mut self.pending {
            pending.sent.typed |= pending.sent.typed_since(&self.three.local, modified) & conflicting;
        }
    }

    /// As [`rebase`](Self::rebase), from the backend. Touches the store. Cancellation safe.
    ///
    /// # Errors
    /// As [`rebase`](Self::rebase), and where the store is not reached.
    pub async fn refresh_snapshot(&mut self) -> Result<E::Conflicts, RefreshError> {
        self.take_delete_in().await?;
        self.take_pending_in().await?;
        self.must_be_stored()?;
        let (shared, id) = (Arc::clone(self.table.shared()), self.id.clone());
        let read = self.table.shared().run(Operation::Read, async move { shared.read(&id).await }).await;
        self.take_found(read, Learned::LATEST)?;
        self.doubts.is_read();
        self.is_there();
        self.all_is_shown();
        Ok(self.conflicts())
    }

    /// The conflicts that are undecided now, each with its three values. Looking at them here counts as nothing:
    /// [`rebase`](Self::rebase) shows them, and so does a save that answers with them.
    pub fn conflicts(&self) -> E::Conflicts {
        self.three.conflicts()
    }

    /// The three values of one conflict as JSON, for generic forms; `None` where the field is in none. A value is `None`
    /// where serde writes nothing for it.
    ///
    /// # Errors
    /// [`EntityError`] where serde cannot write one of them.
    pub fn get_conflict(&self, field: E::Field) -> Result<Option<Conflict<Option<Value>>>, EntityError> {
        self.three.conflict(field)
    }

    /// The session's own value is to win: the conflict ends, the field stays modified. After an assignment, that value.
    pub fn keep_local(&mut self, field: E::Field) {
        let kept = self.three.keep_local(field.into());
        if let Some(pending) = &mut self.pending {
            pending.sent.kept |= kept;
        }
    }

    /// The store's value wins: the conflict ends, the field is not modified any more. A field of a nested entity that only one
    /// side has is taken with all of that.
    pub fn take_remote(&mut self, field: E::Field) {
        self.give_up(field.into());
    }

    /// Takes the store's values of these fields, after a [`PartialSave`](SaveResult::PartialSave) said that it made others.
    pub fn accept_stored(&mut self, fields: FieldSet<E::Field>) {
        broken::panics(Broken::CallPanics);
        self.give_up(fields);
    }

    /// Whether the table's row has other values than the snapshot, or has gone. Changes nothing.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        !self.is_new() && self.row().is_none_or(|entry| self.three.is_behind(&entry.row))
    }

    /// The conflicts that [`rebase`](Self::rebase) would answer with. Changes nothing; a row that has gone has none.
    pub fn peek_conflicts(&self) -> E::Conflicts {
        match self.row() {
            Some(entry) if !self.is_new() => {
                let mut rebased = self.three.clone();
                let (own, typed) = self.own_and_typed(&entry.row);
                rebased.take_in(entry, own, typed);
                rebased.conflicts()
            }
            _ => self.conflicts(),
        }
    }

    pub(super) fn row(&self) -> Option<Entry<E>> {
        self.table.rows().at.find(&self.id).map(|(_, entry)| entry.clone())
    }

    /// Somebody is told that the record has gone.
    fn deleted(&mut self) -> RefreshError {
        self.forgets_what_was_made();
        RefreshError::Deleted { table: self.table.name().to_owned(), id: self.id.clone() }
    }

    pub(super) fn must_be_stored(&self) -> Result<(), EditError> {
        if self.is_new() { Err(EditError::New) } else { Ok(()) }
    }

    /// Nothing is done through the entity to a record that is known not to fit it.
    pub(super) fn must_fit(&self) -> Result<(), EditError> {
        match self.table.shared().rejection(&self.id) {
            Some(reason) => {
                Err(EditError::KeptApart { table: self.table.name().to_owned(), id: self.id.clone(), reason })
            }
            None => Ok(()),
        }
    }

    /// Of the fields of `remote`, those that stand there as this session has sent them, and those that were typed into
    /// since.
    fn own_and_typed(&self, remote: &E) -> (FieldSet<E::Field>, FieldSet<E::Field>) {
        let sent = self.pending.as_ref().map(|pending| &pending.sent);
        let known = sent.filter(|_| !broken::is(Broken::EchoIsForeign));
        let own = known.map_or(FieldSet::EMPTY, |sent| sent.standing(remote));
        let (local, modified) = (&self.three.local, self.three.modified());
        let typed = sent.map_or(FieldSet::EMPTY, |sent| sent.typed_since(local, modified));
        (own | self.doubts.landed(remote), typed | self.doubts.typed_since(local, modified))
    }

    /// Takes the remote state in: what stands there as this session has sent it is nobody else's change. Answers with the
    /// fields that have followed it.
    pub(super) fn take_remote_state(&mut self, entry: Entry<E>) -> FieldSet<E::Field> {
        self.take_remote_state_with(entry, FieldSet::EMPTY, FieldSet::EMPTY)
    }

    /// As [`take_remote_state`](Self::take_remote_state), where of some fields it is known that what stands there is this
    /// session's, and of others that they stay as they are here.
    pub(super) fn take_remote_state_with(
        &mut self,
        entry: Entry<E>,
        known: FieldSet<E::Field>,
        stay: FieldSet<E::Field>,
    ) -> FieldSet<E::Field> {
        let rows = self.table.shared().rows.load();
        let is_row = rows.find(&self.id).is_some_and(|(_, row)| Arc::ptr_eq(&row.row, &entry.row));
        // When what is not their row, or not any more, was in them, nobody knows.
        let rows = if is_row { rows.sequence } else { u64::MAX };
        if let Some(pending) = &mut self.pending {
            pending.rebased = Some(rows);
        }
        self.deleting.is_rebased(rows);
        let (own, typed) = self.own_and_typed(&entry.row);
        self.snapshot_time = self.table.shared().env.now();
        self.take_in(entry, own | known, typed | stay)
    }

    /// Takes a state of the record in, of which the fields `own` are this session's. Answers with the fields that have followed
    /// it.
    pub(super) fn take_in(
        &mut self,
        remote: Entry<E>,
        own: FieldSet<E::Field>,
        typed: FieldSet<E::Field>,
    ) -> FieldSet<E::Field> {
        self.unseen.changed |= self.three.snapshot.row.diff(&remote.row) - own - version::<E>();
        let followed = self.three.take_in(remote, own, typed);
        self.follow(followed);
        self.fill_id();
        followed
    }

    /// Gives these fields up: they have the store's values, and follow it from now on.
    pub(super) fn give_up(&mut self, fields: FieldSet<E::Field>) {
        let fields = self.three.take_remote(fields);
        self.follow(fields);
    }

    /// What is known of writes that are under way or in doubt must not take these fields for typed into.
    pub(super) fn follow(&mut self, fields: FieldSet<E::Field>) {
        let modified = self.modified_fields();
        if let Some(pending) = &mut self.pending {
            pending.sent.follow(fields, &self.three.local, modified);
        }
        self.doubts.follow(fields, &self.three.local, modified);
    }
}
