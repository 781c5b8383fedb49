//! Records that were made, and nobody was told so: what the session makes of them then.

use tests::bakery::{self, Product, ProductField, hoverboard};
use tests::claiming::Claiming;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::edit::{DeleteResult, EditError, RefreshError, SaveError};
use vantage_live::{
    Guard, Ids, ImTable, LiveTable, Operation, Patch, Policy, ReadableValueSet as _, RecordEdit, SaveResult,
    ValueErrorKind, WritableValueSet as _,
};

use crate::{faulty_products, with_uuids};

const CUPCAKE: &str = "flux_cupcake";

#[tokio::test]
async fn what_is_typed_back_while_a_create_is_sent_again_is_still_there() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.new_record(hoverboard());
    edit.price = 90;
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await.unwrap();
    edit.price = 95;
    let held = faults.next(Operation::Insert).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    edit.price = hoverboard().price;
    held.release();

    let result = edit.finish_save().await.unwrap();

    assert!(matches!(result, SaveResult::Created(_)), "{result:?}");
    assert_eq!((edit.price, edit.modified_fields()), (hoverboard().price, ProductField::Price.into()));
    assert_eq!(store.get_id_value(edit.id()).await.unwrap().unwrap()["price"], 95, "as it was when the save began");
}

#[tokio::test]
async fn a_record_that_may_have_been_created_is_new_until_a_save_finds_out() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).ids(Ids::ClientUuid).feed(store.feed()).open().await.unwrap();
    let mut edit = table.new_record(hoverboard());
    edit.price = 90;
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await.unwrap();
    let id = edit.id().clone();
    let changed = Patch::new().set("price", 150);
    let _ = store.write(&id, &changed, &Guard::Exists).await.unwrap();
    until(|| table.row(&id).is_some_and(|row| row.price == 150)).await;

    let peeked = edit.peek_conflicts();
    let rebased = edit.rebase();

    assert!(peeked.is_empty() && !edit.is_stale(), "{peeked:?}");
    assert!(matches!(rebased, Err(RefreshError::Edit(EditError::New))), "{rebased:?}");
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Conflict(_)), "it is found out");
    assert_eq!(edit.peek_conflicts().fields(), ProductField::Price.into());
}

