//! A stored record that does not fit the entity is destroyed by nothing that goes through the entity, and a live table says
//! of it what a plain one says.

use tests::bakery::{self, Colleague as _, Product, hoverboard};
use vantage_live::dataset::{DataSetError, ReadableDataSet, TypedTable, WritableDataSet};
use vantage_live::{ImTable, LiveTable};

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
