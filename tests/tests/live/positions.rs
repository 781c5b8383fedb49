//! What a feed says of how far it is, and what a table makes of one that does not say.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::still::Still;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::dataset::InsertableDataSet as _;
use vantage_live::feed::FeedStream;
use vantage_live::table::Builder;
use vantage_live::{
    Feed, FeedEvent, FeedKind, FeedOrder, ImTable, LiveTable, ManualFeed, Operation, Policy, ReadableValueSet as _,
    Record, SaveResult, SyncState, ValueError,
};

/// A bus that tells the changes in their order, and does not say how far it is.
struct Bus(ManualFeed);

#[async_trait]
impl Feed for Bus {
    fn kind(&self) -> FeedKind {
        self.0.kind()
    }
    fn order(&self) -> FeedOrder {
        self.0.order()
    }
    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        self.0.subscribe().await
    }
}

#[tokio::test]
async fn an_event_of_a_feed_that_does_not_say_how_far_it_is_takes_no_save_back() {
    let (store, feed) = (bakery::store().await, ManualFeed::new());
    let bus = Bus(feed.clone());
    assert_eq!(bus.position(), None);
    let table = LiveTable::<Product>::builder(store.clone()).feed(bus).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let before = store.get_id_value(&"sea_pie".into()).await.unwrap().unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    let mut events = table.subscribe();

    feed.upsert("sea_pie", before);
    until(|| table.metrics().settled > 0 && table.metrics().settling == 0).await;

    assert_eq!(table.row(edit.id()).unwrap().price, 310);
    assert!(events.try_next().is_none(), "and nobody was told of a change");
}

#[tokio::test]
async fn a_feed_that_is_shared_says_how_far_it_is_like_the_feed_itself() {
    let store = bakery::store().await;
    let feed = store.feed();
    let shared: Arc<dyn Feed> = Arc::new(feed.clone());
    let before = Feed::position(&shared).expect("the feed of a store has one");

    store.colleague_sets("sea_pie", "price", 310).await;

    assert_eq!((Feed::position(&shared), feed.position()), (Some(before + 1), Some(before + 1)));
    let boxed: Box<dyn Feed> = Box::new(shared.clone());
    assert_eq!(Feed::position(&boxed), Some(before + 1));
    assert_eq!((Feed::kind(&shared), Feed::order(&shared)), (FeedKind::PerRow, FeedOrder::Commit));
    assert_eq!(ManualFeed::new().position(), None, "what a program tells may have been read already");
}

/// A bus that says how far it is, in a count that begins anew when its server does.
struct Counting {
    bus: ManualFeed,
    position: Arc<AtomicU64>,
}

#[async_trait]
impl Feed for Counting {
    fn kind(&self) -> FeedKind {
        self.bus.kind()
    }
    fn order(&self) -> FeedOrder {
        self.bus.order()
    }
    fn position(&self) -> Option<u64> {
        Some(self.position.load(Ordering::Relaxed))
    }
    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        self.bus.subscribe().await
    }
}

/// The bakery's products, as a table shows them that follows such a bus.
struct Counted {
    table: LiveTable<Product>,
    store: ImTable,
    bus: ManualFeed,
    position: Arc<AtomicU64>,
    faults: Faults,
}

/// A bus that has told everything up to this position, and a table that is live.
async fn counted(position: u64, with: impl FnOnce(Builder<Product>) -> Builder<Product>) -> Counted {
    let (store, bus, told) = (bakery::store().await, ManualFeed::new(), FeedEvent::Position(position));
    let position = Arc::new(AtomicU64::new(position));
    let feed = Counting { bus: bus.clone(), position: Arc::clone(&position) };
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = with(LiveTable::builder(faulty).feed(feed)).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    bus.say(told);
    Counted { table, store, bus, position, faults }
}

