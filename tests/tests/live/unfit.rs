//! A stored record that does not fit the entity is destroyed by nothing that goes through the entity, and a live table says
//! of it what a plain one says.

use tests::bakery::{self, Colleague as _, Product, hoverboard};
use tests::wait::until;
use vantage_live::dataset::{DataSetError, ReadableDataSet, TypedTable, WritableDataSet};
use vantage_live::edit::{DeleteResult, EditError};
use vantage_live::{ImTable, LiveTable, Policy, SaveResult};

/// The store, where the price of one product is no number.
async fn store() -> ImTable {
    let store = bakery::store().await;
    store.colleague_sets("sea_pie", "price", "ask Doc").await;
    store
}

#[tokio::test]
async fn it_is_not_replaced_before_the_table_is_filled() {
    let store = store().await;
    let table = LiveTable::<Product>::builder(store.clone()).start().unwrap();

    let replaced = table.replace_id(&"sea_pie".into(), hoverboard()).await;

    assert!(matches!(replaced, Err(DataSetError::KeptApart { .. })), "{replaced:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some("ask Doc".into()));
}

#[tokio::test]
async fn it_is_not_replaced_where_the_table_has_not_heard_yet_that_it_does_not_fit() {
    let (table, store) = crate::products_without_feed().await;
    store.colleague_sets("sea_pie", "price", "ask Doc").await;

    let replaced = table.replace_id(&"sea_pie".into(), hoverboard()).await;

    assert!(matches!(replaced, Err(DataSetError::KeptApart { .. })), "{replaced:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some("ask Doc".into()));
}

#[tokio::test]
async fn a_plain_table_does_not_replace_it_either() {
    let store = store().await;
    let table = TypedTable::<Product>::new(store.clone());

    let replaced = table.replace_id(&"sea_pie".into(), hoverboard()).await;

    assert!(matches!(replaced, Err(DataSetError::KeptApart { .. })), "{replaced:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some("ask Doc".into()));
}

#[tokio::test]
async fn live_and_plain_tables_say_alike_that_it_is_kept_apart() {
    let store = store().await;
    let live = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();
    let plain = TypedTable::<Product>::new(store);
    let tables: [&dyn ReadableDataSet<Product>; 2] = [&live, &plain];

    for table in tables {
        let read = table.get_id(&"sea_pie".into()).await;
        assert!(matches!(read, Err(DataSetError::KeptApart { .. })), "{read:?}");
        assert_eq!(table.get().await.unwrap().len(), 4, "it is no row");
    }
}

#[tokio::test]
async fn a_session_writes_nothing_to_what_is_known_not_to_fit_any_more_and_deletes_it_neither() {
    let (table, store) = bakery::products().await;
    let id = "sea_pie".into();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    store.colleague_sets("sea_pie", "name", 5).await;
    until(|| table.row(&id).is_none()).await;
    edit.price = 310;

    let saved = edit.save().await;
    let deleted = edit.delete().await;

    assert!(matches!(saved, Err(EditError::KeptApart { .. })), "{saved:?}");
    assert!(matches!(deleted, Err(EditError::KeptApart { .. })), "{deleted:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(299.into()));
}

#[tokio::test]
async fn what_was_written_to_it_before_that_came_to_light_is_nobody_elses_change() {
    let (table, store) = crate::products_without_feed().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    store.colleague_sets("sea_pie", "name", 5).await;
    edit.price = 310;
    let unread = edit.save().await;
    store.colleague_sets("sea_pie", "name", "Sea Pie").await;

    edit.price = 320;
    let saved = edit.save().await.unwrap();

    assert!(matches!(unread, Err(EditError::KeptApart { .. })), "{unread:?}");
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(320.into()));
    let deleted = edit.delete().await.unwrap();
    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
}
