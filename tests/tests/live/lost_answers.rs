//! What a session does about answers that were lost: it neither writes twice nor takes its own write for another's.

use serde_json::json;
use tests::bakery::{self, Colleague as _, Product, ProductField, hoverboard};
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::edit::{DeleteResult, EditError, SaveError};
use vantage_live::{
    FieldSet, Guard, Ids, ImTable, LiveTable, Operation, Patch, Policy, ReadableValueSet as _, SaveResult,
    ValueErrorKind, WritableValueSet as _,
};

use super::{edit_record, new_record};
use crate::{faulty_products, made};

#[tokio::test]
async fn a_lost_answer_changes_nothing_here_and_the_next_save_finds_the_write_done() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();

    let result = edit.save().await.unwrap();
    assert!(matches!(result, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{result:?}");
    assert_eq!((edit.price, edit.live_snapshot().price), (130, 120));
    faults.forget_calls();
    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Saved), "its own earlier write is no conflict: {again:?}");
    assert_eq!(faults.operations(), [Operation::Read], "and is not made twice");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_lost_answer_of_a_write_that_never_happened_is_written_by_the_next_save() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);

    let _ = edit.save().await.unwrap();
    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Saved), "{again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn what_was_typed_after_a_lost_answer_is_saved_without_a_conflict() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();

    edit.price = 131;
    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Saved), "{again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(131.into()));
}

#[tokio::test]
async fn a_refresh_after_a_lost_answer_knows_its_own_write() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    edit.price = 131;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty(), "{conflicts:?}");
    assert_eq!(edit.live_snapshot().price, 130);
}

#[tokio::test]
async fn a_colleagues_change_after_a_lost_answer_is_a_conflict() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 150).await;

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Conflict(_)), "{again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(150.into()), "it is not overwritten unseen");
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_makes_one_record() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let store = bakery::store().await;
        let faulty = FaultyValueSet::new(store.clone());
        let faults = faulty.faults();
        let table = LiveTable::<Product>::builder(faulty).ids(ids).open().await.unwrap();
        let mut edit = new_record(&table, hoverboard());
        faults.next(Operation::Insert).loses_its_answer();

        let lost = edit.save().await.unwrap();
        let again = edit.save().await.unwrap();

        assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
        assert!(matches!(again, SaveResult::Created(_)), "{again:?}");
        assert_eq!(store.count().await.unwrap(), 6, "{ids:?}");
    }
}

#[tokio::test]
async fn what_is_typed_while_a_save_finds_out_is_left_for_the_next_one() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();

    edit.start_save().unwrap();
    edit.name = "half a na".into();
    let result = edit.finish_save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
    assert_eq!(store.stored("flux_cupcake", "name").await, Some("Flux Capacitor Cupcake".into()));
    assert_eq!(edit.modified_fields(), FieldSet::from(ProductField::Name));
}

#[tokio::test]
async fn a_delete_after_a_lost_answer_does_not_take_its_own_write_for_somebody_elses() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::Deleted), "{result:?}");
    assert_eq!(store.count().await.unwrap(), 4);
}

#[tokio::test]
async fn a_delete_whose_answer_was_lost_is_found_done() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    faults.next(Operation::Delete).loses_its_answer();

    let lost = edit.delete().await.unwrap();
    let found = edit.delete().await.unwrap();

    assert!(matches!(lost, DeleteResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}

#[tokio::test]
async fn a_write_that_lands_after_a_read_did_not_find_it_is_still_this_sessions_own() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let seen = edit.refresh_snapshot().await.unwrap();
    assert!(seen.is_empty() && edit.live_snapshot().price == 120, "it has not landed yet");
    edit.price = 131;
    store.colleague_sets("flux_cupcake", "price", 130).await; // it lands now

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Saved), "{again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(131.into()));
}

#[tokio::test]
async fn two_answers_that_were_lost_are_both_known_for_this_sessions_own() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    for price in [130, 131] {
        edit.price = price;
        faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
        let lost = edit.save().await.unwrap();
        assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    }
    edit.price = 132;
    store.colleague_sets("flux_cupcake", "price", 130).await; // the first of them lands now

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Saved), "{again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(132.into()));
}

#[tokio::test]
async fn what_was_set_back_after_a_lost_answer_was_found_not_written_follows_the_store() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.revert();
    store.colleague_sets("flux_cupcake", "price", 140).await;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty(), "{conflicts:?}");
    assert_eq!((edit.price, edit.modified_fields()), (140, FieldSet::EMPTY));
}

#[tokio::test]
async fn by_version_a_change_of_another_field_is_told_after_a_lost_answer() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.set_policy(Policy::Version);
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let patch = Patch::new().set("name", "Cupcake").set("version", 2);
    let _ = store.write(&"flux_cupcake".into(), &patch, &Guard::Exists).await.unwrap();

    let told = edit.save().await.unwrap();
    let again = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(edit.name, "Cupcake");
    assert!(matches!(again, SaveResult::Saved), "{again:?}");
}

