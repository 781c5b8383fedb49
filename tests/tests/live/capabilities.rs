//! What a table does with a store that cannot do everything: it says so, or does without, and never pretends.

use serde::{Deserialize, Serialize};
use tests::bakery::{self, Colleague as _, Product, ProductField, hoverboard};
use tests::claiming::Claiming;
use tests::numbering::Numbering;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::dataset::{DataSetError, InsertableDataSet as _, TypedTable, WritableDataSet as _};
use vantage_live::edit::SaveError;
use vantage_live::{
    Capabilities, Guard, Id, Ids, ImTable, LiveEntity, LiveTable, OpenError, Operation, Patch, Policy,
    ReadableValueSet as _, RecordEdit, SaveResult, ValueErrorKind, WritableValueSet as _, WriteOutcome,
};

async fn that(claim: impl FnOnce(&mut Capabilities)) -> (Claiming<ImTable>, ImTable) {
    let store = bakery::store().await;
    (Claiming::new(store.clone(), claim), store)
}

#[tokio::test]
async fn a_store_that_cannot_patch_is_refused() {
    let (store, _) = that(|can| can.patch = false).await;

    let opened = LiveTable::<Product>::builder(store).start();

    assert!(matches!(opened, Err(OpenError::NoPatch(_))), "{opened:?}");
}

#[tokio::test]
async fn a_store_that_cannot_guard_is_refused_where_a_save_would_guard() {
    for policy in [Policy::Fields, Policy::Version] {
        let (store, _) = that(|can| can.guarded_write = false).await;

        let opened = LiveTable::<Product>::builder(store).policy(policy).start();

        assert!(matches!(opened, Err(OpenError::NoGuardedWrite(_))), "{policy:?}: {opened:?}");
    }
}

#[tokio::test]
async fn a_store_that_cannot_guard_is_overwritten_where_that_is_the_policy() {
    let (claiming, store) = that(|can| can.guarded_write = false).await;
    let table = LiveTable::<Product>::builder(claiming).policy(Policy::Overwrite).open().await.unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(310.into()));
}

#[tokio::test]
async fn a_session_that_guards_over_a_store_that_cannot_is_told_so_and_nothing_is_written() {
    let (claiming, store) = that(|can| can.guarded_write = false).await;
    let table = LiveTable::<Product>::builder(claiming).policy(Policy::Overwrite).open().await.unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    edit.set_policy(Policy::Fields);

    let saved = edit.save().await;

    assert!(!matches!(saved, Ok(SaveResult::Saved)), "{saved:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(299.into()));
}

#[tokio::test]
async fn an_update_of_all_rows_over_a_store_that_cannot_guard_is_an_error_and_writes_nothing() {
    let (claiming, store) = that(|can| can.guarded_write = false).await;
    let table = LiveTable::<Product>::builder(claiming).policy(Policy::Overwrite).open().await.unwrap();

    let updated = table.update(&mut |product| product.price += 1).await;

    assert!(updated.is_err(), "{updated:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(299.into()));
}

#[tokio::test]
async fn from_a_store_without_after_images_the_record_is_read_after_a_save() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    let store = Claiming::new(faulty, |can| can.after_image = false);
    let table = LiveTable::<Product>::builder(store).open().await.unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    faults.forget_calls();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(faults.operations(), [Operation::Write, Operation::Read]);
}

#[tokio::test]
async fn a_save_whose_record_could_not_be_read_afterwards_is_unknown_and_the_next_finds_out() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    let store = Claiming::new(faulty, |can| can.after_image = false);
    let table = LiveTable::<Product>::builder(store).open().await.unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);

    let lost = edit.save().await.unwrap();
    let found = edit.save().await.unwrap();

    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    assert!(matches!(found, SaveResult::Saved), "{found:?}");
}

/// An empty store that tells no after-image, and a table over it.
async fn silent(ids: Ids) -> (LiveTable<Product>, ImTable, Faults) {
    let store = ImTable::new("product");
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let silent = Claiming::new(faulty, |can| can.after_image = false);
    (LiveTable::<Product>::builder(silent).ids(ids).open().await.unwrap(), store, faults)
}

