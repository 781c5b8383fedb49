//! What became of a delete: whether a session that was not told has seen it.

use std::sync::Arc;

use vantage_live::{Expectation, Guard};

use crate::product::{Product, Val, path, val};

/// A delete that was sent.
pub(crate) struct SentDelete {
    /// The place that the next state had in the history of the record then.
    pub place: usize,
    /// The number of the request.
    pub number: u64,
    pub guard: Guard,
}

/// A state of a record that a session has seen.
pub(crate) struct SeenState {
    pub state: Arc<Product>,
    /// The place at which the record first had it.
    pub first: usize,
    /// The number of the last request that had found it, where its table has had the answer.
    pub found_by: Option<u64>,
}

impl SentDelete {
    /// Whether it is known from this state that it was done before that or will be no more: where it is later.
    pub fn is_settled_by(&self, seen: &SeenState) -> bool {
        let Guard::Fields(expected) = &self.guard else { return false };
        // The fields that every record has, of numbers those that are spelled as such.
        let differs = |field: usize, value| match Val::of_json(Some(value)) {
            known @ (Val::Text(_) | Val::Number(_)) => known != val(&seen.state, field),
            _ => false,
        };
        let has_changed = |field: usize| {
            let value = expected.iter().find_map(|expected| match &expected.what {
                Expectation::Value(value) if expected.path == *path(field) => Some(value),
                _ => None,
            });
            value.is_some_and(|value| differs(field, value))
        };
        let is_later = seen.first >= self.place || seen.found_by.is_some_and(|number| number > self.number);
        is_later && (0..4).any(has_changed)
    }
}
