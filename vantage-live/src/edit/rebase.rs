//! The three-way state of an edit session, and what happens to it when the store has moved on. Pure: no store, no time.

use std::sync::Arc;

use serde_json::Value;

use crate::broken::{self, Broken};
use crate::entity::{Conflict, Conflicts as _, EntityError, Field, FieldSet, LiveEntity};
use crate::table::Entry;

/// Per field: base, local, remote. The snapshot is the remote state that the session last agreed on.
#[derive(Clone)]
pub(super) struct ThreeWay<E: LiveEntity> {
    pub local: E,
    pub snapshot: Entry<E>,
    /// Of the undecided fields, the value before the first change that the session had not seen; else unused.
    bases: Option<Box<E>>,
    /// Of the optional entities that the store has taken away from under what was modified in them, the local state then.
    left: Option<Box<E>>,
    /// Fields that were changed on both sides and of which nothing was decided since.
    undecided: FieldSet<E::Field>,
}

impl<E: LiveEntity> ThreeWay<E> {
    pub fn new(local: E, snapshot: Entry<E>) -> Self {
        ThreeWay { local, snapshot, bases: None, left: None, undecided: FieldSet::EMPTY }
    }

    /// P1: what differs from the snapshot, and nothing else is asked.
    pub fn modified(&self) -> FieldSet<E::Field> {
        let modified = self.snapshot.row.diff(&self.local) - E::Field::READONLY;
        if broken::is(Broken::ConflictStaysModified) {
            return modified | self.undecided;
        }
        if broken::is(Broken::ConflictIsNotModified) { modified - self.undecided } else { modified }
    }

    /// The fields in conflict: a field that was set back to the store's value is in none. Where one of the three sides has
    /// no such entity, it is in conflict as a whole.
    pub fn conflicting(&self) -> FieldSet<E::Field> {
        if self.undecided.is_empty() {
            return self.undecided;
        }
        let modified = self.modified();
        let since_the_base = self.bases.as_deref().map_or(FieldSet::EMPTY, |base| base.diff(&self.local));
        (self.undecided & modified).with_wholes_of(modified).with_wholes_of(since_the_base)
    }

    pub fn conflict(&self, field: E::Field) -> Result<Option<Conflict<Option<Value>>>, EntityError> {
        if !self.conflicting().contains(field) {
            return Ok(None);
        }
        let base = self.bases.as_deref().unwrap_or(&self.snapshot.row).get_field(field)?;
        let (local, remote) = (self.local.get_field(field)?, self.snapshot.row.get_field(field)?);
        Ok(Some(Conflict { base, local, remote }))
    }

    pub fn conflicts(&self) -> E::Conflicts {
        let bases = self.bases.as_deref().unwrap_or(&self.snapshot.row);
        E::conflicts(self.conflicting(), bases, &self.local, &self.snapshot.row)
    }

    /// Takes the remote state in as the new snapshot.
    ///
    /// | local against snapshot | remote against snapshot | local | conflict |
    /// |---|---|---|---|
    /// | same | any | follows remote | none |
    /// | modified | same | stays | an earlier undecided one stays |
    /// | modified | changed, equals local | stays | none, an earlier one ends |
    /// | modified | changed | stays | yes, with the first base |
    ///
    /// After a write of this session was sent, the remote values of the fields `own` are from that write, so a change of
    /// them is no conflict; and the fields `typed` were typed into since, so they stay even where they are back at the
    /// snapshot, which the write may have changed.
    ///
    /// Answers with the fields that have followed.
    pub fn take_in(
        &mut self,
        remote: Entry<E>,
        own: FieldSet<E::Field>,
        typed: FieldSet<E::Field>,
    ) -> FieldSet<E::Field> {
        let modified = self.modified();
        let was_apart = modified.only_wholes();
        let untouched = self.back_again(was_apart, &remote.row);
        let mine = (modified - untouched) | typed;
        let fresh = (mine & self.changed_otherwise(&remote.row)) - own;
        let first = if broken::is(Broken::RebaseForgetsBase) { fresh } else { fresh - self.undecided };
        if !first.is_empty() {
            let snapshot = &self.snapshot.row;
            // What an optional entity began with is all of it, unless a part of it has a base already.
            let first = first | (first.with_wholes() - self.undecided.with_wholes());
            self.bases.get_or_insert_with(|| Box::new((**snapshot).clone())).copy_fields(snapshot, first);
        }
        let otherwise = self.local.diff(&remote.row);
        self.undecided = ((self.undecided | fresh) - own) & mine & otherwise;
        let stays = mine.with_wholes_of(otherwise);
        let apart = otherwise.only_wholes() - was_apart;
        if !apart.is_empty() {
            self.left.get_or_insert_with(|| Box::new(self.local.clone())).copy_fields(&self.local, apart);
        }
        let followed = otherwise - stays;
        self.local.copy_fields(&remote.row, if broken::is(Broken::RebaseTakesRemote) { FieldSet::ALL } else { !stays });
        self.snapshot = remote;
        followed
    }

