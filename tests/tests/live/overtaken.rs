//! Changes of others that came after a save and before its answer was taken in.

use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::wait::until;
use vantage_live::{FieldSet, ImTable, LiveTable, Operation, RecordEdit, SaveResult, ValueErrorKind};

use crate::faulty_products;

/// A session whose price of 130 is in the store and whose answer waits, and a colleague's 150 after it.
async fn overtaken(table: &LiveTable<Product>, store: &ImTable) -> RecordEdit<'static, Product> {
    let id = "flux_cupcake".into();
    let mut edit = table.edit_record_owned(&id).await.unwrap();
    edit.price = 130;
    edit.start_save().unwrap();
    until(|| table.row(&id).unwrap().price == 130).await;
    store.colleague_sets("flux_cupcake", "price", 150).await;
    until(|| table.row(&id).unwrap().price == 150).await;
    edit
}

#[tokio::test]
async fn what_was_saved_follows_the_store_also_where_a_later_change_was_shown_as_a_conflict_on_the_way() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    let _ = edit.rebase().unwrap();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.price, edit.modified_fields(), edit.conflicts().is_empty()), (150, FieldSet::EMPTY, true));
    edit.name = "Cupcake".into();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(150.into()));
}

#[tokio::test]
async fn what_was_decided_against_a_later_change_while_the_answer_waited_stays_decided() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    let _ = edit.rebase().unwrap();
    edit.keep_local(ProductField::Price);

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.price, edit.live_snapshot().price), (130, 150));
    assert!(edit.conflicts().is_empty(), "it was decided");
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn what_was_decided_and_then_changed_once_more_is_a_conflict_again() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    let _ = edit.rebase().unwrap();
    edit.keep_local(ProductField::Price);
    store.colleague_sets("flux_cupcake", "price", 160).await;
    until(|| table.row(edit.id()).unwrap().price == 160).await;

    let _ = edit.finish_save().await.unwrap();

    let conflict = edit.conflicts().price.unwrap();
    assert_eq!((conflict.base, conflict.local, conflict.remote), (130, 130, 160));
}

#[tokio::test]
async fn who_saves_again_after_the_later_change_was_shown_keeps_their_own() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    let _ = edit.rebase().unwrap();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn what_was_changed_back_after_the_save_is_not_overwritten_by_a_save_of_something_else() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    store.colleague_sets("flux_cupcake", "price", 120).await;
    until(|| table.row(edit.id()).unwrap().price == 120).await;
    let conflicts = edit.rebase().unwrap();

    let saved = edit.finish_save().await.unwrap();

    assert!(conflicts.is_empty() && matches!(saved, SaveResult::Saved), "{conflicts:?} {saved:?}");
    edit.name = "Cupcake".into();
    let _ = edit.save().await.unwrap();
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(120.into()));
}

#[tokio::test]
async fn who_saves_again_what_was_changed_back_after_the_save_writes_it_again() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    store.colleague_sets("flux_cupcake", "price", 120).await;
    until(|| table.row(edit.id()).unwrap().price == 120).await;
    let _ = edit.rebase().unwrap();

    let _ = edit.save().await.unwrap();

    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn who_starts_another_save_after_the_later_change_was_shown_keeps_their_own() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    let _ = edit.rebase().unwrap();

    while edit.start_save().is_err() {
        tokio::task::yield_now().await;
    }
    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn what_is_saved_as_new_while_an_answer_waits_is_what_is_there() {
    let (table, store) = bakery::products().await;
    for starts in [false, true] {
        let mut edit = overtaken(&table, &store).await;
        let _ = edit.rebase().unwrap();

        let made = if starts {
            while edit.start_save_as_new().is_err() {
                tokio::task::yield_now().await;
            }
            edit.finish_save().await.unwrap()
        } else {
            edit.save_as_new().await.unwrap()
        };

        let SaveResult::Created(id) = made else { panic!("{made:?}") };
        assert_eq!(table.row(&id).unwrap().price, 130);
        store.colleague_sets("flux_cupcake", "price", 120).await;
        until(|| table.row(&"flux_cupcake".into()).unwrap().price == 120).await;
    }
}

