//! What the library does not keep yet, and is known not to. Each constant stands for one fault that is to be mended there,
//! and goes when it is: while it is here, the runner keeps out of that fault's way.

/// A refresh that fails forgets the conflict that a save before it was answered with, when nobody had asked.
pub(crate) const A_FAILED_REFRESH_FORGETS_A_CONFLICT: bool = true;

/// A delete takes in the answer of a save that nobody waited for, and then deletes what that has brought.
pub(crate) const A_DELETE_TAKES_IN_WHAT_NOBODY_SAW: bool = true;

/// A conflict that has waited is told although it was decided meanwhile.
pub(crate) const A_CONFLICT_THAT_WAITED_IS_TOLD_AS_IT_WAS: bool = true;

/// The answer of a save takes a session back that has rebased since, where the row is gone by then.
pub(crate) const AN_ANSWER_TAKES_A_REBASED_SESSION_BACK: bool = true;

/// Where the new record is not made, the session has forgotten the conflict that nobody had asked for before.
pub(crate) const SAVING_AS_NEW_FORGETS_A_CONFLICT: bool = true;

/// A table with a feed that keeps the order of commits takes an event for the echo of what it shows, when the values are
/// the same; but a record that was made what it was before has two events of the same values, and others in between.
pub(crate) const AN_ECHO_IS_KNOWN_BY_ITS_VALUES: bool = true;
