//! Saving through a store that refuses, is away, loses answers, coerces, and where a colleague writes in between: whatever
//! happened, once the store answers a session that saves again comes to rest, and nothing was lost on the way (P2 to P5).

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures::FutureExt as _;
use futures::future::{Either, select};
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, Inventory, Product, ProductField};
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet, Held};
use vantage_live::edit::{EditError, SaveError};
use vantage_live::{
    Capabilities, Field as _, FieldSet, Guard, Id, Ids, ImTable, LiveEntity as _, LiveTable, Operation, Patch, Path,
    ReadableValueSet as _, Record, SaveResult, ValueErrorKind, WritableValueSet as _, WriteOutcome,
};

use crate::json::{SOME, cases};
use crate::ledger::{By, Entry, Ledger, Recorded};
use crate::sessions::{Edit, FIELDS, field, get, set, value};
use crate::world::{World, runtime, turns};

const CUPCAKE: &str = "flux_cupcake";
/// A column that the struct does not know.
const SUPPLIER: &str = "supplier";
/// How often a session saves until it is at rest: for a lost answer, a conflict, a create, what is coerced, and that again.
const ENOUGH: usize = 8;

#[derive(Clone, Debug)]
enum Step {
    Type(ProductField, u8),
    Colleague(ProductField),
    ColleagueElsewhere,
    Save(Trouble),
    /// A save whose future is dropped.
    SaveAndForget(Trouble),
    Poll,
    Refresh,
    Rebase,
    Revert,
    TakeRemote(ProductField),
    KeepLocal(ProductField),
    Turns,
}

/// What happens to a save on its way.
#[derive(Clone, Debug)]
enum Trouble {
    None,
    Rejected,
    Unreachable,
    LostBefore,
    LostAfter,
    Doubled,
    Resent,
    ReadFails,
    Held { answer: bool, meanwhile: Vec<Meanwhile> },
}

/// What happens while a save is held.
#[derive(Clone, Debug)]
enum Meanwhile {
    Type(ProductField, u8),
    Colleague(ProductField),
    Rebase,
}

fn number() -> impl Strategy<Value = u8> {
    0_u8..4
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        2 => (field(), number()).prop_map(|(field, n)| Meanwhile::Type(field, n)),
        2 => field().prop_map(Meanwhile::Colleague),
        1 => Just(Meanwhile::Rebase),
    ]
}

fn quick() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        3 => Just(Trouble::None),
        1 => Just(Trouble::Rejected),
        1 => Just(Trouble::Unreachable),
        1 => Just(Trouble::LostBefore),
        3 => Just(Trouble::LostAfter),
        1 => Just(Trouble::Doubled),
        1 => Just(Trouble::Resent),
        1 => Just(Trouble::ReadFails),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let held = (any::<bool>(), proptest::collection::vec(meanwhile(), 1..4));
    prop_oneof![
        3 => quick(),
        1 => held.prop_map(|(answer, meanwhile)| Trouble::Held { answer, meanwhile }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (field(), number()).prop_map(|(field, n)| Step::Type(field, n)),
        3 => field().prop_map(Step::Colleague),
        1 => Just(Step::ColleagueElsewhere),
        5 => trouble().prop_map(Step::Save),
        2 => quick().prop_map(Step::SaveAndForget),
        1 => Just(Step::Poll),
        1 => Just(Step::Refresh),
        1 => Just(Step::Rebase),
        1 => Just(Step::Revert),
        1 => field().prop_map(Step::TakeRemote),
        1 => field().prop_map(Step::KeepLocal),
        1 => Just(Step::Turns),
    ]
}

/// The store that a course is played against.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent yes or no")]
struct Setting {
    coerces_names: bool,
    coerces_prices: bool,
    has_feed: bool,
    is_new: bool,
    ids: Ids,
    idempotent: bool,
}

fn setting() -> impl Strategy<Value = Setting> {
    let ids = prop_oneof![Just(Ids::Store), Just(Ids::ClientUuid)];
    let often = || proptest::bool::weighted(0.3);
    (often(), often(), any::<bool>(), often(), ids, any::<bool>()).prop_map(
        |(coerces_names, coerces_prices, has_feed, is_new, ids, idempotent)| Setting {
            coerces_names,
            coerces_prices,
            has_feed,
            is_new,
            ids,
            idempotent,
        },
    )
}

