//! The traits of a value set: a store of records by id, spoken to in JSON.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use uuid::Uuid;

use super::{Capabilities, Guard, Id, Operation, Patch, Record, ValueError, ValueErrorKind};

/// What a guarded write has come to.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum WriteOutcome {
    /// Written; the after-image: the record as the store holds it now.
    Written(Record),
    /// The guard did not hold, and nothing was written; the record as it is, at least as new as the one that refused.
    Refused(Record),
    /// There is no such record, and nothing was written.
    Gone,
}

/// What a guarded delete has come to.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum DeleteOutcome {
    /// It was there, and is not any more.
    Deleted,
    /// The guard did not hold, and nothing was deleted; the record as it is, at least as new as the one that refused.
    Refused(Record),
    /// It was not there.
    Gone,
}

/// Names one intended insert, so that its repetition after a lost answer makes no second record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(pub Uuid);

/// Reading records by id.
///
/// All methods touch the store. All are cancellation safe: dropping the future loses the answer and nothing else.
#[async_trait]
pub trait ReadableValueSet: Send + Sync {
    /// The table's name, for errors and logs.
    fn name(&self) -> &str;

    /// What this store can do.
    fn capabilities(&self) -> Capabilities;

    /// Every record, in the order of the ids. For large sets, [`stream_values`](Self::stream_values) holds less.
    ///
    /// # Errors
    /// As the store's: not reached, or unreadable.
    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError>;

    /// The record `id`, or `None` where there is none.
    ///
    /// # Errors
    /// As the store's: not reached, or unreadable.
    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError>;

    /// Those of the records `ids` that there are, in one round trip where the store can; the order is not defined. An id
    /// that is asked for twice is found once.
    ///
    /// # Errors
    /// As the store's: not reached, or unreadable.
    async fn get_id_values(&self, ids: &[Id]) -> Result<Vec<(Id, Record)>, ValueError> {
        let mut found = Vec::with_capacity(ids.len());
        let ids: BTreeSet<&Id> = ids.iter().collect();
        for id in ids {
            if let Some(record) = self.get_id_value(id).await? {
                found.push((id.clone(), record));
            }
        }
        Ok(found)
    }

    /// Any one record, or `None` where the set is empty.
    ///
    /// # Errors
    /// As the store's: not reached, or unreadable.
    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError>;

    /// Every record, in batches of at most `batch` (at least one), in the order of the ids. The batches need not be
    /// of one moment: a record that stays untouched while it runs comes exactly once, and one that is written
    /// meanwhile comes as it was or as it is. The stream ends after its first error.
    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>>;

    /// How many records there are.
    ///
    /// # Errors
    /// As the store's: not reached.
    async fn count(&self) -> Result<u64, ValueError>;
}

/// Writing records by id.
///
/// All methods touch the store. Dropping the future of a write may or may not keep it from happening: treat it like
/// [`OutcomeUnknown`](ValueErrorKind::OutcomeUnknown).
///
/// The parts of a batch happen as if they were called one after another: of two with the same id, the second finds what
/// the first has left.
#[async_trait]
pub trait WritableValueSet: ReadableValueSet {
    /// Writes what `patch` says into the record `id`, if `guard` holds, in one atomic step of the store: the primitive
    /// under every save. An empty patch changes nothing and still answers whether the guard holds; a patch that
    /// sets nothing makes no record under any guard, and finds a missing one [`Gone`](WriteOutcome::Gone).
    ///
    /// # Errors
    /// [`Rejected`](ValueErrorKind::Rejected) where the store refuses the values;
    /// [`Unreachable`](ValueErrorKind::Unreachable), when nothing was written;
    /// [`OutcomeUnknown`](ValueErrorKind::OutcomeUnknown), when that is not known.
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError>;

    /// Makes the record `id`, and answers with its after-image.
    ///
    /// # Errors
    /// [`AlreadyExists`](ValueErrorKind::AlreadyExists) where the id is taken; else as [`write`](Self::write).
    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError>;

