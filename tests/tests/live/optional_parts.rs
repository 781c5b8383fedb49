//! Parts of a record that come and go while somebody edits them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::bakery::Colleague as _;
use tests::claiming::Claiming;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::entity::{OptionalDirty, OptionalField};
use vantage_live::{
    FieldSet, Guard, ImTable, LiveEntity, LiveTable, Operation, Patch, ReadableValueSet as _, RecordEdit, SaveResult,
    ValueErrorKind, WritableValueSet as _,
};

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
}

const WHOLE: ClientField = ClientField::Address(OptionalField::Whole);
const STREET: ClientField = ClientField::Address(OptionalField::Inside(AddressField::Street));
const CITY: ClientField = ClientField::Address(OptionalField::Inside(AddressField::City));

fn home(street: &str) -> Address {
    Address { street: street.into(), city: "Hill Valley".into() }
}

fn there() -> Value {
    json!({"street": "Lyon", "city": "Hill Valley"})
}

/// Marty with this address, in a table and in a session.
async fn marty(address: Value) -> (RecordEdit<'static, Client>, ImTable, Faults) {
    let store = ImTable::new("client");
    let record = json!({"name": "Marty", "address": address});
    store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await.unwrap();
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Client>::builder(faulty).open().await.unwrap();
    (table.edit_record_owned("marty").await.unwrap(), store, faults)
}

async fn address(store: &ImTable) -> Option<Value> {
    store.stored("marty", "address").await
}

#[test]
fn a_field_of_a_part_is_copied_only_where_both_sides_have_the_part() {
    let street = FieldSet::from(OptionalField::Inside(AddressField::Street));
    let mut none: Option<Address> = None;
    none.copy_fields(&Some(home("Lyon")), street);
    assert_eq!(none, None);
    let mut some = Some(home("Lyon"));

    some.copy_fields(&None, street);

    assert_eq!(some, Some(home("Lyon")));
    some.copy_fields(&None, FieldSet::ALL);
    assert_eq!(some, None);
}

#[test]
fn a_part_that_is_flagged_as_a_whole_has_all_its_fields() {
    let client: FieldSet<ClientField> = ClientDirty {
        name: false,
        address: OptionalDirty { whole: true, inside: AddressDirty { street: false, city: false } },
    }
    .into();

    assert_eq!(client, WHOLE.into());
    assert!(client.contains(STREET) && client.contains(CITY));
}

#[tokio::test]
async fn the_stores_value_of_a_part_is_that_of_the_whole_where_only_one_side_has_one() {
    let (mut edit, store, _) = marty(there()).await;
    edit.address = Some(home("Main"));
    store.colleague_sets("marty", "address", Value::Null).await;
    let conflicts = edit.refresh_snapshot().await.unwrap();
    assert!(conflicts.fields().contains(STREET), "{conflicts:?}");

    edit.take_remote(STREET);

    assert_eq!((edit.address.clone(), edit.modified_fields()), (None, FieldSet::EMPTY));
    assert!(edit.conflicts().is_empty());
}

#[tokio::test]
async fn keeping_a_part_keeps_the_whole_where_only_one_side_has_one() {
    let (mut edit, store, _) = marty(there()).await;
    edit.address = None;
    store.colleague_sets("marty", "address.city", "Grove City").await;
    let _ = edit.refresh_snapshot().await.unwrap();

    edit.keep_local(CITY);
    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(address(&store).await, Some(Value::Null));
}

#[tokio::test]
async fn a_part_of_what_has_come_is_reverted_with_the_rest() {
    let (mut edit, ..) = marty(Value::Null).await;
    edit.address = Some(home("Main"));

    edit.revert_field(STREET);

    assert_eq!((edit.address.clone(), edit.modified_fields()), (None, FieldSet::EMPTY));
}

