//! What a session makes of what it finds after answers were lost: which of it is its own, and what is left to write.

use serde_json::Value;
use tests::bakery::{self, Colleague as _, Product, ProductField, hoverboard};
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::dataset::{DataSetError, InsertableDataSet as _, WritableDataSet as _};
use vantage_live::edit::{DeleteResult, EditError, RefreshError, SaveError};
use vantage_live::{
    FieldSet, Guard, Ids, ImTable, LiveTable, Operation, Patch, ReadableValueSet as _, Record, RecordEdit, SaveResult,
    ValueErrorKind, WritableValueSet as _,
};

use crate::faulty_products;

const CUPCAKE: &str = "flux_cupcake";

#[tokio::test]
async fn what_else_was_typed_after_a_lost_answer_is_written_when_that_is_found_out() {
    for has_landed in [true, false] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        edit.price = 130;
        let write = faults.next(Operation::Write);
        if has_landed {
            write.loses_its_answer();
        } else {
            write.fails(ValueErrorKind::OutcomeUnknown);
        }
        let _ = edit.save().await.unwrap();
        edit.name = "Cupcake".into();

        let result = edit.save().await.unwrap();

        assert!(matches!(result, SaveResult::Saved), "{result:?}");
        assert_eq!(store.stored(CUPCAKE, "name").await, Some("Cupcake".into()));
        assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
        assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
    }
}

#[tokio::test]
async fn a_lost_write_that_lands_late_is_known_though_another_field_was_lost_since() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.price = 120;
    edit.name = "Cupcake".into();
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 130).await; // the first of them lands now
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(140.into()));
}

#[tokio::test]
async fn what_an_after_image_has_shown_changed_since_cannot_have_been_written_by_a_lost_write() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.price = 120;
    edit.name = "Cupcake".into();
    store.colleague_sets(CUPCAKE, "price", 150).await; // the lost write expects 120, and is refused from now on
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    assert_eq!(edit.price, 150);
    edit.price = 140;
    store.colleague_sets(CUPCAKE, "price", 130).await;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_lost_write_that_lands_beside_another_save_is_still_this_sessions_own() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.price = 120;
    edit.name = "Cupcake".into();
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    edit.price = 140;
    store.colleague_sets(CUPCAKE, "price", 130).await; // it lands now
    held.release();
    assert!(matches!(edit.finish_save().await.unwrap(), SaveResult::Saved));

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(140.into()));
}

#[tokio::test]
async fn what_was_typed_back_after_a_lost_answer_is_written_when_it_is_found_done() {
    for tries in [1, 2] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        for price in 132 - tries..131 {
            edit.price = price;
            faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
            let _ = edit.save().await.unwrap();
        }
        edit.price = 131;
        faults.next(Operation::Write).loses_its_answer();
        let _ = edit.save().await.unwrap();
        edit.price = 120;

        let result = edit.save().await.unwrap();

        assert!(matches!(result, SaveResult::Saved), "{result:?}");
        assert_eq!(store.stored(CUPCAKE, "price").await, Some(120.into()), "{tries}");
    }
}

#[tokio::test]
async fn a_lost_write_of_which_a_part_was_given_up_is_all_this_sessions_own_when_it_lands() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    edit.name = "Cupcake".into();
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let held = faults.next(Operation::Read).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    edit.revert_field(ProductField::Price);
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    held.release();
    let _ = edit.finish_save().await.unwrap();
    let landed = Patch::new().set("price", 130).set("name", "Cupcake");
    let _ = store.write(&CUPCAKE.into(), &landed, &Guard::Exists).await.unwrap(); // the first of them
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(140.into()));
}

#[tokio::test]
async fn a_value_that_was_sent_by_two_lost_writes_is_this_sessions_own_by_either() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    edit.name = "Cupcake".into();
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(140.into()));
}

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
async fn a_rebase_while_a_save_finds_out_takes_what_has_landed_for_its_own_and_nothing_that_was_typed() {
    for typed in [140, 120] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        edit.price = 130;
        faults.next(Operation::Write).loses_its_answer();
        let _ = edit.save().await.unwrap();
        let held = faults.next(Operation::Read).is_held();
        edit.start_save().unwrap();
        held.arrived().await;
        table.on_backend_change(CUPCAKE).await.unwrap();
        edit.price = typed;

        let conflicts = edit.rebase().unwrap();
        held.release();
        let result = edit.finish_save().await.unwrap();

        assert!(conflicts.is_empty(), "{conflicts:?}");
        assert!(matches!(result, SaveResult::Saved), "{result:?}");
        assert_eq!((edit.price, store.stored(CUPCAKE, "price").await), (typed, Some(130.into())));
    }
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
async fn a_delete_whose_answer_was_lost_twice_is_found_done() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.delete().await.unwrap();
    faults.next(Operation::Delete).loses_its_answer();
    let _ = edit.delete().await.unwrap();

    let found = edit.delete().await.unwrap();

    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}

