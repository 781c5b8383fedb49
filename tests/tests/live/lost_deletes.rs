//! Deletes whose answers were lost: whether it was this session that has deleted the record, after what it has seen since.

use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::claiming::Claiming;
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::edit::{DeleteResult, EditError, RefreshError, SaveError};
use vantage_live::{
    Guard, ImTable, LiveTable, Operation, Policy, ReadableValueSet as _, RecordEdit, SaveResult, ValueErrorKind,
    WritableValueSet as _,
};

use crate::faulty_products;
use crate::forgotten::is_told;
use crate::in_doubt::{HearsBy, behind_an_undo, stale};

const CUPCAKE: &str = "flux_cupcake";

/// The answer to the next delete is lost.
async fn is_lost(edit: &mut RecordEdit<'_, Product>) {
    let lost = edit.delete().await.unwrap();
    assert!(matches!(lost, DeleteResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
}

#[tokio::test]
async fn a_lost_delete_that_was_found_not_done_by_another_is_not_claimed_later() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    let told = edit.delete().await.unwrap();
    assert!(is_told(&told, ProductField::Price), "{told:?}");
    store.colleague_deletes(CUPCAKE).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn a_lost_delete_that_a_save_has_found_not_done_is_not_claimed_later() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    edit.price = 130;
    let saved = edit.save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    store.colleague_deletes(CUPCAKE).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn a_lost_delete_was_of_the_record_before_the_one_that_is_saved_as_new() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    let created = edit.save_as_new().await.unwrap();
    assert!(matches!(created, SaveResult::Created(_)), "{created:?}");
    let _ = store.delete_id(edit.id(), &Guard::Exists).await.unwrap();

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn a_lost_delete_is_this_sessions_still_where_the_next_one_was_not_reached() {
    let (table, _store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).loses_its_answer();
    is_lost(&mut edit).await;
    faults.next(Operation::Delete).fails(ValueErrorKind::Unreachable);
    let _ = edit.delete().await.unwrap();

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::Deleted), "{result:?}");
}

#[tokio::test]
async fn of_two_lost_deletes_the_one_may_be_done_where_the_other_cannot() {
    for policies in [[Policy::Overwrite, Policy::Fields], [Policy::Fields, Policy::Overwrite]] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        for policy in policies {
            edit.set_policy(policy);
            faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
            is_lost(&mut edit).await;
        }
        store.colleague_sets(CUPCAKE, "price", 125).await; // that of the fields is refused from now on
        table.on_backend_change(CUPCAKE).await.unwrap();
        let _ = edit.rebase().unwrap();
        store.colleague_deletes(CUPCAKE).await; // the other is done now

        let found = edit.delete().await.unwrap();

        assert!(matches!(found, DeleteResult::Deleted), "{policies:?}: {found:?}");
    }
}

/// A session that has asked to delete whatever is there, and does not know that it was not done.
async fn lost_of_whatever_is_there() -> (RecordEdit<'static, Product>, ImTable) {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.set_policy(Policy::Overwrite);
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    edit.set_policy(Policy::Fields);
    (edit, store)
}

#[tokio::test]
async fn a_lost_delete_of_whatever_is_there_that_the_next_one_has_found_not_done_is_not_claimed() {
    let (mut edit, store) = lost_of_whatever_is_there().await;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    let told = edit.delete().await.unwrap();
    assert!(is_told(&told, ProductField::Price), "{told:?}");
    store.colleague_deletes(CUPCAKE).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn a_delete_whose_answer_was_lost_twice_is_found_done() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    faults.next(Operation::Delete).loses_its_answer();
    is_lost(&mut edit).await;

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}

#[tokio::test]
async fn a_delete_of_which_the_answer_cannot_be_read_is_found_done() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).garbles_its_answer();
    let unread = edit.delete().await.unwrap();
    assert!(matches!(unread, DeleteResult::Error(SaveError::OutcomeUnknown { .. })), "{unread:?}");

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}

#[tokio::test]
async fn a_lost_delete_that_the_record_has_changed_under_is_not_what_has_deleted_it() {
    for policy in [Policy::Fields, Policy::Overwrite] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        edit.set_policy(policy);
        faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
        is_lost(&mut edit).await;
        store.colleague_sets(CUPCAKE, "price", 125).await;
        table.on_backend_change(CUPCAKE).await.unwrap();
        let _ = edit.rebase().unwrap();
        store.colleague_deletes(CUPCAKE).await;

        let found = edit.delete().await.unwrap();

        // One that checks nothing may have been done after that.
        assert_eq!(matches!(found, DeleteResult::Deleted), policy == Policy::Overwrite, "{found:?}");
    }
}

