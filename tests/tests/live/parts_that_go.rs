//! A part of a record that somebody takes away while somebody else writes into it: one field of it alone would be a record
//! that does not fit any more.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::bakery::Colleague as _;
use tests::still::Still;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::entity::OptionalField;
use vantage_live::{
    Guard, ImTable, LiveEntity, LiveTable, Operation, Patch, Policy, RecordEdit, SaveResult, ValueErrorKind,
    WritableValueSet as _,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Client {
    name: String,
    #[live(nested)]
    address: Option<Address>,
    #[live(nested)]
    #[serde(default)]
    account: Account,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Address {
    street: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<i64>,
    #[live(nested)]
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Place {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    door: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Account {
    debt: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

fn address() -> Value {
    json!({"street": "Lyon", "place": {}})
}

/// Marty in a session that saves by this policy.
async fn marty(policy: Policy) -> (RecordEdit<'static, Client>, ImTable) {
    let (edit, store, _) = marty_by(policy).await;
    (edit, store)
}

async fn marty_by(policy: Policy) -> (RecordEdit<'static, Client>, ImTable, Faults) {
    let store = ImTable::new("client");
    let record = json!({"name": "Marty", "address": address(), "account": {"debt": 7}});
    store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await.unwrap();
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Client>::builder(faulty).feed(store.feed()).policy(policy).open().await.unwrap();
    (table.edit_record_owned("marty").await.unwrap(), store, faults)
}

/// The session's address, which is there.
fn there<'e>(edit: &'e mut RecordEdit<'static, Client>) -> &'e mut Address {
    edit.address.as_mut().unwrap()
}

#[tokio::test]
async fn what_a_part_did_not_have_is_not_written_into_one_that_has_gone() {
    let (mut edit, store) = marty(Policy::Fields).await;
    there(&mut edit).floor = Some(3);
    store.colleague_sets("marty", "address", Value::Null).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(&saved, SaveResult::Conflict(conflicts) if conflicts.address.whole.is_some()), "{saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(Value::Null));
}

#[tokio::test]
async fn what_is_kept_of_a_part_that_has_gone_is_the_whole() {
    let (mut edit, store) = marty(Policy::Fields).await;
    there(&mut edit).floor = Some(3);
    store.colleague_sets("marty", "address", Value::Null).await;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Conflict(_)));

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(json!({"street": "Lyon", "floor": 3, "place": {}})));
}

#[tokio::test]
async fn what_a_part_in_a_part_did_not_have_is_not_written_into_one_that_has_gone() {
    let (mut edit, store) = marty(Policy::Fields).await;
    there(&mut edit).place.door = Some("left".into());
    store.colleague_sets("marty", "address", Value::Null).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Conflict(_)), "{saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(Value::Null));
}

#[tokio::test]
async fn what_a_part_had_and_is_to_have_no_more_is_no_change_to_one_that_has_gone() {
    let (mut edit, store) = marty(Policy::Overwrite).await;
    there(&mut edit).floor = Some(3);
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    there(&mut edit).floor = None;
    store.colleague_sets("marty", "address", Value::Null).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(address()));
}

#[tokio::test]
async fn a_part_that_has_gone_is_overwritten_as_a_whole() {
    let (mut edit, store) = marty(Policy::Overwrite).await;
    there(&mut edit).street = "Main".into();
    store.colleague_sets("marty", "address", Value::Null).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(json!({"street": "Main", "place": {}})));
}

#[tokio::test]
async fn overwriting_one_field_of_a_part_leaves_what_others_have_written_beside_it() {
    let (mut edit, store) = marty(Policy::Overwrite).await;
    there(&mut edit).floor = Some(3);
    store.colleague_sets("marty", "address.street", "Main").await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(json!({"street": "Main", "floor": 3, "place": {}})));
}

