//! Properties: what holds for every record, every entity and every course of events, not only for the examples.
//!
//! The first files are pure; `rebasing`, `saving` and `feeds` play random scripts against a store in memory, in a
//! [`world`] without a clock or chance of its own. A case that once failed stands in `proptest-regressions` beside
//! this folder and is tried again first. `PROPTEST_CASES` asks for more cases than the everyday number.

mod entities;
mod feeds;
mod field_sets;
mod floats;
mod guards;
mod ids;
mod json;
mod ledger;
mod optional_parts;
mod patches;
mod rebasing;
mod saving;
mod sessions;
mod values;
mod world;
