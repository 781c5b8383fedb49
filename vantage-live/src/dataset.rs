//! Data sets: typed async traits over a value set, object-safe.
//!
//! A [`TypedTable`] implements them over any one store, and a [`LiveTable`](crate::LiveTable) over its backend and rows,
//! so that a function written for one takes the other.

use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::entity::{EntityError, Field, FieldSet, LiveEntity, patch_over};
use crate::panics;
use crate::value::{
    Guard, Id, Operation, Patch, Path, ReadableValueSet, Record, RwValueSet, ValueError, ValueErrorKind, WriteOutcome,
};

/// Why a data set did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataSetError {
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] ValueError),
    /// A record does not fit the entity, or the entity cannot be written as a record.
    #[error("record `{id}` of `{table}`: {source}")]
    Entity {
        /// The table.
        table: String,
        /// The record.
        id: Id,
        /// Why.
        source: EntityError,
    },
    /// The stored record does not fit the entity and is kept apart: a write through the entity would destroy it.
    #[error("record `{id}` of `{table}` is kept apart, for it does not fit the entity: {reason}")]
    KeptApart {
        /// The table.
        table: String,
        /// The record.
        id: Id,
        /// Why it does not fit.
        reason: Arc<str>,
    },
}

/// Reading entities.
///
/// A function that takes one is for a live table and for a plain one:
///
/// ```
/// use vantage_live::dataset::{DataSetError, ReadableDataSet, TypedTable};
/// use vantage_live::{ImTable, LiveEntity, LiveTable, WritableValueSet};
///
/// async fn takings(products: &dyn ReadableDataSet<Product>) -> Result<i64, DataSetError> {
///     Ok(products.get().await?.iter().map(|(_, product)| product.price).sum())
/// }
/// # use serde::{Deserialize, Serialize};
/// # use serde_json::json;
/// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// # struct Product { name: String, price: i64 }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = ImTable::new("product");
/// # let record = json!({"name": "Sea Pie", "price": 299});
/// # store.insert_id_value(&"sea_pie".into(), record.as_object().unwrap().clone()).await?;
/// let live = LiveTable::<Product>::builder(store.clone()).open().await?;
/// let plain = TypedTable::<Product>::new(store);
/// assert_eq!((takings(&live).await?, takings(&plain).await?), (299, 299));
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait ReadableDataSet<E: LiveEntity>: Send + Sync {
    /// Every row, in the order of the ids. A record that does not fit the entity is not among them;
    /// [`get_id`](Self::get_id) says why.
    ///
    /// # Errors
    /// Where the store is not reached.
    async fn get(&self) -> Result<Vec<(Id, Arc<E>)>, DataSetError>;

    /// The row `id`, or `None` where there is none.
    ///
    /// # Errors
    /// Where the store is not reached, or the record does not fit the entity ([`DataSetError::KeptApart`]).
    async fn get_id(&self, id: &Id) -> Result<Option<Arc<E>>, DataSetError>;

    /// Any one row, or `None` where there is none that fits.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    async fn get_some(&self) -> Result<Option<(Id, Arc<E>)>, DataSetError>;
}

