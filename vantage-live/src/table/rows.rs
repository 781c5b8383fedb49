//! The rows of a table as an immutable snapshot: what a render loop reads.

use std::fmt;
use std::sync::Arc;

use imbl::HashMap;

use super::by_id::ById;
use crate::entity::{EntityError, LiveEntity};
use crate::panics;
use crate::value::{Id, Patch, Record};

/// One row: the entity, and what its record has beyond it.
#[derive(Debug)]
pub(crate) struct Entry<E> {
    /// The entity, decoded once.
    pub row: Arc<E>,
    /// What makes the stored record of the one that the entity writes: columns that the struct does not know, and
    /// values that it writes in another way. `None` where the two are the same, so that a row is held once.
    pub rest: Option<Arc<Patch>>,
}

impl<E> Clone for Entry<E> {
    fn clone(&self) -> Self {
        Entry { row: Arc::clone(&self.row), rest: self.rest.clone() }
    }
}

impl<E: LiveEntity> Entry<E> {
    /// The row that `record` is.
    pub fn decode(id: &Id, record: &Record) -> Result<Self, EntityError> {
        panics::decoded(|| {
            let entity = E::from_record(id, record)?;
            let rest =
                if entity.is_record(record) { Patch::new() } else { Patch::between(&entity.to_record()?, record) };
            Ok(Entry { row: Arc::new(entity), rest: (!rest.is_empty()).then(|| Arc::new(rest)) })
        })
    }

    /// Whether `record` is this row, where that can be told without decoding it.
    pub fn is_record(&self, record: &Record) -> bool {
        self.rest.is_none() && panics::caught(|| self.row.is_record(record)).unwrap_or(false)
    }

    /// Whether both are the same record. What a field's `eq` takes for the same may be two.
    pub fn is_like(&self, other: &Self) -> bool {
        let written = |entry: &Self| panics::caught(|| entry.row.to_record().ok()).ok().flatten();
        Arc::ptr_eq(&self.row, &other.row)
            || self.rest == other.rest
                && self.row.diff(&other.row).is_empty()
                && written(self).is_some_and(|record| written(other) == Some(record))
    }

    /// The record as it is stored.
    pub fn record(&self) -> Result<Record, EntityError> {
        let mut record = self.row.to_record()?;
        if let Some(rest) = &self.rest {
            rest.apply(&mut record);
        }
        Ok(record)
    }
}

/// The rows of a table at one moment, in the order of their ids. Cheap to clone and never changing: take a new one with
/// [`LiveTable::rows`](crate::LiveTable::rows) for what has happened since.
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
/// let before = table.rows();
/// let mut edit = table.edit_record("sea_pie").await?;
/// edit.price = 310;
/// let _ = edit.save().await?;
///
/// assert_eq!(before.get(&"sea_pie".into()).unwrap().price, 299, "a snapshot stays as it is");
/// assert_eq!(table.rows().iter().map(|(_, row)| row.price).sum::<i64>(), 310);
/// assert!(table.rows().sequence() > before.sequence());
/// # Ok(())
/// # }
/// ```
pub struct Rows<E> {
    pub(crate) at: Arc<Snapshot<E>>,
}

/// What a [`Rows`] holds.
pub(crate) struct Snapshot<E> {
    /// The rows.
    pub rows: ById<E>,
    /// Which record a temp id has become.
    pub aliases: HashMap<Id, Id>,
    /// The number of the last event that is in it.
    pub sequence: u64,
}

impl<E> Snapshot<E> {
    pub(super) fn empty() -> Self {
        Snapshot { rows: ById::new(), aliases: HashMap::new(), sequence: 0 }
    }

    /// The id that a record has: a temp id is the one that it has become.
    pub(crate) fn resolve<'s>(&'s self, id: &'s Id) -> &'s Id {
        if self.rows.contains_key(id) { id } else { self.aliases.get(id).unwrap_or(id) }
    }

    /// The row `id`; a temp id finds what it has become.
    pub(crate) fn row(&self, id: &Id) -> Option<&Arc<E>> {
        self.find(id).map(|(_, entry)| &entry.row)
    }

    /// The row `id`, with the id it has now.
    pub(crate) fn find(&self, id: &Id) -> Option<(&Id, &Entry<E>)> {
        self.rows.get_key_value(id).or_else(|| self.rows.get_key_value(self.aliases.get(id)?))
    }
}

impl<E> Rows<E> {
    /// The row `id`, or `None` where there is none. The temp id of a record that was new finds it still, while 16,384
    /// more get their ids.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<&Arc<E>> {
        self.at.row(id)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows with their ids, in the order of the ids.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Id, &Arc<E>)> {
        self.at.rows.iter()
    }

    /// The number of the last event that these rows have in them: an event of a higher number is news.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.at.sequence
    }
}

impl<E> Clone for Rows<E> {
    fn clone(&self) -> Self {
        Rows { at: Arc::clone(&self.at) }
    }
}

impl<E: fmt::Debug> fmt::Debug for Rows<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
