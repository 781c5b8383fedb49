//! Feeds that are behind: no reader sees a record go back to a state from before what is shown (P6), and what a feed that
//! says where it is tells after that is shown without being read.

use serde_json::json;
use tests::bakery::{self, Colleague as _, Product, product_records};
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyFeed, FaultyValueSet, FeedFaults};
use vantage_live::{
    Event, Guard, ImTable, LiveTable, ManualFeed, Operation, Patch, Record, SaveResult, Subscription, SyncState,
    WritableValueSet as _,
};

/// A table with a feed that is a message bus's: it tells of a change some time after others could read it.
async fn behind_a_slow_bus() -> (LiveTable<Product>, ImTable, ManualFeed) {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let table = LiveTable::builder(store.clone()).feed(bus.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    (table, store, bus)
}

/// The cupcake at this price, as a feed tells it.
fn cupcake(price: i64) -> Record {
    let mut cupcake = product_records().swap_remove(0).1;
    cupcake.insert("price".into(), price.into());
    cupcake
}

/// Tells of the cupcake at these prices, one after the other, and answers with every price that a subscriber was told.
async fn told(
    table: &LiveTable<Product>,
    bus: &ManualFeed,
    prices: &[i64],
    rows: &mut Subscription<Product>,
) -> Vec<i64> {
    for (number, price) in (1..).zip(prices) {
        bus.upsert("flux_cupcake", cupcake(*price));
        until(|| table.metrics().feed_events == number && table.metrics().settling == 0).await;
    }
    std::iter::from_fn(|| rows.try_next()).filter_map(|event| Some(event.row()?.price)).collect()
}

#[tokio::test]
async fn an_event_with_the_value_that_was_saved_does_not_vouch_for_the_one_after_it() {
    let (table, store, bus) = behind_a_slow_bus().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 130).await;
    store.colleague_sets("flux_cupcake", "price", 120).await;
    edit.price = 130;
    let saved = edit.save().await.unwrap();
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    let mut rows = table.subscribe();

    let shown = told(&table, &bus, &[130, 120, 130], &mut rows).await;

    assert_eq!(shown, [0; 0], "the row was never taken back");
    assert_eq!(table.row(&"flux_cupcake".into()).unwrap().price, 130);
}

#[tokio::test]
async fn events_from_before_a_list_do_not_take_a_row_back() {
    let (table, store, bus) = behind_a_slow_bus().await;
    for price in [130, 140, 130] {
        store.colleague_sets("flux_cupcake", "price", price).await;
    }
    table.refresh_all().await.unwrap();
    let mut rows = table.subscribe();

    let shown = told(&table, &bus, &[130, 140, 130], &mut rows).await;

    assert_eq!(shown, [0; 0], "the row was never taken back");
}

#[tokio::test]
async fn a_row_that_was_made_again_does_not_vanish_when_its_delete_is_told_late() {
    let (table, store, bus) = behind_a_slow_bus().await;
    let before = cupcake(120);
    store.colleague_deletes("flux_cupcake").await;
    store.insert_id_value(&"flux_cupcake".into(), before.clone()).await.unwrap();
    table.refresh_all().await.unwrap();
    let mut rows = table.subscribe();

    bus.delete("flux_cupcake");
    bus.upsert("flux_cupcake", before);
    until(|| table.metrics().feed_events == 2 && table.metrics().settling == 0).await;

    assert!(rows.try_next().is_none(), "nothing has happened that was not shown");
    assert!(table.row(&"flux_cupcake".into()).is_some());
}

/// A table that follows the feed of its store, each over a link of its own.
async fn followed() -> (LiveTable<Product>, ImTable, Faults, FeedFaults) {
    let store = bakery::store().await;
    let (faulty, feed) = (FaultyValueSet::new(store.clone()), FaultyFeed::new(store.feed()));
    let (faults, feed_faults) = (faulty.faults(), feed.faults());
    let table = LiveTable::builder(faulty).feed(feed).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    faults.forget_calls();
    (table, store, faults, feed_faults)
}

#[tokio::test]
async fn a_foreign_change_that_a_feed_with_a_position_tells_costs_no_read() {
    let (table, store, faults, _) = followed().await;

    store.colleague_sets("flux_cupcake", "price", 130).await;
    until(|| table.row(&"flux_cupcake".into()).unwrap().price == 130).await;
    store.colleague_inserts("almanac", json!(cupcake(1))).await;
    until(|| table.row(&"almanac".into()).is_some()).await;
    store.colleague_deletes("almanac").await;
    until(|| table.row(&"almanac".into()).is_none()).await;

    assert!(faults.calls().is_empty(), "{:?}", faults.calls());
}

#[tokio::test]
async fn a_foreign_change_after_a_write_of_ours_costs_no_read_once_the_feed_is_as_far() {
    let (table, store, faults, _) = followed().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let _ = edit.save().await.unwrap();
    until(|| table.metrics().feed_events == 1).await;
    faults.forget_calls();

    store.colleague_sets("flux_cupcake", "price", 140).await;
    until(|| table.row(&"flux_cupcake".into()).unwrap().price == 140).await;

    assert!(faults.calls().is_empty(), "{:?}", faults.calls());
}

#[tokio::test]
async fn events_that_were_held_up_are_read_when_an_answer_has_overtaken_them() {
    let (table, store, faults, feed) = followed().await;
    feed.hold();
    for price in [130, 140, 150] {
        let patch = Patch::new().set("price", price);
        let _ = store.write(&"flux_cupcake".into(), &patch, &Guard::Exists).await.unwrap();
    }
    feed.held(3).await;
    table.refresh_all().await.unwrap();
    let mut rows = table.subscribe();
    faults.forget_calls();

    feed.release();
    until(|| table.metrics().feed_events == 3 && table.metrics().settling == 0).await;

    assert!(rows.try_next().is_none(), "the row stays at 150");
    assert!(faults.operations().iter().all(|operation| *operation == Operation::Read), "{:?}", faults.operations());
}

#[tokio::test]
async fn a_burst_of_the_stores_own_feed_is_told_in_its_order() {
    let (table, store, _, _) = followed().await;
    let mut rows = table.subscribe();

    for price in [130, 140, 130, 150] {
        store.colleague_sets("flux_cupcake", "price", price).await;
    }
    let mut shown = Vec::new();
    while shown.last() != Some(&150) {
        let Some(Event::Updated { row, .. }) = rows.next().await else { panic!("an update is told") };
        shown.push(row.price);
    }

    assert_eq!(shown, [130, 140, 130, 150]);
}
