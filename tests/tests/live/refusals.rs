//! What the store names when it refuses a save, and what it makes of values that it does not refuse.

use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, InventoryField, Product, ProductField};
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::contract::Held;
use vantage_live::edit::{DeleteResult, SaveError};
use vantage_live::{
    Guard, Id, ImTable, LiveTable, Operation, Patch, Path, SaveResult, ValueErrorKind, WritableValueSet as _,
};

use crate::{faulty_products, products_without_feed};

#[tokio::test]
async fn a_refusal_of_a_path_inside_a_field_or_around_it_names_the_field() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.note = Some("too sweet".into());
    let inside = Path::from_iter(["note", "text"]);
    let around = Path::from("inventory");
    let beside = Path::from_iter(["supplier", "note"]);
    let fields = vec![inside, around, beside.clone()];
    faults.next(Operation::Write).fails(ValueErrorKind::Rejected { fields, message: "no".into() });

    let result = edit.save().await.unwrap();

    let SaveResult::Error(SaveError::Rejected { fields, other, .. }) = result else { panic!("{result:?}") };
    let inventory = ProductField::Inventory(InventoryField::Stock) | ProductField::Inventory(InventoryField::Shelf);
    assert_eq!((fields, other), (inventory | ProductField::Note, vec![beside]));
}

#[tokio::test]
async fn another_value_that_comes_to_the_same_is_no_repetition() {
    let at_most_125 = Coercing::new(bakery::store().await, |record| {
        if let Some(price) = record.get_mut("price").filter(|price| price.as_i64() > Some(125)) {
            *price = json!(125);
        }
    });
    let table = LiveTable::<Product>::builder(at_most_125).open().await.unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let SaveResult::PartialSave(first) = edit.save().await.unwrap() else { panic!("it was coerced") };

    edit.price = 140;
    let SaveResult::PartialSave(other) = edit.save().await.unwrap() else { panic!("it was coerced too") };
    let SaveResult::PartialSave(again) = edit.save().await.unwrap() else { panic!("and once more") };

    assert!(!first.is_repeated() && !other.is_repeated() && again.is_repeated());
}

/// Null becomes absent, and absent null, each time that a request is about to reach the store: the same to everyone who
/// reads it, another thing to a guard.
async fn respelled_before_each(store: &ImTable, held: [Held; 3]) {
    let id = Id::from("flux_cupcake");
    let spellings = [Patch::new().unset("note"), Patch::new().set("note", Value::Null), Patch::new().unset("note")];
    for (held, spelling) in held.into_iter().zip(spellings) {
        held.arrived().await;
        let _ = store.write(&id, &spelling, &Guard::Exists).await.unwrap();
        held.release();
    }
}

#[tokio::test]
async fn a_save_that_is_refused_three_times_for_nothing_that_a_person_sees_says_so() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.note = Some("sweet".into());
    let held = [(); 3].map(|()| faults.next(Operation::Write).is_held());

    let (saved, ()) = futures::join!(edit.save(), respelled_before_each(&store, held));

    let SaveResult::Conflict(conflicts) = saved.unwrap() else { panic!("it was refused to the end") };
    assert!(conflicts.is_empty(), "{conflicts:?}");
    assert_eq!(faults.round_trips(Operation::Write), 3);
    assert_eq!(edit.modified_fields(), ProductField::Note.into());
}

#[tokio::test]
async fn a_delete_that_is_refused_three_times_for_nothing_that_a_person_sees_says_so() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    let held = [(); 3].map(|()| faults.next(Operation::Delete).is_held());

    let (deleted, ()) = futures::join!(edit.delete(), respelled_before_each(&store, held));

    let deleted = deleted.unwrap();
    assert!(matches!(deleted, DeleteResult::Changed(fields) if fields.is_empty()), "{deleted:?}");
    assert_eq!(faults.round_trips(Operation::Delete), 3);
}

#[tokio::test]
async fn a_record_that_is_only_spelled_otherwise_is_deleted() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    let _ = store.write(edit.id(), &Patch::new().unset("note"), &Guard::Exists).await.unwrap();

    let deleted = edit.delete().await.unwrap();

    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
    assert_eq!(faults.round_trips(Operation::Delete), 2, "the guard was spelled afresh, once");
}

#[tokio::test]
async fn a_failed_save_says_whether_the_same_may_succeed_later() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let refused = ValueErrorKind::Rejected { fields: Vec::new(), message: "no".into() };

    for (kind, may_succeed) in [
        (ValueErrorKind::Unreachable, true),
        (ValueErrorKind::OutcomeUnknown, true),
        (refused, false),
        (ValueErrorKind::Unsupported("be written"), false),
    ] {
        faults.next(Operation::Write).fails(kind);
        let result = edit.save().await.unwrap();

        let SaveResult::Error(error) = result else { panic!("{result:?}") };
        assert_eq!(error.is_retryable(), may_succeed, "{error:?}");
    }
}

#[tokio::test]
async fn what_somebody_writes_into_a_field_that_is_only_shown_is_told_each_time() {
    let (table, store) = products_without_feed().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    for moment in ["2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"] {
        store.colleague_sets("sea_pie", "updated_at", moment).await;

        let told = edit.delete().await.unwrap();

        assert!(matches!(told, DeleteResult::Changed(fields) if fields == ProductField::UpdatedAt.into()), "{told:?}");
    }
    let meant = edit.delete().await.unwrap();
    assert!(matches!(meant, DeleteResult::Deleted), "{meant:?}");
}

#[tokio::test]
async fn what_two_deletes_in_a_row_have_told_of_a_field_that_is_only_shown_the_third_does_not_ask_about() {
    for looks in [false, true] {
        let (table, store) = products_without_feed().await;
        let mut edit = table.edit_record("sea_pie").await.unwrap();
        let mut third = None;
        for moment in ["2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", "2026-01-02T03:04:07Z"] {
            store.colleague_sets("sea_pie", "updated_at", moment).await;
            third = Some(edit.delete().await.unwrap());
            if looks {
                let _ = edit.refresh_snapshot().await;
            }
        }

        let is_deleted = matches!(third, Some(DeleteResult::Deleted));
        assert_eq!(is_deleted, !looks, "{third:?}, where something else was done in between: {looks}");
    }
}

#[tokio::test]
async fn what_others_have_changed_in_a_field_that_is_only_shown_is_told_after_a_save_that_nobody_heard_of() {
    let (table, store) = products_without_feed().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.name = "Pie".into();
    store.colleague_sets("sea_pie", "updated_at", "2026-01-02T03:04:05Z").await;
    edit.start_save().unwrap();
    until(|| table.row(&"sea_pie".into()).unwrap().name == "Pie").await;

    let told = edit.delete().await.unwrap();

    assert!(matches!(told, DeleteResult::Changed(fields) if fields == ProductField::UpdatedAt.into()), "{told:?}");
}