    /// Makes the record `id` this one, whatever it was and whether or not it was there, and answers with its
    /// after-image. Columns that `record` does not name are gone afterwards.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError>;

    /// Writes what `patch` says into a record that exists, and answers with its after-image.
    ///
    /// # Errors
    /// [`Missing`](ValueErrorKind::Missing) where there is no such record; else as [`write`](Self::write).
    async fn patch_id(&self, id: &Id, patch: &Patch) -> Result<Record, ValueError> {
        match self.write(id, patch, &Guard::Exists).await? {
            WriteOutcome::Written(record) => Ok(record),
            WriteOutcome::Refused(_) | WriteOutcome::Gone => {
                Err(ValueError::new(Operation::Write, self.name(), ValueErrorKind::Missing).on(id))
            }
        }
    }

    /// Deletes the record `id`, if `guard` holds, in one atomic step of the store.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError>;

    /// Deletes every record of the set (of a filtered set: every one that its filter lets through), and answers how
    /// many there were.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    async fn delete_all(&self) -> Result<u64, ValueError>;

    /// [`insert_id_value`](Self::insert_id_value) for many: an answer for each, in the same order. One that fails does
    /// not keep the others from happening.
    async fn insert_id_values(&self, records: Vec<(Id, Record)>) -> Vec<Result<Record, ValueError>> {
        let mut answers = Vec::with_capacity(records.len());
        for (id, record) in records {
            answers.push(self.insert_id_value(&id, record).await);
        }
        answers
    }

    /// [`replace_id_value`](Self::replace_id_value) for many: an answer for each, in the same order. One that fails
    /// does not keep the others from happening.
    async fn replace_id_values(&self, records: Vec<(Id, Record)>) -> Vec<Result<Record, ValueError>> {
        let mut answers = Vec::with_capacity(records.len());
        for (id, record) in records {
            answers.push(self.replace_id_value(&id, record).await);
        }
        answers
    }

    /// [`write`](Self::write) for many: an answer for each, in the same order. Each is atomic, all together are not.
    async fn write_many(&self, writes: Vec<(Id, Patch, Guard)>) -> Vec<Result<WriteOutcome, ValueError>> {
        let mut answers = Vec::with_capacity(writes.len());
        for (id, patch, guard) in writes {
            answers.push(self.write(&id, &patch, &guard).await);
        }
        answers
    }

    /// [`delete_id`](Self::delete_id) for many: an answer for each, in the same order. Each is atomic, all together are
    /// not.
    async fn delete_ids(&self, deletes: Vec<(Id, Guard)>) -> Vec<Result<DeleteOutcome, ValueError>> {
        let mut answers = Vec::with_capacity(deletes.len());
        for (id, guard) in deletes {
            answers.push(self.delete_id(&id, &guard).await);
        }
        answers
    }
}

/// Inserting records whose ids the store chooses.
#[async_trait]
pub trait InsertableValueSet: ReadableValueSet {
    /// Makes a record of an id that the store chooses, and answers with the id and the after-image. Touches the store.
    ///
    /// With a key, and where the store can tell ([`Capabilities::idempotent_insert`]), the same call again makes no
    /// second record: it answers with the one that the first call has made, as it is now. Where somebody has deleted that
    /// meanwhile, it may be made again, under the same id.
    ///
    /// # Errors
    /// [`Rejected`](ValueErrorKind::Rejected) where the store refuses the values;
    /// [`Unreachable`](ValueErrorKind::Unreachable) and [`OutcomeUnknown`](ValueErrorKind::OutcomeUnknown) as for
    /// [`write`](WritableValueSet::write).
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError>;
}

