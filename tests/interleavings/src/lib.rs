//! A table under every order in which its tasks may run.
//!
//! The real code of the library runs under [shuttle](https://docs.rs/shuttle), which decides at each lock, atomic, swap,
//! waker and watched value who goes on: by chance, and by the few switches at hard moments that most races need (PCT).
//! Nothing waits for a clock, so a waiter that nobody wakes is found at once: the checker calls it a deadlock.
//!
//! It is built apart from everything else, for the locks of the whole library are the checker's then, and is empty without
//! that:
//!
//! ```text
//! tests/interleavings/run          the short run, as before a merge
//! tests/interleavings/run 1000000  as many schedules of each story as are wanted
//! ```
//!
//! A story that fails prints its schedule and `SHUTTLE_RANDOM_SEED`, which brings it back.

#![cfg_attr(shuttle, expect(clippy::missing_panics_doc, reason = "that is how a story says what went wrong"))]

#[cfg(shuttle)]
mod disk;
#[cfg(shuttle)]
mod world;

#[cfg(shuttle)]
pub use self::disk::Disk;
#[cfg(shuttle)]
pub use self::world::*;
