//! Deleting: what is sent, and what the answer does to the session.

use std::sync::Arc;

use futures::FutureExt;
use futures::channel::oneshot;
use tracing::Instrument;

use super::save::{self, Step};
use super::{DeleteResult, EditError, RecordEdit, SaveError, SaveResult};
use crate::broken::{self, Broken};
use crate::dataset::DataSetError;
use crate::entity::{Conflicts as _, FieldSet, LiveEntity};
use crate::table::{Policy, Removed};
use crate::value::Guard;

/// What a session knows of the deletes that it has asked for.
pub(super) struct Deleting<E: LiveEntity> {
    /// One that is under way.
    pending: Option<Pending<E>>,
    /// An answer that was taken in, and that nobody was shown yet.
    pub unseen: Option<DeleteResult<E::Field>>,
    /// Whether the answer to one was lost.
    in_doubt: bool,
}

struct Pending<E: LiveEntity> {
    answer: oneshot::Receiver<Result<Removed<E>, DataSetError>>,
    /// How often the guard was refused for a reason that nobody could see.
    attempt: u8,
}

impl<E: LiveEntity> Default for Deleting<E> {
    fn default() -> Self {
        Deleting { pending: None, unseen: None, in_doubt: false }
    }
}

/// Deleting.
impl<E: LiveEntity> RecordEdit<'_, E> {
    /// Deletes the record, if nobody has changed it since the session last agreed with the store. Touches the store.
    /// Dropping the future cancels nothing: the request goes on, and the next call of the session takes its answer in.
    ///
    /// # Errors
    /// [`EditError::New`] of a record that is not saved yet; else as [`save`](Self::save).
    pub async fn delete(&mut self) -> Result<DeleteResult<E::Field>, EditError> {
        if !self.is_deleting() {
            if let Some(SaveResult::Conflict(unseen)) = self.take_pending_in().await? {
                return Ok(DeleteResult::Changed(unseen.fields()));
            }
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
        self.must_be_stored()?;
        if self.deleting.pending.is_some() {
            return Err(EditError::DeleteUnderWay);
        }
        if self.deleting.unseen.is_some() {
            return Ok(());
        }
        if self.is_saving() {
            let last = self.poll_save().ok_or(EditError::SaveUnderWay)??;
            self.has_unseen_conflicts |= matches!(last, SaveResult::Conflict(_));
        }
        if std::mem::take(&mut self.has_unseen_conflicts) && self.three.has_conflicts() {
            self.deleting.unseen = Some(DeleteResult::Changed(self.conflicts().fields()));
            return Ok(());
        }
        self.send_delete(0)
    }

    /// Waits for the answer of the delete that is under way and takes it in. Cancellation safe: dropping the future leaves
    /// the answer to the next call.
    ///
    /// # Errors
    /// As [`delete`](Self::delete); [`EditError::NoDeleteUnderWay`] where there is none.
    pub async fn finish_delete(&mut self) -> Result<DeleteResult<E::Field>, EditError> {
        if let Some(unseen) = self.deleting.unseen.take() {
            return Ok(unseen);
        }
        loop {
            let pending = self.deleting.pending.as_mut().ok_or(EditError::NoDeleteUnderWay)?;
            let answer = (&mut pending.answer).await;
            if let Step::Done(result) = self.take_delete_answer(answer.ok())? {
                return Ok(result);
            }
        }
    }

    /// The answer of the delete that is under way, taken in; `None` while it is still to come, and where there is none.
    /// For a render loop.
    pub fn poll_delete(&mut self) -> Option<Result<DeleteResult<E::Field>, EditError>> {
        if let Some(unseen) = self.deleting.unseen.take() {
            return Some(Ok(unseen));
        }
        loop {
            let answer = (&mut self.deleting.pending.as_mut()?.answer).now_or_never()?;
            match self.take_delete_answer(answer.ok()) {
                Ok(Step::Again) => {}
                Ok(Step::Done(result)) => return Some(Ok(result)),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Whether a delete is under way whose answer was not taken in yet.
    #[must_use]
    pub fn is_deleting(&self) -> bool {
        self.deleting.pending.is_some() || self.deleting.unseen.is_some()
    }

    /// Takes in the answer of a delete whose future was dropped. What has changed must be shown before anything is deleted,
    /// so it waits for whoever asks for a delete next.
    pub(super) async fn take_delete_in(&mut self) -> Result<(), EditError> {
        if self.deleting.pending.is_some() {
            let result = self.finish_delete().await?;
            self.keep_delete_answer(result);
        }
        Ok(())
    }

    /// As [`take_delete_in`](Self::take_delete_in), where the answer is there by now.
    pub(super) fn poll_delete_in(&mut self) -> Result<(), EditError> {
        if self.deleting.pending.is_some() {
            let result = self.poll_delete().ok_or(EditError::DeleteUnderWay)??;
            self.keep_delete_answer(result);
        }
        Ok(())
    }

    fn keep_delete_answer(&mut self, result: DeleteResult<E::Field>) {
        if matches!(result, DeleteResult::Changed(_)) {
            self.has_unseen_conflicts = true;
            self.deleting.unseen = Some(result);
        }
    }

    fn send_delete(&mut self, attempt: u8) -> Result<(), EditError> {
        let shared = Arc::clone(self.table.shared());
        if shared.is_closed() {
            return Err(EditError::Closed);
        }
        let guard = match self.policy {
            Policy::Overwrite => Guard::Nothing,
            _ if broken::is(Broken::DeletesWithoutGuard) => Guard::Nothing,
            policy => save::guard(&self.three.snapshot, policy, FieldSet::ALL).map_err(|source| self.fault(source))?,
        };
        let span = tracing::debug_span!("delete", table = self.table.name(), id = %self.id, attempt);
        let (env, id) = (Arc::clone(&shared.env), self.id.clone());
        let answer = env.start(async move { shared.delete(&id, &guard).await }.instrument(span));
        self.deleting.pending = Some(Pending { answer, attempt });
        Ok(())
    }

    /// Takes an answer in; `None` where the runtime has dropped it.
    fn take_delete_answer(
        &mut self,
        answer: Option<Result<Removed<E>, DataSetError>>,
    ) -> Result<Step<DeleteResult<E::Field>>, EditError> {
        let Pending { attempt, .. } = self.deleting.pending.take().ok_or(EditError::NoDeleteUnderWay)?;
        let result = match answer.ok_or(EditError::Closed)? {
            Ok(Removed::Deleted) => DeleteResult::Deleted,
            // It may have been this session, and the answer lost.
            Ok(Removed::Gone) if self.deleting.in_doubt => DeleteResult::Deleted,
            Ok(Removed::Gone) => DeleteResult::AlreadyGone,
            Ok(Removed::Refused(entry)) => {
                // What an earlier save of this session may have written is nobody else's change.
                let changed = self.three.snapshot.row.diff(&entry.row) - self.doubts.standing(&entry.row);
                self.take_remote_state(entry);
                if changed.is_empty() && attempt + 1 < save::UNSEEN {
                    // Nobody can decide what nobody can see: the guard is spelled afresh.
                    self.send_delete(attempt + 1)?;
                    return Ok(Step::Again);
                }
                DeleteResult::Changed(changed)
            }
            Err(error) => {
                let error = save::failed(error)?;
                self.deleting.in_doubt |= matches!(error, SaveError::OutcomeUnknown { .. });
                DeleteResult::Error(error)
            }
        };
        Ok(Step::Done(result))
    }
}
