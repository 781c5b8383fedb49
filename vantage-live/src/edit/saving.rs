//! Saving and deleting: what is sent, and what the answers do to the session.

use std::sync::Arc;

use futures::FutureExt;

use super::save::{self, Answer, Pending, Sent, Step};
use super::{DeleteResult, EditError, RecordEdit, SaveError, SaveResult};
use crate::dataset::DataSetError;
use crate::entity::{Conflicts as _, Field, FieldSet, LiveEntity};
use crate::table::{Entry, Policy, Removed};
use crate::value::{Guard, Id, Operation};

/// Saving and deleting.
impl<E: LiveEntity> RecordEdit<'_, E> {
    /// Saves what is modified, and says what happened. It never validates, and never tries again by itself.
    ///
    /// | before | the store says | result | afterwards |
    /// |---|---|---|---|
    /// | nothing modified | not asked | `Saved` | unchanged |
    /// | modified | written | `Saved` | snapshot and local are what is stored, other fields included |
    /// | modified | written, with other values of some | `PartialSave` | the snapshot is what is stored; local keeps ours |
    /// | modified | somebody changed a field that we write | `Conflict` | as after [`rebase`](Self::rebase); nothing written |
    /// | modified | gone | `Deleted` | local kept |
    /// | new | inserted | `Created` | the temp id is replaced, and still finds the row |
    /// | any | refused | `Error(Rejected)` | nothing changed |
    /// | any | not reached | `Error(Unreachable)` | nothing changed |
    /// | any | sent, answer lost | `Error(OutcomeUnknown)` | nothing changed; the next save or refresh finds out |
    ///
    /// Touches the store. Dropping the future cancels nothing: the request goes on, and the next call of the session takes
    /// its answer in first. Where a save takes more than one request (after a lost answer it reads before it writes), the
    /// next one is sent when the answer to the last is taken in.
    ///
    /// After an `OutcomeUnknown` the next save reads the record before it writes. What stands there as it was sent is
    /// this session's own; a field with a third value may be a coercion of ours or somebody's change, and is shown as a
    /// conflict, for it cannot be told and must not be overwritten.
    ///
    /// # Errors
    /// [`EditError`] for misuse and bugs only: a record that cannot be written as JSON, a table that is closed.
    pub async fn save(&mut self) -> Result<SaveResult<E>, EditError> {
        if let Some(unseen) = self.take_pending_in().await?
            && self.must_be_seen(&unseen)
        {
            return Ok(unseen);
        }
        self.start_save()?;
        self.finish_save().await
    }

    /// Hands the save to the table's runtime and returns at once: typing goes on, and what is typed meanwhile is still
    /// there and still modified afterwards. Where the last one ended in a conflict that nobody has been shown, that is
    /// the answer to this one, and nothing is sent.
    ///
    /// # Errors
    /// As [`save`](Self::save); [`EditError::SaveUnderWay`] where the answer of the last one is still to come.
    pub fn start_save(&mut self) -> Result<(), EditError> {
        if self.is_saving() {
            let last = self.poll_save().ok_or(EditError::SaveUnderWay)??;
            if self.must_be_seen(&last) {
                self.unseen = Some(last);
                return Ok(());
            }
        }
        if std::mem::take(&mut self.has_unseen_conflicts) && self.three.has_conflicts() {
            self.unseen = Some(SaveResult::Conflict(self.conflicts()));
            return Ok(());
        }
        self.send(0)
    }

    /// Whether an answer that nobody has asked for must be shown before anything else is sent. P3: saving after a conflict
    /// means "keep mine" only to a person who has seen it.
    fn must_be_seen(&self, result: &SaveResult<E>) -> bool {
        match result {
            SaveResult::Conflict(_) => true,
            SaveResult::Created(_) => self.modified_fields().is_empty(),
            _ => false,
        }
    }

    /// Waits for the answer of the save that is under way and takes it in. Cancellation safe: dropping the future leaves
    /// the answer to the next call.
    ///
    /// # Errors
    /// As [`save`](Self::save); [`EditError::NoSaveUnderWay`] where there is none.
    pub async fn finish_save(&mut self) -> Result<SaveResult<E>, EditError> {
        if let Some(unseen) = self.unseen.take() {
            return Ok(unseen);
        }
        loop {
            let pending = self.pending.as_mut().ok_or(EditError::NoSaveUnderWay)?;
            let answer = (&mut pending.answer).await;
            if let Step::Done(result) = self.take_answer(answer.ok())? {
                return Ok(result);
            }
        }
    }

    /// The answer of the save that is under way, taken in; `None` while it is still to come, and where there is none. For
    /// a render loop.
    ///
    /// ```
    /// use vantage_live::{ImTable, LiveEntity, LiveTable, SaveResult, WritableValueSet};
    /// # use serde::{Deserialize, Serialize};
    /// # use serde_json::json;
    /// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    /// # struct Product { name: String, price: i64 }
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let store = ImTable::new("product");
    /// # let record = json!({"name": "Sea Pie", "price": 299});
    /// # store.insert_id_value(&"sea_pie".into(), record.as_object().unwrap().clone()).await?;
    /// let table = LiveTable::<Product>::builder(store).open().await?;
    /// let mut edit = table.edit_record("sea_pie").await?;
    /// edit.price = 310;
    /// edit.start_save()?;
    /// edit.name.push('!'); // typing goes on
    ///
    /// let result = loop {
    ///     if let Some(result) = edit.poll_save() {
    ///         break result?;
    ///     }
    ///     // … draw a frame …
    /// #   tokio::task::yield_now().await;
    /// };
    /// assert!(matches!(result, SaveResult::Saved));
    /// assert_eq!(edit.modified_fields(), ProductField::Name.into());
    /// # Ok(())
    /// # }
    /// ```
    pub fn poll_save(&mut self) -> Option<Result<SaveResult<E>, EditError>> {
        if let Some(unseen) = self.unseen.take() {
            return Some(Ok(unseen));
        }
        loop {
            let answer = (&mut self.pending.as_mut()?.answer).now_or_never()?;
            match self.take_answer(answer.ok()) {
                Ok(Step::Again) => {}
                Ok(Step::Done(result)) => return Some(Ok(result)),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Whether a save is under way whose answer was not taken in yet.
    #[must_use]
    pub fn is_saving(&self) -> bool {
        self.pending.is_some() || self.unseen.is_some()
    }

    /// Saves the local state as a new record, whatever has become of this one: to bring back one that was deleted. Touches
    /// the store, like [`save`](Self::save).
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub async fn save_as_new(&mut self) -> Result<SaveResult<E>, EditError> {
        if let Some(made @ SaveResult::Created(_)) = self.take_pending_in().await? {
            return Ok(made);
        }
        if self.is_new() {
            return self.save().await;
        }
        let (id, key) = self.table.new_id();
        let before = std::mem::replace(&mut self.id, id);
        self.new = Some(key);
        self.doubt = None;
        let result = self.save().await;
        let not_made = match &result {
            Ok(SaveResult::Error(error)) => !matches!(error, SaveError::OutcomeUnknown { .. }),
            result => result.is_err(),
        };
        if not_made {
            self.id = before;
            self.new = None;
        }
        result
    }

    /// Deletes the record, if nobody has changed it since the session last agreed with the store. Touches the store.
    /// Dropping the future may or may not keep it from happening.
    ///
    /// # Errors
    /// [`EditError::New`] of a record that is not saved yet; else as [`save`](Self::save).
    pub async fn delete(&mut self) -> Result<DeleteResult<E::Field>, EditError> {
        if let Some(SaveResult::Conflict(unseen)) = self.take_pending_in().await? {
            return Ok(DeleteResult::Changed(unseen.fields()));
        }
        self.must_be_stored()?;
        if std::mem::take(&mut self.has_unseen_conflicts) && self.three.has_conflicts() {
            return Ok(DeleteResult::Changed(self.conflicts().fields()));
        }
        for _ in 0..save::UNSEEN {
            let guard = match self.policy {
                Policy::Overwrite => Guard::Nothing,
                policy => {
                    save::guard(&self.three.snapshot, policy, FieldSet::ALL).map_err(|source| self.fault(source))?
                }
            };
            let (shared, id) = (Arc::clone(self.table.shared()), self.id.clone());
            let work = async move { shared.delete(&id, &guard).await };
            match self.table.shared().run(Operation::Delete, work).await {
                Ok(Removed::Deleted) => return Ok(DeleteResult::Deleted),
                // It may have been this session, and the answer lost.
                Ok(Removed::Gone) if self.delete_in_doubt => return Ok(DeleteResult::Deleted),
                Ok(Removed::Gone) => return Ok(DeleteResult::AlreadyGone),
                Ok(Removed::Refused(entry)) => {
                    // What an earlier save of this session may have written is nobody else's change.
                    let own = self.doubt.as_ref().map_or(FieldSet::EMPTY, |doubt| doubt.standing(&entry.row));
                    let changed = self.three.snapshot.row.diff(&entry.row) - own;
                    self.take_remote_state(entry);
                    if !changed.is_empty() {
                        return Ok(DeleteResult::Changed(changed));
                    }
                }
                Err(error) => {
                    let error = save::failed(error)?;
                    self.delete_in_doubt |= matches!(error, SaveError::OutcomeUnknown { .. });
                    return Ok(DeleteResult::Error(error));
                }
            }
        }
        Ok(DeleteResult::Changed(FieldSet::EMPTY))
    }

    /// Sends what is to be sent.
    fn send(&mut self, attempt: u8) -> Result<(), EditError> {
        let shared = Arc::clone(self.table.shared());
        if shared.is_closed() {
            return Err(EditError::Closed);
        }
        let env = Arc::clone(&shared.env);
        let fields = if self.is_new() { !E::Field::READONLY } else { self.modified_fields() };
        let id = self.id.clone();
        let answer = if let Some(key) = self.new {
            let record = self.local().to_new_record().map_err(|source| self.fault(source))?;
            env.start(save::create(shared, id, record, key, self.doubt.is_some()))
        } else if self.doubt.is_some() {
            env.start(save::find_out(shared, id))
        } else if fields.is_empty() {
            let (sender, answer) = futures::channel::oneshot::channel();
            drop(sender.send(Ok(Answer::NotAsked)));
            answer
        } else {
            let (patch, guard) = save::prepare(&self.three.local, &self.three.snapshot, self.policy, fields)
                .map_err(|source| self.fault(source))?;
            env.start(save::write(shared, id, patch, guard))
        };
        let typed = match &self.doubt {
            Some(doubt) if self.is_new() => doubt.typed_since(self.local()),
            _ => FieldSet::EMPTY,
        };
        let sent = Sent { fields, local: self.local().clone(), typed };
        self.pending = Some(Pending { sent, answer, attempt, rebased: false });
        Ok(())
    }

    /// Sends what is left of a save to be sent, as it was when the save began: what was typed since is for the next one.
    fn send_again(&mut self, sent: Sent<E>, doubted: FieldSet<E::Field>, attempt: u8) -> Result<Step<E>, EditError> {
        let asked = (sent.fields | doubted) - E::Field::READONLY;
        let fields = asked & self.three.snapshot.row.diff(&sent.local);
        if fields.is_empty() {
            return Ok(Step::Done(SaveResult::Saved));
        }
        let (patch, guard) = save::prepare(&sent.local, &self.three.snapshot, self.policy, fields)
            .map_err(|source| self.fault(source))?;
        let shared = Arc::clone(self.table.shared());
        let env = Arc::clone(&shared.env);
        let answer = env.start(save::write(shared, self.id.clone(), patch, guard));
        self.pending = Some(Pending { sent: Sent { fields, ..sent }, answer, attempt, rebased: false });
        Ok(Step::Again)
    }

    /// Takes an answer in; `None` where the runtime has dropped it.
    fn take_answer(&mut self, answer: Option<Result<Answer<E>, DataSetError>>) -> Result<Step<E>, EditError> {
        let Pending { sent, attempt, rebased, .. } = self.pending.take().ok_or(EditError::NoSaveUnderWay)?;
        let answer = match answer.ok_or(EditError::Closed)? {
            Ok(answer) => answer,
            Err(error) => {
                let error = save::failed(error)?;
                // An answer is lost only of what was sent: a read that finds out is not in doubt itself.
                if matches!(error, SaveError::OutcomeUnknown { .. }) && (self.doubt.is_none() || self.is_new()) {
                    self.doubt = Some(sent);
                }
                return Ok(Step::Done(SaveResult::Error(error)));
            }
        };
        if !matches!(answer, Answer::NotAsked) {
            self.snapshot_time = self.table.shared().env.now();
        }
        let result = match answer {
            Answer::NotAsked => SaveResult::Saved,
            Answer::Written(after) => {
                let now = self.freshest(after.clone(), rebased);
                let result = save::take_written(&mut self.three, sent, &after, now, &mut self.coerced);
                if self.three.has_conflicts() {
                    // P3: somebody has changed what was typed meanwhile; the next save shows that before it writes.
                    self.has_unseen_conflicts = true;
                }
                result
            }
            Answer::Gone => {
                self.doubt = None;
                SaveResult::Deleted
            }
            Answer::Created(id, after) => {
                self.has_become(&id);
                let _ = save::take_written(&mut self.three, sent, &after, after.clone(), &mut self.coerced);
                SaveResult::Created(id)
            }
            Answer::CreatedBefore(id, found) => {
                self.has_become(&id);
                save::take_created_before(&mut self.three, &sent, self.doubt.take().as_ref(), found);
                SaveResult::Created(id)
            }
            Answer::Refused(now) => {
                let now = self.freshest(now, rebased);
                let typed = sent.typed_since(&self.three.local);
                self.three.take_in_after_sending(now, FieldSet::EMPTY, typed);
                if self.policy == Policy::Version && E::VERSION.is_some()
                    || self.three.has_conflicts()
                    || attempt + 1 >= save::UNSEEN
                {
                    SaveResult::Conflict(self.conflicts())
                } else {
                    // Nobody can decide what nobody can see: the guard is spelled afresh.
                    return self.send_again(sent, FieldSet::EMPTY, attempt + 1);
                }
            }
            Answer::Found(found) => {
                let doubted = self.doubt.as_ref().map_or(FieldSet::EMPTY, |doubt| doubt.fields);
                self.take_remote_state(found);
                self.doubt = None;
                if self.three.has_conflicts() {
                    SaveResult::Conflict(self.conflicts())
                } else {
                    return self.send_again(sent, doubted, attempt);
                }
            }
        };
        Ok(Step::Done(result))
    }

    /// The record is not new any more, and this is its id.
    fn has_become(&mut self, id: &Id) {
        self.new = None;
        self.id = id.clone();
        // The id is the table's to fill in; it has decoded the same id into the after-image.
        drop(self.three.local.fill_id(id));
    }

    /// The record of an answer, or the table's row, which is no older: a session that has seen the row does not go back.
    fn freshest(&self, answer: Entry<E>, rebased: bool) -> Entry<E> {
        if rebased { self.row().unwrap_or(answer) } else { answer }
    }

    /// Takes in the answer of a save whose future was dropped.
    pub(super) async fn take_pending_in(&mut self) -> Result<Option<SaveResult<E>>, EditError> {
        if self.is_saving() { self.finish_save().await.map(Some) } else { Ok(None) }
    }

    fn fault(&self, source: crate::entity::EntityError) -> EditError {
        EditError::Entity { table: self.table.name().to_owned(), id: self.id.clone(), source }
    }
}