#[tokio::test]
async fn what_was_shown_on_the_way_is_not_overwritten_where_the_part_goes_after_it() {
    let (mut edit, store, faults) = marty_by(Policy::Overwrite).await;
    there(&mut edit).floor = Some(3);
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("marty", "address.street", "Main").await;
    until(|| edit.is_stale()).await;
    let _ = edit.rebase().unwrap();
    store.colleague_sets("marty", "address", Value::Null).await;
    held.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(json!({"street": "Main", "floor": 3, "place": {}})));
}

#[tokio::test]
async fn what_is_typed_beside_it_while_a_save_is_under_way_is_for_the_next_one() {
    let (mut edit, store, faults) = marty_by(Policy::Overwrite).await;
    there(&mut edit).floor = Some(3);
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    there(&mut edit).street = "Oak".into();
    store.colleague_sets("marty", "address", Value::Null).await;
    held.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(json!({"street": "Lyon", "floor": 3, "place": {}})));
    let street = ClientField::Address(OptionalField::Inside(AddressField::Street));
    assert_eq!(edit.modified_fields(), street.into());
    assert_eq!(there(&mut edit).street, "Oak");
}

/// Somebody has taken the address away in which a floor was typed, which was shown, and others have made another one.
async fn back_again(typed: impl FnOnce(&mut RecordEdit<'static, Client>)) -> RecordEdit<'static, Client> {
    let (mut edit, store) = marty(Policy::Fields).await;
    there(&mut edit).floor = Some(3);
    store.colleague_sets("marty", "address", Value::Null).await;
    let gone = edit.refresh_snapshot().await.unwrap();
    assert!(gone.address.whole.is_some(), "{gone:?}");
    typed(&mut edit);
    store.colleague_sets("marty", "address", json!({"street": "Main", "place": {}})).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    edit
}

#[tokio::test]
async fn of_a_part_that_is_there_again_only_what_was_typed_stays_and_stays_in_conflict() {
    let mut edit = back_again(|_| {}).await;

    let floor = ClientField::Address(OptionalField::Inside(AddressField::Floor));
    assert_eq!(edit.modified_fields(), floor.into());
    assert_eq!(edit.conflicts().fields(), floor.into(), "as any field that has changed and changed back");
    let address = there(&mut edit);
    assert_eq!((&*address.street, address.floor), ("Main", Some(3)));
}

#[tokio::test]
async fn a_part_that_was_typed_into_while_it_was_away_is_in_conflict_with_one_that_has_come() {
    let mut edit = back_again(|edit| there(edit).place.door = Some("left".into())).await;

    let street = ClientField::Address(OptionalField::Inside(AddressField::Street));
    assert!(edit.conflicts().fields().contains(street), "{:?}", edit.conflicts());
    let address = there(&mut edit);
    assert_eq!((&*address.street, address.floor), ("Lyon", Some(3)));
}

#[tokio::test]
async fn a_part_that_was_decided_as_a_whole_while_it_was_away_stays_as_it_was_decided() {
    let whole = ClientField::Address(OptionalField::Whole);
    let mut edit = back_again(|edit| edit.keep_local(whole)).await;

    let address = there(&mut edit);
    assert_eq!((&*address.street, address.floor), ("Lyon", Some(3)));
}

#[tokio::test]
async fn what_others_write_beside_it_refuses_no_save() {
    for policy in [Policy::Fields, Policy::Overwrite] {
        let (mut edit, store, faults) = marty_by(policy).await;
        there(&mut edit).floor = Some(3);
        store.colleague_sets("marty", "address.street", "Main").await;
        store.colleague_sets("marty", "address.unknown", 7).await;
        faults.forget_calls();

        let saved = edit.save().await.unwrap();

        assert!(matches!(saved, SaveResult::Saved), "{policy:?}: {saved:?}");
        assert_eq!(faults.operations(), [Operation::Write], "{policy:?}");
        let address = json!({"street": "Main", "floor": 3, "place": {}, "unknown": 7});
        assert_eq!(store.stored("marty", "address").await, Some(address));
    }
}

#[tokio::test]
async fn a_part_that_has_gone_and_is_there_by_default_is_written_as_a_whole() {
    let (mut edit, store) = marty(Policy::Fields).await;
    edit.account.note = Some("owes".into());
    let _ = store.write(&"marty".into(), &Patch::new().unset("account"), &Guard::Exists).await.unwrap();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("marty", "account").await, Some(json!({"debt": 0, "note": "owes"})));
}

#[tokio::test]
async fn what_has_followed_the_store_is_not_written_with_the_part_that_a_lost_write_had_sent() {
    let (mut edit, store, faults) = marty_by(Policy::Overwrite).await;
    store.colleague_sets("marty", "address", json!({"street": "Lyon", "floor": 2, "place": {}})).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    there(&mut edit).street = "Hill".into();
    store.colleague_sets("marty", "address", Value::Null).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let lost = edit.save().await.unwrap();
    assert!(matches!(lost, SaveResult::Error(_)), "{lost:?}");
    store.colleague_sets("marty", "address", json!({"street": "Main", "place": {}})).await;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    let (result, ()) = futures::join!(edit.finish_save(), async {
        held.arrived().await;
        store.colleague_sets("marty", "address", Value::Null).await;
        held.release();
    });

    assert!(matches!(result, Ok(SaveResult::Saved)), "{result:?}");
    assert!(edit.modified_fields().is_empty(), "{:?}", edit.modified_fields());
    assert_eq!(store.stored("marty", "address").await, Some(json!({"street": "Hill", "place": {}})));
}

#[tokio::test]
async fn what_was_typed_while_a_part_was_away_stays_also_where_something_else_was_shown_meanwhile() {
    let (mut edit, store) = marty(Policy::Fields).await;
    there(&mut edit).street = "Main".into();
    store.colleague_sets("marty", "address", Value::Null).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    there(&mut edit).floor = Some(3);
    store.colleague_sets("marty", "name", "Doc").await;
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_sets("marty", "address", address()).await;

    let _ = edit.refresh_snapshot().await.unwrap();

    assert_eq!(there(&mut edit).floor, Some(3), "P4");
}

#[tokio::test]
async fn what_others_have_made_beside_what_a_save_has_written_is_not_overwritten_unshown() {
    let (mut edit, store, faults) = marty_by(Policy::Fields).await;
    there(&mut edit).floor = Some(3);
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("marty", "address", Value::Null).await;
    until(|| edit.is_stale()).await;
    let gone = edit.rebase().unwrap();
    assert!(gone.address.whole.is_some(), "{gone:?}");
    there(&mut edit).street = "Oak".into();
    store.colleague_sets("marty", "address", json!({"street": "Main", "place": {}})).await;
    held.release();
    assert!(matches!(edit.finish_save().await.unwrap(), SaveResult::Saved));

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Conflict(_)), "P3: {saved:?}");
    assert_eq!(store.stored("marty", "address").await, Some(json!({"street": "Main", "floor": 3, "place": {}})));
}

#[tokio::test]
async fn where_the_record_has_gone_by_then_what_was_changed_in_a_part_was_before_the_save_that_took_it_out() {
    let store = ImTable::new("client");
    let record = json!({"name": "Marty", "address": {"street": "Lyon", "place": {}}});
    store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await.unwrap();
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Client>::builder(faulty).policy(Policy::Overwrite).environment(Still::with_chance(0));
    let table = table.open().await.unwrap();
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.address = None;
    let writing = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    writing.arrived().await;
    store.colleague_sets("marty", "address.street", "Main").await;
    table.on_backend_change("marty").await.unwrap();
    let _ = edit.rebase().unwrap();
    let reading = faults.next(Operation::Read).is_held();
    writing.release();
    reading.arrived().await;
    store.colleague_deletes("marty").await;
    reading.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((&edit.address, &edit.live_snapshot().address), (&None, &None), "P4");
}
