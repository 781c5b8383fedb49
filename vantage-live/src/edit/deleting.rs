//! Deleting: what is sent, and what the answer does to the session.

use std::pin::Pin;
use std::sync::Arc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{MaybeDone, maybe_done};
use tracing::Instrument;

use super::doubt::{Checks, State};
use super::save::{self, Step};
use super::{DeleteResult, EditError, RecordEdit, SaveError};
use crate::broken::{self, Broken};
use crate::dataset::DataSetError;
use crate::entity::{Field as _, FieldSet, LiveEntity};
use crate::table::{Learned, Point, Policy, Removed};
use crate::value::{Guard, Operation};

/// What a session knows of the deletes that it has asked for.
pub(super) struct Deleting<E: LiveEntity> {
    /// One that is under way.
    pending: Option<Pending<E>>,
    /// Where the answer to one was lost, or to more: what each of them checks.
    in_doubt: Option<Checks<E>>,
    /// The fields of which somebody was told that they have changed, by the delete before and nothing since.
    told: FieldSet<E::Field>,
    /// The same, by the two deletes before.
    told_twice: FieldSet<E::Field>,
}

type Answer<E> = Result<Removed<E>, DataSetError>;

struct Pending<E: LiveEntity> {
    answer: MaybeDone<oneshot::Receiver<Answer<E>>>,
    checks: Checks<E>,
    /// How often the guard was refused for a reason that nobody could see.
    attempt: u8,
    /// The number of the rows that the session has taken its own in from since it was sent: it may be newer than the answer.
    rebased: Option<u64>,
    /// Whether the record was shown since the answer had come.
    is_old: bool,
}

impl<E: LiveEntity> Pending<E> {
    fn is_answered(&mut self) -> bool {
        (&mut self.answer).now_or_never().is_some()
    }

    /// `None` where the runtime has dropped it.
    async fn answer(&mut self) -> Option<Answer<E>> {
        (&mut self.answer).await;
        Pin::new(&mut self.answer).take_output().and_then(Result::ok)
    }
}

impl<E: LiveEntity> Default for Deleting<E> {
    fn default() -> Self {
        let none = FieldSet::EMPTY;
        Deleting { pending: None, in_doubt: None, told: none, told_twice: none }
    }
}

impl<E: LiveEntity> Deleting<E> {
    /// The session has taken in its row of the table's rows of that number.
    pub fn is_rebased(&mut self, rows: u64) {
        if let Some(pending) = &mut self.pending {
            pending.rebased = Some(rows);
        }
    }

    /// Whether one is under way of which the answer has come.
    pub fn is_answered(&mut self) -> bool {
        self.pending.as_mut().is_some_and(Pending::is_answered)
    }

    /// Whether one is under way of which the answer had come before the record was shown.
    pub fn is_old(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.is_old)
    }

    /// The record was shown, and whether the answer had come by then.
    pub fn is_shown(&mut self, is_answered: bool) {
        if let Some(pending) = &mut self.pending {
            pending.is_old |= is_answered;
        }
    }

    /// The answer to one was lost, which checks this.
    fn is_lost(&mut self, checks: Checks<E>) {
        if !checks.is_settled() {
            self.in_doubt = Some(match self.in_doubt.take() {
                Some(before) => before.or(checks),
                None => checks,
            });
        }
    }

    /// Whether nothing is under way, and nothing in doubt.
    pub fn is_nothing(&self) -> bool {
        self.pending.is_none() && self.in_doubt.is_none()
    }

    /// This is the state of the record, as it was learned then.
    pub fn see(&mut self, state: &State<E>, learned: Learned) {
        if broken::is(Broken::ClaimsWhatOthersDelete) {
            return;
        }
        if let Some(pending) = &mut self.pending {
            pending.checks.see_deleted(state, learned);
        }
        self.in_doubt.take_if(|checks| {
            checks.see_deleted(state, learned);
            checks.is_settled()
        });
    }

    /// Somebody was told something else.
    pub fn tells_otherwise(&mut self) {
        (self.told, self.told_twice) = (FieldSet::EMPTY, FieldSet::EMPTY);
    }
}

