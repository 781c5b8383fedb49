//! A gate that calls wait at until the test opens it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

/// Calls that wait until the test lets them go on: what [`Planned::is_held`](super::Planned::is_held) and
/// [`Planned::has_its_answer_held`](super::Planned::has_its_answer_held) answer with. Dropping it lets them go on too, so
/// that a test which fails does not hang.
#[must_use = "dropping it lets the calls go on at once"]
pub struct Held {
    gate: Arc<Gate>,
    calls: usize,
}

pub(super) struct Gate {
    open: watch::Sender<bool>,
    arrived: watch::Sender<usize>,
}

impl Held {
    pub(super) fn new(calls: usize) -> (Self, Arc<Gate>) {
        let gate = Arc::new(Gate { open: watch::Sender::new(false), arrived: watch::Sender::new(0) });
        (Held { gate: Arc::clone(&gate), calls }, gate)
    }

    /// Waits until all the calls it is to hold have come and are waiting.
    pub async fn arrived(&self) {
        let mut arrived = self.gate.arrived.subscribe();
        // The sender lives in the gate, which is borrowed here: there is always an answer.
        drop(arrived.wait_for(|arrived| *arrived >= self.calls).await);
    }

    /// How many calls have come so far.
    #[must_use]
    pub fn arrivals(&self) -> usize {
        *self.gate.arrived.borrow()
    }

    /// Lets the calls go on, those too that have not come yet.
    pub fn release(self) {}
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gate.open.send_replace(true);
    }
}

impl Gate {
    /// Says that a call has come, and waits until it may go on.
    pub(super) async fn pass(&self) {
        let mut open = self.open.subscribe();
        self.arrived.send_modify(|arrived| *arrived += 1);
        drop(open.wait_for(|open| *open).await);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("calls", &self.calls).field("arrivals", &self.arrivals()).finish_non_exhaustive()
    }
}
