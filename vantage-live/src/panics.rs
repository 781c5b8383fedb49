//! Panics in a program's own code (its `Deserialize`, its callbacks, its store): they end what they happen in, and nothing
//! of the table's.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::entity::EntityError;
use crate::value::{Operation, ValueError, ValueErrorKind};

/// Decodes a record. An entity that panics at it does not fit it.
pub(crate) fn decoded<T>(decode: impl FnOnce() -> Result<T, EntityError>) -> Result<T, EntityError> {
    caught(decode).unwrap_or_else(|said| {
        Err(EntityError::Decode(serde::de::Error::custom(format!("reading it panicked: {said}"))))
    })
}

/// Calls a program's own code; an error is what it has said in panicking.
pub(crate) fn caught<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| said(&*panic))
}

/// Whether the runtime has timers. tokio has no other way to ask, and panics where it has none.
pub(crate) fn has_timers(runtime: &Handle) -> bool {
    let _entered = runtime.enter();
    caught(|| drop(tokio::time::sleep(Duration::ZERO))).is_ok()
}

/// What a panic says, as the error of a store.
pub(crate) fn kind_of(panic: &(dyn Any + Send)) -> ValueErrorKind {
    ValueErrorKind::Unreadable(format!("a panic: {}", said(panic)))
}

/// A panic as the error of a request: what became of a write that has panicked is not known.
pub(crate) fn error_of(operation: Operation, table: String, panic: &(dyn Any + Send)) -> ValueError {
    let kind = match operation {
        Operation::Insert | Operation::Replace | Operation::Write | Operation::Delete => ValueErrorKind::OutcomeUnknown,
        _ => kind_of(panic),
    };
    ValueError::new(operation, table, kind).caused_by(format!("a panic: {}", said(panic)))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(no text)").to_owned()
}
