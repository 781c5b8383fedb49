//! Fields that are typed into while a save of them is under way, and that somebody else changes too.

use tests::bakery::{Colleague as _, Product, ProductField};
use tests::wait::until;
use vantage_live::contract::{Held, Planned};
use vantage_live::{FieldSet, ImTable, LiveTable, Operation, RecordEdit, SaveResult};

use crate::faulty_products;

const CUPCAKE: &str = "flux_cupcake";

/// A session whose price is being saved, and held on its way there or back.
async fn saving(hold: fn(Planned) -> Held) -> (RecordEdit<'static, Product>, LiveTable<Product>, ImTable, Held) {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.price = 130;
    let held = hold(faults.next(Operation::Write));
    edit.start_save().unwrap();
    held.arrived().await;
    (edit, table, store, held)
}

#[tokio::test]
async fn what_has_come_into_conflict_with_an_answer_is_shown_before_it_is_overwritten() {
    let (mut edit, _table, store, held) = saving(Planned::is_held).await;
    edit.name = "Cupcake".into();
    store.colleague_sets(CUPCAKE, "name", "Their Cupcake").await;
    held.release();
    let saved = edit.finish_save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "the price is: {saved:?}");

    let told = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = told else { panic!("{told:?}") };
    assert_eq!(conflicts.fields(), ProductField::Name.into());
    assert_eq!(store.stored(CUPCAKE, "name").await, Some("Their Cupcake".into()));
}

#[tokio::test]
async fn what_was_given_up_after_it_was_shown_in_conflict_follows_the_store() {
    let (mut edit, table, store, held) = saving(Planned::is_held).await;
    edit.price = 135;
    store.colleague_sets(CUPCAKE, "price", 125).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    assert_eq!(edit.rebase().unwrap().fields(), ProductField::Price.into());
    edit.take_remote(ProductField::Price);
    store.colleague_sets(CUPCAKE, "price", 127).await;
    held.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "nothing is left to be saved: {saved:?}");
    assert_eq!((edit.price, edit.modified_fields()), (127, FieldSet::EMPTY));
}

#[tokio::test]
async fn what_was_typed_and_set_back_to_what_was_saved_follows_the_store_though_a_rebase_came_between() {
    let (mut edit, table, store, held) = saving(Planned::has_its_answer_held).await;
    edit.price = 135;
    assert!(edit.rebase().unwrap().is_empty(), "nobody has changed anything yet");
    edit.price = 130;
    store.colleague_sets(CUPCAKE, "price", 150).await;
    held.release();
    until(|| table.row(&CUPCAKE.into()).unwrap().price == 130).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    assert_eq!(table.row(&CUPCAKE.into()).unwrap().price, 150);

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.price, edit.conflicts().is_empty()), (150, true));
}
