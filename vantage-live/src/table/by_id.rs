//! Rows by their ids, found by hash and passed in order.

use std::sync::Arc;

use foldhash::quality::RandomState;
use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, OrdMap};

use super::rows::Entry;
use crate::value::Id;

/// The entries of a snapshot in order, and its rows by hash: an ordered map compares ids at every step down, and a render loop
/// asks for single rows far more often than rows change. A snapshot shares with the one before whatever has not changed.
pub(crate) struct ById<E> {
    ordered: OrdMap<Id, Entry<E>>,
    hashed: GenericHashMap<Id, Arc<E>, RandomState, DefaultSharedPtr>,
}

impl<E> ById<E> {
    pub fn new() -> Self {
        ById { ordered: OrdMap::new(), hashed: GenericHashMap::with_hasher(RandomState::default()) }
    }

    /// The row alone: faster than the entry.
    pub fn row(&self, id: &Id) -> Option<&Arc<E>> {
        self.hashed.get(id)
    }

    pub fn get(&self, id: &Id) -> Option<&Entry<E>> {
        self.ordered.get(id)
    }

    pub fn get_key_value(&self, id: &Id) -> Option<(&Id, &Entry<E>)> {
        self.ordered.get_key_value(id)
    }

    pub fn contains_key(&self, id: &Id) -> bool {
        self.hashed.contains_key(id)
    }

    pub fn len(&self) -> usize {
        self.hashed.len()
    }

    /// In the order of the ids.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Id, &Entry<E>)> {
        self.ordered.iter()
    }

    /// In their order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Id> {
        self.ordered.keys()
    }

    /// Answers with what was there.
    pub fn insert(&mut self, id: Id, entry: Entry<E>) -> Option<Entry<E>> {
        self.hashed.insert(id.clone(), Arc::clone(&entry.row));
        self.ordered.insert(id, entry)
    }

    /// Answers with what was there.
    pub fn remove(&mut self, id: &Id) -> Option<Entry<E>> {
        self.hashed.remove(id);
        self.ordered.remove(id)
    }
}

impl<E> Clone for ById<E> {
    fn clone(&self) -> Self {
        ById { ordered: self.ordered.clone(), hashed: self.hashed.clone() }
    }
}
