//! What is told of a record while a write of ours to it is under way, and what becomes of it when the answer has come. No
//! time goes by here: nothing is let go because it has waited too long.

use tests::bakery::{self, Colleague as _, Product, hoverboard, product_records};
use tests::still::{PAUSES, Still};
use tests::wait::until;
use tokio::task::JoinHandle;
use vantage_live::contract::{Faults, FaultyFeed, FaultyValueSet, FeedFaults};
use vantage_live::dataset::{DataSetError, InsertableDataSet as _};
use vantage_live::{
    DeleteOutcome, Event, Feed, FeedOrder, Guard, Id, ImTable, LiveTable, ManualFeed, Operation, Origin, Patch,
    ReadableValueSet as _, SaveResult, SyncState, WritableValueSet, WriteOutcome,
};

use crate::{faulty_products, made};

/// A table that follows this feed, over this store with faults that the test commands.
async fn following(store: &ImTable, feed: impl Feed + 'static) -> (LiveTable<Product>, Faults) {
    let env = Still::with_chance(0);
    env.ends_no_pause();
    following_in(&env, store, feed).await
}

/// The same, where time goes by as the test says.
async fn following_in(env: &Still, store: &ImTable, feed: impl Feed + 'static) -> (LiveTable<Product>, Faults) {
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::builder(faulty).feed(feed).environment(env.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    faults.forget_calls();
    (table, faults)
}

/// An insert that goes on by itself.
fn inserting(table: &LiveTable<Product>) -> JoinHandle<Result<Id, DataSetError>> {
    let table = table.clone();
    tokio::spawn(async move { table.insert(hoverboard()).await })
}

/// A colleague makes a record.
async fn almanac(store: &ImTable) {
    store.colleague_inserts("almanac", product_records().swap_remove(0).1.into()).await;
}

#[tokio::test]
async fn what_others_have_made_while_an_insert_was_under_way_is_shown_when_it_has_its_answer() {
    let store = bakery::store().await;
    let (table, faults) = following(&store, store.feed()).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;
    almanac(&store).await;
    until(|| table.metrics().feed_events == 1).await;
    assert!(table.row(&"almanac".into()).is_none(), "it may be ours");

    held.release();
    let id = insert.await.unwrap().unwrap();

    assert!(table.row(&id).is_some() && table.row(&"almanac".into()).is_some());
}

#[tokio::test]
async fn what_others_do_to_a_row_that_is_shown_does_not_wait_for_an_insert() {
    let store = bakery::store().await;
    let (table, faults) = following(&store, store.feed()).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;

    store.colleague_sets("sea_pie", "price", 310).await;

    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
    held.release();
    insert.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_was_told_before_an_insert_was_sent_does_not_wait_for_its_answer() {
    let store = bakery::store().await;
    let (table, faults) = following(&store, store.feed()).await;
    let first = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    first.arrived().await;
    almanac(&store).await;
    until(|| table.metrics().feed_events == 1).await;
    let second = faults.next(Operation::Insert).is_held();
    let later = inserting(&table);
    second.arrived().await;

    first.release();
    insert.await.unwrap().unwrap();

    assert!(table.row(&"almanac".into()).is_some(), "it cannot be the later one");
    second.release();
    later.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_was_named_and_then_told_as_gone_is_read_where_a_feed_has_no_order() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let (table, faults) = following(&store, FaultyFeed::new(bus.clone()).that_tells_in(FeedOrder::Unknown)).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;
    almanac(&store).await;
    bus.changed("almanac");
    bus.delete("almanac"); // of before it was made
    until(|| table.metrics().feed_events == 2).await;

    held.release();
    insert.await.unwrap().unwrap();

    until(|| table.row(&"almanac".into()).is_some()).await;
}

#[tokio::test]
async fn what_was_named_is_read_though_a_hint_tells_what_is_shown_by_then() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let (table, faults) = following(&store, FaultyFeed::new(bus.clone()).that_tells_in(FeedOrder::Unknown)).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;
    almanac(&store).await;
    let before = store.get_id_value(&"almanac".into()).await.unwrap().unwrap();
    let answered = faults.next(Operation::Read).has_its_answer_held();
    let reading = tokio::spawn({
        let table = table.clone();
        async move { table.edit_record_owned("almanac").await.map(|_| ()) }
    });
    answered.arrived().await;
    store.colleague_sets("almanac", "price", 310).await;
    bus.changed("almanac");
    bus.upsert("almanac", before);
    until(|| table.metrics().feed_events == 2).await;
    answered.release();
    reading.await.unwrap().unwrap();

    held.release();
    insert.await.unwrap().unwrap();

    until(|| table.row(&"almanac".into()).is_some_and(|row| row.price == 310)).await;
}

#[tokio::test]
async fn a_row_that_is_named_is_read_though_an_insert_is_under_way() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let (table, faults) = following(&store, bus.clone()).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;
    store.colleague_sets("sea_pie", "price", 310).await;

    bus.changed("sea_pie");

    until(|| table.row(&"sea_pie".into()).unwrap().price == 310).await;
    held.release();
    insert.await.unwrap().unwrap();
}