/// Reading the same records as another type, for view models: whatever serde can make of them, an id included where the
/// type asks for one. Every value set can, a [`LiveTable`](crate::LiveTable) too.
///
/// ```
/// use serde::Deserialize;
/// use serde_json::json;
/// use vantage_live::dataset::ReadableAsDataSet;
/// use vantage_live::{Id, ImTable, WritableValueSet};
///
/// #[derive(Debug, PartialEq, Deserialize)]
/// struct PriceTag { id: String, price: i64 }
///
/// # futures::executor::block_on(async {
/// let products = ImTable::new("product");
/// let record = json!({"name": "Sea Pie", "price": 299, "on_shelf": true});
/// products.insert_id_value(&Id::from("sea_pie"), record.as_object().unwrap().clone()).await?;
///
/// let tags = products.get_as::<PriceTag>().await.unwrap();
/// assert_eq!(tags, [(Id::from("sea_pie"), PriceTag { id: "sea_pie".into(), price: 299 })]);
/// # Ok::<(), vantage_live::ValueError>(())
/// # }).unwrap();
/// ```
#[async_trait]
pub trait ReadableAsDataSet: ReadableValueSet {
    /// Every record as a `V`, in the order of the ids; of a [`LiveTable`](crate::LiveTable) every row, which is a record that
    /// fits the table's entity. The id stands in the field `id` while serde reads, so that a view model may have one.
    ///
    /// # Errors
    /// Where the store is not reached, or a record does not fit `V`.
    async fn get_as<V: DeserializeOwned + Send>(&self) -> Result<Vec<(Id, V)>, DataSetError> {
        let decode = |(id, mut record): (Id, Record)| {
            record.entry("id").or_insert_with(|| id.to_plain_json());
            match V::deserialize(Value::Object(record)) {
                Ok(view) => Ok((id, view)),
                Err(error) => Err(fault(self.name(), &id, EntityError::Decode(error))),
            }
        };
        self.get_values().await?.into_iter().map(decode).collect()
    }
}

impl<T: ReadableValueSet + ?Sized> ReadableAsDataSet for T {}

/// Writing entities.
#[async_trait]
pub trait WritableDataSet<E: LiveEntity>: Send + Sync {
    /// Makes the record `id` this entity, whether or not it was there, and whatever others make of it at the same moment:
    /// the last one wins. Columns that the entity does not know are gone afterwards, but for those that somebody adds at
    /// that moment, and its read-only fields are the store's: to change fields and keep the rest, edit the record. Reads the
    /// record first: two round trips.
    ///
    /// A record that does not fit the entity is not overwritten. Where the store [checks and writes in one
    /// step](crate::Capabilities::guarded_write), not even one that has ceased to fit a moment ago; where it does not, the
    /// record is read before, and what somebody makes of it in between is overwritten.
    ///
    /// # Errors
    /// Where the store refuses it or is not reached, or the stored record is [kept apart](DataSetError::KeptApart).
    /// [`DataSetError::Entity`] where the record that this has made does not fit, as one without a read-only field that the
    /// store was to set: it is there then, and kept apart. Of a store that tells [no
    /// after-image](crate::Capabilities::after_image) it is read what has come of it: [`Missing`](ValueErrorKind::Missing)
    /// where it was written, and has gone by then.
    async fn replace_id(&self, id: &Id, entity: E) -> Result<Arc<E>, DataSetError>;

    /// Changes every row as `change` says, writing the fields that it has modified and nothing else, and answers how
    /// many rows it has modified. A row that somebody else changes at the same moment is read again and `change` applied
    /// to that, so it may be called more than once for a row. What is read-only is shown to `change` and not checked: it may
    /// be another value each time, an age or a time. Stops at the first error; what was written stays. A record that does not
    /// fit the entity is left alone.
    ///
    /// # Errors
    /// Where the store refuses a row or is not reached, or [cannot check and write in one
    /// step](crate::Capabilities::guarded_write).
    async fn update(&self, change: &mut (dyn for<'r> FnMut(&'r mut E) + Send)) -> Result<u64, DataSetError>;

    /// Deletes the record `id`, whatever it holds, and says whether it was there.
    ///
    /// # Errors
    /// Where the store refuses it or is not reached.
    async fn delete_id(&self, id: &Id) -> Result<bool, DataSetError>;

    /// Deletes every record, and answers how many there were.
    ///
    /// # Errors
    /// Where the store refuses it or is not reached. Of a table [`OutcomeUnknown`](crate::ValueErrorKind::OutcomeUnknown) may
    /// also mean that all were deleted, and that what was shown meanwhile could not be read since.
    async fn delete_all(&self) -> Result<u64, DataSetError>;
}

