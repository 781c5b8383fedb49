//! Sessions against a naive model: per field a snapshot, a local value, a remote one and what is undecided.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, Product, ProductField};
use vantage_live::{FieldSet, ImTable, LiveEntity as _, LiveTable, SaveResult};

use crate::json::{SOME, cases};
use crate::sessions::{Edit, FIELDS, as_json, field, get, set, value};
use crate::world::{World, runtime};

const CUPCAKE: &str = "flux_cupcake";

#[derive(Clone, Debug)]
enum Step {
    Set(ProductField, u8),
    ColleagueSets(ProductField, u8),
    /// The store writes a column that only it sets.
    StoreCounts(i64),
    /// The session assigns to a column that only the store sets.
    AssignReadOnly(i64),
    Unfold(bool),
    /// The table hears of the record.
    Hear,
    Refresh,
    Rebase,
    Revert,
    RevertField(ProductField),
    KeepLocal(ProductField),
    TakeRemote(ProductField),
    Save,
}

fn step() -> impl Strategy<Value = Step> {
    let number = || 0_u8..4;
    prop_oneof![
        6 => (field(), number()).prop_map(|(field, n)| Step::Set(field, n)),
        6 => (field(), number()).prop_map(|(field, n)| Step::ColleagueSets(field, n)),
        1 => (0_i64..4).prop_map(Step::StoreCounts),
        1 => (0_i64..4).prop_map(Step::AssignReadOnly),
        1 => any::<bool>().prop_map(Step::Unfold),
        2 => Just(Step::Hear),
        2 => Just(Step::Refresh),
        2 => Just(Step::Rebase),
        1 => Just(Step::Revert),
        1 => field().prop_map(Step::RevertField),
        1 => field().prop_map(Step::KeepLocal),
        1 => field().prop_map(Step::TakeRemote),
        2 => Just(Step::Save),
    ]
}

/// One field, as the words of the design say it.
#[derive(Clone, Debug, PartialEq)]
struct OneField {
    local: Value,
    snapshot: Value,
    /// The value before the first change of the store's that was not decided on.
    undecided: Option<Value>,
    /// What the table shows.
    row: Value,
    store: Value,
}

impl OneField {
    fn new(value: Value) -> Self {
        OneField { local: value.clone(), snapshot: value.clone(), undecided: None, row: value.clone(), store: value }
    }

    fn is_modified(&self) -> bool {
        self.local != self.snapshot
    }

    fn conflict(&self) -> Option<[Value; 3]> {
        let base = self.undecided.clone().filter(|_| self.is_modified())?;
        Some([base, self.local.clone(), self.snapshot.clone()])
    }

    fn take_in(&mut self, remote: Value) {
        if !self.is_modified() {
            self.local = remote.clone();
            self.undecided = None;
        } else if remote == self.local {
            self.undecided = None;
        } else if remote != self.snapshot {
            self.undecided.get_or_insert_with(|| self.snapshot.clone());
        }
        self.snapshot = remote;
    }

    fn take_remote(&mut self) {
        self.local = self.snapshot.clone();
        self.undecided = None;
    }
}

/// All fields, by their names.
#[derive(Clone, Debug)]
struct Model {
    fields: BTreeMap<ProductField, OneField>,
    version: OneField,
    unfolded: bool,
}

impl Model {
    fn new() -> Self {
        let fields = FIELDS.into_iter().map(|field| (field, OneField::new(value(field, 0)))).collect();
        Model { fields, version: OneField::new(json!(1)), unfolded: false }
    }

    fn of(&mut self, field: ProductField) -> &mut OneField {
        self.fields.get_mut(&field).expect("every field is in the model")
    }

    fn each(&mut self) -> impl Iterator<Item = &mut OneField> {
        self.fields.values_mut()
    }

    fn modified(&self) -> FieldSet<ProductField> {
        self.fields.iter().filter(|(_, it)| it.is_modified()).map(|(field, _)| *field).collect()
    }

