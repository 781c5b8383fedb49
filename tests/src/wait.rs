//! Waiting on conditions, never on the clock.

use std::panic::Location;
use std::time::{Duration, Instant};

/// Far beyond what anything here takes, so that only a condition that never holds runs into it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `condition` holds.
///
/// # Panics
/// When it does not within half a minute.
#[track_caller]
pub fn until<'c>(condition: impl FnMut() -> bool + 'c) -> impl Future<Output = ()> + 'c {
    waiting(Box::new(condition), Location::caller())
}

/// Compiled once, and not for each condition.
async fn waiting(mut condition: Box<dyn FnMut() -> bool + '_>, asked: &Location<'_>) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "what {asked} waits for has not happened");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
