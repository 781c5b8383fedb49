//! Feeds that are behind: no reader sees a record go back to a state from before what is shown (P6), and what a feed that
//! says where it is tells after that is shown without being read.

use async_trait::async_trait;
use futures::StreamExt as _;
use serde_json::json;
use tests::bakery::{self, Colleague as _, Product, hoverboard, product_records};
use tests::wait::until;
use tokio::task::JoinHandle;
use vantage_live::contract::{Faults, FaultyFeed, FaultyValueSet, FeedFaults};
use vantage_live::dataset::{DataSetError, InsertableDataSet as _};
use vantage_live::{
    Event, Feed, FeedEvent, FeedKind, FeedOrder, FeedStream, Guard, Id, ImTable, LiveTable, ManualFeed, Operation,
    Patch, Record, SaveResult, Subscription, SyncState, ValueError, ValueErrorKind, WritableValueSet as _,
};

use crate::{faulty_products, made};

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
async fn an_answer_from_before_an_event_that_tells_what_is_shown_is_read_once_more() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(bus.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    store.colleague_sets("flux_cupcake", "price", 130).await;
    let held = faults.next(Operation::Read).has_its_answer_held();
    let reading = tokio::spawn({
        let table = table.clone();
        async move { table.on_backend_change("flux_cupcake").await }
    });
    held.arrived().await;
    store.colleague_sets("flux_cupcake", "price", 120).await; // as it is shown
    bus.upsert("flux_cupcake", cupcake(120)); // of both changes the last
    until(|| table.metrics().feed_events == 1).await;

    held.release();
    reading.await.unwrap().unwrap();

    assert_eq!(table.row(&"flux_cupcake".into()).unwrap().price, 120, "P7");
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

/// The feed of a store, of which nobody hears what was written, only that it was.
struct Names(ManualFeed);

#[async_trait]
impl Feed for Names {
    fn kind(&self) -> FeedKind {
        self.0.kind()
    }

    fn order(&self) -> FeedOrder {
        self.0.order()
    }

    fn position(&self) -> Option<u64> {
        self.0.position()
    }

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let named = |event| match event {
            FeedEvent::Upsert { id, .. } => FeedEvent::Upsert { id, record: None },
            event => event,
        };
        Ok(self.0.subscribe().await?.map(move |event| event.map(named)).boxed())
    }
}

#[tokio::test]
async fn what_has_waited_for_an_answer_is_no_newer_for_what_the_feed_has_told_since() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(Names(store.feed())).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let write = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    write.arrived().await;

    // The delete waits for the answer; that the record was made again is told, and names it.
    store.colleague_deletes("flux_cupcake").await;
    store.insert_id_value(&"flux_cupcake".into(), cupcake(140)).await.unwrap();
    until(|| table.metrics().feed_events == 2).await;
    let mut rows = table.subscribe();
    write.release();
    let saved = edit.finish_save().await.unwrap();
    until(|| table.metrics().settling == 0).await;

    assert!(matches!(saved, SaveResult::Conflict(_)), "{saved:?}");
    let events: Vec<_> = std::iter::from_fn(|| rows.try_next()).collect();
    assert!(matches!(&events[..], [Event::Updated { row, .. }] if row.price == 140), "{events:?}");
}

#[tokio::test]
async fn a_list_does_not_bring_back_what_a_read_that_was_sent_before_it_has_not_found() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let mut rows = table.subscribe();

    let read = faults.next(Operation::Read).is_held();
    let reading = tokio::spawn({
        let table = table.clone();
        async move { table.on_backend_change("almanac").await }
    });
    read.arrived().await;
    store.colleague_inserts("almanac", json!(cupcake(1))).await;
    let list = faults.next(Operation::Read).has_its_answer_held();
    let listing = tokio::spawn({
        let table = table.clone();
        async move { table.refresh_all().await }
    });
    list.arrived().await;
    store.colleague_deletes("almanac").await;
    read.release();
    reading.await.unwrap().unwrap();
    list.release();
    listing.await.unwrap().unwrap();
    until(|| table.metrics().settling == 0).await;

    let events: Vec<_> = std::iter::from_fn(|| rows.try_next()).collect();
    assert!(events.is_empty(), "who was told that there is none is not shown one: {events:?}");
}

#[tokio::test]
async fn the_answer_to_an_insert_takes_nothing_back_that_was_read_before_it_came() {
    let (table, store, faults) = faulty_products().await;
    let inserted = faults.next(Operation::Insert).has_its_answer_held();
    let insert = inserting(&table);
    inserted.arrived().await;
    let made = made(&store).await;
    let patch = Patch::new().set("name", "Levitating Cookie");
    let _ = store.write(&made, &patch, &Guard::Exists).await.unwrap();
    let mut edit = table.edit_record(made.clone()).await.unwrap();
    edit.price = 1;
    let written = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    written.arrived().await;
    let mut told = table.subscribe_record(&made);

    inserted.release();
    assert_eq!(insert.await.unwrap().unwrap(), made);
    written.release();
    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    while let Some(event) = told.try_next() {
        let Event::Updated { row, .. } = event else { panic!("{event:?}") };
        assert_eq!(row.name, "Levitating Cookie", "it was read, and the answer to the insert is older");
    }
    assert_eq!(table.row(&made).unwrap().price, 1);
}

#[tokio::test]
async fn an_event_that_has_waited_for_an_insert_is_not_shown_over_a_later_one() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(store.feed()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let inserted = faults.next(Operation::Insert).has_its_answer_held();
    let insert = inserting(&table);
    inserted.arrived().await;
    let made = made(&store).await;
    // The feed has told of it, which waits for the answer; and a program reads it.
    drop(table.edit_record(made.clone()).await.unwrap());
    let patch = Patch::new().set("name", "Levitating Cookie");
    let _ = store.write(&made, &patch, &Guard::Exists).await.unwrap();
    until(|| table.row(&made).is_some_and(|row| row.name == "Levitating Cookie")).await;
    let mut told = table.subscribe_record(&made);

    inserted.release();
    assert_eq!(insert.await.unwrap().unwrap(), made);

    assert!(told.try_next().is_none(), "what had waited was from before what is shown");
}

/// An insert that goes on by itself.
fn inserting(table: &LiveTable<Product>) -> JoinHandle<Result<Id, DataSetError>> {
    let table = table.clone();
    tokio::spawn(async move { table.insert(hoverboard()).await })
}

#[tokio::test]
async fn what_waits_for_an_answer_goes_when_a_later_event_tells_what_is_shown() {
    let store = bakery::store().await;
    let inner = FaultyValueSet::new(store.clone());
    let inner_faults = inner.faults();
    let outer = FaultyValueSet::new(inner);
    let outer_faults = outer.faults();
    let table = LiveTable::<Product>::builder(outer).feed(store.feed()).open().await.unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    let held = outer_faults.next(Operation::Write).is_held();
    inner_faults.next(Operation::Write).fails(ValueErrorKind::Unreachable);
    edit.start_save().unwrap();
    held.arrived().await;
    for price in [130, 120] {
        store.colleague_sets("flux_cupcake", "price", price).await;
    }
    until(|| table.metrics().feed_events == 2).await;

    held.release();
    let failed = edit.finish_save().await.unwrap();

    assert!(matches!(failed, SaveResult::Error(_)), "{failed:?}");
    assert_eq!(table.row(&"flux_cupcake".into()).unwrap().price, 120);
}
