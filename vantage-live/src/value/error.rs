//! What can go wrong between the program and a store.

use std::error::Error;
use std::fmt;

use super::{Id, Path};

/// Why a store did not do what it was asked to: what was tried, on which table and record, and what came of it.
///
/// ```
/// use vantage_live::{Id, Operation, ValueError, ValueErrorKind};
///
/// let error = ValueError::new(Operation::Write, "product", ValueErrorKind::Unreachable).on(&Id::from("flux_cupcake"));
///
/// assert_eq!(error.to_string(), "could not write `flux_cupcake` of `product`: the store was not reached");
/// assert!(error.is_retryable());
/// ```
#[derive(Debug)]
pub struct ValueError {
    /// What was tried.
    pub operation: Operation,
    /// On which table.
    pub table: String,
    /// On which record, where it was one.
    pub id: Option<Id>,
    /// What came of it.
    pub kind: ValueErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What came of the attempt, named for what it means to the caller.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ValueErrorKind {
    /// The store was not reached: nothing has happened there. Trying again is safe.
    Unreachable,
    /// The request was sent and no answer came: whether it has taken effect is not known. Reading tells.
    OutcomeUnknown,
    /// The store refused the values: an assertion, a type, a unique index, a permission. Trying again will not help.
    Rejected {
        /// The fields it named, where it named any.
        fields: Vec<Path>,
        /// Its own words.
        message: String,
    },
    /// An insert found the id taken.
    AlreadyExists,
    /// A patch found no record.
    Missing,
    /// The store cannot do this; the text names what it would need.
    Unsupported(&'static str),
    /// The store answered with something that is no record, or that could not be understood. To a write through a live
    /// table that is [`OutcomeUnknown`](Self::OutcomeUnknown): it may have been done.
    Unreadable(String),
    /// The store, or the table over it, has been closed.
    Closed,
}

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Connecting, signing in, choosing a database.
    Connect,
    /// Reading one or many records.
    Read,
    /// Counting records.
    Count,
    /// Inserting a record.
    Insert,
    /// Replacing a whole record.
    Replace,
    /// Writing some fields of a record.
    Write,
    /// Deleting records.
    Delete,
    /// Following the changes of others.
    Subscribe,
}

impl ValueError {
    /// An error of `kind` while trying `operation` on `table`.
    #[must_use]
    pub fn new(operation: Operation, table: impl Into<String>, kind: ValueErrorKind) -> Self {
        ValueError { operation, table: table.into(), id: None, kind, source: None }
    }

    /// The same, on the record `id`.
    #[must_use]
    pub fn on(mut self, id: &Id) -> Self {
        self.id = Some(id.clone());
        self
    }

    /// The same, caused by `source`.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the same call may succeed later: the store was not reached, or its answer was lost.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, ValueErrorKind::Unreachable | ValueErrorKind::OutcomeUnknown)
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {} ", self.operation)?;
        if let Some(id) = &self.id {
            write!(f, "`{id}` of ")?;
        }
        write!(f, "`{}`: {}", self.table, self.kind)
    }
}

impl Error for ValueError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}

impl fmt::Display for ValueErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueErrorKind::Unreachable => f.write_str("the store was not reached"),
            ValueErrorKind::OutcomeUnknown => f.write_str("the answer was lost, so it may or may not have happened"),
            ValueErrorKind::Rejected { message, .. } => write!(f, "the store refused it: {message}"),
            ValueErrorKind::AlreadyExists => f.write_str("the id is taken"),
            ValueErrorKind::Missing => f.write_str("there is no such record"),
            ValueErrorKind::Unsupported(what) => write!(f, "the store cannot {what}"),
            ValueErrorKind::Unreadable(what) => write!(f, "the store's answer could not be read: {what}"),
            ValueErrorKind::Closed => f.write_str("it has been closed"),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operation::Connect => "connect to",
            Operation::Read => "read",
            Operation::Count => "count the records of",
            Operation::Insert => "insert",
            Operation::Replace => "replace",
            Operation::Write => "write",
            Operation::Delete => "delete",
            Operation::Subscribe => "follow the changes of",
        })
    }
}
