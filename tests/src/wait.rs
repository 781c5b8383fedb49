//! Waiting on conditions, never on the clock.

use std::time::{Duration, Instant};

/// Far beyond what anything here takes, so that only a condition that never holds runs into it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `condition` holds.
///
/// # Panics
/// When it does not within half a minute.
#[track_caller]
pub fn until(condition: impl FnMut() -> bool) -> impl Future<Output = ()> {
    let asked = std::panic::Location::caller();
    let mut condition = condition;
    async move {
        let started = Instant::now();
        while !condition() {
            assert!(started.elapsed() < PATIENCE, "what {asked} waits for has not happened");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}
