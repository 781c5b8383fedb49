//! What came with an answer that nobody was told: it is told before anything else is written or deleted (P3), and no outcome
//! is lost.

use serde_json::json;
use tests::bakery::{Colleague as _, Product, ProductField, hoverboard};
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::contract::{Faults, Held};
use vantage_live::edit::{DeleteResult, EditError, RefreshError, SaveError};
use vantage_live::{
    FieldSet, Guard, Id, Ids, ImTable, LiveTable, Operation, Patch, Policy, ReadableValueSet as _, RecordEdit,
    SaveResult, ValueErrorKind, WritableValueSet as _,
};

use crate::faulty_products;

const CUPCAKE: &str = "flux_cupcake";

/// A session with a price of 130, whose save is refused because a colleague has set 150, and nobody has asked how it went.
async fn refused_unheard() -> (LiveTable<Product>, ImTable, Faults, RecordEdit<'static, Product>) {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.price = 130;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    edit.start_save().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    (table, store, faults, edit)
}

/// A save of this session that is held on its way to the store.
async fn held(edit: &mut RecordEdit<'static, Product>, faults: &Faults) -> Held {
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    held
}

#[tokio::test]
async fn a_refresh_that_fails_leaves_the_conflict_for_the_next_save() {
    let (_table, store, faults, mut edit) = refused_unheard().await;
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    let refreshed = edit.refresh_snapshot().await;
    assert!(refreshed.is_err(), "{refreshed:?}");

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(150.into()));
}

#[tokio::test]
async fn saving_as_new_that_is_refused_leaves_the_conflict_for_the_next_save() {
    let (_table, store, faults, mut edit) = refused_unheard().await;
    faults.next(Operation::Insert).fails(ValueErrorKind::Rejected { fields: vec![], message: "full".into() });
    let made = edit.save_as_new().await.unwrap();
    assert!(matches!(made, SaveResult::Error(SaveError::Rejected { .. })), "{made:?}");

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(150.into()));
}

#[tokio::test]
async fn a_conflict_that_was_decided_while_it_waited_is_not_told() {
    let (_table, store, _, mut edit) = refused_unheard().await;
    let waiting = edit.start_save().is_ok() && edit.is_saving();
    assert!(waiting);
    edit.revert();
    edit.name = "Cupcake".into();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "name").await, Some("Cupcake".into()));
}

#[tokio::test]
async fn a_delete_does_not_decide_about_what_a_forgotten_save_has_brought() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    store.colleague_sets(CUPCAKE, "name", "Cupcake").await;
    edit.start_save().unwrap();
    until(|| table.row(&CUPCAKE.into()).unwrap().price == 130).await;

    let told = edit.delete().await.unwrap();
    let again = edit.delete().await.unwrap();

    assert!(matches!(told, DeleteResult::Changed(fields) if fields == ProductField::Name.into()), "{told:?}");
    assert!(matches!(again, DeleteResult::Deleted), "{again:?}");
}

#[tokio::test]
async fn by_version_a_delete_tells_a_refusal_that_nobody_heard_of() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.set_policy(Policy::Version);
    edit.note = Some("sweet".into());
    let patch = Patch::new().set("price", 150).set("version", 2);
    let _ = store.write(&CUPCAKE.into(), &patch, &Guard::Exists).await.unwrap();
    edit.start_save().unwrap();
    until(|| table.metrics().conflicts == 1).await;

    let told = edit.delete().await.unwrap();

    assert!(matches!(told, DeleteResult::Changed(fields) if fields == ProductField::Price.into()), "{told:?}");
    assert_eq!(store.count().await.unwrap(), 5);
}

#[tokio::test]
async fn an_answer_does_not_take_a_session_back_that_has_rebased_since_on_a_record_that_is_gone() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    held.release();
    until(|| table.row(&CUPCAKE.into()).unwrap().price == 130).await;
    store.colleague_sets(CUPCAKE, "inventory.stock", 7).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();
    store.colleague_deletes(CUPCAKE).await;
    table.on_backend_change(CUPCAKE).await.unwrap();

    let _ = edit.finish_save().await.unwrap();

    assert_eq!(edit.live_snapshot().inventory.stock, 7);
}

#[tokio::test]
async fn the_refusal_of_a_delete_does_not_take_a_session_back_that_has_rebased_since() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 140).await;
    let held = faults.next(Operation::Delete).has_its_answer_held();
    edit.start_delete().unwrap();
    held.arrived().await;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    held.release();
    until(|| table.metrics().conflicts == 1).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    let _ = edit.rebase().unwrap();

    let _ = edit.finish_delete().await.unwrap();

    assert_eq!(edit.live_snapshot().price, 150);
}

