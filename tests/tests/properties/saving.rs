//! Saving through a store that refuses, is away, loses answers, coerces, and where a colleague writes in between: whatever
//! happened, once the store answers a session that saves again comes to rest, and nothing was lost on the way (P2 to P5).

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures::FutureExt as _;
use futures::future::{Either, select};
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::coercing::Coercing;
use vantage_live::contract::{Faults, FaultyValueSet, Held};
use vantage_live::edit::{EditError, SaveError};
use vantage_live::{
    Capabilities, Field as _, FieldSet, Guard, Id, ImTable, LiveTable, Operation, Patch, Path, ReadableValueSet as _,
    Record, SaveResult, ValueErrorKind, WritableValueSet as _, WriteOutcome,
};

use crate::json::{SOME, cases};
use crate::ledger::{By, Ledger, Recorded};
use crate::sessions::{Edit, FIELDS, get, set, value};
use crate::world::{World, runtime, turns};

mod checks;
mod steps;

use steps::{Meanwhile, Setting, Step, Trouble, plain, setting, step};

const CUPCAKE: &str = "flux_cupcake";
/// A column that the struct does not know.
const SUPPLIER: &str = "supplier";
/// How often a session saves until it is at rest: for a lost answer, a conflict, a create, what is coerced, and that again.
const ENOUGH: usize = 8;

/// A course of events, and what is known about how it must go on.
struct Course {
    setting: Setting,
    table: LiveTable<Product>,
    disk: ImTable,
    faults: Faults,
    ledger: Ledger,
    edit: Edit,
    /// The id that a new record began with.
    temp: Option<Id>,
    /// What the person typed last into a field, as long as the store has not confirmed it.
    wanted: BTreeMap<ProductField, Value>,
    /// The wanted fields that were, for a moment at least, back at what the session knew of the store: unmodified, they
    /// may follow it.
    back: BTreeSet<ProductField>,
    /// The fields that the person has given up: they show what the store has, whatever that comes to be, until something else
    /// is typed.
    given_up: FieldSet<ProductField>,
    /// Every field that the person has typed into.
    typed: FieldSet<ProductField>,
    /// What the colleague wrote into a field: values that nobody wrote before.
    theirs: BTreeMap<ProductField, Vec<Value>>,
    supplier: Option<Value>,
    written: u32,
    /// Every value of a field that the session has shown as the store's.
    shown: BTreeMap<ProductField, Vec<Value>>,
    /// Whether a save may have taken effect without the session knowing.
    in_doubt: bool,
    /// The local state when a save was sent whose future was dropped.
    forgotten: Option<Product>,
    checked: usize,
}

impl Course {
    async fn begin(setting: Setting) -> Self {
        let disk = bakery::store().await;
        let ledger = Ledger::default();
        let capabilities = Capabilities { idempotent_insert: setting.idempotent, ..disk.capabilities() };
        let coercing = Coercing::new(disk.clone(), setting.coercion());
        let store = FaultyValueSet::new(Recorded { store: coercing, ledger: ledger.clone(), capabilities });
        let faults = store.faults();
        let builder = LiveTable::builder(store).environment(World::new()).ids(setting.ids);
        let builder = if setting.has_feed { builder.feed(disk.feed()) } else { builder };
        let table: LiveTable<Product> = builder.open().await.expect("a store in memory opens");
        let edit = if setting.is_new {
            table.new_record_owned(plain())
        } else {
            table.edit_record_owned(CUPCAKE).await.expect("it is there")
        };
        let mut course = Course {
            temp: setting.is_new.then(|| edit.id().clone()),
            setting,
            table,
            disk,
            faults,
            ledger,
            edit,
            wanted: BTreeMap::new(),
            back: BTreeSet::new(),
            given_up: FieldSet::EMPTY,
            typed: FieldSet::EMPTY,
            theirs: BTreeMap::new(),
            supplier: None,
            written: 0,
            shown: BTreeMap::new(),
            in_doubt: false,
            forgotten: None,
            checked: 0,
        };
        course.show();
        course
    }

