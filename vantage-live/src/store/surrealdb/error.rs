//! What the server's errors mean to the caller.
//!
//! For most refusals the text is all there is, so it is read here, and nowhere else: the server gives the kind `Internal`
//! to a value of the wrong type as well as to a disk that fails. What is not known for a refusal is none, so that nobody
//! is told that the store refused what it may have written.

use surrealdb::types::{AlreadyExistsError, AuthError, Error, ErrorDetails, NotAllowedError, QueryError};

use super::schema::{Step, steps};
use crate::panics::has_timers;
use crate::value::{Path, ValueErrorKind};

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was asked for where no tokio runtime is to wait in, so nothing has happened.
    NoRuntime,
    /// It was not sent, so nothing has happened.
    NotSent(Cause),
    /// It was sent, and the answer is lost.
    Lost(Cause),
    /// The server answered that it did not do it.
    Server(Error),
}

/// What stands behind a [`Failure`].
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// How the server ends what it says of a transaction that lost against another one, where it says nothing more exact.
const RETRY: &str = "This transaction can be retried";

/// How it begins what it says of a value that does not fit its column.
const MISTYPED: &str = "Couldn't coerce value for field `";

impl Failure {
    /// Waiting for a server, and for a deadline, takes a tokio runtime with timers.
    pub(super) fn unless_in_a_runtime() -> Result<(), Failure> {
        let runtime = tokio::runtime::Handle::try_current().ok().filter(has_timers);
        runtime.map(drop).ok_or(Failure::NoRuntime)
    }

    fn no_runtime() -> (ValueErrorKind, Cause) {
        let message = "there is no tokio runtime, or one without timers".into();
        (ValueErrorKind::Unsupported("be used from outside of a tokio runtime"), message)
    }

    /// Whether the server asks for the same statement again: another writer was faster, and nothing was written.
    pub(super) fn is_conflict(&self) -> bool {
        let Failure::Server(error) = self else { return false };
        matches!(error.query_details(), Some(QueryError::TransactionConflict)) || lost_a_race(error)
    }

    /// Whether a value did not fit the type of its column, in the record that the server spells so. What an event writes is
    /// another record.
    pub(super) fn is_type_error(&self, record: &str) -> bool {
        self.mistyped(record).is_some()
    }

    /// The column that a value did not fit, and what is said of it.
    fn mistyped(&self, record: &str) -> Option<(&str, &str)> {
        let Failure::Server(error) = self else { return None };
        error.message().strip_prefix(MISTYPED)?.split_once(&format!("` of `{record}`: "))
    }

    /// The column that a value did not fit, and the type that it wants, as the server spells them.
    pub(super) fn wanted_type(&self, record: &str) -> Option<(&str, &str)> {
        let (column, rest) = self.mistyped(record)?;
        // What an element is to be is told with what the column is.
        let whole = rest.rsplit_once("when coercing element").and_then(|(_, rest)| rest.split_once(" of `"));
        let kind = whole.map(|(_, kind)| kind.trim_end_matches('`'));
        let kind = kind.or_else(|| Some(rest.split_once("Expected `")?.1.split_once("` but found")?.0))?;
        Some((column, kind))
    }

    /// Whether the server could not even read the statement: nothing of the request was done.
    pub(super) fn is_unparsed(&self) -> bool {
        matches!(self, Failure::Server(error) if matches!(error.details(), ErrorDetails::Validation(_)))
    }

    /// Whether the server says that nothing of the statement was done, for whatever reason.
    pub(super) fn has_done_nothing(&self) -> bool {
        matches!(self, Failure::Server(error) if meaning(error) != Meaning::Unknown)
    }

    /// Whether this user's time has run out: nothing of the request was done.
    pub(super) fn is_expired(&self) -> bool {
        let Failure::Server(error) = self else { return false };
        matches!(
            error.details(),
            ErrorDetails::NotAllowed(Some(NotAllowedError::Auth(AuthError::SessionExpired | AuthError::TokenExpired)))
        )
    }

    /// The index that refused a value as a duplicate.
    pub(super) fn index(&self) -> Option<String> {
        let Failure::Server(error) = self else { return None };
        let name = error.message().strip_prefix("Database index `")?.split_once("` already contains")?.0;
        super::id::unquote(name).or_else(|| Some(name.to_owned()))
    }