#[tokio::test]
async fn who_reads_what_is_not_shown_waits_for_no_insert() {
    let store = bakery::store().await;
    let (table, faults) = following(&store, ManualFeed::new()).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;
    almanac(&store).await;

    let edit = table.edit_record("almanac").await;

    assert!(edit.is_ok(), "{edit:?}");
    held.release();
    insert.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_a_list_has_found_beside_a_save_under_way_is_shown_after_its_answer() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("sea_pie", "name", "Sea Pie").await;
    table.refresh_all().await.unwrap();
    held.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    until(|| table.row(edit.id()).unwrap().name == "Sea Pie").await;
}

#[tokio::test]
async fn what_was_named_while_two_inserts_were_under_way_waits_for_both_answers() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let (table, faults) = following(&store, bus.clone()).await;
    let first = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    first.arrived().await;
    let second = faults.next(Operation::Insert).has_its_answer_held();
    let later = inserting(&table);
    second.arrived().await;
    let made = made(&store).await;
    bus.changed(made.clone());
    until(|| table.metrics().feed_events == 1).await;
    let mut events = table.subscribe_record(&made);

    first.release();
    insert.await.unwrap().unwrap();
    until(|| table.metrics().settling == 0).await;
    second.release();
    assert_eq!(later.await.unwrap().unwrap(), made);

    let event = events.try_next();
    assert!(matches!(event, Some(Event::Inserted { origin: Origin::Local, .. })), "{event:?}");
}

#[tokio::test]
async fn the_answer_to_a_save_takes_nothing_back_that_a_later_one_was_answered() {
    let (table, _store, faults) = faulty_products().await;
    let (mut first, mut second) =
        (table.edit_record("sea_pie").await.unwrap(), table.edit_record("sea_pie").await.unwrap());
    first.price = 310;
    second.name = "Sea Pie".into();
    let held = faults.next(Operation::Write).has_its_answer_held();
    first.start_save().unwrap();
    held.arrived().await;
    assert!(matches!(second.save().await.unwrap(), SaveResult::Saved));
    let mut events = table.subscribe();

    held.release();
    let saved = first.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    let event = events.try_next();
    assert!(event.is_none(), "both are shown already: {event:?}");
}

#[tokio::test]
async fn an_event_that_tells_what_is_shown_makes_no_save_wait_until_the_record_was_read() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let (table, faults) = following(&store, bus.clone()).await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    bus.upsert("flux_cupcake", product_records().swap_remove(0).1);
    until(|| table.metrics().feed_events == 1).await;

    let read = faults.next(Operation::Read).is_held();
    held.release();
    let mut saved = None;
    until(|| {
        saved = edit.poll_save();
        saved.is_some()
    })
    .await;

    assert!(matches!(saved, Some(Ok(SaveResult::Saved))), "{saved:?}");
    assert_eq!(table.row(edit.id()).unwrap().price, 130);
    read.release();
}

#[tokio::test]
async fn what_is_told_while_two_saves_are_under_way_waits_for_both_answers() {
    let (store, bus) = (bakery::store().await, ManualFeed::new());
    let (table, faults) = following(&store, bus.clone()).await;
    let (mut first, mut second) =
        (table.edit_record("sea_pie").await.unwrap(), table.edit_record("sea_pie").await.unwrap());
    (first.price, second.name) = (310, "Pie".into());
    let answer = faults.next(Operation::Write).has_its_answer_held();
    first.start_save().unwrap();
    answer.arrived().await;
    let later = faults.next(Operation::Write).has_its_answer_held();
    second.start_save().unwrap();
    later.arrived().await;

    answer.release();
    let _ = first.finish_save().await.unwrap();
    bus.upsert("sea_pie", store.get_id_value(second.id()).await.unwrap().unwrap());
    until(|| table.metrics().feed_events == 1 && table.metrics().settling == 0).await;

    let row = table.row(second.id()).unwrap();
    assert_eq!((row.price, row.name.as_str()), (310, "Enchantment Under the Sea Pie"), "the second has no answer yet");
    later.release();
    let _ = second.finish_save().await.unwrap();
    assert_eq!(table.row(second.id()).unwrap().name, "Pie");
}

/// The feed of this store over a link that tells events in any order.
fn unordered(store: &ImTable) -> (FaultyFeed<ManualFeed>, FeedFaults) {
    let feed = FaultyFeed::new(store.feed()).that_tells_in(FeedOrder::Unknown);
    let faults = feed.faults();
    (feed, faults)
}

