//! Deletes that nobody has waited for, of records that were shown since: who deletes one then means what was shown.

use tests::bakery::{Colleague as _, Product, ProductField};
use tests::wait::until;
use vantage_live::contract::Faults;
use vantage_live::edit::{DeleteResult, EditError, RefreshError};
use vantage_live::{
    ImTable, LiveTable, Operation, Policy, ReadableValueSet as _, RecordEdit, SaveResult, ValueErrorKind,
    WritableValueSet as _,
};

use crate::faulty_products;
use crate::forgotten::{is_told, is_told_all};

const CUPCAKE: &str = "flux_cupcake";

#[tokio::test]
async fn a_record_that_was_deleted_unheard_and_made_again_is_deleted_by_who_deletes_it_then() {
    for price in [120, 125] {
        let (table, store, faults) = faulty_products().await;
        let mut record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
        assert_eq!(record["price"], 120);
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        edit.start_delete().unwrap();
        until(|| table.row(&CUPCAKE.into()).is_none()).await;
        faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
        let failed = edit.save_as_new().await.unwrap();
        assert!(matches!(failed, SaveResult::Error(_)), "{failed:?}");
        record.insert("price".into(), price.into());
        store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
        table.on_backend_change(CUPCAKE).await.unwrap();
        let _ = edit.rebase().unwrap();
        store.colleague_deletes(CUPCAKE).await;

        let found = edit.delete().await.unwrap();

        assert!(matches!(found, DeleteResult::AlreadyGone), "{price}: {found:?}");
    }
}

#[tokio::test]
async fn a_record_that_was_made_again_after_a_forgotten_delete_is_deleted_by_who_was_shown_it() {
    let (table, store, _faults) = faulty_products().await;
    let mut record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    record.insert("price".into(), 125.into());
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
    assert_eq!(store.get_id_value(&CUPCAKE.into()).await.unwrap(), None);
}

/// A delete that nobody has waited for is done, and the record is there again, as the table knows, with this price.
async fn deleted_and_made_again(
    policy: Policy,
    price: i64,
) -> (LiveTable<Product>, RecordEdit<'static, Product>, ImTable, Faults) {
    let (table, store, faults) = faulty_products().await;
    let mut record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.set_policy(policy);
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    record.insert("price".into(), price.into());
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
    table.on_backend_change(CUPCAKE).await.unwrap();
    (table, edit, store, faults)
}

#[tokio::test]
async fn what_a_rebase_has_shown_after_a_forgotten_delete_is_deleted_by_any_policy_also_where_it_is_as_it_was() {
    for policy in [Policy::Fields, Policy::Version, Policy::Overwrite] {
        for price in [120, 125] {
            let (table, mut edit, _store, faults) = deleted_and_made_again(policy, price).await;
            let _ = edit.rebase().unwrap();
            faults.forget_calls();

            let deleted = edit.delete().await.unwrap();

            assert!(matches!(deleted, DeleteResult::Deleted), "{policy:?}, {price}: {deleted:?}");
            assert_eq!(faults.round_trips(Operation::Delete), 1, "{policy:?}, {price}");
            assert!(table.row(&CUPCAKE.into()).is_none(), "{policy:?}, {price}");
        }
    }
}

#[tokio::test]
async fn what_a_rebase_has_shown_after_a_forgotten_delete_is_deleted_also_where_another_call_has_come_between() {
    let (table, mut edit, _store, _faults) = deleted_and_made_again(Policy::Fields, 125).await;
    let _ = edit.rebase().unwrap();
    let saved = edit.save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
    assert!(table.row(&CUPCAKE.into()).is_none());
}

#[tokio::test]
async fn what_came_of_a_forgotten_delete_is_told_to_who_asks_for_it_though_a_rebase_has_shown_the_record_since() {
    let (_table, mut edit, _store, _faults) = deleted_and_made_again(Policy::Fields, 125).await;
    let _ = edit.rebase().unwrap();

    let deleted = edit.finish_delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
}

#[tokio::test]
async fn a_delete_can_be_begun_where_the_answer_to_the_one_before_has_come() {
    let (table, mut edit, _store, _faults) = deleted_and_made_again(Policy::Fields, 125).await;
    let _ = edit.rebase().unwrap();

    edit.start_delete().unwrap();

    until(|| table.row(&CUPCAKE.into()).is_none()).await;
}

