//! What an entity's attributes mean to a session: names under which a record may stand, entities that may be absent.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vantage_live::entity::{OptionalConflict, OptionalField};
use vantage_live::{ImTable, LiveEntity, LiveTable, ReadableValueSet, SaveResult, WritableValueSet};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Client {
    #[serde(alias = "title")]
    name: String,
    debt: i64,
    #[live(nested)]
    address: Option<Address>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Address {
    street: String,
    city: String,
}

const STREET: ClientField = ClientField::Address(OptionalField::Inside(AddressField::Street));
const WHOLE: ClientField = ClientField::Address(OptionalField::Whole);

async fn table_of(record: Value) -> (LiveTable<Client>, ImTable) {
    let store = ImTable::new("client");
    store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await.unwrap();
    (LiveTable::builder(store.clone()).open().await.unwrap(), store)
}

/// Somebody else replaces the record.
async fn others_write(store: &ImTable, record: Value) {
    store.replace_id_value(&"marty".into(), record.as_object().unwrap().clone()).await.unwrap();
}

async fn stored(store: &ImTable) -> Value {
    Value::Object(store.get_id_value(&"marty".into()).await.unwrap().unwrap())
}

#[tokio::test]
async fn a_record_under_an_alias_is_saved_under_the_name() {
    let (table, store) = table_of(json!({"title": "Marty", "debt": 3, "address": null, "since": 1955})).await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.name = "Calvin".into();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(stored(&store).await, json!({"name": "Calvin", "debt": 3, "address": null, "since": 1955}));
    assert_eq!(table.row(&"marty".into()).unwrap().name, "Calvin");
}

#[tokio::test]
async fn a_save_of_another_field_leaves_the_alias_alone() {
    let (table, store) = table_of(json!({"title": "Marty", "debt": 3, "address": null})).await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.debt = 0;

    let _ = edit.save().await.unwrap();

    assert_eq!(stored(&store).await, json!({"title": "Marty", "debt": 0, "address": null}));
}

#[tokio::test]
async fn a_change_under_an_alias_is_a_conflict() {
    let (table, store) = table_of(json!({"title": "Marty", "debt": 3, "address": null})).await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.name = "Calvin".into();
    others_write(&store, json!({"title": "Martin", "debt": 3, "address": null})).await;

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    let name = conflicts.name.expect("changed on both sides");
    assert_eq!((name.base.as_str(), name.local.as_str(), name.remote.as_str()), ("Marty", "Calvin", "Martin"));
}

#[tokio::test]
async fn an_address_that_others_took_away_while_it_was_edited_is_a_conflict_of_the_whole() {
    let lyon = json!({"street": "Lyon Estates", "city": "Hill Valley"});
    let (table, store) = table_of(json!({"name": "Marty", "debt": 3, "address": lyon})).await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.address.as_mut().unwrap().street = "Main Street".into();
    assert_eq!(edit.modified_fields(), STREET.into());
    others_write(&store, json!({"name": "Marty", "debt": 3, "address": null})).await;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    let each: Vec<_> = conflicts.iter().collect();
    let [ClientConflict::Address(OptionalConflict::Whole(whole))] = each[..] else { panic!("{conflicts:?}") };
    assert_eq!(whole.base.as_ref().unwrap().street, "Lyon Estates");
    assert_eq!((whole.local.as_ref().unwrap().street.as_str(), &whole.remote), ("Main Street", &None));
    assert_eq!(edit.local().address.as_ref().unwrap().city, "Hill Valley", "nothing of it is lost");

    edit.keep_local(WHOLE);
    assert!(edit.conflicts().is_empty());
    let result = edit.save().await.unwrap();
    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(stored(&store).await["address"], json!({"street": "Main Street", "city": "Hill Valley"}));
}

#[tokio::test]
async fn two_people_edit_different_fields_of_one_address() {
    let lyon = json!({"street": "Lyon Estates", "city": "Hill Valley"});
    let (table, store) = table_of(json!({"name": "Marty", "debt": 3, "address": lyon})).await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.address.as_mut().unwrap().street = "Main Street".into();
    others_write(
        &store,
        json!({"name": "Marty", "debt": 3, "address": {"street": "Lyon Estates", "city": "Grove City"}}),
    )
    .await;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(stored(&store).await["address"], json!({"street": "Main Street", "city": "Grove City"}));
}

#[tokio::test]
async fn taking_an_address_away_while_others_edit_it_is_a_conflict() {
    let lyon = json!({"street": "Lyon Estates", "city": "Hill Valley"});
    let (table, store) = table_of(json!({"name": "Marty", "debt": 3, "address": lyon})).await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.address = None;
    others_write(
        &store,
        json!({"name": "Marty", "debt": 3, "address": {"street": "Main Street", "city": "Hill Valley"}}),
    )
    .await;

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    let whole = conflicts.address.whole.as_ref().expect("changed on both sides");
    assert_eq!((&whole.local, whole.remote.as_ref().unwrap().street.as_str()), (&None, "Main Street"));
    edit.take_remote(WHOLE);
    assert_eq!(edit.local().address.as_ref().unwrap().street, "Main Street");
    assert!(edit.modified_fields().is_empty() && edit.conflicts().is_empty());
}
