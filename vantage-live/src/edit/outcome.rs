//! What a save, a delete or a refresh has come to.

use std::fmt;
use std::sync::Arc;

use crate::entity::{EntityError, Field, FieldSet, LiveEntity};
use crate::value::{Id, Path, ValueError};

/// What a save has come to. See the table at [`RecordEdit::save`](super::RecordEdit::save).
#[must_use = "a save may not have written anything"]
pub enum SaveResult<E: LiveEntity> {
    /// The store has what the session has; or nothing was modified, and the store was not asked.
    Saved,
    /// It was written, and the store made other values of these fields.
    PartialSave(StoredOtherwise<E::Field>),
    /// Somebody else has changed a field that would have been written. Nothing was; the conflicts are shown now, and
    /// saving again means "keep mine". There are none in it where a [version](crate::Policy::Version) has refused the save
    /// for a field that the session has not touched, and where all were decided while the answer waited to be asked for.
    ///
    /// Over a link that sends a request a second time by itself, a save can be refused because of its own first time: then
    /// what was typed since is in conflict with what was sent.
    Conflict(E::Conflicts),
    /// The record is gone, or a filtered set hides it by now. The local state is kept; where it is gone,
    /// [`save_as_new`](super::RecordEdit::save_as_new) brings it back.
    Deleted,
    /// The record was new, and has this id now. A field that was changed since
    /// [`new_record`](crate::LiveTable::new_record), and of which the store made another value, is still modified: look at
    /// [`modified_fields`](super::RecordEdit::modified_fields). What `new_record` was given nobody has touched, and it
    /// follows the store. Where an earlier attempt had made the record and its answer was lost, what was typed since has
    /// been written to it too; a change of somebody else's in between is a [`Conflict`](Self::Conflict) first, and so is
    /// every other value in a store that tells [no after-image](crate::Capabilities::after_image), or, where the policy is to
    /// [overwrite](crate::Policy::Overwrite), a [`PartialSave`](Self::PartialSave). The session has the id then, and says
    /// `Created` once everything is saved.
    Created(Id),
    /// It was not done, or that is not known. What was typed is as it was.
    Error(SaveError<E::Field>),
}

impl<E: LiveEntity> fmt::Debug for SaveResult<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveResult::Saved => f.write_str("Saved"),
            SaveResult::PartialSave(partial) => f.debug_tuple("PartialSave").field(partial).finish(),
            SaveResult::Conflict(conflicts) => {
                let fields = crate::entity::Conflicts::fields(conflicts);
                f.debug_tuple("Conflict").field(&fields).finish()
            }
            SaveResult::Deleted => f.write_str("Deleted"),
            SaveResult::Created(id) => f.debug_tuple("Created").field(id).finish(),
            SaveResult::Error(error) => f.debug_tuple("Error").field(error).finish(),
        }
    }
}

/// The fields of which the store made other values than it was sent: a trigger, a coercion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredOtherwise<F: Field> {
    fields: FieldSet<F>,
    repeated: bool,
}

impl<F: Field> StoredOtherwise<F> {
    pub(super) fn new(fields: FieldSet<F>, repeated: bool) -> Self {
        StoredOtherwise { fields, repeated }
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> FieldSet<F> {
        self.fields
    }

    /// Whether the same values were sent before, with the same outcome: trying again will not help.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.repeated
    }
}

/// The names of the fields, with commas between them.
impl<F: Field> fmt::Display for StoredOtherwise<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields.fmt(f)
    }
}

/// Why a save, or a delete, was not done.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SaveError<F: Field> {
    /// The store refused the values.
    #[error("{source}")]
    Rejected {
        /// The fields that it named.
        fields: FieldSet<F>,
        /// What it named besides: columns that are no fields of the entity.
        other: Vec<Path>,
        /// Its own words.
        message: String,
        /// The store's error.
        source: Arc<ValueError>,
    },
    /// The store was not reached. Nothing has happened there: save again when it is back. Of a new record that was made
    /// before the rest of it could be written, the session is not new any more, and the next save says `Created`.
    #[error("{source}")]
    Unreachable {
        /// The store's error.
        source: Arc<ValueError>,
    },
    /// The write was sent and its answer lost, or nobody can read it. The next save, or refresh, finds out what became of it; it does not write
    /// twice, nor take this write for somebody else's. Where only a part of it stands there, because somebody has changed
    /// another part since, what was typed over this part meanwhile is in conflict all the same: it may be theirs.
    #[error("{source}")]
    OutcomeUnknown {
        /// The store's error.
        source: Arc<ValueError>,
    },
    /// The store cannot do what the save needs.
    #[error("{source}")]
    Unsupported {
        /// The store's error.
        source: Arc<ValueError>,
    },
}

