//! What may happen while a save is under way, or after its future was dropped.

use tests::bakery::{self, Colleague as _, ProductField};
use tests::wait::until;
use vantage_live::edit::{DeleteResult, EditError};
use vantage_live::{FieldSet, Operation, Policy, ReadableValueSet as _, SaveResult};

use super::{edit_record, edit_row};
use crate::faulty_products;

#[tokio::test]
async fn typing_goes_on_while_a_save_is_under_way() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
async fn a_conflict_that_nobody_was_shown_is_shown_before_anything_is_overwritten() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
async fn what_was_saved_is_saved_also_where_the_row_has_left_the_table_since_a_rebase_on_the_way() {
    let (table, store, faults) = faulty_products().await;
    let id = "flux_cupcake".into();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    let _ = edit.rebase().unwrap();
    held.release();
    until(|| table.row(&id).is_some_and(|row| row.price == 130)).await;
    store.colleague_sets("flux_cupcake", "name", 7).await;
    assert!(table.on_backend_change("flux_cupcake").await.is_err(), "it does not fit any more");
    assert_eq!(table.row(&id), None);

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.modified_fields(), edit.live_snapshot().price), (FieldSet::EMPTY, 130));
}

#[tokio::test]
async fn what_was_typed_back_while_a_save_was_under_way_is_still_there() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
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
async fn a_field_that_has_followed_the_store_since_it_was_sent_goes_on_to_follow() {
    let (table, store) = bakery::products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    let id = "flux_cupcake".into();
    edit.price = 130;
    edit.start_save().unwrap();
    until(|| table.row(&id).unwrap().price == 130).await;
    let _ = edit.rebase().unwrap();
    for price in [140, 150] {
        store.colleague_sets("flux_cupcake", "price", price).await;
        until(|| table.row(&id).unwrap().price == price).await;
        let conflicts = edit.rebase().unwrap();
        assert!(conflicts.is_empty(), "{conflicts:?}");
        assert_eq!((edit.price, edit.modified_fields()), (price, FieldSet::EMPTY));
    }

    let result = edit.finish_save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!((edit.price, edit.modified_fields()), (150, FieldSet::EMPTY));
}

#[tokio::test]
async fn what_was_reverted_while_a_save_was_under_way_follows_what_it_has_stored() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;

    edit.revert();
    assert_eq!(edit.price, 120);
    held.release();
    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.modified_fields()), (130, FieldSet::EMPTY));
}

#[tokio::test]
async fn what_was_reverted_twice_while_a_save_was_under_way_follows_it_as_well() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;

    edit.revert_field(ProductField::Price);
    edit.revert();
    held.release();
    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.modified_fields()), (130, FieldSet::EMPTY));
}

#[tokio::test]
async fn a_render_loop_deletes_without_awaiting() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_row(&table, &"flux_cupcake".into()).unwrap();
    assert!(edit.poll_delete().is_none(), "nothing is under way");
    let held = faults.next(Operation::Delete).is_held();

    edit.start_delete().unwrap();
    held.arrived().await;
    assert!(edit.poll_delete().is_none() && edit.is_deleting());
    assert!(matches!(edit.start_delete(), Err(EditError::DeleteUnderWay)));
    assert!(matches!(edit.start_save(), Err(EditError::DeleteUnderWay)));
    held.release();
    let result = loop {
        if let Some(result) = edit.poll_delete() {
            break result.unwrap();
        }
        tokio::task::yield_now().await;
    };

    assert!(matches!(result, DeleteResult::Deleted), "{result:?}");
    assert!(!edit.is_deleting());
    assert_eq!(store.count().await.unwrap(), 4);
}

#[tokio::test]
async fn dropping_the_future_of_a_delete_cancels_nothing() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    let held = faults.next(Operation::Delete).has_its_answer_held();

    tokio::select! {
        result = edit.delete() => panic!("its answer is held: {result:?}"),
        () = held.arrived() => {}
    }
    held.release();
    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::Deleted), "{result:?}");
    assert_eq!(faults.operations(), [Operation::Delete], "it is not asked twice");
    assert_eq!(store.count().await.unwrap(), 4);
}

#[tokio::test]
async fn a_save_after_a_delete_that_nobody_waited_for_finds_the_record_gone() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    let held = faults.next(Operation::Delete).has_its_answer_held();
    tokio::select! {
        result = edit.delete() => panic!("its answer is held: {result:?}"),
        () = held.arrived() => {}
    }
    held.release();
    edit.price = 130;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Deleted), "{result:?}");
}