    /// What it means for a write.
    pub(super) fn of_write(self) -> (ValueErrorKind, Cause) {
        match self {
            Failure::NoRuntime => Failure::no_runtime(),
            Failure::NotSent(cause) => (ValueErrorKind::Unreachable, cause),
            Failure::Lost(cause) => (ValueErrorKind::OutcomeUnknown, cause),
            Failure::Server(error) => (answered(&error, ValueErrorKind::OutcomeUnknown), error.into()),
        }
    }

    /// What it means for a read, which changes nothing whether it arrived or not.
    pub(super) fn of_read(self) -> (ValueErrorKind, Cause) {
        match self {
            Failure::NoRuntime => Failure::no_runtime(),
            Failure::NotSent(cause) | Failure::Lost(cause) => (ValueErrorKind::Unreachable, cause),
            Failure::Server(error) => (answered(&error, ValueErrorKind::Unreachable), error.into()),
        }
    }
}

/// Whether the server would not do it, rather than could not.
pub(super) fn is_refusal(error: &Error) -> bool {
    matches!(meaning(error), Meaning::Taken | Meaning::Refused)
}

/// How the server begins what a statement throws.
const THROWN: &str = "An error occurred: ";

/// What a statement throws where the server has left undone, without a word, what this user may not do.
pub(super) fn denied(verb: &str) -> String {
    format!("this user is not allowed to {verb} this record, or to see it then")
}

/// What a statement throws, and the idiom behind it, where the server has left a field as it was for this reason.
pub(super) const DENIED_FIELD: &str = "this user is not allowed to write the field ";

const NO_FIGURE: (&str, &str) = ("what was to be written below ", " makes no figure of the geometry there");

/// What a statement throws where a part of a geometry was to be written that makes none of it.
pub(super) fn no_figure(idiom: &str) -> String {
    format!("{}{idiom}{}: write it as a whole", NO_FIGURE.0, NO_FIGURE.1)
}

/// What a statement of ours threw, without what the server says before it.
fn thrown(message: &str) -> Option<&str> {
    let ours = ["this user is not allowed to ", NO_FIGURE.0];
    message.strip_prefix(THROWN).filter(|thrown| ours.iter().any(|ours| thrown.starts_with(ours)))
}

/// What an error of the server's says of the request.
#[derive(Debug, PartialEq)]
enum Meaning {
    /// The id is taken.
    Taken,
    /// It will not do this, now or later.
    Refused,
    /// It has done nothing of it, for a reason that passes.
    Undone,
    /// It does not say whether it has done it.
    Unknown,
}

/// How a refusal begins that has the kind `Internal`: what a statement of ours can meet in a table's definition, and in
/// the functions and events there.
const REFUSALS: &[&str] = &[
    "A value can't be ",
    "An error occurred while updating references for ",
    "Cannot ",
    "Could not cast into ",
    "Couldn't coerce ",
    "Database index `",
    "Error while processing event ",
    "Exceeded the idiom recursion limit ",
    "Expected ",
    "Failed to compute: ",
    "Found ",
    "Incorrect ",
    "Invalid ",
    "Problem with ",
    "Reached excessive computation depth ",
    "Remote HTTP request functions are not enabled",
    "Size of query script exceeded ",
    "The string could not be parsed into ",
    "The URL `",
    "The value cannot be converted ",
    "There was a problem running the ",
    "Timestamp arithmetic error",
    "Tried to set `",
    "You don't have permission ",
];

/// What the server says, with the kind `Internal`, instead of beginning with a request.
const NOT_BEGUN: &[&str] = &["The server is gracefully shutting down", "The server is unable to handle the request"];

/// Whether it is due to another transaction. What a statement throws may say so too, and a value that is refused: with more
/// behind it.
fn lost_a_race(error: &Error) -> bool {
    error.message().ends_with(RETRY) && !matches!(error.details(), ErrorDetails::Thrown)
}

