//! Every record is deleted through a table, while others make some, and while answers of before are still to come.

use tests::bakery::{self, Colleague as _, Product};
use tests::still::Still;
use tests::wait::until;
use tokio::task::JoinHandle;
use vantage_live::contract::{FaultyFeed, FaultyValueSet};
use vantage_live::dataset::{InsertableDataSet as _, WritableDataSet};
use vantage_live::{LiveTable, Operation, ReadableValueSet as _, Record, SaveResult, SyncState, WritableValueSet as _};

const PIE: &str = "sea_pie";

/// Every record is being deleted: how many there were, and how many are shown, and kept apart, when that is told.
fn deleting(table: &LiveTable<Product>) -> JoinHandle<(u64, [usize; 2])> {
    let table = table.clone();
    tokio::spawn(async move {
        let deleted = WritableDataSet::delete_all(&table).await.unwrap();
        (deleted, [table.rows().len(), table.rejected_rows().len()])
    })
}

#[tokio::test]
async fn a_delete_of_all_waits_until_it_is_read_whether_what_was_written_meanwhile_is_gone() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).environment(Still::with_chance(0)).open().await.unwrap();
    let held = faults.next(Operation::Delete).is_held();
    let deleting = deleting(&table);
    held.arrived().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    let reading = faults.next(Operation::Read).is_held();
    held.release();
    reading.arrived().await;
    // Whatever can go on does.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    reading.release();

    let told = deleting.await.unwrap();

    assert_eq!(told, (5, [0, 0]), "P5");
}

#[tokio::test]
async fn what_was_made_while_all_was_deleted_is_read_where_no_feed_tells_of_it() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let held = faults.next(Operation::Delete).is_held();
    let deleting = tokio::spawn({
        let table = table.clone();
        async move { WritableDataSet::delete_all(&table).await }
    });
    held.arrived().await;
    let mut edit = table.new_record(bakery::hoverboard());
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Created(_)));
    held.release();

    deleting.await.unwrap().unwrap();

    assert_eq!(store.count().await.unwrap(), 0);
    until(|| table.rows().is_empty()).await;
}

#[tokio::test]
async fn what_was_made_and_is_answered_after_all_was_deleted_is_read_where_no_feed_tells_of_it() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let held = faults.next(Operation::Insert).has_its_answer_held();
    let mut edit = table.new_record(bakery::hoverboard());
    edit.start_save().unwrap();
    held.arrived().await;
    WritableDataSet::delete_all(&table).await.unwrap();
    held.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
    until(|| table.rows().is_empty()).await;
}

#[tokio::test]
async fn what_was_read_before_all_was_deleted_is_not_shown_after_it() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let listed = faults.next(Operation::Read).has_its_answer_held();
    let table = LiveTable::<Product>::builder(faulty).start().unwrap();
    listed.arrived().await;
    let mut events = table.subscribe();
    assert_eq!(WritableDataSet::delete_all(&table).await.unwrap(), 5);
    listed.release();

    table.filled().await.unwrap();
    until(|| table.metrics().settling == 0).await;

    let event = events.try_next();
    assert!(event.is_none(), "P5: {event:?}");
}

#[tokio::test]
async fn what_was_shown_while_all_was_deleted_is_gone_when_that_is_done() {
    for is_own in [false, true] {
        let store = bakery::store().await;
        let faulty = FaultyValueSet::new(store.clone());
        let faults = faulty.faults();
        let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
        let held = faults.next(Operation::Delete).is_held();
        let deleting = deleting(&table);
        held.arrived().await;
        if is_own {
            table.insert(bakery::hoverboard()).await.unwrap();
        } else {
            let record = store.get_id_value(&PIE.into()).await.unwrap().unwrap();
            store.insert_id_value(&"another_pie".into(), record).await.unwrap();
            table.on_backend_change("another_pie").await.unwrap();
        }
        let reading = faults.next(Operation::Read).is_held();
        held.release();
        reading.arrived().await;
        assert!(!deleting.is_finished(), "not before that was read");
        reading.release();

        let told = deleting.await.unwrap();

        assert_eq!(told, (6, [0, 0]), "P5, its own: {is_own}");
    }
}

