//! The locks, swaps, wakers, watched values and flags by which the tasks of a table meet, all of them from here. What only
//! counts, and what is made once and then read, is not.
//!
//! In a program they are those of `parking_lot`, `arc-swap`, `futures`, `tokio` and `std`. Built with `--cfg shuttle` they
//! are those of a checker, which decides at each of them who goes on: see `tests/interleavings`.

#[cfg(shuttle)]
mod checked;

#[cfg(shuttle)]
pub(crate) use self::checked::*;
#[cfg(not(shuttle))]
pub(crate) use self::plain::*;

#[cfg(not(shuttle))]
mod plain {
    pub(crate) use std::sync::atomic::AtomicBool;

    pub(crate) use arc_swap::ArcSwap;
    pub(crate) use futures::task::AtomicWaker;
    pub(crate) use parking_lot::{Mutex, MutexGuard};
    pub(crate) use tokio::sync::watch;
}