    fn conflicts(&self) -> BTreeMap<&'static str, [Value; 3]> {
        self.fields.iter().filter_map(|(field, it)| Some((field.name(), it.conflict()?))).collect()
    }

    /// The table shows what the store has.
    fn hear(&mut self) {
        self.each().for_each(|it| it.row = it.store.clone());
        self.version.row = self.version.store.clone();
    }

    /// The session takes in what the table shows.
    fn rebase(&mut self) {
        self.each().for_each(|it| it.take_in(it.row.clone()));
        // The store's column is never the session's.
        self.version.snapshot = self.version.row.clone();
        self.version.local = self.version.row.clone();
    }

    /// Whether the save was written, or there was nothing to write.
    fn save(&mut self) -> bool {
        if self.modified().is_empty() {
            return true;
        }
        let holds = self.fields.values().all(|it| !it.is_modified() || it.store == it.snapshot);
        if !holds {
            self.hear();
            self.rebase();
            // What has come to the same values needs no decision, and the rest goes on.
            return self.conflicts().is_empty() && self.save();
        }
        for it in self.each().filter(|it| it.is_modified()) {
            it.store = it.local.clone();
            it.snapshot = it.local.clone();
            it.undecided = None;
        }
        self.hear();
        self.rebase();
        true
    }

    fn is_stale(&self) -> bool {
        self.fields.values().chain([&self.version]).any(|it| it.snapshot != it.row)
    }
}

struct Story {
    table: LiveTable<Product>,
    store: ImTable,
    edit: Edit,
    model: Model,
}

impl Story {
    async fn begin() -> Self {
        let store = bakery::store().await;
        let table = LiveTable::builder(store.clone()).environment(World::new()).open().await.expect("it opens");
        let edit = table.edit_record_owned(CUPCAKE).await.expect("it is there");
        Story { table, store, edit, model: Model::new() }
    }

    async fn play(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let (edit, model) = (&mut self.edit, &mut self.model);
        match *step {
            Step::Set(field, n) => {
                set(edit, field, value(field, n));
                model.of(field).local = value(field, n);
            }
            Step::ColleagueSets(field, n) => {
                self.store.colleague_sets(CUPCAKE, field.wire_name(), value(field, n)).await;
                model.of(field).store = value(field, n);
            }
            Step::StoreCounts(n) => {
                self.store.colleague_sets(CUPCAKE, "version", n).await;
                model.version.store = json!(n);
            }
            Step::AssignReadOnly(n) => {
                edit.version = n;
                model.version.local = json!(n);
            }
            Step::Unfold(unfolded) => {
                edit.unfolded = unfolded;
                model.unfolded = unfolded;
            }
            Step::Hear => {
                self.table.on_backend_change(CUPCAKE).await.expect("the store is there");
                model.hear();
            }
            Step::Refresh => {
                let conflicts = edit.refresh_snapshot().await.expect("the record is there");
                model.hear();
                model.rebase();
                prop_assert_eq!(as_json(&conflicts), model.conflicts());
            }
            Step::Rebase => {
                let conflicts = edit.rebase().expect("the row is there");
                model.rebase();
                prop_assert_eq!(as_json(&conflicts), model.conflicts());
            }
            Step::Revert => {
                edit.revert();
                model.each().for_each(OneField::take_remote);
                model.version.take_remote();
            }
            Step::RevertField(field) => {
                edit.revert_field(field);
                model.of(field).take_remote();
            }
            Step::KeepLocal(field) => {
                edit.keep_local(field);
                model.of(field).undecided = None;
            }
            Step::TakeRemote(field) => {
                edit.take_remote(field);
                model.of(field).take_remote();
            }
            Step::Save => {
                let idle = model.modified().is_empty();
                let before = edit.snapshot_time();
                let result = edit.save().await.expect("no misuse");
                let written = model.save();
                prop_assert_eq!(matches!(result, SaveResult::Saved), written, "{:?}", result);
                if let SaveResult::Conflict(conflicts) = &result {
                    prop_assert_eq!(as_json(conflicts), model.conflicts());
                }
                prop_assert_eq!(edit.snapshot_time() == before, idle, "the store was asked, or not");
            }
        }
        Ok(())
    }

