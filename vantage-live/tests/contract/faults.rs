//! Each fault of the faulty value set does what it says.

use std::sync::Arc;

use futures::{StreamExt, join};
use serde_json::json;
use vantage_live::contract::{Call, Faults, FaultyValueSet};
use vantage_live::{
    DeleteOutcome, Guard, Id, ImTable, InsertableValueSet, Operation, Patch, ReadableValueSet, Record, ValueError,
    ValueErrorKind, WritableValueSet, WriteOutcome,
};

/// A cupcake at 120 in a table, the way to it with faults, and its id.
async fn cupcake() -> (ImTable, FaultyValueSet<ImTable>, Faults, Id) {
    let table = ImTable::new("product");
    let id = Id::from("flux_cupcake");
    table.insert_id_value(&id, record(120)).await.unwrap();
    let store = FaultyValueSet::new(table.clone());
    let faults = store.faults();
    (table, store, faults, id)
}

fn record(price: i64) -> Record {
    [("price".to_owned(), json!(price))].into_iter().collect()
}

fn price(price: i64) -> Patch {
    Patch::new().set("price", price)
}

fn was(price: i64) -> Guard {
    Guard::Exists.and("price", Some(json!(price)))
}

fn kind<T: std::fmt::Debug>(answer: Result<T, ValueError>) -> ValueErrorKind {
    answer.unwrap_err().kind
}

#[tokio::test]
async fn a_call_that_fails_does_not_reach_the_store() {
    let (table, store, faults, id) = cupcake().await;

    faults.next(Operation::Write).fails(ValueErrorKind::Unreachable);
    let error = store.write(&id, &price(130), &Guard::Exists).await.unwrap_err();

    assert_eq!(error.to_string(), "could not write `flux_cupcake` of `product`: the store was not reached");
    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(record(120)));
    assert_eq!(faults.calls(), [Call { operation: Operation::Write, ids: vec![id], round_trips: 0 }]);
}

#[tokio::test]
async fn a_fault_meets_its_own_operation_only_and_once() {
    let (_, store, faults, id) = cupcake().await;

    faults.next(Operation::Write).fails(ValueErrorKind::Closed);

    assert!(store.get_id_value(&id).await.is_ok(), "a read is no write");
    assert_eq!(kind(store.write(&id, &price(130), &Guard::Exists).await), ValueErrorKind::Closed);
    assert!(store.write(&id, &price(130), &Guard::Exists).await.is_ok(), "the fault has happened");
}

#[tokio::test]
async fn a_fault_of_any_operation_meets_whatever_comes_next() {
    let (_, store, faults, id) = cupcake().await;

    faults.next_of_any().times(2).fails(ValueErrorKind::Unreachable);

    assert_eq!(kind(store.count().await), ValueErrorKind::Unreachable);
    assert_eq!(kind(store.delete_id(&id, &Guard::Nothing).await), ValueErrorKind::Unreachable);
    assert!(store.delete_id(&id, &Guard::Nothing).await.is_ok());
}

#[tokio::test]
async fn a_store_that_refuses_names_the_fields() {
    let (table, store, faults, id) = cupcake().await;
    let refusal = ValueErrorKind::Rejected { fields: vec!["price".into()], message: "too dear".to_owned() };

    faults.next(Operation::Write).fails(refusal.clone());

    assert_eq!(kind(store.patch_id(&id, &price(9_999)).await), refusal);
    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(record(120)));
}

#[tokio::test]
async fn a_write_that_loses_its_answer_has_happened() {
    let (table, store, faults, id) = cupcake().await;

    faults.next(Operation::Write).loses_its_answer();

    assert_eq!(kind(store.write(&id, &price(130), &was(120)).await), ValueErrorKind::OutcomeUnknown);
    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(record(130)));
    assert_eq!(faults.round_trips(Operation::Write), 1);
}

#[tokio::test]
async fn a_read_that_loses_its_answer_has_no_outcome_to_doubt() {
    let (_, store, faults, id) = cupcake().await;

    faults.next(Operation::Read).loses_its_answer();

    assert_eq!(kind(store.get_id_value(&id).await), ValueErrorKind::Unreachable);
}

#[tokio::test]
async fn a_doubled_write_answers_as_the_first() {
    let (_, store, faults, id) = cupcake().await;

    faults.next(Operation::Write).is_doubled();

    assert_eq!(store.write(&id, &price(130), &was(120)).await.unwrap(), WriteOutcome::Written(record(130)));
    assert_eq!(faults.round_trips(Operation::Write), 2);
}

#[tokio::test]
async fn a_resent_write_is_refused_by_its_own_first_time() {
    let (_, store, faults, id) = cupcake().await;

    faults.next(Operation::Write).is_resent();

    assert_eq!(store.write(&id, &price(130), &was(120)).await.unwrap(), WriteOutcome::Refused(record(130)));
}

#[tokio::test]
async fn a_doubled_insert_makes_two_records_without_a_key() {
    let (_, store, faults, _) = cupcake().await;

    faults.next(Operation::Insert).is_doubled();
    store.insert_value(record(350), None).await.unwrap();

    assert_eq!(store.count().await.unwrap(), 3);
}

