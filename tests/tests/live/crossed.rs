//! Answers that cross: the store has answered two writes to one record, and which of them was later has to be read.

use serde_json::Value;
use tests::bakery::{self, Colleague as _, Product};
use tests::still::Still;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet, Held};
use vantage_live::edit::SaveError;
use vantage_live::{FieldSet, Id, LiveTable, ManualFeed, Operation, Policy, RecordEdit, SaveResult, ValueErrorKind};

/// A session whose name is in the store and whose answer is held, and somebody else's price has been saved since.
async fn crossing(table: &LiveTable<Product>, faults: &Faults) -> (RecordEdit<'static, Product>, Held) {
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    edit.name = "Pie".into();
    let mut other = table.edit_record_owned("sea_pie").await.unwrap();
    other.price = 310;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    assert!(matches!(other.save().await.unwrap(), SaveResult::Saved));
    (edit, held)
}

/// A session whose name is in the store, whose answer has crossed another one, and whose record cannot be read so many times.
async fn crossed(unread: usize) -> (RecordEdit<'static, Product>, LiveTable<Product>, Faults) {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    // Pauses are over at once.
    let table = LiveTable::<Product>::builder(faulty).environment(Still::with_chance(0)).open().await.unwrap();
    let (edit, held) = crossing(&table, &faults).await;
    faults.next(Operation::Read).times(unread).fails(ValueErrorKind::Unreachable);
    held.release();
    (edit, table, faults)
}

#[tokio::test]
async fn an_answer_waits_until_it_is_read_which_of_the_two_is_later() {
    let (mut edit, table, _) = crossed(2).await;

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    let row = table.row(&"sea_pie".into()).unwrap();
    assert_eq!((&*row.name, row.price), ("Pie", 310));
}

/// A save of these fields, which was done; then a colleague has changed the record, which was shown, and perhaps deleted it,
/// before a read could settle which of the two was later. What the session has when it is told that it is saved.
async fn settled(
    policy: Policy,
    types: impl FnOnce(&mut Product),
    since: &[(&str, Value)],
    is_deleted: bool,
) -> RecordEdit<'static, Product> {
    settled_after(policy, &[], types, since, is_deleted).await
}

/// The same, where the colleague had changed the record before the save, too, which nobody was shown.
async fn settled_after(
    policy: Policy,
    before: &[(&str, Value)],
    types: impl FnOnce(&mut Product),
    since: &[(&str, Value)],
    is_deleted: bool,
) -> RecordEdit<'static, Product> {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(policy).environment(Still::with_chance(0));
    let table = table.open().await.unwrap();
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    types(&mut edit);
    for (field, value) in before {
        store.colleague_sets("sea_pie", field, value.clone()).await;
    }
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    for (field, value) in since {
        store.colleague_sets("sea_pie", field, value.clone()).await;
    }
    table.on_backend_change("sea_pie").await.unwrap();
    let _ = edit.rebase().unwrap();
    let reading = faults.next(Operation::Read).is_held();
    held.release();
    reading.arrived().await;
    if is_deleted {
        store.colleague_deletes("sea_pie").await;
    }
    reading.release();
    let saved = edit.finish_save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    edit
}

#[tokio::test]
async fn where_the_record_has_gone_by_then_the_session_keeps_what_it_was_shown_after_its_write() {
    for policy in [Policy::Fields, Policy::Overwrite] {
        let edit = settled(policy, |product| product.name = "Pie".into(), &[("price", 310.into())], true).await;

        assert_eq!((&*edit.name, edit.price), ("Pie", 310), "{policy:?}: P6");
    }
}

#[tokio::test]
async fn where_the_record_has_gone_by_then_what_was_set_back_after_a_write_tells_by_the_rest_that_it_was_after_it() {
    let types = |product: &mut Product| (product.name, product.price) = ("Pie".into(), 311);
    let edit = settled(Policy::Fields, types, &[("price", 299.into())], true).await;

    assert_eq!((&*edit.name, edit.price, edit.modified_fields()), ("Pie", 299, FieldSet::EMPTY), "P6");
}

#[tokio::test]
async fn where_the_record_is_there_the_row_is_what_the_session_has_though_it_was_set_back() {
    let edit = settled(Policy::Fields, |product| product.price = 311, &[("price", 299.into())], false).await;

    assert_eq!((edit.price, edit.modified_fields()), (299, FieldSet::EMPTY));
}