#[tokio::test]
async fn by_version_a_write_of_its_own_after_a_lost_answer_is_nobody_elses_change() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.set_policy(Policy::Version);
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let patch = Patch::new().set("price", 130).set("version", 2);
    let _ = store.write(&"flux_cupcake".into(), &patch, &Guard::Exists).await.unwrap(); // it lands now

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Saved), "{again:?}");
}

/// A new record whose first save has been made and its answer lost, by a store that knows a repetition or by ids of the
/// client's.
async fn created_unheard(ids: Ids, coerce: fn(&mut vantage_live::Record)) -> (LiveTable<Product>, ImTable, Edit) {
    let (table, store, _, edit) = created_unheard_with(ids, coerce).await;
    (table, store, edit)
}

async fn created_unheard_with(
    ids: Ids,
    coerce: fn(&mut vantage_live::Record),
) -> (LiveTable<Product>, ImTable, Faults, Edit) {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(Coercing::new(store.clone(), coerce));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).ids(ids).open().await.unwrap();
    let mut edit = table.new_record_owned(hoverboard());
    edit.price = 90;
    faults.next(Operation::Insert).loses_its_answer();
    let lost = edit.save().await.unwrap();
    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    (table, store, faults, edit)
}

type Edit = vantage_live::RecordEdit<'static, Product>;

#[tokio::test]
async fn what_was_typed_after_a_create_whose_answer_was_lost_is_saved_with_it() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let (_table, store, mut edit) = created_unheard(ids, |_| {}).await;
        edit.price = 91;

        let again = edit.save().await.unwrap();

        assert!(matches!(again, SaveResult::Created(_)), "{ids:?}: {again:?}");
        assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
        let record = store.get_id_value(edit.id()).await.unwrap().unwrap();
        assert_eq!(record["price"], 91);
        assert_eq!(store.count().await.unwrap(), 6, "{ids:?}");
    }
}

#[tokio::test]
async fn what_was_typed_back_after_a_create_whose_answer_was_lost_is_saved_with_it() {
    let (_table, store, mut edit) = created_unheard(Ids::Store, |_| {}).await;
    edit.price = hoverboard().price;

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Created(_)), "{again:?}");
    let record = store.get_id_value(edit.id()).await.unwrap().unwrap();
    assert_eq!(record["price"], hoverboard().price);
}

#[tokio::test]
async fn what_two_attempts_to_create_have_sent_alike_is_ones_own() {
    let (_table, store, faults, mut edit) = created_unheard_with(Ids::Store, |_| {}).await;
    edit.note = Some("sweet".into());
    faults.next(Operation::Insert).fails(ValueErrorKind::OutcomeUnknown);
    let lost = edit.save().await.unwrap();
    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    let id = made(&store).await;
    let _ = store.write(&id, &Patch::new().set("name", "Cookie"), &Guard::Exists).await.unwrap();
    edit.price = 91;

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Created(_)), "{again:?}");
    assert_eq!(store.get_id_value(edit.id()).await.unwrap().unwrap()["price"], 91);
}

#[tokio::test]
async fn what_was_typed_over_a_create_unheard_is_saved_whatever_else_a_colleague_has_changed_in_it() {
    let (_table, store, mut edit) = created_unheard(Ids::Store, |_| {}).await;
    let id = made(&store).await;
    let _ = store.write(&id, &Patch::new().set("note", "sweet"), &Guard::Exists).await.unwrap();
    edit.price = 91;

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Created(_)), "{again:?}");
    let record = store.get_id_value(&id).await.unwrap().unwrap();
    assert_eq!((&record["price"], &record["note"]), (&json!(91), &json!("sweet")));
}

#[tokio::test]
async fn a_colleagues_change_of_what_was_created_unheard_is_a_conflict() {
    let (table, store, mut edit) = created_unheard(Ids::Store, |_| {}).await;
    let id = made(&store).await;
    let _ = store.write(&id, &Patch::new().set("price", 150), &Guard::Exists).await.unwrap();

    let again = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = again else { panic!("{again:?}") };
    let price = conflicts.price.expect("both have set the price");
    assert_eq!((price.local, price.remote), (90, 150));
    assert_eq!((edit.id(), edit.is_new()), (&id, false), "it has its id all the same");
    assert_eq!(table.row(&id).unwrap().price, 150);
    let mine = edit.save().await.unwrap();
    assert!(matches!(&mine, SaveResult::Created(made) if *made == id), "saving after that keeps mine: {mine:?}");
    assert_eq!(store.get_id_value(&id).await.unwrap().unwrap()["price"], 90);
}

#[tokio::test]
async fn what_the_program_began_a_new_record_with_follows_what_the_store_made_of_it_unheard() {
    let (_table, store, mut edit) = created_unheard(Ids::Store, |record| {
        record.insert("name".into(), json!("HOVERBOARD COOKIE"));
    })
    .await;

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Created(_)), "{again:?}");
    assert_eq!((edit.name.as_str(), edit.modified_fields()), ("HOVERBOARD COOKIE", FieldSet::EMPTY));
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn saving_as_new_that_may_have_been_done_is_found_out_by_the_next_save() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    faults.next(Operation::Insert).loses_its_answer();

    let lost = edit.save_as_new().await.unwrap();
    let found = edit.save().await.unwrap();

    assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    assert!(matches!(found, SaveResult::Created(_)), "{found:?}");
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn a_doubt_outlives_an_attempt_to_save_as_new_that_was_not_reached() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let _ = edit.save_as_new().await.unwrap();
    edit.price = 131;

    let again = edit.save().await.unwrap();

    assert!(matches!(again, SaveResult::Saved), "its own write is no conflict: {again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(131.into()));
    assert!(!edit.is_modified(ProductField::Price));
}

