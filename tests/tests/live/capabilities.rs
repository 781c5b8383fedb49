//! What a table does with a store that cannot do everything: it says so, or does without, and never pretends.

use tests::bakery::{self, Colleague as _, Product, hoverboard};
use tests::claiming::Claiming;
use tests::numbering::Numbering;
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::WritableDataSet as _;
use vantage_live::edit::SaveError;
use vantage_live::{
    Capabilities, Id, Ids, ImTable, LiveTable, OpenError, Operation, Policy, ReadableValueSet as _, SaveResult,
    ValueErrorKind,
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
