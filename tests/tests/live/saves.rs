//! The save table of the design, row by row, and what a save leaves alone: P2 to P5.

use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, InventoryField, Product, ProductField, hoverboard};
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::edit::{DeleteResult, EditError, SaveError};
use vantage_live::{
    Conflict, FieldSet, Ids, ImTable, LiveTable, ManualFeed, Operation, Path, Policy, ReadableValueSet as _,
    SaveResult, SyncState, ValueErrorKind,
};

/// A table without a feed over a store whose faults the test commands.
async fn faulty_products() -> (LiveTable<Product>, ImTable, Faults) {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::builder(faulty).open().await.unwrap();
    faults.forget_calls();
    (table, store, faults)
}

#[tokio::test]
async fn a_save_of_nothing_does_not_ask_the_store() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert!(faults.calls().is_empty(), "{:?}", faults.calls());
}

#[tokio::test]
async fn a_save_is_one_write_and_no_read() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;

    let _ = edit.save().await.unwrap();

    assert_eq!(faults.operations(), [Operation::Write]);
}

#[tokio::test]
async fn what_was_saved_is_the_snapshot_and_the_row_at_once() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.inventory.stock = 49;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
    assert_eq!(table.row(edit.id()).unwrap().price, 130);
    assert_eq!(store.stored("flux_cupcake", "inventory.stock").await, Some(49.into()));
}

#[tokio::test]
async fn the_after_image_brings_what_others_changed_in_other_fields() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    store.colleague_sets("flux_cupcake", "name", "Cupcake").await;
    edit.price = 130;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!((edit.name.as_str(), edit.live_snapshot().name.as_str()), ("Cupcake", "Cupcake"));
}

#[tokio::test]
async fn columns_that_the_struct_does_not_know_stay() {
    let (table, store, _) = faulty_products().await;
    store.colleague_sets("flux_cupcake", "inventory.warehouse", "Hill Valley").await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.inventory.stock = 49;

    let _ = edit.save().await.unwrap();

    assert_eq!(store.stored("flux_cupcake", "inventory.warehouse").await, Some("Hill Valley".into()));
}

#[tokio::test]
async fn two_people_who_edit_different_fields_both_succeed() {
    let (table, store, _) = faulty_products().await;
    let (mut mine, mut theirs) =
        (table.edit_record("flux_cupcake").await.unwrap(), table.edit_record("flux_cupcake").await.unwrap());
    mine.price = 130;
    theirs.inventory.stock = 49;

    assert!(matches!(mine.save().await.unwrap(), SaveResult::Saved));
    assert!(matches!(theirs.save().await.unwrap(), SaveResult::Saved));

    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
    assert_eq!(store.stored("flux_cupcake", "inventory.stock").await, Some(49.into()));
}

#[tokio::test]
async fn a_store_that_makes_other_values_is_a_partial_save() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), upper_case)).open().await.unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    edit.price = 130;

    let result = edit.save().await.unwrap();

    let SaveResult::PartialSave(partial) = result else { panic!("{result:?}") };
    assert_eq!((partial.fields(), partial.is_repeated()), (ProductField::Name.into(), false));
    assert_eq!((edit.name.as_str(), edit.live_snapshot().name.as_str()), ("Cupcake", "CUPCAKE"), "local keeps ours");
    assert!(edit.conflicts().is_empty(), "our own write is nobody's change");
}

#[tokio::test]
async fn a_retry_that_gives_the_same_again_says_so() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), upper_case)).open().await.unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    let _ = edit.save().await.unwrap();

    let SaveResult::PartialSave(again) = edit.save().await.unwrap() else { panic!("it was coerced again") };
    edit.name = "Muffin".into();
    let SaveResult::PartialSave(other) = edit.save().await.unwrap() else { panic!("it was coerced again") };

    assert!(again.is_repeated() && !other.is_repeated());
}

