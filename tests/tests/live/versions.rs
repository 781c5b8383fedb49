//! What is checked by version: the token alone where the store sees to it, and the token beside the fields where it does not.

use serde::{Deserialize, Serialize};
use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::claiming::Claiming;
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::edit::DeleteResult;
use vantage_live::{
    Guard, ImTable, InsertableValueSet, LiveEntity, LiveTable, Operation, Patch, Policy, ReadableValueSet as _, Record,
    RecordEdit, SaveResult, ValueErrorKind, WritableValueSet,
};

const CUPCAKE: &str = "flux_cupcake";

/// A table by version, over a store that sees to the versions itself or does not.
async fn by_version(version_token: bool) -> (LiveTable<Product>, ImTable) {
    let store = bakery::store().await;
    let claiming = Claiming::new(store.clone(), |can| can.version_token = version_token);
    (LiveTable::builder(claiming).policy(Policy::Version).open().await.unwrap(), store)
}

#[tokio::test]
async fn what_is_only_spelled_otherwise_refuses_no_save_where_the_store_sees_to_the_versions() {
    let (table, store) = by_version(true).await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.note = Some("sweet".into());
    // Null becomes absent, as a migration would make it: nobody has written the record.
    let _ = store.write(&CUPCAKE.into(), &Patch::new().unset("note"), &Guard::Exists).await.unwrap();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "note").await, Some("sweet".into()));
}

#[tokio::test]
async fn a_delete_is_refused_where_only_the_version_has_changed_and_the_store_does_not_see_to_it() {
    let (table, store) = by_version(false).await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "version", 2).await;

    let refused = edit.delete().await.unwrap();

    assert!(matches!(refused, DeleteResult::Changed(fields) if fields == ProductField::Version.into()), "{refused:?}");
    assert_eq!(store.count().await.unwrap(), 5);
}

#[tokio::test]
async fn a_refusal_that_nobody_heard_of_is_the_answer_to_the_next_save() {
    let (table, store) = by_version(false).await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    let patch = Patch::new().set("name", "Cupcake").set("version", 2);
    let _ = store.write(&CUPCAKE.into(), &patch, &Guard::Exists).await.unwrap();
    edit.start_save().unwrap();
    until(|| table.metrics().conflicts == 1).await;

    let told = edit.save().await.unwrap();
    let stored = store.stored(CUPCAKE, "price").await;
    let meant = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(stored, Some(120.into()));
    assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
}

#[tokio::test]
async fn a_delete_that_nobody_heard_of_lets_no_save_through_that_the_version_refuses() {
    let (table, store) = by_version(true).await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let patch = Patch::new().set("price", 130).set("version", 2);
    let _ = store.write(&CUPCAKE.into(), &patch, &Guard::Exists).await.unwrap();
    edit.start_delete().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    edit.name = "Cupcake".into();

    let told = edit.save().await.unwrap();
    let stored = store.stored(CUPCAKE, "name").await;
    let meant = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(stored, Some("Flux Capacitor Cupcake".into()));
    assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
}

/// A session by version that has rebased while its save was under way, after which somebody has changed the name.
async fn changed_after_a_rebase() -> (RecordEdit<'static, Product>, ImTable) {
    let store = bakery::store().await;
    let sees_to_it = Claiming::new(store.clone(), |can| can.version_token = true);
    let table = LiveTable::<Product>::builder(sees_to_it).feed(store.feed()).policy(Policy::Version);
    let table = table.open().await.unwrap();
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.price = 130;
    edit.start_save().unwrap();
    until(|| table.row(&CUPCAKE.into()).unwrap().price == 130).await;
    edit.note = Some("sweet".into());
    let _ = edit.rebase().unwrap();
    let patch = Patch::new().set("name", "Cupcake").set("version", 2);
    let _ = store.write(&CUPCAKE.into(), &patch, &Guard::Exists).await.unwrap();
    until(|| table.row(&CUPCAKE.into()).unwrap().version == 2).await;
    (edit, store)
}

#[tokio::test]
async fn a_change_after_what_was_shown_while_a_save_was_under_way_refuses_the_next_save() {
    let (mut edit, store) = changed_after_a_rebase().await;

    let told = edit.save().await.unwrap();
    let stored = store.stored(CUPCAKE, "note").await;
    let meant = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(stored, Some(serde_json::Value::Null));
    assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
}

#[tokio::test]
async fn ones_own_write_that_nobody_has_asked_about_refuses_nothing() {
    let (table, store) = by_version(true).await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    edit.start_save().unwrap();
    until(|| table.row(&CUPCAKE.into()).unwrap().price == 130).await;
    edit.note = Some("sweet".into());

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored(CUPCAKE, "note").await, Some("sweet".into()));
}

