//! The stores: each a value set, a file or a folder per store, each behind a feature of its name (memory needs none).

mod memory;
#[cfg(feature = "surrealdb")]
pub mod surrealdb;

pub use memory::ImTable;
