//! The rebase table of the design, row by row, and the decisions about conflicts: on every store that is a crate's
//! `products`, of every kind of session that is the parent's `edit_record`.

use std::time::SystemTime;

use tests::bakery::{Colleague as _, ProductConflict, ProductField};
use tests::wait::until;
use vantage_live::edit::RefreshError;
use vantage_live::{Conflict, FieldSet};

use super::edit_record;
use crate::products;

#[tokio::test]
async fn an_unmodified_field_follows_the_store() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();

    store.colleague_sets("flux_cupcake", "price", 140).await;
    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty());
    assert_eq!((edit.price, edit.live_snapshot().price), (140, 140));
}

#[tokio::test]
async fn a_modified_field_that_nobody_changed_stays() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;

    store.colleague_sets("flux_cupcake", "name", "Cupcake").await;
    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty());
    assert_eq!((edit.price, edit.name.as_str()), (130, "Cupcake"));
    assert_eq!(edit.modified_fields(), FieldSet::from(ProductField::Price));
}

#[tokio::test]
async fn a_field_changed_on_both_sides_is_a_conflict_of_three_values() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;

    store.colleague_sets("flux_cupcake", "price", 140).await;
    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert_eq!(conflicts.price, Some(Conflict { base: 120, local: 130, remote: 140 }));
    assert_eq!((edit.price, edit.live_snapshot().price), (130, 140), "the local value stays");
}

#[tokio::test]
async fn the_base_of_a_later_conflict_is_what_the_session_had_agreed_on_by_then() {
    let (table, store) = products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.name = "Cupcake, glazed".into();
    store.colleague_sets("flux_cupcake", "name", "Electric Cupcake").await;
    store.colleague_sets("flux_cupcake", "price", 125).await;
    let first = edit.refresh_snapshot().await.unwrap();
    assert!(first.name.is_some() && first.price.is_none(), "{first:?}");

    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let second = edit.refresh_snapshot().await.unwrap();

    assert_eq!(second.price, Some(Conflict { base: 125, local: 130, remote: 140 }));
}

#[tokio::test]
async fn the_same_change_on_both_sides_is_no_conflict_and_no_modification() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 140;

    store.colleague_sets("flux_cupcake", "price", 140).await;
    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty());
    assert!(edit.modified_fields().is_empty());
}

#[tokio::test]
async fn refreshing_twice_keeps_the_first_base() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;

    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 150).await;
    let conflicts = edit.refresh_snapshot().await.unwrap();

    let price = conflicts.price.expect("price was changed on both sides");
    assert_eq!((price.base, price.local, price.remote), (120, 130, 150));
}

#[tokio::test]
async fn an_undecided_conflict_stays_when_nothing_new_has_happened() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert_eq!(conflicts.price, Some(Conflict { base: 120, local: 130, remote: 140 }));
}

#[tokio::test]
async fn a_conflict_ends_when_the_store_comes_to_the_local_value() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    store.colleague_sets("flux_cupcake", "price", 130).await;
    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty() && edit.conflicts().is_empty());
    assert!(edit.modified_fields().is_empty());
}

#[tokio::test]
async fn a_field_in_conflict_that_is_set_to_the_stores_value_is_in_none() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 125).await;
    let shown = edit.refresh_snapshot().await.unwrap();
    assert_eq!(shown.fields(), ProductField::Price.into());

    edit.price = 125;

    assert!(edit.conflicts().fields().is_empty(), "{:?}", edit.conflicts());
}

#[tokio::test]
async fn a_conflict_is_matched_on_with_its_types() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.name = "Mine".into();
    store.colleague_sets("flux_cupcake", "name", "Theirs").await;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert_eq!(conflicts.fields(), FieldSet::from(ProductField::Name));
    let shown = conflicts.iter().map(|conflict| match conflict {
        ProductConflict::Name(name) => format!("{} / {} / {}", name.base, name.local, name.remote),
        other => panic!("only the name is in conflict, not {other:?}"),
    });
    assert_eq!(shown.collect::<Vec<_>>(), ["Flux Capacitor Cupcake / Mine / Theirs"]);
}

