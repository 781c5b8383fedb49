//! What panics in a program's own code, or calls the table from a waker, ends nothing of the table's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Context;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::task::{ArcWake, waker};
use serde::{Deserialize, Deserializer, Serialize};
use tests::bakery::{self, Colleague as _, Product};
use tests::claiming::Claiming;
use tests::coercing::Coercing;
use tests::still::Still;
use tests::wait::until;
use tokio::runtime::{Builder, Handle};
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::WritableDataSet as _;
use vantage_live::feed::FeedStream;
use vantage_live::table::{Environment, Tokio};
use vantage_live::{
    Feed, FeedEvent, FeedKind, FeedOrder, LiveEntity, LiveTable, ManualFeed, Operation, ReadableValueSet as _,
    SaveError, SaveResult, SyncState, ValueError, ValueErrorKind,
};

/// Whether a program on a thread and a runtime of its own ends, and not only because it hangs no more.
fn ends<F: Future<Output = ()>>(program: impl FnOnce() -> F + Send + 'static) -> bool {
    let (sender, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(program());
        sender.send(())
    });
    ended.recv_timeout(Duration::from_secs(30)).is_ok()
}

/// Cannot be read with a price of 666.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Cursed {
    #[serde(deserialize_with = "not_666")]
    price: i64,
}

fn not_666<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let price = i64::deserialize(deserializer)?;
    assert_ne!(price, 666, "nothing costs that");
    Ok(price)
}

#[tokio::test]
async fn a_record_whose_reading_panics_is_kept_apart_until_it_does_not() {
    let store = bakery::store().await;
    let table = LiveTable::<Cursed>::builder(store.clone()).feed(store.feed()).open().await.unwrap();

    store.colleague_sets("sea_pie", "price", 666).await;
    until(|| !table.rejected_rows().is_empty()).await;
    let reason = Arc::clone(&table.rejected_rows()[0].reason);
    store.colleague_sets("sea_pie", "price", 310).await;
    until(|| table.row(&"sea_pie".into()).is_some_and(|pie| pie.price == 310)).await;

    assert!(reason.contains("nothing costs that"), "{reason}");
    assert!(table.rejected_rows().is_empty());
}

#[tokio::test]
async fn an_update_of_all_rows_leaves_a_record_alone_whose_reading_panics() {
    let store = bakery::store().await;
    let table = LiveTable::<Cursed>::builder(store.clone()).open().await.unwrap();
    store.colleague_sets("sea_pie", "price", 666).await;

    let modified = table.update(&mut |cursed| cursed.price += 1).await.unwrap();

    assert_eq!(modified, 4);
    assert_eq!(store.stored("sea_pie", "price").await, Some(666.into()));
}

#[tokio::test]
async fn a_record_whose_store_has_panicked_in_a_save_is_followed_at_once() {
    let store = bakery::store().await;
    let panicking = Coercing::new(store.clone(), |_| panic!("a store that panics"));
    let env = Still::with_chance(0);
    // What waits for a save would wait for ever.
    env.ends_no_pause();
    let table = LiveTable::<Product>::builder(panicking).feed(store.feed()).environment(env).open().await.unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    let saved = edit.save().await;
    assert!(matches!(saved, Ok(SaveResult::Error(SaveError::OutcomeUnknown { .. }))), "{saved:?}");

    store.colleague_sets("sea_pie", "price", 320).await;

    until(|| table.row(&"sea_pie".into()).unwrap().price == 320).await;
}

#[tokio::test]
async fn a_callback_that_has_panicked_hears_of_the_next_change() {
    let (table, store) = bakery::products().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let _listener = table.on_remote_change(move |_| {
        assert_ne!(counted.fetch_add(1, Ordering::SeqCst), 0, "the first call panics");
    });

    store.colleague_sets("sea_pie", "price", 310).await;
    until(|| calls.load(Ordering::SeqCst) == 1).await;
    store.colleague_sets("sea_pie", "price", 320).await;

    until(|| calls.load(Ordering::SeqCst) == 2).await;
}

#[tokio::test]
async fn a_callback_for_the_progress_that_panics_keeps_no_table_from_filling() {
    let table = LiveTable::<Product>::builder(bakery::store().await)
        .batch(2)
        .on_progress(|progress| assert_ne!(progress.rows, 4, "this call panics"))
        .open()
        .await
        .unwrap();

    assert_eq!(table.rows().len(), 5);
    assert_eq!(table.sync_state(), SyncState::NoFeed);
}

/// Looks at the table, as a render loop that draws from its waker does.
struct Looks(LiveTable<Product>);

impl ArcWake for Looks {
    fn wake_by_ref(looks: &Arc<Self>) {
        let _ = (looks.0.rejected_rows(), looks.0.metrics());
    }
}