fn meaning(error: &Error) -> Meaning {
    let message = error.message();
    match error.details() {
        ErrorDetails::AlreadyExists(Some(AlreadyExistsError::Record { .. })) => Meaning::Taken,
        _ if lost_a_race(error) => Meaning::Undone,
        // Of a transaction as well that failed when it was committed.
        _ if message.ends_with(" is too large") => Meaning::Refused,
        // The server has rolled it back and says so.
        ErrorDetails::Query(Some(
            QueryError::TransactionConflict
            | QueryError::TimedOut { .. }
            | QueryError::Cancelled
            | QueryError::NotExecuted,
        )) => Meaning::Undone,
        ErrorDetails::Query(None) if message.starts_with("Transaction exceeded the maximum number ") => {
            Meaning::Refused
        }
        ErrorDetails::AlreadyExists(_)
        | ErrorDetails::Configuration(_)
        | ErrorDetails::NotAllowed(_)
        | ErrorDetails::NotFound(_)
        | ErrorDetails::Thrown
        | ErrorDetails::Validation(_) => Meaning::Refused,
        ErrorDetails::Internal if NOT_BEGUN.contains(&message) => Meaning::Undone,
        ErrorDetails::Internal if message.ends_with(" does not exist") => Meaning::Refused,
        ErrorDetails::Internal if REFUSALS.iter().any(|begin| message.starts_with(begin)) => Meaning::Refused,
        // A commit of which the server does not know itself, an answer that it could not write down, the storage, the
        // SDK's connection that broke; and whatever a newer server says.
        _ => Meaning::Unknown,
    }
}

fn answered(error: &Error, unknown: ValueErrorKind) -> ValueErrorKind {
    match meaning(error) {
        Meaning::Taken => ValueErrorKind::AlreadyExists,
        Meaning::Refused => {
            let message = thrown(error.message()).unwrap_or(error.message()).to_owned();
            ValueErrorKind::Rejected { fields: field(&message).into_iter().collect(), message }
        }
        Meaning::Undone => ValueErrorKind::Unreachable,
        Meaning::Unknown => unknown,
    }
}

/// The field that a refusal names.
fn field(message: &str) -> Option<Path> {
    if let Some(idiom) = message.strip_prefix(DENIED_FIELD) {
        return path(idiom);
    }
    if let Some((idiom, _)) = message.strip_prefix(NO_FIGURE.0).and_then(|rest| rest.rsplit_once(NO_FIGURE.1)) {
        return path(idiom);
    }
    // By how it begins: an event tells behind its own words what was wrong with the record that it wrote, and a value may
    // spell anything.
    let between = |begin: &str, behind: &str| Some(message.strip_prefix(begin)?.split_once(behind)?.0);
    // The value comes before the field, and the record behind it.
    let assertion = || {
        let (before, _) = message.strip_prefix("Found ")?.rsplit_once("`, with record `")?;
        Some(before.rsplit_once("for field `")?.1)
    };
    let is_of_the_id = || message.starts_with("Found ") && message.contains(" for the `id` field");
    let idiom = between(MISTYPED, "` of `")
        .or_else(|| between("Found field '", "', but no such field exists"))
        .or_else(assertion)
        .or_else(|| is_of_the_id().then_some("id"))?;
    path(idiom)
}

