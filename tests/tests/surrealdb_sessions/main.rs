//! Edit sessions and live tables on a real SurrealDB, with a colleague on a second connection, or in a second session where
//! the database is in this process.

mod as_cache;
mod in_process;
mod over_the_wire;
mod readme;

// What is promised on a store in memory is promised on this one, of both kinds of session.
#[path = "../live"]
mod borrowed {
    use tests::sessions::borrowed::edit_record;

    mod deletes;
    mod rebases;
}
#[expect(clippy::duplicate_mod, reason = "the same tests of the other kind of session")]
#[path = "../live"]
mod owned {
    use tests::sessions::owned::edit_record;

    mod deletes;
    mod rebases;
}

use tests::bakery::{Product, product_records};
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{LiveTable, WritableValueSet as _};

/// The five products in a database of their own, in this process.
async fn store() -> SurrealTable {
    let store = SurrealDb::connect("mem://").await.expect("a database in this process").table("product");
    store.define().await.expect("a table is defined");
    for answer in store.insert_id_values(product_records()).await {
        answer.expect("a new id is free");
    }
    store
}

/// A live table of the five products that follows its store by a LIVE query, and that store.
async fn products() -> (LiveTable<Product>, SurrealTable) {
    let store = store().await;
    (LiveTable::builder(store.clone()).feed(store.feed()).open().await.expect("it opens"), store)
}

/// A live table of the five products that hears of nothing by itself, and its store.
async fn products_without_feed() -> (LiveTable<Product>, SurrealTable) {
    let store = store().await;
    (LiveTable::builder(store.clone()).open().await.expect("it opens"), store)
}