#[tokio::test]
async fn a_lost_delete_is_in_doubt_whatever_becomes_of_a_field_that_it_does_not_check() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    for second in 1..3 {
        store.colleague_sets(CUPCAKE, "updated_at", format!("2026-01-02T03:04:0{second}Z")).await;
        let told = edit.delete().await.unwrap();
        assert!(matches!(told, DeleteResult::Changed(_)), "{told:?}");
    }
    store.colleague_sets(CUPCAKE, "updated_at", "2026-01-02T03:04:09Z").await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).loses_its_answer();
    is_lost(&mut edit).await;
    assert_eq!(store.count().await.unwrap(), 4, "it is deleted all the same");
    let _ = edit.rebase().unwrap(); // to what the table still shows

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}

#[tokio::test]
async fn a_delete_that_was_seen_to_be_refused_under_way_is_not_in_doubt_when_its_answer_is_lost() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    faults.next(Operation::Delete).loses_its_answer();
    edit.start_delete().unwrap();
    until(|| faults.operations().contains(&Operation::Delete)).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();
    let lost = edit.finish_delete().await.unwrap();
    assert!(matches!(lost, DeleteResult::Error(_)), "{lost:?}");
    store.colleague_deletes(CUPCAKE).await;

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::AlreadyGone), "{found:?}");
}

#[tokio::test]
async fn what_was_shown_before_a_delete_was_sent_says_nothing_of_what_became_of_it() {
    let (mut edit, store, faults) = behind_an_undo().await;
    faults.next(Operation::Delete).loses_its_answer();
    is_lost(&mut edit).await;
    assert_eq!(store.count().await.unwrap(), 4, "it is deleted");
    let _ = edit.rebase().unwrap();

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}

#[tokio::test]
async fn a_lost_delete_that_was_told_as_done_is_not_what_deletes_the_record_that_is_made_again() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let record = store.get_id_value(edit.id()).await.unwrap().unwrap();
    faults.next(Operation::Delete).loses_its_answer();
    is_lost(&mut edit).await;
    let found = edit.delete().await.unwrap();
    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
    store.insert_id_value(edit.id(), record).await.unwrap();
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();
    store.colleague_deletes(CUPCAKE).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn what_the_table_had_shown_before_tells_that_a_lost_delete_was_refused_once_it_is_found_again() {
    for lists in [true, false] {
        let (table, mut edit, store, faults) = stale().await;
        faults.next(Operation::Delete).loses_its_answer();
        is_lost(&mut edit).await;
        if lists {
            table.refresh_all().await.unwrap();
        } else {
            table.on_backend_change(CUPCAKE).await.unwrap();
        }
        let _ = edit.rebase().unwrap();
        store.colleague_deletes(CUPCAKE).await;

        let found = edit.delete().await.unwrap();

        assert!(matches!(found, DeleteResult::AlreadyGone), "{found:?}");
    }
}

#[tokio::test]
async fn a_lost_delete_is_not_what_deletes_a_record_that_was_gone_and_is_there_again() {
    for hears in HearsBy::ALL {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        let record = store.get_id_value(edit.id()).await.unwrap().unwrap();
        faults.next(Operation::Delete).loses_its_answer();
        is_lost(&mut edit).await;
        hears.that_it_has_gone(&mut edit, &table).await;
        store.insert_id_value(edit.id(), record).await.unwrap();
        table.on_backend_change(CUPCAKE).await.unwrap();
        let _ = edit.rebase().unwrap();
        store.colleague_deletes(CUPCAKE).await;

        let result = edit.delete().await.unwrap();

        assert!(matches!(result, DeleteResult::AlreadyGone), "{hears:?}: {result:?}");
    }
}