#[tokio::test]
async fn a_held_call_waits_before_the_store() {
    let (table, store, faults, id) = cupcake().await;
    let held = faults.next(Operation::Delete).is_held();

    let delete = store.delete_id(&id, &Guard::Nothing);
    let test = async {
        held.arrived().await;
        assert!(table.get_id_value(&id).await.unwrap().is_some(), "it has not reached the store");
        held.release();
    };

    assert_eq!(join!(delete, test).0.unwrap(), DeleteOutcome::Deleted);
}

#[tokio::test]
async fn a_held_answer_waits_after_the_store() {
    let (table, store, faults, id) = cupcake().await;
    let held = faults.next(Operation::Delete).has_its_answer_held();

    let delete = store.delete_id(&id, &Guard::Nothing);
    let test = async {
        held.arrived().await;
        assert!(table.get_id_value(&id).await.unwrap().is_none(), "it has reached the store");
        held.release();
    };

    assert_eq!(join!(delete, test).0.unwrap(), DeleteOutcome::Deleted);
}

#[tokio::test]
async fn all_the_calls_that_are_held_can_be_waited_for() {
    let (_, store, faults, id) = cupcake().await;
    let store = Arc::new(store);
    let held = faults.next(Operation::Read).times(2).is_held();

    let reads = [0, 1].map(|_| {
        let (store, id) = (Arc::clone(&store), id.clone());
        tokio::spawn(async move { store.get_id_value(&id).await })
    });
    held.arrived().await;
    assert_eq!(held.arrivals(), 2);
    drop(held);

    for read in reads {
        assert!(read.await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn a_cut_link_reaches_nothing_until_it_is_restored() {
    let (table, store, faults, id) = cupcake().await;

    faults.cut();
    assert_eq!(kind(store.write(&id, &price(130), &Guard::Exists).await), ValueErrorKind::Unreachable);
    assert_eq!(kind(store.count().await), ValueErrorKind::Unreachable);
    faults.restore();

    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(record(120)));
    assert_eq!(store.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_cut_loses_the_answer_of_what_is_under_way_even_if_the_link_comes_back() {
    let (table, store, faults, id) = cupcake().await;
    let held = faults.next(Operation::Write).has_its_answer_held();

    let patch = price(130);
    let write = store.write(&id, &patch, &Guard::Exists);
    let test = async {
        held.arrived().await;
        faults.cut();
        faults.restore();
        held.release();
    };

    assert_eq!(kind(join!(write, test).0), ValueErrorKind::OutcomeUnknown);
    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(record(130)));
}

#[tokio::test]
async fn a_cut_keeps_what_is_held_from_the_store() {
    let (table, store, faults, id) = cupcake().await;
    let held = faults.next(Operation::Write).is_held();

    let patch = price(130);
    let write = store.write(&id, &patch, &Guard::Exists);
    let test = async {
        held.arrived().await;
        faults.cut();
        held.release();
    };

    assert_eq!(kind(join!(write, test).0), ValueErrorKind::Unreachable);
    assert_eq!(table.get_id_value(&id).await.unwrap(), Some(record(120)));
}

#[tokio::test]
async fn a_batch_is_one_call_and_its_fault_meets_every_part() {
    let (table, store, faults, id) = cupcake().await;
    let pie = Id::from("sea_pie");

    faults.next(Operation::Replace).loses_its_answer();
    let rows = vec![(id.clone(), record(130)), (pie.clone(), record(350))];
    let answers = store.replace_id_values(rows).await;

    let ids: Vec<_> = answers.iter().map(|answer| answer.as_ref().unwrap_err().id.clone().unwrap()).collect();
    assert_eq!(ids, [id.clone(), pie.clone()], "an answer for each, in order");
    assert!(answers.into_iter().all(|answer| kind(answer) == ValueErrorKind::OutcomeUnknown));
    assert_eq!(table.count().await.unwrap(), 2, "it has happened");
    assert_eq!(faults.calls(), [Call { operation: Operation::Replace, ids: vec![id, pie], round_trips: 1 }]);
}

#[tokio::test]
async fn a_stream_ends_with_the_fault_of_its_step() {
    let (table, store, faults, _) = cupcake().await;
    table.insert_id_value(&Id::from("sea_pie"), record(350)).await.unwrap();

    faults.next(Operation::Read).after(1).fails(ValueErrorKind::Unreachable);
    let steps: Vec<_> = store.stream_values(1).collect().await;

    assert_eq!(steps.len(), 2, "a batch and an error: {steps:?}");
    assert!(steps[0].is_ok());
    assert_eq!(steps[1].as_ref().unwrap_err().kind, ValueErrorKind::Unreachable);
}

#[tokio::test]
async fn faults_that_are_cleared_do_not_happen() {
    let (_, store, faults, id) = cupcake().await;
    faults.next_of_any().times(10).fails(ValueErrorKind::Unreachable);
    faults.cut();

    faults.clear();

    assert!(store.get_id_value(&id).await.is_ok());
}

#[tokio::test]
async fn forgotten_calls_are_not_counted() {
    let (_, store, faults, id) = cupcake().await;
    store.get_id_value(&id).await.unwrap();
    faults.forget_calls();

    store.write(&id, &price(130), &was(120)).await.map(drop).unwrap();

    assert_eq!(faults.operations(), [Operation::Write], "one write, no reads");
    assert_eq!(faults.round_trips(Operation::Write), 1);
}