    /// The record on the disk that the session is about, where there is one.
    async fn on_disk(&self) -> Option<(Id, Record)> {
        let records = self.disk.get_values().await.expect("it is in memory");
        let known: BTreeSet<Id> = bakery::product_records().into_iter().map(|(id, _)| id).collect();
        let is_it = |id: &Id| if self.setting.is_new { !known.contains(id) } else { *id == Id::from(CUPCAKE) };
        records.into_iter().find(|(id, _)| is_it(id))
    }

    async fn stored(&self, field: ProductField) -> Option<Value> {
        Some(field.path().get(&self.on_disk().await?.1).cloned().unwrap_or(Value::Null))
    }

    fn type_in(&mut self, field: ProductField, n: u8) {
        let value = value(field, n);
        set(&mut self.edit, field, value.clone());
        self.wanted.insert(field, value);
        self.typed.insert(field);
        self.look_back();
    }

    /// Notes which wanted fields are not modified now.
    fn look_back(&mut self) {
        let snapshot = self.edit.live_snapshot();
        let is_back = |(field, wanted): &(&ProductField, &Value)| get(snapshot, **field) == **wanted;
        self.back.extend(self.wanted.iter().filter(is_back).map(|(field, _)| *field));
    }

    /// Notes what the session shows as the store's.
    fn show(&mut self) {
        for field in FIELDS {
            self.shown.entry(field).or_default().push(get(self.edit.live_snapshot(), field));
        }
    }

    async fn colleague_writes(&mut self, path: &Path, value: Value) -> bool {
        let Some((id, before)) = self.on_disk().await else { return false };
        let patch = Patch::new().set(path.clone(), value);
        let outcome = self.disk.write(&id, &patch, &Guard::Exists).await.expect("it is in memory");
        let WriteOutcome::Written(after) = outcome else { panic!("the record was there") };
        self.ledger.note(By::Colleague, &id, Some(before), after);
        true
    }

    async fn colleague(&mut self, field: ProductField) {
        self.written += 1;
        let value = match value(field, 1) {
            Value::Number(_) => json!(1_000 + 10 * self.written),
            _ => json!(format!("C{}", self.written)),
        };
        if self.colleague_writes(field.path(), value.clone()).await {
            self.theirs.entry(field).or_default().push(value);
        }
    }

    fn rebase(&mut self) {
        // A record that is new, or of which the row is not shown, cannot be rebased.
        drop(self.edit.rebase());
        self.looked();
        self.look_back();
        self.show();
    }

    /// The calls of the save that the trouble meets.
    fn operation(&self) -> Operation {
        if self.edit.is_new() { Operation::Insert } else { Operation::Write }
    }

    fn plan(&self, trouble: &Trouble) {
        let next = self.faults.next(self.operation());
        match trouble {
            Trouble::None | Trouble::Held { .. } => {}
            Trouble::Rejected => {
                next.fails(ValueErrorKind::Rejected { fields: vec!["price".into()], message: "too dear".into() });
            }
            Trouble::Unreachable => next.fails(ValueErrorKind::Unreachable),
            Trouble::LostBefore => next.fails(ValueErrorKind::OutcomeUnknown),
            Trouble::LostAfter => next.loses_its_answer(),
            Trouble::Doubled => next.is_doubled(),
            Trouble::Resent => next.is_resent(),
            Trouble::ReadFails => self.faults.next(Operation::Read).fails(ValueErrorKind::Unreachable),
        }
    }