#[tokio::test]
async fn a_change_that_refused_a_forgotten_delete_is_shown_before_it_is_deleted() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let held = faults.next(Operation::Delete).has_its_answer_held();
    tokio::select! {
        result = edit.delete() => panic!("its answer is held: {result:?}"),
        () = held.arrived() => {}
    }
    held.release();
    edit.name = "Cupcake".into();
    let saved = edit.save().await.unwrap();

    let shown = edit.delete().await.unwrap();
    let again = edit.delete().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert!(matches!(shown, DeleteResult::Changed(fields) if fields == ProductField::Price.into()), "{shown:?}");
    assert!(matches!(again, DeleteResult::Deleted), "{again:?}");
    assert_eq!(store.count().await.unwrap(), 4);
}

#[tokio::test]
async fn finishing_a_delete_that_nobody_began_is_a_misuse() {
    let (table, _, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();

    let result = edit.finish_delete().await;

    assert!(matches!(result, Err(EditError::NoDeleteUnderWay)), "{result:?}");
}

#[tokio::test]
async fn saving_as_new_goes_on_where_its_future_was_dropped() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    let held = faults.next(Operation::Insert).has_its_answer_held();
    tokio::select! {
        result = edit.save_as_new() => panic!("its answer is held: {result:?}"),
        () = held.arrived() => {}
    }
    held.release();

    let made = edit.save_as_new().await.unwrap();

    assert!(matches!(made, SaveResult::Created(_)), "{made:?}");
    assert_eq!(store.count().await.unwrap(), bakery::product_records().len() as u64 + 1);
    assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
}

#[tokio::test]
async fn what_was_sent_and_given_up_is_not_sent_again_for_what_was_typed_since() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 114;
    store.colleague_sets("flux_cupcake", "price", 1040).await;
    edit.start_save().unwrap();
    until(|| table.metrics().conflicts == 1).await;
    edit.revert();
    let _ = edit.rebase().unwrap();
    edit.price = 128;
    faults.forget_calls();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(faults.operations(), [Operation::Write], "what was given up is not written first");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(128.into()));
}

#[tokio::test]
async fn what_was_kept_and_then_given_up_while_a_save_is_under_way_follows_what_it_has_written() {
    let (table, store, faults) = crate::faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("flux_cupcake", "price", 150).await;
    table.refresh_all().await.unwrap();
    let _ = edit.rebase().unwrap();
    edit.keep_local(ProductField::Price);
    edit.take_remote(ProductField::Price);

    held.release();
    let result = edit.finish_save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
    assert_eq!((edit.price, edit.modified_fields()), (130, FieldSet::EMPTY));
}

#[tokio::test]
async fn a_save_that_is_not_begun_because_one_is_under_way_keeps_nothing() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    table.on_backend_change("flux_cupcake").await.unwrap();
    let again = edit.start_save();
    assert!(matches!(again, Err(EditError::SaveUnderWay)), "{again:?}");
    let _ = edit.rebase().unwrap();
    held.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.price, edit.modified_fields()), (140, FieldSet::EMPTY), "it follows what came after it");
}

#[tokio::test]
async fn deciding_a_field_that_is_in_no_conflict_while_it_is_being_saved_decides_nothing() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    edit.keep_local(ProductField::Price);
    store.colleague_sets("flux_cupcake", "price", 140).await;
    table.on_backend_change("flux_cupcake").await.unwrap();
    let _ = edit.rebase().unwrap();
    held.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.price, edit.modified_fields()), (140, FieldSet::EMPTY), "it follows what came after it");
}

#[tokio::test]
async fn a_copy_does_not_begin_while_something_is_under_way() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    let (writing, deleting) = (faults.next(Operation::Write).is_held(), faults.next(Operation::Delete).is_held());
    edit.start_save().unwrap();
    writing.arrived().await;

    let saving = edit.start_save_as_new();
    writing.release();
    let _ = edit.finish_save().await.unwrap();
    edit.start_delete().unwrap();
    deleting.arrived().await;
    let as_new = edit.start_save_as_new();
    deleting.release();
    let _ = edit.finish_delete().await.unwrap();

    assert!(matches!(saving, Err(EditError::SaveUnderWay)), "{saving:?}");
    assert!(matches!(as_new, Err(EditError::DeleteUnderWay)), "{as_new:?}");
    assert_eq!(store.count().await.unwrap(), 4, "no copy was made");
}

#[tokio::test]
async fn what_was_decided_while_a_save_is_under_way_stays_decided_where_another_one_is_not_begun() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    table.on_backend_change("flux_cupcake").await.unwrap();
    until(|| table.row(&"flux_cupcake".into()).unwrap().price == 140).await;
    let shown = edit.rebase().unwrap();
    assert_eq!(shown.fields(), ProductField::Price.into());
    edit.keep_local(ProductField::Price);
    let again = edit.start_save();
    assert!(matches!(again, Err(EditError::SaveUnderWay)), "{again:?}");
    held.release();

    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.modified_fields()), (130, ProductField::Price.into()));
}
