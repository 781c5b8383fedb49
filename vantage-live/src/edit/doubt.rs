//! Writes whose answers were lost: what this session may have written, or may still write, without knowing.

use std::collections::VecDeque;

use super::save::Sent;
use crate::entity::{FieldSet, LiveEntity};

/// The writes of a session whose answers were lost, until it is known of each field what became of it.
pub(super) struct Doubts<E: LiveEntity> {
    lost: VecDeque<Lost<E>>,
}

/// A write whose answer was lost.
struct Lost<E: LiveEntity> {
    sent: Sent<E>,
    /// Whether the record was not read since.
    unread: bool,
}

/// How many different writes of a session are in doubt at once. Beyond it the oldest is forgotten: should it land still
/// later, it is shown as somebody else's.
const MOST: usize = 4;

impl<E: LiveEntity> Default for Doubts<E> {
    fn default() -> Self {
        Doubts { lost: VecDeque::new() }
    }
}

impl<E: LiveEntity> Doubts<E> {
    pub fn is_empty(&self) -> bool {
        self.lost.is_empty()
    }

    /// Whether the record is to be read before anything else is written.
    pub fn must_look(&self) -> bool {
        self.lost.iter().any(|lost| lost.unread)
    }

    /// The answer to this write was lost.
    pub fn add(&mut self, sent: Sent<E>) {
        let same = |lost: &&mut Lost<E>| lost.sent.local.diff(&sent.local).is_disjoint(lost.sent.fields | sent.fields);
        if let Some(lost) = self.lost.iter_mut().find(same) {
            // Of two writes of other fields, one may land where the other cannot.
            let checks = lost.sent.checks & sent.checks;
            lost.sent = Sent { fields: lost.sent.fields | sent.fields, checks, ..sent };
            lost.unread = true;
            return;
        }
        if self.lost.len() >= MOST {
            self.lost.pop_front();
        }
        self.lost.push_back(Lost { sent, unread: true });
    }

    /// The fields that may have been written, or may be still.
    pub fn fields(&self) -> FieldSet<E::Field> {
        self.lost.iter().fold(FieldSet::EMPTY, |fields, lost| fields | lost.sent.fields)
    }

    /// The fields of which the store has a value that this session has sent: of a record that it has made.
    pub fn standing(&self, stored: &E) -> FieldSet<E::Field> {
        self.lost.iter().fold(FieldSet::EMPTY, |fields, lost| fields | lost.sent.standing(stored))
    }

    /// The fields of the writes that stand there altogether. A write is done as a whole: where one field of it stands there
    /// and another does not, somebody else may have written the one.
    pub fn landed(&self, stored: &E) -> FieldSet<E::Field> {
        let landed = self.lost.iter().filter(|lost| lost.sent.standing(stored) == lost.sent.fields);
        landed.fold(FieldSet::EMPTY, |fields, lost| fields | lost.sent.fields)
    }

    /// The fields that were typed into since they were sent, as long as nothing was read: from then on the snapshot tells
    /// what was typed.
    pub fn typed_since(&self, local: &E, modified: FieldSet<E::Field>) -> FieldSet<E::Field> {
        let unread = self.lost.iter().filter(|lost| lost.unread);
        unread.fold(FieldSet::EMPTY, |fields, lost| fields | lost.sent.typed_since(local, modified))
    }

    /// As [`Sent::follow`], of each.
    pub fn follow(&mut self, fields: FieldSet<E::Field>, local: &E, modified: FieldSet<E::Field>) {
        for lost in &mut self.lost {
            lost.sent.follow(fields, local, modified);
        }
    }

    /// The record was read. A write may land later than a read that did not find it, so the rest stays in doubt.
    pub fn read(&mut self) {
        for lost in &mut self.lost {
            lost.unread = false;
        }
    }

    /// It is known what became of these fields: they have changed in the store, by one of these writes or so that none
    /// of those that check them can land any more.
    pub fn settle(&mut self, fields: FieldSet<E::Field>) {
        self.lost.retain(|lost| lost.sent.checks.is_disjoint(fields));
        self.overwrite(fields);
    }

    /// These fields were written, whatever stood there: one of these writes may have landed before.
    pub fn overwrite(&mut self, fields: FieldSet<E::Field>) {
        for lost in &mut self.lost {
            lost.sent.fields = lost.sent.fields - fields;
        }
        self.lost.retain(|lost| !lost.sent.fields.is_empty());
    }

    pub fn clear(&mut self) {
        self.lost.clear();
    }
}