/// Inserting entities.
#[async_trait]
pub trait InsertableDataSet<E: LiveEntity>: Send + Sync {
    /// Makes a record of the entity, and answers with its id. It has no key by which the store could know it again: what was
    /// inserted when the answer was lost ([`OutcomeUnknown`](crate::ValueErrorKind::OutcomeUnknown)) is inserted once more by
    /// the next call. A [new record](crate::LiveTable::new_record) that is saved again is made once.
    ///
    /// # Errors
    /// Where the store refuses it or is not reached, or has made a record of it that does not fit the entity
    /// ([`DataSetError::KeptApart`], with its id: it is stored). A plain table of a store that tells [no
    /// after-image](crate::Capabilities::after_image) does not look.
    async fn insert(&self, entity: E) -> Result<Id, DataSetError>;
}

/// A typed table over one value set: no cache, no feed, every call a round trip.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::dataset::{InsertableDataSet, ReadableDataSet, TypedTable, WritableDataSet};
/// use vantage_live::{ImTable, LiveEntity};
///
/// #[derive(Clone, Serialize, Deserialize, LiveEntity)]
/// struct Product { name: String, price: i64 }
///
/// # futures::executor::block_on(async {
/// let products = TypedTable::<Product>::new(ImTable::new("product"));
/// let id = products.insert(Product { name: "Sea Pie".into(), price: 299 }).await?;
///
/// let changed = products.update(&mut |product| product.price += 1).await?;
///
/// assert_eq!(changed, 1);
/// assert_eq!(products.get_id(&id).await?.unwrap().price, 300);
/// # Ok::<(), vantage_live::dataset::DataSetError>(())
/// # }).unwrap();
/// ```
pub struct TypedTable<E> {
    store: Arc<dyn RwValueSet>,
    entity: PhantomData<fn() -> E>,
}

impl<E: LiveEntity> TypedTable<E> {
    /// The records of `store` as entities.
    #[must_use]
    pub fn new(store: impl RwValueSet + 'static) -> Self {
        TypedTable { store: Arc::new(store), entity: PhantomData }
    }

    fn decode(&self, id: &Id, record: &Record) -> Result<Arc<E>, DataSetError> {
        decoded(id, record).map(Arc::new).map_err(|source| kept_apart(self.store.name(), id, &source))
    }

    /// The records that fit, as entities; the others are left out.
    async fn fitting(&self) -> Result<Vec<(Id, Arc<E>)>, DataSetError> {
        let fits = |(id, record): (Id, Record)| match self.decode(&id, &record) {
            Ok(row) => Some((id, row)),
            Err(error) => {
                tracing::warn!(%error, "left out");
                None
            }
        };
        Ok(self.store.get_values().await?.into_iter().filter_map(fits).collect())
    }
}

/// The entity that a stored record is.
fn decoded<E: LiveEntity>(id: &Id, record: &Record) -> Result<E, EntityError> {
    panics::decoded(|| E::from_record(id, record))
}

/// The error of a stored record that does not fit the entity.
pub(crate) fn kept_apart(table: &str, id: &Id, source: &EntityError) -> DataSetError {
    DataSetError::KeptApart { table: table.to_owned(), id: id.clone(), reason: source.to_string().into() }
}

/// The error of an entity that cannot be written as a record, or read from the one that it was written as.
pub(crate) fn fault(table: &str, id: &Id, source: EntityError) -> DataSetError {
    DataSetError::Entity { table: table.to_owned(), id: id.clone(), source }
}

#[async_trait]
impl<E: LiveEntity> ReadableDataSet<E> for TypedTable<E> {
    async fn get(&self) -> Result<Vec<(Id, Arc<E>)>, DataSetError> {
        self.fitting().await
    }

    async fn get_id(&self, id: &Id) -> Result<Option<Arc<E>>, DataSetError> {
        self.store.get_id_value(id).await?.map(|record| self.decode(id, &record)).transpose()
    }

    async fn get_some(&self) -> Result<Option<(Id, Arc<E>)>, DataSetError> {
        let Some((id, record)) = self.store.get_some_value().await? else { return Ok(None) };
        match self.decode(&id, &record) {
            Ok(row) => Ok(Some((id, row))),
            Err(_) => Ok(self.fitting().await?.into_iter().next()),
        }
    }
}