    async fn play(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Type(field, n) => self.type_in(*field, *n),
            Step::Colleague(field) => self.colleague(*field).await,
            Step::ColleagueElsewhere => {
                self.written += 1;
                let supplier = json!(self.written);
                if self.colleague_writes(&SUPPLIER.into(), supplier.clone()).await {
                    self.supplier = Some(supplier);
                }
            }
            Step::Save(Trouble::Held { answer, meanwhile }) => self.save_slowly(*answer, meanwhile).await?,
            Step::Save(trouble) => {
                self.plan(trouble);
                self.takes_a_forgotten_answer_in();
                let result = self.edit.save().await;
                self.took(result).await?;
            }
            Step::SaveAndForget(trouble) => {
                self.plan(trouble);
                self.takes_a_forgotten_answer_in();
                let local = self.edit.local().clone();
                let result = self.edit.save().now_or_never();
                match result {
                    Some(result) => self.took(result).await?,
                    None => self.forgotten = Some(local),
                }
            }
            Step::Poll => {
                if let Some(result) = self.edit.poll_save() {
                    self.took(result).await?;
                }
            }
            Step::Refresh => {
                self.takes_a_forgotten_answer_in();
                let refreshed = self.edit.refresh_snapshot().await;
                self.looked();
                if refreshed.is_ok() {
                    self.in_doubt = false;
                }
            }
            Step::Rebase => self.rebase(),
            Step::Revert => {
                self.edit.revert();
                for field in FIELDS {
                    self.gave_up(field);
                }
            }
            Step::TakeRemote(field) => {
                self.edit.take_remote(*field);
                self.gave_up(*field);
            }
            Step::KeepLocal(field) => self.edit.keep_local(*field),
            Step::Turns => turns().await,
        }
        self.check().await
    }

    /// The next call takes the answer of a save in that nobody waited for: where that went well, what it sent is wanted no
    /// more than what the store has.
    fn takes_a_forgotten_answer_in(&mut self) {
        if !self.edit.is_saving() {
            return;
        }
        self.in_doubt = true;
        if let Some(sent) = &self.forgotten {
            let was_sent = |(field, wanted): &(&ProductField, &Value)| get(sent, **field) == **wanted;
            self.back.extend(self.wanted.iter().filter(was_sent).map(|(field, _)| *field));
        }
    }

    /// The person wants the field as the session shows it now.
    fn gave_up(&mut self, field: ProductField) {
        if let Some(wanted) = self.wanted.get_mut(&field) {
            *wanted = get(self.edit.live_snapshot(), field);
        }
        self.given_up.insert(field);
        self.look_back();
    }

    /// The session has compared itself with the store: what differs now was typed since it was given up. What was typed and
    /// typed back in between nobody can know of.
    fn looked(&mut self) {
        self.given_up = self.given_up - self.edit.modified_fields();
    }

    /// A save that is held on its way there or back, and what happens meanwhile.
    async fn save_slowly(&mut self, answer: bool, meanwhile: &[Meanwhile]) -> Result<(), TestCaseError> {
        if self.edit.is_saving() {
            let result = self.edit.finish_save().await;
            self.took(result).await?;
            self.check().await?;
        }
        let planned = self.faults.next(self.operation());
        let held = if answer { planned.has_its_answer_held() } else { planned.is_held() };
        self.edit.start_save().expect("none is under way");
        let finished = match select(pin!(self.edit.finish_save()), pin!(held.arrived())).await {
            Either::Left((result, _)) => Some(result),
            Either::Right(_) => None,
        };
        let result = match finished {
            Some(result) => result,
            None => self.finish_meanwhile(held, meanwhile).await,
        };
        self.took(result).await
    }

    async fn finish_meanwhile(
        &mut self,
        held: Held,
        meanwhile: &[Meanwhile],
    ) -> Result<SaveResult<Product>, EditError> {
        for happening in meanwhile {
            match happening {
                Meanwhile::Type(field, n) => self.type_in(*field, *n),
                Meanwhile::Colleague(field) => self.colleague(*field).await,
                Meanwhile::Rebase => self.rebase(),
            }
        }
        self.look_back();
        held.release();
        self.edit.finish_save().await
    }

    /// What a result promises.
    async fn took(&mut self, result: Result<SaveResult<Product>, EditError>) -> Result<(), TestCaseError> {
        self.looked();
        let taken = self.took_result(result).await;
        self.forgotten = None;
        taken
    }

    async fn took_result(&mut self, result: Result<SaveResult<Product>, EditError>) -> Result<(), TestCaseError> {
        let result = match result {
            Ok(result) => result,
            Err(error) => return Err(TestCaseError::fail(format!("a misuse or a bug: {error:?}"))),
        };
        match &result {
            SaveResult::Saved | SaveResult::PartialSave(_) => self.is_shown_at_once()?,
            SaveResult::Created(id) => {
                prop_assert_eq!(self.edit.id(), id);
                let on_disk = self.on_disk().await.map(|(id, _)| id);
                prop_assert_eq!(Some(id), on_disk.as_ref());
                self.is_shown_at_once()?;
            }
            SaveResult::Conflict(conflicts) => {
                // One that nobody has waited for may be decided by the time that it is told.
                let is_late = self.forgotten.is_some();
                prop_assert!(is_late || !conflicts.fields().is_empty(), "a conflict is of something");
                prop_assert_eq!(conflicts.fields(), self.edit.conflicts().fields());
            }
            SaveResult::Deleted => return Err(TestCaseError::fail("nobody deletes anything here")),
            SaveResult::Error(error) => {
                self.in_doubt |= matches!(error, SaveError::OutcomeUnknown { .. });
                return Ok(());
            }
        }
        self.in_doubt = false;
        Ok(())
    }
}

