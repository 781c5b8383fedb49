//! Live tables and edit sessions over a store in memory.

mod as_value_set;
mod builder;
mod data_sets;
mod deletes;
mod edits;
mod executors;
mod feeds;
mod new_records;
mod rebases;
mod rows;
mod saves;
mod subscriptions;

use tests::bakery::{Product, products, store};
use vantage_live::{ImTable, LiveTable};

/// A live table of the five products that hears of nothing by itself, and its store.
async fn products_without_feed() -> (LiveTable<Product>, ImTable) {
    let store = store().await;
    (LiveTable::builder(store.clone()).open().await.expect("a store in memory opens"), store)
}