    /// Whatever comes back of what has been taken away from under the session stays in conflict as a whole.
    pub fn forget_what_was_left(&mut self) {
        self.left = None;
    }

    /// Of an optional entity that was on one side only, so that all of it was in conflict, and that is on both again without
    /// anybody having touched it here: the fields that are as they were before. Those that were modified before stay in
    /// conflict, whatever is there now: the person was told that it had gone.
    fn back_again(&self, was_apart: FieldSet<E::Field>, remote: &E) -> FieldSet<E::Field> {
        let (Some(base), Some(left)) = (&self.bases, &self.left) else { return FieldSet::EMPTY };
        let apart = self.conflicting().only_wholes() & was_apart;
        let (here, there) = (base.diff(&self.local), base.diff(remote));
        let touched = left.diff(&self.local).with_wholes();
        apart - touched - here.only_wholes() - there.only_wholes() - here
    }

    /// Takes in that this session has written `fields`, of which the store has the values of `after`, and nothing else of
    /// it. As [`take_in`](Self::take_in).
    pub fn written(&mut self, after: &E, fields: FieldSet<E::Field>, typed: FieldSet<E::Field>) {
        let mut snapshot = self.snapshot.clone();
        // P3: what stands beside a part that was written, and is not shown here, somebody else has made.
        let come = fields.with_wholes_of(snapshot.row.diff(after));
        Arc::make_mut(&mut snapshot.row).copy_fields(after, come);
        let _ = self.take_in(snapshot, fields, typed);
    }

    /// Changed there since the snapshot, and not to the local value.
    fn changed_otherwise(&self, remote: &E) -> FieldSet<E::Field> {
        self.snapshot.row.diff(remote) & self.local.diff(remote)
    }

    /// The session's own values are to win. Answers with the fields whose conflicts this has ended: what is in conflict as
    /// a whole is decided as a whole.
    pub fn keep_local(&mut self, fields: FieldSet<E::Field>) -> FieldSet<E::Field> {
        let conflicting = self.conflicting();
        let fields = fields.with_wholes_of(conflicting);
        self.undecided = self.undecided - fields;
        fields & conflicting
    }

    /// The snapshot's values win. Answers with the fields that have them now: of what only one of the two has, it is the
    /// whole.
    pub fn take_remote(&mut self, fields: FieldSet<E::Field>) -> FieldSet<E::Field> {
        let fields = fields.with_wholes_of(self.conflicting()).with_wholes_of(self.snapshot.row.diff(&self.local));
        self.local.copy_fields(&self.snapshot.row, fields);
        self.undecided = self.undecided - fields;
        fields
    }

    /// Whether `remote` would change anything here.
    pub fn is_behind(&self, remote: &E) -> bool {
        !self.snapshot.row.diff(remote).is_empty()
    }

    /// Whether there is a conflict.
    pub fn has_conflicts(&self) -> bool {
        !self.conflicts().is_empty()
    }
}
