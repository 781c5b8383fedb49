//! The stores: each a value set, a file or a folder per store, each behind a feature of its name (memory needs none).

mod memory;
#[cfg(feature = "surrealdb")]
#[allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "paths and texts are cut where a search in the same one has found the place"
)]
pub mod surrealdb;

pub use memory::ImTable;
