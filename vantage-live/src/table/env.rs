//! What a table needs of the world besides its stores: time, randomness, and somewhere to run its tasks.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::BoxFuture;
use tokio::runtime::Handle;
use uuid::Uuid;

/// Time, ids, randomness and tasks, as a table sees them. [`Tokio`] is the real one; a simulation brings its own.
///
/// Everything a table does by the clock or by chance goes through here, so that the same answers make the same run.
pub trait Environment: Send + Sync + 'static {
    /// The time on the wall.
    fn now(&self) -> SystemTime;

    /// Ends after `duration`. Polled only inside tasks that [`spawn`](Self::spawn) runs.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Runs `task` to its end, beside everything else.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// 128 random bits.
    fn random(&self) -> u128;
}

/// The environment of a program: the system's clock and randomness, tasks on a tokio runtime.
#[derive(Clone, Debug)]
pub struct Tokio {
    handle: Handle,
}

impl Tokio {
    /// Runs tasks on this runtime, which must have its time driver enabled, as that of `Runtime::new` has.
    #[must_use]
    pub fn new(handle: Handle) -> Self {
        Tokio { handle }
    }
}

impl Environment for Tokio {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let _entered = self.handle.enter();
        Box::pin(tokio::time::sleep(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.handle.spawn(task);
    }

    fn random(&self) -> u128 {
        Uuid::new_v4().as_u128()
    }
}

impl dyn Environment {
    /// A random uuid (version 4).
    pub(crate) fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random().to_be_bytes()).into_uuid()
    }

    /// A uuid that stands in the order of its making (version 7).
    pub(crate) fn ordered_uuid(&self) -> Uuid {
        let millis = self.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let mut random = [0; 10];
        random.copy_from_slice(&self.random().to_be_bytes()[..10]);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or(u64::MAX), &random).into_uuid()
    }

    /// Between half of `duration` and all of it, so that many clients do not come back at the same moment.
    pub(crate) fn jittered(&self, duration: Duration) -> Duration {
        let part = u32::try_from(self.random() % 1_000).unwrap_or(0);
        duration / 2 + duration * part / 2_000
    }
}

impl fmt::Debug for dyn Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}
