//! New records: temp ids, real ones, and a create that is tried again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tests::bakery::{self, Product, hoverboard};
use vantage_live::dataset::InsertableDataSet as _;
use vantage_live::edit::EditError;
use vantage_live::entity::EntityError;
use vantage_live::{Event, Id, Ids, ImTable, LiveEntity, LiveTable, ReadableValueSet as _, SaveResult};

use super::new_record;

#[tokio::test]
async fn a_new_record_has_a_temp_id_and_is_stored_by_nobody_until_it_is_saved() {
    let (table, store) = bakery::products().await;

    let edit = new_record(&table, hoverboard());

    assert!(edit.is_new() && edit.id().is_temp());
    assert_eq!(edit.local().id, *edit.id());
    assert_eq!(store.count().await.unwrap(), 5);
}

#[tokio::test]
async fn saving_a_new_record_replaces_its_temp_id() {
    let (table, store) = bakery::products().await;
    let mut edit = new_record(&table, hoverboard());
    let temp = edit.id().clone();

    let SaveResult::Created(id) = edit.save().await.unwrap() else { panic!("it was new") };

    assert!(!id.is_temp() && !edit.is_new());
    assert_eq!((edit.id(), &edit.local().id), (&id, &id));
    assert_eq!(table.row(&temp).unwrap().name, "Hoverboard Cookie", "the temp id still finds the row");
    assert_eq!(store.count().await.unwrap(), 6);
    assert!(edit.modified_fields().is_empty());
}

#[tokio::test]
async fn subscribers_are_told_which_temp_id_became_which() {
    let (table, _) = bakery::products().await;
    let mut edit = new_record(&table, hoverboard());
    let temp_id = edit.id().clone();
    let mut events = table.subscribe_record(temp_id.clone());

    let _ = edit.save().await.unwrap();

    let identified = events.next().await.unwrap();
    assert!(
        matches!(&identified, Event::Identified { temp, id, .. } if *temp == temp_id && id == edit.id()),
        "{identified:?}"
    );
    let inserted = events.next().await.unwrap();
    assert!(matches!(&inserted, Event::Inserted { id, .. } if id == edit.id()), "{inserted:?}");
}

#[tokio::test]
async fn a_saved_new_record_is_edited_like_any_other() {
    let (table, store) = bakery::products().await;
    let mut edit = new_record(&table, hoverboard());
    let _ = edit.save().await.unwrap();

    edit.price = 90;
    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.get_id_value(edit.id()).await.unwrap().unwrap()["price"], 90);
}

#[tokio::test]
async fn an_id_minted_by_the_client_is_never_swapped() {
    let store = ImTable::new("product");
    let table = LiveTable::<Product>::builder(store.clone()).ids(Ids::ClientUuid).open().await.unwrap();
    let mut edit = new_record(&table, hoverboard());
    let minted = edit.id().clone();

    let result = edit.save().await.unwrap();

    assert!(!minted.is_temp());
    assert!(matches!(&result, SaveResult::Created(id) if *id == minted), "{result:?}");
    assert!(store.get_id_value(&minted).await.unwrap().is_some());
}

#[tokio::test]
async fn a_new_record_has_no_state_in_the_store_to_refresh_from() {
    let (table, _) = bakery::products().await;
    let mut edit = new_record(&table, hoverboard());

    assert!(edit.rebase().is_err() && edit.refresh_snapshot().await.is_err());
    assert!(matches!(edit.delete().await, Err(EditError::New)));
    assert!(!edit.is_stale() && edit.peek_conflicts().is_empty());
}

#[tokio::test]
async fn columns_that_only_the_store_sets_are_left_out_of_a_new_record() {
    let (table, store) = bakery::products().await;
    let mut edit = new_record(&table, Product { version: 77, ..hoverboard() });

    let _ = edit.save().await.unwrap();

    let record = store.get_id_value(edit.id()).await.unwrap().unwrap();
    assert!(!record.contains_key("version") && !record.contains_key("id") && !record.contains_key("unfolded"));
    assert_eq!(edit.version, 0, "it follows the store");
}

/// What `spread` is, is spread over the record, and the program's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Open<T> {
    #[live(id)]
    id: Id,
    name: String,
    #[serde(flatten)]
    #[live(skip)]
    spread: T,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Columns {
    weight: i64,
}

#[tokio::test]
async fn a_new_record_that_could_not_be_read_again_is_an_error_and_is_not_stored() {
    let store = ImTable::new("cake");
    let table = LiveTable::<Open<Columns>>::builder(store.clone()).open().await.unwrap();
    let cake = Open { id: "new".into(), name: "Sea Pie".into(), spread: Columns { weight: 2 } };

    let mut edit = new_record(&table, cake.clone());
    let saved = edit.save().await;
    let inserted = table.insert(cake).await;

    let Err(EditError::Entity { source: EntityError::Decode(why), .. }) = saved else { panic!("{saved:?}") };
    assert_eq!(why.to_string(), "missing field `weight`");
    assert!(inserted.is_err());
    assert_eq!(store.count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_new_record_has_nothing_of_a_map_that_takes_in_other_columns() {
    let store = ImTable::new("cake");
    let table = LiveTable::<Open<BTreeMap<String, Value>>>::builder(store.clone()).open().await.unwrap();
    let spread = BTreeMap::from([("weight".to_owned(), 2.into())]);

    let id = table.insert(Open { id: "new".into(), name: "Sea Pie".into(), spread }).await.unwrap();

    let stored = store.get_id_value(&id).await.unwrap().unwrap();
    assert_eq!(stored.keys().collect::<Vec<_>>(), ["name"]);
}