#[tokio::test]
async fn a_change_that_came_with_an_answer_that_was_asked_for_refuses_nothing() {
    let (mut edit, store) = changed_after_a_rebase().await;
    assert!(matches!(edit.finish_save().await.unwrap(), SaveResult::Saved));
    assert_eq!(edit.name, "Cupcake");

    let meant = edit.save().await.unwrap();

    assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
    assert_eq!(store.stored(CUPCAKE, "note").await, Some("sweet".into()));
}

#[tokio::test]
async fn where_nothing_is_modified_no_version_refuses_a_save() {
    let (mut edit, _) = changed_after_a_rebase().await;
    edit.note = None;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
}

/// A session by version whose note is in the store, which it does not know.
async fn lost(store: impl WritableValueSet + InsertableValueSet + 'static) -> RecordEdit<'static, Product> {
    let faulty = FaultyValueSet::new(store);
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.note = Some("sweet".into());
    faults.next(Operation::Write).loses_its_answer();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));
    edit
}

/// The same over a store that raises the version with each write, and notes when that was.
async fn lost_and_raised() -> (RecordEdit<'static, Product>, ImTable) {
    let store = bakery::store().await;
    let edit = lost(Claiming::new(store.clone(), |can| can.version_token = true)).await;
    raised(&store, 2, "2026-01-02T03:04:05Z").await;
    (edit, store)
}

async fn raised(store: &ImTable, version: i64, moment: &str) {
    let patch = Patch::new().set("version", version).set("updated_at", moment);
    let _ = store.write(&CUPCAKE.into(), &patch, &Guard::Exists).await.unwrap();
}

#[tokio::test]
async fn ones_own_lost_write_of_what_the_record_had_not_at_all_is_no_change_of_anybody_elses() {
    let store = bakery::store().await;
    let _ = store.write(&CUPCAKE.into(), &Patch::new().unset("note"), &Guard::Exists).await.unwrap();
    let mut edit = lost(store.clone()).await;

    let found = edit.save().await.unwrap();

    assert!(matches!(found, SaveResult::Saved), "{found:?}");
    assert_eq!(store.stored(CUPCAKE, "note").await, Some("sweet".into()));
}

#[tokio::test]
async fn a_column_that_others_have_changed_beside_ones_own_lost_write_is_a_change() {
    let store = bakery::store().await;
    let mut edit = lost(store.clone()).await;
    store.colleague_sets(CUPCAKE, "supplier", "Doc").await;
    edit.price = 130;

    let found = edit.save().await.unwrap();

    assert!(matches!(found, SaveResult::Conflict(_)), "{found:?}");
}

#[tokio::test]
async fn a_write_of_which_only_a_part_stands_there_is_somebody_elses() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    (edit.price, edit.note) = (130, Some("sweet".into()));
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));
    let patch = Patch::new().set("price", 130).set("version", 2);
    let _ = store.write(&CUPCAKE.into(), &patch, &Guard::Exists).await.unwrap();

    let found = edit.save().await.unwrap();

    assert!(matches!(found, SaveResult::Conflict(_)), "{found:?}");
    assert_eq!(store.stored(CUPCAKE, "note").await, Some(serde_json::Value::Null));
}

#[tokio::test]
async fn saves_in_a_row_are_refused_by_none_of_ones_own() {
    for version_token in [false, true] {
        let (table, store) = by_version(version_token).await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        for price in [130, 140, 150] {
            edit.price = price;

            let saved = edit.save().await.unwrap();

            assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
            assert_eq!(store.stored(CUPCAKE, "price").await, Some(price.into()));
        }
    }
}

#[tokio::test]
async fn ones_own_lost_write_into_a_part_that_the_record_had_not_is_no_change_of_anybody_elses() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Shop {
        #[live(nested)]
        #[serde(default)]
        account: Account,
        #[live(version)]
        version: i64,
    }
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Account {
        debt: i64,
    }
    let store = ImTable::new("shop");
    store.insert_id_value(&"bakery".into(), serde_json::Map::from_iter([("version".into(), 1.into())])).await.unwrap();
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Shop>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record("bakery").await.unwrap();
    edit.account.debt = 7;
    faults.next(Operation::Write).loses_its_answer();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));

    let found = edit.save().await.unwrap();

    assert!(matches!(found, SaveResult::Saved), "{found:?}");
}

#[tokio::test]
async fn a_refusal_that_nobody_heard_of_is_told_also_after_something_else_has_failed() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    let patch = Patch::new().set("name", "Cupcake").set("version", 2);
    let _ = store.write(&CUPCAKE.into(), &patch, &Guard::Exists).await.unwrap();
    edit.start_save().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    assert!(matches!(edit.save_as_new().await.unwrap(), SaveResult::Error(_)));

    let told = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(120.into()));
}

