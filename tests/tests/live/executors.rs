//! A table's futures are awaited from any executor, and its tasks end with it.

use std::sync::Arc;

use tests::bakery::{self, Colleague as _, Product};
use tests::wait::until;
use tokio::runtime::Runtime;
use vantage_live::dataset::{InsertableDataSet as _, ReadableDataSet, WritableDataSet};
use vantage_live::edit::DeleteResult;
use vantage_live::{LiveTable, OpenError, ReadableValueSet as _, SaveResult};

/// Opens, edits, saves and refreshes, and answers with what the store has then.
async fn a_day_at_the_bakery(handle: tokio::runtime::Handle) -> i64 {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).runtime(handle).open().await.unwrap();
    let mut events = table.subscribe();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    assert!(events.next().await.is_some());
    let _ = edit.refresh_snapshot().await.unwrap();
    table.refresh_all().await.unwrap();
    store.stored("sea_pie", "price").await.unwrap().as_i64().unwrap()
}

/// Every other future that a table and its sessions hand out; answers with how many records there are in the end.
async fn a_night_at_the_bakery(handle: tokio::runtime::Handle) -> u64 {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).runtime(handle).start().unwrap();
    table.filled().await.unwrap();

    store.colleague_sets("sea_pie", "price", 310).await;
    table.on_backend_change("sea_pie").await.unwrap();
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 310);

    let mut edit = table.edit_record("sea_pie").await.unwrap();
    assert!(matches!(edit.delete().await.unwrap(), DeleteResult::Deleted));
    assert!(matches!(edit.save_as_new().await.unwrap(), SaveResult::Created(_)));

    let id = table.insert(bakery::hoverboard()).await.unwrap();
    table.replace_id(&id, bakery::hoverboard()).await.unwrap();
    assert_eq!(table.update(&mut |product| product.price += 1).await.unwrap(), 6);
    assert_eq!(ReadableDataSet::get_id(&table, &id).await.unwrap().unwrap().price, 89);
    assert!(WritableDataSet::delete_id(&table, &id).await.unwrap());
    let left = store.count().await.unwrap();
    assert_eq!(WritableDataSet::delete_all(&table).await.unwrap(), left);
    left
}

#[test]
fn a_plain_block_on_awaits_everything_else() {
    let runtime = Runtime::new().unwrap();

    assert_eq!(pollster::block_on(a_night_at_the_bakery(runtime.handle().clone())), 5);
}

#[test]
fn smol_awaits_everything_else() {
    let runtime = Runtime::new().unwrap();

    assert_eq!(smol::block_on(a_night_at_the_bakery(runtime.handle().clone())), 5);
}

#[test]
fn a_plain_block_on_awaits_everything() {
    let runtime = Runtime::new().unwrap();

    assert_eq!(pollster::block_on(a_day_at_the_bakery(runtime.handle().clone())), 310);
}

#[test]
fn smol_awaits_everything() {
    let runtime = Runtime::new().unwrap();

    assert_eq!(smol::block_on(a_day_at_the_bakery(runtime.handle().clone())), 310);
}

#[test]
fn a_table_opened_outside_of_a_runtime_says_what_it_needs() {
    let opened = pollster::block_on(async { LiveTable::<Product>::builder(bakery::store().await).open().await });

    assert!(matches!(opened, Err(OpenError::NoRuntime)), "{opened:?}");
}

#[tokio::test]
async fn the_tasks_of_a_table_end_with_its_last_handle() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open().await.unwrap();
    until(|| store.feed().subscribers() == 1).await;
    let other = table.clone();

    drop(table);
    assert_eq!(store.feed().subscribers(), 1, "one handle is left");
    drop(other);

    until(|| store.feed().subscribers() == 0).await;
}

#[tokio::test]
async fn an_owned_session_keeps_its_table_open() {
    let (table, store) = bakery::products().await;
    let mut edit = table.edit_record_owned("sea_pie").await.unwrap();
    drop(table);

    edit.price = 310;
    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(310.into()));
    drop(edit);
    until(|| store.feed().subscribers() == 0).await;
}

#[test]
fn a_table_whose_runtime_was_shut_down_says_that_it_is_closed() {
    let runtime = Runtime::new().unwrap();
    let table = runtime.block_on(async {
        let store = bakery::store().await;
        Arc::new(LiveTable::<Product>::builder(store).open().await.unwrap())
    });
    runtime.shutdown_background();

    let refreshed = pollster::block_on(table.refresh_all());

    assert!(refreshed.is_err());
    assert_eq!(table.rows().len(), 5, "what was read can still be shown");
}