/// An idiom of the server's as a path: as far as there are names.
pub(super) fn path(idiom: &str) -> Option<Path> {
    let names = steps(idiom).into_iter().map_while(|step| match step {
        Step::Name(name) => Some(name),
        Step::Each => None,
    });
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| Path::from_iter(names))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use surrealdb::types::{ConnectionError, NotFoundError, SerializationError};

    use super::*;

    #[test]
    fn only_a_refusal_is_one_and_what_may_have_happened_is_not_known() {
        let store = |what: &str| format!("There was a problem with the key-value store: {what}");
        let (unreachable, unknown) = (ValueErrorKind::Unreachable, ValueErrorKind::OutcomeUnknown);
        for (error, expected) in [
            (Error::internal(store("There was a problem with the datastore: no space left on device")), &unknown),
            (
                Error::internal(store("The transaction's commit outcome is unknown; it may or may not have been")),
                &unknown,
            ),
            (Error::internal("Internal database error: a lock is held".to_owned()), &unknown),
            (Error::internal("Encountered KV store corruption: a page".to_owned()), &unknown),
            (Error::internal("I/O error: interrupted".to_owned()), &unknown),
            (Error::internal("something that a newer server says".to_owned()), &unknown),
            (Error::query("The transaction's commit outcome is unknown, so whether".to_owned(), None), &unknown),
            (Error::serialization("the answer".to_owned(), SerializationError::Serialization), &unknown),
            (Error::connection(store("The datastore is shutting down"), ConnectionError::ConnectionFailed), &unknown),
            (Error::internal("The server is gracefully shutting down".to_owned()), &unreachable),
            (Error::internal("The server is unable to handle the request".to_owned()), &unreachable),
            (Error::query("Value being checked was not correct".to_owned(), QueryError::NotExecuted), &unreachable),
            (Error::query("cancelled".to_owned(), QueryError::Cancelled), &unreachable),
            (Error::query("busy".to_owned(), QueryError::TransactionConflict), &unreachable),
            (Error::query("slow".to_owned(), QueryError::TimedOut { duration: Duration::from_secs(1) }), &unreachable),
        ] {
            let (write, read) = (Failure::Server(error.clone()).of_write(), Failure::Server(error.clone()).of_read());

            assert_eq!((&write.0, &read.0), (expected, &unreachable), "{error:?}");
            assert!(!is_refusal(&error), "{error:?}");
        }
    }

    #[test]
    fn what_the_server_will_not_do_is_rejected_with_its_words() {
        let begins =
            ["Couldn't coerce value for field", "Database index `one` already contains 'a'", "Found 'a' for field"];
        let internal = begins.map(|message| Error::internal(message.to_owned()));
        let others = [
            Error::internal("Failed to compute: \"1 / 0\", as the operation results in".to_owned()),
            Error::internal("The function 'fn::tax' does not exist".to_owned()),
            Error::internal("Error while processing event e: I/O error: rolled back with the statement".to_owned()),
            Error::query(
                "There was a problem with it: The transaction is too large".to_owned(),
                QueryError::NotExecuted,
            ),
            Error::query("Transaction exceeded the maximum number of key writes (1).".to_owned(), None),
            Error::validation("Cannot perform addition".to_owned(), None),
            Error::not_allowed("it is read-only".to_owned(), None),
            Error::not_found("no such table".to_owned(), NotFoundError::Table { name: "cakes".to_owned() }),
            Error::already_exists("The key being inserted already exists".to_owned(), None),
            Error::configuration("the clauses depend on each other in a cycle".to_owned(), None),
            Error::thrown("An error occurred: no".to_owned()),
        ];
        for error in internal.into_iter().chain(others) {
            let rejected = ValueErrorKind::Rejected { fields: Vec::new(), message: error.message().to_owned() };

            let (write, read) = (Failure::Server(error.clone()).of_write(), Failure::Server(error.clone()).of_read());

            assert_eq!((write.0, read.0), (rejected.clone(), rejected), "{error:?}");
            assert!(is_refusal(&error), "{error:?}");
        }
    }

    #[test]
    fn a_refusal_names_its_field_whatever_the_value_spells() {
        for (message, expected) in [
            ("Found 'a' for field `name`, with record `s:b`, but field must conform to: x", &["name"][..]),
            (
                "Found 'for field `zip`, with record `x' for field `name`, with record `s:b`, but field must conform",
                &["name"],
            ),
            ("Couldn't coerce value for field `o.x` of `s:b`: Expected `decimal` but found `'x'`", &["o", "x"]),
            ("Couldn't coerce value for field ``we.ird`` of `s:b`: Expected `none | uuid`", &["we.ird"]),
            ("Couldn't coerce value for field `aob.*.at` of `s:b`: Expected `datetime` but found `4`", &["aob"]),
            ("Found field 'o.k', but no such field exists for table 's'", &["o", "k"]),
            ("Found changed value for field `ro`, with record `s:a`, but field is readonly", &["ro"]),
            ("this user is not allowed to write the field `o`.`we.ird`", &["o", "we.ird"]),
            (&*no_figure("`loc`"), &["loc"]),
            ("Found 'q' for the `id` field, but a specific record has been specified", &["id"]),
        ] {
            assert_eq!(field(message), Some(expected.iter().copied().collect::<Path>()), "{message}");
        }
        assert_eq!(field("Error while processing event ev: An error occurred: no way"), None);
    }
}