#[tokio::test]
async fn a_feed_whose_count_has_begun_anew_is_not_as_far_as_it_was_before() {
    let Counted { table, store, bus, position, .. } = counted(100, |builder| builder).await;
    let before = store.get_id_value(&"sea_pie".into()).await.unwrap().unwrap();
    bus.upsert("almanac", before.clone());
    until(|| table.row(&"almanac".into()).is_some()).await;
    position.store(5, Ordering::Relaxed);
    let lists = table.metrics().resyncs;
    bus.interrupt("its server begins anew");
    until(|| table.metrics().resyncs > lists && matches!(table.sync_state(), SyncState::Live(_))).await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    let (mut events, settled) = (table.subscribe(), table.metrics().settled);

    bus.upsert("sea_pie", before);
    until(|| table.metrics().settled > settled && table.metrics().settling == 0).await;

    assert_eq!(table.row(edit.id()).unwrap().price, 310);
    assert!(events.try_next().is_none(), "and nobody was told of a change");
}

/// What somebody is shown who has asked while the price was 310, of which a feed tells only what came before, and then this.
async fn refreshed(says: impl FnOnce(&ManualFeed)) -> i64 {
    let Counted { table, store, bus, position, faults } = counted(1, |builder| builder).await;
    let pie = store.get_id_value(&"sea_pie".into()).await.unwrap().unwrap();
    let costs = |price: i64| Record::from_iter(pie.clone().into_iter().chain([("price".into(), price.into())]));
    let shows = |price| table.row(&"sea_pie".into()).unwrap().price == price;
    bus.upsert("sea_pie", costs(300));
    store.colleague_sets("sea_pie", "price", 310).await;
    position.store(7, Ordering::Relaxed);
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    let first = faults.next(Operation::Read).has_its_answer_held();
    let refreshing = tokio::spawn(async move { edit.refresh_snapshot().await.map(|_| edit.price) });
    first.arrived().await;
    bus.upsert("sea_pie", costs(305));
    until(|| shows(305)).await;
    let second = faults.next(Operation::Read).has_its_answer_held();
    first.release();
    second.arrived().await;
    let others = faults.next(Operation::Read).times(2).is_held();
    bus.upsert("sea_pie", costs(306));
    says(&bus);
    until(|| shows(306)).await;
    second.release();
    // Whatever can go on does.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let is_told = refreshing.is_finished();
    others.release();
    let price = refreshing.await.unwrap().unwrap();
    assert_eq!(is_told, price == 306, "what the store had when it was asked is read once more");
    price
}

#[tokio::test]
async fn who_waits_is_answered_by_what_the_feed_has_told_once_it_is_as_far() {
    let shown = refreshed(|bus| bus.say(FeedEvent::Position(8))).await;

    assert_eq!(shown, 306, "it has told everything up to then, and this was the last of it");
}

#[tokio::test]
async fn who_waits_is_not_answered_by_what_the_feed_has_told_before_it_is_as_far() {
    let shown = refreshed(|bus| bus.say(FeedEvent::Position(6))).await;

    assert_eq!(shown, 310, "the store had it when it was asked");
}

#[tokio::test]
async fn who_waits_is_not_answered_by_what_was_told_before_the_feed_has_missed_something() {
    let shown = refreshed(|bus| {
        bus.say(FeedEvent::Changed);
        bus.say(FeedEvent::Position(8));
    });

    assert_eq!(shown.await, 310, "the store had it when it was asked");
}

#[tokio::test]
async fn who_waits_is_not_answered_by_what_was_told_before_the_record_was_named() {
    let shown = refreshed(|bus| {
        bus.changed("sea_pie");
        bus.say(FeedEvent::Position(8));
    });

    assert_eq!(shown.await, 310, "the store had it when it was asked");
}