#[tokio::test]
async fn accepting_what_was_stored_ends_the_modification() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), upper_case)).open().await.unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    let SaveResult::PartialSave(partial) = edit.save().await.unwrap() else { panic!("it was coerced") };

    edit.accept_stored(partial.fields());

    assert_eq!((edit.name.as_str(), edit.modified_fields()), ("CUPCAKE", FieldSet::EMPTY));
}

fn upper_case(record: &mut vantage_live::Record) {
    if let Some(Value::String(name)) = record.get_mut("name") {
        *name = name.to_uppercase();
    }
}

#[tokio::test]
async fn a_field_that_somebody_changed_is_a_conflict_and_nothing_is_written() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.inventory.stock = 49;
    store.colleague_sets("flux_cupcake", "price", 140).await;

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.price, Some(Conflict { base: 120, local: 130, remote: 140 }));
    assert_eq!(conflicts.fields(), FieldSet::from(ProductField::Price));
    assert_eq!(store.stored("flux_cupcake", "inventory.stock").await, Some(50.into()), "all or nothing");
    assert_eq!(table.row(edit.id()).unwrap().price, 140, "the row has learned of it");
    assert_eq!(table.metrics().conflicts, 1);
}

#[tokio::test]
async fn saving_after_a_conflict_was_shown_means_keep_mine() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.save().await.unwrap();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
    assert!(edit.conflicts().is_empty());
}

#[tokio::test]
async fn a_change_after_the_one_that_was_shown_is_shown_too() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.save().await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 150).await;

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.price, Some(Conflict { base: 120, local: 130, remote: 150 }));
}

#[tokio::test]
async fn a_colleague_who_saved_the_same_value_is_no_conflict() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.inventory.stock = 49;
    store.colleague_sets("flux_cupcake", "price", 130).await;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "inventory.stock").await, Some(49.into()));
}

#[tokio::test]
async fn an_absent_column_that_reads_as_null_is_no_conflict() {
    let (table, store, _) = faulty_products().await;
    let record = json!({"name": "Almanac", "price": 1955, "inventory": {"stock": 1, "shelf": "B"}});
    store.colleague_inserts("almanac", record).await;
    let mut edit = table.edit_record("almanac").await.unwrap();
    edit.note = Some("do not read".into());

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("almanac", "note").await, Some("do not read".into()));
}

#[tokio::test]
async fn a_value_that_is_only_spelled_otherwise_is_no_conflict_for_a_person() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.note = Some("fresh".into());
    // Null becomes absent: the same to everyone who reads it, another thing to a guard.
    let patch = vantage_live::Patch::new().unset("note");
    let _ =
        vantage_live::WritableValueSet::write(&store, edit.id(), &patch, &vantage_live::Guard::Exists).await.unwrap();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(faults.round_trips(Operation::Write), 2, "the guard was spelled afresh, once");
}

#[tokio::test]
async fn a_refusal_names_the_fields_and_changes_nothing() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = -1;
    let stock = ["inventory", "stock"].into_iter().collect::<Path>();
    let refusal =
        ValueErrorKind::Rejected { fields: vec![Path::from("price"), stock, Path::from("tax")], message: "no".into() };
    faults.next(Operation::Write).fails(refusal);

    let result = edit.save().await.unwrap();

    let SaveResult::Error(SaveError::Rejected { fields, other, message, .. }) = result else { panic!("{result:?}") };
    assert_eq!(fields, ProductField::Price | ProductField::Inventory(InventoryField::Stock));
    assert_eq!((other, message.as_str()), (vec![Path::from("tax")], "no"));
    assert_eq!((edit.price, edit.live_snapshot().price), (-1, 120));
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(120.into()));
}

#[tokio::test]
async fn a_store_that_is_not_reached_changes_nothing_and_the_next_save_goes_through() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.cut();

    let result = edit.save().await.unwrap();
    faults.restore();
    let again = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Error(SaveError::Unreachable { .. })), "{result:?}");
    assert!(matches!(again, SaveResult::Saved), "{again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_lost_answer_changes_nothing_here_and_the_next_save_finds_the_write_done() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
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
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
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
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
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
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
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
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
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
        let mut edit = table.new_record(hoverboard());
        faults.next(Operation::Insert).loses_its_answer();

        let lost = edit.save().await.unwrap();
        let again = edit.save().await.unwrap();

        assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
        assert!(matches!(again, SaveResult::Created(_)), "{again:?}");
        assert_eq!(store.count().await.unwrap(), 6, "{ids:?}");
    }
}