#[tokio::test]
async fn a_new_record_that_has_gone_before_it_could_be_read_is_deleted_and_saving_again_makes_it() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let (table, store, faults) = silent(ids).await;
        let mut edit = table.new_record(hoverboard());
        let held = faults.next(Operation::Read).is_held();
        edit.start_save().unwrap();
        held.arrived().await;
        assert_eq!(store.delete_all().await.unwrap(), 1);
        held.release();

        let told = edit.finish_save().await.unwrap();
        assert!(matches!(told, SaveResult::Deleted), "{ids:?}: {told:?}");
        assert_eq!(store.count().await.unwrap(), 0);
        let again = edit.save().await.unwrap();

        assert!(matches!(again, SaveResult::Created(_)), "{ids:?}: {again:?}");
        assert_eq!(store.count().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn that_a_new_record_has_gone_is_told_before_it_is_made_again_though_nobody_has_asked() {
    for is_saved_as_new in [false, true] {
        let (table, store, faults) = silent(Ids::Store).await;
        let mut edit = table.new_record(hoverboard());
        let held = faults.next(Operation::Read).is_held();
        edit.start_save().unwrap();
        held.arrived().await;
        assert_eq!(store.delete_all().await.unwrap(), 1);
        held.release();

        let told = if is_saved_as_new { edit.save_as_new().await } else { edit.save().await }.unwrap();

        assert!(matches!(told, SaveResult::Deleted), "{told:?}");
        assert_eq!(store.count().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_entity_that_has_gone_before_it_could_be_read_was_inserted_all_the_same() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let (table, store, faults) = silent(ids).await;
        let held = faults.next(Operation::Read).is_held();
        let inserting = tokio::spawn({
            let table = table.clone();
            async move { table.insert(hoverboard()).await }
        });
        held.arrived().await;
        let (made, _) = store.get_some_value().await.unwrap().unwrap();
        assert_eq!(store.delete_all().await.unwrap(), 1);
        held.release();

        assert_eq!(inserting.await.unwrap().unwrap(), made, "{ids:?}");
    }
}

#[tokio::test]
async fn an_entity_that_has_gone_before_it_could_be_read_is_missing_where_it_was_to_be_replaced() {
    let (table, store, faults) = silent(Ids::Store).await;
    // The first read finds out what there is.
    let held = faults.next(Operation::Read).after(1).is_held();
    let replacing = tokio::spawn({
        let table = table.clone();
        async move { table.replace_id(&"almanac".into(), hoverboard()).await }
    });
    held.arrived().await;
    assert_eq!(store.delete_all().await.unwrap(), 1);
    held.release();

    let told = replacing.await.unwrap();

    let is_missing =
        |told: &DataSetError| matches!(told, DataSetError::Store(error) if error.kind == ValueErrorKind::Missing);
    assert!(told.as_ref().is_err_and(is_missing), "{told:?}");
}

#[tokio::test]
async fn a_store_without_after_images_is_read_for_what_a_replacement_has_become() {
    let (table, _, _) = silent(Ids::Store).await;

    let made = table.replace_id(&"almanac".into(), hoverboard()).await.unwrap();

    assert_eq!(made.name, "Hoverboard Cookie");
}

#[tokio::test]
async fn a_plain_table_reads_what_a_replacement_has_become_where_the_store_does_not_tell() {
    let (claiming, _) = that(|can| can.after_image = false).await;
    let table = TypedTable::<Product>::new(claiming);

    for id in ["sea_pie", "almanac"] {
        assert_eq!(table.replace_id(&id.into(), hoverboard()).await.unwrap().name, "Hoverboard Cookie", "{id}");
    }
}

#[tokio::test]
async fn a_record_with_nothing_in_it_is_not_taken_for_one_that_has_gone() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Note {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    }
    let silent = Claiming::new(ImTable::new("note"), |can| can.after_image = false);
    let table = LiveTable::<Note>::builder(silent).open().await.unwrap();

    let made = table.replace_id(&"empty".into(), Note { text: None }).await.unwrap();

    assert_eq!(made.text, None);
}

#[tokio::test]
async fn a_replacement_that_was_done_and_has_gone_is_in_doubt_where_it_cannot_be_made_again() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let silent = Claiming::new(faulty, |can| can.after_image = false);
    let table = LiveTable::<Product>::builder(silent).open().await.unwrap();
    // The first read finds what there is, the second what has become of it.
    let held = faults.next(Operation::Read).after(1).is_held();
    let replacing = tokio::spawn({
        let table = table.clone();
        async move { table.replace_id(&"sea_pie".into(), hoverboard()).await }
    });
    held.arrived().await;
    assert_eq!(store.delete_all().await.unwrap(), 5);
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    held.release();

    let told = replacing.await.unwrap();

    let is_unknown = |told: &DataSetError| matches!(told, DataSetError::Store(error) if error.kind == ValueErrorKind::OutcomeUnknown);
    assert!(told.as_ref().is_err_and(is_unknown), "{told:?}");
}

