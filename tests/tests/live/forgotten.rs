//! Deletes whose futures were dropped or whose answers were lost: what the calls after them make of what has come.

use tests::bakery::{Colleague as _, Product, ProductField, product_records};
use tests::wait::until;
use vantage_live::contract::Faults;
use vantage_live::edit::{DeleteResult, EditError, RefreshError, SaveError};
use vantage_live::{
    FieldSet, ImTable, LiveTable, Operation, Policy, ReadableValueSet as _, RecordEdit, SaveResult, ValueErrorKind,
    WritableValueSet as _,
};

use crate::{faulty_products, products_without_feed};

const CUPCAKE: &str = "flux_cupcake";

async fn touched(store: &ImTable, moment: &str) {
    store.colleague_sets(CUPCAKE, "updated_at", moment).await;
}

fn is_told_all(told: &DeleteResult<ProductField>, all: FieldSet<ProductField>) -> bool {
    matches!(told, DeleteResult::Changed(fields) if *fields == all)
}

pub fn is_told(told: &DeleteResult<ProductField>, field: ProductField) -> bool {
    matches!(told, DeleteResult::Changed(fields) if *fields == field.into())
}

#[tokio::test]
async fn a_refusal_that_another_call_has_taken_in_is_told_once_and_not_twice() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    touched(&store, "2026-01-02T03:04:05Z").await;
    edit.start_delete().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    assert!(edit.refresh_snapshot().await.is_err());
    let first = edit.delete().await.unwrap();
    touched(&store, "2026-01-02T03:04:06Z").await;

    let second = edit.delete().await.unwrap();

    assert!(is_told(&first, ProductField::UpdatedAt), "{first:?}");
    assert!(is_told(&second, ProductField::UpdatedAt), "{second:?}");
}

#[tokio::test]
async fn what_was_told_twice_is_asked_about_again_once_a_delete_has_failed() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    for moment in ["2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"] {
        touched(&store, moment).await;
        let told = edit.delete().await.unwrap();
        assert!(is_told(&told, ProductField::UpdatedAt), "{told:?}");
    }
    faults.next(Operation::Delete).fails(ValueErrorKind::Unreachable);
    let failed = edit.delete().await.unwrap();
    assert!(matches!(failed, DeleteResult::Error(_)), "{failed:?}");
    touched(&store, "2026-01-02T03:04:07Z").await;

    let told = edit.delete().await.unwrap();

    assert!(is_told(&told, ProductField::UpdatedAt), "{told:?}");
}

#[tokio::test]
async fn what_kept_a_record_from_being_deleted_is_told_though_it_was_to_be_saved_as_new_meanwhile() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "version", 7).await;
    edit.start_delete().unwrap();
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let failed = edit.save_as_new().await.unwrap();
    assert!(matches!(failed, SaveResult::Error(_)), "{failed:?}");

    let told = edit.delete().await.unwrap();

    assert!(is_told(&told, ProductField::Version), "{told:?}");
}

#[tokio::test]
async fn what_was_told_twice_is_asked_about_again_once_a_save_was_answered() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    for moment in ["2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"] {
        touched(&store, moment).await;
        let told = edit.delete().await.unwrap();
        assert!(is_told(&told, ProductField::UpdatedAt), "{told:?}");
    }
    let saved = edit.save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    touched(&store, "2026-01-02T03:04:07Z").await;

    let told = edit.delete().await.unwrap();

    assert!(is_told(&told, ProductField::UpdatedAt), "{told:?}");
}

#[tokio::test]
async fn what_a_forgotten_save_has_brought_is_told_before_a_delete_also_where_another_save_has_failed() {
    for kind in [ValueErrorKind::Unreachable, ValueErrorKind::OutcomeUnknown] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        edit.price = 130;
        store.colleague_sets(CUPCAKE, "note", "keep").await;
        edit.start_save().unwrap();
        until(|| table.row(&CUPCAKE.into()).unwrap().price == 130).await;
        edit.name = "Cupcake".into();
        faults.next(Operation::Write).fails(kind);
        let failed = edit.save().await.unwrap();
        assert!(matches!(failed, SaveResult::Error(_)), "{failed:?}");

        let told = edit.delete().await.unwrap();

        assert!(is_told(&told, ProductField::Note), "{told:?}");
    }
}

#[tokio::test]
async fn a_record_that_a_save_has_written_after_a_forgotten_delete_is_deleted_anew() {
    let (table, store) = products_without_feed().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    let (id, record) = product_records().into_iter().find(|(id, _)| *id == CUPCAKE.into()).unwrap();
    store.insert_id_value(&id, record).await.unwrap();
    edit.price = 130;
    let saved = edit.save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
    assert_eq!(store.get_id_value(&id).await.unwrap(), None);
}

#[tokio::test]
async fn a_delete_that_had_failed_unheard_is_none_any_more_after_a_save() {
    let (table, store, faults) = faulty_products().await;
    faults.next(Operation::Delete).fails(ValueErrorKind::Unreachable);

    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_delete().unwrap();
    until(|| faults.operations().contains(&Operation::Delete)).await;
    edit.price = 130;
    let saved = edit.save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
    assert_eq!(store.count().await.unwrap(), 4);
}

#[tokio::test]
async fn a_delete_that_has_failed_is_told_also_after_a_save() {
    let (table, store, faults) = faulty_products().await;
    faults.next(Operation::Delete).fails(ValueErrorKind::Unreachable);
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_delete().unwrap();
    edit.price = 130;
    let saved = edit.save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");

    let failed = edit.finish_delete().await.unwrap();

    assert!(matches!(failed, DeleteResult::Error(SaveError::Unreachable { .. })), "{failed:?}");
    assert_eq!(store.count().await.unwrap(), 5);
}

#[tokio::test]
async fn what_came_of_a_forgotten_delete_is_no_answer_about_the_record_that_is_saved_as_new() {
    let (table, _store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    faults.next(Operation::Insert).fails(ValueErrorKind::OutcomeUnknown);
    let lost = edit.save_as_new().await.unwrap();
    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");

    let deleted = edit.delete().await;

    assert!(matches!(deleted, Err(EditError::New)), "{deleted:?}");
}

#[tokio::test]
async fn a_forgotten_delete_is_still_this_sessions_where_saving_as_new_has_failed() {
    let (table, _store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let _ = edit.save_as_new().await.unwrap();

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
}

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

#[tokio::test]
async fn what_came_of_a_forgotten_delete_is_told_to_who_asks_for_it_after_a_save_was_begun() {
    let (table, store, _faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "version", 7).await;
    edit.start_delete().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    edit.price = 130;
    edit.start_save().unwrap();

    let told = edit.delete().await.unwrap();

    assert!(matches!(told, DeleteResult::Changed(_)), "{told:?}");
}

#[tokio::test]
async fn only_what_was_told_by_each_of_two_deletes_is_not_asked_about_by_the_third() {
    let (table, store, _faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    touched(&store, "2026-01-02T03:04:05Z").await;
    let first = edit.delete().await.unwrap();
    assert!(is_told(&first, ProductField::UpdatedAt), "{first:?}");
    store.colleague_sets(CUPCAKE, "price", 125).await;
    let second = edit.delete().await.unwrap();
    assert!(is_told(&second, ProductField::Price), "{second:?}");
    touched(&store, "2026-01-02T03:04:06Z").await;

    let third = edit.delete().await.unwrap();

    assert!(is_told(&third, ProductField::UpdatedAt), "{third:?}");
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
