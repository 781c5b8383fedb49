//! A table is never greener than the truth, and nothing that hangs or is away hides for long what others do.

use serde_json::json;
use tests::bakery::{self, Colleague as _, Product, hoverboard};
use tests::wait::until;
use tokio::runtime::Runtime;
use vantage_live::contract::{Faults, FaultyFeed, FaultyValueSet};
use vantage_live::dataset::InsertableDataSet as _;
use vantage_live::{
    FeedOrder, Guard, ImTable, LiveTable, Operation, Patch, SaveResult, SyncState, ValueErrorKind,
    WritableValueSet as _,
};

fn is_live(table: &LiveTable<Product>) -> bool {
    matches!(table.sync_state(), SyncState::Live(_))
}

/// A table that is live, over a store whose faults the test commands.
async fn followed() -> (LiveTable<Product>, ImTable, Faults) {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::builder(faulty).feed(store.feed()).open().await.unwrap();
    until(|| is_live(&table)).await;
    (table, store, faults)
}

#[tokio::test]
async fn a_table_that_cannot_read_what_may_have_changed_is_lost_until_it_can() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    // Each event is a hint, and the record is to be read.
    let feed = FaultyFeed::new(store.feed()).that_tells_in(FeedOrder::Unknown);
    let table = LiveTable::<Product>::builder(faulty).feed(feed).open().await.unwrap();
    until(|| is_live(&table)).await;

    faults.cut();
    store.colleague_sets("sea_pie", "price", 310).await;
    until(|| matches!(table.sync_state(), SyncState::Lost { .. })).await;
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 299, "what is shown is old");
    faults.restore();

    until(|| is_live(&table)).await;
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 310);
}

#[test]
fn a_table_whose_runtime_is_gone_is_lost() {
    let runtime = Runtime::new().unwrap();
    let (table, _store) = runtime.block_on(bakery::products());

    drop(runtime);

    assert!(matches!(table.sync_state(), SyncState::Lost { .. }), "{:?}", table.sync_state());
}

#[tokio::test]
async fn a_feed_that_is_not_reached_keeps_no_table_from_opening_and_it_says_that_it_is_lost() {
    let store = bakery::store().await;
    let feed = FaultyFeed::new(store.feed());
    let faults = feed.faults();
    faults.cut();

    let table = LiveTable::<Product>::builder(store).feed(feed).open().await.unwrap();

    assert_eq!(table.rows().len(), 5);
    assert!(matches!(table.sync_state(), SyncState::Lost { .. }), "{:?}", table.sync_state());
    faults.restore();
    until(|| is_live(&table)).await;
}

#[tokio::test]
async fn an_insert_that_hangs_hides_nobody_elses_for_long() {
    let (table, store, faults) = followed().await;
    let held = faults.next(Operation::Insert).is_held();
    let inserting = tokio::spawn({
        let table = table.clone();
        async move { table.insert(hoverboard()).await }
    });
    held.arrived().await;

    let almanac = json!({"name": "Almanac", "price": 1955, "inventory": {"stock": 1, "shelf": "B"}});
    store.colleague_inserts("almanac", almanac).await;

    until(|| table.row(&"almanac".into()).is_some()).await;
    held.release();
    let id = inserting.await.unwrap().unwrap();
    assert!(table.row(&id).is_some(), "ours comes when it comes");
}

#[tokio::test]
async fn what_waits_for_an_insert_that_hangs_takes_nothing_back_that_was_told_since() {
    let (table, store, faults) = followed().await;
    let (insert, write) = (faults.next(Operation::Insert).is_held(), faults.next(Operation::Write).is_held());
    let inserting = tokio::spawn({
        let table = table.clone();
        async move { table.insert(hoverboard()).await }
    });
    insert.arrived().await;
    let almanac = json!({"name": "Almanac", "price": 1955, "inventory": {"stock": 1, "shelf": "B"}});
    store.colleague_inserts("almanac", almanac).await;
    until(|| table.metrics().feed_events == 1).await;
    let writing = tokio::spawn({
        let (table, patch) = (table.clone(), Patch::new().set("name", "Gray's Almanac"));
        async move { table.write(&"almanac".into(), &patch, &Guard::Exists).await }
    });
    write.arrived().await;

    store.colleague_sets("almanac", "price", 2015).await;

    until(|| table.row(&"almanac".into()).is_some()).await;
    assert_eq!(table.row(&"almanac".into()).unwrap().price, 2015, "P6");
    insert.release();
    write.release();
    inserting.await.unwrap().unwrap();
    let _ = writing.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_save_that_hangs_hides_no_change_of_others_for_long() {
    let (table, store, faults) = followed().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.name = "Sea Pie".into();
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;

    store.colleague_sets("sea_pie", "price", 310).await;

    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
    held.release();
    assert!(matches!(edit.finish_save().await.unwrap(), SaveResult::Saved));
    let row = table.row(&"sea_pie".into()).unwrap();
    assert_eq!((row.name.as_str(), row.price), ("Sea Pie", 310));
}

#[tokio::test]
async fn a_save_whose_answer_another_one_has_overtaken_is_saved_when_the_record_could_be_read() {
    let (table, _store, faults) = crate::faulty_products().await;
    let mut first = table.edit_record("sea_pie").await.unwrap();
    let mut second = table.edit_record("sea_pie").await.unwrap();
    first.price = 310;
    second.name = "Sea Pie".into();
    let held = faults.next(Operation::Write).is_held();
    first.start_save().unwrap();
    held.arrived().await;
    assert!(matches!(second.save().await.unwrap(), SaveResult::Saved));

    faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
    held.release();
    let result = first.finish_save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 310, "P5: the rows show what was saved");
}

#[tokio::test]
async fn a_refresh_fails_sooner_than_it_takes_a_session_behind_the_rows() {
    let (table, store, faults) = followed().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    let held = faults.next(Operation::Read).has_its_answer_held();

    let (refreshed, ()) = futures::join!(edit.refresh_snapshot(), async {
        held.arrived().await;
        store.colleague_sets("sea_pie", "price", 310).await;
        until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
        faults.next(Operation::Read).fails(ValueErrorKind::Unreachable);
        held.release();
    });

    assert!(refreshed.is_err(), "{refreshed:?}");
    assert!(edit.rebase().unwrap().is_empty());
    assert_eq!(edit.price, 310);
}