#[test]
fn a_waker_may_ask_the_table_whatever_it_likes() {
    let ended = ends(|| async {
        let (table, _store) = bakery::products().await;
        let mut events = table.subscribe();
        let waker = waker(Arc::new(Looks(table.clone())));
        assert!(events.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
        let mut edit = table.edit_record("sea_pie").await.unwrap();
        edit.price = 310;

        let _ = edit.save().await.unwrap();
    });

    assert!(ended, "a save did not end");
}

/// Says the same without a pause.
struct Restless(FeedEvent);

#[async_trait]
impl Feed for Restless {
    fn kind(&self) -> FeedKind {
        FeedKind::Coarse
    }
    fn order(&self) -> FeedOrder {
        FeedOrder::Unknown
    }
    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let event = self.0.clone();
        Ok(futures::stream::repeat_with(move || Ok(event.clone())).boxed())
    }
}

#[test]
fn a_feed_that_never_rests_leaves_room_for_others() {
    let ended = ends(|| async {
        let store = bakery::store().await;
        let feed = Restless(FeedEvent::Changed);
        let table = LiveTable::<Product>::builder(store.clone()).feed(feed).open().await.unwrap();

        store.colleague_sets("sea_pie", "price", 310).await;
        until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
        assert_eq!(table.count().await.unwrap(), 5);
    });

    assert!(ended, "the table's task has not given way");
}

#[test]
fn a_feed_that_never_rests_and_says_nothing_new_leaves_room_for_others() {
    let ended = ends(|| async {
        let store = bakery::store().await;
        let feed = Restless(FeedEvent::Position(1));
        let table = LiveTable::<Product>::builder(store.clone()).feed(feed).open().await.unwrap();

        store.colleague_sets("sea_pie", "price", 310).await;
        table.refresh_all().await.unwrap();
        assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 310);
    });

    assert!(ended, "the table's task has not given way");
}

/// Time whose first pause panics.
#[derive(Clone)]
struct Startled {
    env: Tokio,
    pauses: Arc<AtomicUsize>,
}

fn startled() -> Startled {
    Startled { env: Tokio::new(Handle::current()), pauses: Arc::default() }
}

impl Environment for Startled {
    fn now(&self) -> SystemTime {
        self.env.now()
    }
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        assert_ne!(self.pauses.fetch_add(1, Ordering::SeqCst), 0, "the first pause panics");
        self.env.sleep(duration)
    }
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.env.spawn(task);
    }
    fn random(&self) -> u128 {
        self.env.random()
    }
}

#[tokio::test]
async fn where_looking_for_what_waits_has_panicked_it_is_looked_for_at_the_next_change() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let env = startled();
    let builder = LiveTable::<Product>::builder(faulty).feed(store.feed()).environment(env.clone());
    let table = builder.open().await.unwrap();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("sea_pie", "name", "Pie").await;
    until(|| env.pauses.load(Ordering::SeqCst) == 1).await;

    store.colleague_sets("sea_pie", "name", "Sea Pie").await;

    until(|| table.row(edit.id()).unwrap().name == "Sea Pie").await;
    held.release();
}

#[tokio::test]
async fn where_reading_what_may_have_changed_has_panicked_it_is_read_at_the_next_change() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let env = startled();
    let builder = LiveTable::<Product>::builder(faulty).feed(bus.clone()).environment(env.clone());
    let table = builder.open().await.unwrap();
    store.colleague_sets("sea_pie", "price", 310).await;
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    bus.changed("sea_pie");
    until(|| env.pauses.load(Ordering::SeqCst) == 1).await;

    bus.changed("time_tart");

    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
}

#[tokio::test]
async fn where_telling_the_cache_has_panicked_it_is_told_everything_at_the_next_change() {
    let (store, below) = (bakery::store().await, bakery::store().await);
    let cache = FaultyValueSet::new(below.clone());
    let faults = cache.faults();
    let env = startled();
    let builder = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).cache(Claiming::lasting(cache));
    let table = builder.environment(env.clone()).open().await.unwrap();
    until(|| table.metrics().cache_pending == 0).await;
    faults.next(Operation::Replace).fails(ValueErrorKind::Unreachable);
    store.colleague_sets("sea_pie", "price", 310).await;
    until(|| env.pauses.load(Ordering::SeqCst) == 1).await;

    store.colleague_sets("time_tart", "price", 230).await;
    until(|| table.row(&"time_tart".into()).unwrap().price == 230 && table.metrics().cache_pending == 0).await;

    assert_eq!(below.get_values().await.unwrap(), store.get_values().await.unwrap());
}
