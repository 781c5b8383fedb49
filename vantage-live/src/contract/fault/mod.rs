//! Faults on command: what to do to which call, decided by a test that holds the [`Faults`].

mod feed;
mod gate;
mod plan;
mod value_set;

pub use feed::{FaultyFeed, FeedFaults};
pub use gate::Held;
pub use plan::{Call, Faults, Planned};
pub use value_set::FaultyValueSet;
