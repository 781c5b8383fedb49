//! A session on a record whose parts come and go: nothing is torn, what was decided is decided, and it comes to rest.

use async_trait::async_trait;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::reads_the_store_below;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::{
    DeleteOutcome, FieldSet, Guard, Id, IdempotencyKey, ImTable, InsertableValueSet, LiveEntity, LiveTable, Operation,
    Patch, ReadableValueSet as _, Record, RecordEdit, SaveResult, ValueError, ValueErrorKind, WritableValueSet,
    WriteOutcome,
};

use crate::world::{World, runtime, turns};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Client {
    name: String,
    #[live(nested)]
    address: Option<Address>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Address {
    street: String,
    city: String,
    #[live(nested)]
    place: Option<Place>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Place {
    lat: i64,
    long: i64,
}

const MARTY: &str = "marty";
const FIELDS: &[ClientField] = ClientField::ALL;

/// What somebody makes of the record.
#[derive(Clone, Debug)]
enum Change {
    Name(u8),
    Street(u8),
    City(u8),
    Address(Option<u8>),
    Lat(u8),
    Place(Option<u8>),
}

#[derive(Clone, Debug)]
enum Step {
    Type(Change),
    Colleague(Change),
    /// The table hears of it.
    Hear,
    Save(Trouble),
    Finish,
    Rebase,
    Refresh,
    TakeRemote(ClientField),
    KeepLocal(ClientField),
    RevertField(ClientField),
    Revert,
}

/// What happens to a save on its way.
#[derive(Clone, Debug)]
enum Trouble {
    None,
    LostBefore,
    LostAfter,
    Rejected,
    /// It waits in the store while this happens.
    Held(Vec<Step>),
}

impl Change {
    fn make(&self, client: &mut Client) {
        let word = |n: u8| ["", "Lyon", "Main", "Elm"][usize::from(n % 4)].to_owned();
        let place = |n: u8| Place { lat: i64::from(n), long: 7 };
        let address =
            |n: u8| Address { street: word(n), city: word(n / 4), place: (!n.is_multiple_of(3)).then(|| place(n)) };
        let there = client.address.as_mut();
        match (self, there) {
            (Change::Name(n), _) => client.name = word(*n),
            (Change::Address(n), _) => client.address = n.map(address),
            (Change::Street(n), Some(there)) => there.street = word(*n),
            (Change::City(n), Some(there)) => there.city = word(*n),
            (Change::Place(n), Some(there)) => there.place = n.map(place),
            (Change::Lat(n), Some(Address { place: Some(there), .. })) => there.lat = i64::from(*n),
            _ => {}
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let number = || 0_u8..12;
    prop_oneof![
        number().prop_map(Change::Name),
        number().prop_map(Change::Street),
        number().prop_map(Change::City),
        proptest::option::of(number()).prop_map(Change::Address),
        number().prop_map(Change::Lat),
        proptest::option::of(number()).prop_map(Change::Place),
    ]
}

fn field() -> impl Strategy<Value = ClientField> {
    proptest::sample::select(FIELDS)
}

fn small_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => change().prop_map(Step::Type),
        2 => change().prop_map(Step::Colleague),
        1 => Just(Step::Hear),
        1 => Just(Step::Rebase),
        1 => field().prop_map(Step::TakeRemote),
        1 => field().prop_map(Step::KeepLocal),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let held = proptest::collection::vec(small_step(), 1..4).prop_map(Trouble::Held);
    let goes = Just(Step::Type(Change::Address(None)));
    let trouble = prop_oneof![
        4 => Just(Trouble::None),
        1 => Just(Trouble::LostBefore),
        2 => Just(Trouble::LostAfter),
        1 => Just(Trouble::Rejected),
        3 => held,
    ];
    prop_oneof![
        6 => small_step(),
        1 => goes,
        4 => trouble.prop_map(Step::Save),
        1 => Just(Step::Finish),
        1 => Just(Step::Refresh),
        1 => field().prop_map(Step::RevertField),
        1 => Just(Step::Revert),
    ]
}

/// A store that may take an address without a street for none, whatever it was told of it.
struct Fixing {
    store: ImTable,
    fixes: bool,
}

impl Fixing {
    fn fixed(&self, mut record: Record) -> Record {
        if self.fixes && record.get("address").and_then(|address| address.get("street")) == Some(&json!("")) {
            record.insert("address".into(), Value::Null);
        }
        record
    }
}

reads_the_store_below!(Fixing, this => this.store.capabilities());

#[async_trait]
impl WritableValueSet for Fixing {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        Ok(match self.store.write(id, patch, guard).await? {
            WriteOutcome::Written(record) => {
                WriteOutcome::Written(self.store.replace_id_value(id, self.fixed(record)).await?)
            }
            other => other,
        })
    }
    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.store.insert_id_value(id, self.fixed(record)).await
    }
    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.store.replace_id_value(id, self.fixed(record)).await
    }
    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        self.store.delete_id(id, guard).await
    }
    async fn delete_all(&self) -> Result<u64, ValueError> {
        self.store.delete_all().await
    }
}