#[tokio::test]
async fn what_was_typed_is_not_overwritten_by_an_older_save_when_a_colleague_has_the_same() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.price = 130;
    let held = held(&mut edit, &faults).await;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    edit.price = 150;
    held.release();

    let result = edit.finish_save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(150.into()));
    assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
}

#[tokio::test]
async fn what_was_typed_while_a_save_finds_out_is_not_overwritten_when_a_colleague_has_the_same() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let held = faults.next(Operation::Read).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    edit.price = 150;
    held.release();

    let _ = edit.finish_save().await.unwrap();

    assert_eq!(store.stored(CUPCAKE, "price").await, Some(150.into()));
}

#[tokio::test]
async fn a_refusal_that_a_refresh_has_taken_in_is_still_the_answer_of_that_save() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults
        .next(Operation::Write)
        .fails(ValueErrorKind::Rejected { fields: vec!["price".into()], message: "no".into() });
    edit.start_save().unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();

    let result = edit.poll_save().expect("it was not told yet").unwrap();

    assert!(matches!(result, SaveResult::Error(SaveError::Rejected { .. })), "{result:?}");
}

#[tokio::test]
async fn a_creation_that_nobody_heard_of_is_told_with_the_save_of_what_was_typed_since() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.new_record(hoverboard());
    edit.start_save().unwrap();
    let temp = edit.id().clone();
    until(|| table.row(&temp).is_some()).await;
    edit.price = 99;

    let result = edit.save().await.unwrap();

    let SaveResult::Created(id) = result else { panic!("{result:?}") };
    assert_eq!(store.get_id_value(&id).await.unwrap().unwrap()["price"], 99);
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved), "and once only");
}

#[tokio::test]
async fn who_was_not_told_of_a_partial_save_is_not_told_that_it_is_repeated() {
    let store = tests::bakery::store().await;
    let coercing = tests::coercing::Coercing::new(store, |record| {
        if let Some(name) = record.get_mut("name") {
            *name = json!("CUPCAKE");
        }
    });
    let faulty = FaultyValueSet::new(coercing);
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.name = "Cupcake".into();
    faults.forget_calls();
    edit.start_save().unwrap();
    until(|| table.row(&CUPCAKE.into()).unwrap().name == "CUPCAKE").await;

    let result = edit.save().await.unwrap();

    assert!(matches!(&result, SaveResult::PartialSave(partial) if !partial.is_repeated()), "{result:?}");
    assert_eq!(faults.operations(), [Operation::Write; 2], "the store has told what it made of it: it is sent again");
}

#[tokio::test]
async fn overwriting_asks_nobody_whatever_was_refused_or_lost_before() {
    let (_table, store, faults, mut edit) = refused_unheard().await;
    edit.set_policy(Policy::Overwrite);

    let unheard = edit.save().await.unwrap();
    edit.price = 131;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 160).await;
    let lost = edit.save().await.unwrap();

    assert!(matches!(unheard, SaveResult::Saved), "{unheard:?}");
    assert!(matches!(lost, SaveResult::Saved), "{lost:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(131.into()));
}

#[tokio::test]
async fn a_record_that_does_not_fit_any_more_is_not_called_deleted() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", "ask Doc").await;
    let _ = table.on_backend_change(CUPCAKE).await;

    let rebased = edit.rebase();

    assert!(matches!(rebased, Err(RefreshError::Edit(EditError::KeptApart { .. }))), "{rebased:?}");
    assert!(edit.is_stale());
}

#[tokio::test]
async fn the_id_field_is_the_tables_whatever_the_program_makes_of_it() {
    let (table, _, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.id = Id::from("other");
    edit.price = 130;

    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    assert_eq!(edit.local().id, Id::from(CUPCAKE), "after a save");
    edit.id = Id::from("other");
    edit.revert();
    assert_eq!(edit.local().id, Id::from(CUPCAKE), "after a revert");
}

#[tokio::test]
async fn a_record_that_is_brought_back_has_the_columns_that_the_struct_does_not_know() {
    let (table, store, _) = faulty_products().await;
    store.colleague_sets(CUPCAKE, "supplier", "Doc").await;
    table.refresh_all().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    store.colleague_deletes(CUPCAKE).await;

    let made = edit.save_as_new().await.unwrap();

    let SaveResult::Created(id) = made else { panic!("{made:?}") };
    let record = store.get_id_value(&id).await.unwrap().unwrap();
    assert_eq!((&record["supplier"], &record["price"]), (&json!("Doc"), &json!(130)));
}

#[tokio::test]
async fn a_delete_that_a_read_has_found_not_done_is_not_claimed_later() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    faults.next(Operation::Delete).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.delete().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_deletes(CUPCAKE).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn a_delete_tells_of_a_value_that_a_colleague_has_written_after_a_read_did_not_find_it() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 130).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::Changed(fields) if fields == ProductField::Price.into()), "{result:?}");
}