#[tokio::test]
async fn what_was_set_back_after_a_lost_answer_is_written_though_a_rebase_comes_before_it_is_found_out() {
    for rebases in [false, true] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        faults.next(Operation::Write).loses_its_answer();
        edit.price = 130;
        let _ = edit.save().await.unwrap();
        table.on_backend_change(CUPCAKE).await.unwrap();
        edit.price = 120;
        let held = faults.next_of_any().is_held();
        edit.start_save().unwrap();
        held.arrived().await;
        if rebases {
            let _ = edit.rebase().unwrap();
        }
        held.release();

        let saved = edit.finish_save().await.unwrap();

        assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
        assert_eq!((store.stored(CUPCAKE, "price").await, edit.modified_fields()), (Some(120.into()), FieldSet::EMPTY));
    }
}

#[tokio::test]
async fn of_a_lost_write_that_was_not_done_what_somebody_else_wrote_the_same_is_not_ones_own() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    (edit.price, edit.note) = (130, Some("sweet".into()));
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    store.colleague_sets(CUPCAKE, "note", "sweet").await;
    edit.note = Some("sour".into());

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.fields(), ProductField::Note.into());
    assert_eq!(store.stored(CUPCAKE, "note").await, Some("sweet".into()));
}

#[tokio::test]
async fn a_lost_write_that_lands_beside_a_save_is_no_change_that_a_delete_has_to_tell() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.revert();
    edit.name = "Cupcake".into();
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets(CUPCAKE, "price", 130).await; // it lands now
    held.release();
    until(|| table.row(&CUPCAKE.into()).unwrap().name == "Cupcake").await;

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
}

#[tokio::test]
async fn a_write_that_was_lost_twice_is_looked_for_as_if_it_were_the_first_time() {
    let (table, _store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    faults.next(Operation::Write).loses_its_answer();
    let again = edit.save().await.unwrap();
    assert!(matches!(again, SaveResult::Error(_)), "{again:?}");

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "what stands there is its own: {deleted:?}");
}

#[tokio::test]
async fn what_was_lost_and_then_changed_by_somebody_else_is_not_ones_own_when_it_is_there_again() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 150).await;
    let told = edit.save().await.unwrap();
    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    edit.price = 140;
    store.colleague_sets(CUPCAKE, "price", 130).await;

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.price.map(|price| (price.local, price.remote)), Some((140, 130)));
}

#[tokio::test]
async fn of_five_lost_writes_the_first_is_shown_as_somebody_elses_should_it_still_land() {
    for (lands, is_own) in [(131, false), (132, true)] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        for price in 131..=135 {
            edit.price = price;
            faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
            let _ = edit.save().await.unwrap();
            let _ = edit.refresh_snapshot().await.unwrap();
        }
        store.colleague_sets(CUPCAKE, "price", lands).await;

        let result = edit.save().await.unwrap();

        assert_eq!(matches!(result, SaveResult::Saved), is_own, "{lands} lands: {result:?}");
    }
}

#[tokio::test]
async fn a_record_that_somebody_has_made_again_has_nothing_of_a_write_that_was_lost_before_it_was_deleted() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let mut record = store.get_id_value(edit.id()).await.unwrap().unwrap();
    store.colleague_deletes(CUPCAKE).await;
    let gone = edit.save().await.unwrap();
    assert!(matches!(gone, SaveResult::Deleted), "{gone:?}");
    record.insert("price".into(), 130.into());
    store.insert_id_value(edit.id(), record).await.unwrap();
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "P3: the 130 is the colleague's: {result:?}");
}