#[tokio::test]
async fn the_echo_of_a_save_costs_no_read_on_a_feed_without_order_either_even_if_it_comes_twice() {
    let store = bakery::store().await;
    let (feed, feed_faults) = unordered(&store);
    let (table, faults) = following(&store, feed).await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    faults.forget_calls();
    for (price, times) in [(310, 1), (320, 2)] {
        edit.price = price;
        feed_faults.double_next(times - 1);
        let before = table.metrics().feed_events;
        let held = faults.next(Operation::Write).has_its_answer_held();
        edit.start_save().unwrap();
        held.arrived().await;
        until(|| table.metrics().feed_events == before + times as u64).await;
        held.release();
        let saved = edit.finish_save().await.unwrap();
        assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    }

    until(|| table.metrics().settling == 0).await;
    assert_eq!(faults.operations(), [Operation::Write; 2]);
}

#[tokio::test]
async fn a_change_that_is_told_before_the_save_that_it_came_after_is_shown_with_its_answer() {
    let store = bakery::store().await;
    let (feed, feed_faults) = unordered(&store);
    let (table, faults) = following(&store, feed).await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    feed_faults.hold();
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("sea_pie", "name", "Sea Pie").await;
    feed_faults.held(2).await;
    feed_faults.release_reversed();
    until(|| table.metrics().feed_events == 2).await;

    held.release();
    let saved = edit.finish_save().await.unwrap();
    until(|| table.metrics().settling == 0).await;

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(table.row(edit.id()).unwrap().name, "Sea Pie", "P7: the echo, which came last, is the older");
}

#[tokio::test]
async fn a_change_that_is_told_before_the_insert_that_it_came_after_is_shown_with_its_answer() {
    let store = bakery::store().await;
    let (feed, feed_faults) = unordered(&store);
    let (table, faults) = following(&store, feed).await;
    feed_faults.hold();
    let held = faults.next(Operation::Insert).has_its_answer_held();
    let insert = inserting(&table);
    held.arrived().await;
    let made = made(&store).await;
    let patch = Patch::new().set("name", "Levitating Cookie");
    let _ = store.write(&made, &patch, &Guard::Exists).await.unwrap();
    feed_faults.held(2).await;
    feed_faults.release_reversed();
    until(|| table.metrics().feed_events == 2).await;

    held.release();
    assert_eq!(insert.await.unwrap().unwrap(), made);
    until(|| table.metrics().settling == 0).await;

    assert_eq!(table.row(&made).unwrap().name, "Levitating Cookie", "P7: the echo, which came last, is the older");
}

#[tokio::test]
async fn what_others_have_made_and_changed_while_an_insert_was_under_way_costs_no_read() {
    let store = bakery::store().await;
    let (table, faults) = following(&store, store.feed()).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;
    almanac(&store).await;
    store.colleague_sets("almanac", "price", 1_955).await;
    until(|| table.metrics().feed_events == 2).await;

    held.release();
    insert.await.unwrap().unwrap();

    assert_eq!(table.row(&"almanac".into()).unwrap().price, 1_955);
    assert_eq!(faults.operations(), [Operation::Insert]);
}

#[tokio::test]
async fn no_more_than_a_thousand_records_wait_for_the_answer_to_an_insert() {
    let store = bakery::store().await;
    let (table, faults) = following(&store, store.feed()).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;

    let many = (0..1_500).map(|n| (Id::from(n), product_records().swap_remove(0).1)).collect();
    assert!(store.insert_id_values(many).await.iter().all(Result::is_ok));
    until(|| table.metrics().feed_events == 1_500).await;

    assert_eq!(table.rows().len(), 5 + 1_500 - 1_024, "P8: the others are shown");
    held.release();
    insert.await.unwrap().unwrap();
    assert_eq!(table.rows().len(), 5 + 1_500 + 1);
}

#[tokio::test]
async fn while_one_save_hangs_the_echo_of_another_is_known_for_ours() {
    let (store, bus, env) = (bakery::store().await, ManualFeed::new(), Still::with_chance(0));
    let (table, faults) = following_in(&env, &store, bus.clone()).await;
    let (mut hangs, mut echoes) =
        (table.edit_record("time_tart").await.unwrap(), table.edit_record("sea_pie").await.unwrap());
    (hangs.price, echoes.price) = (230, 310);
    let hanging = faults.next(Operation::Write).is_held();
    hangs.start_save().unwrap();
    hanging.arrived().await;
    let held = faults.next(Operation::Write).has_its_answer_held();
    echoes.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("time_tart", "name", "Tart").await;
    bus.changed("time_tart");
    until(|| table.row(hangs.id()).unwrap().name == "Tart").await;
    env.ends_no_pause();
    let mut events = table.subscribe_record(echoes.id());

    bus.upsert("sea_pie", store.get_id_value(echoes.id()).await.unwrap().unwrap());
    until(|| table.metrics().feed_events == 2 && table.metrics().settling == 0).await;
    held.release();
    let saved = echoes.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    let event = events.try_next();
    assert!(matches!(event, Some(Event::Updated { origin: Origin::Local, .. })), "{event:?}");
    hanging.release();
}

