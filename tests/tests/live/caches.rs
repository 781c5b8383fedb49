//! A cache that outlives the process: what it is told, what it is spared, and what it must not keep.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tests::bakery::{self, Colleague as _, Product, record};
use tests::claiming::Claiming;
use tests::still::Still;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet, Held};
use vantage_live::dataset::WritableDataSet;
use vantage_live::{
    Event, FeedEvent, Id, ImTable, LiveEntity, LiveTable, ManualFeed, Operation, ReadableValueSet as _, ValueErrorKind,
    WritableValueSet as _,
};

/// A lasting cache over `below`, whose faults the test commands.
fn cache(below: &ImTable) -> (Claiming<FaultyValueSet<ImTable>>, Faults) {
    let faulty = FaultyValueSet::new(below.clone());
    let faults = faulty.faults();
    (Claiming::lasting(faulty), faults)
}

/// A table that has asked this cache for its rows, and is then to list this store; both are answered when they are let.
async fn loading<E: LiveEntity>(below: &ImTable, store: ImTable) -> (LiveTable<E>, Faults, [Held; 2]) {
    let (cache, faults) = cache(below);
    let backend = FaultyValueSet::new(store);
    let faults_of_backend = backend.faults();
    let listed = faults_of_backend.next(Operation::Read).is_held();
    let read = faults.next(Operation::Read).has_its_answer_held();
    let table = LiveTable::<E>::builder(backend).cache(cache).start().unwrap();
    read.arrived().await;
    (table, faults_of_backend, [read, listed])
}