impl<F: Field> SaveError<F> {
    /// Whether the same save may succeed later without anything being changed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, SaveError::Unreachable { .. } | SaveError::OutcomeUnknown { .. })
    }
}

/// What a delete has come to.
///
/// ```
/// use vantage_live::edit::DeleteResult;
/// use vantage_live::{Guard, ImTable, LiveEntity, LiveTable, Patch, WritableValueSet};
/// # use serde::{Deserialize, Serialize};
/// # use serde_json::json;
/// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// # struct Product { name: String, price: i64 }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = ImTable::new("product");
/// # let record = json!({"name": "Sea Pie", "price": 299});
/// # store.insert_id_value(&"sea_pie".into(), record.as_object().unwrap().clone()).await?;
/// let table = LiveTable::<Product>::builder(store.clone()).open().await?;
/// let mut edit = table.edit_record("sea_pie").await?;
/// # let raised = Patch::new().set("price", 305);
/// let _ = store.write(&"sea_pie".into(), &raised, &Guard::Exists).await?; // a colleague
///
/// let DeleteResult::Changed(fields) = edit.delete().await? else { panic!("it is not what was seen") };
/// assert_eq!(fields, ProductField::Price.into());
/// assert_eq!(edit.price, 305, "now it is seen");
/// assert!(matches!(edit.delete().await?, DeleteResult::Deleted));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a delete may not have deleted anything"]
pub enum DeleteResult<F: Field> {
    /// The record is gone, by this session.
    Deleted,
    /// The record had gone before, or a filtered set hides it by now; or, over a link that sends a request a second time by
    /// itself, it has gone by the first time.
    AlreadyGone,
    /// Somebody else has changed these fields since the session last agreed; or the store has made other values of them, when
    /// it made the record and nobody was told. Nothing was deleted; the session shows them
    /// now, and deleting again means it. A read-only field may be another value each time that it is looked at, an age or a
    /// time: what two deletes in a row have told of one, the third does not ask about.
    Changed(FieldSet<F>),
    /// It was not done, or that is not known.
    Error(SaveError<F>),
}

/// A misuse of an edit session, or a bug.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// There is no such record.
    #[error("`{table}` has no record `{id}` to edit")]
    NotFound {
        /// The table.
        table: String,
        /// The record.
        id: Id,
    },
    /// The record does not fit the entity, so it cannot be edited through it.
    #[error("record `{id}` of `{table}` does not fit the entity and cannot be edited through it: {reason}")]
    KeptApart {
        /// The table.
        table: String,
        /// The record.
        id: Id,
        /// Why it does not fit.
        reason: Arc<str>,
    },
    /// The entity cannot be written as a record, or the store's answer not read as one.
    #[error("record `{id}` of `{table}`: {source}")]
    Entity {
        /// The table.
        table: String,
        /// The record.
        id: Id,
        /// Why.
        source: EntityError,
    },
    /// The store was not reached, or its answer could not be read.
    #[error(transparent)]
    Store(ValueError),
    /// A save is under way already: take its answer in with `finish_save` or `poll_save` first.
    #[error("a save of this session is under way: take its answer in with `finish_save` or `poll_save` first")]
    SaveUnderWay,
    /// No save is under way, so there is no answer to take in.
    #[error("no save of this session is under way: begin one with `start_save`")]
    NoSaveUnderWay,
    /// A delete is under way already: take its answer in with `finish_delete` or `poll_delete` first.
    #[error("a delete of this session is under way: take its answer in with `finish_delete` or `poll_delete` first")]
    DeleteUnderWay,
    /// No delete is under way, so there is no answer to take in.
    #[error("no delete of this session is under way: begin one with `start_delete`")]
    NoDeleteUnderWay,
    /// The record is new: the store has none, for all that is known, to compare it with, or to delete.
    #[error("the record is new, and not known to be in the store: save it first")]
    New,
    /// The table, or its runtime, was closed.
    #[error("the table has been closed")]
    Closed,
}

/// Why an edit session could not take in the state of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// The record was deleted meanwhile, or a filtered set hides it by now. The local state is kept.
    #[error("record `{id}` of `{table}` was deleted meanwhile")]
    Deleted {
        /// The table.
        table: String,
        /// The record.
        id: Id,
    },
    /// The state of the store could not be had.
    #[error(transparent)]
    Edit(#[from] EditError),
}
