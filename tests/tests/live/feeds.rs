//! Following a feed: catching up, echoes, order, interruptions, and a sync state that is never greener than the truth.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use serde_json::json;
use tests::bakery::{self, Colleague as _, Product};
use tests::wait::until;
use vantage_live::contract::{FaultyFeed, FaultyValueSet};
use vantage_live::{
    FeedEvent, FeedKind, FeedOrder, Id, ImTable, LiveTable, Operation, ReadableValueSet as _, SyncState,
    WritableValueSet as _,
};

fn almanac() -> serde_json::Value {
    json!({"name": "Almanac", "price": 1955, "inventory": {"stock": 1, "shelf": "B"}})
}

/// Whether the rows are what the store has.
async fn equals(table: &LiveTable<Product>, store: &ImTable) -> bool {
    table.get_values().await.unwrap() == store.get_values().await.unwrap()
}

#[tokio::test]
async fn a_change_between_subscribing_and_listing_is_not_missed() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let held = faulty.faults().next(Operation::Read).is_held();
    let table = LiveTable::<Product>::builder(faulty).feed(store.feed()).start().unwrap();
    held.arrived().await;

    store.colleague_sets("sea_pie", "price", 310).await;
    store.colleague_deletes("time_tart").await;
    held.release();
    table.filled().await.unwrap();

    until(|| table.row(&"sea_pie".into()).is_some_and(|pie| pie.price == 310)).await;
    until(|| table.row(&"time_tart".into()).is_none()).await;
}

#[tokio::test]
async fn what_happened_while_the_feed_was_away_is_shown_when_it_is_back() {
    let store = bakery::store().await;
    let feed = FaultyFeed::new(store.feed());
    let faults = feed.faults();
    let table = LiveTable::<Product>::builder(store.clone()).feed(feed).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;

    faults.cut();
    until(|| matches!(table.sync_state(), SyncState::Lost { .. })).await;
    store.colleague_sets("sea_pie", "price", 310).await;
    store.colleague_deletes("time_tart").await;
    store.colleague_inserts("almanac", almanac()).await;
    faults.restore();

    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    assert!(equals(&table, &store).await);
    assert!(table.metrics().resyncs >= 2);
}

#[tokio::test]
async fn a_feed_that_doubles_and_reorders_leaves_the_rows_as_the_store_has_them() {
    let store = bakery::store().await;
    let feed = FaultyFeed::new(store.feed()).that_tells_in(FeedOrder::Unknown);
    let faults = feed.faults();
    let table = LiveTable::<Product>::builder(store.clone()).feed(feed).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;

    faults.double_next(3);
    faults.hold();
    for price in 300..310 {
        store.colleague_sets("sea_pie", "price", price).await;
    }
    store.colleague_deletes("time_tart").await;
    faults.held(11).await;
    faults.release_reversed();

    until(|| table.row(&"sea_pie".into()).unwrap().price == 309 && table.rows().len() == 4).await;
    until(|| table.metrics().settling == 0).await;
    assert!(equals(&table, &store).await);
}

#[tokio::test]
async fn no_reader_sees_a_record_go_back() {
    let store = bakery::store().await;
    let feed = FaultyFeed::new(store.feed()).that_tells_in(FeedOrder::Unknown);
    let faults = feed.faults();
    let table = LiveTable::<Product>::builder(store.clone()).feed(feed).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let _listener = table.on_remote_change(move |event| sink.lock().push(event.row().unwrap().price));

    for price in 300..340 {
        faults.hold();
        store.colleague_sets("sea_pie", "price", price).await;
        store.colleague_sets("sea_pie", "price", price + 1_000).await;
        faults.held(2).await;
        faults.release_reversed();
        store.colleague_sets("sea_pie", "price", price + 2_000).await;
    }
    until(|| table.row(&"sea_pie".into()).unwrap().price == 2_339).await;
    until(|| seen.lock().last() == Some(&2_339)).await;

    let rank = |price: &i64| (price % 1_000, price / 1_000);
    let seen = seen.lock();
    assert!(seen.is_sorted_by_key(rank), "{seen:?}");
}