async fn is_told_everything(table: &LiveTable<Product>) {
    until(|| table.metrics().cache_pending == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_deleted_through_the_table_before_the_cache_is_read_does_not_come_back_from_it() {
    for all in [false, true] {
        let (store, below) = (bakery::store().await, bakery::store().await);
        // In a task, whose worker does first what it was given last: so the table's task begins when all of this has ended.
        let event = tokio::spawn(async move {
            let table = LiveTable::<Product>::builder(store).cache(Claiming::lasting(below)).start().unwrap();
            let mut events = table.subscribe_record("sea_pie");
            if all {
                assert_eq!(WritableDataSet::delete_all(&table).await.unwrap(), 5);
            } else {
                assert!(WritableDataSet::delete_id(&table, &"sea_pie".into()).await.unwrap());
            }
            table.filled().await.unwrap();
            events.try_next()
        });

        let event = event.await.unwrap();

        assert!(event.is_none(), "P5, all: {all}, {event:?}");
    }
}

#[tokio::test]
async fn what_the_cache_has_is_shown_and_kept_beside_a_delete_that_is_never_done() {
    let (store, below) = (bakery::store().await, bakery::store().await);
    let (backend, (cache, faults_of_cache)) = (FaultyValueSet::new(store), cache(&below));
    let faults = backend.faults();
    let reading = faults_of_cache.next(Operation::Read).is_held();
    let table = LiveTable::<Product>::builder(backend).cache(cache).start().unwrap();
    reading.arrived().await;
    let deleting = faults.next(Operation::Delete).is_held();
    let deleted = tokio::spawn({
        let table = table.clone();
        async move { WritableDataSet::delete_id(&table, &"sea_pie".into()).await }
    });
    deleting.arrived().await;
    faults.cut();
    reading.release();
    until(|| table.rows().len() >= 4).await;
    deleting.release();
    deleted.await.unwrap().unwrap_err();

    is_told_everything(&table).await;

    assert!(table.row(&"sea_pie".into()).is_some());
    assert!(below.get_id_value(&"sea_pie".into()).await.unwrap().is_some(), "nobody has deleted it");
}

#[tokio::test]
async fn a_cache_that_has_the_rows_already_is_not_written() {
    let (cache, faults) = cache(&bakery::store().await);

    let table = LiveTable::<Product>::builder(bakery::store().await).cache(cache).open().await.unwrap();
    is_told_everything(&table).await;

    assert!(faults.operations().iter().all(|operation| *operation == Operation::Read), "{:?}", faults.operations());
}

#[tokio::test]
async fn a_record_that_only_the_cache_has_goes_from_it() {
    let (store, below) = (bakery::store().await, bakery::store().await);
    let (cache, _) = cache(&below);
    store.colleague_deletes("sea_pie").await;

    let table = LiveTable::<Product>::builder(store.clone()).cache(cache).open().await.unwrap();
    is_told_everything(&table).await;

    assert_eq!(below.get_values().await.unwrap(), store.get_values().await.unwrap());
}

#[tokio::test]
async fn a_record_that_fits_no_more_goes_from_the_cache() {
    let (store, below) = (bakery::store().await, bakery::store().await);
    let (cache, _) = cache(&below);
    for here in [&store, &below] {
        here.colleague_sets("sea_pie", "price", "ask Doc").await;
    }

    let table = LiveTable::<Product>::builder(store).cache(cache).open().await.unwrap();
    is_told_everything(&table).await;

    assert_eq!(below.count().await.unwrap(), 4);
    assert_eq!(table.rejected_rows()[0].id, "sea_pie".into());
}

#[tokio::test]
async fn a_cache_that_could_not_be_read_keeps_nothing_that_the_backend_has_not() {
    let (store, below) = (bakery::store().await, bakery::store().await);
    let (cache, faults) = cache(&below);
    store.colleague_deletes("sea_pie").await;
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);

    let table = LiveTable::<Product>::builder(store.clone()).cache(cache).open().await.unwrap();
    is_told_everything(&table).await;

    assert_eq!(below.get_values().await.unwrap(), store.get_values().await.unwrap());
}

#[tokio::test]
async fn a_cache_that_is_away_for_long_costs_little_and_is_as_the_rows_when_it_is_back() {
    let (store, below) = (bakery::store().await, ImTable::new("cache"));
    let (cache, faults) = cache(&below);
    let table = LiveTable::<Product>::builder(store.clone()).cache(cache).open().await.unwrap();
    is_told_everything(&table).await;
    faults.cut();

    let product = || record(serde_json::json!({"name": "Pie", "price": 1, "inventory": {"stock": 0, "shelf": ""}}));
    let many = (0..6_000).map(|n| (Id::from(n), product())).collect();
    assert!(store.insert_id_values(many).await.iter().all(Result::is_ok));
    table.refresh_all().await.unwrap();
    let pending = table.metrics().cache_pending;
    assert!(pending <= 4_096, "P8: {pending} rows are remembered");
    faults.restore();
    is_told_everything(&table).await;

    assert_eq!(below.get_values().await.unwrap(), store.get_values().await.unwrap());
}

#[tokio::test]
async fn a_record_that_is_deleted_while_the_cache_is_being_read_does_not_come_back_from_it() {
    let (table, _, [read, listed]) = loading::<Product>(&bakery::store().await, bakery::store().await).await;

    WritableDataSet::delete_id(&table, &Id::from("sea_pie")).await.unwrap();
    read.release();
    until(|| table.row(&"time_tart".into()).is_some()).await;

    assert!(table.row(&"sea_pie".into()).is_none(), "P6: not even until the backend is listed");
    listed.release();
}

#[tokio::test]
async fn a_record_that_is_being_deleted_is_shown_from_the_cache_until_it_is() {
    let (table, faults, [read, listed]) = loading::<Product>(&bakery::store().await, bakery::store().await).await;
    let deleted = faults.next(Operation::Delete).is_held();
    let (pie, mut events) = (Id::from("sea_pie"), table.subscribe_record("sea_pie"));

    let (gone, ()) = futures::join!(WritableDataSet::delete_id(&table, &pie), async {
        deleted.arrived().await;
        read.release();
        until(|| table.row(&"time_tart".into()).is_some()).await;
        deleted.release();
    });

    assert!(gone.unwrap() && table.row(&pie).is_none());
    let told = [events.try_next(), events.try_next(), events.try_next()];
    assert!(matches!(told, [Some(Event::Inserted { .. }), Some(Event::Removed { .. }), None]), "{told:?}");
    listed.release();
}

#[tokio::test]
async fn a_record_that_is_deleted_while_a_cache_of_more_than_are_remembered_is_being_read_does_not_come_back_from_it() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Priced {
        price: u32,
    }
    let (store, below) = (ImTable::new("product"), ImTable::new("product"));
    let priced = |n: u32| (Id::from(format!("{n:05}")), record(json!({"price": n})));
    assert!(below.insert_id_values((0..70_000).map(priced).collect()).await.iter().all(Result::is_ok));
    let (last, price) = priced(69_999);
    store.insert_id_value(&last, price).await.unwrap();
    let (table, _, [read, listed]) = loading::<Priced>(&below, store).await;

    WritableDataSet::delete_id(&table, &last).await.unwrap();
    read.release();
    until(|| table.rows().len() >= 69_999).await;
    listed.arrived().await;

    assert!(table.row(&last).is_none(), "P6: not even until the backend is listed");
    listed.release();
}

