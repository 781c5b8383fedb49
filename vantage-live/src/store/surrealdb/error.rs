//! What the server's errors mean to the caller.
//!
//! For most refusals the text is all there is, so it is read here, and nowhere else.

use surrealdb::types::{AlreadyExistsError, AuthError, Error, ErrorDetails, NotAllowedError, QueryError};

use super::schema::{Step, steps};
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

/// How the server says that a transaction lost against another one, where it says nothing more exact.
const RETRY: &str = "This transaction can be retried";

impl Failure {
    /// Waiting for a server, and for a deadline, takes a tokio runtime.
    pub(super) fn unless_in_a_runtime() -> Result<(), Failure> {
        tokio::runtime::Handle::try_current().map(drop).map_err(|_| Failure::NoRuntime)
    }

    fn no_runtime() -> (ValueErrorKind, Cause) {
        (ValueErrorKind::Unsupported("be used from outside of a tokio runtime"), "there is no tokio runtime".into())
    }

    /// Whether the server asks for the same statement again: another writer was faster, and nothing was written.
    pub(super) fn is_conflict(&self) -> bool {
        let Failure::Server(error) = self else { return false };
        matches!(error.query_details(), Some(QueryError::TransactionConflict)) || error.message().contains(RETRY)
    }

    /// Whether a value did not fit the type of its column.
    pub(super) fn is_type_error(&self) -> bool {
        matches!(self, Failure::Server(error) if error.message().contains("Couldn't coerce value for field"))
    }

    /// Whether the server could not even read the statement: nothing of the request was done.
    pub(super) fn is_unparsed(&self) -> bool {
        matches!(self, Failure::Server(error) if matches!(error.details(), ErrorDetails::Validation(_)))
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
        let name = error.message().split_once("Database index `")?.1.split_once("` already contains")?.0;
        super::id::unquote(name).or_else(|| Some(name.to_owned()))
    }

    /// What it means for a write.
    pub(super) fn of_write(self) -> (ValueErrorKind, Cause) {
        match self {
            Failure::NoRuntime => Failure::no_runtime(),
            Failure::NotSent(cause) => (ValueErrorKind::Unreachable, cause),
            Failure::Lost(cause) => (ValueErrorKind::OutcomeUnknown, cause),
            Failure::Server(error) => (answered(&error), error.into()),
        }
    }

    /// What it means for a read, which changes nothing whether it arrived or not.
    pub(super) fn of_read(self) -> (ValueErrorKind, Cause) {
        match self {
            Failure::NoRuntime => Failure::no_runtime(),
            Failure::NotSent(cause) | Failure::Lost(cause) => (ValueErrorKind::Unreachable, cause),
            Failure::Server(error) => (answered(&error), error.into()),
        }
    }
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

fn answered(error: &Error) -> ValueErrorKind {
    let message = thrown(error.message()).unwrap_or(error.message()).to_owned();
    match error.details() {
        ErrorDetails::AlreadyExists(Some(AlreadyExistsError::Record { .. })) => ValueErrorKind::AlreadyExists,
        _ if message.contains(RETRY) => ValueErrorKind::Unreachable,
        // The server has rolled it back and says so.
        ErrorDetails::Query(Some(
            QueryError::TransactionConflict | QueryError::TimedOut { .. } | QueryError::Cancelled,
        )) => ValueErrorKind::Unreachable,
        // The SDK's own: the connection broke with the request under way.
        ErrorDetails::Connection(_) => ValueErrorKind::OutcomeUnknown,
        _ => ValueErrorKind::Rejected { fields: field(&message).into_iter().collect(), message },
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
    // The value comes before the field, and may spell anything; the record comes behind it.
    let assertion = || {
        let (before, _) = message.rsplit_once("`, with record `")?;
        Some(before.rsplit_once("for field `")?.1)
    };
    let between = |before: &str, behind: &str| Some(message.split_once(before)?.1.split_once(behind)?.0);
    let idiom = between("Couldn't coerce value for field `", "` of `")
        .or_else(|| between("Found field '", "', but no such field exists"))
        .or_else(assertion)
        .or_else(|| message.contains(" for the `id` field").then_some("id"))?;
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
    use super::*;

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
