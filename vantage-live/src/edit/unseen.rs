//! What has come to a session, and nobody was shown yet: answers that another call has taken in, and what others have changed.
//!
//! P3 is about what a person has seen. A save after a conflict means "keep mine", and a second delete "even so", only to
//! somebody who was told of the first.

use super::{DeleteResult, EditError, RecordEdit, SaveResult, StoredOtherwise};
use crate::broken::{self, Broken};
use crate::entity::{FieldSet, LiveEntity};
use crate::table::Policy;
use crate::value::Id;

/// What nobody was shown yet.
pub(super) struct Unseen<E: LiveEntity> {
    /// The answer of a save, which another call has taken in.
    pub save: Option<Box<SaveResult<E>>>,
    /// What the store had made of the last save before the session was to be saved as a new record, which was not made.
    pub otherwise: Option<StoredOtherwise<E::Field>>,
    /// The answer to a delete, which another call has taken in.
    pub delete: Option<DeleteResult<E::Field>>,
    /// Whether the record was shown since that answer had come.
    pub delete_is_old: bool,
    /// The record that a save has made, before the rest of what was typed was written to it.
    pub created: Option<Id>,
    /// The fields that others have changed, which came with an answer.
    pub changed: FieldSet<E::Field>,
    /// Whether a save was refused.
    pub refused: bool,
}

impl<E: LiveEntity> Default for Unseen<E> {
    fn default() -> Self {
        Unseen {
            save: None,
            otherwise: None,
            delete: None,
            delete_is_old: false,
            created: None,
            changed: FieldSet::EMPTY,
            refused: false,
        }
    }
}

impl<E: LiveEntity> Unseen<E> {
    /// The answer that is to be told next to who asks for that of a save.
    pub fn next(&mut self) -> Option<SaveResult<E>> {
        self.save.take().map(|save| *save).or_else(|| self.otherwise.take().map(SaveResult::PartialSave))
    }
}

impl<E: LiveEntity> RecordEdit<'_, E> {
    /// Takes in the answer of a save that nobody waited for: it is told to whoever asks for it, or for the next save.
    pub(super) async fn take_pending_in(&mut self) -> Result<(), EditError> {
        if self.pending.is_some() {
            let result = self.finish_pending().await?;
            self.keep(result);
        }
        Ok(())
    }

    /// As [`take_pending_in`](Self::take_pending_in), where the answer is there by now.
    pub(super) fn poll_pending_in(&mut self) -> Result<(), EditError> {
        if self.pending.is_some() {
            let result = self.poll_pending().ok_or(EditError::SaveUnderWay)??;
            self.keep(result);
        }
        Ok(())
    }

    fn keep(&mut self, result: SaveResult<E>) {
        self.unseen.refused |= matches!(result, SaveResult::Conflict(_));
        self.unseen.save = Some(Box::new(result));
    }

    /// Somebody is told this.
    pub(super) fn tell(&mut self, result: SaveResult<E>) -> SaveResult<E> {
        self.deleting.tells_otherwise();
        match result {
            SaveResult::Conflict(_) => {
                self.unseen.changed = FieldSet::EMPTY;
                self.unseen.refused = false;
                // What was decided while it waited is none any more.
                SaveResult::Conflict(self.conflicts())
            }
            // What has failed has shown nothing.
            SaveResult::Error(error) => SaveResult::Error(error),
            result => {
                // Whoever looks at the session sees what has changed, but not that it is in conflict with what they typed.
                self.unseen.changed = self.unseen.changed & self.three.conflicting();
                self.unseen.refused = false;
                result
            }
        }
    }

    /// Whether something must be told before anything else is sent; then that is the answer.
    pub(super) fn must_be_told(&mut self) -> bool {
        // What has failed tells nothing of the record: what was told before it is still to be told.
        self.unseen.save.take_if(|save| matches!(**save, SaveResult::Error(_)));
        match self.unseen.next() {
            // Once everything that was typed since is saved too, where there is anything.
            Some(SaveResult::Created(id)) => self.unseen.created = Some(id),
            Some(SaveResult::PartialSave(partial)) if self.may_be_foreign(partial.fields()) => {
                self.unseen.save = Some(Box::new(SaveResult::PartialSave(partial)));
                return true;
            }
            // It was made, and somebody has deleted it: to make it again would undo that unseen.
            Some(SaveResult::Deleted) if self.is_new() => {
                self.unseen.save = Some(Box::new(SaveResult::Deleted));
                return true;
            }
            // Who was not told once is not told that it is the second time.
            Some(SaveResult::PartialSave(_)) => self.coerced = None,
            _ => {}
        }
        let conflicting = self.three.conflicting();
        let is_by_version = self.is_by_version() && !self.modified_fields().is_empty();
        let is_refused = self.unseen.refused && (is_by_version || !conflicting.is_empty());
        let is_changed = !self.unseen.changed.is_disjoint(conflicting);
        // A new record overwrites nothing: what is in conflict is the one that it was before.
        let must = (is_refused || is_changed) && self.policy != Policy::Overwrite && !self.is_new();
        let must = must && !broken::is(Broken::ForgetsUnseenConflicts);
        if must {
            self.unseen.save = Some(Box::new(SaveResult::Conflict(self.conflicts())));
        }
        must
    }

    /// What was made has gone, as somebody is told: nobody is to be told any more that it was made.
    pub(super) fn forgets_what_was_made(&mut self) {
        if broken::is(Broken::RemembersWhatHasGone) {
            return;
        }
        self.unseen.created = None;
        self.unseen.save.take_if(|save| matches!(**save, SaveResult::Created(_)));
    }

    /// Whether other values of these fields, which would be overwritten now, may be somebody else's: of a store that does not
    /// tell what it has stored they were read, and nobody knows.
    fn may_be_foreign(&self, fields: FieldSet<E::Field>) -> bool {
        let is_read = !self.table.shared().backend.capabilities().after_image;
        let may_be = is_read && self.policy != Policy::Overwrite && !fields.is_disjoint(self.modified_fields());
        may_be && !broken::is(Broken::OverwritesWhatWasRead)
    }

    /// The person sees what the store has now: saving, or deleting, after it means it.
    pub(super) fn all_is_shown(&mut self) {
        self.deleting.tells_otherwise();
        self.unseen.changed = FieldSet::EMPTY;
        self.unseen.refused = false;
        self.unseen.delete.take_if(|kept| matches!(kept, DeleteResult::Deleted | DeleteResult::AlreadyGone));
        self.unseen.delete_is_old = true;
    }
}