#[tokio::test]
async fn a_cache_that_could_be_read_is_not_read_again_with_each_list() {
    let (cache, faults) = cache(&bakery::store().await);
    let feed = ManualFeed::new();
    let builder = LiveTable::<Product>::builder(bakery::store().await).cache(cache).feed(feed.clone());
    let table = builder.open().await.unwrap();
    is_told_everything(&table).await;
    faults.forget_calls();
    let lists = table.metrics().resyncs;

    feed.say(FeedEvent::Changed);
    until(|| table.metrics().resyncs > lists && table.metrics().cache_pending == 0).await;
    feed.delete("sea_pie");
    until(|| table.metrics().feed_events == 1 && table.metrics().settling == 0).await;
    is_told_everything(&table).await;

    assert!(faults.calls().is_empty(), "{:?}", faults.calls());
}

#[tokio::test]
async fn what_the_cache_did_not_take_it_is_told_again() {
    let (store, below) = (bakery::store().await, bakery::store().await);
    let (cache, faults) = cache(&below);
    let env = Still::with_chance(0);
    let builder = LiveTable::<Product>::builder(store.clone()).cache(cache).environment(env);
    let table = builder.open().await.unwrap();
    is_told_everything(&table).await;
    faults.next(Operation::Replace).fails(ValueErrorKind::Unreachable);
    faults.next(Operation::Delete).fails(ValueErrorKind::Unreachable);

    store.colleague_sets("sea_pie", "price", 310).await;
    store.colleague_deletes("time_tart").await;
    table.refresh_all().await.unwrap();
    is_told_everything(&table).await;

    assert_eq!(below.get_values().await.unwrap(), store.get_values().await.unwrap());
}

#[tokio::test]
async fn a_cache_that_is_compared_as_a_whole_is_compared_again_when_it_did_not_take_what_differs() {
    let (store, below) = (bakery::store().await, ImTable::new("cache"));
    let (cache, faults) = cache(&below);
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    faults.next(Operation::Replace).fails(ValueErrorKind::Unreachable);

    let builder = LiveTable::<Product>::builder(store.clone()).cache(cache).environment(Still::with_chance(0));
    let table = builder.open().await.unwrap();
    is_told_everything(&table).await;

    assert_eq!(below.get_values().await.unwrap(), store.get_values().await.unwrap());
}

#[tokio::test]
async fn a_cache_that_does_not_take_some_of_what_differs_is_not_asked_to_take_the_rest() {
    let (store, below) = (bakery::store().await, ImTable::new("cache"));
    let many = (0..600).map(|n| (Id::from(n), bakery::product_records().swap_remove(0).1)).collect();
    assert!(store.insert_id_values(many).await.iter().all(Result::is_ok));
    let ((cache, faults), env) = (cache(&below), Still::with_chance(0));
    env.ends_no_pause();
    // The table does not know what is in it, and compares.
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    faults.next(Operation::Replace).fails(ValueErrorKind::Unreachable);

    let builder = LiveTable::<Product>::builder(store).cache(cache).environment(env.clone());
    let table = builder.open().await.unwrap();
    until(|| !env.slept().iter().all(|slept| *slept == 0)).await;

    assert_eq!(table.rows().len(), 605);
    let asked = faults.round_trips(Operation::Replace);
    assert!(asked < 256, "asked for {asked} rows, more than go together");
}

#[tokio::test]
async fn a_cache_is_written_to_once_at_a_time() {
    let (store, below) = (bakery::store().await, bakery::store().await);
    let (cache, faults) = cache(&below);
    let builder = LiveTable::<Product>::builder(store.clone()).cache(cache).feed(store.feed());
    let table = builder.open().await.unwrap();
    is_told_everything(&table).await;
    faults.forget_calls();
    let held = faults.next(Operation::Replace).is_held();
    store.colleague_sets("sea_pie", "price", 310).await;
    held.arrived().await;

    store.colleague_sets("time_tart", "price", 230).await;
    until(|| table.row(&"time_tart".into()).unwrap().price == 230).await;
    // A task that was begun before this one has had its turn.
    table.refresh_all().await.unwrap();

    assert_eq!(table.metrics().cache_pending, 2, "what is being written, and what waits");
    assert_eq!(faults.operations(), [Operation::Replace]);
    held.release();
    is_told_everything(&table).await;
    assert_eq!(below.get_values().await.unwrap(), store.get_values().await.unwrap());
}

#[tokio::test]
async fn what_was_deleted_with_everything_while_the_cache_is_being_read_does_not_come_back_from_it() {
    let (table, _, [read, listed]) = loading::<Product>(&bakery::store().await, bakery::store().await).await;
    let mut events = table.subscribe();

    assert_eq!(WritableDataSet::delete_all(&table).await.unwrap(), 5);
    read.release();
    listed.arrived().await;

    let event = events.try_next();
    assert!(event.is_none(), "P5: {event:?}");
    listed.release();
}