impl Setting {
    fn coercion(self) -> fn(&mut Record) {
        match (self.coerces_names, self.coerces_prices) {
            (false, false) => |_| {},
            (true, false) => upper_names,
            (false, true) => round_prices,
            (true, true) => |record| {
                upper_names(record);
                round_prices(record);
            },
        }
    }

    fn coerces(self) -> bool {
        self.coerces_names || self.coerces_prices
    }

    /// What the store makes of a value that it is sent.
    fn coerced(self, field: ProductField, value: &Value) -> Value {
        let mut record = Record::from_iter([(field.wire_name().to_owned(), value.clone())]);
        self.coercion()(&mut record);
        record[field.wire_name()].clone()
    }
}

fn upper_names(record: &mut Record) {
    if let Some(Value::String(name)) = record.get_mut("name") {
        *name = name.to_uppercase();
    }
}

fn round_prices(record: &mut Record) {
    if let Some(price) = record.get_mut("price")
        && let Some(cents) = price.as_i64()
    {
        *price = json!(cents / 10 * 10);
    }
}

fn plain() -> Product {
    Product {
        name: "Flux Capacitor Cupcake".into(),
        price: 120,
        inventory: Inventory { stock: 50, shelf: "A".into() },
        ..bakery::hoverboard()
    }
}

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

    /// P5: the table shows the record as the session's last write left it, or as somebody has left it since.
    fn is_shown_at_once(&self) -> Result<(), TestCaseError> {
        let entries = self.ledger.since(0);
        let Some(last) = entries.iter().rposition(|entry| entry.by == By::Session) else { return Ok(()) };
        let row = self.table.row(self.edit.id());
        prop_assert!(row.is_some(), "the row is shown");
        let row = row.unwrap();
        let is_shown = |entry: &Entry| {
            let stored = Product::from_record(self.edit.id(), entry.after.clone()).expect("it is a product");
            stored.diff(&row).is_empty()
        };
        prop_assert!(entries[last..].iter().any(is_shown), "{:?} is shown after {:?}", row, &entries[last..]);
        if let Some(temp) = &self.temp {
            prop_assert!(self.table.row(temp).is_some(), "the temp id finds the row");
        }
        Ok(())
    }

    /// What must hold after every step.
    async fn check(&mut self) -> Result<(), TestCaseError> {
        self.look_back();
        self.check_what_was_typed()?;
        self.check_what_was_written()?;
        self.show();
        let records = self.disk.count().await.expect("it is in memory");
        prop_assert!(records <= 5 + u64::from(self.setting.is_new), "a record was made twice");
        Ok(())
    }

    /// P4: what was typed is there, unless it was nothing new and the store has moved on.
    fn check_what_was_typed(&mut self) -> Result<(), TestCaseError> {
        for (field, wanted) in std::mem::take(&mut self.wanted) {
            let local = get(self.edit.local(), field);
            if local != wanted {
                let is_coerced = self.setting.is_new && local == self.setting.coerced(field, &wanted);
                let is_theirs = self.theirs.get(&field).is_some_and(|theirs| theirs.contains(&local));
                let is_stored = get(self.edit.live_snapshot(), field) == local;
                let is_made_by_the_store =
                    is_stored && self.setting.coerces() && self.setting.coerced(field, &local) == local;
                let follows = self.back.contains(&field) && (is_theirs || is_coerced || is_made_by_the_store)
                    || self.given_up.contains(field) && is_stored;
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
    fn check_what_was_written(&mut self) -> Result<(), TestCaseError> {
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
    async fn come_to_rest(&mut self) -> Result<(), TestCaseError> {
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
    async fn save_until_it_rests(&mut self) -> Result<FieldSet<ProductField>, TestCaseError> {
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
    async fn the_table_agrees(&mut self) -> Result<(), TestCaseError> {
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
            let stored = Product::from_record(id, record.clone()).expect("it is a product");
            rows.get(id).is_some_and(|row| row.diff(&stored).is_empty())
        })
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
