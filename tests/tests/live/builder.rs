//! Opening a table: progress, reading while it fills, caches, and parts that do not fit.

use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tests::bakery::{self, Colleague as _, Product};
use tests::claiming::Claiming;
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::{
    Ids, ImTable, LiveEntity, LiveTable, OpenError, Operation, Policy, Progress, ReadableValueSet, SyncState,
};

#[tokio::test]
async fn the_progress_of_an_empty_table_is_told_once() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);

    let table = LiveTable::<Product>::builder(ImTable::new("product"))
        .on_progress(move |progress| sink.lock().push(progress))
        .open()
        .await
        .unwrap();

    assert!(table.rows().is_empty());
    assert_eq!(*heard.lock(), [Progress { rows: 0, total: 0 }]);
}

#[tokio::test]
async fn filling_reports_its_progress_after_every_batch() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);

    let table = LiveTable::<Product>::builder(bakery::store().await)
        .batch(2)
        .on_progress(move |progress| sink.lock().push(progress))
        .open()
        .await
        .unwrap();

    assert_eq!(table.rows().len(), 5);
    assert_eq!(*heard.lock(), [2, 4, 5].map(|rows| Progress { rows, total: 5 }));
}

#[tokio::test]
async fn rows_can_be_read_while_it_fills() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    // The first call lists the first batch; the second is held.
    let held = faulty.faults().next(Operation::Read).after(1).is_held();
    let table = LiveTable::<Product>::builder(faulty).batch(2).start().unwrap();

    held.arrived().await;
    until(|| table.rows().len() == 2).await;
    assert_eq!(table.sync_state(), SyncState::CatchingUp);
    held.release();

    table.filled().await.unwrap();
    assert_eq!(table.rows().len(), 5);
}

#[tokio::test]
async fn a_backend_that_is_not_reached_is_an_error_to_who_waits_and_tried_again_for_who_does_not() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    faults.cut();
    let faulty = Arc::new(faulty);

    let opened = LiveTable::<Product>::builder(Arc::clone(&faulty)).open().await;
    let started = LiveTable::<Product>::builder(faulty).start().unwrap();
    assert!(started.filled().await.is_err());
    faults.restore();

    assert!(matches!(&opened, Err(OpenError::Store(error)) if error.is_retryable()), "{opened:?}");
    until(|| started.rows().len() == 5).await;
}

#[tokio::test]
async fn the_version_policy_needs_a_version() {
    #[derive(Clone, Serialize, Deserialize, LiveEntity)]
    struct Card {
        text: String,
    }

    let opened = LiveTable::<Card>::builder(ImTable::new("card")).policy(Policy::Version).start();

    assert!(matches!(opened, Err(OpenError::NoVersionField)));
}

#[tokio::test]
async fn a_memory_cache_is_left_alone_so_that_a_row_is_held_once() {
    let cache = ImTable::new("cache");

    let table = LiveTable::<Product>::new(bakery::store().await, cache.clone()).await.unwrap();

    assert_eq!(table.rows().len(), 5);
    assert_eq!(cache.count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_lasting_cache_is_told_every_change_with_the_columns_that_the_struct_does_not_know() {
    let (store, cache) = (bakery::store().await, ImTable::new("cache"));
    store.colleague_sets("sea_pie", "secret", "sauce").await;
    let table = LiveTable::<Product>::builder(store.clone())
        .feed(store.feed())
        .cache(Claiming::lasting(cache.clone()))
        .open()
        .await
        .unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;

    store.colleague_sets("flux_cupcake", "price", 130).await;
    store.colleague_deletes("time_tart").await;
    until(|| table.rows().len() == 4).await;
    until(|| table.metrics().cache_pending == 0).await;

    let same = || async { cache.get_values().await.unwrap() == store.get_values().await.unwrap() };
    while !same().await {
        tokio::task::yield_now().await;
    }
    assert_eq!(cache.stored("sea_pie", "secret").await, Some("sauce".into()));
}

#[tokio::test]
async fn a_lasting_cache_is_shown_at_once_and_while_the_backend_is_away() {
    let cache = bakery::store().await;
    let faulty = FaultyValueSet::new(ImTable::new("product"));
    let faults = faulty.faults();
    faults.cut();

    let table = LiveTable::<Product>::builder(faulty).cache(Claiming::lasting(cache.clone())).open().await.unwrap();

    assert_eq!(table.rows().len(), 5);
    assert!(matches!(table.sync_state(), SyncState::Lost { .. }), "and it says so: {:?}", table.sync_state());
    faults.restore();
    until(|| table.rows().is_empty()).await;
}

#[tokio::test]
async fn a_lasting_cache_forgets_a_record_that_was_known_to_be_gone_before_it_was_read() {
    let (store, cache) = (bakery::store().await, bakery::store().await);
    store.colleague_deletes("time_tart").await;
    let slow = FaultyValueSet::new(Claiming::lasting(cache.clone()));
    let read = slow.faults().next(Operation::Read).is_held();
    let table = LiveTable::<Product>::builder(store.clone()).cache(slow).start().unwrap();
    read.arrived().await;

    table.on_backend_change("time_tart").await.unwrap();
    read.release();
    table.filled().await.unwrap();
    until(|| table.metrics().cache_pending == 0).await;

    assert_eq!(
        cache.get_id_value(&"time_tart".into()).await.unwrap(),
        None,
        "nobody would show it, and nobody forget it"
    );
    assert_eq!(cache.count().await.unwrap(), 4);
}

#[tokio::test]
async fn ids_of_the_clients_need_a_store_that_takes_them() {
    let store = Claiming::new(bakery::store().await, |can| can.client_ids = false);

    let opened = LiveTable::<Product>::builder(store).ids(Ids::ClientUuid).start();

    assert!(matches!(opened, Err(OpenError::NoClientIds(_))));
}