#[tokio::test]
async fn a_copy_that_was_made_and_cannot_be_read_is_not_made_twice() {
    let (table, store, faults) = with_uuids().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Insert).is_resent();
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);

    let made = edit.save_as_new().await.unwrap();
    let again = edit.save_as_new().await.unwrap();

    assert!(matches!(made, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "it is there: {made:?}");
    assert!(matches!(again, SaveResult::Created(_)), "{again:?}");
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn a_new_record_that_was_made_and_cannot_be_read_is_in_doubt() {
    let (table, store, faults) = with_uuids().await;
    let mut edit = table.new_record(hoverboard());
    faults.next(Operation::Insert).is_resent();
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);

    let made = edit.save().await.unwrap();

    assert!(matches!(made, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "it is there: {made:?}");
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn a_record_that_was_made_before_the_rest_was_not_reached_is_made_once_though_it_is_saved_as_new() {
    for (ids, is_brought_back) in [Ids::Store, Ids::ClientUuid].into_iter().flat_map(|ids| [(ids, true), (ids, false)])
    {
        let store = bakery::store().await;
        let faulty = FaultyValueSet::new(store.clone());
        let faults = faulty.faults();
        let table = LiveTable::<Product>::builder(faulty).ids(ids).open().await.unwrap();
        let mut edit = if is_brought_back {
            let edit = table.edit_record_owned(CUPCAKE).await.unwrap();
            let _ = store.delete_id(&CUPCAKE.into(), &Guard::Nothing).await.unwrap();
            edit
        } else {
            table.new_record_owned(hoverboard())
        };
        faults.next(Operation::Insert).loses_its_answer();
        let lost = edit.save_as_new().await.unwrap();
        assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
        edit.price = 131;
        faults.next(Operation::Write).fails(ValueErrorKind::Unreachable);
        let unreached = edit.save_as_new().await.unwrap();
        assert!(matches!(unreached, SaveResult::Error(SaveError::Unreachable { .. })), "{unreached:?}");

        let made = edit.save_as_new().await.unwrap();

        let SaveResult::Created(id) = made else { panic!("{ids:?}: {made:?}") };
        assert_eq!(store.get_id_value(&id).await.unwrap().unwrap()["price"], 131);
        let others = if is_brought_back { 4 } else { 5 };
        assert_eq!(store.count().await.unwrap(), others + 1, "{ids:?}: it was made once");
    }
}

/// A session whose record was made, of which nobody was told since the rest was not reached.
async fn made_unheard() -> (ImTable, RecordEdit<'static, Product>) {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.new_record_owned(hoverboard());
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await.unwrap();
    edit.price = 131;
    faults.next(Operation::Write).fails(ValueErrorKind::Unreachable);
    let _ = edit.save().await.unwrap();
    (store, edit)
}

#[tokio::test]
async fn a_record_that_was_made_unheard_and_has_gone_is_brought_back_as_another() {
    let (store, mut edit) = made_unheard().await;
    let unheard = edit.id().clone();
    let _ = store.delete_id(&unheard, &Guard::Nothing).await.unwrap();

    let gone = edit.save().await.unwrap();
    assert!(matches!(gone, SaveResult::Deleted), "{gone:?}");
    let made = edit.save_as_new().await.unwrap();

    assert!(matches!(&made, SaveResult::Created(id) if *id != unheard), "{made:?}");
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn a_record_that_was_made_unheard_and_then_deleted_is_brought_back_as_another() {
    let (store, mut edit) = made_unheard().await;
    let unheard = edit.id().clone();

    let deleted = edit.delete().await.unwrap();
    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
    let made = edit.save_as_new().await.unwrap();

    assert!(matches!(&made, SaveResult::Created(id) if *id != unheard), "{made:?}");
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn who_was_told_that_a_new_record_is_gone_is_not_told_that_it_was_made() {
    for (is_deleted, is_saved_as_new) in [(true, true), (true, false), (false, true), (false, false)] {
        let (table, store, _) = faulty_products().await;
        let mut edit = table.new_record(hoverboard());
        edit.start_save().unwrap();
        until(|| table.rows().len() == 6).await;
        if is_deleted {
            let deleted = edit.delete().await.unwrap();
            assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
        } else {
            let (id, _) = store.get_values().await.unwrap().into_iter().find(|(_, r)| r["price"] == 88).unwrap();
            let _ = store.delete_id(&id, &Guard::Nothing).await.unwrap();
            let refreshed = edit.refresh_snapshot().await;
            assert!(matches!(refreshed, Err(RefreshError::Deleted { .. })), "{refreshed:?}");
        }

        let told = if is_saved_as_new { edit.save_as_new().await } else { edit.save().await }.unwrap();

        let is_made = matches!(told, SaveResult::Created(_));
        assert_eq!(is_made, is_saved_as_new, "{told:?}");
        assert_eq!(store.count().await.unwrap(), if is_saved_as_new { 6 } else { 5 });
    }
}

#[tokio::test]
async fn who_has_seen_that_a_new_record_is_gone_is_not_told_that_it_was_made() {
    for is_saved_as_new in [true, false] {
        let (table, store, _) = faulty_products().await;
        let mut edit = table.new_record(hoverboard());
        edit.start_save().unwrap();
        until(|| table.rows().len() == 6).await;
        edit.start_save().unwrap(); // takes in that it was made, and tells nobody
        let unheard = edit.id().clone();
        let _ = store.delete_id(&unheard, &Guard::Nothing).await.unwrap();
        table.on_backend_change(unheard.clone()).await.unwrap();
        let rebased = edit.rebase();
        assert!(matches!(rebased, Err(RefreshError::Deleted { .. })), "{rebased:?}");

        let told = if is_saved_as_new { edit.save_as_new().await } else { edit.save().await }.unwrap();

        let made = if let SaveResult::Created(id) = &told { Some(id.clone()) } else { None };
        assert_eq!(made.is_some(), is_saved_as_new, "{told:?}");
        assert_ne!(made, Some(unheard), "it is another one");
        assert_eq!(store.count().await.unwrap(), if is_saved_as_new { 6 } else { 5 });
    }
}

#[tokio::test]
async fn what_was_made_unheard_is_told_before_another_is_made_though_its_row_is_out_of_sight() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.start_save_as_new().unwrap();
    until(|| table.rows().len() == 6).await;
    edit.start_save().unwrap(); // takes in that it was made, and tells nobody
    let unheard = edit.id().clone();
    let _ = store.delete_id(&unheard, &Guard::Nothing).await.unwrap();
    table.on_backend_change(unheard.clone()).await.unwrap(); // as a row that leaves a filter

    let told = edit.save_as_new().await.unwrap();

    assert!(matches!(&told, SaveResult::Created(id) if *id == unheard), "{told:?}");
    assert_eq!(store.count().await.unwrap(), 5, "there is no other");
}

#[tokio::test]
async fn a_record_that_was_made_unheard_and_does_not_fit_any_more_is_not_made_again() {
    let (store, mut edit) = made_unheard().await;
    let _ = store.write(edit.id(), &Patch::new().set("name", 5), &Guard::Exists).await.unwrap();
    let kept_apart = edit.refresh_snapshot().await;
    assert!(matches!(kept_apart, Err(RefreshError::Edit(EditError::KeptApart { .. }))), "{kept_apart:?}");

    let told = edit.save_as_new().await;

    assert!(matches!(told, Err(EditError::KeptApart { .. })), "{told:?}");
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn a_copy_of_which_the_answer_cannot_be_read_is_made_once() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let store = bakery::store().await;
        let faulty = FaultyValueSet::new(store.clone());
        let faults = faulty.faults();
        let table = LiveTable::<Product>::builder(faulty).ids(ids).open().await.unwrap();
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        faults.next(Operation::Insert).garbles_its_answer();

        let unread = edit.save_as_new().await.unwrap();
        let made = edit.save_as_new().await.unwrap();

        assert!(matches!(unread, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{unread:?}");
        assert!(matches!(made, SaveResult::Created(_)), "{made:?}");
        assert_eq!(store.count().await.unwrap(), 6, "{ids:?}");
    }
}

#[tokio::test]
async fn what_was_typed_while_a_link_has_sent_a_new_record_twice_is_written_to_it() {
    let (table, store, faults) = with_uuids().await;
    let mut edit = table.new_record(hoverboard());
    edit.price = 130;
    faults.next(Operation::Insert).is_resent();
    edit.start_save().unwrap();
    edit.price = 140;

    let made = edit.finish_save().await.unwrap();

    assert!(matches!(made, SaveResult::Created(_)), "{made:?}");
    assert!(edit.conflicts().fields().is_empty(), "{:?}", edit.conflicts());
    let _ = edit.save().await.unwrap();
    assert_eq!(store.get_id_value(edit.id()).await.unwrap().unwrap()["price"], 140);
}

#[tokio::test]
async fn what_somebody_has_set_back_in_a_record_that_was_made_unheard_is_in_conflict() {
    for (ids, price) in [Ids::Store, Ids::ClientUuid].into_iter().flat_map(|ids| [(ids, 0), (ids, 320)]) {
        let store = bakery::store().await;
        let faulty = FaultyValueSet::new(store.clone());
        let faults = faulty.faults();
        let table = LiveTable::<Product>::builder(faulty).ids(ids).open().await.unwrap();
        let mut edit = table.new_record(Product { price: 0, ..hoverboard() });
        edit.price = 310;
        faults.next(Operation::Insert).loses_its_answer();
        let lost = edit.save().await.unwrap();
        assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
        let made = store.get_values().await.unwrap().into_iter().find(|(_, made)| made["price"] == 310).unwrap().0;
        let _ = store.write(&made, &Patch::new().set("price", price), &Guard::Exists).await.unwrap();

        let told = edit.save().await.unwrap();

        assert!(matches!(&told, SaveResult::Conflict(conflicts) if conflicts.price.is_some()), "{price}: {told:?}");
        assert_eq!(store.get_id_value(&made).await.unwrap().unwrap()["price"], price);
    }
}

#[tokio::test]
async fn by_version_any_change_of_a_record_that_was_made_unheard_refuses_what_was_typed_since() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.version_token = true));
    let faults = faulty.faults();
    let builder = LiveTable::<Product>::builder(faulty).ids(Ids::ClientUuid).policy(Policy::Version);
    let table = builder.open().await.unwrap();
    let mut edit = table.new_record(Product { price: 310, ..hoverboard() });
    faults.next(Operation::Insert).loses_its_answer();
    let lost = edit.save().await.unwrap();
    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    let made = store.get_values().await.unwrap().into_iter().find(|(_, made)| made["price"] == 310).unwrap().0;
    let patch = Patch::new().set("name", "Skateboard").set("version", 2);
    let _ = store.write(&made, &patch, &Guard::Exists).await.unwrap();
    edit.price = 315;

    let told = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(store.get_id_value(&made).await.unwrap().unwrap()["price"], 310);
}

/// A new record by version, which was made and of which the answer was lost; the store raises the version with each write.
async fn made_by_version() -> (RecordEdit<'static, Product>, ImTable, Faults) {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.version_token = true));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.new_record_owned(hoverboard());
    edit.price = 90;
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await.unwrap();
    (edit, store, faults)
}

async fn made_id(store: &ImTable) -> vantage_live::Id {
    let all = store.get_values().await.unwrap();
    all.into_iter().find(|(_, record)| record["price"] == 90).unwrap().0
}

#[tokio::test]
async fn by_version_what_only_the_store_sets_in_a_record_that_was_made_unheard_refuses_nothing() {
    let (mut edit, store, _) = made_by_version().await;
    let stamped = Patch::new().set("version", 1).set("updated_at", "2026-01-02T03:04:05Z");
    let _ = store.write(&made_id(&store).await, &stamped, &Guard::Exists).await.unwrap();
    edit.price = 95;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
    assert_eq!(store.get_id_value(edit.id()).await.unwrap().unwrap()["price"], 95);
}

#[tokio::test]
async fn by_version_a_change_of_a_record_that_was_made_unheard_refuses_nothing_where_nothing_is_left_to_write() {
    let (mut edit, store, _) = made_by_version().await;
    let changed = Patch::new().set("version", 2).set("name", "Board");
    let _ = store.write(&made_id(&store).await, &changed, &Guard::Exists).await.unwrap();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
    assert_eq!(edit.name, "Board");
}

#[tokio::test]
async fn what_the_first_of_two_lost_attempts_has_made_is_nobody_elses() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.new_record(hoverboard());
    edit.price = 90;
    faults.next(Operation::Insert).times(2).loses_its_answer();
    let _ = edit.save().await.unwrap();
    edit.price = 95;
    let _ = edit.save().await.unwrap();
    edit.price = 99;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
    assert_eq!(store.get_id_value(edit.id()).await.unwrap().unwrap()["price"], 99);
}

