//! An environment in which nothing happens by the clock or by chance.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use vantage_live::table::{Environment, Tokio};

/// How many pauses are over at once; the next one lasts for ever.
pub const PAUSES: usize = 8;

/// Time that stands still, chance that is always the same, and pauses that are over at once.
#[derive(Clone)]
pub struct Still {
    tokio: Tokio,
    now: Arc<Mutex<SystemTime>>,
    chance: u128,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl Still {
    /// With this for every 128 random bits, in the tokio runtime that is here.
    #[must_use]
    pub fn with_chance(chance: u128) -> Self {
        let now = Arc::new(Mutex::new(SystemTime::UNIX_EPOCH));
        Still { tokio: Tokio::new(Handle::current()), now, chance, slept: Arc::default() }
    }

    /// The pauses so far, in milliseconds.
    #[must_use]
    pub fn slept(&self) -> Vec<u128> {
        self.slept.lock().iter().map(Duration::as_millis).collect()
    }

    /// From now on, no pause is over.
    pub fn ends_no_pause(&self) {
        self.slept.lock().extend([Duration::ZERO; PAUSES]);
    }

    /// From now on, only one more pause is over.
    pub fn ends_one_pause(&self) {
        self.slept.lock().extend([Duration::ZERO; PAUSES - 1]);
    }

    /// From now on, pauses are over at once again; one that was not still is not.
    pub fn ends_pauses(&self) {
        self.slept.lock().clear();
    }

    /// The clock goes on by this much.
    pub fn goes_on(&self, by: Duration) {
        *self.now.lock() += by;
    }
}

impl Environment for Still {
    fn now(&self) -> SystemTime {
        *self.now.lock()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut slept = self.slept.lock();
        slept.push(duration);
        if slept.len() <= PAUSES { Box::pin(tokio::task::yield_now()) } else { Box::pin(std::future::pending()) }
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.tokio.spawn(task);
    }

    fn random(&self) -> u128 {
        self.chance
    }
}
