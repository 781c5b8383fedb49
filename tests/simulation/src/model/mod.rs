//! The model: what should be. Small enough to be seen right: it compares values field by field, and knows of every record
//! all the states that it has had in the store, in their order.
//!
//! Where a promise cannot hold as it is written, the exception stands at the check, with its reason.

mod deletes;
mod session;
mod table;
mod writes;

use std::collections::BTreeSet;
use std::fmt;

use vantage_live::Policy;

pub(crate) use deletes::{SeenState, SentDelete};
pub(crate) use session::{Edit, Session, Wish};
pub(crate) use table::{Looked, Table};
pub(crate) use writes::{Lost, Writes};

use crate::product::{COUNT, Val};

/// The promises of the library, by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// Dirty truth.
    P1,
    /// No collateral.
    P2,
    /// No lost update.
    P3,
    /// Nothing lost.
    P4,
    /// Read your writes.
    P5,
    /// No going back.
    P6,
    /// Convergence.
    P7,
    /// Bounded.
    P8,
    /// What no promise says, and all of them need: nothing of the library panics.
    NoPanic,
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Promise::P1 => "dirty truth",
            Promise::P2 => "no collateral",
            Promise::P3 => "no lost update",
            Promise::P4 => "nothing lost",
            Promise::P5 => "read your writes",
            Promise::P6 => "no going back",
            Promise::P7 => "convergence",
            Promise::P8 => "bounded",
            Promise::NoPanic => return f.write_str("no panic"),
        };
        write!(f, "{self:?} {name}")
    }
}

/// A promise that was not kept.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Which one.
    pub promise: Promise,
    /// What was seen, in a sentence.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.promise, self.what)
    }
}

/// Values by field.
pub(crate) type Known = [BTreeSet<Val>; COUNT];

/// What a session may write, as of when it sends.
#[derive(Clone, Debug)]
pub(crate) struct Permit {
    pub policy: Policy,
    /// What the person has typed into each field since it last agreed with the store: nothing else may be written.
    pub typed: Known,
    /// The value of the store's that the person was shown last: nothing else may be overwritten,
    pub shown: [Option<Val>; COUNT],
    /// but the one that the person has typed over, which may be there again.
    pub over: [Option<Val>; COUNT],
    /// What the session has agreed on with the store, also where nobody was shown it: by a write of its own.
    pub agreed: [Option<Val>; COUNT],
    /// `shown` and `over` when the person last asked for a save: what came since was not meant.
    pub saves: Option<[[Option<Val>; COUNT]; 2]>,
    /// The same, when the person last asked for the record to be deleted.
    pub deletes: Option<[[Option<Val>; COUNT]; 2]>,
    /// Counts the records that the session was told to make.
    pub episode: u32,
}

/// `Err`, with a sentence, unless `holds`.
pub(crate) fn ensure(holds: bool, promise: Promise, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { promise, what: what() }) }
}
