//! What a session makes of what it finds after answers were lost: which of it is its own, and what is left to write.

use tests::bakery::Colleague as _;
use vantage_live::{FieldSet, Operation, SaveResult, ValueErrorKind};

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
            write.loses_its_answer()
        } else {
            write.fails(ValueErrorKind::OutcomeUnknown)
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