#[async_trait]
impl<E: LiveEntity> WritableDataSet<E> for TypedTable<E> {
    async fn replace_id(&self, id: &Id, entity: E) -> Result<Arc<E>, DataSetError> {
        let read = async || Ok(self.store.get_id_value(id).await?);
        let known = read().await?;
        let mut after = replace_one(&*self.store, id, &entity, known, read).await?;
        if !self.store.capabilities().after_image {
            let now = self.store.get_id_value(id).await.map_err(|error| in_doubt(self.store.name(), id, error))?;
            after = now.ok_or_else(|| gone_since(self.store.name(), id))?;
        }
        decoded(id, &after).map(Arc::new).map_err(|source| fault(self.store.name(), id, source))
    }

    async fn update(&self, change: &mut (dyn for<'r> FnMut(&'r mut E) + Send)) -> Result<u64, DataSetError> {
        let mut modified = 0;
        for (id, record) in self.store.get_values().await? {
            if self.decode(&id, &record).is_err() {
                continue;
            }
            modified += u64::from(update_one(&*self.store, &id, record, change).await?.is_some());
        }
        Ok(modified)
    }

    async fn delete_id(&self, id: &Id) -> Result<bool, DataSetError> {
        let outcome = self.store.delete_id(id, &Guard::Nothing).await?;
        Ok(outcome == crate::value::DeleteOutcome::Deleted)
    }

    async fn delete_all(&self) -> Result<u64, DataSetError> {
        Ok(self.store.delete_all().await?)
    }
}

#[async_trait]
impl<E: LiveEntity> InsertableDataSet<E> for TypedTable<E> {
    async fn insert(&self, entity: E) -> Result<Id, DataSetError> {
        let record = entity.to_new_record().map_err(|source| fault(self.store.name(), &Id::from("(new)"), source))?;
        let (id, made) = self.store.insert_value(record, None).await?;
        if self.store.capabilities().after_image {
            self.decode(&id, &made)?;
        }
        Ok(id)
    }
}

/// How often a write is tried afresh on a row that others keep changing, before it is given up. Each attempt fails only if
/// another writer has succeeded in between, so this is the number of writers ahead of us.
const ATTEMPTS: usize = 64;

/// It was written, and there is none any more.
pub(crate) fn gone_since(table: &str, id: &Id) -> ValueError {
    let missing = ValueError::new(Operation::Replace, table, ValueErrorKind::Missing).on(id);
    missing.caused_by("it was written, and has gone before it could be read")
}

/// It was written, or may have been, and what has come of it is not known.
fn in_doubt(table: &str, id: &Id, error: ValueError) -> ValueError {
    ValueError::new(Operation::Replace, table, ValueErrorKind::OutcomeUnknown).on(id).caused_by(error)
}

fn others_were_faster(store: &dyn RwValueSet, operation: Operation, id: &Id) -> DataSetError {
    let message = format!("others changed it {ATTEMPTS} times meanwhile");
    let kind = ValueErrorKind::Rejected { fields: Vec::new(), message };
    ValueError::new(operation, store.name(), kind).on(id).into()
}

/// Changes one record as `change` says, where it still is what `change` was shown. `None` where it modified nothing, or
/// the record has gone, or does not fit the entity any more; else the after-image.
pub(crate) async fn update_one<E: LiveEntity>(
    store: &dyn RwValueSet,
    id: &Id,
    mut record: Record,
    change: &mut (dyn for<'r> FnMut(&'r mut E) + Send),
) -> Result<Option<Record>, DataSetError> {
    for _ in 0..ATTEMPTS {
        let Ok(before) = decoded::<E>(id, &record) else { return Ok(None) };
        let mut after = before.clone();
        change(&mut after);
        let (patch, wholes) =
            patch_over(&after, before.diff(&after), &record).map_err(|source| fault(store.name(), id, source))?;
        if patch.is_empty() {
            return Ok(None);
        }
        if !store.capabilities().guarded_write {
            let kind = ValueErrorKind::Unsupported("check a guard and write in one step");
            return Err(ValueError::new(Operation::Write, store.name(), kind).on(id).into());
        }
        // P3: what `change` was not shown is not overwritten.
        match store.write(id, &patch, &unchanged::<E>(&record).and_as_in(&record, &wholes)).await? {
            WriteOutcome::Written(after) => return Ok(Some(after)),
            WriteOutcome::Refused(now) => record = now,
            WriteOutcome::Gone => return Ok(None),
        }
    }
    Err(others_were_faster(store, Operation::Write, id))
}

