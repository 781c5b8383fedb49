//! Records of a store by id, spoken to in JSON: ids, records, patches, guards and the traits of a value set.
//!
//! Nothing here knows an entity type, a cache or a feed. Every store implements [`ReadableValueSet`],
//! [`WritableValueSet`] and [`InsertableValueSet`]; whoever holds one holds a `Box<dyn RwValueSet>`.
//! Invariant of the layer: the check of a [`Guard`] and the write it allows are one atomic step in the store.

mod capabilities;
mod error;
mod guard;
mod id;
mod patch;
mod path;
mod record;
mod set;

pub use capabilities::{Capabilities, FeedKind};
pub use error::{Operation, ValueError, ValueErrorKind};
pub use guard::{Expectation, Expected, Guard};
pub use id::{Id, IdField, IdKind, IdentityMismatch};
pub use patch::Patch;
pub use path::Path;
pub use record::{Record, same};
pub use set::{
    DeleteOutcome, IdempotencyKey, InsertableValueSet, ReadableValueSet, RwValueSet, WritableValueSet, WriteOutcome,
};
