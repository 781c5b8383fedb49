//! What a store can do, so that a table says what it cannot instead of pretending.

/// What a store can do. A table asks before it relies on one of these:
///
/// | without | a table |
/// |---|---|
/// | `patch` | does not open: [`OpenError::NoPatch`](crate::table::OpenError::NoPatch) |
/// | `guarded_write` | opens with [`Policy::Overwrite`](crate::Policy::Overwrite) alone: else [`OpenError::NoGuardedWrite`](crate::table::OpenError::NoGuardedWrite). A session that is given another policy, and an [update](crate::dataset::WritableDataSet::update) of all rows, is told [`Unsupported`](crate::ValueErrorKind::Unsupported) |
/// | `after_image` | reads the record after each write, a round trip more; where that fails, the outcome is [unknown](crate::ValueErrorKind::OutcomeUnknown) |
/// | `transaction` | asks for none |
/// | `client_ids` | does not open with [`Ids::ClientUuid`](crate::Ids::ClientUuid): [`OpenError::NoClientIds`](crate::table::OpenError::NoClientIds) |
/// | `idempotent_insert` | gives a new record an id of its own making, where the store takes one; where it does not, a create whose answer was lost stays [unknown](crate::ValueErrorKind::OutcomeUnknown) and is not sent again |
/// | `version_token` | [`Policy::Version`](crate::Policy::Version) does not rely on the token alone: it checks the fields too |
/// | `outlives_process` | keeps no rows in such a cache |
/// | `feed` | hears of the changes of others through the feed that it is [given](crate::table::Builder::feed), or not at all |
///
/// ```
/// use vantage_live::{Capabilities, FeedKind};
///
/// let cannot_guard = Capabilities { guarded_write: false, ..Capabilities::all() };
/// assert!(cannot_guard.patch);
/// assert_eq!(cannot_guard.feed, FeedKind::PerRow);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent yes or no")]
pub struct Capabilities {
    /// Writes some paths of a record and leaves the rest alone.
    pub patch: bool,
    /// Checks a [`Guard`](crate::Guard) and writes in one atomic step.
    pub guarded_write: bool,
    /// Answers a write with the record as it is stored then, whatever triggers or coercions made of it.
    pub after_image: bool,
    /// Writes several records, all or none.
    pub transaction: bool,
    /// Takes the id of a new record from the client.
    pub client_ids: bool,
    /// Recognises the repetition of an insert by its idempotency key.
    pub idempotent_insert: bool,
    /// Keeps a version token of its own for each record.
    pub version_token: bool,
    /// Keeps its records when this process ends. A table does not hold rows twice for a cache that does not.
    pub outlives_process: bool,
    /// What its feed of changes tells.
    pub feed: FeedKind,
}

impl Capabilities {
    /// A store that can do everything, with a feed that tells each row.
    #[must_use]
    pub const fn all() -> Self {
        Capabilities {
            patch: true,
            guarded_write: true,
            after_image: true,
            transaction: true,
            client_ids: true,
            idempotent_insert: true,
            version_token: true,
            outlives_process: true,
            feed: FeedKind::PerRow,
        }
    }
}

/// What the feed of a store can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FeedKind {
    /// There is none.
    None,
    /// That something has changed, not what: every event costs a list.
    Coarse,
    /// Which record has changed.
    PerRow,
    /// Which record has changed, entered the table's filter or left it.
    Filtered,
}
