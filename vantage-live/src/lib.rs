//! Live tables and edit sessions over a remote database.

#[cfg(feature = "contract")]
pub mod contract;
pub mod dataset;
pub mod edit;
pub mod entity;
pub mod feed;
pub mod store;
pub mod table;
pub mod value;

pub use edit::{RecordEdit, SaveError, SaveResult};
pub use entity::{Conflict, Conflicts, EntityError, Field, FieldSet, LiveEntity};
pub use feed::{Feed, FeedEvent, FeedOrder, FeedStream, ManualFeed};
pub use store::ImTable;
pub use table::{
    Event, Ids, LiveTable, OpenError, Origin, Policy, Progress, RejectedRow, Rows, Subscription, SyncState,
};
pub use value::{
    Capabilities, DeleteOutcome, Expected, FeedKind, Guard, Id, IdField, IdempotencyKey, InsertableValueSet, Operation,
    Patch, Path, ReadableValueSet, Record, RwValueSet, ValueError, ValueErrorKind, WritableValueSet, WriteOutcome,
};
#[cfg(feature = "derive")]
pub use vantage_live_derive::LiveEntity;

/// What generated code names. Not for people: it may change with every release.
#[doc(hidden)]
pub mod __private {
    pub use ::core;
    pub use ::serde;
    pub use ::std;

    pub use crate::__impl_field as impl_field;
    pub use crate::entity::derived::{
        ByDebug, ByDots, Showing, conflict, debug_conflicts, debug_nested, debug_values, deserialize_field, has_no_id,
        leaves, offsets, refused,
    };
    pub use crate::entity::{
        Bits, ByEquality, ByTotalOrder, Comparing, Conflict, Conflicts, Field, FieldSet, FieldTable, LiveEntity,
        OwnField, ParseFieldError, Role, TotalOrder, assert_capacity,
    };
    pub use crate::value::{Id, IdField, IdentityMismatch};
}
