//! What a program is told that inserts and replaces through a table, where the link fails.

use serde::{Deserialize, Serialize};
use tests::bakery::{self, Colleague as _, Product, hoverboard};
use tests::claiming::Claiming;
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::{DataSetError, InsertableDataSet as _, TypedTable, WritableDataSet as _};
use vantage_live::{Ids, ImTable, LiveEntity, LiveTable, Operation, ReadableValueSet as _, ValueErrorKind};

use crate::{faulty_products, with_uuids};

/// A record whose number the store alone gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Numbered {
    name: String,
    #[live(readonly)]
    number: i64,
}

const CUPCAKE: &str = "flux_cupcake";

#[tokio::test]
async fn an_insert_through_a_table_that_a_link_has_sent_twice_is_done() {
    let (table, store, faults) = with_uuids().await;
    faults.next(Operation::Insert).is_resent();

    let inserted = table.insert(hoverboard()).await.unwrap();

    assert!(store.get_id_value(&inserted).await.unwrap().is_some());
    assert!(table.row(&inserted).is_some(), "P5");
}

#[tokio::test]
async fn an_insert_through_a_table_that_was_done_and_cannot_be_read_is_in_doubt() {
    let (table, _, faults) = with_uuids().await;
    faults.next(Operation::Insert).is_resent();
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);

    let inserted = table.insert(hoverboard()).await;

    let Err(DataSetError::Store(error)) = inserted else { panic!("it is there: {inserted:?}") };
    assert_eq!(error.kind, ValueErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn a_replacement_that_a_link_has_sent_twice_and_that_cannot_be_read_is_of_unknown_outcome() {
    for fails in [Operation::Read, Operation::Write] {
        let (table, _, faults) = faulty_products().await;
        faults.next(Operation::Insert).is_resent();
        // The first read finds that there is none.
        let first = usize::from(fails == Operation::Read);
        faults.next(fails).after(first).fails(ValueErrorKind::Unreachable);

        let told = table.replace_id(&"almanac".into(), hoverboard()).await;

        let is_unknown =
            |told: &DataSetError| matches!(told, DataSetError::Store(e) if e.kind == ValueErrorKind::OutcomeUnknown);
        assert!(told.as_ref().is_err_and(is_unknown), "{fails:?}: {told:?}");
    }
}

#[tokio::test]
async fn a_replacement_or_an_insert_that_was_not_reached_is_told_so() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).ids(Ids::ClientUuid).open().await.unwrap();
    let is_unreached =
        |told: &DataSetError| matches!(told, DataSetError::Store(e) if e.kind == ValueErrorKind::Unreachable);

    faults.next(Operation::Write).fails(ValueErrorKind::Unreachable);
    let replaced = table.replace_id(&CUPCAKE.into(), hoverboard()).await;
    assert!(replaced.as_ref().is_err_and(is_unreached), "{replaced:?}");
    faults.next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let inserted = table.insert(hoverboard()).await;
    assert!(inserted.as_ref().is_err_and(is_unreached), "{inserted:?}");

    assert_eq!(store.count().await.unwrap(), 5);
}

#[tokio::test]
async fn a_replacement_makes_a_record_that_has_gone_as_it_was_found_to_be_there() {
    let (table, store, faults) = faulty_products().await;
    faults.next(Operation::Insert).fails(ValueErrorKind::AlreadyExists);

    let made = table.replace_id(&"almanac".into(), hoverboard()).await.unwrap();

    assert_eq!(made.name, "Hoverboard Cookie");
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn a_replacement_that_a_link_has_sent_twice_and_then_not_reached_is_of_unknown_outcome() {
    let (table, store, faults) = faulty_products().await;
    faults.next(Operation::Write).is_resent();
    faults.next(Operation::Write).fails(ValueErrorKind::Unreachable);

    let told = table.replace_id(&CUPCAKE.into(), hoverboard()).await;

    let is_unknown =
        |told: &DataSetError| matches!(told, DataSetError::Store(e) if e.kind == ValueErrorKind::OutcomeUnknown);
    assert!(told.as_ref().is_err_and(is_unknown), "{told:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(88.into()), "it was done");
}

#[tokio::test]
async fn a_replacement_of_which_the_store_makes_what_does_not_fit_is_an_error_of_the_entity() {
    for after_image in [true, false] {
        let store = ImTable::new("numbered"); // it gives none
        let claiming = || Claiming::new(store.clone(), |can| can.after_image = after_image);
        let table = LiveTable::<Numbered>::builder(claiming()).open().await.unwrap();
        let typed = TypedTable::<Numbered>::new(claiming());
        let cake = Numbered { name: "Cake".into(), number: 1 };

        let live = table.replace_id(&"cake".into(), cake.clone()).await;
        let typed = typed.replace_id(&"pie".into(), cake).await;

        assert!(matches!(live, Err(DataSetError::Entity { .. })), "{after_image}: {live:?}");
        assert!(matches!(typed, Err(DataSetError::Entity { .. })), "{after_image}: {typed:?}");
        assert_eq!(store.count().await.unwrap(), 2, "both are stored");
    }
}
