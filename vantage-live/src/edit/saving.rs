//! Saving: what is sent, and what the answers do to the session.

use std::sync::Arc;

use futures::FutureExt;
use futures::channel::oneshot;
use tracing::Instrument;

use super::save::{self, Answer, Asked, Pending, Sent, Step};
use super::{EditError, RecordEdit, SaveError, SaveResult};
use crate::broken::{self, Broken};
use crate::dataset::DataSetError;
use crate::entity::{Field, FieldSet, LiveEntity};
use crate::table::{Entry, Policy};
use crate::value::Id;

/// Saving.
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
    /// conflict, for it cannot be told and must not be overwritten. A write that lands even later than that is still known
    /// for this session's own.
    ///
    /// # Errors
    /// [`EditError`] for misuse and bugs only: a record that cannot be written as JSON, a table that is closed.
    pub async fn save(&mut self) -> Result<SaveResult<E>, EditError> {
        self.take_delete_in().await?;
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
        self.poll_delete_in()?;
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
        self.send()
    }

    /// Whether an answer that nobody has asked for must be shown before anything else is sent. P3: saving after a conflict
    /// means "keep mine" only to a person who has seen it.
    fn must_be_seen(&self, result: &SaveResult<E>) -> bool {
        match result {
            SaveResult::Conflict(_) => !broken::is(Broken::ForgetsUnseenConflicts),
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

    /// Saves the local state as a new record, whatever has become of this one: to bring back one that was deleted. Where
    /// it is not made, the session goes on with the record that it had. Touches the store, like [`save`](Self::save).
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub async fn save_as_new(&mut self) -> Result<SaveResult<E>, EditError> {
        self.take_delete_in().await?;
        if let Some(made @ SaveResult::Created(_)) = self.take_pending_in().await? {
            return Ok(made);
        }
        self.start_save_as_new()?;
        self.finish_save().await
    }

    /// As [`start_save`](Self::start_save), of the local state as a new record.
    ///
    /// # Errors
    /// As [`start_save`](Self::start_save).
    pub fn start_save_as_new(&mut self) -> Result<(), EditError> {
        self.poll_delete_in()?;
        if self.is_saving()
            && let made @ SaveResult::Created(_) = self.poll_save().ok_or(EditError::SaveUnderWay)??
        {
            self.unseen = Some(made);
            return Ok(());
        }
        if !self.is_new() {
            let (id, key) = self.table.new_id();
            self.was = Some((std::mem::replace(&mut self.id, id), std::mem::take(&mut self.doubts)));
            self.new = Some(key);
        }
        // Nothing is overwritten by a new record.
        self.has_unseen_conflicts = false;
        self.deleting = super::Deleting::default();
        let sent = self.send();
        if sent.is_err() {
            self.is_not_made();
        }
        sent
    }

    /// Sends what is to be sent.
    fn send(&mut self) -> Result<(), EditError> {
        let shared = Arc::clone(self.table.shared());
        if shared.is_closed() {
            return Err(EditError::Closed);
        }
        let fields = if self.is_new() { !E::Field::READONLY } else { self.modified_fields() };
        let sent = Sent { fields, local: self.local().clone() };
        let id = self.id.clone();
        if let Some(mut key) = self.new {
            if broken::is(Broken::CreatesTwice) {
                (self.id, key) = self.table.new_id();
            }
            let record = self.local().to_new_record().map_err(|source| self.fault(source))?;
            let work = save::create(shared, id, record, key, !self.doubts.is_empty());
            self.ask(sent, Asked::default(), work);
        } else if self.doubts.must_look() {
            self.ask(sent, Asked { is_write: false, ..Asked::default() }, save::find_out(shared, id));
        } else if fields.is_empty() {
            let (sender, answer) = oneshot::channel();
            drop(sender.send(Ok(Answer::NotAsked)));
            self.pending = Some(Pending { sent, asked: Asked::default(), answer, rebased: false });
        } else {
            self.ask_to_write(sent, Asked::default())?;
        }
        Ok(())
    }

    /// Sends what is left of a save to be sent, as it was when the save began: what was typed since is for the next one.
    fn send_rest(
        &mut self,
        sent: Sent<E>,
        doubted: FieldSet<E::Field>,
        asked: Asked,
    ) -> Result<Step<SaveResult<E>>, EditError> {
        let wanted = (sent.fields | doubted) - E::Field::READONLY;
        let fields = wanted & self.three.snapshot.row.diff(&sent.local);
        if fields.is_empty() {
            return Ok(Step::Done(asked.created.map_or(SaveResult::Saved, SaveResult::Created)));
        }
        self.ask_to_write(Sent { fields, ..sent }, asked)?;
        Ok(Step::Again)
    }

    fn ask_to_write(&mut self, sent: Sent<E>, asked: Asked) -> Result<(), EditError> {
        let (patch, guard) = save::prepare(&sent.local, &self.three.snapshot, self.policy, sent.fields)
            .map_err(|source| self.fault(source))?;
        let work = save::write(Arc::clone(self.table.shared()), self.id.clone(), patch, guard);
        self.ask(sent, Asked { is_write: true, ..asked }, work);
        Ok(())
    }

    /// Hands a request to the table's runtime.
    fn ask(
        &mut self,
        sent: Sent<E>,
        asked: Asked,
        work: impl Future<Output = Result<Answer<E>, DataSetError>> + Send + 'static,
    ) {
        let span = tracing::debug_span!("save", table = self.table.name(), id = %self.id, fields = %sent.fields);
        let answer = self.table.shared().env.start(work.instrument(span));
        self.pending = Some(Pending { sent, asked, answer, rebased: false });
    }

    /// Takes an answer in; `None` where the runtime has dropped it.
    fn take_answer(
        &mut self,
        answer: Option<Result<Answer<E>, DataSetError>>,
    ) -> Result<Step<SaveResult<E>>, EditError> {
        let Pending { sent, asked, rebased, .. } = self.pending.take().ok_or(EditError::NoSaveUnderWay)?;
        let answer = match answer.ok_or(EditError::Closed)? {
            Ok(answer) => answer,
            Err(error) => {
                let error = save::failed(error);
                if broken::is(Broken::FailureDropsLocal) {
                    self.revert();
                }
                let is_lost = matches!(error, Ok(SaveError::OutcomeUnknown { .. }));
                if is_lost && !self.is_new() && broken::is(Broken::LostIsSaved) {
                    let sent = std::sync::Arc::new(sent.local);
                    self.three.snapshot.row = sent;
                    return Ok(Step::Done(SaveResult::Saved));
                }
                // An answer is lost only of what was sent: a read that finds out is not in doubt itself.
                if is_lost && asked.is_write && !broken::is(Broken::LostIsRefused) {
                    self.doubts.add(sent);
                }
                self.is_not_made();
                return Ok(Step::Done(SaveResult::Error(error?)));
            }
        };
        if !matches!(answer, Answer::NotAsked) {
            self.snapshot_time = self.table.shared().env.now();
        }
        let result = match answer {
            Answer::NotAsked => SaveResult::Saved,
            Answer::Written(after) => {
                self.doubts.settle(sent.fields);
                let now = self.freshest(after.clone(), rebased);
                let result = save::take_written(&mut self.three, sent, &after, now, &mut self.coerced);
                // P3: somebody may have changed what was typed meanwhile; the next save shows that before it writes.
                self.has_unseen_conflicts |= self.three.has_conflicts();
                match (result, asked.created) {
                    (SaveResult::Saved, Some(id)) => SaveResult::Created(id),
                    (result, _) => result,
                }
            }
            Answer::Gone => {
                self.doubts.clear();
                SaveResult::Deleted
            }
            Answer::Created(id, after) => {
                self.has_become(&id);
                let _ = save::take_written(&mut self.three, sent, &after, after.clone(), &mut self.coerced);
                SaveResult::Created(id)
            }
            Answer::CreatedBefore(id, found) => {
                // What was left as the program began it follows what the store has by now.
                let meant = self.three.snapshot.row.diff(&sent.local) | self.doubts.typed_since(&sent.local);
                // This attempt may be the one that has made it.
                self.doubts.add(sent.clone());
                self.take_remote_state(found);
                self.has_become(&id);
                let asked = Asked { created: Some(id), ..asked };
                return self.go_on(Sent { fields: meant, ..sent }, FieldSet::EMPTY, asked);
            }
            Answer::Refused(now) => {
                let now = self.freshest(now, rebased);
                self.take_refusal(&sent, now);
                if self.policy == Policy::Version && E::VERSION.is_some() || asked.attempt + 1 >= save::UNSEEN {
                    SaveResult::Conflict(self.conflicts())
                } else {
                    let asked = Asked { attempt: asked.attempt + 1, ..asked };
                    return self.go_on(sent, FieldSet::EMPTY, asked);
                }
            }
            Answer::Found(found) => {
                let doubted = self.doubts.fields();
                let is_foreign = self.has_foreign_change(&found);
                self.take_remote_state(found);
                self.doubts.read();
                if self.policy == Policy::Version && E::VERSION.is_some() && is_foreign {
                    SaveResult::Conflict(self.conflicts())
                } else {
                    return self.go_on(sent, doubted, asked);
                }
            }
        };
        Ok(Step::Done(result))
    }

    /// Nobody can decide what nobody can see: without a conflict to show, the save goes on.
    fn go_on(
        &mut self,
        sent: Sent<E>,
        doubted: FieldSet<E::Field>,
        asked: Asked,
    ) -> Result<Step<SaveResult<E>>, EditError> {
        if self.three.has_conflicts() && !broken::is(Broken::RefusalGoesUnshown) {
            return Ok(Step::Done(SaveResult::Conflict(self.conflicts())));
        }
        self.send_rest(sent, doubted, asked)
    }

    /// Takes in the record that has refused a write: what stands there from a write whose answer was lost is this
    /// session's own.
    fn take_refusal(&mut self, sent: &Sent<E>, now: Entry<E>) {
        let own = self.doubts.standing(&now.row);
        let typed = sent.typed_since(&self.three.local);
        self.doubts.settle(self.three.snapshot.row.diff(&now.row));
        self.three.take_in(now, own, typed);
    }

    /// Whether somebody else has changed the record since the snapshot, in whatever part of it.
    fn has_foreign_change(&self, found: &Entry<E>) -> bool {
        let snapshot = &self.three.snapshot;
        let (changed, own) = (snapshot.row.diff(&found.row), self.doubts.standing(&found.row));
        // What is read-only follows from any write, this session's own too.
        let changed = if own.is_empty() { changed } else { changed - own - E::Field::READONLY };
        !changed.is_empty() || snapshot.rest != found.rest
    }

    /// A record that was to be saved as a new one, and was not made, is the one it was.
    fn is_not_made(&mut self) {
        if self.doubts.is_empty()
            && let Some((id, doubts)) = self.was.take()
        {
            (self.id, self.doubts, self.new) = (id, doubts, None);
        }
    }

    /// The record is not new any more, and this is its id.
    fn has_become(&mut self, id: &Id) {
        self.new = None;
        self.was = None;
        self.doubts.clear();
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

    pub(super) fn fault(&self, source: crate::entity::EntityError) -> EditError {
        EditError::Entity { table: self.table.name().to_owned(), id: self.id.clone(), source }
    }
}