#[tokio::test]
async fn a_lost_delete_is_what_has_deleted_the_record_also_where_that_was_heard_before() {
    for hears in HearsBy::ALL {
        let (table, _store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        faults.next(Operation::Delete).loses_its_answer();
        is_lost(&mut edit).await;
        hears.that_it_has_gone(&mut edit, &table).await;

        let result = edit.delete().await.unwrap();

        assert!(matches!(result, DeleteResult::Deleted), "{hears:?}: {result:?}");
    }
}

#[tokio::test]
async fn a_delete_that_was_done_leaves_no_doubt_of_an_earlier_one() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let record = store.get_id_value(edit.id()).await.unwrap().unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    let deleted = edit.delete().await.unwrap();
    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
    store.insert_id_value(edit.id(), record).await.unwrap();
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();
    store.colleague_deletes(CUPCAKE).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn by_version_a_lost_delete_may_be_done_whatever_the_store_alone_has_changed_since() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.version_token = true));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    store.colleague_sets(CUPCAKE, "updated_at", "2026-01-02T03:04:05Z").await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();
    store.colleague_deletes(CUPCAKE).await; // it is done now

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}

#[tokio::test]
async fn a_lost_delete_that_was_refused_by_what_does_not_fit_is_not_what_deletes_the_record() {
    for asks in ["a rebase", "a refresh", "a delete", "a save"] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        store.colleague_sets(CUPCAKE, "price", "ask Doc").await;
        faults.next(Operation::Delete).loses_its_answer();
        is_lost(&mut edit).await;
        let is_unfit = match asks {
            "a rebase" => {
                let unfit = table.on_backend_change(CUPCAKE).await;
                unfit.is_err() && matches!(edit.rebase(), Err(RefreshError::Edit(EditError::KeptApart { .. })))
            }
            "a refresh" => {
                matches!(edit.refresh_snapshot().await, Err(RefreshError::Edit(EditError::KeptApart { .. })))
            }
            "a delete" => matches!(edit.delete().await, Err(EditError::KeptApart { .. })),
            _ => {
                edit.name.push('!');
                matches!(edit.save().await, Err(EditError::KeptApart { .. }))
            }
        };
        assert!(is_unfit, "{asks}");
        store.colleague_deletes(CUPCAKE).await;
        table.on_backend_change(CUPCAKE).await.unwrap();

        let found = edit.delete().await.unwrap();

        assert!(matches!(found, DeleteResult::AlreadyGone), "{asks}: {found:?}");
    }
}

#[tokio::test]
async fn a_delete_that_was_done_unheard_is_not_what_deletes_the_record_that_was_shown_again_before_a_copy_failed() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let mut record = store.get_id_value(edit.id()).await.unwrap().unwrap();
    edit.start_delete().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    record.insert("price".into(), 125.into());
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
    table.on_backend_change(CUPCAKE).await.unwrap();
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let failed = edit.save_as_new().await.unwrap();
    assert!(matches!(failed, SaveResult::Error(_)), "{failed:?}");
    let _ = edit.rebase().unwrap();
    store.colleague_deletes(CUPCAKE).await;

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::AlreadyGone), "{found:?}");
}

#[tokio::test]
async fn a_lost_delete_of_whatever_is_there_that_a_refused_save_has_found_not_done_is_not_claimed() {
    let (mut edit, store) = lost_of_whatever_is_there().await;
    edit.price = 130;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    let refused = edit.save().await.unwrap();
    assert!(matches!(refused, SaveResult::Conflict(_)), "{refused:?}");
    store.colleague_deletes(CUPCAKE).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn a_lost_delete_of_whatever_is_there_that_a_save_has_read_not_done_is_not_claimed() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let lost = edit.save().await.unwrap();
    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    edit.set_policy(Policy::Overwrite);
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    faults.next(Operation::Write).fails(ValueErrorKind::Unreachable); // after the read
    let failed = edit.save().await.unwrap();
    assert!(matches!(failed, SaveResult::Error(SaveError::Unreachable { .. })), "{failed:?}");
    store.colleague_deletes(CUPCAKE).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn a_lost_delete_that_a_save_of_what_does_not_fit_has_found_not_done_is_not_claimed() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    is_lost(&mut edit).await;
    store.colleague_sets(CUPCAKE, "price", "ask Doc").await;
    edit.price = 130;
    let refused = edit.save().await;
    assert!(matches!(refused, Err(EditError::KeptApart { .. })), "{refused:?}");
    store.colleague_sets(CUPCAKE, "price", 120).await;
    store.colleague_deletes(CUPCAKE).await;
    table.on_backend_change(CUPCAKE).await.unwrap();

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}
