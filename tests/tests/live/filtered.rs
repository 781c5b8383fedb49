//! A table of the records that a filter lets through: its own writes may hide what it has written.

use serde::{Deserialize, Serialize};
use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::claiming::Claiming;
use tests::filtering::Filtering;
use tests::wait::until;
use uuid::Uuid;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::{
    FieldSet, Guard, Id, Ids, ImTable, LiveEntity, LiveTable, Operation, Patch, ReadableValueSet as _, Record,
    SaveResult, WritableValueSet as _,
};

const PIE: &str = "sea_pie";

/// What is cheap.
fn is_cheap(record: &Record) -> bool {
    record["price"].as_i64().is_some_and(|price| price < 1_000)
}

async fn cheap_products(ids: Ids) -> (LiveTable<Product>, ImTable, Faults) {
    let store = bakery::store().await;
    let filtering = Filtering::new(store.clone(), is_cheap);
    let (feed, faulty) = (filtering.feed(), FaultyValueSet::new(filtering));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).feed(feed).ids(ids).open().await.unwrap();
    (table, store, faults)
}

fn expensive() -> Product {
    Product { price: 100_000, ..bakery::hoverboard() }
}

#[tokio::test]
async fn a_save_that_hides_its_record_is_saved_also_where_a_rebase_has_come_between() {
    let (table, store, faults) = cheap_products(Ids::Store).await;
    let mut edit = table.edit_record(PIE).await.unwrap();
    edit.price = 2_000;
    let held = faults.next(Operation::Write).has_its_answer_held();
    edit.start_save().unwrap();
    held.arrived().await;
    let _ = edit.rebase().unwrap();
    // An answer that takes long holds back for a while only what others tell of the record.
    until(|| table.row(&PIE.into()).is_none()).await;
    held.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!((edit.price, edit.modified_fields()), (2_000, FieldSet::EMPTY), "P4");
    assert_eq!(store.stored(PIE, "price").await, Some(2_000.into()));
}

#[tokio::test]
async fn a_new_record_that_the_filter_hides_is_made_once_whatever_was_lost() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        for is_resent in [false, true] {
            let (table, store, faults) = cheap_products(ids).await;
            let before = store.count().await.unwrap();
            let mut edit = table.new_record(expensive());
            if is_resent {
                faults.next(Operation::Insert).is_resent();
            } else {
                faults.next(Operation::Insert).loses_its_answer();
                let _ = edit.save().await.unwrap();
            }

            let saved = edit.save().await.unwrap();

            let told = format!("{ids:?}, sent twice: {is_resent}: {saved:?}");
            assert!(matches!(saved, SaveResult::Created(_)), "{told}");
            assert_eq!((edit.is_new(), store.count().await.unwrap()), (false, before + 1), "{told}");
        }
    }
}

