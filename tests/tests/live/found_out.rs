//! What a session makes of what it finds after answers were lost: which of it is its own, and what is left to write.

use serde_json::Value;
use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::edit::{DeleteResult, EditError, SaveError};
use vantage_live::{
    FieldSet, Guard, LiveTable, Operation, Patch, Policy, ReadableValueSet as _, Record, SaveResult, ValueErrorKind,
    WritableValueSet as _,
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
async fn a_write_of_which_the_answer_cannot_be_read_is_this_sessions_own() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).garbles_its_answer();
    let unread = edit.save().await.unwrap();
    assert!(matches!(unread, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{unread:?}");
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(140.into()));
}

#[tokio::test]
async fn a_lost_write_that_lands_before_another_that_checks_nothing_is_this_sessions_own() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    (edit.name, edit.price) = ("Cupcake".into(), 130);
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.revert_field(ProductField::Name);
    edit.price = 140;
    edit.set_policy(Policy::Overwrite);
    let landed = Patch::new().set("price", 130).set("name", "Cupcake");
    let _ = store.write(&CUPCAKE.into(), &landed, &Guard::Exists).await.unwrap();
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    edit.name = "My Cupcake".into();
    held.release();
    let _ = edit.finish_save().await.unwrap();

    let conflicts = edit.conflicts();

    assert!(conflicts.is_empty(), "{conflicts:?}");
    assert_eq!((&*edit.name, edit.modified_fields()), ("My Cupcake", ProductField::Name.into()));
}