/// A table that gives its records their ids, over a store whose faults the test commands.
async fn with_uuids() -> (LiveTable<Product>, ImTable, Faults) {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    (LiveTable::builder(faulty).ids(Ids::ClientUuid).open().await.unwrap(), store, faults)
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
async fn an_insert_through_a_table_that_a_link_has_sent_twice_is_done() {
    let (table, store, faults) = with_uuids().await;
    faults.next(Operation::Insert).is_resent();

    let inserted = table.insert(hoverboard()).await.unwrap();

    assert!(store.get_id_value(&inserted).await.unwrap().is_some());
    assert!(table.row(&inserted).is_some(), "P5");
}

#[tokio::test]
async fn an_insert_through_a_table_that_was_done_and_cannot_be_read_is_in_doubt() {
    let (table, _, faults) = with_uuids().await;
    faults.next(Operation::Insert).is_resent();
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);

    let inserted = table.insert(hoverboard()).await;

    let Err(DataSetError::Store(error)) = inserted else { panic!("it is there: {inserted:?}") };
    assert_eq!(error.kind, ValueErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn what_a_save_has_written_is_not_taken_for_an_earlier_lost_write_that_lands_after_it() {
    let store = bakery::store().await;
    let at_most_120 = |record: &mut Record| {
        let price = record.get("price").and_then(Value::as_i64).unwrap_or_default();
        record.insert("price".into(), price.min(120).into());
    };
    let faulty = FaultyValueSet::new(Coercing::new(store.clone(), at_most_120));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    edit.price = 140;
    let stored = edit.save().await.unwrap();
    assert!(matches!(stored, SaveResult::PartialSave(_)), "the store has made 120 of it: {stored:?}");
    store.colleague_sets(CUPCAKE, "price", 130).await;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "P3: it may be the colleague's: {result:?}");
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
async fn a_replacement_that_a_link_has_sent_twice_and_that_cannot_be_read_is_of_unknown_outcome() {
    for fails in [Operation::Read, Operation::Write] {
        let (table, _, faults) = faulty_products().await;
        faults.next(Operation::Insert).is_resent();
        // The first read finds that there is none.
        let first = usize::from(fails == Operation::Read);
        faults.next(fails).after(first).fails(ValueErrorKind::Unreachable);

        let told = table.replace_id(&"almanac".into(), hoverboard()).await;

        let is_unknown =
            |told: &DataSetError| matches!(told, DataSetError::Store(e) if e.kind == ValueErrorKind::OutcomeUnknown);
        assert!(told.as_ref().is_err_and(is_unknown), "{fails:?}: {told:?}");
    }
}

#[tokio::test]
async fn a_replacement_or_an_insert_that_was_not_reached_is_told_so() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).ids(Ids::ClientUuid).open().await.unwrap();
    let is_unreached =
        |told: &DataSetError| matches!(told, DataSetError::Store(e) if e.kind == ValueErrorKind::Unreachable);

    faults.next(Operation::Write).fails(ValueErrorKind::Unreachable);
    let replaced = table.replace_id(&CUPCAKE.into(), hoverboard()).await;
    assert!(replaced.as_ref().is_err_and(is_unreached), "{replaced:?}");
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let inserted = table.insert(hoverboard()).await;
    assert!(inserted.as_ref().is_err_and(is_unreached), "{inserted:?}");

    assert_eq!(store.count().await.unwrap(), 5);
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
async fn a_save_that_was_refused_for_what_does_not_fit_is_not_taken_for_one_that_may_have_been_done() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    store.colleague_sets(CUPCAKE, "price", 125).await;
    store.colleague_sets(CUPCAKE, "name", 5).await;
    let unfit = edit.save().await;
    assert!(matches!(unfit, Err(EditError::KeptApart { .. })), "{unfit:?}");
    store.colleague_sets(CUPCAKE, "name", "Flux Cupcake").await;
    store.colleague_sets(CUPCAKE, "price", 130).await; // as it was typed here, and by somebody else
    edit.price = 140;

    let told = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_replacement_makes_a_record_that_has_gone_as_it_was_found_to_be_there() {
    let (table, store, faults) = faulty_products().await;
    faults.next(Operation::Insert).fails(ValueErrorKind::AlreadyExists);

    let made = table.replace_id(&"almanac".into(), hoverboard()).await.unwrap();

    assert_eq!(made.name, "Hoverboard Cookie");
    assert_eq!(store.count().await.unwrap(), 6);
}
