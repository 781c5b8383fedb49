//! What holds after every step of a course.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;
use tests::bakery::{Product, ProductField};
use tests::wait::until;
use vantage_live::{Field as _, FieldSet, Id, LiveEntity as _, LiveTable, ReadableValueSet as _, Record, SaveResult};

use super::steps::plain;
use super::{Course, ENOUGH, SUPPLIER};
use crate::ledger::{By, Entry};
use crate::sessions::{FIELDS, get};

impl Course {
    /// P5: the table shows the record as the session's last write left it, or as somebody has left it since.
    pub(super) fn is_shown_at_once(&self) -> Result<(), TestCaseError> {
        let entries = self.ledger.since(0);
        let Some(last) = entries.iter().rposition(|entry| entry.by == By::Session) else { return Ok(()) };
        let row = self.table.row(self.edit.id());
        prop_assert!(row.is_some(), "the row is shown");
        let row = row.unwrap();
        let is_shown = |entry: &Entry| {
            let stored = Product::from_record(self.edit.id(), &entry.after).expect("it is a product");
            stored.diff(&row).is_empty()
        };
        prop_assert!(entries[last..].iter().any(is_shown), "{:?} is shown after {:?}", row, &entries[last..]);
        if let Some(temp) = &self.temp {
            prop_assert!(self.table.row(temp).is_some(), "the temp id finds the row");
        }
        Ok(())
    }

    /// What must hold after every step.
    pub(super) async fn check(&mut self) -> Result<(), TestCaseError> {
        self.look_back();
        self.check_what_was_typed()?;
        self.check_what_was_written()?;
        self.show();
        let records = self.disk.count().await.expect("it is in memory");
        prop_assert!(records <= 5 + u64::from(self.setting.is_new), "a record was made twice");
        Ok(())
    }

    /// P4: what was typed is there, unless it was nothing new and the store has moved on.
    pub(super) fn check_what_was_typed(&mut self) -> Result<(), TestCaseError> {
        for (field, wanted) in std::mem::take(&mut self.wanted) {
            let local = get(self.edit.local(), field);
            if local != wanted {
                let is_coerced = self.setting.is_new && local == self.setting.coerced(field, &wanted);
                let is_theirs = self.theirs.get(&field).is_some_and(|theirs| theirs.contains(&local));
                let is_stored = get(self.edit.live_snapshot(), field) == local;
                let is_made_by_the_store =
                    is_stored && self.setting.coerces() && self.setting.coerced(field, &local) == local;
                // It was saved, and what came after it was shown with the answer.
                let is_saved = |entry: &Entry| {
                    let stored = field.path().get(&entry.after).cloned().unwrap_or(Value::Null);
                    entry.by == By::Session && [&wanted, &self.setting.coerced(field, &wanted)].contains(&&stored)
                };
                let is_overtaken = is_theirs && is_stored && self.ledger.since(0).iter().any(is_saved);
                let follows = self.back.contains(&field) && (is_theirs || is_coerced || is_made_by_the_store)
                    || self.given_up.contains(field) && is_stored
                    || is_overtaken;
                prop_assert!(follows, "{} was {} and is {}", field, wanted, local);
                continue;
            }
            let is_open = self.in_doubt || self.edit.is_saving() || self.edit.is_modified(field);
            if is_open {
                self.wanted.insert(field, wanted);
            }
        }
        self.back.clear();
        self.look_back();
        Ok(())
    }

    /// P2 and P3: a write changes what the person typed into, over values that the session has shown or written.
    pub(super) fn check_what_was_written(&mut self) -> Result<(), TestCaseError> {
        for entry in self.ledger.since(self.checked) {
            self.checked += 1;
            let Some(before) = entry.before.as_ref().filter(|_| entry.by == By::Session) else { continue };
            prop_assert_eq!(before.get(SUPPLIER), entry.after.get(SUPPLIER), "nobody here knows it");
            prop_assert_eq!(before.get("version"), entry.after.get("version"), "the store's own");
            for field in FIELDS {
                let at = |record: &Record| field.path().get(record).cloned().unwrap_or(Value::Null);
                let old = at(before);
                if old == at(&entry.after) {
                    continue;
                }
                prop_assert!(self.typed.contains(field), "nobody typed into {}", field);
                let earlier = self.ledger.since(0);
                let mut ours = earlier.iter().filter(|entry| entry.by == By::Session);
                let known = self.shown[&field].contains(&old) || ours.any(|entry| at(&entry.after) == old);
                prop_assert!(known, "{} of {} was overwritten and never shown", old, field);
            }
        }
        Ok(())
    }