proptest! {
    #![proptest_config(cases(4 * SOME))]

    #[test]
    fn saves_that_were_refused_lost_or_coerced_converge_once_the_store_answers(
        setting in setting(), steps in proptest::collection::vec(step(), 1..16),
    ) {
        runtime().block_on(async {
            let mut course = Course::begin(setting).await;
            for step in &steps {
                course.play(step).await?;
            }
            course.come_to_rest().await
        })?;
    }
}

proptest! {
    #![proptest_config(cases(SOME))]

    #[test]
    fn sessions_that_edit_different_fields_all_end_up_in_the_store(
        owners in proptest::collection::vec(0_usize..4, FIELDS.len()),
        order in Just(vec![0, 1, 2]).prop_shuffle(),
        has_feed in any::<bool>(),
    ) {
        runtime().block_on(async {
            let store = bakery::store().await;
            store.colleague_sets(CUPCAKE, SUPPLIER, "Doc").await;
            let builder = LiveTable::<Product>::builder(store.clone()).environment(World::new());
            let builder = if has_feed { builder.feed(store.feed()) } else { builder };
            let table = builder.open().await.expect("a store in memory opens");
            let mut edits = Vec::new();
            for _ in 0..3 {
                edits.push(table.edit_record_owned(CUPCAKE).await.expect("it is there"));
            }
            // The fields of the fourth are the colleague's, who writes beside the table.
            for (field, owner) in FIELDS.into_iter().zip(&owners) {
                match edits.get_mut(*owner) {
                    Some(edit) => set(edit, field, value(field, 1)),
                    None => store.colleague_sets(CUPCAKE, field.wire_name(), value(field, 1)).await,
                }
            }

            for session in order {
                let result = edits[session].save().await.expect("no misuse");
                prop_assert!(matches!(result, SaveResult::Saved), "{:?}", result);
            }

            for field in FIELDS {
                prop_assert_eq!(store.stored(CUPCAKE, field.wire_name()).await, Some(value(field, 1)), "{}", field);
            }
            prop_assert_eq!(store.stored(CUPCAKE, SUPPLIER).await, Some(json!("Doc")));
            prop_assert!(edits.iter().all(|edit| edit.modified_fields().is_empty()));
            Ok(())
        })?;
    }
}