#[tokio::test]
async fn a_record_that_was_made_again_and_does_not_fit_is_not_deleted_by_who_was_shown_that() {
    let (table, store, _faults) = faulty_products().await;
    let mut record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    record.insert("price".into(), "ask Doc".into());
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
    assert!(table.on_backend_change(CUPCAKE).await.is_err());
    assert!(matches!(edit.rebase(), Err(RefreshError::Edit(EditError::KeptApart { .. }))));

    let refused = edit.delete().await;

    assert!(matches!(refused, Err(EditError::KeptApart { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_refused_delete_is_told_to_who_asks_for_it_after_a_rebase() {
    let (table, store, _faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    edit.start_delete().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    let saved = edit.save().await.unwrap(); // takes the answer in
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    let _ = edit.rebase().unwrap();

    let told = edit.poll_delete();

    assert!(matches!(told, Some(Ok(DeleteResult::Changed(_)))), "{told:?}");
}

#[tokio::test]
async fn a_forgotten_delete_of_what_has_changed_twice_tells_of_the_change_that_nobody_was_shown() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let held = faults.next(Operation::Delete).is_held();
    edit.start_delete().unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();
    store.colleague_sets(CUPCAKE, "price", 130).await;
    held.release();

    let told = edit.delete().await.unwrap();

    assert!(is_told(&told, ProductField::Price), "{told:?}");
}

/// A delete that nobody has waited for was refused for a price that a rebase has shown since.
async fn refused_and_rebased() -> (LiveTable<Product>, RecordEdit<'static, Product>, ImTable, Faults) {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 310).await;
    edit.start_delete().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    let _ = edit.rebase().unwrap();
    (table, edit, store, faults)
}

#[tokio::test]
async fn a_delete_that_was_refused_for_what_a_rebase_has_shown_is_not_sent_again_by_a_save() {
    let (_table, mut edit, store, faults) = refused_and_rebased().await;
    edit.name = "Pie".into();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(faults.round_trips(Operation::Delete), 1);
    assert_eq!(store.stored(CUPCAKE, "name").await, Some("Pie".into()));
}

#[tokio::test]
async fn a_delete_that_was_refused_for_what_a_rebase_has_shown_says_so_to_who_polls() {
    let (_table, mut edit, _store, _faults) = refused_and_rebased().await;

    let told = edit.poll_delete();

    assert!(matches!(&told, Some(Ok(told)) if is_told(told, ProductField::Price)), "{told:?}");
}

#[tokio::test]
async fn who_deletes_after_a_rebase_has_shown_what_refused_the_last_delete_means_it() {
    let (table, mut edit, _store, _faults) = refused_and_rebased().await;

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
    assert!(table.row(&CUPCAKE.into()).is_none());
}

#[tokio::test]
async fn a_refused_delete_that_is_told_late_tells_of_what_has_changed_since_too() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 310).await;
    edit.start_delete().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    let saved = edit.save().await.unwrap(); // takes the answer in
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    edit.inventory.stock = 7;
    store.colleague_sets(CUPCAKE, "name", "Cake").await;
    edit.start_save().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_some_and(|row| row.name == "Cake")).await;
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    assert!(edit.refresh_snapshot().await.is_err()); // takes that of the save in

    let told = edit.delete().await.unwrap();

    assert!(is_told_all(&told, ProductField::Price | ProductField::Name), "{told:?}");
}

#[tokio::test]
async fn what_was_deleted_unheard_and_shown_again_is_not_claimed_after_a_copy_was_not_made() {
    let (_table, mut edit, store, faults) = deleted_and_made_again(Policy::Fields, 125).await;
    let _ = edit.rebase().unwrap();
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let failed = edit.save_as_new().await.unwrap();
    assert!(matches!(failed, SaveResult::Error(_)), "{failed:?}");
    store.colleague_deletes(CUPCAKE).await;

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::AlreadyGone), "{found:?}");
}

#[tokio::test]
async fn a_record_that_was_shown_not_to_fit_after_a_forgotten_delete_and_fits_again_is_deleted_anew() {
    let (table, store, _faults) = faulty_products().await;
    let mut record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    record.insert("price".into(), "ask Doc".into());
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
    assert!(matches!(edit.refresh_snapshot().await, Err(RefreshError::Edit(EditError::KeptApart { .. }))));
    store.colleague_sets(CUPCAKE, "price", 310).await;
    table.on_backend_change(CUPCAKE).await.unwrap();

    let told = edit.delete().await.unwrap();

    assert!(is_told(&told, ProductField::Price), "nobody has been shown that: {told:?}");
}

#[tokio::test]
async fn a_record_that_refused_a_delete_by_not_fitting_is_deleted_by_who_was_shown_that_it_fits_again() {
    for (is_shown, starts) in [(false, false), (false, true), (true, false), (true, true)] {
        let (table, store, _faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        store.colleague_sets(CUPCAKE, "price", "ask Doc").await;
        edit.start_delete().unwrap();
        until(|| table.metrics().conflicts == 1).await;
        store.colleague_sets(CUPCAKE, "price", 125).await;
        table.on_backend_change(CUPCAKE).await.unwrap();
        if is_shown {
            let _ = edit.rebase().unwrap();
        }

        let started = if starts { edit.start_delete() } else { Ok(()) };
        let deleted = match started {
            Ok(()) => edit.delete().await,
            Err(error) => Err(error),
        };

        let is_so = match deleted {
            Ok(DeleteResult::Deleted) => is_shown,
            Err(EditError::KeptApart { .. }) => !is_shown,
            _ => false,
        };
        assert!(is_so, "shown {is_shown}, starts {starts}: {deleted:?}");
    }
}

#[tokio::test]
async fn what_comes_of_a_delete_after_a_rebase_is_told_to_who_deletes_once_more() {
    for is_shown in [false, true] {
        let (table, _store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        let held = faults.next(Operation::Delete).is_held();
        edit.start_delete().unwrap();
        held.arrived().await;
        if is_shown {
            let _ = edit.rebase().unwrap();
        }
        held.release();

        let told = edit.delete().await.unwrap();

        assert!(matches!(told, DeleteResult::Deleted), "shown {is_shown}: {told:?}");
    }
}

#[tokio::test]
async fn that_a_record_was_deleted_is_told_no_more_to_who_was_shown_that_it_is_there_again() {
    let (table, store, _faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    let saved = edit.save().await.unwrap(); // takes the answer in
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();

    let told = edit.poll_delete();

    assert!(told.is_none(), "{told:?}");
}

#[tokio::test]
async fn a_record_that_is_there_again_and_does_not_fit_is_not_told_as_deleted() {
    let (table, store, _faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let mut record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    let _ = edit.save().await.unwrap(); // takes the answer in
    record.insert("price".into(), "ask Doc".into());
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
    let _ = table.on_backend_change(CUPCAKE).await;

    let told = edit.delete().await;

    assert!(matches!(told, Err(EditError::KeptApart { .. })), "{told:?}");
}
