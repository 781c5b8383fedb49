//! What a table should show: of each record a state that the store has had, never an older one than before; and to who
//! follows its events the same rows as to who reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt as _;
use serde_json::Value;
use vantage_live::value::same;
use vantage_live::{Event, Id, LiveEntity as _, LiveTable, ReadableValueSet as _};

use super::{Broken, Promise, ensure};
use crate::product::{Product, alike};
use crate::world::{Found, Shape, Store};

/// What the model knows of one open table.
pub(crate) struct Table {
    pub name: String,
    /// The place in its history of the state that each record was last seen in, at the least.
    seen: BTreeMap<Id, usize>,
    /// The last request that has found the state which is shown of a record.
    found_by: BTreeMap<Id, u64>,
    /// The rows, as the events tell them.
    replica: BTreeMap<Id, Arc<Product>>,
    /// The number of the last event that was told.
    heard: u64,
    /// That of the rows when they were last read afresh: what waits to be told has nothing new up to it.
    afresh: u64,
}

/// What a table shows of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Looked<'p> {
    Row(&'p Product),
    Unfit,
    Gone,
    /// No row: it is gone, or does not fit.
    NoRow,
}

impl Looked<'_> {
    fn is(self, shape: &Shape) -> bool {
        match (self, shape) {
            (Looked::Row(row), shape) => shape.is_row(row),
            (Looked::Unfit, Shape::Unfit) | (Looked::Gone, Shape::Gone) => true,
            (Looked::NoRow, shape) => !matches!(shape, Shape::Row(_)),
            _ => false,
        }
    }
}

impl Table {
    pub fn new(name: String) -> Self {
        Table { name, seen: BTreeMap::new(), found_by: BTreeMap::new(), replica: BTreeMap::new(), heard: 0, afresh: 0 }
    }

    /// P6: a record is seen in a state that it has had, and no older one than it was seen in before.
    pub fn sees(&mut self, id: &Id, looked: Looked<'_>, store: &Store) -> Result<(), Broken> {
        let from = self.seen.get(id).copied().unwrap_or(0);
        let history = store.history(id);
        // Of several states that are alike the oldest, so that nothing is held against the table that it cannot know.
        let Some(place) = history[from..].iter().position(|shape| looked.is(shape)) else {
            let was =
                if history.iter().any(|shape| looked.is(shape)) { "goes back to" } else { "is what it never was:" };
            let what = format!("in {}, `{id}` {was} {looked:?}, after place {from} of {}", self.name, history.len());
            return Err(Broken { promise: Promise::P6, what });
        };
        if place > 0 {
            self.seen.insert(id.clone(), from + place);
        }
        Ok(())
    }

    /// P6: the table has read this state, and shows it; so that of states that are alike it is this one that was seen.
    pub fn has_read(&mut self, table: &LiveTable<Product>, found: &Found) {
        let Some(Ok(shown)) = table.get_id_value(&found.id).now_or_never() else { return };
        let is_it = match (&shown, &found.record) {
            (Some(shown), Some(found)) => same(&Value::Object(shown.clone()), &Value::Object(found.clone())),
            (None, None) => !table.rejected_rows().iter().any(|row| row.id == found.id),
            _ => false,
        };
        if is_it {
            let seen = self.seen.entry(found.id.clone()).or_default();
            *seen = found.place.max(*seen);
            let number = self.found_by.entry(found.id.clone()).or_default();
            *number = found.number.max(*number);
        }
    }

    /// The last request that has found the state which it shows of a record.
    pub fn found_by(&self, id: &Id) -> Option<u64> {
        self.found_by.get(id).copied()
    }

    /// P5: what was answered is shown, or something newer.
    pub fn shows_at_least(&mut self, id: &Id, looked: Looked<'_>, place: usize, store: &Store) -> Result<(), Broken> {
        let newer = store.history(id).get(place..).unwrap_or_default().iter().any(|shape| looked.is(shape));
        ensure(newer, Promise::P5, || {
            format!("{} shows `{id}` as {looked:?}, and its own change at place {place} was answered", self.name)
        })?;
        let seen = self.seen.entry(id.clone()).or_default();
        *seen = place.max(*seen);
        Ok(())
    }

    /// Takes an event in that the table tells.
    pub fn hears(&mut self, event: &Event<Product>, store: &Store) -> Result<(), Broken> {
        if event.sequence() <= self.afresh {
            return Ok(());
        }
        let last = std::mem::replace(&mut self.heard, event.sequence());
        ensure(event.sequence() > last, Promise::P6, || {
            format!("{} has told event {last}, and then {event:?}", self.name)
        })?;
        let before = event.id().and_then(|id| self.replica.get(id));
        let follows = match (event, before) {
            (Event::Inserted { .. }, before) => before.is_none(),
            (Event::Updated { row, fields, .. }, Some(before)) => before.diff(row) == *fields && !fields.is_empty(),
            (Event::Removed { row, .. }, Some(before)) => alike(row, before),
            (Event::Updated { .. } | Event::Removed { .. }, None) => false,
            (Event::Identified { .. } | Event::Reset { .. }, _) => true,
        };
        ensure(follows, Promise::P7, || format!("{} tells {event:?}, and had told {before:?}", self.name))?;
        match event {
            Event::Inserted { id, row, .. } | Event::Updated { id, row, .. } => {
                self.replica.insert(id.clone(), Arc::clone(row));
                self.sees(id, Looked::Row(row), store)
            }
            Event::Removed { id, .. } => {
                self.replica.remove(id);
                self.sees(id, Looked::NoRow, store)
            }
            Event::Identified { .. } | Event::Reset { .. } => Ok(()),
        }
    }

    /// The rows are read afresh, as a subscriber does that was too slow.
    pub fn reads_afresh(&mut self, table: &LiveTable<Product>) {
        let rows = table.rows();
        self.replica = rows.iter().map(|(id, row)| (id.clone(), Arc::clone(row))).collect();
        self.afresh = rows.sequence();
    }

    /// Looks at the rows after a step, when every event was heard.
    pub fn look(&mut self, table: &LiveTable<Product>, store: &Store) -> Result<(), Broken> {
        let rows = table.rows();
        let rejected = table.rejected_rows();
        let same = rows.len() == self.replica.len()
            && rows
                .iter()
                .zip(&self.replica)
                .all(|((a, row), (b, heard))| a == b && (Arc::ptr_eq(row, heard) || alike(row, heard)));
        ensure(same, Promise::P7, || {
            format!("{} shows {rows:?}, and its events have told {:?}", self.name, self.replica)
        })?;
        for (id, row) in rows.iter() {
            let alone = table.row(id);
            ensure(alone.as_ref().is_some_and(|alone| Arc::ptr_eq(alone, row)), Promise::P5, || {
                format!("{} shows `{id}` as {row:?} among its rows, and as {alone:?} alone", self.name)
            })?;
            self.sees(id, Looked::Row(row), store)?;
        }
        for row in &rejected {
            self.sees(&row.id, Looked::Unfit, store)?;
        }
        let is_shown = |id: &Id| rows.get(id).is_some() || rejected.iter().any(|row| row.id == *id);
        let gone: Vec<Id> = self.seen.keys().filter(|id| !is_shown(id)).cloned().collect();
        gone.iter().try_for_each(|id| self.sees(id, Looked::Gone, store))
    }
}