#[tokio::test]
async fn what_the_store_has_noted_of_ones_own_lost_write_refuses_nothing() {
    let (mut edit, store) = lost_and_raised().await;
    edit.price = 130;

    let found = edit.save().await.unwrap();

    assert!(matches!(found, SaveResult::Saved), "{found:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_field_that_is_only_shown_and_was_changed_after_ones_own_lost_write_refuses_what_was_typed_since() {
    let typed: [fn(&mut Product); 2] = [|product| product.price = 130, |product| product.note = Some("sour".into())];
    for typed in typed {
        let (mut edit, store) = lost_and_raised().await;
        raised(&store, 3, "2026-01-02T03:04:06Z").await;
        typed(edit.local_mut());

        let found = edit.save().await.unwrap();
        let stored = (store.stored(CUPCAKE, "price").await, store.stored(CUPCAKE, "note").await);
        let meant = edit.save().await.unwrap();

        assert!(matches!(found, SaveResult::Conflict(_)), "{found:?}");
        assert_eq!(stored, (Some(120.into()), Some("sweet".into())));
        assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
    }
}

#[tokio::test]
async fn where_nothing_was_typed_since_a_lost_write_stands_there_whatever_the_store_has_noted_since() {
    let (mut edit, store) = lost_and_raised().await;
    raised(&store, 3, "2026-01-02T03:04:06Z").await;

    let found = edit.save().await.unwrap();

    assert!(matches!(found, SaveResult::Saved), "{found:?}");
    assert_eq!(edit.version, 3, "and it is shown");
}

/// A record whose version may be absent: nobody has written it since versions were introduced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Note {
    text: String,
    #[live(version)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

#[tokio::test]
async fn a_record_that_has_got_its_first_version_meanwhile_refuses_the_save() {
    let store = ImTable::new("note");
    store.insert_id_value(&"it".into(), bakery::record(serde_json::json!({"text": "flux"}))).await.unwrap();
    let claiming = Claiming::new(store.clone(), |can| can.version_token = true);
    let table = LiveTable::<Note>::builder(claiming).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record("it").await.unwrap();
    edit.text = "1.21 GW".into();
    let patch = Patch::new().set("text", "88 mph").set("version", 1);
    let _ = store.write(&"it".into(), &patch, &Guard::Exists).await.unwrap();

    let refused = edit.save().await.unwrap();

    assert!(matches!(&refused, SaveResult::Conflict(conflicts) if conflicts.text.is_some()), "{refused:?}");
    assert_eq!(store.stored("it", "text").await, Some("88 mph".into()));
}

#[tokio::test]
async fn a_lost_delete_is_in_doubt_whatever_becomes_of_what_changes_without_the_version() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.version_token = true));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "updated_at", "2026-01-02T03:04:05Z").await; // as the store computes it
    table.on_backend_change(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).loses_its_answer();
    let lost = edit.delete().await.unwrap();
    assert!(matches!(lost, DeleteResult::Error(_)), "it is deleted all the same: {lost:?}");
    let _ = edit.rebase().unwrap(); // to what the table still shows

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}

#[tokio::test]
async fn by_version_another_field_that_somebody_else_has_written_once_refuses_a_save_after_a_lost_one() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.version_token = true));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let lost = edit.save().await.unwrap();
    assert!(matches!(lost, SaveResult::Error(_)), "{lost:?}");
    let patch = Patch::new().set("name", "Cupcake").set("version", edit.version + 1);
    let _ = store.write(&CUPCAKE.into(), &patch, &Guard::Exists).await.unwrap();

    let told = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(120.into()));
}

#[tokio::test]
async fn a_field_that_somebody_has_set_back_after_a_save_that_nobody_heard_of_refuses_the_next_one() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.version_token = true));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(store.feed()).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let before = edit.price;
    edit.price = 130;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    let _ = edit.rebase().unwrap();
    let back = Patch::new().set("price", before).set("version", 2);
    let _ = store.write(&CUPCAKE.into(), &back, &Guard::Exists).await.unwrap();
    held.release();
    until(|| table.row(&CUPCAKE.into()).is_some_and(|row| row.version == 2)).await;
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    let _ = edit.refresh_snapshot().await.unwrap_err(); // takes the answer in
    edit.name = "Cupcake".into();

    let told = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "any change counts: {told:?}");
}

#[tokio::test]
async fn the_policy_by_version_checks_the_fields_of_what_has_no_version() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Priced>::builder(faulty).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.set_policy(Policy::Version);
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    store.colleague_sets(CUPCAKE, "name", "Cupcake").await;
    edit.price = 140;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(140.into()));
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Priced {
    name: String,
    price: i64,
}

#[tokio::test]
async fn that_ones_own_write_has_raised_the_version_keeps_nobody_from_deleting() {
    let raises = |record: &mut Record| _ = record.insert("version".into(), 2.into());
    let store = Coercing::new(bakery::store().await, raises);
    let table = LiveTable::<Product>::builder(store).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    edit.start_save().unwrap();
    until(|| table.row(&CUPCAKE.into()).unwrap().price == 130).await;

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
}
