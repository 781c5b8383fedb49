//! What has changed: the events of a table.

use std::fmt;
use std::sync::Arc;

use crate::entity::{FieldSet, LiveEntity};
use crate::value::Id;

/// Where a change was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// By this table: a save, or a write through it.
    Local,
    /// Somewhere else: the feed, a list or a read has brought it, of another table of this process too. So too what becomes of
    /// a write of ours after its answer, such as a record that leaves a filtered table, and what a read finds of one whose
    /// answer was lost: nobody can tell from a record who has written it.
    Remote,
}

/// A change of a table's rows. The numbers of a table's events only grow; rows with
/// [`sequence`](crate::Rows::sequence) `n` have all events up to `n` in them.
#[derive(Clone)]
pub enum Event<E: LiveEntity> {
    /// A row has come.
    Inserted {
        /// The record's id.
        id: Id,
        /// The row.
        row: Arc<E>,
        /// The event's number.
        sequence: u64,
        /// Where it was made.
        origin: Origin,
    },
    /// A row has changed.
    Updated {
        /// The record's id.
        id: Id,
        /// The row as it is now.
        row: Arc<E>,
        /// The fields that have changed.
        fields: FieldSet<E::Field>,
        /// The event's number.
        sequence: u64,
        /// Where it was made.
        origin: Origin,
    },
    /// A row has gone.
    Removed {
        /// The record's id.
        id: Id,
        /// The row as it was.
        row: Arc<E>,
        /// The event's number.
        sequence: u64,
        /// Where it was made.
        origin: Origin,
    },
    /// A new record has been saved and has its real id; its row's [`Inserted`](Event::Inserted) comes next, unless the
    /// feed was faster, or it has gone again, or is hidden by a filter. The temp id still finds the row,
    /// while 16,384 more get their ids.
    Identified {
        /// The id it had.
        temp: Id,
        /// The id it has.
        id: Id,
        /// The row.
        row: Arc<E>,
        /// The event's number.
        sequence: u64,
        /// Always [`Origin::Local`].
        origin: Origin,
    },
    /// This subscriber was too slow, and events had to be dropped: read the rows afresh.
    Reset {
        /// How many events were dropped.
        missed: u64,
        /// The number of the last one that was.
        sequence: u64,
    },
}

impl<E: LiveEntity> Event<E> {
    /// The record's id; `None` of a [`Reset`](Event::Reset).
    #[must_use]
    pub fn id(&self) -> Option<&Id> {
        match self {
            Event::Inserted { id, .. }
            | Event::Updated { id, .. }
            | Event::Removed { id, .. }
            | Event::Identified { id, .. } => Some(id),
            Event::Reset { .. } => None,
        }
    }

    /// The row as it is now, or of a [`Removed`](Event::Removed) as it was; `None` of a [`Reset`](Event::Reset).
    #[must_use]
    pub fn row(&self) -> Option<&Arc<E>> {
        match self {
            Event::Inserted { row, .. }
            | Event::Updated { row, .. }
            | Event::Removed { row, .. }
            | Event::Identified { row, .. } => Some(row),
            Event::Reset { .. } => None,
        }
    }

    /// The event's number.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        match self {
            Event::Inserted { sequence, .. }
            | Event::Updated { sequence, .. }
            | Event::Removed { sequence, .. }
            | Event::Identified { sequence, .. }
            | Event::Reset { sequence, .. } => *sequence,
        }
    }

    /// Where the change was made; `None` of a [`Reset`](Event::Reset), which stands for several.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        match self {
            Event::Inserted { origin, .. }
            | Event::Updated { origin, .. }
            | Event::Removed { origin, .. }
            | Event::Identified { origin, .. } => Some(*origin),
            Event::Reset { .. } => None,
        }
    }
}

impl<E: LiveEntity + fmt::Debug> fmt::Debug for Event<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, mut fields) = match self {
            Event::Inserted { .. } => ("Inserted", None),
            Event::Updated { fields, .. } => ("Updated", Some(*fields)),
            Event::Removed { .. } => ("Removed", None),
            Event::Identified { .. } => ("Identified", None),
            Event::Reset { .. } => ("Reset", None),
        };
        let mut debug = f.debug_struct(name);
        if let Event::Identified { temp, .. } = self {
            debug.field("temp", temp);
        }
        if let Some(id) = self.id() {
            debug.field("id", id);
        }
        if let Some(fields) = fields.take() {
            debug.field("fields", &fields);
        }
        if let Some(row) = self.row() {
            debug.field("row", row);
        }
        if let Event::Reset { missed, .. } = self {
            debug.field("missed", missed);
        }
        debug.field("sequence", &self.sequence()).field("origin", &self.origin()).finish()
    }
}
