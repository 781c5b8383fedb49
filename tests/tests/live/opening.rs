//! When a table is open: with all of a list, or all of a cache; and what a program is told of it meanwhile.

use std::sync::Arc;

use parking_lot::Mutex;
use tests::bakery::{self, Product};
use tests::claiming::Claiming;
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::table::Builder;
use vantage_live::{ImTable, LiveTable, OpenError, Operation, Progress, ValueErrorKind};

const EVERY: usize = usize::MAX;

/// The same, and what it will have told of its progress.
fn heard(builder: Builder<Product>) -> (Builder<Product>, Arc<Mutex<Vec<Progress>>>) {
    let heard = Arc::<Mutex<Vec<Progress>>>::default();
    let sink = Arc::clone(&heard);
    (builder.on_progress(move |progress| sink.lock().push(progress)), heard)
}

/// The progress of five rows that come in batches of two.
const BY_TWO: [Progress; 3] =
    [Progress { rows: 2, total: 5 }, Progress { rows: 4, total: 5 }, Progress { rows: 5, total: 5 }];

#[tokio::test]
async fn part_of_a_list_does_not_open_a_table() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    faulty.faults().next(Operation::Read).after(2).times(EVERY).fails(ValueErrorKind::Unreachable);

    let opened = LiveTable::<Product>::builder(faulty).batch(1).open().await;

    assert!(matches!(opened, Err(OpenError::Store(_))), "{opened:?}");
}

#[tokio::test]
async fn part_of_a_cache_does_not_open_a_table_whose_backend_is_away() {
    let backend = FaultyValueSet::new(bakery::store().await);
    backend.faults().cut();
    let cache = FaultyValueSet::new(bakery::store().await);
    cache.faults().next(Operation::Read).after(2).times(EVERY).fails(ValueErrorKind::Unreachable);

    let opened = LiveTable::<Product>::builder(backend).cache(Claiming::lasting(cache)).batch(1).open().await;

    assert!(matches!(opened, Err(OpenError::Store(_))), "{opened:?}");
}

#[tokio::test]
async fn an_empty_cache_does_not_open_a_table_whose_backend_is_away() {
    let backend = FaultyValueSet::new(bakery::store().await);
    backend.faults().cut();

    let opened = LiveTable::<Product>::builder(backend).cache(Claiming::lasting(ImTable::new("cache"))).open().await;

    assert!(matches!(opened, Err(OpenError::Store(_))), "{opened:?}");
}

#[tokio::test]
async fn an_interrupted_first_list_tells_its_progress_again_from_its_beginning() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    faulty.faults().next(Operation::Read).after(1).fails(ValueErrorKind::Unreachable);
    let (builder, heard) = heard(LiveTable::builder(faulty).batch(2));

    let table = builder.start().unwrap();
    until(|| heard.lock().len() == 4).await;

    assert_eq!(heard.lock()[0], BY_TWO[0]);
    assert_eq!(heard.lock()[1..], BY_TWO);
    assert_eq!(table.rows().len(), 5);
}

#[tokio::test]
async fn progress_is_told_of_the_backends_list_whatever_the_cache_has() {
    let cache = Claiming::lasting(bakery::store().await);
    let (builder, heard) = heard(LiveTable::builder(bakery::store().await).cache(cache).batch(2));

    let _table = builder.open().await.unwrap();

    assert_eq!(*heard.lock(), BY_TWO);
}