#[tokio::test]
async fn a_feed_that_only_says_that_something_changed_makes_the_table_list() {
    let store = bakery::store().await;
    let manual = vantage_live::ManualFeed::new();
    let table = LiveTable::<Product>::builder(store.clone()).feed(manual.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    store.colleague_deletes("sea_pie").await;
    store.colleague_inserts("almanac", almanac()).await;

    manual.say(FeedEvent::Changed);

    until(|| table.row(&"almanac".into()).is_some() && table.row(&"sea_pie".into()).is_none()).await;
}

#[tokio::test]
async fn a_feed_that_only_names_a_record_makes_the_table_read_it() {
    let store = bakery::store().await;
    let manual = vantage_live::ManualFeed::new();
    let table = LiveTable::<Product>::builder(store.clone()).feed(manual.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    store.colleague_sets("sea_pie", "price", 310).await;

    manual.changed("sea_pie");

    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
}

#[tokio::test]
async fn a_new_record_that_a_feed_only_names_is_read() {
    let store = bakery::store().await;
    let manual = vantage_live::ManualFeed::new();
    let table = LiveTable::<Product>::builder(store.clone()).feed(manual.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    store.colleague_inserts("almanac", almanac()).await;

    manual.changed("almanac");

    until(|| table.row(&"almanac".into()).is_some()).await;
}

#[tokio::test]
async fn a_burst_of_changes_of_one_record_costs_few_reads() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let feed = FaultyFeed::new(store.feed()).that_tells_in(FeedOrder::Unknown);
    let feed_faults = feed.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(feed).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;

    feed_faults.hold();
    for price in 1_000..1_500 {
        store.colleague_sets("sea_pie", "price", price).await;
    }
    feed_faults.held(500).await;
    faults.forget_calls();
    feed_faults.release();
    until(|| table.row(&"sea_pie".into()).unwrap().price == 1_499).await;
    until(|| table.metrics().settling == 0).await;

    let reads = faults.round_trips(Operation::Read);
    assert!((1..=10).contains(&reads), "{reads} reads for a burst of 500 changes");
}

#[tokio::test]
async fn a_table_without_a_feed_says_so_and_shows_what_it_is_told_of() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();
    until(|| table.sync_state() == SyncState::NoFeed).await;
    store.colleague_sets("sea_pie", "price", 310).await;
    store.colleague_sets("time_tart", "price", 230).await;

    table.on_backend_change("sea_pie").await.unwrap();
    let after_one = (table.row(&"sea_pie".into()).unwrap().price, table.row(&"time_tart".into()).unwrap().price);
    table.refresh_all().await.unwrap();

    assert_eq!(after_one, (310, 220));
    assert_eq!(table.row(&"time_tart".into()).unwrap().price, 230);
}

#[tokio::test]
async fn a_table_without_a_feed_can_poll() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).poll_every(Duration::from_millis(5)).open().await.unwrap();

    store.colleague_sets("sea_pie", "price", 310).await;

    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
    assert_eq!(table.sync_state(), SyncState::Polling);
}

#[tokio::test]
async fn a_poll_does_not_show_as_an_interruption() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).poll_every(Duration::from_millis(1)).open().await.unwrap();
    until(|| table.sync_state() == SyncState::Polling).await;

    let held = faults.next(Operation::Read).is_held();
    held.arrived().await;

    assert_eq!(table.sync_state(), SyncState::Polling);
    held.release();
}

#[tokio::test]
async fn a_table_that_lists_after_an_interruption_says_that_it_catches_up() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let (faults, manual) = (faulty.faults(), vantage_live::ManualFeed::new());
    let table = LiveTable::<Product>::builder(faulty).feed(manual.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;

    let held = faults.next(Operation::Read).is_held();
    manual.interrupt("a mouse has bitten the cable");
    held.arrived().await;

    assert_eq!(table.sync_state(), SyncState::CatchingUp);
    held.release();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
}

