//! A world without a clock or chance of its own: time stands still between ticks, a pause is one turn of the runtime, and
//! random numbers are counted. So a case plays the same way each time, and nothing here waits longer than it must.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::BoxFuture;
use tokio::runtime::{Builder, Handle, Runtime};
use vantage_live::table::Environment;

/// One thread, so that what happens between two awaits of a test happens at once.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().expect("a runtime of one thread")
}

/// The environment of the tables here.
#[derive(Clone)]
pub struct World {
    handle: Handle,
    count: Arc<AtomicU64>,
}

impl World {
    /// A world at its beginning, in the runtime that runs here.
    pub fn new() -> Self {
        World { handle: Handle::current(), count: Arc::default() }
    }

    fn tick(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }
}

impl Environment for World {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_000_000_000 + self.tick())
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.handle.spawn(task);
    }

    fn random(&self) -> u128 {
        // An odd factor keeps the numbers apart and spreads them over all bits.
        u128::from(self.tick() + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
    }
}

/// Lets everything that can go on go on: a turn for each step of a message through feed, table and store.
pub async fn turns() {
    const ENOUGH: usize = 24;
    for _ in 0..ENOUGH {
        tokio::task::yield_now().await;
    }
}
