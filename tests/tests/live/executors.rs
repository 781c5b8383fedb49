//! A table's futures are awaited from any executor, and its tasks end with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use tests::bakery::{self, Colleague as _, Product};
use tests::claiming::Claiming;
use tests::wait::until;
use tokio::runtime::{Handle, Runtime};
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::{InsertableDataSet as _, ReadableDataSet, WritableDataSet};
use vantage_live::edit::{DeleteResult, EditError};
use vantage_live::table::{Environment, Tokio};
use vantage_live::{
    ImTable, LiveTable, ManualFeed, OpenError, Operation, ReadableValueSet as _, SaveResult, SyncState,
};

/// Opens, edits, saves and refreshes, and answers with what the store has then.
async fn a_day_at_the_bakery(handle: tokio::runtime::Handle) -> i64 {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).runtime(handle).open().await.unwrap();
    let mut events = table.subscribe();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    assert!(events.next().await.is_some());
    let _ = edit.refresh_snapshot().await.unwrap();
    table.refresh_all().await.unwrap();
    store.stored("sea_pie", "price").await.unwrap().as_i64().unwrap()
}

/// Every other future that a table and its sessions hand out; answers with how many records there are in the end.
async fn a_night_at_the_bakery(handle: tokio::runtime::Handle) -> u64 {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).runtime(handle).start().unwrap();
    table.filled().await.unwrap();

    store.colleague_sets("sea_pie", "price", 310).await;
    table.on_backend_change("sea_pie").await.unwrap();
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 310);

    let mut edit = table.edit_record("sea_pie").await.unwrap();
    assert!(matches!(edit.delete().await.unwrap(), DeleteResult::Deleted));
    assert!(matches!(edit.save_as_new().await.unwrap(), SaveResult::Created(_)));

    let id = table.insert(bakery::hoverboard()).await.unwrap();
    table.replace_id(&id, bakery::hoverboard()).await.unwrap();
    assert_eq!(table.update(&mut |product| product.price += 1).await.unwrap(), 6);
    assert_eq!(ReadableDataSet::get_id(&table, &id).await.unwrap().unwrap().price, 89);
    assert!(WritableDataSet::delete_id(&table, &id).await.unwrap());
    let left = store.count().await.unwrap();
    assert_eq!(WritableDataSet::delete_all(&table).await.unwrap(), left);
    left
}

#[test]
fn a_plain_block_on_awaits_everything_else() {
    let runtime = Runtime::new().unwrap();

    assert_eq!(pollster::block_on(a_night_at_the_bakery(runtime.handle().clone())), 5);
}

#[test]
fn smol_awaits_everything_else() {
    let runtime = Runtime::new().unwrap();

    assert_eq!(smol::block_on(a_night_at_the_bakery(runtime.handle().clone())), 5);
}

#[test]
fn a_plain_block_on_awaits_everything() {
    let runtime = Runtime::new().unwrap();

    assert_eq!(pollster::block_on(a_day_at_the_bakery(runtime.handle().clone())), 310);
}

#[test]
fn smol_awaits_everything() {
    let runtime = Runtime::new().unwrap();

    assert_eq!(smol::block_on(a_day_at_the_bakery(runtime.handle().clone())), 310);
}

#[test]
fn a_table_opened_outside_of_a_runtime_says_what_it_needs() {
    let opened = pollster::block_on(async { LiveTable::<Product>::builder(bakery::store().await).open().await });

    assert!(matches!(opened, Err(OpenError::NoRuntime)), "{opened:?}");
}

#[test]
fn a_runtime_without_timers_is_none_for_a_table() {
    let bare = tokio::runtime::Builder::new_multi_thread().build().unwrap();

    let within = bare.block_on(async { LiveTable::<Product>::builder(bakery::store().await).open().await });
    let given = pollster::block_on(async {
        LiveTable::<Product>::builder(bakery::store().await).runtime(bare.handle().clone()).open().await
    });

    assert!(
        matches!((&within, &given), (Err(OpenError::NoRuntime), Err(OpenError::NoRuntime))),
        "{within:?}, {given:?}"
    );
}

#[tokio::test]
async fn the_tasks_of_a_table_end_with_its_last_handle() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open().await.unwrap();
    until(|| store.feed().subscribers() == 1).await;
    let other = table.clone();

    drop(table);
    assert_eq!(store.feed().subscribers(), 1, "one handle is left");
    drop(other);

    until(|| store.feed().subscribers() == 0).await;
}

#[tokio::test]
async fn an_owned_session_keeps_its_table_open() {
    let (table, store) = bakery::products().await;
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    drop(table);

    edit.price = 310;
    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(310.into()));
    drop(edit);
    until(|| store.feed().subscribers() == 0).await;
}

#[test]
fn a_subscription_ends_with_the_runtime_of_its_table() {
    let runtime = Runtime::new().unwrap();
    let table = runtime
        .block_on(async { LiveTable::<Product>::builder(bakery::store().await).open().await })
        .expect("a store in memory opens");
    let mut events = table.subscribe();

    runtime.shutdown_background();

    assert!(pollster::block_on(events.next()).is_none());
    assert!(pollster::block_on(table.subscribe().next()).is_none(), "nor does one begin that never ends");
    assert!(matches!(table.sync_state(), SyncState::Lost { .. }), "{:?}", table.sync_state());
}