#[async_trait]
impl InsertableValueSet for Fixing {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        self.store.insert_value(self.fixed(record), key).await
    }
}

struct Course {
    disk: ImTable,
    table: LiveTable<Client>,
    faults: Faults,
    edit: RecordEdit<'static, Client>,
    /// Whether anybody but the session has written.
    is_shared: bool,
    /// Whether an answer was lost.
    is_lost: bool,
}

impl Course {
    async fn begin(fixes: bool) -> Self {
        let disk = ImTable::new("client");
        let marty = json!({"name": "", "address": {"street": "Lyon", "city": "Main", "place": null}});
        disk.insert_id_value(&MARTY.into(), marty.as_object().unwrap().clone()).await.unwrap();
        let faulty = FaultyValueSet::new(Fixing { store: disk.clone(), fixes });
        let faults = faulty.faults();
        let table: LiveTable<Client> = LiveTable::builder(faulty).environment(World::new()).open().await.unwrap();
        let edit = table.edit_record_owned(MARTY).await.unwrap();
        Course { disk, table, faults, edit, is_shared: false, is_lost: false }
    }

    async fn stored(&self) -> Result<Client, TestCaseError> {
        let record = self.disk.get_id_value(&MARTY.into()).await.unwrap().unwrap();
        let stored = Client::from_record(&MARTY.into(), &record);
        prop_assert!(stored.is_ok(), "what is stored is torn: {:?}", record);
        Ok(stored.unwrap())
    }

