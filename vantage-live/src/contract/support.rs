//! What the cases share: making records, reading them back, and saying both sides where they differ.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

use super::Store;
use super::run::joined;
use crate::value::{DeleteOutcome, Guard, Id, Record, ValueError, ValueErrorKind, WriteOutcome, same};

/// How many write at once.
pub(super) const WRITERS: i64 = 8;

/// How often a race is run: one that is lost once in ten would not show in one.
pub(super) const ROUNDS: i64 = 10;

/// Runs `task` for each of the writers at the same time and answers with their answers.
pub(super) async fn race<T, F>(store: &Store, task: impl Fn(Store, i64) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..WRITERS).map(|n| tokio::spawn(task(Arc::clone(store), n))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(joined(task).await);
    }
    answers
}

/// The record that `json` is.
#[track_caller]
pub(super) fn record(json: &Value) -> Record {
    json.as_object().expect("a case writes its records as objects").clone()
}

/// Makes a record under `id`, or under an id of the store's where clients do not choose them.
pub(super) async fn seed(store: &Store, id: &str, json: &Value) -> Id {
    if store.capabilities().client_ids {
        let id = Id::from(id);
        expect("inserting the record of the case", store.insert_id_value(&id, record(json)).await);
        return id;
    }
    expect("inserting the record of the case", store.insert_value(record(json), None).await).0
}

/// Inserts the records of the case, at once where the store takes the ids.
pub(super) async fn seed_many(store: &Store, records: Vec<(Id, Record)>) -> Vec<Id> {
    let mut ids = Vec::new();
    if store.capabilities().client_ids {
        ids.extend(records.iter().map(|(id, _)| id.clone()));
        for answer in store.insert_id_values(records).await {
            expect("inserting the records of the case", answer);
        }
        return ids;
    }
    for (_, record) in records {
        ids.push(expect("inserting the records of the case", store.insert_value(record, None).await).0);
    }
    ids
}

/// An id under which there is no record.
pub(super) async fn missing(store: &Store) -> Id {
    if store.capabilities().client_ids {
        return Id::from("no_such_record");
    }
    let id = seed(store, "no_such_record", &serde_json::json!({})).await;
    assert_eq!(expect("deleting", store.delete_id(&id, &Guard::Nothing).await), DeleteOutcome::Deleted);
    id
}

/// Asserts that the store holds `wanted` under `id`.
pub(super) async fn assert_stored(store: &Store, id: &Id, wanted: &Value) {
    let Some(found) = expect("reading it back", store.get_id_value(id).await) else {
        panic!("the store has nothing under {id:?}, where it should have {wanted}");
    };
    assert_same(&format!("the record {id:?} in the store"), &found, wanted);
}

/// Asserts that there is no record under `id`.
pub(super) async fn assert_absent(store: &Store, id: &Id) {
    let found = expect("reading", store.get_id_value(id).await);
    assert_eq!(found, None, "there should be no record under {id:?}");
}

/// Asserts that the store holds this many records.
pub(super) async fn assert_count(store: &Store, wanted: u64) {
    assert_eq!(expect("counting", store.count().await), wanted, "the number of records in the store");
}

/// Asserts that two records are the same, numbers by their value.
#[track_caller]
pub(super) fn assert_same(what: &str, found: &Record, wanted: &Value) {
    let found = Value::Object(found.clone());
    assert!(same(&found, wanted), "{what} is not what it should be\n   found: {found}\n  wanted: {wanted}");
}

/// The answer of a call that has to succeed.
#[track_caller]
pub(super) fn expect<T>(what: &str, answer: Result<T, ValueError>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(error) => panic!("{what} failed: {error} ({error:?})"),
    }
}

/// The error of a call that has to fail.
#[track_caller]
pub(super) fn expect_error<T: Debug>(what: &str, answer: Result<T, ValueError>) -> ValueError {
    match answer {
        Ok(answer) => panic!("{what} should fail, and was answered with {answer:?}"),
        Err(error) => error,
    }
}

/// The after-image of a write that has to happen.
#[track_caller]
pub(super) fn written(answer: Result<WriteOutcome, ValueError>) -> Record {
    match expect("the write", answer) {
        WriteOutcome::Written(record) => record,
        other => panic!("the write should happen, and was answered with {other:?}"),
    }
}

/// The record that comes with a write that has to be refused.
#[track_caller]
pub(super) fn refused(answer: Result<WriteOutcome, ValueError>) -> Record {
    match expect("the write", answer) {
        WriteOutcome::Refused(record) => record,
        other => panic!("the guard does not hold, and the write was answered with {other:?}"),
    }
}

/// The record that comes with a delete that has to be refused.
#[track_caller]
pub(super) fn refused_delete(answer: Result<DeleteOutcome, ValueError>) -> Record {
    match expect("the delete", answer) {
        DeleteOutcome::Refused(record) => record,
        other => panic!("the guard does not hold, and the delete was answered with {other:?}"),
    }
}

/// Asserts that a write found no record.
#[track_caller]
pub(super) fn assert_gone(answer: Result<WriteOutcome, ValueError>) {
    assert_eq!(expect("the write", answer), WriteOutcome::Gone, "there is no such record");
}

/// Asserts that the store says it cannot do this.
#[track_caller]
pub(super) fn assert_unsupported<T: Debug>(what: &str, answer: &Result<T, ValueError>) {
    let said = matches!(answer, Err(ValueError { kind: ValueErrorKind::Unsupported(_), .. }));
    assert!(said, "the capabilities say no to {what}; it should be Unsupported, and was answered with {answer:?}");
}

/// Whether the store took a value that it may refuse; if not, it must have said so with `Rejected`.
#[track_caller]
pub(super) fn is_kept<T: Debug>(what: &str, answer: Result<T, ValueError>) -> bool {
    match answer {
        Ok(_) => true,
        Err(ValueError { kind: ValueErrorKind::Rejected { .. }, .. }) => false,
        Err(error) => panic!("{what} should be kept, or refused with Rejected, and was answered with {:?}", error.kind),
    }
}