#[tokio::test]
async fn who_reads_a_record_whose_save_is_under_way_has_an_answer_with_that_of_the_save() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.price = 310;
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;
    store.colleague_sets("sea_pie", "name", "Sea Pie").await;
    faults.forget_calls();

    let (read, saved) = futures::join!(table.on_backend_change("sea_pie"), async {
        until(|| faults.round_trips(Operation::Read) == 1).await;
        held.release();
        edit.finish_save().await
    });

    assert!(read.is_ok(), "{read:?}");
    assert!(matches!(saved, Ok(SaveResult::Saved)), "{saved:?}");
    let row = table.row(edit.id()).unwrap();
    assert_eq!((row.name.as_str(), row.price), ("Sea Pie", 310));
}

#[tokio::test]
async fn what_may_be_ours_waits_through_one_look() {
    let (store, env) = (bakery::store().await, Still::with_chance(0));
    env.ends_one_pause();
    let (table, faults) = following_in(&env, &store, store.feed()).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;

    almanac(&store).await;
    until(|| looks(&env) == 2).await;

    assert!(table.row(&"almanac".into()).is_none(), "an answer takes longer than that sometimes");
    held.release();
    insert.await.unwrap().unwrap();
}

/// How often it was begun to wait for the next look.
fn looks(env: &Still) -> usize {
    env.slept().iter().filter(|slept| **slept > 0).count()
}

#[tokio::test]
async fn however_much_waits_one_task_looks() {
    let (store, env) = (bakery::store().await, Still::with_chance(0));
    env.ends_no_pause();
    let (table, faults) = following_in(&env, &store, store.feed()).await;
    let held = faults.next(Operation::Insert).is_held();
    let insert = inserting(&table);
    held.arrived().await;

    for (number, id) in (1..).zip(["almanac", "comic", "diary"]) {
        store.colleague_inserts(id, product_records().swap_remove(0).1.into()).await;
        until(|| table.metrics().feed_events == number).await;
    }
    held.release();
    insert.await.unwrap().unwrap();

    assert_eq!(looks(&env), 1);
}

#[tokio::test]
async fn an_echo_of_a_delete_or_of_what_does_not_fit_that_comes_twice_costs_no_read() {
    let store = bakery::store().await;
    let (feed, feed_faults) = unordered(&store);
    let (table, faults) = following(&store, feed).await;
    feed_faults.double_next(2);
    let (pie, tart) = (Id::from("sea_pie"), Id::from("time_tart"));
    let patch = Patch::new().set("price", "ask Doc");

    let held = faults.next(Operation::Write).has_its_answer_held();
    let (written, ()) = futures::join!(table.write(&pie, &patch, &Guard::Exists), async {
        held.arrived().await;
        until(|| table.metrics().feed_events == 2).await;
        held.release();
    });
    let held = faults.next(Operation::Delete).has_its_answer_held();
    let (deleted, ()) = futures::join!(WritableValueSet::delete_id(&table, &tart, &Guard::Exists), async {
        held.arrived().await;
        until(|| table.metrics().feed_events == 4).await;
        held.release();
    });
    until(|| table.metrics().settling == 0).await;

    assert!(matches!(written, Ok(WriteOutcome::Written(_))), "{written:?}");
    assert_eq!(deleted.unwrap(), DeleteOutcome::Deleted);
    assert_eq!((table.rows().len(), table.rejected_rows().len()), (3, 1));
    assert_eq!(faults.operations(), [Operation::Write, Operation::Delete]);
}

#[tokio::test]
async fn what_others_have_changed_waits_for_an_answer_through_the_first_look() {
    let (store, env) = (bakery::store().await, Still::with_chance(0));
    env.ends_one_pause();
    let (table, faults) = following_in(&env, &store, store.feed()).await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.name = "Pie".into();
    let held = faults.next(Operation::Write).is_held();
    edit.start_save().unwrap();
    held.arrived().await;

    store.colleague_sets("sea_pie", "price", 310).await;

    until(|| env.slept().len() > PAUSES).await;
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 299, "the second look is still to come");
    held.release();
    assert!(matches!(edit.finish_save().await.unwrap(), SaveResult::Saved));
}
