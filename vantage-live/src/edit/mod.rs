//! Edit sessions: a record's local state beside the snapshot of the store that it began with.
//!
//! [`rebase`](self) decides what a change of the store means to the session and is pure; `save` knows the state of one
//! save; this file is the handle. No validation lives here: a session may hold whatever the person has typed so far.

mod outcome;
mod rebase;
mod save;

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::SystemTime;

use futures::FutureExt;

pub use outcome::{DeleteResult, EditError, RefreshError, SaveError, SaveResult, StoredOtherwise};

use self::rebase::ThreeWay;
use self::save::{Answer, Coerced, Pending, Sent, Step};
use crate::dataset::DataSetError;
use crate::entity::{Field, FieldSet, LiveEntity};
use crate::table::{Entry, Ids, LiveTable, Policy, Removed};
use crate::value::{Guard, Id, IdempotencyKey, Operation};

/// A person's work on one record: it derefs to the entity, knows which fields were touched and which somebody else has
/// changed meanwhile, and a save says exactly what happened.
///
/// [`edit_record`](LiveTable::edit_record) gives one that borrows the table and cannot outlive it;
/// [`edit_record_owned`](LiveTable::edit_record_owned) gives one that a UI can keep (`'static`, and `Send`).
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::dataset::InsertableDataSet;
/// use vantage_live::edit::SaveResult;
/// use vantage_live::{FieldSet, ImTable, LiveEntity, LiveTable};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Product { name: String, price: i64 }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let table = LiveTable::<Product>::builder(ImTable::new("product")).open().await?;
/// let id = table.insert(Product { name: "Sea Pie".into(), price: 299 }).await?;
///
/// let mut edit = table.edit_record(id).await?;
/// edit.price = 310;
/// assert_eq!(edit.modified_fields(), FieldSet::from(ProductField::Price));
///
/// match edit.save().await? {
///     SaveResult::Saved => println!("the store has it"),
///     other => println!("look at this: {other:?}"),
/// }
/// assert!(edit.modified_fields().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct RecordEdit<'t, E: LiveEntity> {
    table: LiveTable<E>,
    id: Id,
    /// The key of the insert that a new record is to become.
    new: Option<IdempotencyKey>,
    three: ThreeWay<E>,
    snapshot_time: SystemTime,
    policy: Policy,
    pending: Option<Pending<E>>,
    /// What was sent when an answer was lost.
    doubt: Option<Sent<E>>,
    delete_in_doubt: bool,
    coerced: Option<Coerced<E>>,
    borrowed: PhantomData<&'t LiveTable<E>>,
}

impl<E: LiveEntity> LiveTable<E> {
    /// Begins to edit the record `id`. Answers at once where its row is shown, and asks the store where it is not.
    /// Cancellation safe.
    ///
    /// # Errors
    /// [`EditError::NotFound`]; [`EditError::KeptApart`], of a record that does not fit the entity;
    /// [`EditError::Store`], where the row is not shown and the store not reached.
    pub async fn edit_record(&self, id: impl Into<Id>) -> Result<RecordEdit<'_, E>, EditError> {
        self.edit_record_owned(id).await
    }

    /// As [`edit_record`](Self::edit_record), for a session that keeps the table open itself.
    ///
    /// # Errors
    /// As [`edit_record`](Self::edit_record).
    pub async fn edit_record_owned(&self, id: impl Into<Id>) -> Result<RecordEdit<'static, E>, EditError> {
        let id = id.into();
        let rows = self.rows();
        let (id, entry) = if let Some((id, entry)) = rows.at.find(&id) {
            (id.clone(), entry.clone())
        } else {
            let (shared, wanted) = (Arc::clone(self.shared()), id.clone());
            let read = self.shared().run(Operation::Read, async move { shared.read(&wanted).await }).await;
            match read.map_err(not_read)? {
                Some(entry) => (id, entry),
                None => return Err(EditError::NotFound { table: self.name().to_owned(), id }),
            }
        };
        let local = (*entry.row).clone();
        Ok(self.session(id, None, ThreeWay::new(local, entry)))
    }

    /// Begins a new record with these values. Nothing is stored until it is saved; until then it has a temp id, or, with
    /// [`Ids::ClientUuid`], its real one.
    pub fn new_record(&self, entity: E) -> RecordEdit<'_, E> {
        self.new_record_owned(entity)
    }

    /// As [`new_record`](Self::new_record), for a session that keeps the table open itself.
    pub fn new_record_owned(&self, mut entity: E) -> RecordEdit<'static, E> {
        let (id, key) = self.new_id();
        // An id field of another type than text stays as the program has set it until the record has an id.
        drop(entity.fill_id(&id));
        let snapshot = Entry { row: Arc::new(entity.clone()), rest: None };
        self.session(id, Some(key), ThreeWay::new(entity, snapshot))
    }

    fn new_id(&self) -> (Id, IdempotencyKey) {
        let shared = self.shared();
        let key = shared.env.ordered_uuid();
        let id = match shared.ids {
            Ids::Store => Id::temp(shared.env.uuid()),
            Ids::ClientUuid => Id::from(key),
        };
        (id, IdempotencyKey(key))
    }

    fn session(&self, id: Id, new: Option<IdempotencyKey>, three: ThreeWay<E>) -> RecordEdit<'static, E> {
        RecordEdit {
            table: self.clone(),
            id,
            new,
            three,
            snapshot_time: self.shared().env.now(),
            policy: self.shared().policy,
            pending: None,
            doubt: None,
            delete_in_doubt: false,
            coerced: None,
            borrowed: PhantomData,
        }
    }
}