#[tokio::test]
async fn the_state_says_what_the_feed_can_tell_and_since_when_it_is_lost() {
    let store = bakery::store().await;
    let feed = FaultyFeed::new(store.feed());
    let faults = feed.faults();
    let table = LiveTable::<Product>::builder(store).feed(feed).open().await.unwrap();
    until(|| table.sync_state() == SyncState::Live(FeedKind::PerRow)).await;

    faults.cut();
    until(|| matches!(table.sync_state(), SyncState::Lost { .. })).await;
    let SyncState::Lost { since, why } = table.sync_state() else { panic!("it stays lost") };

    assert!(since <= SystemTime::now());
    assert!(!why.is_empty());
}

#[tokio::test]
async fn a_list_that_fails_is_tried_again() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let feed = FaultyFeed::new(store.feed());
    let feed_faults = feed.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(feed).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;

    faults.cut();
    feed_faults.cut();
    feed_faults.restore();
    store.insert_id_value(&Id::from("almanac"), bakery::record(almanac())).await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Lost { .. })).await;
    faults.restore();

    until(|| table.row(&"almanac".into()).is_some()).await;
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
}

#[tokio::test]
async fn a_record_deleted_while_it_was_being_read_leaves_no_ghost() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let feed = FaultyFeed::new(store.feed()).that_tells_in(FeedOrder::Unknown);
    let table = LiveTable::<Product>::builder(faulty).feed(feed).open().await.unwrap();
    let held = faults.next(Operation::Read).has_its_answer_held();

    store.colleague_inserts("almanac", almanac()).await;
    held.arrived().await;
    store.colleague_deletes("almanac").await;
    until(|| table.metrics().feed_events == 2).await;
    held.release();
    until(|| table.metrics().settling == 0).await;

    assert!(table.row(&"almanac".into()).is_none());
}

#[tokio::test]
async fn a_feed_that_says_often_that_something_changed_costs_few_lists() {
    let store = bakery::store().await;
    let manual = vantage_live::ManualFeed::new();
    let table = LiveTable::<Product>::builder(store.clone()).feed(manual.clone()).open().await.unwrap();
    let before = table.metrics().resyncs;

    for _ in 0..100 {
        manual.say(FeedEvent::Changed);
    }
    store.colleague_sets("sea_pie", "price", 310).await;
    manual.changed("sea_pie");
    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;

    let lists = table.metrics().resyncs - before;
    assert!((1..=2).contains(&lists), "{lists} lists");
}

#[tokio::test]
async fn a_loss_is_as_old_as_its_first_attempt() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).poll_every(Duration::from_millis(1)).open().await.unwrap();
    faults.cut();
    until(|| matches!(table.sync_state(), SyncState::Lost { .. })).await;
    let SyncState::Lost { since: first, .. } = table.sync_state() else { panic!("it is lost") };
    faults.forget_calls();

    until(|| faults.calls().len() >= 2 && matches!(table.sync_state(), SyncState::Lost { .. })).await;

    assert!(matches!(table.sync_state(), SyncState::Lost { since, .. } if since == first));
}

#[tokio::test]
async fn a_loss_after_the_table_was_live_again_is_another() {
    let store = bakery::store().await;
    let feed = FaultyFeed::new(store.feed());
    let faults = feed.faults();
    let table = LiveTable::<Product>::builder(store).feed(feed).open().await.unwrap();
    faults.cut();
    until(|| matches!(table.sync_state(), SyncState::Lost { .. })).await;
    faults.restore();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let live = SystemTime::now();

    faults.cut();
    until(|| matches!(table.sync_state(), SyncState::Lost { .. })).await;

    assert!(matches!(table.sync_state(), SyncState::Lost { since, .. } if since >= live));
}
