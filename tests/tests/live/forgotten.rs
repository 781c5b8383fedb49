//! Deletes whose futures were dropped or whose answers were lost: what the calls after them make of what has come.

use tests::bakery::{Colleague as _, ProductField, product_records};
use tests::wait::until;
use vantage_live::edit::{DeleteResult, EditError, SaveError};
use vantage_live::{
    FieldSet, ImTable, Operation, ReadableValueSet as _, SaveResult, ValueErrorKind, WritableValueSet as _,
};

use crate::{faulty_products, products_without_feed};

const CUPCAKE: &str = "flux_cupcake";

async fn touched(store: &ImTable, moment: &str) {
    store.colleague_sets(CUPCAKE, "updated_at", moment).await;
}

pub fn is_told_all(told: &DeleteResult<ProductField>, all: FieldSet<ProductField>) -> bool {
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
