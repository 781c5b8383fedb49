//! The temp id that a record had before it was saved stands for it in every verb, and ours is known for ours.

use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tests::bakery::{self, Product, hoverboard, store};
use tests::claiming::Claiming;
use tests::numbering::Numbering;
use tests::still::Still;
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::{InsertableDataSet as _, WritableDataSet};
use vantage_live::edit::{EditError, SaveError};
use vantage_live::{
    DeleteOutcome, Event, Guard, Id, Ids, ImTable, LiveEntity, LiveTable, ManualFeed, Operation, Origin, Patch,
    ReadableValueSet as _, SaveResult, ValueErrorKind, WritableValueSet, WriteOutcome,
};

/// A table without a feed, its store, and a record that was saved there: its temp id, and the one that it has.
async fn saved() -> (LiveTable<Product>, ImTable, Id, Id) {
    let (table, store) = crate::products_without_feed().await;
    let mut edit = table.new_record(hoverboard());
    let temp = edit.id().clone();
    let SaveResult::Created(id) = edit.save().await.unwrap() else { panic!("it was new") };
    drop(edit);
    (table, store, temp, id)
}

async fn price(store: &ImTable, id: &Id) -> serde_json::Value {
    store.get_id_value(id).await.unwrap().unwrap()["price"].clone()
}

#[tokio::test]
async fn replacing_by_the_temp_id_replaces_the_record() {
    let (table, store, temp, id) = saved().await;

    table.replace_id(&temp, Product { price: 99, ..hoverboard() }).await.unwrap();

    assert_eq!(price(&store, &id).await, 99);
    assert_eq!(store.count().await.unwrap(), 6, "and makes no other");
}

#[tokio::test]
async fn replacing_the_whole_record_by_the_temp_id_replaces_the_record() {
    let (table, store, temp, id) = saved().await;

    table.replace_id_value(&temp, bakery::product_records()[0].1.clone()).await.unwrap();

    assert_eq!(price(&store, &id).await, 120);
    assert_eq!(store.count().await.unwrap(), 6, "and makes no other");
}

#[tokio::test]
async fn a_session_begun_by_the_temp_id_of_a_record_without_a_row_has_its_id() {
    let (table, store, temp, id) = saved().await;
    let record = store.get_id_value(&id).await.unwrap().unwrap();
    let _ = store.delete_id(&id, &Guard::Nothing).await.unwrap();
    table.refresh_all().await.unwrap();
    store.insert_id_value(&id, record).await.unwrap();
    assert!(table.row(&id).is_none(), "nobody has told the table");

    let edit = table.edit_record(temp).await.unwrap();

    assert_eq!(edit.id(), &id);
}

#[tokio::test]
async fn writing_by_the_temp_id_writes_the_record() {
    let (table, store, temp, id) = saved().await;

    let outcome = table.write(&temp, &Patch::new().set("price", 99), &Guard::Exists).await.unwrap();

    assert!(matches!(outcome, WriteOutcome::Written(_)), "{outcome:?}");
    assert_eq!(price(&store, &id).await, 99);
}

#[tokio::test]
async fn inserting_by_the_temp_id_finds_it_taken() {
    let (table, store, temp, _) = saved().await;

    let inserted = table.insert_id_value(&temp, bakery::product_records()[0].1.clone()).await;

    assert!(inserted.is_err(), "{inserted:?}");
    assert_eq!(store.count().await.unwrap(), 6);
}

#[tokio::test]
async fn deleting_by_the_temp_id_deletes_the_record() {
    let (table, store, temp, id) = saved().await;

    assert!(WritableDataSet::delete_id(&table, &temp).await.unwrap());

    assert_eq!(store.get_id_value(&id).await.unwrap(), None);
    assert!(table.row(&id).is_none());
}

#[tokio::test]
async fn deleting_by_the_temp_id_in_the_value_set_deletes_the_record() {
    let (table, store, temp, id) = saved().await;

    let outcome = WritableValueSet::delete_id(&table, &temp, &Guard::Exists).await.unwrap();

    assert_eq!(outcome, DeleteOutcome::Deleted);
    assert_eq!(store.get_id_value(&id).await.unwrap(), None);
}

#[tokio::test]
async fn a_change_that_is_told_by_the_temp_id_is_read() {
    let (table, store, temp, id) = saved().await;
    let _ = store.write(&id, &Patch::new().set("price", 99), &Guard::Exists).await.unwrap();

    table.on_backend_change(temp).await.unwrap();

    assert_eq!(table.row(&id).unwrap().price, 99);
}

