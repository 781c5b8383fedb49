//! Somebody is busy with the record all the time: each read of it is overtaken by an event, and nobody waits for ever.

use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet, Held};
use vantage_live::dataset::InsertableDataSet as _;
use vantage_live::{
    FieldSet, ImTable, LiveTable, Operation, ReadableValueSet as _, SaveResult, SyncState, WritableValueSet as _,
};

const PIE: &str = "sea_pie";
/// How many reads may be overtaken before somebody has waited in vain.
const MANY: u32 = 20;

async fn followed() -> (LiveTable<Product>, ImTable, Faults) {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(store.feed()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    (table, store, faults)
}

/// A colleague renames the record while each read is under way, this one first, and the table has heard of it when the read is
/// answered.
async fn overtakes(mut reading: Held, table: &LiveTable<Product>, store: &ImTable, faults: &Faults) {
    for n in 0..MANY {
        reading.arrived().await;
        let name = format!("Pie {n}");
        store.colleague_sets(PIE, "name", &*name).await;
        until(|| table.row(&PIE.into()).unwrap().name == name).await;
        let next = faults.next(Operation::Read).has_its_answer_held();
        std::mem::replace(&mut reading, next).release();
    }
}

/// What comes of `waiting` while somebody is busy.
async fn busy<T>(waiting: impl Future<Output = T>, overtaking: impl Future<Output = ()>) -> T {
    tokio::select! {
        told = waiting => told,
        () = overtaking => panic!("{MANY} reads, one after the other, have told nothing"),
    }
}

#[tokio::test]
async fn a_refresh_shows_what_the_feed_has_told_since() {
    let (table, store, faults) = followed().await;
    let mut edit = table.edit_record(PIE).await.unwrap();
    let reading = faults.next(Operation::Read).has_its_answer_held();

    let conflicts = busy(edit.refresh_snapshot(), overtakes(reading, &table, &store, &faults)).await.unwrap();

    assert!(conflicts.is_empty());
    assert!(edit.name.starts_with("Pie "), "{}", edit.name);
}

#[tokio::test]
async fn a_save_that_finds_out_what_became_of_a_lost_one_has_its_answer() {
    let (table, store, faults) = followed().await;
    let mut edit = table.edit_record(PIE).await.unwrap();
    edit.price = 310;
    faults.next(Operation::Write).loses_its_answer();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));
    until(|| table.row(&PIE.into()).unwrap().price == 310).await;
    let reading = faults.next(Operation::Read).has_its_answer_held();

    let saved = busy(edit.save(), overtakes(reading, &table, &store, &faults)).await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
}

#[tokio::test]
async fn a_save_whose_answer_comes_late_has_it_all_the_same() {
    let (table, store, faults) = followed().await;
    let mut edit = table.edit_record(PIE).await.unwrap();
    edit.price = 310;
    let writing = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    writing.arrived().await;
    // Longer than what others do waits for the answer.
    store.colleague_sets(PIE, "name", "Pie").await;
    until(|| table.row(&PIE.into()).unwrap().name == "Pie").await;
    let reading = faults.next(Operation::Read).has_its_answer_held();
    writing.release();

    let saved = busy(edit.finish_save(), overtakes(reading, &table, &store, &faults)).await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    let row = table.row(&PIE.into()).unwrap();
    assert_eq!((row.price, edit.modified_fields().contains(ProductField::Price)), (310, false), "P5");
}

#[tokio::test]
async fn a_refresh_that_has_waited_for_a_save_has_its_answer() {
    let (table, store, faults) = followed().await;
    let mut saving = table.edit_record(PIE).await.unwrap();
    saving.price = 310;
    let writing = faults.next(Operation::Write).is_held();
    saving.start_save().unwrap();
    writing.arrived().await;
    store.colleague_sets(PIE, "name", "Pie").await;
    let mut edit = table.edit_record(PIE).await.unwrap();
    let found = faults.next(Operation::Read).has_its_answer_held();
    let overtaking = async {
        found.arrived().await;
        found.release();
        // Whatever can go on does.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let reading = faults.next(Operation::Read).has_its_answer_held();
        writing.release();
        overtakes(reading, &table, &store, &faults).await;
    };

    let conflicts = busy(edit.refresh_snapshot(), overtaking).await.unwrap();

    assert!(conflicts.is_empty());
    assert_eq!(edit.price, 310, "P5");
}

#[tokio::test]
async fn a_refresh_shows_what_another_session_has_saved_since() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let (mut edit, mut other) = (table.edit_record(PIE).await.unwrap(), table.edit_record(PIE).await.unwrap());
    let mut reading = faults.next(Operation::Read).has_its_answer_held();
    let saves = async {
        for n in 0..MANY {
            reading.arrived().await;
            other.name = format!("Pie {n}");
            assert!(matches!(other.save().await.unwrap(), SaveResult::Saved));
            let next = faults.next(Operation::Read).has_its_answer_held();
            std::mem::replace(&mut reading, next).release();
        }
    };

    let conflicts = busy(edit.refresh_snapshot(), saves).await.unwrap();

    assert!(conflicts.is_empty());
    assert!(edit.name.starts_with("Pie "), "{}", edit.name);
}

#[tokio::test]
async fn a_refresh_is_not_answered_by_what_was_told_before_what_waits_for_an_insert() {
    let (table, store, faults) = followed().await;
    let mut edit = table.edit_record_owned(PIE).await.unwrap();
    let pie = store.get_id_value(&PIE.into()).await.unwrap().unwrap();
    let told = table.metrics().feed_events;
    let first = faults.next(Operation::Read).has_its_answer_held();
    let refreshing = tokio::spawn(async move { edit.refresh_snapshot().await.map(|_| edit.price) });
    first.arrived().await;
    let inserting = faults.next(Operation::Insert).is_held();
    let inserted = tokio::spawn({
        let table = table.clone();
        async move { table.insert(bakery::hoverboard()).await }
    });
    inserting.arrived().await;
    let made_again = async |price: i64, events: u64| {
        store.colleague_deletes(PIE).await;
        let record = pie.clone().into_iter().chain([("price".into(), price.into())]).collect();
        store.insert_id_value(&PIE.into(), record).await.unwrap();
        until(|| table.metrics().feed_events == told + events).await;
    };
    made_again(305, 2).await;
    let second = faults.next(Operation::Read).has_its_answer_held();
    first.release();
    second.arrived().await;
    made_again(310, 4).await;
    let others = faults.next(Operation::Read).is_held();
    second.release();
    // Whatever can go on does.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    others.release();

    let price = refreshing.await.unwrap();

    assert_eq!(price.unwrap(), 310, "and not that it has gone");
    inserting.release();
    inserted.await.unwrap().unwrap();
}