#[tokio::test]
async fn a_store_that_cannot_guard_replaces_a_record_as_a_whole() {
    let (claiming, store) = that(|can| can.guarded_write = false).await;
    let table = LiveTable::<Product>::builder(claiming).policy(Policy::Overwrite).open().await.unwrap();

    table.replace_id(&"sea_pie".into(), hoverboard()).await.unwrap();

    assert_eq!(store.stored("sea_pie", "name").await, Some("Hoverboard Cookie".into()));
}

/// A session whose price of 310 is in a store that does not tell what it has stored, and is read there as a colleague's 305.
async fn read_after_a_colleague(policy: Policy) -> (RecordEdit<'static, Product>, ImTable, Faults) {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table =
        LiveTable::<Product>::builder(Claiming::new(faulty, |can| can.after_image = false)).open().await.unwrap();
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    edit.set_policy(policy);
    edit.price = 310;
    let held = faults.next(Operation::Read).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("sea_pie", "price", 305).await;
    held.release();
    (edit, store, faults)
}

#[tokio::test]
async fn from_a_store_without_after_images_another_value_is_told_before_it_is_overwritten() {
    let (mut edit, store, _) = read_after_a_colleague(Policy::Fields).await;

    // Nobody has asked for the answer of the first one.
    let told = edit.save().await.unwrap();

    assert!(matches!(&told, SaveResult::PartialSave(otherwise) if !otherwise.is_repeated()), "{told:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(305.into()));
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved), "who was told means it");
    assert_eq!(store.stored("sea_pie", "price").await, Some(310.into()));
}

#[tokio::test]
async fn another_value_is_told_before_it_is_overwritten_though_a_copy_was_to_be_made_meanwhile() {
    let (mut edit, store, faults) = read_after_a_colleague(Policy::Fields).await;
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let copy = edit.save_as_new().await.unwrap();
    assert!(matches!(copy, SaveResult::Error(SaveError::Unreachable { .. })), "{copy:?}");
    assert!(edit.is_saving(), "there is an answer that nobody was told");

    let told = edit.save().await.unwrap();

    let of_price = |told: &SaveResult<Product>| match told {
        SaveResult::PartialSave(otherwise) => otherwise.fields() == ProductField::Price.into(),
        _ => false,
    };
    assert!(of_price(&told), "{told:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(305.into()));
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved), "who was told means it");
}

#[tokio::test]
async fn who_asks_for_the_answer_of_the_save_before_the_copy_is_told_it() {
    let (mut edit, _, faults) = read_after_a_colleague(Policy::Fields).await;
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let _ = edit.save_as_new().await.unwrap();

    let told = edit.poll_save();

    assert!(matches!(told, Some(Ok(SaveResult::PartialSave(_)))), "{told:?}");
    assert!(!edit.is_saving() && edit.poll_save().is_none());
}