#[tokio::test]
async fn a_record_is_edited_by_its_temp_id() {
    let (table, store, temp, id) = saved().await;
    let mut edit = table.edit_record(temp).await.unwrap();
    edit.price = 99;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(price(&store, &id).await, 99);
}

#[tokio::test]
async fn who_subscribes_to_the_temp_id_of_a_saved_record_hears_of_its_changes() {
    let (table, _, temp, id) = saved().await;
    let mut events = table.subscribe_record(temp);

    let _ = table.write(&id, &Patch::new().set("price", 99), &Guard::Exists).await.unwrap();

    let event = events.try_next();
    assert!(matches!(&event, Some(Event::Updated { id: updated, .. }) if *updated == id), "{event:?}");
}

#[tokio::test]
async fn a_record_is_identified_before_it_is_inserted_where_the_table_chooses_its_id() {
    let store = Claiming::new(store().await, |can| can.idempotent_insert = false);
    let table = LiveTable::<Product>::builder(store).open().await.unwrap();
    let (mut events, before) = (table.subscribe(), table.rows().sequence());

    let _ = table.new_record(hoverboard()).save().await.unwrap();

    let first = events.try_next();
    assert!(matches!(first, Some(Event::Identified { .. })), "{first:?}");
    let second = events.try_next();
    assert!(matches!(second, Some(Event::Inserted { .. })), "{second:?}");
    let (first, second) = (first.unwrap().sequence(), second.unwrap().sequence());
    assert_eq!((first, second), (before + 1, before + 2), "each has a number of its own");
}

#[tokio::test]
async fn who_subscribes_to_the_real_id_hears_that_the_record_has_got_it() {
    let (table, store, faults) = crate::faulty_products().await;
    let mut edit = table.new_record(hoverboard());
    let held = faults.next(Operation::Insert).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    let mut events = table.subscribe_record(&crate::made(&store).await);

    held.release();
    let _ = edit.finish_save().await.unwrap();

    let event = events.try_next();
    assert!(matches!(event, Some(Event::Identified { .. })), "{event:?}");
}

#[tokio::test]
async fn each_of_many_records_has_its_temp_id_still() {
    let (table, _) = crate::products_without_feed().await;
    let mut temps = Vec::new();
    for price in 1..=3 {
        let mut edit = table.new_record(Product { price, ..hoverboard() });
        temps.push((edit.id().clone(), price));
        let _ = edit.save().await.unwrap();
    }

    for (temp, price) in temps {
        assert_eq!(table.row(&temp).map(|row| row.price), Some(price));
    }
}

#[tokio::test]
async fn a_feed_that_names_our_insert_before_it_is_answered_does_not_make_it_somebody_elses() {
    let store = store().await;
    let (faulty, feed) = (FaultyValueSet::new(store.clone()), ManualFeed::new());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(feed.clone()).open().await.unwrap();
    let mut events = table.subscribe();
    let held = faults.next(Operation::Insert).has_its_answer_held();

    let (id, ()) = futures::join!(table.insert(hoverboard()), async {
        held.arrived().await;
        let ids = store.get_values().await.unwrap().into_iter().map(|(id, _)| id);
        ids.filter(|id| table.row(id).is_none()).for_each(|id| feed.changed(id));
        feed.changed("sea_pie");
        until(|| table.metrics().feed_events == 2).await;
        until(|| table.metrics().settling == 0).await;
        held.release();
    });

    let event = events.try_next().unwrap();
    assert_eq!((event.id(), event.origin()), (Some(&id.unwrap()), Some(Origin::Local)));
}

/// Who looks at the rows at the moment of being woken, and notes whether the record is there.
struct Looks {
    table: LiveTable<Product>,
    temp: Id,
    found: Mutex<Vec<bool>>,
}

impl Wake for Looks {
    fn wake(self: Arc<Self>) {
        self.found.lock().push(self.table.row(&self.temp).is_some());
    }
}

#[tokio::test]
async fn whoever_hears_what_a_temp_id_has_become_finds_the_row_at_once() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let table = LiveTable::<Product>::builder(store().await).ids(ids).open().await.unwrap();
        let mut edit = table.new_record(hoverboard());
        let temp = edit.id().clone();
        let looks = Arc::new(Looks { table: table.clone(), temp: temp.clone(), found: Mutex::default() });
        let waker = Waker::from(Arc::clone(&looks));
        let mut events = table.subscribe();
        let mut waits = Box::pin(events.next());
        assert!(waits.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());

        let SaveResult::Created(id) = edit.save().await.unwrap() else { panic!("it was new") };

        let told = waits.await.unwrap();
        assert!(matches!(told, Event::Identified { .. }) == (id != temp), "{told:?}");
        assert_eq!(*looks.found.lock(), [true]);
    }
}