/// A store of records by id that can be read, written and inserted into: what a backend is, and what a cache is.
///
/// Whoever implements the three traits has this one.
///
/// ```
/// use serde_json::json;
/// use vantage_live::{Guard, ImTable, Patch, ReadableValueSet, RwValueSet, WritableValueSet, WriteOutcome};
///
/// # futures::executor::block_on(async {
/// let store: Box<dyn RwValueSet> = Box::new(ImTable::new("product"));
/// store.insert_id_value(&"sea_pie".into(), json!({"price": 299}).as_object().unwrap().clone()).await?;
///
/// let (raise, unless_raised) = (Patch::new().set("price", 310), Guard::Exists.and("price", Some(json!(299))));
/// for expected in ["written", "refused"] {
///     match store.write(&"sea_pie".into(), &raise, &unless_raised).await? {
///         WriteOutcome::Written(after) => assert_eq!((expected, &after["price"]), ("written", &json!(310))),
///         WriteOutcome::Refused(now) => assert_eq!((expected, &now["price"]), ("refused", &json!(310))),
///         WriteOutcome::Gone => println!("somebody has deleted it"),
///     }
/// }
/// assert_eq!(store.count().await?, 1);
/// # Ok::<(), vantage_live::ValueError>(())
/// # }).unwrap();
/// ```
pub trait RwValueSet: ReadableValueSet + WritableValueSet + InsertableValueSet {}

impl<T: ReadableValueSet + WritableValueSet + InsertableValueSet + ?Sized> RwValueSet for T {}

/// A shared value set is one too: a `Box<dyn RwValueSet>` or an `Arc` of a store goes wherever the store itself does.
macro_rules! forward {
    ($pointer:ident) => {
        #[async_trait]
        impl<T: ReadableValueSet + ?Sized> ReadableValueSet for $pointer<T> {
            fn name(&self) -> &str {
                (**self).name()
            }
            fn capabilities(&self) -> Capabilities {
                (**self).capabilities()
            }
            async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
                (**self).get_values().await
            }
            async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
                (**self).get_id_value(id).await
            }
            async fn get_id_values(&self, ids: &[Id]) -> Result<Vec<(Id, Record)>, ValueError> {
                (**self).get_id_values(ids).await
            }
            async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
                (**self).get_some_value().await
            }
            fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
                (**self).stream_values(batch)
            }
            async fn count(&self) -> Result<u64, ValueError> {
                (**self).count().await
            }
        }

        #[async_trait]
        impl<T: WritableValueSet + ?Sized> WritableValueSet for $pointer<T> {
            async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
                (**self).write(id, patch, guard).await
            }
            async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
                (**self).insert_id_value(id, record).await
            }
            async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
                (**self).replace_id_value(id, record).await
            }
            async fn patch_id(&self, id: &Id, patch: &Patch) -> Result<Record, ValueError> {
                (**self).patch_id(id, patch).await
            }
            async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
                (**self).delete_id(id, guard).await
            }
            async fn delete_all(&self) -> Result<u64, ValueError> {
                (**self).delete_all().await
            }
            async fn insert_id_values(&self, records: Vec<(Id, Record)>) -> Vec<Result<Record, ValueError>> {
                (**self).insert_id_values(records).await
            }
            async fn replace_id_values(&self, records: Vec<(Id, Record)>) -> Vec<Result<Record, ValueError>> {
                (**self).replace_id_values(records).await
            }
            async fn write_many(&self, writes: Vec<(Id, Patch, Guard)>) -> Vec<Result<WriteOutcome, ValueError>> {
                (**self).write_many(writes).await
            }
            async fn delete_ids(&self, deletes: Vec<(Id, Guard)>) -> Vec<Result<DeleteOutcome, ValueError>> {
                (**self).delete_ids(deletes).await
            }
        }

        #[async_trait]
        impl<T: InsertableValueSet + ?Sized> InsertableValueSet for $pointer<T> {
            async fn insert_value(
                &self,
                record: Record,
                key: Option<IdempotencyKey>,
            ) -> Result<(Id, Record), ValueError> {
                (**self).insert_value(record, key).await
            }
        }
    };
}

forward!(Box);
forward!(Arc);