#[tokio::test]
async fn keeping_mine_ends_the_conflict_and_keeps_the_field_modified() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    edit.keep_local(ProductField::Price);

    assert!(edit.conflicts().is_empty());
    assert_eq!(edit.modified_fields(), FieldSet::from(ProductField::Price));
}

#[tokio::test]
async fn taking_theirs_ends_the_conflict_and_the_modification() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    edit.take_remote(ProductField::Price);

    assert!(edit.conflicts().is_empty());
    assert_eq!((edit.price, edit.modified_fields()), (140, FieldSet::EMPTY));
}

#[tokio::test]
async fn a_field_that_is_typed_into_after_theirs_was_taken_is_modified_and_in_no_conflict() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 125).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.take_remote(ProductField::Price);

    edit.price = 140;

    assert_eq!(edit.modified_fields(), ProductField::Price.into());
    assert!(edit.conflicts().fields().is_empty(), "{:?}", edit.conflicts());
}

#[tokio::test]
async fn an_assignment_and_keep_local_decide_for_a_third_value() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    edit.price = 135;
    edit.keep_local(ProductField::Price);
    let _ = edit.save().await.unwrap();

    assert_eq!(store.stored("flux_cupcake", "price").await, Some(135.into()));
}

#[tokio::test]
async fn peeking_shows_the_conflicts_and_changes_nothing() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    until(|| edit.is_stale()).await;

    let peeked = edit.peek_conflicts();

    assert_eq!(peeked.price, Some(Conflict { base: 120, local: 130, remote: 140 }));
    assert!(edit.conflicts().is_empty());
    assert_eq!(edit.live_snapshot().price, 120);
}

#[tokio::test]
async fn rebasing_takes_the_tables_row_without_asking_the_store() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    until(|| edit.is_stale()).await;

    let conflicts = edit.rebase().unwrap();

    assert_eq!(conflicts.price, Some(Conflict { base: 120, local: 130, remote: 140 }));
    assert!(!edit.is_stale());
}

#[tokio::test]
async fn a_record_deleted_meanwhile_is_an_outcome_of_its_own() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;

    store.colleague_deletes("flux_cupcake").await;
    until(|| table.row(edit.id()).is_none()).await;

    assert!(edit.is_stale());
    assert!(matches!(edit.rebase(), Err(RefreshError::Deleted { .. })));
    assert!(matches!(edit.refresh_snapshot().await, Err(RefreshError::Deleted { .. })));
    assert_eq!(edit.price, 130, "the local state is kept");
}

#[tokio::test]
async fn the_time_of_the_snapshot_moves_when_it_is_taken_in() {
    let (table, _) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    let before = edit.snapshot_time();
    until(|| SystemTime::now() > before).await;

    let _ = edit.refresh_snapshot().await.unwrap();

    assert!(edit.snapshot_time() > before);
}

#[tokio::test]
async fn a_conflict_is_read_as_json_by_a_generic_form() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    let price = edit.get_conflict(ProductField::Price).unwrap();

    let [base, local, remote] = [120, 130, 140].map(|price| Some(serde_json::Value::from(price)));
    assert_eq!(price, Some(Conflict { base, local, remote }));
    assert_eq!(edit.get_conflict(ProductField::Name).unwrap(), None);
}

#[tokio::test]
async fn a_conflict_that_ended_with_the_stores_value_does_not_begin_again_with_what_is_typed_after_a_rebase() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.price = 140;
    store.colleague_sets("flux_cupcake", "price", 150).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    assert_eq!(edit.price, 150, "it has followed");

    edit.price = 160;

    assert!(edit.conflicts().is_empty(), "{:?}", edit.conflicts());
}

#[tokio::test]
async fn a_conflict_that_ended_with_the_local_value_does_not_begin_again_with_what_is_typed_since() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 130).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    edit.price = 160;

    assert!(edit.conflicts().is_empty(), "{:?}", edit.conflicts());
}
