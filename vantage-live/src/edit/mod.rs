//! Edit sessions: a record's local state beside the snapshot of the store that it began with.
//!
//! `rebase` decides what a change of the store means to the session and is pure; `save` knows the state of one save, and
//! `doubt` the saves whose answers were lost; this file is the handle, and `remote`, `saving`, `answers` and `deleting` are
//! the parts of it that look at the store and write to it; `unseen` keeps what nobody was shown yet. No validation lives
//! here: a session may hold whatever the person has typed so far.

mod answers;
mod deleting;
mod doubt;
mod outcome;
mod rebase;
mod remote;
mod save;
mod saving;
mod unseen;

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::SystemTime;

pub use outcome::{DeleteResult, EditError, RefreshError, SaveError, SaveResult, StoredOtherwise};

use self::deleting::Deleting;
use self::doubt::Doubts;
use self::rebase::ThreeWay;
use self::save::{Coerced, Pending, Was};
use self::unseen::Unseen;
use crate::dataset::DataSetError;
use crate::entity::{FieldSet, LiveEntity};
use crate::table::{Entry, Ids, LiveTable, Policy};
use crate::value::{Id, IdempotencyKey, Operation};

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
    // What most sessions have none of, and what a copy of the record is in, lies elsewhere: a session is moved often.
    pending: Option<Box<Pending<E>>>,
    unseen: Unseen<E>,
    /// What was sent when answers were lost.
    doubts: Doubts<E>,
    /// What the session was before it was to be saved as a new record, until that is done.
    was: Option<Was<E>>,
    deleting: Deleting<E>,
    coerced: Option<Box<Coerced<E>>>,
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
        if let Some(edit) = self.edit_row_owned(&id) {
            return Ok(edit);
        }
        let (shared, wanted) = (Arc::clone(self.shared()), id.clone());
        let read = self.shared().run(Operation::Read, async move { shared.read(&wanted).await }).await;
        let Some(entry) = read.map_err(not_read)? else {
            return Err(EditError::NotFound { table: self.name().to_owned(), id });
        };
        // Asked for by its temp id, it has another one since.
        Ok(self.stored_session(self.rows().at.resolve(&id).clone(), entry))
    }

    /// Begins to edit the record `id` at once, from its row; `None` where no row is shown. For a render loop, which cannot
    /// await [`edit_record`](Self::edit_record).
    ///
    /// ```
    /// use vantage_live::{ImTable, LiveEntity, LiveTable, WritableValueSet};
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
    ///
    /// let edit = table.edit_row(&"sea_pie".into()).ok_or("there is no such row")?;
    /// assert_eq!(edit.price, 299);
    /// assert!(table.edit_row(&"land_pie".into()).is_none());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn edit_row(&self, id: &Id) -> Option<RecordEdit<'_, E>> {
        self.edit_row_owned(id)
    }

    /// As [`edit_row`](Self::edit_row), for a session that keeps the table open itself.
    #[must_use]
    pub fn edit_row_owned(&self, id: &Id) -> Option<RecordEdit<'static, E>> {
        let rows = self.shared().rows.load();
        rows.find(id).map(|(id, entry)| self.stored_session(id.clone(), entry.clone()))
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

    fn stored_session(&self, id: Id, entry: Entry<E>) -> RecordEdit<'static, E> {
        let local = (*entry.row).clone();
        self.session(id, None, ThreeWay::new(local, entry))
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
            unseen: Unseen::default(),
            doubts: Doubts::default(),
            was: None,
            deleting: Deleting::default(),
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

    /// Takes every tracked field back to the snapshot, without asking the store. From there on they follow it: what a save
    /// that is under way has stored is shown when its answer is taken in.
    pub fn revert(&mut self) {
        self.give_up(FieldSet::ALL);
        self.fill_id();
    }

    /// As [`revert`](Self::revert), of one field. A field of a nested entity that only one side has is taken back with all of
    /// that.
    pub fn revert_field(&mut self, field: E::Field) {
        self.give_up(field.into());
    }

    /// What a save of this session checks before it overwrites; at first the table's policy.
    ///
    /// [`Policy::Version`] checks the fields instead where the entity has no version.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }
}

impl<E: LiveEntity> RecordEdit<'_, E> {
    /// The id is the table's to fill in, whatever the program has made of it.
    fn fill_id(&mut self) {
        // An id field of another type than text has no temp id.
        drop(self.three.local.fill_id(&self.id));
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
