//! What the cache has not been told: the ids of rows that have changed, within bounds.

use std::collections::BTreeSet;

use crate::value::Id;

/// How many ids wait to be written, about 300 KiB of them. With more, the cache is compared with the rows as a whole.
const MOST: usize = 4_096;

/// What the cache has not been told.
#[derive(Default)]
pub(super) struct Uncached {
    kept: bool,
    /// The cache may have anything: it is to be compared with the rows.
    all: bool,
    working: bool,
    /// How many rows the worker is writing.
    writing: usize,
    ids: BTreeSet<Id>,
}

/// What the cache is to be told next.
#[derive(Debug, PartialEq)]
pub(super) enum Tell {
    /// Whatever differs.
    All,
    /// These rows.
    Rows(BTreeSet<Id>),
}

impl Uncached {
    /// Of a table that keeps a cache, or does not.
    pub fn new(kept: bool) -> Self {
        Uncached { kept, ..Uncached::default() }
    }

    /// The row has changed.
    pub fn add(&mut self, id: &Id) {
        if !self.kept || self.all {
            return;
        }
        self.ids.insert(id.clone());
        // P8
        if self.ids.len() > MOST {
            self.add_all();
        }
    }

    /// What the cache has is not known: it could not be read, or too many rows have changed.
    pub fn add_all(&mut self) {
        self.all = self.kept;
        self.ids.clear();
    }

    /// The cache did not take it.
    pub fn put_back(&mut self, tell: Tell) {
        match tell {
            Tell::All => self.add_all(),
            Tell::Rows(ids) => ids.iter().for_each(|id| self.add(id)),
        }
    }

    /// Whether a worker is to be started: the caller starts it.
    pub fn needs_worker(&mut self) -> bool {
        let needs = !self.working && (self.all || !self.ids.is_empty());
        self.working |= needs;
        needs
    }

    /// What to tell next; `None` ends the worker.
    pub fn take(&mut self, most: usize) -> Option<Tell> {
        if std::mem::take(&mut self.all) {
            self.writing = 1;
            return Some(Tell::All);
        }
        let rest = self.ids.iter().nth(most).cloned().map(|id| self.ids.split_off(&id)).unwrap_or_default();
        let batch = std::mem::replace(&mut self.ids, rest);
        self.writing = batch.len();
        self.working = !batch.is_empty();
        self.working.then_some(Tell::Rows(batch))
    }

    /// The worker has ended without having told everything.
    pub fn stops(&mut self) {
        (self.working, self.writing) = (false, 0);
        self.add_all();
    }

    /// How many rows wait, or are being written; where the cache is to be compared as a whole, that is one.
    pub fn len(&self) -> usize {
        usize::from(self.all) + self.ids.len() + self.writing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> Id {
        Id::from(i64::try_from(n).unwrap_or_default())
    }

    #[test]
    fn with_too_many_rows_the_whole_cache_is_compared() {
        let mut uncached = Uncached::new(true);
        for n in 0..MOST {
            uncached.add(&id(n));
        }
        assert_eq!(uncached.len(), MOST, "so many are remembered");
        uncached.add(&id(MOST));
        uncached.add(&id(0));

        assert_eq!(uncached.len(), 1);
        assert_eq!(uncached.take(10), Some(Tell::All));
        assert_eq!(uncached.take(10), None);
    }

    #[test]
    fn what_changes_while_the_cache_is_compared_is_told_afterwards() {
        let mut uncached = Uncached::new(true);
        uncached.add_all();
        assert_eq!(uncached.take(10), Some(Tell::All));

        uncached.add(&id(1));

        assert_eq!(uncached.take(10), Some(Tell::Rows(BTreeSet::from([id(1)]))));
    }

    #[test]
    fn a_table_without_a_cache_remembers_nothing() {
        let mut uncached = Uncached::new(false);

        uncached.add(&id(1));
        uncached.add_all();

        assert!(!uncached.needs_worker());
        assert_eq!(uncached.len(), 0);
    }
}
