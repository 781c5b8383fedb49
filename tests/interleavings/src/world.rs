//! What the stories have in common: many schedules, one record, and a world without clock and chance.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};
use vantage_live::table::{Builder, Environment};
use vantage_live::{
    Feed, FeedKind, FeedOrder, FeedStream, Guard, Id, ImTable, LiveEntity, LiveTable, ManualFeed, Patch,
    ReadableValueSet, Subscription, ValueError, WritableValueSet, WriteOutcome,
};

/// The record of every story. Its price is only ever raised, so that an older state is known for one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Pie {
    /// Raised by one at a time.
    pub price: i64,
    /// Raised by others.
    pub stock: i64,
}

/// How many schedules of each story are tried, unless `SCHEDULES` says otherwise.
const SCHEDULES: usize = 2_000;

/// Runs `story` under many schedules. It fails where one of them fails, or leaves somebody waiting for ever.
pub fn interleave<F: Future<Output = ()> + 'static>(story: fn() -> F) {
    let schedules = std::env::var("SCHEDULES").ok().and_then(|text| text.parse().ok()).unwrap_or(SCHEDULES);
    let by_chance = schedules / 2;
    run(RandomScheduler::new_from_seed(1985, by_chance), story);
    // One switch at a hard moment, two, and three.
    for switches in 1..=3 {
        run(PctScheduler::new_from_seed(2015, switches + 1, (schedules - by_chance) / 3), story);
    }
}

fn run<F: Future<Output = ()> + 'static>(scheduler: impl Scheduler + 'static, story: fn() -> F) {
    let mut config = Config::new();
    // Without optimising, decoding a record takes more than the default.
    config.stack_size = 1 << 18;
    Runner::new(scheduler, config).run(move || {
        shuttle::future::block_on(async move {
            story().await;
            // Its tables are gone, so what they had under way ends too: a task that the checker had to stop in the middle
            // may hold a lock that the next one wants.
            eventually(|| UNDER_WAY.get() == 0).await;
        });
    });
}

thread_local! {
    /// How many tasks of tables have not ended: a schedule plays on one thread, whatever it has for tasks.
    static UNDER_WAY: Cell<usize> = const { Cell::new(0) };
}

/// A task that has not ended.
struct UnderWay;

impl UnderWay {
    fn new() -> Self {
        UNDER_WAY.set(UNDER_WAY.get() + 1);
        UnderWay
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.set(UNDER_WAY.get() - 1);
    }
}

/// A world in which nobody waits for a clock.
#[derive(Default)]
struct Checked {
    drawn: AtomicU64,
}

impl Environment for Checked {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(shuttle::future::yield_now())
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let under_way = UnderWay::new();
        drop(shuttle::future::spawn(async move {
            task.await;
            drop(under_way);
        }));
    }

    fn random(&self) -> u128 {
        self.drawn.fetch_add(1, Ordering::Relaxed).into()
    }
}

/// The id of the one record.
#[must_use]
pub fn pie() -> Id {
    Id::from("sea_pie")
}

/// A store with one pie, at no price and out of stock.
pub async fn store() -> ImTable {
    let store = ImTable::new("pie");
    let record = json!({"price": 0, "stock": 0});
    let record = record.as_object().cloned().unwrap_or_default();
    store.insert_id_value(&pie(), record).await.expect("it is empty");
    store
}

/// A table over `store`, yet to be opened.
pub fn table(store: &ImTable) -> Builder<Pie> {
    LiveTable::builder(store.clone()).feed(store.feed()).environment(Checked::default())
}

/// A table over `store` whose feed admits that it keeps no order.
pub fn hinted(store: &ImTable) -> Builder<Pie> {
    LiveTable::builder(store.clone()).feed(Hints(store.feed())).environment(Checked::default())
}

/// Sets one field, past every table, or through one.
pub async fn set(values: &impl WritableValueSet, field: &'static str, value: i64) {
    let outcome = values.write(&pie(), &Patch::new().set(field, value), &Guard::Exists).await;
    assert!(matches!(outcome, Ok(WriteOutcome::Written(_))), "{outcome:?}");
}

/// The price in the store.
pub async fn stored_price(store: &ImTable) -> i64 {
    let record = store.get_id_value(&pie()).await.expect("it is in memory").expect("it is there");
    record["price"].as_i64().expect("it is a number")
}

/// Raises the price by one, whoever else does so, and answers with what it is then.
pub async fn raise(values: &impl WritableValueSet) -> i64 {
    let mut price = 0;
    loop {
        let guard = Guard::Exists.and("price", Some(price.into()));
        match values.write(&pie(), &Patch::new().set("price", price + 1), &guard).await {
            Ok(WriteOutcome::Written(_)) => return price + 1,
            Ok(WriteOutcome::Refused(now)) => price = now["price"].as_i64().expect("it is a number"),
            other => panic!("{other:?}"),
        }
    }
}

/// Waits, by events alone, until the row is as `is` says.
pub async fn until(table: &LiveTable<Pie>, events: &mut Subscription<Pie>, is: impl Fn(&Pie) -> bool) {
    while !table.row(&pie()).is_some_and(|row| is(&row)) {
        assert!(events.next().await.is_some(), "the table was closed");
    }
}

/// Lets the others go on until `is`. Where that never comes, nobody is left who could bring it about.
pub async fn eventually(is: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if is() {
            return;
        }
        shuttle::future::yield_now().await;
    }
    panic!("what was waited for never came");
}

struct Hints(ManualFeed);

#[async_trait]
impl Feed for Hints {
    fn kind(&self) -> FeedKind {
        self.0.kind()
    }

    fn order(&self) -> FeedOrder {
        FeedOrder::Unknown
    }

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        self.0.subscribe().await
    }
}

/// A backend of which one can tell whether a table still holds it.
pub async fn held() -> (ImTable, Arc<ImTable>) {
    let store = store().await;
    (store.clone(), Arc::new(store))
}

/// A table over the backend of [`held`].
pub fn table_holding(store: &ImTable, backend: &Arc<ImTable>) -> Builder<Pie> {
    LiveTable::builder(Arc::clone(backend)).feed(store.feed()).environment(Checked::default())
}