#[tokio::test]
async fn who_waits_is_not_answered_by_what_waited_for_an_insert_where_the_feed_has_missed_something_since() {
    let env = Still::with_chance(0);
    env.ends_no_pause();
    let Counted { table, store, bus, position, faults } = counted(1, |builder| builder.environment(env)).await;
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    let first = faults.next(Operation::Read).has_its_answer_held();
    let refreshing = tokio::spawn(async move { edit.refresh_snapshot().await.map(|_| edit.price) });
    first.arrived().await;
    let inserting = faults.next(Operation::Insert).is_held();
    let inserted = tokio::spawn({
        let table = table.clone();
        async move { table.insert(bakery::hoverboard()).await }
    });
    inserting.arrived().await;
    // Made again by somebody else, it may be what is being inserted.
    store.colleague_sets("sea_pie", "price", 305).await;
    bus.delete("sea_pie");
    bus.upsert("sea_pie", store.get_id_value(&"sea_pie".into()).await.unwrap().unwrap());
    bus.say(FeedEvent::Position(7));
    position.store(7, Ordering::Relaxed);
    until(|| table.metrics().feed_events == 2).await;
    store.colleague_sets("sea_pie", "price", 310).await;
    let second = faults.next(Operation::Read).has_its_answer_held();
    first.release();
    second.arrived().await;
    let listing = faults.next(Operation::Read).is_held();
    bus.say(FeedEvent::Changed);
    listing.arrived().await;
    inserting.release();
    inserted.await.unwrap().unwrap();
    let others = faults.next(Operation::Read).is_held();
    second.release();
    // Whatever can go on does.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    others.release();
    listing.release();

    let price = refreshing.await.unwrap();

    assert_eq!(price.unwrap(), 310, "the store had it when it was asked");
}

#[tokio::test]
async fn what_waited_for_a_save_while_the_feed_began_anew_does_not_take_the_save_back() {
    let env = Still::with_chance(0);
    let Counted { table, store, bus, position, faults } =
        counted(100, |builder| builder.environment(env.clone())).await;
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    env.ends_no_pause(); // so that nothing has waited too long
    edit.price = 310;
    let writing = faults.next(Operation::Write).is_held();
    let saving = tokio::spawn(async move { edit.save().await });
    writing.arrived().await;
    let before = store.get_id_value(&"sea_pie".into()).await.unwrap().unwrap();
    bus.upsert("sea_pie", before.into_iter().chain([("price".into(), 305.into())]).collect());
    until(|| table.metrics().feed_events == 1).await;
    position.store(5, Ordering::Relaxed);
    let listing = faults.next(Operation::Read).is_held();
    bus.interrupt("its server begins anew");
    env.ends_pauses();
    listing.arrived().await;

    writing.release();

    assert!(matches!(saving.await.unwrap().unwrap(), SaveResult::Saved));
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 310, "P5: while the table is not yet listed");
    listing.release();
}

#[tokio::test]
async fn what_the_feed_tells_late_of_before_a_lost_save_says_nothing_of_it() {
    let overwriting = |builder: Builder<_>| builder.policy(Policy::Overwrite);
    let Counted { table, store, bus, position, faults } = counted(1, overwriting).await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    store.colleague_sets("sea_pie", "price", 305).await;
    position.store(2, Ordering::Relaxed);
    let before = store.get_id_value(&"sea_pie".into()).await.unwrap().unwrap();
    edit.price = 310;
    faults.next(Operation::Write).loses_its_answer();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));
    bus.upsert("sea_pie", before);
    until(|| table.row(&"sea_pie".into()).unwrap().price == 305).await;
    let _ = edit.rebase().unwrap();
    edit.price = 305;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(305.into()), "P4");
}

#[tokio::test]
async fn what_the_feed_has_told_since_a_lost_save_says_that_it_was_refused_though_an_older_answer_tells_it_again() {
    let Counted { table, store, bus, faults, .. } = counted(1, |builder| builder).await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    store.colleague_sets("sea_pie", "price", 305).await;
    let theirs = store.get_id_value(&"sea_pie".into()).await.unwrap().unwrap();
    let answer = faults.next(Operation::Read).has_its_answer_held();
    let reading = tokio::spawn({
        let table = table.clone();
        async move { table.on_backend_change("sea_pie").await.unwrap() }
    });
    answer.arrived().await;
    edit.price = 310;
    faults.next(Operation::Write).loses_its_answer();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)), "it was refused, and nobody heard");
    bus.upsert("sea_pie", theirs);
    until(|| table.row(&"sea_pie".into()).unwrap().price == 305).await;
    answer.release();
    reading.await.unwrap();
    assert!(!edit.rebase().unwrap().is_empty());
    edit.keep_local(ProductField::Price);
    store.colleague_sets("sea_pie", "price", 310).await; // as it was typed here
    edit.price = 320;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Conflict(_)), "P3: {saved:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(310.into()));
}