#[tokio::test]
async fn what_others_did_to_a_record_that_was_created_unheard_is_shown_before_it_is_deleted() {
    let (_table, store, mut edit) = created_unheard(Ids::Store, |_| {}).await;
    let id = made(&store).await;
    let _ = store.write(&id, &Patch::new().set("name", "Cupcake"), &Guard::Exists).await.unwrap();
    edit.start_save().unwrap();

    let told = edit.delete().await.unwrap();
    let again = edit.delete().await.unwrap();

    assert!(matches!(told, DeleteResult::Changed(fields) if fields == ProductField::Name.into()), "{told:?}");
    assert!(matches!(again, DeleteResult::Deleted), "{again:?}");
    assert_eq!(store.count().await.unwrap(), 5);
}

#[tokio::test]
async fn what_was_given_up_while_a_save_finds_out_is_not_written() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.name = "Cupcake".into();
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    edit.start_save().unwrap();

    edit.revert_field(ProductField::Price);
    let again = edit.finish_save().await.unwrap();

    assert!(matches!(again, SaveResult::Saved), "{again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(120.into()), "it was given up");
    assert_eq!(store.stored("flux_cupcake", "name").await, Some("Cupcake".into()));
}

#[tokio::test]
async fn what_was_given_up_after_a_lost_answer_follows_the_store() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    edit.revert();
    store.colleague_sets("flux_cupcake", "price", 140).await;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty(), "{conflicts:?}");
    assert_eq!((edit.price, edit.modified_fields()), (140, FieldSet::EMPTY));
}

#[tokio::test]
async fn a_read_that_finds_out_does_not_take_a_session_back() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(store.feed()).open().await.unwrap();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    let held = faults.next(Operation::Read).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    // Its answer is there, and not taken in, when the colleague's change is.
    held.release();
    store.colleague_sets("flux_cupcake", "name", "Cupcake").await;
    until(|| table.row(&"flux_cupcake".into()).unwrap().name == "Cupcake").await;
    let _ = edit.rebase().unwrap();

    let result = edit.finish_save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(edit.name, "Cupcake");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_record_created_unheard_that_does_not_fit_is_said_to_be_kept_apart() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let store = bakery::store().await;
        let unfit = |record: &mut vantage_live::Record| drop(record.insert("price".into(), json!("dear")));
        let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), unfit)).ids(ids).open().await.unwrap();
        let mut edit = new_record(&table, hoverboard());

        for _ in 0..2 {
            let result = edit.save().await;
            assert!(matches!(result, Err(EditError::KeptApart { .. })), "{ids:?}: {result:?}");
        }

        assert_eq!(edit.price, hoverboard().price, "what was typed is there");
        assert_eq!(store.count().await.unwrap(), 6, "{ids:?}");
    }
}

#[tokio::test]
async fn saving_as_new_what_was_created_unheard_makes_no_second_record() {
    let (_table, store, mut edit) = created_unheard(Ids::Store, |_| {}).await;
    let id = made(&store).await;
    let _ = store.write(&id, &Patch::new().set("price", 150), &Guard::Exists).await.unwrap();
    edit.start_save().unwrap();

    let told = edit.save_as_new().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "{told:?}");
    assert_eq!(edit.id(), &id);
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn a_second_lost_answer_makes_nothing_of_the_first_that_was_read_since() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.price = 120; // what it was: nothing is modified, and the field follows the store
    edit.name = "Cupcake".into();
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 150).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.price, edit.modified_fields()), (150, FieldSet::EMPTY));
}

#[tokio::test]
async fn what_became_of_a_lost_write_is_read_once() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let shown = edit.save().await.unwrap();
    assert!(matches!(shown, SaveResult::Conflict(_)), "{shown:?}");
    let before = faults.operations().len();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(faults.operations()[before..], [Operation::Write]);
}

#[tokio::test]
async fn a_field_that_was_typed_back_and_has_followed_the_store_beside_a_lost_write_goes_on_to_follow() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    let before = edit.name.clone();
    (edit.name, edit.price) = ("Cupcake".into(), 130);
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    edit.name = before;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    // It reads first, and what is left is sent when that is taken in.
    until(|| edit.poll_save().is_none() && faults.operations().ends_with(&[Operation::Read, Operation::Write])).await;
    held.arrived().await;
    store.colleague_sets("flux_cupcake", "name", "Muffin").await;
    held.release();
    let saved = edit.finish_save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    store.colleague_sets("flux_cupcake", "name", "Tart").await;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty(), "{conflicts:?}");
    assert_eq!((&*edit.name, edit.modified_fields()), ("Tart", FieldSet::EMPTY));
}
