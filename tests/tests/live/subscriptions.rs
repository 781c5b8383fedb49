//! Typed events: for the whole table, one record, chosen fields; order, origin, and subscribers that are too slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use parking_lot::Mutex;
use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::WritableDataSet;
use vantage_live::{Event, FieldSet, LiveTable, Operation, Origin, SaveResult, SyncState};

#[tokio::test]
async fn a_change_elsewhere_is_told_with_its_fields_and_its_row() {
    let (table, store) = bakery::products().await;
    let mut events = table.subscribe();

    store.colleague_sets("sea_pie", "price", 310).await;

    let Some(Event::Updated { id, row, fields, origin, .. }) = events.next().await else { panic!("it was updated") };
    assert_eq!((id.to_string().as_str(), row.price, origin), ("sea_pie", 310, Origin::Remote));
    assert_eq!(fields, FieldSet::from(ProductField::Price));
}

#[tokio::test]
async fn rows_that_come_and_go_are_told() {
    let (table, store) = bakery::products().await;
    let mut events = table.subscribe();

    let record = serde_json::json!({"name": "Almanac", "price": 1955, "inventory": {"stock": 1, "shelf": "B"}});
    store.colleague_inserts("almanac", record).await;
    until(|| table.row(&"almanac".into()).is_some()).await;
    store.colleague_deletes("almanac").await;

    assert!(matches!(events.next().await, Some(Event::Inserted { row, .. }) if row.name == "Almanac"));
    assert!(matches!(events.next().await, Some(Event::Removed { row, .. }) if row.name == "Almanac"));
}

#[tokio::test]
async fn the_numbers_of_events_only_grow_and_the_rows_say_how_far_they_are() {
    let (table, store) = bakery::products().await;
    let mut events = table.subscribe();

    for price in 1..=20 {
        store.colleague_sets("sea_pie", "price", price).await;
    }
    until(|| table.row(&"sea_pie".into()).unwrap().price == 20).await;

    let mut last = 0;
    while let Some(event) = events.try_next() {
        assert!(event.sequence() > last, "{event:?} comes after number {last}");
        last = event.sequence();
    }
    assert_eq!(table.rows().sequence(), last);
}

#[tokio::test]
async fn a_save_of_this_process_is_told_once_and_as_its_own() {
    let (table, store) = bakery::products().await;
    let mut events = table.subscribe();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;

    let _ = edit.save().await.unwrap();
    // A foreign change next to the echo is not hidden by it.
    store.colleague_sets("sea_pie", "price", 320).await;

    let told = [events.next().await.unwrap(), events.next().await.unwrap()];
    let seen = told.each_ref().map(|event| (event.origin().unwrap(), event.row().unwrap().price));
    assert_eq!(seen, [(Origin::Local, 310), (Origin::Remote, 320)]);
    assert!(events.try_next().is_none());
}

#[tokio::test]
async fn what_this_process_deletes_all_at_once_is_its_own_even_where_the_feed_is_faster_than_the_answer() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(store.feed()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let mut events = table.subscribe();
    let held = faults.next(Operation::Delete).has_its_answer_held();
    let deleting = tokio::spawn({
        let table = table.clone();
        async move { WritableDataSet::delete_all(&table).await }
    });
    held.arrived().await;
    until(|| table.metrics().feed_events == 5).await;

    held.release();

    assert_eq!(deleting.await.unwrap().unwrap(), 5);
    let mut removed = Vec::new();
    while let Some(event) = events.try_next() {
        if let Event::Removed { origin, .. } = event {
            removed.push(origin);
        }
    }
    assert_eq!(removed, [Origin::Local; 5]);
}

/// Whether somebody was woken.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_subscriber_to_a_field_is_not_woken_by_another() {
    let (table, store) = bakery::products().await;
    let mut prices = table.subscribe_fields(ProductField::Price);
    let mut everything = table.subscribe();

    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut waits = Box::pin(prices.next());
    assert!(waits.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());

    store.colleague_sets("sea_pie", "name", "Pie").await;
    let _ = everything.next().await;
    assert!(!woken.0.load(Ordering::SeqCst));
    store.colleague_sets("sea_pie", "price", 310).await;
    let _ = everything.next().await;

    assert!(woken.0.load(Ordering::SeqCst));
    assert!(matches!(waits.await, Some(Event::Updated { row, .. }) if row.price == 310));
    assert!(prices.try_next().is_none());
}

#[tokio::test]
async fn of_several_changes_at_once_a_subscriber_hears_of_those_to_its_fields() {
    let (table, store) = bakery::products().await;
    let (mut prices, mut names) =
        (table.subscribe_fields(ProductField::Price), table.subscribe_fields(ProductField::Name));

    store.colleague_sets("sea_pie", "price", 310).await;
    store.colleague_sets("time_tart", "price", 230).await;
    store.colleague_sets("hover_cookies", "name", "Cookies").await;
    until(|| table.row(&"hover_cookies".into()).unwrap().name == "Cookies").await;

    let prices: Vec<_> = std::iter::from_fn(|| prices.try_next()).map(|event| event.row().unwrap().price).collect();
    assert_eq!(prices, [310, 230]);
    assert_eq!(std::iter::from_fn(|| names.try_next()).count(), 1);
}

