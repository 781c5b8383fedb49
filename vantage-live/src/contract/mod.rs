//! The contract of a value set as executable cases, and a wrapper that makes any value set fail on command.
//!
//! Every method of the value set traits has one exact meaning, and each line of it is a case here: an `async fn` with
//! the meaning as its documentation, in a module per subject. A store of your own runs all of them with one line:
//!
//! ```
//! # use vantage_live::ImTable;
//! vantage_live::contract_tests!(ImTable::new("contract"));
//! # fn main() {}
//! ```
//!
//! [`contract_tests!`](crate::contract_tests) makes a test of each case, and [`run`] is the same for a program. For
//! tests of what stands above a store, [`FaultyValueSet`] fails, delays, repeats and loses answers on command, and
//! [`FaultyFeed`] drops, doubles, holds and reorders events. A store that has a feed runs
//! [`feed_contract_tests!`](crate::feed_contract_tests) too.
//!
//! Cases in which many call at once run each race several times. That they pass proves no step to be one: it says that none
//! was seen to be two. They see the most on a runtime of several threads, which the generated tests have.
//!
//! A case that finds its promise broken panics and says what it found and what the contract wants: that is what the
//! kit is for, and the one place of this crate where a panic is an answer.
#![expect(clippy::missing_panics_doc, reason = "every case panics where the store breaks the contract")]

pub mod batch;
pub mod concurrency;
pub mod delete;
mod fault;
pub mod feed;
pub mod guard;
pub mod guarded_delete;
pub mod ids;
pub mod insert;
mod list;
pub mod minted;
pub mod names;
pub mod patch;
pub mod read;
pub mod replace;
mod run;
pub mod stream;
mod support;
mod tables;
pub mod unguarded;
pub mod values;
pub mod write;

pub use fault::{Call, Faults, FaultyFeed, FaultyValueSet, FeedFaults, Held, Planned};
pub use run::{Case, Failure, Need, Report, cases, run};

#[doc(hidden)]
pub use run::{run_as_test, run_feed_case};

/// The value set that a case examines: empty when the case begins, and the case's alone.
pub type Store = std::sync::Arc<dyn crate::value::RwValueSet>;