#[tokio::test]
async fn what_was_set_back_after_an_answer_was_shown_is_what_the_session_has_where_the_record_has_gone_since() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 311;
    edit.start_save().unwrap();
    until(|| table.row(&"sea_pie".into()).unwrap().price == 311).await;
    store.colleague_sets("sea_pie", "price", 299).await;
    table.on_backend_change("sea_pie").await.unwrap();
    let _ = edit.rebase().unwrap();
    store.colleague_deletes("sea_pie").await;
    table.on_backend_change("sea_pie").await.unwrap();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.price, edit.modified_fields()), (299, FieldSet::EMPTY), "P6");
}

/// A save of another name, which was done after a colleague's change that was shown while it was under way; and then the record
/// has gone, before a read could settle which of the two was later. What the session has when it is told that it is saved.
async fn saved_after(policy: Policy, field: &str, value: Value) -> RecordEdit<'static, Product> {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(policy).environment(Still::with_chance(0));
    let table = table.open().await.unwrap();
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    edit.name = "Pie".into();
    let writing = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    writing.arrived().await;
    store.colleague_sets("sea_pie", field, value).await;
    table.on_backend_change("sea_pie").await.unwrap();
    let _ = edit.rebase().unwrap();
    let reading = faults.next(Operation::Read).is_held();
    writing.release();
    reading.arrived().await;
    store.colleague_deletes("sea_pie").await;
    reading.release();
    let saved = edit.finish_save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    edit
}

#[tokio::test]
async fn where_the_record_has_gone_by_then_what_was_saved_is_what_the_session_has() {
    for policy in [Policy::Fields, Policy::Overwrite] {
        let edit = saved_after(policy, "price", 310.into()).await;

        assert_eq!((&*edit.name, edit.price, edit.modified_fields()), ("Pie", 310, FieldSet::EMPTY), "{policy:?}: P4");
    }
}

#[tokio::test]
async fn where_the_record_has_gone_by_then_what_was_overwritten_was_before_the_save() {
    let edit = saved_after(Policy::Overwrite, "name", "Cake".into()).await;

    assert_eq!((&*edit.name, edit.modified_fields()), ("Pie", FieldSet::EMPTY), "P4");
    assert_eq!(edit.live_snapshot().name, "Pie");
}

#[tokio::test]
async fn where_that_cannot_be_read_it_is_unknown_and_the_next_save_finds_out() {
    let (mut edit, table, faults) = crossed(usize::MAX).await;

    let unknown = edit.finish_save().await.unwrap();
    faults.clear();
    let found = edit.save().await.unwrap();

    assert!(matches!(unknown, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{unknown:?}");
    assert!(matches!(found, SaveResult::Saved), "{found:?}");
    let row = table.row(&"sea_pie".into()).unwrap();
    assert_eq!((&*row.name, row.price), ("Pie", 310));
}

#[tokio::test]
async fn where_so_much_has_changed_that_all_is_listed_and_lists_fail_it_is_unknown_too() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let (faults, feed) = (faulty.faults(), ManualFeed::new());
    // The pauses of the worker that reads are over at once; how many those are is not what is asked here.
    let table = LiveTable::<Product>::builder(faulty).feed(feed.clone()).environment(Still::with_chance(0));
    let table = table.open().await.unwrap();
    let (mut edit, held) = crossing(&table, &faults).await;
    let reading = faults.next(Operation::Read).is_held();
    feed.changed("sea_pie");
    reading.arrived().await;
    faults.next(Operation::Read).times(usize::MAX).fails(ValueErrorKind::Unreachable);
    for n in 0..70_000 {
        feed.changed(Id::from(n));
        if n % 1_000 == 0 {
            until(|| table.metrics().feed_events >= u64::try_from(n).unwrap()).await;
        }
    }
    until(|| table.metrics().feed_events >= 70_000).await;
    held.release();
    reading.release();

    let mut told = None;
    until(|| {
        told = told.take().or_else(|| edit.poll_save());
        told.is_some()
    })
    .await;

    assert!(matches!(told, Some(Ok(SaveResult::Error(SaveError::OutcomeUnknown { .. })))), "{told:?}");
}

#[tokio::test]
async fn what_a_session_was_shown_after_it_has_overwritten_is_not_taken_back_where_the_record_has_gone() {
    let since = [("price", 320.into()), ("name", "Cake".into())];
    let edit = settled(Policy::Overwrite, |product| product.price = 310, &since, true).await;

    assert_eq!((&*edit.name, edit.live_snapshot().price), ("Cake", 320), "P6");
}

#[tokio::test]
async fn what_was_written_stands_in_what_was_shown_so_what_was_set_back_there_came_after_it() {
    let types = |product: &mut Product| product.name = "Pie".into();
    let (before, since) = ([("price", 310.into())], [("price", 299.into())]);
    let edit = settled_after(Policy::Overwrite, &before, types, &since, true).await;

    assert_eq!((&*edit.name, edit.price), ("Pie", 299), "P6");
}
