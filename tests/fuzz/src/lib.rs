//! Fuzz targets of vantage-live, each a plain function of some bytes that panics where a promise is broken.
//!
//! | target | what it breaks its teeth on |
//! |---|---|
//! | [`values`] | patches, differences, guards and comparison on arbitrary JSON |
//! | [`table`] | hostile records and feeds through a [`LiveTable`](vantage_live::LiveTable) |
//! | [`names`] | ids and fields from text and JSON, paths, sets of fields |
//! | [`derive()`] | the derive on arbitrary tokens |
//!
//! `cargo test -p fuzz` replays the corpus of each in `corpus/` and 400 inputs made from a seed, in seconds and
//! with the toolchain of every day. `tests/fuzz/run [MINUTES [TARGET…]]` fuzzes each with libFuzzer for as many minutes, one
//! after the other, says what was covered, and keeps in `corpus/` as little as covers it; it needs nightly and `cargo
//! install cargo-fuzz`. It ends with the first input that fails, which is then in `CARGO_TARGET_DIR/fuzz/failed/TARGET`:
//! mend the library, add a test that says what was wrong, and keep the input as `corpus/TARGET/failed-…`.

#![expect(clippy::missing_panics_doc, reason = "that is how a target says what it found")]

#[path = "../../interleavings/src/disk.rs"]
mod disk;

// The derive is a library for the compiler, which nothing else can call: its modules are read here once more.
#[path = "../../../vantage-live-derive/src/attr/mod.rs"]
mod attr;
#[path = "../../../vantage-live-derive/src/check/mod.rs"]
mod check;
#[path = "../../../vantage-live-derive/src/docs.rs"]
mod docs;
#[cfg_attr(test, expect(dead_code, reason = "what the derive's own tests ask"))]
#[path = "../../../vantage-live-derive/src/error.rs"]
mod error;
#[path = "../../../vantage-live-derive/src/expand/mod.rs"]
mod expand;
#[path = "../../../vantage-live-derive/src/generated.rs"]
mod generated;
#[path = "../../../vantage-live-derive/src/generics.rs"]
mod generics;
#[path = "../../../vantage-live-derive/src/model.rs"]
mod model;
#[path = "../../../vantage-live-derive/src/naming.rs"]
mod naming;
#[path = "../../../vantage-live-derive/src/parse.rs"]
mod parse;
#[path = "../../../vantage-live-derive/src/steps.rs"]
mod steps;
#[path = "../../../vantage-live-derive/src/types.rs"]
mod types;

mod derive;
mod json;
mod names;
mod table;
mod values;

pub use derive::derive;
pub use names::names;
pub use table::table;
pub use values::values;

/// A target: some bytes, which it makes of what it likes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: &[(&str, Target)] = &[("values", values), ("table", table), ("names", names), ("derive", derive)];