    /// What a session may be asked at any time, and while its save is under way too.
    async fn small(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Type(change) => change.make(&mut self.edit),
            Step::Colleague(change) => {
                let old = self.stored().await?;
                let mut new = old.clone();
                change.make(&mut new);
                let patch = new.patch(old.diff(&new)).unwrap();
                let written = self.disk.write(&MARTY.into(), &patch, &Guard::Exists).await.unwrap();
                prop_assert!(matches!(written, WriteOutcome::Written(_)));
                self.is_shared = true;
            }
            Step::Hear => self.table.on_backend_change(MARTY).await.unwrap(),
            Step::Rebase => drop(self.edit.rebase()),
            Step::TakeRemote(field) => {
                self.edit.take_remote(*field);
                self.is_as_stored(*field)?;
            }
            Step::RevertField(field) => {
                self.edit.revert_field(*field);
                self.is_as_stored(*field)?;
            }
            Step::KeepLocal(field) => {
                self.edit.keep_local(*field);
                let conflicts = self.edit.conflicts().fields();
                prop_assert!(!conflicts.contains(*field), "{} was decided, and {:?} are in conflict", field, conflicts);
            }
            _ => {}
        }
        self.agrees()
    }

    fn is_as_stored(&self, field: ClientField) -> Result<(), TestCaseError> {
        let conflicts = self.edit.conflicts().fields();
        prop_assert!(!self.edit.is_modified(field), "{} has the store's value", field);
        prop_assert!(!conflicts.contains(field), "{} was decided, and {:?} are in conflict", field, conflicts);
        Ok(())
    }

    /// What a session says of its conflicts in two ways.
    fn agrees(&self) -> Result<(), TestCaseError> {
        let conflicts = self.edit.conflicts().fields();
        // What one of three sides has not got is in conflict as a whole, where a part of it may be modified.
        let modified = self.edit.modified_fields();
        prop_assert!(conflicts.is_empty() || !conflicts.is_disjoint(modified), "{:?} are in conflict", conflicts);
        for field in FIELDS {
            let three = self.edit.get_conflict(*field).unwrap();
            prop_assert_eq!(three.is_some(), conflicts.contains(*field), "{}", field);
        }
        Ok(())
    }

    async fn save(&mut self, trouble: &Trouble) -> Result<(), TestCaseError> {
        // After a lost answer a save reads first, and may wait there.
        let next = if matches!(trouble, Trouble::Held(_)) {
            self.faults.next_of_any()
        } else {
            self.faults.next(Operation::Write)
        };
        let mut meanwhile: &[Step] = &[];
        match trouble {
            Trouble::None => drop(next),
            Trouble::LostBefore => next.fails(ValueErrorKind::OutcomeUnknown),
            Trouble::LostAfter => next.loses_its_answer(),
            Trouble::Rejected => {
                next.fails(ValueErrorKind::Rejected { fields: Vec::new(), message: "no".to_owned() });
            }
            Trouble::Held(steps) => {
                meanwhile = steps;
                let held = next.has_its_answer_held();
                let is_under_way = self.edit.start_save().is_ok();
                turns().await;
                // What the save has not asked for, nothing else shall wait for.
                let held = (held.arrivals() > 0).then_some(held);
                if is_under_way {
                    for step in meanwhile {
                        Box::pin(self.small(step)).await?;
                    }
                }
                drop(held);
            }
        }
        self.is_lost |= matches!(trouble, Trouble::LostBefore | Trouble::LostAfter);
        let result = if meanwhile.is_empty() { self.edit.save().await } else { self.edit.finish_save().await };
        self.faults.clear();
        if let Ok(result) = result {
            self.told(&result, meanwhile.is_empty())?;
        }
        Ok(())
    }

    fn told(&mut self, result: &SaveResult<Client>, is_alone: bool) -> Result<(), TestCaseError> {
        match result {
            SaveResult::Saved if is_alone => {
                let left = self.edit.modified_fields();
                prop_assert!(left.is_empty(), "saved, and {:?} are modified", left);
            }
            SaveResult::PartialSave(partial) => {
                let conflicts = self.edit.conflicts().fields();
                prop_assert!(conflicts.is_empty() || self.is_shared || self.is_lost, "in conflict with itself");
                self.edit.accept_stored(partial.fields());
                let left = self.edit.modified_fields() & partial.fields();
                prop_assert!(left.is_empty() || !is_alone, "accepted, and {:?} are modified", left);
            }
            // After a lost answer nobody can tell what the store has made of ours from what somebody else has.
            SaveResult::Conflict(_) => prop_assert!(self.is_shared || self.is_lost, "in conflict with itself"),
            _ => {}
        }
        self.agrees()
    }

    async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Save(trouble) => self.save(trouble).await?,
            Step::Finish => {
                if let Ok(result) = self.edit.finish_save().await {
                    self.told(&result, false)?;
                }
            }
            Step::Refresh => drop(self.edit.refresh_snapshot().await),
            Step::Revert => {
                self.edit.revert();
                prop_assert!(self.edit.modified_fields().is_empty() && self.edit.conflicts().is_empty());
            }
            small => self.small(small).await?,
        }
        self.stored().await?;
        prop_assert!(self.table.rejected_rows().is_empty());
        self.agrees()
    }

    /// The trouble ends; conflicts are decided, and the session saves until everything is.
    async fn comes_to_rest(&mut self, keeps: bool) -> Result<(), TestCaseError> {
        const ENOUGH: usize = 12;
        self.faults.clear();
        for _ in 0..ENOUGH {
            for field in self.edit.conflicts().fields() {
                if keeps { self.edit.keep_local(field) } else { self.edit.take_remote(field) }
            }
            let result = self.edit.save().await.unwrap();
            self.told(&result, false)?;
            self.stored().await?;
            if matches!(result, SaveResult::Saved) && self.edit.modified_fields().is_empty() {
                let _ = self.edit.refresh_snapshot().await.unwrap();
                prop_assert_eq!(self.stored().await?.diff(&self.edit), FieldSet::EMPTY);
                return Ok(());
            }
        }
        Err(TestCaseError::fail(format!("it never comes to rest: {:?}", self.edit)))
    }
}

proptest! {
    #[test]
    fn a_session_on_parts_that_come_and_go_tears_nothing_and_comes_to_rest(
        fixes in proptest::bool::weighted(0.3),
        steps in proptest::collection::vec(step(), 1..14),
        keeps in any::<bool>(),
    ) {
        runtime().block_on(async {
            let mut course = Course::begin(fixes).await;
            for step in &steps {
                course.step(step).await?;
            }
            course.comes_to_rest(keeps).await
        })?;
    }
}