#[tokio::test]
async fn another_value_is_told_though_nobody_has_heard_that_the_copy_was_not_made() {
    let (mut edit, store, faults) = read_after_a_colleague(Policy::Fields).await;
    for _ in 0..2 {
        faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
        let _ = edit.save_as_new().await.unwrap();
    }
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    edit.start_save_as_new().unwrap();

    let told = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::PartialSave(_)), "{told:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(305.into()));
}

#[tokio::test]
async fn from_a_store_without_after_images_another_value_is_overwritten_unasked_where_that_is_the_policy() {
    let (mut edit, store, _) = read_after_a_colleague(Policy::Overwrite).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(310.into()));
}

#[tokio::test]
async fn a_number_that_the_store_mints_is_the_id_of_an_entity_that_has_numbers() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Numbered {
        #[live(id)]
        id: i64,
        name: String,
    }
    let table = LiveTable::<Numbered>::builder(Numbering::new(ImTable::new("numbered"))).open().await.unwrap();
    let mut edit = table.new_record(Numbered { id: 0, name: "Doc".into() });

    let made = edit.save().await.unwrap();

    assert!(matches!(&made, SaveResult::Created(id) if *id == Id::from(1)), "{made:?}");
    assert_eq!(edit.id, 1);
}

#[tokio::test]
async fn from_a_store_without_after_images_another_value_of_a_new_record_is_a_conflict() {
    // Also what the program began with.
    for price in [95, hoverboard().price] {
        let store = ImTable::new("product");
        let faulty = FaultyValueSet::new(store.clone());
        let faults = faulty.faults();
        let claiming = Claiming::new(faulty, |can| can.after_image = false);
        let table = LiveTable::<Product>::builder(claiming).open().await.unwrap();
        let mut edit = table.new_record(hoverboard());
        edit.price = 90;
        let held = faults.next(Operation::Read).is_held();
        edit.start_save().unwrap();
        held.arrived().await;
        let (id, _) = store.get_some_value().await.unwrap().unwrap();
        let changed = Patch::new().set("price", price);
        assert!(matches!(store.write(&id, &changed, &Guard::Exists).await.unwrap(), WriteOutcome::Written(_)));
        held.release();

        let told = edit.finish_save().await.unwrap();

        assert!(matches!(&told, SaveResult::Conflict(conflicts) if conflicts.price.is_some()), "{price}: {told:?}");
        assert_eq!((edit.id(), edit.is_new()), (&id, false));
        edit.take_remote(ProductField::Price);
        assert!(matches!(edit.save().await.unwrap(), SaveResult::Created(made) if made == id));
        assert_eq!(store.get_id_value(&id).await.unwrap().unwrap()["price"], price);
    }
}

#[tokio::test]
async fn a_store_that_cannot_guard_is_asked_for_no_guard_of_a_nested_field() {
    let (claiming, store) = that(|can| can.guarded_write = false).await;
    let table = LiveTable::<Product>::builder(claiming).policy(Policy::Overwrite).open().await.unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.inventory.stock = 3;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("sea_pie", "inventory.stock").await, Some(3.into()));
}

#[tokio::test]
async fn a_store_that_numbers_its_records_numbers_a_new_one_and_knows_its_repetition() {
    let store = ImTable::new("product");
    let faulty = FaultyValueSet::new(Numbering::new(store.clone()));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let mut edit = table.new_record(hoverboard());
    faults.next(Operation::Insert).loses_its_answer();
    let lost = edit.save().await.unwrap();

    let found = edit.save().await.unwrap();

    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    assert!(matches!(&found, SaveResult::Created(id) if *id == Id::from(1)), "{found:?}");
    assert_eq!(store.count().await.unwrap(), 1);
}

#[tokio::test]
async fn an_id_minted_by_the_client_stays_in_a_store_that_would_number_the_record() {
    let table = LiveTable::<Product>::builder(Numbering::new(ImTable::new("product"))).ids(Ids::ClientUuid);
    let table = table.open().await.unwrap();
    let mut edit = table.new_record(hoverboard());
    let minted = edit.id().clone();

    let made = edit.save().await.unwrap();

    assert!(matches!(&made, SaveResult::Created(id) if *id == minted), "{made:?}");
}