#[tokio::test]
async fn what_was_typed_and_decided_is_kept_though_the_store_had_it_for_a_moment() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    edit.price = 140;
    let _ = edit.rebase().unwrap();
    edit.keep_local(ProductField::Price);
    store.colleague_sets("flux_cupcake", "price", 140).await;
    until(|| table.row(edit.id()).unwrap().price == 140).await;
    let _ = edit.rebase().unwrap();
    store.colleague_sets("flux_cupcake", "price", 160).await;
    until(|| table.row(edit.id()).unwrap().price == 160).await;

    let _ = edit.finish_save().await.unwrap();

    let conflict = edit.conflicts().price.unwrap();
    assert_eq!((conflict.local, conflict.remote), (140, 160));
}

#[tokio::test]
async fn a_conflict_of_what_is_not_under_way_stays_shown_until_the_next_save_has_succeeded() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.start_save().unwrap();
    until(|| table.row(&"flux_cupcake".into()).unwrap().price == 130).await;
    edit.name = "Cake".into();
    store.colleague_sets("flux_cupcake", "name", "Cupcake").await;
    table.on_backend_change("flux_cupcake").await.unwrap();
    let _ = edit.rebase().unwrap();
    faults.next(Operation::Write).fails(ValueErrorKind::Unreachable);

    let failed = edit.save().await.unwrap();
    assert!(matches!(failed, SaveResult::Error(_)), "{failed:?}");
    assert_eq!(edit.conflicts().fields(), ProductField::Name.into());

    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    assert!(edit.conflicts().is_empty());
    assert_eq!(store.stored("flux_cupcake", "name").await, Some("Cake".into()));
}

#[tokio::test]
async fn what_was_typed_while_the_answer_waited_is_in_conflict_with_what_came_after_the_save() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    edit.price = 140;
    let _ = edit.rebase().unwrap();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    let conflict = edit.conflicts().price.unwrap();
    assert_eq!((conflict.base, conflict.local, conflict.remote), (130, 140, 150));
}

#[tokio::test]
async fn keeping_one_field_decides_nothing_about_another_that_was_overtaken() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    let _ = edit.rebase().unwrap();
    edit.keep_local(ProductField::Name);

    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.modified_fields()), (150, FieldSet::EMPTY));
}

#[tokio::test]
async fn what_was_saved_and_given_up_and_then_typed_once_more_is_not_what_was_saved() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    edit.revert_field(ProductField::Price);
    let _ = edit.rebase().unwrap();
    assert_eq!(edit.price, 150);
    edit.price = 130;

    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.modified_fields()), (130, ProductField::Price.into()));
    assert!(edit.conflicts().is_empty(), "150 was shown before 130 was typed");
}

/// As [`overtaken`], and the session has given its 130 up and was shown the 150.
async fn given_up(table: &LiveTable<Product>, store: &ImTable) -> RecordEdit<'static, Product> {
    let mut edit = overtaken(table, store).await;
    edit.revert_field(ProductField::Price);
    let _ = edit.rebase().unwrap();
    edit
}

#[tokio::test]
async fn what_was_given_up_and_typed_otherwise_is_modified_however_often_it_is_rebased() {
    let (table, store) = bakery::products().await;
    let mut edit = given_up(&table, &store).await;
    edit.price = 170;
    let _ = edit.rebase().unwrap();

    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.modified_fields()), (170, ProductField::Price.into()));
    assert!(edit.conflicts().is_empty(), "150 was shown before 170 was typed");
}

#[tokio::test]
async fn what_was_given_up_and_typed_once_more_and_decided_stays_decided() {
    let (table, store) = bakery::products().await;
    let mut edit = given_up(&table, &store).await;
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 160).await;
    until(|| table.row(edit.id()).unwrap().price == 160).await;
    assert_eq!(edit.rebase().unwrap().fields(), ProductField::Price.into());
    edit.keep_local(ProductField::Price);

    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.modified_fields()), (130, ProductField::Price.into()));
    assert!(edit.conflicts().is_empty(), "it was decided");
}

#[tokio::test]
async fn what_was_typed_while_the_answer_waited_and_decided_is_modified_and_in_no_conflict() {
    let (table, store) = bakery::products().await;
    let mut edit = overtaken(&table, &store).await;
    edit.price = 170;
    let _ = edit.rebase().unwrap();
    edit.keep_local(ProductField::Price);

    let _ = edit.finish_save().await.unwrap();

    assert_eq!((edit.price, edit.live_snapshot().price), (170, 150));
    assert!(edit.conflicts().is_empty(), "it was decided");
}