#[tokio::test]
async fn typing_goes_on_while_a_save_is_under_way() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();

    edit.start_save().unwrap();
    held.arrived().await;
    edit.price = 131;
    edit.name = "Cupcake".into();
    assert!(edit.poll_save().is_none() && edit.is_saving());
    held.release();
    let result = edit.finish_save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
    assert_eq!(edit.modified_fields(), ProductField::Price | ProductField::Name, "still there, still modified");
    assert_eq!((edit.price, edit.live_snapshot().price), (131, 130));
}

#[tokio::test]
async fn a_render_loop_polls_for_the_answer() {
    let (table, _, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    assert!(edit.poll_save().is_none(), "nothing is under way");
    edit.price = 130;

    edit.start_save().unwrap();
    let mut result = None;
    until(|| {
        result = edit.poll_save();
        result.is_some()
    })
    .await;

    assert!(matches!(result, Some(Ok(SaveResult::Saved))), "{result:?}");
    assert!(!edit.is_saving());
}

#[tokio::test]
async fn dropping_the_future_of_a_save_cancels_nothing() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    {
        let save = edit.save();
        tokio::pin!(save);
        tokio::select! {
            biased;
            result = &mut save => panic!("it is held: {result:?}"),
            () = held.arrived() => {}
        }
    }
    held.release();

    edit.name = "Cupcake".into();
    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
    assert_eq!(store.stored("flux_cupcake", "name").await, Some("Cupcake".into()));
    assert_eq!(faults.round_trips(Operation::Write), 2);
}

#[tokio::test]
async fn a_second_save_does_not_begin_while_one_is_under_way() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;

    let second = edit.start_save();

    assert!(matches!(second, Err(EditError::SaveUnderWay)), "{second:?}");
    held.release();
    let _ = edit.finish_save().await.unwrap();
    assert!(matches!(edit.finish_save().await, Err(EditError::NoSaveUnderWay)));
}

#[tokio::test]
async fn overwriting_is_last_write_wins() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_guard_by_version_refuses_whatever_anybody_changed() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "name", "Cupcake").await;
    store.colleague_sets("flux_cupcake", "version", 2).await;

    let refused = edit.save().await.unwrap();
    let meant = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = refused else { panic!("{refused:?}") };
    assert!(conflicts.is_empty(), "nobody else changed the price: {conflicts:?}");
    assert_eq!(edit.name, "Cupcake", "it has been shown");
    assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
}

#[tokio::test]
async fn a_field_that_serialises_to_nothing_is_removed() {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Card {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }
    let store = ImTable::new("card");
    store.colleague_inserts("a", json!({"text": "hello", "note": "secret"})).await;
    let table = LiveTable::<Card>::builder(store.clone()).open().await.unwrap();
    let mut edit = table.edit_record("a").await.unwrap();
    edit.note = None;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    let record = store.get_id_value(&"a".into()).await.unwrap().unwrap();
    assert_eq!(Value::Object(record), json!({"text": "hello"}));
}

#[tokio::test]
async fn the_rows_show_a_save_even_when_an_older_event_comes_late() {
    let store = bakery::store().await;
    let feed = ManualFeed::new();
    let table = LiveTable::<Product>::builder(store.clone()).feed(feed.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let before = store.get_id_value(&"flux_cupcake".into()).await.unwrap().unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    let mut events = table.subscribe();

    // The feed is behind: it tells a state from before the save, and has not told the save yet.
    feed.upsert("flux_cupcake", before);
    until(|| table.metrics().settled > 0 && table.metrics().settling == 0).await;

    assert_eq!(table.row(edit.id()).unwrap().price, 130);
    assert!(events.try_next().is_none(), "and nobody was told of a change");
}

#[tokio::test]
async fn a_conflict_that_nobody_was_shown_is_shown_before_anything_is_overwritten() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let held = faults.next(Operation::Write).is_held();
    {
        let save = edit.save();
        tokio::pin!(save);
        tokio::select! {
            biased;
            result = &mut save => panic!("it is held: {result:?}"),
            () = held.arrived() => {}
        }
    }
    held.release();

    let shown = edit.save().await.unwrap();
    let meant = edit.save().await.unwrap();

    assert!(matches!(shown, SaveResult::Conflict(_)), "{shown:?}");
    assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
}