fn not_read(error: DataSetError) -> EditError {
    match error {
        DataSetError::Store(error) => EditError::Store(error),
        DataSetError::Entity { table, id, source } => EditError::Entity { table, id, source },
        DataSetError::KeptApart { table, id, reason } => EditError::KeptApart { table, id, reason },
    }
}

/// What the session holds.
impl<E: LiveEntity> RecordEdit<'_, E> {
    /// The record's id: a temp one until a new record is saved.
    #[must_use]
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// Whether the record is new, and not saved yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.new.is_some()
    }

    /// The session's own state.
    #[must_use]
    pub fn local(&self) -> &E {
        &self.three.local
    }

    /// The session's own state, to change: `let form = edit.local_mut();` binds two fields at once, which two derefs of
    /// the session cannot.
    pub fn local_mut(&mut self) -> &mut E {
        &mut self.three.local
    }

    /// The state of the store that the session last agreed on; of a new record, the values it began with.
    #[must_use]
    pub fn live_snapshot(&self) -> &Arc<E> {
        &self.three.snapshot.row
    }

    /// When the session last agreed with the store.
    #[must_use]
    pub fn snapshot_time(&self) -> SystemTime {
        self.snapshot_time
    }

    /// The fields whose local value differs from the snapshot's, by typed comparison. A field that was set and set back
    /// is not modified; a read-only one never is.
    #[must_use]
    pub fn modified_fields(&self) -> FieldSet<E::Field> {
        self.three.modified()
    }

    /// Whether this field is modified.
    #[must_use]
    pub fn is_modified(&self, field: E::Field) -> bool {
        self.modified_fields().contains(field)
    }

    /// A flag per field, by name: `edit.dirty().price`.
    #[must_use]
    pub fn dirty(&self) -> E::Dirty {
        self.modified_fields().into()
    }

    /// The modified fields with both values, typed, for a form to match on.
    pub fn changes(&self) -> impl Iterator<Item = E::Change<'_>> {
        let three = &self.three;
        self.modified_fields().into_iter().map(|field| E::change(field, &three.snapshot.row, &three.local))
    }

    /// Takes every tracked field back to the snapshot, without asking the store.
    pub fn revert(&mut self) {
        self.three.take_remote(FieldSet::ALL);
    }

    /// Takes one field back to the snapshot, without asking the store.
    pub fn revert_field(&mut self, field: E::Field) {
        self.three.take_remote(field.into());
    }

    /// What a save of this session checks before it overwrites; at first the table's policy.
    ///
    /// [`Policy::Version`] checks the fields instead where the entity has no version.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }
}