#[test]
fn a_table_whose_runtime_was_shut_down_says_that_it_is_closed() {
    let runtime = Runtime::new().unwrap();
    let table = runtime.block_on(async {
        let store = bakery::store().await;
        Arc::new(LiveTable::<Product>::builder(store).open().await.unwrap())
    });
    runtime.shutdown_background();

    let refreshed = pollster::block_on(table.refresh_all());

    assert!(refreshed.is_err());
    assert_eq!(table.rows().len(), 5, "what was read can still be shown");
}

#[test]
fn a_copy_that_a_runtime_which_was_shut_down_has_not_made_leaves_the_session_with_its_record() {
    let runtime = Runtime::new().unwrap();
    let faulty = FaultyValueSet::new(runtime.block_on(bakery::store()));
    let faults = faulty.faults();
    let table = runtime.block_on(LiveTable::<Product>::builder(faulty).open()).unwrap();
    let mut edit = table.edit_row(&"sea_pie".into()).unwrap();
    let held = faults.next(Operation::Insert).is_held();
    edit.start_save_as_new().unwrap();
    runtime.block_on(held.arrived());
    runtime.shutdown_background();

    let mut saved = None;
    while saved.is_none() {
        saved = edit.poll_save();
        std::thread::yield_now();
    }

    assert!(matches!(saved, Some(Err(EditError::Closed))), "{saved:?}");
    assert_eq!((edit.is_new(), edit.id()), (false, &"sea_pie".into()));
}

/// Counts the tasks that are begun, and those that have not ended.
#[derive(Clone)]
struct Counting {
    env: Tokio,
    begun: Arc<AtomicUsize>,
    running: Arc<()>,
}

impl Counting {
    fn new() -> Self {
        Counting { env: Tokio::new(Handle::current()), begun: Arc::default(), running: Arc::default() }
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

impl Environment for Counting {
    fn now(&self) -> SystemTime {
        self.env.now()
    }
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.env.sleep(duration)
    }
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let running = Arc::clone(&self.running);
        self.env.spawn(Box::pin(async move {
            task.await;
            drop(running);
        }));
    }
    fn random(&self) -> u128 {
        self.env.random()
    }
}

#[tokio::test]
async fn a_table_at_rest_begins_no_task() {
    let (store, env) = (bakery::store().await, Counting::new());
    let builder = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).environment(env.clone());
    let table = builder.cache(Claiming::lasting(ImTable::new("cache"))).open().await.unwrap();
    store.colleague_sets("sea_pie", "price", 310).await;
    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
    until(|| table.metrics().cache_pending == 0).await;
    let begun = env.begun();

    for _ in 0..100 {
        tokio::task::yield_now().await;
    }

    assert_eq!(env.begun(), begun);
}

#[tokio::test]
async fn a_cache_that_is_away_keeps_no_task_of_a_table_that_is_closed() {
    let (store, env) = (bakery::store().await, Counting::new());
    let cache = FaultyValueSet::new(ImTable::new("cache"));
    cache.faults().cut();
    let builder = LiveTable::<Product>::builder(store).cache(Claiming::lasting(cache)).environment(env.clone());
    let table = builder.open().await.unwrap();
    assert_ne!(table.metrics().cache_pending, 0);

    drop(table);

    until(|| Arc::strong_count(&env.running) == 1).await;
}

#[tokio::test]
async fn what_is_named_while_a_record_is_being_read_is_read_after_it() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(bus.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    faults.forget_calls();
    let held = faults.next(Operation::Read).is_held();
    bus.changed("sea_pie");
    held.arrived().await;

    bus.changed("time_tart");
    until(|| table.metrics().settling == 2).await;
    // A task that was begun before this one has had its turn.
    table.on_backend_change("flux_cupcake").await.unwrap();

    assert_eq!(faults.operations(), [Operation::Read; 2], "the one that is held, and that of the program");
    held.release();
    until(|| table.metrics().settling == 0).await;
}

#[tokio::test]
async fn a_save_that_waits_for_a_read_keeps_no_task_of_a_table_that_is_closed() {
    let (store, bus, env) = (bakery::store().await, ManualFeed::new(), Counting::new());
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let builder = LiveTable::<Product>::builder(faulty).feed(bus.clone()).environment(env.clone());
    let table = builder.open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let (mut first, mut second) =
        (table.edit_record("sea_pie").await.unwrap(), table.edit_record("sea_pie").await.unwrap());
    (first.price, second.name) = (310, "Sea Pie".into());
    let read = faults.next(Operation::Read).is_held();
    bus.changed("time_tart");
    read.arrived().await;
    let written = faults.next(Operation::Write).has_its_answer_held();
    first.start_save().unwrap();
    written.arrived().await;
    assert!(matches!(second.save().await.unwrap(), SaveResult::Saved));
    written.release();
    until(|| table.metrics().settling == 2).await;

    drop((first, second));
    drop(table);
    read.release();

    until(|| Arc::strong_count(&env.running) == 1).await;
}

#[test]
fn a_copy_that_cannot_be_begun_leaves_the_session_with_its_record() {
    let runtime = Runtime::new().unwrap();
    let table = runtime.block_on(async {
        let store = bakery::store().await;
        LiveTable::<Product>::builder(store).open().await.unwrap()
    });
    let mut edit = table.edit_row(&"sea_pie".into()).unwrap();
    runtime.shutdown_background();
    while !matches!(table.sync_state(), SyncState::Lost { .. }) {
        std::thread::yield_now();
    }

    let begun = edit.start_save_as_new();

    assert!(matches!(begun, Err(EditError::Closed)), "{begun:?}");
    assert_eq!((edit.is_new(), edit.id()), (false, &"sea_pie".into()));
}
