//! Requests whose answers were lost: what this session may have done, or may still do, without knowing.

use std::collections::VecDeque;
use std::sync::Arc;

use super::RecordEdit;
use super::save::{self, Sent};
use crate::dataset::DataSetError;
use crate::entity::{FieldSet, LiveEntity};
use crate::table::{Entry, Learned, Point};

/// A state of a record.
pub(super) enum State<E> {
    /// It is like this.
    Row(Arc<E>),
    /// It is there, and does not fit the entity.
    Unfit,
    /// There is none.
    Gone,
}

impl<E: LiveEntity> State<E> {
    /// What was found, where anything was.
    pub fn of(found: &Result<Option<Entry<E>>, DataSetError>) -> Option<Self> {
        match found {
            Ok(Some(entry)) => Some(State::Row(Arc::clone(&entry.row))),
            Ok(None) => Some(State::Gone),
            Err(DataSetError::KeptApart { .. }) => Some(State::Unfit),
            Err(_) => None,
        }
    }
}

/// What a request checks. It is done only where none of this has changed, so a state of the record that is later than the
/// request, and differs in it, tells that the request was done before that or will be no more.
pub(super) struct Checks<E: LiveEntity> {
    fields: FieldSet<E::Field>,
    /// The snapshot that it was sent from.
    from: Arc<E>,
    /// When it was sent.
    sent: Point,
    /// Whether such a state was seen.
    is_settled: bool,
    /// Whether the record was seen to have gone.
    was_gone: bool,
}

impl<E: LiveEntity> Clone for Checks<E> {
    fn clone(&self) -> Self {
        Checks { from: Arc::clone(&self.from), ..*self }
    }
}

impl<E: LiveEntity> Checks<E> {
    /// These fields, of a request that is sent from this snapshot at that moment.
    pub fn new(fields: FieldSet<E::Field>, from: &Arc<E>, sent: Point) -> Self {
        Checks { fields, from: Arc::clone(from), sent, is_settled: false, was_gone: false }
    }

    pub fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// Whether it is about no record that was there: the request is to make one.
    fn is_of_none(&self) -> bool {
        self.sent == Point::NONE
    }

    /// Whether nothing that anybody changes keeps the request from being done: it is to overwrite.
    fn is_of_nothing(&self) -> bool {
        self.fields.is_empty() && !self.is_of_none()
    }

    /// These fields have changed since it was sent.
    fn settle(&mut self, changed: FieldSet<E::Field>) {
        self.is_settled |= !self.fields.is_disjoint(changed);
    }

    /// What has changed since it was sent, in a state of the record that was learned then.
    pub fn changed_in(&self, state: &State<E>, learned: Learned) -> FieldSet<E::Field> {
        match state {
            // What was learned before it says nothing of it.
            _ if !learned.is_since(self.sent) => FieldSet::EMPTY,
            State::Row(row) => self.from.diff(row),
            State::Unfit | State::Gone => FieldSet::ALL,
        }
    }

    /// Whether some of what it checks is otherwise in this state: after that it was not done.
    pub fn excludes(&self, state: &E) -> bool {
        !self.from.diff(state).is_disjoint(self.fields)
    }

    /// Whether this state has a change of somebody's that is not in what was `stored`: it is later.
    pub fn is_later(&self, state: &E, stored: &E) -> bool {
        !(self.from.diff(state) - self.from.diff(stored)).is_empty()
    }

    /// This is the state of a record that this session is writing, as it was learned then.
    pub fn see(&mut self, state: &State<E>, learned: Learned) {
        self.settle(self.changed_in(state, learned));
    }

    /// The same of a record that it is deleting, or has: that it has gone says nothing of who has done it, but that it is there
    /// again does.
    pub fn see_deleted(&mut self, state: &State<E>, learned: Learned) {
        match state {
            State::Row(_) | State::Unfit => {
                self.is_settled |= self.was_gone;
                self.see(state, learned);
            }
            State::Gone => self.was_gone = true,
        }
    }

    /// Of two requests in doubt, this one and a later one, it is known only together what becomes of them.
    pub fn or(self, later: Self) -> Self {
        Checks { fields: self.fields & later.fields, ..later }
    }
}

impl<E: LiveEntity> RecordEdit<'_, E> {
    /// What a request checks that is sent now, by a guard of these fields.
    pub(super) fn checks(&self, fields: FieldSet<E::Field>) -> Checks<E> {
        let sent = self.table.shared().point();
        Checks::new(save::checks::<E>(self.policy, fields), &self.three.snapshot.row, sent)
    }
}

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

/// How many different writes of a session are in doubt at once. Beyond it the oldest is forgotten (of attempts to make a record
/// the second): should it land still later, it is shown as somebody else's.
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

    /// The first of them.
    pub fn first(&self) -> Option<&Sent<E>> {
        self.lost.front().map(|lost| &lost.sent)
    }

    /// Whether the record is to be read before anything else is written.
    pub fn must_look(&self) -> bool {
        self.lost.iter().any(|lost| lost.unread)
    }

    /// The answer to this write was lost.
    pub fn add(&mut self, sent: Sent<E>) {
        if sent.checks.is_settled() {
            return;
        }
        let same = |lost: &&mut Lost<E>| lost.sent.local.diff(&sent.local).is_disjoint(lost.sent.fields | sent.fields);
        if let Some(lost) = self.lost.iter_mut().find(same) {
            // Of two writes of other fields, one may land where the other cannot.
            let checks = lost.sent.checks.clone().or(sent.checks);
            lost.sent = Sent { fields: lost.sent.fields | sent.fields, checks, ..sent };
            lost.unread = true;
            return;
        }
        if self.lost.len() >= MOST {
            // Of attempts to make a record the first counts most: the others have made it only if that one has not come.
            let _ = self.lost.remove(usize::from(sent.checks.is_of_none()));
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
    /// and another does not, somebody else may have written the one; or the other, after one that overwrites.
    pub fn landed(&self, stored: &E) -> FieldSet<E::Field> {
        self.lost.iter().fold(FieldSet::EMPTY, |fields, Lost { sent, .. }| {
            let standing = sent.standing(stored);
            let has_landed = standing == sent.fields || sent.checks.is_of_nothing();
            if has_landed { fields | standing } else { fields }
        })
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

    /// The record was read. A write may land later than a read that did not find it, so what has not changed stays in doubt.
    pub fn is_read(&mut self) {
        for lost in &mut self.lost {
            lost.unread = false;
        }
    }

    /// This is the state of the record, as it was learned then. It is known what became of the fields that have changed in the
    /// store: by one of these writes, or so that none of those that check them can land any more.
    pub fn see(&mut self, state: &State<E>, learned: Learned) {
        for Lost { sent, .. } in &mut self.lost {
            let changed = sent.checks.changed_in(state, learned);
            sent.checks.settle(changed);
            let has_landed = match state {
                State::Row(row) => sent.standing(row) == sent.fields,
                // It may be made again.
                State::Gone => false,
                State::Unfit => true,
            };
            if has_landed || !sent.checks.is_of_nothing() {
                sent.fields = sent.fields - changed;
            }
        }
        self.lost.retain(|lost| !lost.sent.checks.is_settled() && !lost.sent.fields.is_empty());
    }

    /// This session has written these fields: one of these writes may have landed before.
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
