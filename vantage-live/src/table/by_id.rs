//! Rows by their ids, found by hash and passed in order.

use std::sync::Arc;

use foldhash::quality::RandomState;
use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, OrdMap};

use super::rows::Entry;
use crate::value::Id;

/// The rows of a snapshot by hash, and in order: an ordered map compares ids at every step down, and a render loop asks for
/// single rows far more often than rows change. A snapshot shares with the one before whatever has not changed.
pub(crate) struct ById<E> {
    hashed: GenericHashMap<Id, Entry<E>, RandomState, DefaultSharedPtr>,
    /// In blocks: from one row to the next is a step in an array, which takes a third of a step in an ordered map. Each by
    /// the least id that it may have; the first one may have any, so that every id has its block.
    ordered: OrdMap<Option<Id>, Arc<Block<E>>>,
}

/// Some rows, in the order of their ids. The ids lie apart: whoever passes the rows need not, and where one row changes they
/// are the same.
struct Block<E> {
    ids: Arc<Vec<Id>>,
    rows: Vec<Arc<E>>,
}

impl<E> Clone for Block<E> {
    fn clone(&self) -> Self {
        Block { ids: Arc::clone(&self.ids), rows: self.rows.clone() }
    }
}

/// How many rows a block has at the most: a change of one copies the pointers to all of them.
const BLOCK: usize = 64;

impl<E> ById<E> {
    pub fn new() -> Self {
        ById {
            hashed: GenericHashMap::with_hasher(RandomState::default()),
            ordered: OrdMap::unit(None, Arc::new(Block { ids: Arc::default(), rows: Vec::new() })),
        }
    }

    pub fn get(&self, id: &Id) -> Option<&Entry<E>> {
        self.hashed.get(id)
    }

    pub fn get_key_value(&self, id: &Id) -> Option<(&Id, &Entry<E>)> {
        self.hashed.get_key_value(id)
    }

    pub fn contains_key(&self, id: &Id) -> bool {
        self.hashed.contains_key(id)
    }

    pub fn len(&self) -> usize {
        self.hashed.len()
    }

    /// In the order of the ids.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Id, &Arc<E>)> {
        self.ordered.values().flat_map(|block| block.ids.iter().zip(&block.rows))
    }

    /// In the order of the ids, with what the records have beyond the rows.
    pub fn entries(&self) -> impl Iterator<Item = (&Id, &Entry<E>)> {
        self.iter().filter_map(|(id, _)| self.get_key_value(id))
    }

    /// In their order.
    pub fn keys(&self) -> impl Iterator<Item = &Id> {
        self.iter().map(|(id, _)| id)
    }

    /// Answers with what was there.
    pub fn insert(&mut self, mut id: Id, entry: Entry<E>) -> Option<Entry<E>> {
        if let Some((_, block)) = self.ordered.get_prev_mut(&Some(id.clone())) {
            let (block, row) = (Arc::make_mut(block), Arc::clone(&entry.row));
            match block.ids.binary_search(&id) {
                Ok(at) => {
                    if let (Some(known), Some(before)) = (block.ids.get(at), block.rows.get_mut(at)) {
                        // The text of an id is in memory once, however often its record changes.
                        id = known.clone();
                        *before = row;
                    }
                }
                Err(at) => {
                    let ids = Arc::make_mut(&mut block.ids);
                    ids.insert(at, id.clone());
                    block.rows.insert(at, row);
                    if ids.len() > BLOCK {
                        // What comes in order leaves full blocks behind.
                        let end = if at == BLOCK { BLOCK } else { BLOCK / 2 };
                        let rest = Block { ids: Arc::new(ids.split_off(end)), rows: block.rows.split_off(end) };
                        self.ordered.insert(rest.ids.first().cloned(), Arc::new(rest));
                    }
                }
            }
        }
        self.hashed.insert(id, entry)
    }

    /// Answers with what was there.
    pub fn remove(&mut self, id: &Id) -> Option<Entry<E>> {
        let entry = self.hashed.remove(id)?;
        if let Some((least, block)) = self.ordered.get_prev_mut(&Some(id.clone()))
            && let Ok(at) = block.ids.binary_search(id)
        {
            let (least, block) = (least.clone(), Arc::make_mut(block));
            Arc::make_mut(&mut block.ids).remove(at);
            block.rows.remove(at);
            if block.rows.is_empty() && least.is_some() {
                self.ordered.remove(&least);
            }
        }
        Some(entry)
    }
}

impl<E> Clone for ById<E> {
    fn clone(&self) -> Self {
        ById { hashed: self.hashed.clone(), ordered: self.ordered.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::IdKind;

    fn rows(ids: impl Iterator<Item = usize>) -> ById<usize> {
        let mut rows = ById::new();
        for n in ids {
            let _ = rows.insert(Id::from(format!("{n:04}")), Entry { row: Arc::new(n), rest: None });
        }
        rows
    }

    #[test]
    fn the_text_of_an_id_is_in_memory_once_however_often_its_record_changes() {
        let mut rows = rows(0..10);
        let _ = rows.insert(Id::from("0003"), Entry { row: Arc::new(33), rest: None });
        let text = |id: &Id| match id.kind() {
            IdKind::Text(text) => text.as_ptr(),
            _ => std::ptr::null(),
        };
        let hashed = rows.get_key_value(&Id::from("0003")).map(|(id, _)| text(id));
        assert_eq!(hashed, rows.keys().nth(3).map(text));
    }

    #[test]
    fn rows_that_come_in_order_leave_full_blocks_behind() {
        let rows = rows(0..BLOCK * 20);

        assert!(rows.ordered.values().all(|block| block.rows.len() == BLOCK));
    }

    #[test]
    fn rows_that_change_and_go_are_the_same_in_order_as_by_hash_and_those_of_before_stay() {
        let all = 500;
        let id = |n: usize| Id::from(format!("{n:04}"));
        let mut rows = rows((0..all).map(|n| n * 7_919 % all));
        let before = rows.clone();
        let mut expected: Vec<Option<usize>> = (0..all).map(Some).collect();

        for (step, n) in (0..3 * all).map(|step| (step, step * 6_007 % all)) {
            if step % 3 == 0 {
                let _ = rows.remove(&id(n));
                expected[n] = None;
            } else {
                let _ = rows.insert(id(n), Entry { row: Arc::new(all + step), rest: None });
                expected[n] = Some(all + step);
            }
        }

        let left = expected.iter().enumerate().filter_map(|(n, row)| Some((id(n), (*row)?)));
        assert!(rows.iter().map(|(id, row)| (id.clone(), **row)).eq(left));
        assert!((0..all).all(|n| rows.get(&id(n)).map(|entry| *entry.row) == expected[n]));
        assert!(before.iter().map(|(_, row)| **row).eq(0..all));
    }

    #[test]
    fn rows_that_come_in_no_order_lie_in_blocks_of_a_bounded_size() {
        let all = 2_000;
        let rows = rows((0..all).map(|n| n * 7_919 % all));

        assert!(rows.ordered.values().all(|block| (1..=BLOCK).contains(&block.rows.len())));
        assert!(rows.ordered.len() <= all / (BLOCK / 2), "they are half full on average, or better");
        assert!(rows.iter().map(|(_, row)| **row).eq(0..all));
    }
}
