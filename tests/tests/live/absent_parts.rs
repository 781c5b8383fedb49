//! Nested entities that a record has not got, or not as an object: serde makes them all the same, by default or of an array.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::bakery::Colleague as _;
use vantage_live::dataset::WritableDataSet as _;
use vantage_live::{ImTable, LiveEntity, LiveTable, Policy, SaveResult, WritableValueSet as _};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Part {
    name: String,
    #[serde(default = "usual")]
    #[live(nested)]
    inventory: Inventory,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
    #[serde(default)]
    shelf: String,
    row: i64,
}

fn usual() -> Inventory {
    Inventory { stock: 1, shelf: "B".into(), row: 7 }
}

async fn part(record: Value) -> (LiveTable<Part>, ImTable) {
    let store = stored(record).await;
    (LiveTable::builder(store.clone()).feed(store.feed()).open().await.unwrap(), store)
}

/// A table that nobody tells what others do.
async fn unfollowed(record: Value) -> (LiveTable<Part>, ImTable) {
    let store = stored(record).await;
    (LiveTable::builder(store.clone()).open().await.unwrap(), store)
}

async fn stored(record: Value) -> ImTable {
    let store = ImTable::new("part");
    store.insert_id_value(&"flux".into(), record.as_object().unwrap().clone()).await.unwrap();
    store
}

fn without() -> [Value; 3] {
    [json!({"name": "Flux"}), json!({"name": "Flux", "inventory": [1, "B", 7]}), json!({"name": "Flux", "more": {}})]
}

#[tokio::test]
async fn a_field_of_a_part_that_is_not_stored_is_saved_with_the_part() {
    for record in without() {
        let (table, store) = part(record).await;
        let mut edit = table.edit_record("flux").await.unwrap();

        edit.inventory.stock = 5;
        let saved = edit.save().await.unwrap();

        assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
        let whole = json!({"stock": 5, "shelf": "B", "row": 7});
        assert_eq!(store.stored("flux", "inventory").await, Some(whole));
        assert_eq!(table.row(&"flux".into()).unwrap().inventory, Inventory { stock: 5, ..usual() });
    }
}

#[tokio::test]
async fn a_part_that_has_come_meanwhile_is_written_into_where_that_is_the_policy() {
    let (table, store) = unfollowed(json!({"name": "Flux"})).await;
    let mut edit = table.edit_record("flux").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    edit.inventory.shelf = "Z".into();
    store.colleague_sets("flux", "inventory", json!({"stock": 9, "shelf": "A", "row": 3, "more": true})).await;

    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    let written = json!({"stock": 9, "shelf": "Z", "row": 3, "more": true});
    assert_eq!(store.stored("flux", "inventory").await, Some(written));
}

#[tokio::test]
async fn a_part_that_has_come_meanwhile_is_not_overwritten() {
    let (table, store) = unfollowed(json!({"name": "Flux"})).await;
    let mut edit = table.edit_record("flux").await.unwrap();
    edit.inventory.shelf = "Z".into();
    store.colleague_sets("flux", "inventory", json!({"stock": 3, "row": 9})).await;

    let refused = edit.save().await.unwrap();

    assert!(matches!(refused, SaveResult::Conflict(_)), "the shelf was B by default, and is empty now: {refused:?}");
    assert_eq!(store.stored("flux", "inventory").await, Some(json!({"stock": 3, "row": 9})));
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved), "keep mine");
    assert_eq!(store.stored("flux", "inventory").await, Some(json!({"stock": 3, "shelf": "Z", "row": 9})));
}

#[tokio::test]
async fn an_update_does_not_overwrite_what_has_come_in_the_place_of_a_part() {
    let (table, store) = unfollowed(json!({"name": "Flux"})).await;
    store.colleague_sets("flux", "inventory", json!({"supplier": "Doc"})).await;

    let updated = table.update(&mut |part| part.inventory.shelf = "Z".into()).await;

    assert_eq!(updated.unwrap(), 0, "it does not fit any more");
    assert_eq!(store.stored("flux", "inventory").await, Some(json!({"supplier": "Doc"})));
}

#[tokio::test]
async fn an_update_of_a_part_that_is_not_stored_writes_the_part() {
    for record in without() {
        let (table, store) = part(record).await;

        assert_eq!(table.update(&mut |part| part.inventory.stock += 1).await.unwrap(), 1);

        let whole = json!({"stock": 2, "shelf": "B", "row": 7});
        assert_eq!(store.stored("flux", "inventory").await, Some(whole));
    }
}

#[tokio::test]
async fn a_record_that_is_brought_back_has_its_part_whole() {
    let (table, store) = part(json!({"name": "Flux"})).await;
    let mut edit = table.edit_record("flux").await.unwrap();
    edit.inventory.stock = 5;
    store.colleague_deletes("flux").await;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Deleted));

    let SaveResult::Created(id) = edit.save_as_new().await.unwrap() else { panic!("it is brought back") };

    assert_eq!(table.row(&id).unwrap().inventory, Inventory { stock: 5, ..usual() });
}