#[tokio::test]
async fn what_did_not_fit_while_all_was_deleted_is_gone_when_that_is_done() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let held = faults.next(Operation::Delete).is_held();
    let deleting = deleting(&table);
    held.arrived().await;
    store.insert_id_value(&"no_pie".into(), Record::from_iter([("price".into(), "ask Doc".into())])).await.unwrap();
    table.on_backend_change("no_pie").await.unwrap_err();
    assert_eq!(table.rejected_rows().len(), 1);
    held.release();

    let told = deleting.await.unwrap();

    assert_eq!(told, (6, [0, 0]), "P5");
}

#[tokio::test]
async fn what_the_first_list_has_shown_while_all_was_deleted_is_gone_when_that_is_done() {
    let faulty = FaultyValueSet::new(bakery::store().await);
    let faults = faulty.faults();
    let listing = faults.next(Operation::Read).has_its_answer_held();
    let table = LiveTable::<Product>::builder(faulty).start().unwrap();
    listing.arrived().await;
    let held = faults.next(Operation::Delete).has_its_answer_held();
    let deleting = deleting(&table);
    held.arrived().await;
    listing.release();
    until(|| table.rows().len() == 5 && table.sync_state() == SyncState::NoFeed).await;
    held.release();

    let told = deleting.await.unwrap();

    assert_eq!(told, (5, [0, 0]), "P5");
}

#[tokio::test]
async fn however_much_was_shown_while_all_was_deleted_it_is_read_little_by_little() {
    let store = bakery::store().await;
    let record = store.get_id_value(&PIE.into()).await.unwrap().unwrap();
    let faulty = FaultyValueSet::new(store.clone());
    let (faults, feed) = (faulty.faults(), store.feed());
    let table = LiveTable::<Product>::builder(faulty).feed(feed.clone()).open().await.unwrap();
    let held = faults.next(Operation::Delete).is_held();
    let deleting = deleting(&table);
    held.arrived().await;
    for n in 0..3_000_i64 {
        feed.upsert(n, record.clone());
    }
    until(|| table.rows().len() == 3_005).await;
    let reading = faults.next(Operation::Read).is_held();
    held.release();
    reading.arrived().await;
    let waiting = table.metrics().settling;
    reading.release();

    let told = deleting.await.unwrap();

    assert!(waiting <= 1_024, "P8: {waiting}");
    assert_eq!(told, (5, [0, 0]), "P5");
}

#[tokio::test]
async fn what_the_feed_tells_late_of_what_was_deleted_with_all_is_not_shown() {
    for was_there_before in [false, true] {
        let store = bakery::store().await;
        let record = store.get_id_value(&PIE.into()).await.unwrap().unwrap();
        let feed = FaultyFeed::new(store.feed());
        let faults = feed.faults();
        let table = LiveTable::<Product>::builder(store.clone()).feed(feed).open().await.unwrap();
        until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
        if was_there_before {
            store.insert_id_value(&"another_pie".into(), record.clone()).await.unwrap();
            until(|| table.rows().len() == 6).await;
            store.colleague_deletes("another_pie").await;
            until(|| table.rows().len() == 5).await;
        }
        faults.hold();
        store.insert_id_value(&"another_pie".into(), record.clone()).await.unwrap();
        assert_eq!(WritableDataSet::delete_all(&table).await.unwrap(), 6);
        let mut events = table.subscribe();

        faults.release();

        // The feed has told everything once it has told this.
        store.insert_id_value(&"last".into(), record).await.unwrap();
        let first = events.next().await;
        let first = first.as_ref().and_then(|event| event.id());
        assert_eq!(first, Some(&"last".into()), "P5, was there before: {was_there_before}");
    }
}

#[tokio::test]
async fn what_a_write_was_refused_with_before_all_was_deleted_is_not_shown_after_it() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
    let mut edit = table.edit_record(PIE).await.unwrap();
    let mut record = store.get_id_value(&PIE.into()).await.unwrap().unwrap();
    store.colleague_deletes(PIE).await;
    table.on_backend_change(PIE).await.unwrap();
    record.insert("price".into(), 305.into());
    store.insert_id_value(&PIE.into(), record).await.unwrap();
    edit.price = 310;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    assert_eq!(WritableDataSet::delete_all(&table).await.unwrap(), 5);
    let mut events = table.subscribe();
    held.release();

    let _ = edit.finish_save().await.unwrap();

    let event = events.try_next();
    assert!(event.is_none(), "P5: {event:?}");
}
