//! A stored record that does not fit the entity is destroyed by nothing that goes through the entity, and a live table says
//! of it what a plain one says.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tests::bakery::{self, Colleague as _, Product, hoverboard};
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::{DataSetError, InsertableDataSet, ReadableDataSet, TypedTable, WritableDataSet};
use vantage_live::edit::{DeleteResult, EditError};
use vantage_live::{
    DeleteOutcome, Guard, Id, Ids, ImTable, LiveEntity, LiveTable, Operation, Patch, Policy, ReadableValueSet as _,
    Record, SaveResult, ValueErrorKind, WritableValueSet, WriteOutcome,
};

/// The store, where the price of one product is no number.
async fn store() -> ImTable {
    let store = bakery::store().await;
    store.colleague_sets("sea_pie", "price", "ask Doc").await;
    store
}

#[tokio::test]
async fn it_is_not_replaced_before_the_table_is_filled() {
    let store = store().await;
    let table = LiveTable::<Product>::builder(store.clone()).start().unwrap();

    let replaced = table.replace_id(&"sea_pie".into(), hoverboard()).await;

    assert!(matches!(replaced, Err(DataSetError::KeptApart { .. })), "{replaced:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some("ask Doc".into()));
}

#[tokio::test]
async fn it_is_not_replaced_where_the_table_has_not_heard_yet_that_it_does_not_fit() {
    let (table, store) = crate::products_without_feed().await;
    store.colleague_sets("sea_pie", "price", "ask Doc").await;

    let replaced = table.replace_id(&"sea_pie".into(), hoverboard()).await;

    assert!(matches!(replaced, Err(DataSetError::KeptApart { .. })), "{replaced:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some("ask Doc".into()));
}

#[tokio::test]
async fn a_plain_table_does_not_replace_it_either() {
    let store = store().await;
    let table = TypedTable::<Product>::new(store.clone());

    let replaced = table.replace_id(&"sea_pie".into(), hoverboard()).await;

    assert!(matches!(replaced, Err(DataSetError::KeptApart { .. })), "{replaced:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some("ask Doc".into()));
}

#[tokio::test]
async fn live_and_plain_tables_say_alike_that_it_is_kept_apart() {
    let store = store().await;
    let live = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();
    let plain = TypedTable::<Product>::new(store);
    let tables: [&dyn ReadableDataSet<Product>; 2] = [&live, &plain];

    for table in tables {
        let read = table.get_id(&"sea_pie".into()).await;
        assert!(matches!(read, Err(DataSetError::KeptApart { .. })), "{read:?}");
        assert_eq!(table.get().await.unwrap().len(), 4, "it is no row");
    }
}

#[tokio::test]
async fn a_session_writes_nothing_to_what_is_known_not_to_fit_any_more_and_deletes_it_neither() {
    let (table, store) = bakery::products().await;
    let id = "sea_pie".into();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    store.colleague_sets("sea_pie", "name", 5).await;
    until(|| table.row(&id).is_none()).await;
    edit.price = 310;

    let saved = edit.save().await;
    let deleted = edit.delete().await;

    assert!(matches!(saved, Err(EditError::KeptApart { .. })), "{saved:?}");
    assert!(matches!(deleted, Err(EditError::KeptApart { .. })), "{deleted:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(299.into()));
}

#[tokio::test]
async fn what_was_written_to_it_before_that_came_to_light_is_nobody_elses_change() {
    let (table, store) = crate::products_without_feed().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    store.colleague_sets("sea_pie", "name", 5).await;
    edit.price = 310;
    let unread = edit.save().await;
    store.colleague_sets("sea_pie", "name", "Sea Pie").await;

    edit.price = 320;
    let saved = edit.save().await.unwrap();

    assert!(matches!(unread, Err(EditError::KeptApart { .. })), "{unread:?}");
    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(320.into()));
    let deleted = edit.delete().await.unwrap();
    assert!(matches!(deleted, DeleteResult::Deleted), "{deleted:?}");
}

#[tokio::test]
async fn what_was_not_written_to_it_is_not_taken_for_this_sessions_own_once_it_fits() {
    let (table, store) = bakery::products().await;
    let id = "sea_pie".into();
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    store.colleague_sets("sea_pie", "name", 5).await;
    until(|| table.row(&id).is_none()).await;
    edit.price = 310;
    let kept_apart = edit.save().await;
    edit.price = 320;
    store.colleague_sets("sea_pie", "name", "Sea Pie").await;
    store.colleague_sets("sea_pie", "price", 310).await; // what was never sent
    until(|| table.row(&id).is_some_and(|row| row.price == 310)).await;

    let result = edit.save().await.unwrap();

    assert!(matches!(kept_apart, Err(EditError::KeptApart { .. })), "{kept_apart:?}");
    assert!(matches!(result, SaveResult::Conflict(_)), "{result:?}");
    assert_eq!(store.stored("sea_pie", "price").await, Some(310.into()));
}

/// Has columns that were once called something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Part {
    name: String,
    #[serde(alias = "cost")]
    price: i64,
}

#[tokio::test]
async fn it_is_not_replaced_where_it_ceases_to_fit_at_that_moment_under_an_older_name() {
    for kind in ["live", "plain"] {
        let store = ImTable::new("part");
        store.colleague_inserts("flux", json!({"name": "Flux Capacitor", "cost": 7})).await;
        let faulty = FaultyValueSet::new(store.clone());
        let faults = faulty.faults();
        let table: Box<dyn WritableDataSet<Part>> = match kind {
            "live" => Box::new(LiveTable::<Part>::builder(faulty).open().await.unwrap()),
            _ => Box::new(TypedTable::<Part>::new(faulty)),
        };
        let held = faults.next(Operation::Write).is_held();

        let meanwhile = async {
            held.arrived().await;
            store.colleague_sets("flux", "cost", "ask Doc").await;
            held.release();
        };
        let (id, wanted) = (Id::from("flux"), Part { name: "Fluxless".into(), price: 8 });
        let (replaced, ()) = tokio::join!(table.replace_id(&id, wanted), meanwhile);

        assert!(matches!(replaced, Err(DataSetError::KeptApart { .. })), "{kind}: {replaced:?}");
        assert_eq!(store.stored("flux", "name").await, Some("Flux Capacitor".into()), "{kind}");
        assert_eq!(store.stored("flux", "cost").await, Some("ask Doc".into()), "{kind}");
    }
}

#[tokio::test]
async fn an_update_of_all_rows_leaves_it_alone_though_the_table_has_not_heard_yet_that_it_does_not_fit() {
    let (table, store) = crate::products_without_feed().await;
    store.colleague_sets("sea_pie", "price", "ask Doc").await;

    let modified = table.update(&mut |product| product.price += 1).await.unwrap();

    assert_eq!(modified, 4);
    assert_eq!(store.stored("sea_pie", "price").await, Some("ask Doc".into()));
    assert_eq!(store.stored("time_tart", "price").await, Some(221.into()));
}

#[tokio::test]
async fn an_update_of_another_field_leaves_it_alone_too() {
    let (table, store) = crate::products_without_feed().await;
    store.colleague_sets("sea_pie", "price", "ask Doc").await;

    let modified = table.update(&mut |product| product.name.push('!')).await.unwrap();

    assert_eq!(modified, 4);
    assert_eq!(store.stored("sea_pie", "name").await, Some("Enchantment Under the Sea Pie".into()));
}

#[tokio::test]
async fn deleting_all_deletes_it_too() {
    let store = store().await;
    let table = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();

    let deleted = WritableDataSet::delete_all(&table).await.unwrap();

    assert_eq!((deleted, store.count().await.unwrap()), (5, 0));
    assert!(table.rejected_rows().is_empty(), "{:?}", table.rejected_rows());
}

#[tokio::test]
async fn a_live_table_as_a_value_set_writes_it_and_answers_with_what_is_stored() {
    let store = store().await;
    let table = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();
    let id = Id::from("sea_pie");

    let written = table.write(&id, &Patch::new().set("note", "fresh"), &Guard::Exists).await.unwrap();
    let patched = table.patch_id(&id, &Patch::new().set("note", "stale")).await.unwrap();

    assert!(
        matches!(&written, WriteOutcome::Written(after) if after["note"] == "fresh" && after["price"] == "ask Doc"),
        "{written:?}"
    );
    assert_eq!(Some(patched), store.get_id_value(&id).await.unwrap());
    assert_eq!(table.rejected_rows().len(), 1, "it still does not fit");
}

#[tokio::test]
async fn a_live_table_as_a_value_set_has_no_row_of_it_and_says_why() {
    let table = LiveTable::<Product>::builder(store().await).open().await.unwrap();

    let read = table.get_id_value(&"sea_pie".into()).await;

    assert!(matches!(&read, Err(error) if matches!(error.kind, ValueErrorKind::Unreadable(_))), "{read:?}");
    assert_eq!(table.get_values().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_live_table_as_a_value_set_answers_with_it_where_a_guard_is_refused() {
    let store = store().await;
    let table = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();
    let id = Id::from("sea_pie");
    let guard = Guard::Exists.and("price", Some(299.into()));
    let stored = store.get_id_value(&id).await.unwrap().unwrap();

    let written = table.write(&id, &Patch::new().set("note", "fresh"), &guard).await.unwrap();
    let deleted = WritableValueSet::delete_id(&table, &id, &guard).await.unwrap();

    assert_eq!(written, WriteOutcome::Refused(stored.clone()));
    assert_eq!(deleted, DeleteOutcome::Refused(stored));
}

#[tokio::test]
async fn an_insert_of_which_the_store_makes_what_does_not_fit_says_so() {
    fn no_price(record: &mut Record) {
        record.insert("price".into(), "ask Doc".into());
    }
    let store = bakery::store().await;
    let open = |ids| LiveTable::<Product>::builder(Coercing::new(store.clone(), no_price)).ids(ids).open();
    let tables: [Box<dyn InsertableDataSet<Product>>; 3] = [
        Box::new(open(Ids::Store).await.unwrap()),
        Box::new(open(Ids::ClientUuid).await.unwrap()),
        Box::new(TypedTable::new(Coercing::new(store.clone(), no_price))),
    ];

    for table in tables {
        let inserted = table.insert(hoverboard()).await;

        let Err(DataSetError::KeptApart { id, .. }) = inserted else { panic!("it has no row: {inserted:?}") };
        assert_eq!(store.get_id_value(&id).await.unwrap().unwrap()["price"], "ask Doc");
    }
}

#[tokio::test]
async fn a_save_of_nothing_asks_nobody_also_where_the_record_does_not_fit() {
    let (table, store, faults) = crate::faulty_products().await;
    let mut edit = table.edit_record("sea_pie").await.unwrap();
    store.colleague_sets("sea_pie", "price", "ask Doc").await;
    let _ = table.on_backend_change("sea_pie").await;
    let before = faults.operations().len();

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(faults.operations().len(), before);
}