/// Makes a record this entity, unless what is stored does not fit. `known` is the record as it was last seen, and `read`
/// reads it. Answers with the after-image.
pub(crate) async fn replace_one<E: LiveEntity, F: Future<Output = Result<Option<Record>, DataSetError>> + Send>(
    store: &dyn RwValueSet,
    id: &Id,
    entity: &E,
    mut known: Option<Record>,
    read: impl Fn() -> F + Send + Sync,
) -> Result<Record, DataSetError> {
    let wanted = entity.to_new_record().map_err(|source| fault(store.name(), id, source))?;
    let can = store.capabilities();
    let mut is_hidden = false;
    // A link may have sent it twice: then it was done, and its second time has found the id taken, or the record changed.
    let mut may_be_done = false;
    let told = |error: ValueError, may_be_done: bool| match error.kind {
        ValueErrorKind::Unreachable if may_be_done => in_doubt(store.name(), id, error),
        _ => error,
    };
    for _ in 0..ATTEMPTS {
        let Some(record) = known else {
            match store.insert_id_value(id, wanted.clone()).await {
                // Somebody else was faster. What is there and cannot be read, twice, is not shown to this table.
                Err(error) if error.kind == ValueErrorKind::AlreadyExists => {
                    may_be_done = true;
                    known = read().await.map_err(|error| match error {
                        DataSetError::Store(error) => told(error, true).into(),
                        error => error,
                    })?;
                    if known.is_none() && std::mem::replace(&mut is_hidden, true) {
                        return Err(error.into());
                    }
                }
                made => return Ok(made.map_err(|error| told(error, may_be_done))?),
            }
            continue;
        };
        is_hidden = false;
        decoded::<E>(id, &record).map_err(|source| kept_apart(store.name(), id, &source))?;
        if !(can.guarded_write && can.patch) {
            return Ok(store.replace_id_value(id, wanted).await.map_err(|error| told(error, may_be_done))?);
        }
        // What was seen to fit still does.
        let written = store.write(id, &replacing::<E>(&record, &wanted), &unchanged::<E>(&record)).await;
        match written.map_err(|error| told(error, may_be_done))? {
            WriteOutcome::Written(after) => return Ok(after),
            WriteOutcome::Refused(now) => {
                // By somebody else, or by its own first time.
                may_be_done = true;
                known = Some(now);
            }
            WriteOutcome::Gone => {
                // Read after it was written, where the store does not tell what it has stored.
                may_be_done |= !can.after_image;
                known = None;
            }
        }
    }
    Err(others_were_faster(store, Operation::Replace, id))
}

/// What makes `record` the one that is wanted, but for what is read-only: that stays where it stands.
fn replacing<E: LiveEntity>(record: &Record, wanted: &Record) -> Patch {
    let mut wanted = wanted.clone();
    for path in E::Field::READONLY.into_iter().flat_map(Field::places) {
        let parent: Path = path.names().iter().take(path.names().len() - 1).cloned().collect();
        let has_place = parent.names().is_empty() || parent.get(&wanted).is_some_and(Value::is_object);
        if let Some(value) = path.get(record).filter(|_| has_place) {
            path.set(&mut wanted, value.clone());
        }
    }
    Patch::between(record, &wanted)
}

/// That nobody has changed what the entity writes, under whatever name the record has it: so it fits the entity as it did.
fn unchanged<E: LiveEntity>(record: &Record) -> Guard {
    let written = FieldSet::ALL - E::Field::READONLY;
    Guard::Exists.and_as_in(record, written.into_iter().flat_map(Field::places))
}