#[tokio::test]
async fn a_new_record_that_is_refused_or_not_reached_stays_as_it_was_typed() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let store = vantage_live::contract::FaultyValueSet::new(tests::bakery::store().await);
        let faults = store.faults();
        let table = LiveTable::<Product>::builder(store).ids(ids).open().await.unwrap();
        let mut edit = table.new_record(hoverboard());
        let id = edit.id().clone();

        let rejected = ValueErrorKind::Rejected { fields: vec!["price".into()], message: "too dear".into() };
        faults.next(Operation::Insert).fails(rejected);
        let refused = edit.save().await.unwrap();
        faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
        let not_reached = edit.save().await.unwrap();

        assert!(
            matches!(&refused, SaveResult::Error(SaveError::Rejected { fields, .. }) if *fields == ProductField::Price.into()),
            "{refused:?}"
        );
        assert!(matches!(not_reached, SaveResult::Error(SaveError::Unreachable { .. })), "{not_reached:?}");
        assert_eq!((edit.id(), edit.is_new(), edit.price), (&id, true, hoverboard().price));
        assert!(matches!(edit.save().await.unwrap(), SaveResult::Created(_)), "and is saved when the store is back");
    }
}

#[tokio::test]
async fn who_has_seen_the_change_that_kept_a_record_from_being_deleted_means_the_next_delete() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 150).await;
    edit.start_delete().unwrap();
    until(|| table.metrics().conflicts == 1).await;

    let shown = edit.refresh_snapshot().await.unwrap();
    let meant = edit.delete().await.unwrap();

    assert!(shown.is_empty(), "{shown:?}");
    assert_eq!(edit.price, 150);
    assert!(matches!(meant, DeleteResult::Deleted), "{meant:?}");
}

#[tokio::test]
async fn a_record_that_is_there_again_is_saved_though_nobody_has_heard_that_it_was_gone() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    let record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
    let _ = store.delete_id(&CUPCAKE.into(), &Guard::Nothing).await.unwrap();
    edit.start_save().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_none()).await;
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
}

#[tokio::test]
async fn what_was_typed_again_over_a_conflict_stays_though_it_is_what_a_save_under_way_has_sent() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    edit.price = 140;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    held.release();
    until(|| table.row(&CUPCAKE.into()).unwrap().price == 130).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    assert_eq!(edit.rebase().unwrap().price.map(|price| price.remote), Some(150));
    edit.price = 130;

    let _ = edit.finish_save().await.unwrap();

    assert_eq!(edit.price, 130, "whoever has seen 150 means it");
    assert!(edit.is_modified(ProductField::Price));
}

#[tokio::test]
async fn who_overwrites_is_not_told_first_of_a_conflict_that_nobody_was_shown() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    edit.name = "Cupcake".into();
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    edit.price = 135;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    held.release();
    until(|| table.row(&"flux_cupcake".into()).is_some_and(|row| row.name == "Cupcake")).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(135.into()));
}

#[tokio::test]
async fn what_kept_a_record_from_being_saved_is_no_news_about_the_one_that_is_made_of_it() {
    let (table, store, _faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    edit.start_save().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    edit.start_save_as_new().unwrap();
    until(|| table.rows().len() == 6).await;

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
}

#[tokio::test]
async fn who_was_not_told_that_a_record_is_gone_can_save_it_as_a_new_one() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_deletes("flux_cupcake").await;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    held.release();
    until(|| table.row(&"flux_cupcake".into()).is_none()).await;

    let saved = edit.save_as_new().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
    assert_eq!(store.get_id_value(edit.id()).await.unwrap().unwrap()["price"], 130);
}

#[tokio::test]
async fn a_conflict_about_the_record_before_is_no_answer_to_the_save_of_the_one_that_is_made_of_it() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    held.release();
    until(|| table.metrics().conflicts == 1).await;
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save_as_new().await.unwrap();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
}