#[tokio::test]
async fn a_conflict_of_the_whole_has_its_three_values_by_every_name() {
    let (mut edit, store, _) = marty(there()).await;
    edit.address = Some(home("Main"));
    store.colleague_sets("marty", "address", Value::Null).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    let whole = edit.get_conflict(WHOLE).unwrap().unwrap();
    let street = edit.get_conflict(STREET).unwrap().unwrap();

    assert_eq!((whole.base, whole.remote), (Some(there()), Some(Value::Null)));
    assert_eq!((street.base, street.local, street.remote), (Some("Lyon".into()), Some("Main".into()), None));
}

#[tokio::test]
async fn a_save_that_goes_on_by_itself_writes_no_part_of_what_was_to_go() {
    for is_lost in [false, true] {
        let (mut edit, store, faults) = marty(there()).await;
        edit.name = "Martin".into();
        if is_lost {
            faults.next(Operation::Write).loses_its_answer();
            assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));
        }
        let held = faults.next_of_any().is_held();
        edit.address = None;
        edit.start_save().unwrap();
        held.arrived().await;
        // Somebody else corrects the name in the same way, so that the guard is refused and nothing is in conflict.
        store.colleague_sets("marty", "name", "Martin").await;
        edit.address = Some(home("Main"));
        held.release();

        let _ = edit.finish_save().await.unwrap();
        assert_eq!(address(&store).await, Some(there()), "after a lost answer: {is_lost}");

        assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
        assert_eq!(address(&store).await, Some(json!({"street": "Main", "city": "Hill Valley"})));
    }
}

#[tokio::test]
async fn a_part_of_what_has_gone_by_ones_own_lost_write_is_saved_with_the_rest() {
    let (mut edit, store, faults) = marty(there()).await;
    edit.address = None;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));
    edit.revert_field(WHOLE);
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    // What was lost may land as late as this.
    store.colleague_sets("marty", "address", Value::Null).await;
    edit.address.as_mut().unwrap().street = "Main".into();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
    assert_eq!(address(&store).await, Some(json!({"street": "Main", "city": "Hill Valley"})));
}

#[tokio::test]
async fn what_was_typed_of_a_part_that_somebody_took_out_of_a_record_made_unheard_stays_when_another_comes() {
    let store = ImTable::new("client");
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Client>::builder(faulty).open().await.unwrap();
    let mut edit = table.new_record(Client { name: "Marty".into(), address: Some(home("Lyon")) });
    edit.address.as_mut().unwrap().street = "Main".into();
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await.unwrap();
    let made = store.get_values().await.unwrap().remove(0).0;
    let sets = |address: Value| Patch::new().set("address", address);
    let _ = store.write(&made, &sets(Value::Null), &Guard::Exists).await.unwrap();
    let shown = edit.save().await.unwrap();
    assert!(matches!(shown, SaveResult::Conflict(_)), "{shown:?}");
    let _ = store.write(&made, &sets(there()), &Guard::Exists).await.unwrap();

    let told = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(edit.address.as_ref().unwrap().street, "Main", "P4");
}

#[tokio::test]
async fn a_part_that_was_read_to_have_gone_after_a_save_into_it_is_in_conflict_with_what_was_typed_there_since() {
    let store = ImTable::new("client");
    let record = json!({"name": "Marty", "address": there()});
    store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await.unwrap();
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    // What it has stored is read afterwards, and somebody else may be between the two.
    let untold = Claiming::new(faulty, |can| can.after_image = false);
    let table = LiveTable::<Client>::builder(untold).open().await.unwrap();
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.address.as_mut().unwrap().street = "Main".into();
    let written = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    written.arrived().await;
    store.colleague_sets("marty", "address", Value::Null).await;
    edit.address.as_mut().unwrap().city = "Elm".into();
    written.release();
    let _ = edit.finish_save().await.unwrap();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Conflict(_)), "P3: {saved:?}");
    assert_eq!(address(&store).await, Some(Value::Null));
}