#[tokio::test]
async fn a_conflict_that_nobody_polled_for_is_the_answer_to_the_next_save() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    edit.start_save().unwrap();
    until(|| table.metrics().conflicts == 1).await;

    let mut started = edit.start_save();
    while matches!(started, Err(EditError::SaveUnderWay)) {
        tokio::task::yield_now().await;
        started = edit.start_save();
    }
    let shown = edit.finish_save().await.unwrap();

    assert!(matches!(shown, SaveResult::Conflict(_)), "{shown:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(140.into()));
}

#[tokio::test]
async fn a_delete_after_a_conflict_that_nobody_was_shown_says_what_has_changed() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    edit.start_save().unwrap();

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::Changed(fields) if fields == ProductField::Price.into()), "{result:?}");
    assert_eq!(store.count().await.unwrap(), 5);
}

#[tokio::test]
async fn a_rebase_while_a_save_is_under_way_takes_it_for_nobody_elses_and_does_not_go_back() {
    let (table, store) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.start_save().unwrap();
    until(|| table.row(&"flux_cupcake".into()).unwrap().price == 130).await;
    edit.price = 131;
    store.colleague_sets("flux_cupcake", "name", "Cupcake").await;
    until(|| table.row(&"flux_cupcake".into()).unwrap().name == "Cupcake").await;

    let conflicts = edit.rebase().unwrap();
    let result = edit.finish_save().await.unwrap();

    assert!(conflicts.is_empty(), "{conflicts:?}");
    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!((edit.name.as_str(), edit.live_snapshot().price, edit.price), ("Cupcake", 130, 131));
}

#[tokio::test]
async fn what_is_typed_while_a_save_finds_out_is_left_for_the_next_one() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
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
async fn what_was_typed_back_while_a_save_was_under_way_is_still_there() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;

    edit.price = 120;
    held.release();
    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.live_snapshot().price), (120, 130));
    assert_eq!(edit.modified_fields(), FieldSet::from(ProductField::Price));
}

#[tokio::test]
async fn a_change_of_the_saved_field_that_came_before_the_answer_is_not_overwritten_unseen() {
    let (table, store) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.start_save().unwrap();
    let _ = edit.rebase().unwrap();
    until(|| table.row(&"flux_cupcake".into()).unwrap().price == 130).await;
    store.colleague_sets("flux_cupcake", "price", 150).await;
    until(|| table.row(&"flux_cupcake".into()).unwrap().price == 150).await;

    let saved = edit.finish_save().await.unwrap();
    edit.name = "Cupcake".into();
    let _ = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(150.into()));
}

#[tokio::test]
async fn saving_as_new_where_the_store_is_away_changes_nothing() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    faults.cut();

    let result = edit.save_as_new().await.unwrap();

    assert!(matches!(result, SaveResult::Error(SaveError::Unreachable { .. })), "{result:?}");
    assert!(!edit.is_new() && *edit.id() == "flux_cupcake".into());
}

#[tokio::test]
async fn a_delete_after_a_lost_answer_does_not_take_its_own_write_for_somebody_elses() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
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
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    faults.next(Operation::Delete).loses_its_answer();

    let lost = edit.delete().await.unwrap();
    let found = edit.delete().await.unwrap();

    assert!(matches!(lost, DeleteResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    assert!(matches!(found, DeleteResult::Deleted), "{found:?}");
}