    /// The faults stop, and the session saves until it is at rest.
    pub(super) async fn come_to_rest(&mut self) -> Result<(), TestCaseError> {
        self.faults.clear();
        if self.edit.is_saving() {
            let result = self.edit.finish_save().await;
            self.took(result).await?;
            self.check().await?;
        }
        let wanted = self.wanted.clone();
        let before = self.on_disk().await;

        let coerced = self.save_until_it_rests().await?;

        prop_assert_eq!(self.edit.modified_fields(), coerced);
        prop_assert!(self.edit.conflicts().is_empty());
        let disk = self.on_disk().await;
        prop_assert!(disk.is_some() && !self.edit.is_new(), "a new record exists");
        let (_, stored) = disk.unwrap();
        prop_assert_eq!(stored.get(SUPPLIER), self.supplier.as_ref(), "P2");
        for field in FIELDS {
            let stored = self.stored(field).await.expect("it is there");
            let theirs = self.theirs.get(&field).and_then(|theirs| theirs.last()) == Some(&stored);
            match (wanted.get(&field), &before) {
                (Some(wanted), _) => {
                    let mine = stored == *wanted || stored == self.setting.coerced(field, wanted);
                    // What was set back is nobody's wish: the field follows the store, or will at the next look.
                    let given_up = theirs || self.given_up.contains(field);
                    let followed = given_up && !self.edit.is_modified(field);
                    prop_assert!(mine || followed, "{} was to be {} and is {}", field, wanted, stored);
                }
                (None, Some((_, before))) => {
                    prop_assert_eq!(Some(&stored), field.path().get(before), "nobody wanted to change {}", field);
                }
                (None, None) => {
                    let initial = get(&plain(), field);
                    prop_assert!(stored == initial || stored == self.setting.coerced(field, &initial) || theirs);
                }
            }
        }
        self.the_table_agrees().await
    }

    /// Saves again and again, deciding every conflict for the session; the fields that the store insists on coercing.
    pub(super) async fn save_until_it_rests(&mut self) -> Result<FieldSet<ProductField>, TestCaseError> {
        for _ in 0..ENOUGH {
            let result = self.edit.save().await;
            let rest = match &result {
                Ok(SaveResult::Saved) => Some(FieldSet::EMPTY),
                Ok(SaveResult::PartialSave(partial)) if partial.is_repeated() => Some(partial.fields()),
                Ok(SaveResult::Error(error)) => {
                    return Err(TestCaseError::fail(format!("the store answers, and yet: {error}")));
                }
                _ => None,
            };
            self.took(result).await?;
            self.check().await?;
            for field in self.edit.conflicts().fields() {
                self.edit.keep_local(field);
            }
            if let Some(coerced) = rest {
                return Ok(coerced);
            }
        }
        Err(TestCaseError::fail(format!("not at rest after {ENOUGH} saves: {:?}", self.edit)))
    }

    /// P7: the table equals the store; without a feed, after a list.
    pub(super) async fn the_table_agrees(&mut self) -> Result<(), TestCaseError> {
        if !self.setting.has_feed {
            self.table.refresh_all().await.expect("the store answers");
        }
        let disk = self.disk.get_values().await.expect("it is in memory");
        until(|| agrees(&self.table, &disk)).await;
        Ok(())
    }
}

/// Whether the table shows exactly these records.
fn agrees(table: &LiveTable<Product>, disk: &[(Id, Record)]) -> bool {
    let rows = table.rows();
    rows.len() == disk.len()
        && disk.iter().all(|(id, record)| {
            let stored = Product::from_record(id, record).expect("it is a product");
            rows.get(id).is_some_and(|row| row.diff(&stored).is_empty())
        })
}