/// Deleting.
impl<E: LiveEntity> RecordEdit<'_, E> {
    /// Deletes the record, if nobody has changed it since the session last agreed with the store. Touches the store.
    /// Dropping the future cancels nothing once the request is sent: it goes on, and the next call of the session takes its
    /// answer in. Where a save is under way, it is sent when that has its answer; [`is_deleting`](Self::is_deleting) says
    /// whether it was.
    ///
    /// # Errors
    /// [`EditError::New`] of a record that is not saved yet; else as [`save`](Self::save). What is known not to fit the entity
    /// is not deleted through it, until a read finds that it does:
    /// [`delete_id`](crate::dataset::WritableDataSet::delete_id) deletes it all the same.
    pub async fn delete(&mut self) -> Result<DeleteResult<E::Field>, EditError> {
        if self.deleting.is_old() {
            // What was wrong with it is told of this one, unless it is not so any more.
            drop(self.take_delete_in().await);
        }
        self.forget_old_answer();
        if !self.is_deleting() {
            self.take_pending_in().await?;
            self.start_delete()?;
        }
        self.finish_delete().await
    }

    /// Hands the delete to the table's runtime and returns at once.
    ///
    /// # Errors
    /// As [`delete`](Self::delete); [`EditError::SaveUnderWay`] or [`EditError::DeleteUnderWay`] where an answer is
    /// still to come.
    pub fn start_delete(&mut self) -> Result<(), EditError> {
        if self.deleting.is_old() {
            drop(self.poll_delete_in());
        }
        self.poll_delete_in()?;
        self.poll_pending_in()?;
        self.must_be_stored()?;
        self.forget_old_answer();
        if self.unseen.delete.is_some() {
            return Ok(());
        }
        // P3: who deletes a record decides about all of it, and so must have seen all of it.
        let unseen = self.unseen.refused || !self.unseen.changed.is_empty();
        if unseen && self.policy != Policy::Overwrite {
            self.unseen.delete = Some(DeleteResult::Changed(self.unseen.changed));
            self.unseen.delete_is_old = false;
            return Ok(());
        }
        self.send_delete(0)
    }

    /// What has failed is asked for again, and so is what was before that which was shown since: who deletes now means that.
    fn forget_old_answer(&mut self) {
        let is_old = self.unseen.delete_is_old || self.must_fit().is_err();
        self.unseen.delete.take_if(|kept| is_old || matches!(kept, DeleteResult::Error(_)));
    }

    /// Waits for the answer of the delete that is under way and takes it in. Cancellation safe: dropping the future leaves
    /// the answer to the next call. That the record had gone is not told any more where another call has taken that in, and
    /// the record was shown since.
    ///
    /// # Errors
    /// As [`delete`](Self::delete); [`EditError::NoDeleteUnderWay`] where there is none.
    pub async fn finish_delete(&mut self) -> Result<DeleteResult<E::Field>, EditError> {
        let result = match self.unseen.delete.take() {
            Some(unseen) => unseen,
            None => self.finish_pending_delete().await?,
        };
        Ok(self.tell_deleted(result))
    }

    /// The answer of the delete that is under way, taken in; `None` while it is still to come, and where there is none, as
    /// with [`finish_delete`](Self::finish_delete). For a render loop.
    pub fn poll_delete(&mut self) -> Option<Result<DeleteResult<E::Field>, EditError>> {
        let result = match self.unseen.delete.take() {
            Some(unseen) => Ok(unseen),
            None => self.poll_pending_delete()?,
        };
        Some(result.map(|result| self.tell_deleted(result)))
    }

    /// Whether a delete is under way whose answer was not taken in yet.
    #[must_use]
    pub fn is_deleting(&self) -> bool {
        self.deleting.pending.is_some() || self.unseen.delete.is_some()
    }

    async fn finish_pending_delete(&mut self) -> Result<DeleteResult<E::Field>, EditError> {
        loop {
            let pending = self.deleting.pending.as_mut().ok_or(EditError::NoDeleteUnderWay)?;
            let answer = pending.answer().await;
            if let Step::Done(result) = self.take_delete_answer(answer)? {
                return Ok(result);
            }
        }
    }

    fn poll_pending_delete(&mut self) -> Option<Result<DeleteResult<E::Field>, EditError>> {
        loop {
            let answer = self.deleting.pending.as_mut()?.answer().now_or_never()?;
            match self.take_delete_answer(answer) {
                Ok(Step::Again) => {}
                Ok(Step::Done(result)) => return Some(Ok(result)),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Takes in the answer of a delete whose future was dropped. What has changed must be shown before anything is deleted,
    /// so it waits for whoever asks for a delete next.
    pub(super) async fn take_delete_in(&mut self) -> Result<(), EditError> {
        if self.deleting.pending.is_some() {
            let result = self.finish_pending_delete().await?;
            self.keep_delete_answer(result);
        }
        Ok(())
    }

    /// As [`take_delete_in`](Self::take_delete_in), where the answer is there by now.
    pub(super) fn poll_delete_in(&mut self) -> Result<(), EditError> {
        if self.deleting.pending.is_some() {
            let result = self.poll_pending_delete().ok_or(EditError::DeleteUnderWay)??;
            self.keep_delete_answer(result);
        }
        Ok(())
    }

    fn keep_delete_answer(&mut self, result: DeleteResult<E::Field>) {
        if let DeleteResult::Changed(fields) = result
            && !self.unseen.delete_is_old
        {
            self.unseen.changed |= fields;
            self.unseen.refused = true;
        }
        self.unseen.delete = Some(result);
    }

    /// Somebody is told this, and looks at the session.
    fn tell_deleted(&mut self, result: DeleteResult<E::Field>) -> DeleteResult<E::Field> {
        let DeleteResult::Changed(fields) = result else {
            self.deleting.tells_otherwise();
            return result;
        };
        // What has come since that answer is seen now too.
        let fields = fields | self.unseen.changed;
        let twice = self.deleting.told & fields;
        self.all_is_shown();
        (self.deleting.told, self.deleting.told_twice) = (fields, twice);
        DeleteResult::Changed(fields)
    }

    /// The session is about another record, and what came of deleting the one before is no answer any more.
    pub(super) fn is_another(&mut self) {
        let answer = self.unseen.delete.take();
        if matches!(answer, Some(DeleteResult::Deleted)) && !self.unseen.delete_is_old {
            // It was done: whatever is there from now on is there again.
            let mut checks = Checks::new(FieldSet::ALL, &self.three.snapshot.row, Point::NONE);
            checks.see_deleted(&State::Gone, Learned::LATEST);
            self.deleting.is_lost(checks);
        }
    }

    /// The record was read, or written, after a delete: it is not gone, and if the answer to that was lost, it was not done.
    pub(super) fn is_there(&mut self) {
        self.deleting.in_doubt = None;
        self.unseen.delete.take_if(|kept| matches!(kept, DeleteResult::Deleted | DeleteResult::AlreadyGone));
    }

    fn send_delete(&mut self, attempt: u8) -> Result<(), EditError> {
        let shared = Arc::clone(self.table.shared());
        if shared.is_closed() {
            return Err(EditError::Closed);
        }
        self.must_fit()?;
        // What is another value each time could be told for ever: of what only the store sets, twice is enough.
        let fields = FieldSet::ALL - (self.deleting.told_twice & E::Field::READONLY);
        let guard = if broken::is(Broken::DeletesWithoutGuard) {
            Guard::Nothing
        } else {
            let can = shared.backend.capabilities();
            let snapshot = self.three.snapshot.record().map_err(|source| self.fault(source))?;
            save::guard::<E>(&snapshot, self.policy, fields, can)
        };
        let span = tracing::debug_span!("delete", table = self.table.name(), id = %self.id, attempt);
        let (deleting, id) = (Arc::clone(&shared), self.id.clone());
        let work = async move { deleting.delete(&id, &guard).await };
        let checks = self.checks(fields);
        let answer = shared.start(Operation::Delete, work.instrument(span));
        let answer = maybe_done(answer);
        self.deleting.pending = Some(Pending { answer, checks, attempt, rebased: None, is_old: false });
        Ok(())
    }

    fn take_delete_answer(&mut self, answer: Option<Answer<E>>) -> Result<Step<DeleteResult<E::Field>>, EditError> {
        let Pending { checks, attempt, rebased, is_old, .. } =
            self.deleting.pending.take().ok_or(EditError::NoDeleteUnderWay)?;
        self.unseen.delete_is_old = is_old;
        let answer = answer.ok_or(EditError::Closed)?;
        if matches!(answer, Ok(Removed::Deleted | Removed::Gone)) {
            self.forgets_what_was_made();
        }
        let result = match answer {
            Ok(Removed::Deleted) => {
                self.deleting.in_doubt = None;
                DeleteResult::Deleted
            }
            // It may have been this session, and the answer lost.
            Ok(Removed::Gone) if self.deleting.in_doubt.take().is_some() => DeleteResult::Deleted,
            Ok(Removed::Gone) => DeleteResult::AlreadyGone,
            Ok(Removed::Refused(entry)) => {
                self.is_there();
                let entry = self.freshest(entry, None, rebased);
                // What an earlier save of this session may have written is nobody else's change, until a read has shown it.
                let own = if self.doubts.must_look() { self.doubts.landed(&entry.row) } else { FieldSet::EMPTY };
                let state = State::Row(Arc::clone(&entry.row));
                // What a rebase has shown since it was sent nobody has asked to delete.
                let changed = if broken::is(Broken::DeletesWhatWasShownSince) {
                    self.three.snapshot.row.diff(&entry.row)
                } else {
                    checks.changed_in(&state, Learned::LATEST)
                };
                let changed = changed - own;
                self.take_remote_state(entry);
                self.see(&state, Learned::LATEST);
                if changed.is_empty() && attempt + 1 < save::UNSEEN {
                    // Nobody can decide what nobody can see: the guard is spelled afresh.
                    self.send_delete(attempt + 1)?;
                    return Ok(Step::Again);
                }
                DeleteResult::Changed(changed)
            }
            Err(error) => {
                if matches!(error, DataSetError::KeptApart { .. }) {
                    self.see(&State::Unfit, Learned::LATEST);
                }
                let error = save::failed(error)?;
                if matches!(error, SaveError::OutcomeUnknown { .. }) {
                    self.deleting.is_lost(checks);
                }
                DeleteResult::Error(error)
            }
        };
        Ok(Step::Done(result))
    }
}
