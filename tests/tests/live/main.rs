//! Live tables and edit sessions over a store in memory.

mod absent_parts;
mod as_value_set;
mod builder;
mod bursts;
mod busy;
mod caches;
mod capabilities;
mod crossed;
mod data_sets;
mod edits;
mod emptied;
mod executors;
mod feeds;
mod filtered;
mod forgotten;
mod found_out;
mod honesty;
mod in_doubt;
mod in_flight;
mod interruptions;
mod late_events;
mod lost_deletes;
mod made_unheard;
mod numbers;
mod opening;
mod optional_parts;
mod overtaken;
mod panics;
mod parts_by_hand;
mod parts_that_go;
mod positions;
mod refusals;
mod rows;
mod shown_again;
mod subscriptions;
mod temp_ids;
mod through_the_table;
mod typed_again;
mod unfit;
mod unseen;
mod versions;

/// What a session promises, and each row of its two tables: of one that borrows its table.
#[path = "."]
mod borrowed {
    use tests::sessions::borrowed::{edit_record, edit_row, new_record};

    mod deletes;
    mod lost_answers;
    mod new_records;
    mod rebases;
    mod saves;
    mod under_way;
}

/// The same of one that keeps its table open itself.
#[expect(clippy::duplicate_mod, reason = "the same tests of the other kind of session")]
#[path = "."]
mod owned {
    use tests::sessions::owned::{edit_record, edit_row, new_record};

    mod deletes;
    mod lost_answers;
    mod new_records;
    mod rebases;
    mod saves;
    mod under_way;
}

use tests::bakery::{Product, products, store};
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::{Id, Ids, ImTable, LiveTable, ReadableValueSet as _};

/// A live table of the five products that hears of nothing by itself, and its store.
async fn products_without_feed() -> (LiveTable<Product>, ImTable) {
    let store = store().await;
    (LiveTable::builder(store.clone()).open().await.expect("a store in memory opens"), store)
}

/// A table without a feed over a store whose faults the test commands.
async fn faulty_products() -> (LiveTable<Product>, ImTable, Faults) {
    let store = store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::builder(faulty).open().await.expect("a store in memory opens");
    faults.forget_calls();
    (table, store, faults)
}

/// A table that gives its records their ids, over a store whose faults the test commands.
async fn with_uuids() -> (LiveTable<Product>, ImTable, Faults) {
    let store = store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    (LiveTable::builder(faulty).ids(Ids::ClientUuid).open().await.unwrap(), store, faults)
}

/// The id of the record that was not there at first.
async fn made(store: &ImTable) -> Id {
    let known: Vec<Id> = tests::bakery::product_records().into_iter().map(|(id, _)| id).collect();
    let ids = store.get_values().await.unwrap().into_iter().map(|(id, _)| id);
    ids.into_iter().find(|id| !known.contains(id)).expect("it was made")
}