#[tokio::test]
async fn as_many_events_wait_for_a_subscriber_as_its_buffer_holds() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).event_buffer(2).open().await.unwrap();
    let mut events = table.subscribe();

    for (last, missed) in [(2, None), (5, Some(3))] {
        for price in last - if missed.is_some() { 2 } else { 1 }..=last {
            store.colleague_sets("sea_pie", "price", price).await;
        }
        until(|| table.row(&"sea_pie".into()).unwrap().price == last).await;
        let heard: Vec<_> = std::iter::from_fn(|| events.try_next()).collect();

        match missed {
            None => assert_eq!(heard.len(), 2, "{heard:?}"),
            Some(told) => {
                assert!(matches!(heard[..], [Event::Reset { missed, .. }] if missed == told), "{heard:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_subscriber_to_a_record_does_not_hear_that_another_one_has_its_id() {
    let (table, _) = bakery::products().await;
    let mut pie = table.subscribe_record("sea_pie");

    let saved = table.new_record(bakery::hoverboard()).save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)));
    assert!(pie.try_next().is_none());
}

#[tokio::test]
async fn a_subscriber_to_no_field_hears_of_rows_that_come_and_go() {
    let (table, store) = bakery::products().await;
    let mut none = table.subscribe_fields(FieldSet::EMPTY);

    store.colleague_sets("sea_pie", "price", 310).await;
    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
    store.colleague_deletes("sea_pie").await;

    assert!(matches!(none.next().await, Some(Event::Removed { row, .. }) if row.price == 310));
}

#[tokio::test]
async fn a_subscriber_to_a_record_hears_of_no_other() {
    let (table, store) = bakery::products().await;
    let mut pie = table.subscribe_record("sea_pie");
    let mut everything = table.subscribe();

    store.colleague_sets("time_tart", "price", 1).await;
    store.colleague_sets("sea_pie", "price", 2).await;

    let _ = (everything.next().await, everything.next().await);
    assert!(matches!(pie.try_next(), Some(Event::Updated { row, .. }) if row.price == 2));
    assert!(pie.try_next().is_none());
}

#[tokio::test]
async fn a_slow_subscriber_is_told_that_it_lagged_and_slows_nobody() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).event_buffer(4).open().await.unwrap();
    let mut slow = table.subscribe();

    for price in 1..=20 {
        store.colleague_sets("sea_pie", "price", price).await;
        until(|| table.row(&"sea_pie".into()).unwrap().price == price).await;
    }

    let Some(Event::Reset { missed, sequence }) = slow.try_next() else { panic!("it could hold four") };
    assert!(missed > 4, "{missed}");
    let mut numbers = vec![sequence];
    while let Some(event) = slow.try_next() {
        numbers.push(event.sequence());
    }
    assert_eq!(missed + numbers.len() as u64 - 1, 20, "every event was told or counted");
    assert_eq!(numbers.last(), Some(&table.rows().sequence()));
    assert!(numbers.is_sorted_by(|one, next| one + 1 == *next), "{numbers:?}");
    assert_eq!(table.metrics().lagged, missed);
}

#[tokio::test]
async fn a_subscription_ends_with_its_table() {
    let (table, _) = bakery::products().await;
    let mut events = table.subscribe();

    drop(table);

    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn who_waits_for_an_event_is_woken_when_the_table_ends() {
    let (table, _) = bakery::products().await;
    let mut events = table.subscribe();
    let (waits, waited) = futures::channel::oneshot::channel();
    let waiting = tokio::spawn(async move {
        let mut next = std::pin::pin!(events.next());
        assert!(futures::poll!(&mut next).is_pending(), "nothing has happened");
        waits.send(()).unwrap();
        next.await
    });
    waited.await.unwrap();

    drop(table);

    let ended = tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it is woken");
    assert!(ended.unwrap().is_none());
}

#[tokio::test]
async fn a_callback_hears_of_changes_elsewhere_and_not_of_our_own() {
    let (table, store) = bakery::products().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    let listener = table.on_remote_change(move |event| sink.lock().push(event.row().unwrap().price));

    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    let _ = edit.save().await.unwrap();
    store.colleague_sets("sea_pie", "price", 320).await;
    until(|| !heard.lock().is_empty()).await;
    drop(listener);

    assert_eq!(*heard.lock(), [320]);
}

#[tokio::test]
async fn the_subscriptions_that_somebody_holds_are_counted() {
    let (table, _) = bakery::products().await;
    let (all, one) = (table.subscribe(), table.subscribe_record("sea_pie"));
    assert_eq!(table.metrics().subscriptions, 2);

    drop(all);

    assert_eq!(table.metrics().subscriptions, 1);
    drop(one);
}