#[tokio::test]
async fn a_new_record_that_was_deleted_before_anybody_knew_of_it_is_made_again_through_a_filter() {
    let (table, store, faults) = cheap_products(Ids::ClientUuid).await;
    let mut edit = table.new_record(bakery::hoverboard());
    faults.next(Operation::Insert).is_resent();
    let reading = faults.next(Operation::Read).is_held();
    edit.start_save().unwrap();
    reading.arrived().await;
    let id = edit.id().clone();
    let _ = store.delete_id(&id, &Guard::Nothing).await.unwrap();
    reading.release();

    let saved = edit.finish_save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
    assert!(store.get_id_value(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_hidden_record_whose_making_was_lost_is_no_row_once_it_is_known_of() {
    let (table, _store, faults) = cheap_products(Ids::Store).await;
    let before = table.rows().len();
    let mut edit = table.new_record(expensive());
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await.unwrap();
    until(|| table.metrics().settling == 0).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Created(_)), "{saved:?}");
    until(|| table.rows().len() == before).await;
}

#[tokio::test]
async fn a_change_of_a_record_that_was_made_unheard_is_in_conflict_through_a_filter_too() {
    let (table, store, faults) = cheap_products(Ids::ClientUuid).await;
    let mut edit = table.new_record(bakery::hoverboard());
    edit.price = 90;
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await.unwrap();
    let changed = Patch::new().set("price", 95);
    let _ = store.write(edit.id(), &changed, &Guard::Exists).await.unwrap();

    let told = edit.save().await.unwrap();

    assert!(matches!(told, SaveResult::Conflict(_)), "P3: {told:?}");
}

#[tokio::test]
async fn what_was_typed_since_a_hidden_record_was_made_is_not_taken_for_saved() {
    for ids in [Ids::Store, Ids::ClientUuid] {
        let (table, store, faults) = cheap_products(ids).await;
        let mut edit = table.new_record(expensive());
        faults.next(Operation::Insert).loses_its_answer();
        let _ = edit.save().await.unwrap();
        edit.price = 200_000;

        let told = edit.save().await.unwrap();

        assert!(matches!(told, SaveResult::Deleted), "{ids:?}: it cannot be written to: {told:?}");
        assert_eq!((edit.price, edit.modified_fields()), (200_000, ProductField::Price.into()), "{ids:?}: P4");
        let all = store.get_values().await.unwrap();
        assert!(all.iter().any(|(id, record)| id == edit.id() && record["price"] == 100_000), "{ids:?}");
    }
}

#[tokio::test]
async fn a_hidden_record_is_known_for_made_though_the_store_sets_a_field_of_it() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Stamped {
        price: i64,
        #[live(version)]
        revision: i64,
    }
    let filtering = Filtering::new(ImTable::new("stamped"), is_cheap);
    let faulty = FaultyValueSet::new(filtering);
    let faults = faulty.faults();
    let table = LiveTable::<Stamped>::builder(faulty).ids(Ids::ClientUuid).open().await.unwrap();
    let mut edit = table.new_record(Stamped { price: 2_000, revision: 0 });
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await;

    let saved = edit.save().await;

    assert!(matches!(saved, Ok(SaveResult::Created(_))), "{saved:?}");
}

#[tokio::test]
async fn a_hidden_record_whose_making_was_lost_has_the_id_that_it_was_given() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Numbered {
        #[live(id)]
        id: Uuid,
        price: i64,
    }
    let filtering = Filtering::new(ImTable::new("numbered"), is_cheap);
    let faulty = FaultyValueSet::new(Claiming::new(filtering, |can| can.idempotent_insert = false));
    let faults = faulty.faults();
    let table = LiveTable::<Numbered>::builder(faulty).open().await.unwrap();
    let mut edit = table.new_record(Numbered { id: Uuid::nil(), price: 2_000 });
    faults.next(Operation::Insert).loses_its_answer();
    let _ = edit.save().await.unwrap();

    let saved = edit.save().await.unwrap();

    let SaveResult::Created(id) = saved else { panic!("{saved:?}") };
    assert_eq!((Id::from(edit.local().id), Id::from(edit.live_snapshot().id)), (id.clone(), id));
}

#[tokio::test]
async fn a_new_record_that_the_filter_hides_is_made_once_in_a_store_that_does_not_tell_what_it_has_stored() {
    for (ids, can_repeat) in [(Ids::Store, true), (Ids::Store, false), (Ids::ClientUuid, true)] {
        let store = bakery::store().await;
        let before = store.count().await.unwrap();
        let claiming = Claiming::new(Filtering::new(store.clone(), is_cheap), |can| {
            (can.after_image, can.idempotent_insert, can.client_ids) = (false, can_repeat, can_repeat);
        });
        let table = LiveTable::<Product>::builder(claiming).ids(ids).open().await.unwrap();
        let mut edit = table.new_record(expensive());

        let saved = edit.save().await.unwrap();

        let told = format!("{ids:?}, can repeat: {can_repeat}: {saved:?}");
        assert!(matches!(saved, SaveResult::Created(_)), "{told}");
        assert_eq!((edit.is_new(), store.count().await.unwrap()), (false, before + 1), "{told}");
    }
}

#[tokio::test]
async fn what_the_first_of_many_attempts_has_made_is_not_taken_for_what_another_one_has() {
    let (table, store, faults) = cheap_products(Ids::ClientUuid).await;
    let mut edit = table.new_record(expensive());
    for price in [100_000, 200_000, 300_000, 400_000, 500_000] {
        edit.price = price;
        faults.next(Operation::Insert).loses_its_answer();
        let _ = edit.save().await.unwrap();
    }
    edit.price = 200_000;

    let saved = edit.save().await.unwrap();

    assert!(!matches!(saved, SaveResult::Created(_) | SaveResult::Saved), "the store has another price: {saved:?}");
    assert_eq!(store.get_id_value(edit.id()).await.unwrap().unwrap()["price"], 100_000);
}