#[tokio::test]
async fn what_has_become_which_is_in_the_log() {
    let (table, _) = crate::products_without_feed().await;
    let mut events = table.subscribe();
    let mut edit = table.new_record(hoverboard());
    let temp = edit.id().clone();
    let SaveResult::Created(_) = edit.save().await.unwrap() else { panic!("it was new") };

    let shown = format!("{:?}", events.next().await.unwrap());

    assert!(shown.starts_with("Identified") && shown.contains(&format!("temp: {temp:?}")), "{shown}");
}

#[tokio::test]
async fn the_temp_id_of_a_record_whose_making_was_found_out_finds_its_row() {
    let faulty = FaultyValueSet::new(store().await);
    let faults = faulty.faults();
    let once = Claiming::new(faulty, |can| can.idempotent_insert = false);
    let table = LiveTable::<Product>::builder(once).open().await.unwrap();
    let mut edit = table.new_record(hoverboard());
    let temp = edit.id().clone();
    faults.next(Operation::Insert).loses_its_answer();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));

    let made = edit.save().await.unwrap();

    let SaveResult::Created(id) = made else { panic!("{made:?}") };
    assert_ne!(id, temp);
    assert_eq!(table.row(&temp).unwrap().name, hoverboard().name);
}

#[tokio::test]
async fn a_record_of_which_it_is_told_twice_that_it_was_made_is_identified_once() {
    let store = store().await;
    let known: Vec<_> = store.get_values().await.unwrap().into_iter().map(|(id, _)| id).collect();
    let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.idempotent_insert = false));
    let faults = faulty.faults();
    // Pauses are over at once.
    let table = LiveTable::<Product>::builder(faulty).environment(Still::with_chance(0)).open().await.unwrap();
    let mut events = table.subscribe();
    let mut edit = table.new_record(hoverboard());
    let held = faults.next(Operation::Insert).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    let made = store.get_values().await.unwrap().into_iter().map(|(id, _)| id).find(|id| !known.contains(id)).unwrap();
    // Its answer has crossed the one to this, and it cannot be read which was later.
    let _ = table.write(&made, &Patch::new().set("price", 95), &Guard::Exists).await.unwrap();
    faults.next(Operation::Read).times(3).fails(ValueErrorKind::Unreachable);
    held.release();
    let unknown = edit.finish_save().await.unwrap();
    assert!(matches!(unknown, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{unknown:?}");

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_) | SaveResult::Conflict(_)), "{saved:?}");
    let told = std::iter::from_fn(|| events.try_next());
    assert_eq!(told.filter(|event| matches!(event, Event::Identified { .. })).count(), 1);
}

#[tokio::test]
async fn a_store_that_numbers_records_itself_makes_what_no_id_of_ours_could_be_given() {
    let numbering = Claiming::new(Numbering::new(ImTable::new("numbered")), |can| {
        (can.client_ids, can.idempotent_insert) = (false, false);
    });
    let table = LiveTable::<Numbered>::builder(numbering).open().await.unwrap();
    let mut edit = table.new_record(Numbered { id: 0, name: "Doc".into() });

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
    assert_eq!(edit.local().id, 1);
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Numbered {
    #[live(id)]
    id: i64,
    name: String,
}

#[tokio::test]
async fn a_record_that_could_not_be_read_by_the_id_that_it_would_have_is_not_made() {
    let store = ImTable::new("numbered");
    let minted = Claiming::new(store.clone(), |can| can.idempotent_insert = false);
    let table = LiveTable::<Numbered>::builder(minted).open().await.unwrap();
    let mut edit = table.new_record(Numbered { id: 0, name: "Doc".into() });

    let refused = edit.save().await.unwrap_err();

    assert!(matches!(refused, EditError::Entity { .. }), "{refused:?}");
    assert_eq!(store.count().await.unwrap(), 0);
}

#[tokio::test]
async fn sixteen_thousand_temp_ids_are_remembered_and_the_oldest_is_forgotten_after_them() {
    let table = LiveTable::<Product>::builder(ImTable::new("product")).open().await.unwrap();
    let mut temps = Vec::new();
    for _ in 0..=16_384 {
        let mut edit = table.new_record(hoverboard());
        temps.push(edit.id().clone());
        assert!(matches!(edit.save().await.unwrap(), SaveResult::Created(_)));
    }

    assert!(table.row(&temps[0]).is_none(), "the oldest");
    assert!(table.row(&temps[1]).is_some(), "the one after it");
    assert!(table.row(&temps[16_384]).is_some(), "the newest");
}
