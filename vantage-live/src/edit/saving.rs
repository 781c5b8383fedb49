//! Saving: what is sent. What the answers do to the session is in `answers`.

use std::sync::Arc;

use futures::channel::oneshot;
use tracing::Instrument;
use uuid::Uuid;

use super::save::{self, Answer, Asked, Pending, Sent, Step, Was};
use super::{EditError, RecordEdit, SaveResult};
use crate::broken::{self, Broken};
use crate::dataset::DataSetError;
use crate::entity::{EntityError, Field, FieldSet, LiveEntity, patch_over};
use crate::value::{Id, Operation, Record};

/// Saving.
impl<E: LiveEntity> RecordEdit<'_, E> {
    /// Saves what is modified, and says what happened. It never validates, and never tries again by itself: only where the
    /// store refuses for nothing that a person could decide is what was seen then asked for once more, three times at most.
    ///
    /// | before | the store says | result | afterwards |
    /// |---|---|---|---|
    /// | nothing modified | not asked | `Saved` | unchanged |
    /// | modified | written | `Saved` | snapshot and local are what is stored, other fields included |
    /// | modified | written, with other values of some | `PartialSave` | the snapshot is what is stored; local keeps ours |
    /// | modified | somebody changed a field that we write | `Conflict` | as after [`rebase`](Self::rebase); nothing written |
    /// | modified | gone | `Deleted` | local kept |
    /// | new | inserted | `Created` | the temp id is replaced, and still finds the row |
    /// | new | inserted, and gone before it could be read | `Deleted` | local kept; saving once more makes it again |
    /// | any | refused | `Error(Rejected)` | nothing changed |
    /// | any | not reached | `Error(Unreachable)` | nothing changed |
    /// | any | sent, answer lost | `Error(OutcomeUnknown)` | nothing changed; the next save finds out, and a refresh too |
    ///
    /// Where a save that fails had asked twice, and the first time learned what the store has by now, the snapshot and the
    /// fields that are not modified have followed that; what was typed is as it was.
    ///
    /// Only the modified fields are written. Of a nested entity for which the record has no object, which serde has made by
    /// default or of an array, all fields are: one alone would be a record that does not fit any more. It is written where
    /// the record still has none.
    ///
    /// Touches the store. Dropping the future cancels nothing: the request goes on, and the next call of the session takes
    /// its answer in first. Where a save takes more than one request (after a lost answer it reads before it writes), the
    /// next one is sent when the answer to the last is taken in.
    ///
    /// Where the answers to two writes of one table have crossed, a read says which was later, and the save waits for it; where
    /// three such reads have failed, it is an `OutcomeUnknown` too.
    ///
    /// After an `OutcomeUnknown` the next save reads the record before it writes, unless a [`rebase`](Self::rebase) has
    /// shown since it was sent that somebody has changed what it checks: then it was done before that, or never will be.
    /// Where all of the write stands there as it was sent, it is this session's own; a field with a third value may be a
    /// coercion of ours or somebody's change, and is shown as a conflict, for it cannot be told and must not be
    /// overwritten, and so is any other that was typed into since. A write that lands even later than that is still known
    /// for this session's own, unless another save of the same fields was answered since. A record whose first save was lost has no id to be refreshed by: its next save finds out.
    /// Where somebody has deleted it by then, it is made once more, for nothing tells that it was there.
    ///
    /// # Errors
    /// [`EditError`] for misuse and bugs only: a record that cannot be written as JSON, a table that is closed; and
    /// [`EditError::KeptApart`] of a record that has come not to fit the entity. One that is known not to is
    /// read before anything is written to it; where that comes to light with the answer, the next save that can read it
    /// finds out what was written.
    pub async fn save(&mut self) -> Result<SaveResult<E>, EditError> {
        self.keep_what_is_under_way(self.modified_fields());
        self.take_delete_in().await?;
        self.take_pending_in().await?;
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
        self.poll_in_and_keep(self.modified_fields())?;
        if self.must_be_told() {
            return Ok(());
        }
        self.send()
    }

    /// Waits for the answer of the save that is under way and takes it in. Cancellation safe: dropping the future leaves
    /// the answer to the next call.
    ///
    /// What was saved and not touched since follows what others have made of it after that, also where a
    /// [`rebase`](Self::rebase) has shown it as a conflict before the answer was taken in. Deciding such a conflict by
    /// [`keep_local`](Self::keep_local), or saving once more, keeps what is there.
    ///
    /// # Errors
    /// As [`save`](Self::save); [`EditError::NoSaveUnderWay`] where there is none.
    pub async fn finish_save(&mut self) -> Result<SaveResult<E>, EditError> {
        let result = match self.unseen.next() {
            Some(unseen) => unseen,
            None => self.finish_pending().await?,
        };
        Ok(self.tell(result))
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
        let result = match self.unseen.next() {
            Some(unseen) => Ok(unseen),
            None => self.poll_pending()?,
        };
        Some(result.map(|result| self.tell(result)))
    }

    /// Whether a save is under way whose answer was not taken in yet.
    #[must_use]
    pub fn is_saving(&self) -> bool {
        self.pending.is_some() || self.unseen.save.is_some() || self.unseen.otherwise.is_some()
    }

    /// Saves the local state as a new record, whatever has become of this one: to bring back one that was deleted. Where
    /// it is not made, the session goes on with the record that it had. Touches the store, like [`save`](Self::save).
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub async fn save_as_new(&mut self) -> Result<SaveResult<E>, EditError> {
        self.keep_what_is_under_way(FieldSet::ALL);
        self.take_delete_in().await?;
        self.take_pending_in().await?;
        self.start_save_as_new()?;
        self.finish_save().await
    }

    /// As [`start_save`](Self::start_save), of the local state as a new record.
    ///
    /// # Errors
    /// As [`start_save`](Self::start_save).
    pub fn start_save_as_new(&mut self) -> Result<(), EditError> {
        self.poll_in_and_keep(FieldSet::ALL)?;
        // It is a new record already, which nobody has heard of yet: a second one is not what was meant.
        let is_made =
            matches!(self.unseen.save.as_deref(), Some(SaveResult::Created(_))) || self.unseen.created.is_some();
        if is_made && !broken::is(Broken::MakesAnother) {
            // What is left to be done is to write the rest to it.
            return if self.must_be_told() { Ok(()) } else { self.send() };
        }
        if self.is_new() && matches!(self.unseen.save.as_deref(), Some(SaveResult::Deleted)) {
            return Ok(());
        }
        let unheard = self.unseen.save.take().map(|save| *save);
        if !self.is_new() {
            let (id, key) = self.table.new_id();
            let otherwise = match unheard {
                Some(SaveResult::PartialSave(otherwise)) => Some(otherwise),
                _ => self.unseen.otherwise.take(),
            };
            let (id, doubts) = (std::mem::replace(&mut self.id, id), std::mem::take(&mut self.doubts));
            self.was = Some(Was { id, doubts, otherwise });
            self.new = Some(key);
            self.is_another();
        }
        let sent = self.send();
        if sent.is_err() {
            self.is_not_made();
        }
        sent
    }

    /// Who saves once more while a save is under way means what is modified then, and who saves as new all that is there:
    /// of what is under way, these `fields` stay, whatever the store has by the time of the answer. Says which did not before.
    fn keep_what_is_under_way(&mut self, fields: FieldSet<E::Field>) -> FieldSet<E::Field> {
        let is_new = self.is_new();
        let Some(pending) = self.pending.as_mut().filter(|_| !is_new) else { return FieldSet::EMPTY };
        let fresh = (pending.sent.fields & fields) - pending.sent.kept;
        pending.sent.kept |= fresh;
        fresh
    }

    /// Takes in what is answered by now, of which these fields stay: but not where something is still under way, for a call
    /// that is refused decides nothing.
    fn poll_in_and_keep(&mut self, fields: FieldSet<E::Field>) -> Result<(), EditError> {
        let kept = self.keep_what_is_under_way(fields);
        let taken = self.poll_delete_in().and_then(|()| self.poll_pending_in());
        if let (Err(_), Some(pending)) = (&taken, &mut self.pending) {
            pending.sent.kept = pending.sent.kept - kept;
        }
        taken
    }

    /// Sends what is to be sent.
    fn send(&mut self) -> Result<(), EditError> {
        let shared = Arc::clone(self.table.shared());
        if shared.is_closed() {
            return Err(EditError::Closed);
        }
        let fields = if self.is_new() { !E::Field::READONLY } else { self.modified_fields() };
        let sent = Sent::new(fields, self.local().clone(), &self.three.snapshot.row);
        let id = self.id.clone();
        if let Some(mut key) = self.new {
            if broken::is(Broken::CreatesTwice) {
                (self.id, key) = self.table.new_id();
            }
            let record = self.new_record().map_err(|source| self.fault(source))?;
            let first = self.doubts.first().unwrap_or(&sent).local.clone();
            let work = save::create(shared, id, record, key, first, !self.doubts.is_empty());
            self.ask(sent, Asked::default(), work);
        } else if self.doubts.must_look() || (self.must_fit().is_err() && !fields.is_empty()) {
            // What is in doubt is wanted as it is here by now, though it may be as it was before, and not modified yet.
            let sent = Sent { fields: sent.fields | self.doubts.fields(), ..sent };
            self.ask(sent, Asked { is_write: false, ..Asked::default() }, save::find_out(shared, id));
        } else if fields.is_empty() {
            let (sender, answer) = oneshot::channel();
            drop(sender.send(Ok(Answer::NotAsked)));
            self.pending = Some(Box::new(Pending { sent, asked: Asked::default(), answer, rebased: None }));
        } else {
            self.ask_to_write(sent, 0)?;
        }
        Ok(())
    }

    /// Sends what is left of a save to be sent, as it was when the save began: what was typed since is for the next one.
    pub(super) fn send_rest(
        &mut self,
        sent: Sent<E>,
        wanted: FieldSet<E::Field>,
        attempt: u8,
    ) -> Result<Step<SaveResult<E>>, EditError> {
        // What follows the store by now is not written as it was; nor (P3) is what somebody has changed to what was typed
        // here since, for then it is not modified.
        let differs = self.three.snapshot.row.diff(&sent.local);
        // A part of what has gone meanwhile is wanted with the rest; of what was to go nothing is, if a part is there again.
        let wanted = (wanted - sent.ever_followed).with_wholes_of(differs);
        let fields = (wanted & differs & self.modified_fields()).without_parts_of(differs);
        if fields.is_empty() {
            return Ok(Step::Done(self.saved()));
        }
        self.ask_to_write(Sent { fields, ..sent }, attempt)?;
        Ok(Step::Again)
    }

    /// The record to insert. One that is brought back is as it was stored, the columns included that the entity does not
    /// know, but for what was changed here since.
    fn new_record(&self) -> Result<Record, EntityError> {
        let shared = self.table.shared();
        if !save::mints_id(shared) && shared.backend.capabilities().client_ids {
            // What could not be read by the id that it gets would be kept apart from everybody.
            self.local().clone().fill_id(&Id::from(Uuid::nil()))?;
        }
        if self.was.is_none() {
            return self.local().to_new_record();
        }
        let mut record = self.three.snapshot.record()?;
        patch_over(self.local(), self.modified_fields(), &record)?.0.apply(&mut record);
        for path in E::Field::READONLY.into_iter().flat_map(Field::places) {
            path.remove(&mut record);
        }
        Ok(record)
    }

    fn ask_to_write(&mut self, sent: Sent<E>, attempt: u8) -> Result<(), EditError> {
        let shared = Arc::clone(self.table.shared());
        let can = shared.backend.capabilities();
        let (patch, guard) = save::prepare(&sent.local, &self.three.snapshot, self.policy, sent.fields, can)
            .map_err(|source| self.fault(source))?;
        let work = save::write(shared, self.id.clone(), patch, guard);
        let sent = Sent { checks: self.checks(sent.fields), ..sent };
        self.ask(sent, Asked { attempt, ..Asked::default() }, work);
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
        let operation = if asked.is_write { Operation::Write } else { Operation::Read };
        let answer = self.table.shared().start(operation, work.instrument(span));
        self.pending = Some(Box::new(Pending { sent, asked, answer, rebased: None }));
    }
}
