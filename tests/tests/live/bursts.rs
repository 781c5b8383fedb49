//! More at once than a table remembers.

use async_trait::async_trait;
use futures::channel::mpsc;
use futures::{FutureExt as _, StreamExt as _};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, Product};
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::WritableDataSet;
use vantage_live::feed::FeedStream;
use vantage_live::{
    Feed, FeedEvent, FeedKind, FeedOrder, Guard, Id, ImTable, LiveEntity, LiveTable, Operation, Patch,
    ReadableValueSet as _, ValueError, ValueErrorKind, WritableValueSet as _,
};

/// Names, to its one subscriber, the records that it is sent, however many they are.
struct Names(Mutex<Option<mpsc::UnboundedReceiver<Id>>>);

#[async_trait]
impl Feed for Names {
    fn kind(&self) -> FeedKind {
        FeedKind::PerRow
    }
    fn order(&self) -> FeedOrder {
        FeedOrder::Unknown
    }
    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let ids = self.0.lock().take().expect("it is subscribed to once");
        let event = |id| Ok(FeedEvent::Upsert { id, record: None });
        Ok(ids.map(event).chain(std::future::pending().into_stream()).boxed())
    }
}

#[tokio::test]
async fn a_change_among_more_than_are_remembered_is_found_by_a_list_even_if_the_first_one_fails() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let (name, named) = mpsc::unbounded();
    let table = LiveTable::<Product>::builder(faulty).feed(Names(Mutex::new(Some(named)))).open().await.unwrap();
    let held = faults.next(Operation::Read).is_held();
    name.unbounded_send("time_tart".into()).unwrap();
    held.arrived().await;

    store.colleague_sets("sea_pie", "price", 310).await;
    let many = (0..66_000).map(Id::from).chain([Id::from("sea_pie")]);
    many.for_each(|id| name.unbounded_send(id).unwrap());
    until(|| table.metrics().feed_events == 66_002).await;
    let waiting = table.metrics().settling;
    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    held.release();

    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
    assert_eq!(waiting, 2, "P8: what is being read, and a list");
}

/// A store of 3,000 products: more than are shown, or read, in one step.
async fn thousands() -> ImTable {
    let store = ImTable::new("product");
    let (_, product) = bakery::product_records().swap_remove(0);
    let records = (0..3_000).map(|n| (Id::from(n), product.clone())).collect();
    assert!(store.insert_id_values(records).await.iter().all(Result::is_ok), "all are new");
    store
}

#[tokio::test]
async fn thousands_that_are_told_to_have_changed_are_all_read() {
    let store = thousands().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let (name, named) = mpsc::unbounded();
    let table = LiveTable::<Product>::builder(faulty).feed(Names(Mutex::new(Some(named)))).open().await.unwrap();
    let held = faults.next(Operation::Read).is_held();
    name.unbounded_send(Id::from(0)).unwrap();
    held.arrived().await;

    for n in 0..3_000 {
        let _ = store.write(&Id::from(n), &Patch::new().set("price", n), &Guard::Exists).await.unwrap();
        name.unbounded_send(Id::from(n)).unwrap();
    }
    until(|| table.metrics().feed_events == 3_001).await;
    held.release();

    until(|| (0..3_000).all(|n| table.row(&Id::from(n)).is_some_and(|row| row.price == n))).await;
}

#[tokio::test]
async fn thousands_that_a_list_does_not_find_are_all_gone() {
    let store = thousands().await;
    let table = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();
    assert_eq!(store.delete_all().await.unwrap(), 3_000);

    table.refresh_all().await.unwrap();

    assert_eq!(table.rows().len(), 0);
}

#[tokio::test]
async fn thousands_that_are_deleted_at_once_are_all_gone() {
    let store = thousands().await;
    let table = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();

    let deleted = WritableDataSet::delete_all(&table).await.unwrap();

    assert_eq!((deleted, table.rows().len(), store.count().await.unwrap()), (3_000, 0, 0));
}

/// More than a table remembers the moments of.
const MANY: i64 = 70_000;

async fn many(price: &Value) -> (ImTable, LiveTable<Priced>) {
    let store = ImTable::new("priced");
    let record = |n| (Id::from(n), json!({"price": price}).as_object().unwrap().clone());
    assert!(store.insert_id_values((0..MANY).map(record).collect()).await.iter().all(Result::is_ok));
    let table = LiveTable::builder(store.clone()).open().await.unwrap();
    (store, table)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Priced {
    price: i64,
}

#[tokio::test]
async fn many_records_that_do_not_fit_are_listed_and_none_is_read_again() {
    let (_store, table) = many(&json!("ask Doc")).await;

    assert_eq!(table.rejected_rows().len(), usize::try_from(MANY).unwrap());
    assert_eq!((table.metrics().settled, table.metrics().settling), (0, 0));
}

#[tokio::test]
async fn many_records_that_do_not_fit_and_that_a_list_does_not_have_are_gone_when_it_has_answered() {
    let (store, table) = many(&json!("ask Doc")).await;
    assert_eq!(store.delete_all().await.unwrap(), MANY.unsigned_abs());

    table.refresh_all().await.unwrap();

    assert_eq!((table.rejected_rows().len(), table.metrics().settled), (0, 0));
}

#[tokio::test]
async fn many_rows_that_a_list_does_not_have_are_gone_when_it_has_answered() {
    let (store, table) = many(&json!(1)).await;
    assert_eq!(store.delete_all().await.unwrap(), MANY.unsigned_abs());

    table.refresh_all().await.unwrap();

    assert!(table.rows().is_empty(), "{} are shown", table.rows().len());
    assert_eq!(table.metrics().settled, 0, "none was read again for that");
}