#[tokio::test]
async fn a_record_that_was_made_and_deleted_before_anybody_knew_of_it_is_told_as_deleted() {
    let (table, store, faults) = with_uuids().await;
    let mut edit = table.new_record(hoverboard());
    faults.next(Operation::Insert).is_resent();
    let reading = faults.next(Operation::Read).is_held();
    edit.start_save().unwrap();
    reading.arrived().await;
    let _ = store.delete_id(edit.id(), &Guard::Nothing).await.unwrap();
    reading.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Deleted), "{saved:?}");
}

#[tokio::test]
async fn what_the_first_of_many_attempts_has_made_is_nobody_elses() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let store = bakery::store().await;
        let faulty = FaultyValueSet::new(store.clone());
        let faults = faulty.faults();
        let table = LiveTable::<Product>::builder(faulty).ids(ids).open().await.unwrap();
        let mut edit = table.new_record(bakery::hoverboard());
        for price in [100, 200, 300, 400, 500, 600] {
            edit.price = price;
            faults.next(Operation::Insert).loses_its_answer();
            let _ = edit.save().await.unwrap();
        }
        edit.price = 5_000;

        let saved = edit.save().await.unwrap();

        assert!(matches!(saved, SaveResult::Created(_)), "{ids:?}: {saved:?}");
        let stored = store.get_id_value(edit.id()).await.unwrap().unwrap();
        assert_eq!(stored["price"], 5_000, "{ids:?}");
    }
}