    /// Everything that the session says of itself.
    fn check(&self) -> Result<(), TestCaseError> {
        let (edit, model) = (&self.edit, &self.model);
        for (field, it) in &model.fields {
            prop_assert_eq!(get(edit.local(), *field), it.local.clone(), "local {}", field);
            prop_assert_eq!(get(edit.live_snapshot(), *field), it.snapshot.clone(), "snapshot {}", field);
            prop_assert_eq!(edit.is_modified(*field), it.is_modified(), "{}", field);
        }
        prop_assert_eq!(edit.modified_fields(), model.modified());
        prop_assert_eq!(edit.changes().count(), model.modified().len());
        prop_assert_eq!(edit.dirty().price, edit.is_modified(ProductField::Price));
        prop_assert_eq!(as_json(&edit.conflicts()), model.conflicts());
        prop_assert_eq!(json!(edit.version), model.version.local.clone());
        prop_assert_eq!((edit.unfolded, edit.local().id.clone()), (model.unfolded, CUPCAKE.into()));
        prop_assert_eq!(edit.is_stale(), model.is_stale());
        let mut rebased = model.clone();
        rebased.rebase();
        prop_assert_eq!(as_json(&edit.peek_conflicts()), rebased.conflicts(), "peeked");
        Ok(())
    }

    async fn check_the_store(&self) -> Result<(), TestCaseError> {
        for (field, it) in &self.model.fields {
            prop_assert_eq!(self.store.stored(CUPCAKE, field.wire_name()).await, Some(it.store.clone()), "{}", field);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(cases(4 * SOME))]

    #[test]
    fn a_session_is_what_a_naive_model_of_its_fields_is_after_every_step(
        steps in proptest::collection::vec(step(), 1..24),
    ) {
        runtime().block_on(async {
            let mut story = Story::begin().await;
            for step in &steps {
                story.play(step).await?;
                story.check()?;
                story.check_the_store().await?;
            }
            Ok::<_, TestCaseError>(())
        })?;
    }

    #[test]
    fn the_modified_fields_are_those_that_differ_from_the_snapshot_after_any_sequence_of_sets(
        sets in proptest::collection::vec((field(), 0_u8..3), 0..16),
    ) {
        runtime().block_on(async {
            let mut edit = Story::begin().await.edit;
            let mut last = BTreeMap::new();
            for (field, n) in sets {
                set(&mut edit, field, value(field, n));
                last.insert(field, n);
            }

            let expected: FieldSet<_> = last.into_iter().filter(|(_, n)| *n > 0).map(|(field, _)| field).collect();
            prop_assert_eq!(edit.modified_fields(), expected);
            for field in edit.modified_fields() {
                edit.revert_field(field);
            }
            prop_assert!(edit.modified_fields().is_empty());
            Ok(())
        })?;
    }

    #[test]
    fn a_rebase_never_changes_a_modified_field_and_never_leaves_an_unmodified_one_behind(
        mine in proptest::collection::btree_map(field(), 0_u8..4, 0..5),
        rounds in proptest::collection::vec(proptest::collection::vec((field(), 0_u8..4), 0..4), 1..5),
    ) {
        runtime().block_on(async {
            let Story { store, mut edit, .. } = Story::begin().await;
            for (field, n) in &mine {
                set(&mut edit, *field, value(*field, *n));
            }
            for round in rounds {
                for (field, n) in round {
                    store.colleague_sets(CUPCAKE, field.wire_name(), value(field, n)).await;
                }
                let (before, modified) = (edit.local().clone(), edit.modified_fields());
                let _ = edit.refresh_snapshot().await.expect("the record is there");

                prop_assert!(edit.local().diff(&before).is_disjoint(modified));
                prop_assert!(edit.local().diff(edit.live_snapshot()).is_subset(modified));
                prop_assert_eq!(edit.modified_fields(), edit.local().diff(edit.live_snapshot()));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_rebase_keeps_the_first_base_however_often_it_is_called(
        theirs in proptest::collection::vec(1_u8..9, 1..6), again in 1_usize..4,
    ) {
        runtime().block_on(async {
            let Story { store, mut edit, .. } = Story::begin().await;
            let price = |n| value(ProductField::Price, n);
            set(&mut edit, ProductField::Price, price(99));
            for n in theirs {
                store.colleague_sets(CUPCAKE, "price", price(n)).await;
                for _ in 0..again {
                    let conflicts = edit.refresh_snapshot().await.expect("the record is there");
                    let expected = BTreeMap::from([("price", [price(0), price(99), price(n)])]);
                    prop_assert_eq!(as_json(&conflicts), expected);
                    prop_assert_eq!(conflicts.fields(), FieldSet::from(ProductField::Price));
                }
            }
            Ok(())
        })?;
    }
}