/// What others have done meanwhile.
impl<E: LiveEntity> RecordEdit<'_, E> {
    /// Takes in the table's row, at once, and answers with the conflicts that are undecided then. What has been shown has
    /// been seen: saving after it means "keep mine".
    ///
    /// # Errors
    /// [`RefreshError::Deleted`] where the row has gone; [`EditError::New`] of a record that is not saved yet.
    pub fn rebase(&mut self) -> Result<E::Conflicts, RefreshError> {
        self.must_be_stored()?;
        let entry = self.row().ok_or_else(|| self.deleted())?;
        self.take_remote_state(entry);
        Ok(self.conflicts())
    }

    /// As [`rebase`](Self::rebase), from the backend. Touches the store. Cancellation safe.
    ///
    /// # Errors
    /// As [`rebase`](Self::rebase), and where the store is not reached.
    pub async fn refresh_snapshot(&mut self) -> Result<E::Conflicts, RefreshError> {
        self.take_pending_in().await?;
        self.must_be_stored()?;
        let (shared, id) = (Arc::clone(self.table.shared()), self.id.clone());
        let read = self.table.shared().run(Operation::Read, async move { shared.read(&id).await }).await;
        let entry = read.map_err(not_read)?.ok_or_else(|| self.deleted())?;
        self.take_remote_state(entry);
        self.doubt = None;
        Ok(self.conflicts())
    }

    /// The conflicts that are undecided now, each with its three values.
    pub fn conflicts(&self) -> E::Conflicts {
        self.three.conflicts()
    }

    /// The session's own value is to win: the conflict ends, the field stays modified. After an assignment, that value.
    pub fn keep_local(&mut self, field: E::Field) {
        self.three.keep_local(field.into());
    }

    /// The store's value wins: the conflict ends, the field is not modified any more.
    pub fn take_remote(&mut self, field: E::Field) {
        self.three.take_remote(field.into());
    }

    /// Takes the store's values of these fields, after a [`PartialSave`](SaveResult::PartialSave) said that it made others.
    pub fn accept_stored(&mut self, fields: FieldSet<E::Field>) {
        self.three.take_remote(fields);
    }

    /// Whether the table's row has other values than the snapshot, or has gone. Changes nothing.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        !self.is_new() && self.row().is_none_or(|entry| self.three.is_behind(&entry.row))
    }

    /// The conflicts that [`rebase`](Self::rebase) would answer with. Changes nothing; a row that has gone has none.
    pub fn peek_conflicts(&self) -> E::Conflicts {
        match self.row() {
            Some(entry) if !self.is_new() => self.three.peek(&entry.row),
            _ => self.conflicts(),
        }
    }

    fn row(&self) -> Option<Entry<E>> {
        self.table.rows().at.find(&self.id).map(|(_, entry)| entry.clone())
    }

    fn deleted(&self) -> RefreshError {
        RefreshError::Deleted { table: self.table.name().to_owned(), id: self.id.clone() }
    }

    fn must_be_stored(&self) -> Result<(), EditError> {
        if self.is_new() { Err(EditError::New) } else { Ok(()) }
    }

    fn take_remote_state(&mut self, entry: Entry<E>) {
        match &self.doubt {
            Some(doubt) => save::take_found(&mut self.three, doubt, entry),
            None => self.three.take_in(entry),
        }
        self.snapshot_time = self.table.shared().env.now();
    }
}

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
    /// Touches the store. Dropping the future cancels nothing: the write goes on, and the next call of the session takes
    /// its answer in first.
    ///
    /// After an `OutcomeUnknown` the next save reads the record before it writes. What stands there as it was sent is
    /// this session's own; a field with a third value may be a coercion of ours or somebody's change, and is shown as a
    /// conflict, for it cannot be told and must not be overwritten.
    ///
    /// # Errors
    /// [`EditError`] for misuse and bugs only: a record that cannot be written as JSON, a table that is closed.
    pub async fn save(&mut self) -> Result<SaveResult<E>, EditError> {
        self.take_pending_in().await?;
        self.start_save()?;
        self.finish_save().await
    }

    /// Hands the save to the table's runtime and returns at once: typing goes on, and what is typed meanwhile is still
    /// there and still modified afterwards.
    ///
    /// # Errors
    /// As [`save`](Self::save); [`EditError::SaveUnderWay`] where the answer of the last one is still to come.
    pub fn start_save(&mut self) -> Result<(), EditError> {
        if self.pending.is_some() && self.poll_save().is_none() {
            return Err(EditError::SaveUnderWay);
        }
        self.send(0)
    }

    /// Waits for the answer of the save that is under way and takes it in. Cancellation safe: dropping the future leaves
    /// the answer to the next call.
    ///
    /// # Errors
    /// As [`save`](Self::save); [`EditError::NoSaveUnderWay`] where there is none.
    pub async fn finish_save(&mut self) -> Result<SaveResult<E>, EditError> {
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
    pub fn poll_save(&mut self) -> Option<Result<SaveResult<E>, EditError>> {
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
        self.pending.is_some()
    }

    /// Saves the local state as a new record, whatever has become of this one: to bring back one that was deleted. Touches
    /// the store, like [`save`](Self::save).
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub async fn save_as_new(&mut self) -> Result<SaveResult<E>, EditError> {
        self.take_pending_in().await?;
        if !self.is_new() {
            let (id, key) = self.table.new_id();
            self.id = id;
            self.new = Some(key);
            self.doubt = None;
        }
        self.save().await
    }

    /// Deletes the record, if nobody has changed it since the session last agreed with the store. Touches the store.
    /// Dropping the future may or may not keep it from happening.
    ///
    /// # Errors
    /// [`EditError::New`] of a record that is not saved yet; else as [`save`](Self::save).
    pub async fn delete(&mut self) -> Result<DeleteResult<E::Field>, EditError> {
        self.take_pending_in().await?;
        self.must_be_stored()?;
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
                    let changed = self.three.snapshot.row.diff(&entry.row);
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
            let (patch, guard) =
                save::prepare(&self.three, self.policy, fields).map_err(|source| self.fault(source))?;
            env.start(save::write(shared, id, patch, guard))
        };
        let sent = Sent { fields, local: self.local().clone() };
        self.pending = Some(Pending { sent, answer, attempt });
        Ok(())
    }

    /// Takes an answer in; `None` where the runtime has dropped it.
    fn take_answer(&mut self, answer: Option<Result<Answer<E>, DataSetError>>) -> Result<Step<E>, EditError> {
        let Pending { sent, attempt, .. } = self.pending.take().ok_or(EditError::NoSaveUnderWay)?;
        let answer = match answer.ok_or(EditError::Closed)? {
            Ok(answer) => answer,
            Err(error) => {
                let error = save::failed(error)?;
                // An answer is lost only of what was sent: a read that finds out is not in doubt itself.
                if matches!(error, SaveError::OutcomeUnknown { .. }) && self.doubt.is_none() {
                    self.doubt = Some(sent);
                }
                return Ok(Step::Done(SaveResult::Error(error)));
            }
        };
        self.snapshot_time = self.table.shared().env.now();
        let result = match answer {
            Answer::NotAsked => SaveResult::Saved,
            Answer::Written(after) => save::take_written(&mut self.three, sent, after, &mut self.coerced),
            Answer::Gone => {
                self.doubt = None;
                SaveResult::Deleted
            }
            Answer::Created(id, after) => {
                self.doubt = None;
                self.new = None;
                self.id = id.clone();
                // The id is the table's to fill in; it has decoded the same id into the after-image.
                drop(self.three.local.fill_id(&id));
                let _ = save::take_written(&mut self.three, sent, after, &mut self.coerced);
                SaveResult::Created(id)
            }
            Answer::Refused(now) => {
                self.three.take_in(now);
                if self.policy == Policy::Version && E::VERSION.is_some()
                    || self.three.has_conflicts()
                    || attempt + 1 >= save::UNSEEN
                {
                    SaveResult::Conflict(self.conflicts())
                } else {
                    // Nobody can decide what nobody can see: the guard is spelled afresh.
                    self.send(attempt + 1)?;
                    return Ok(Step::Again);
                }
            }
            Answer::Found(found) => {
                self.take_remote_state(found);
                self.doubt = None;
                if self.three.has_conflicts() {
                    SaveResult::Conflict(self.conflicts())
                } else {
                    self.send(attempt)?;
                    return Ok(Step::Again);
                }
            }
        };
        Ok(Step::Done(result))
    }

    /// Takes in the answer of a save whose future was dropped.
    async fn take_pending_in(&mut self) -> Result<(), EditError> {
        if self.pending.is_some() {
            let _ = self.finish_save().await?;
        }
        Ok(())
    }

    fn fault(&self, source: crate::entity::EntityError) -> EditError {
        EditError::Entity { table: self.table.name().to_owned(), id: self.id.clone(), source }
    }
}

impl<E: LiveEntity> Deref for RecordEdit<'_, E> {
    type Target = E;

    fn deref(&self) -> &E {
        self.local()
    }
}

impl<E: LiveEntity> DerefMut for RecordEdit<'_, E> {
    fn deref_mut(&mut self) -> &mut E {
        self.local_mut()
    }
}

impl<E: LiveEntity> fmt::Debug for RecordEdit<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordEdit")
            .field("table", &self.table.name())
            .field("id", &self.id)
            .field("modified_fields", &self.modified_fields())
            .field("conflicts", &self.three.conflicting())
            .field("is_saving", &self.is_saving())
            .finish_non_exhaustive()
    }
}
