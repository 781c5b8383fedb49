//! The save table of the design, row by row, and what a save leaves alone: P2 to P5.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, InventoryField, Product, ProductField};
use tests::coercing::Coercing;
use tests::wait::until;
use vantage_live::edit::{DeleteResult, SaveError};
use vantage_live::{
    Conflict, FieldSet, ImTable, LiveEntity, LiveTable, ManualFeed, Operation, Path, Policy, ReadableValueSet as _,
    SaveResult, SyncState, ValueErrorKind, WritableValueSet as _,
};

use super::edit_record;
use crate::faulty_products;

#[tokio::test]
async fn a_save_of_nothing_does_not_ask_the_store() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert!(faults.calls().is_empty(), "{:?}", faults.calls());
}

#[tokio::test]
async fn a_save_is_one_write_and_no_read() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;

    let _ = edit.save().await.unwrap();

    assert_eq!(faults.operations(), [Operation::Write]);
}

#[tokio::test]
async fn what_was_saved_is_the_snapshot_and_the_row_at_once() {
    let (table, store, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.inventory.stock = 49;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
    assert_eq!(table.row(edit.id()).unwrap().price, 130);
    assert_eq!(store.stored("flux_cupcake", "inventory.stock").await, Some(49.into()));
}

#[tokio::test]
async fn the_after_image_brings_what_others_changed_in_other_fields() {
    let (table, store, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    store.colleague_sets("flux_cupcake", "name", "Cupcake").await;
    edit.price = 130;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!((edit.name.as_str(), edit.live_snapshot().name.as_str()), ("Cupcake", "Cupcake"));
}

#[tokio::test]
async fn columns_that_the_struct_does_not_know_stay() {
    let (table, store, _) = faulty_products().await;
    store.colleague_sets("flux_cupcake", "inventory.warehouse", "Hill Valley").await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.inventory.stock = 49;

    let _ = edit.save().await.unwrap();

    assert_eq!(store.stored("flux_cupcake", "inventory.warehouse").await, Some("Hill Valley".into()));
}

#[tokio::test]
async fn two_people_who_edit_different_fields_both_succeed() {
    let (table, store, _) = faulty_products().await;
    let (mut mine, mut theirs) =
        (edit_record(&table, "flux_cupcake").await.unwrap(), edit_record(&table, "flux_cupcake").await.unwrap());
    mine.price = 130;
    theirs.inventory.stock = 49;

    assert!(matches!(mine.save().await.unwrap(), SaveResult::Saved));
    assert!(matches!(theirs.save().await.unwrap(), SaveResult::Saved));

    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
    assert_eq!(store.stored("flux_cupcake", "inventory.stock").await, Some(49.into()));
}

#[tokio::test]
async fn a_store_that_makes_other_values_is_a_partial_save() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), upper_case)).open().await.unwrap();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    edit.price = 130;

    let result = edit.save().await.unwrap();

    let SaveResult::PartialSave(partial) = result else { panic!("{result:?}") };
    assert_eq!((partial.fields(), partial.is_repeated()), (ProductField::Name.into(), false));
    assert_eq!((edit.name.as_str(), edit.live_snapshot().name.as_str()), ("Cupcake", "CUPCAKE"), "local keeps ours");
    assert!(edit.conflicts().is_empty(), "our own write is nobody's change");
}

#[tokio::test]
async fn a_retry_that_gives_another_value_than_before_is_no_repetition() {
    let store = bakery::store().await;
    let with_its_price = |record: &mut _| {
        let record: &mut vantage_live::Record = record;
        let (Some(Value::String(name)), Some(price)) = (record.get("name"), record.get("price")) else { return };
        let name = format!("{name} at {price}");
        record.insert("name".into(), name.into());
    };
    let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), with_its_price)).open().await.unwrap();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    edit.price = 130;
    let _ = edit.save().await.unwrap();

    edit.price = 131;
    let SaveResult::PartialSave(again) = edit.save().await.unwrap() else { panic!("it was coerced again") };

    assert_eq!((again.fields(), again.is_repeated()), (ProductField::Name.into(), false));
    assert_eq!(store.stored("flux_cupcake", "name").await, Some("Cupcake at 131".into()));
}

#[tokio::test]
async fn a_save_says_that_the_session_is_in_step_since_it_was_answered() {
    let (table, _, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    let opened = edit.snapshot_time();
    until(|| SystemTime::now() > opened).await;

    let _ = edit.save().await.unwrap();

    assert!(edit.snapshot_time() > opened);
}

#[tokio::test]
async fn a_retry_that_gives_the_same_again_says_so() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), upper_case)).open().await.unwrap();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    let _ = edit.save().await.unwrap();

    let SaveResult::PartialSave(again) = edit.save().await.unwrap() else { panic!("it was coerced again") };
    edit.name = "Muffin".into();
    let SaveResult::PartialSave(other) = edit.save().await.unwrap() else { panic!("it was coerced again") };

    assert!(again.is_repeated() && !other.is_repeated());
}

#[tokio::test]
async fn accepting_what_was_stored_ends_the_modification() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), upper_case)).open().await.unwrap();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    let SaveResult::PartialSave(partial) = edit.save().await.unwrap() else { panic!("it was coerced") };

    edit.accept_stored(partial.fields());

    assert_eq!((edit.name.as_str(), edit.modified_fields()), ("CUPCAKE", FieldSet::EMPTY));
}

fn upper_case(record: &mut vantage_live::Record) {
    if let Some(Value::String(name)) = record.get_mut("name") {
        *name = name.to_uppercase();
    }
}

#[tokio::test]
async fn a_field_that_somebody_changed_is_a_conflict_and_nothing_is_written() {
    let (table, store, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.inventory.stock = 49;
    store.colleague_sets("flux_cupcake", "price", 140).await;

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.price, Some(Conflict { base: 120, local: 130, remote: 140 }));
    assert_eq!(conflicts.fields(), FieldSet::from(ProductField::Price));
    assert_eq!(store.stored("flux_cupcake", "inventory.stock").await, Some(50.into()), "all or nothing");
    assert_eq!(table.row(edit.id()).unwrap().price, 140, "the row has learned of it");
    assert_eq!(table.metrics().conflicts, 1);
}

#[tokio::test]
async fn saving_after_a_conflict_was_shown_means_keep_mine() {
    let (table, store, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.save().await.unwrap();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
    assert!(edit.conflicts().is_empty());
}

#[tokio::test]
async fn a_change_after_the_one_that_was_shown_is_shown_too() {
    let (table, store, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.save().await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 150).await;

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.price, Some(Conflict { base: 120, local: 130, remote: 150 }));
}

#[tokio::test]
async fn a_colleague_who_saved_the_same_value_is_no_conflict() {
    let (table, store, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.inventory.stock = 49;
    store.colleague_sets("flux_cupcake", "price", 130).await;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "inventory.stock").await, Some(49.into()));
}

#[tokio::test]
async fn an_absent_column_that_reads_as_null_is_no_conflict() {
    let (table, store, _) = faulty_products().await;
    let record = json!({"name": "Almanac", "price": 1955, "inventory": {"stock": 1, "shelf": "B"}});
    store.colleague_inserts("almanac", record).await;
    let mut edit = edit_record(&table, "almanac").await.unwrap();
    edit.note = Some("do not read".into());

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("almanac", "note").await, Some("do not read".into()));
}

#[tokio::test]
async fn a_value_that_is_only_spelled_otherwise_is_no_conflict_for_a_person() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.note = Some("fresh".into());
    // Null becomes absent: the same to everyone who reads it, another thing to a guard.
    let patch = vantage_live::Patch::new().unset("note");
    let _ =
        vantage_live::WritableValueSet::write(&store, edit.id(), &patch, &vantage_live::Guard::Exists).await.unwrap();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(faults.round_trips(Operation::Write), 2, "the guard was spelled afresh, once");
}

#[tokio::test]
async fn a_refusal_names_the_fields_and_changes_nothing() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = -1;
    let stock = ["inventory", "stock"].into_iter().collect::<Path>();
    let refusal =
        ValueErrorKind::Rejected { fields: vec![Path::from("price"), stock, Path::from("tax")], message: "no".into() };
    faults.next(Operation::Write).fails(refusal);

    let result = edit.save().await.unwrap();

    let SaveResult::Error(SaveError::Rejected { fields, other, message, .. }) = result else { panic!("{result:?}") };
    assert_eq!(fields, ProductField::Price | ProductField::Inventory(InventoryField::Stock));
    assert_eq!((other, message.as_str()), (vec![Path::from("tax")], "no"));
    assert_eq!((edit.price, edit.live_snapshot().price), (-1, 120));
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(120.into()));
}

#[tokio::test]
async fn a_store_that_is_not_reached_changes_nothing_and_the_next_save_goes_through() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    faults.cut();

    let result = edit.save().await.unwrap();
    faults.restore();
    let again = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Error(SaveError::Unreachable { .. })), "{result:?}");
    assert!(matches!(again, SaveResult::Saved), "{again:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn overwriting_is_last_write_wins() {
    let (table, store, _) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_guard_by_version_refuses_whatever_anybody_changed() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).policy(Policy::Version).open().await.unwrap();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "name", "Cupcake").await;
    store.colleague_sets("flux_cupcake", "version", 2).await;

    let refused = edit.save().await.unwrap();
    let meant = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = refused else { panic!("{refused:?}") };
    assert!(conflicts.is_empty(), "nobody else changed the price: {conflicts:?}");
    assert_eq!(edit.name, "Cupcake", "it has been shown");
    assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
}

#[tokio::test]
async fn a_field_that_serialises_to_nothing_is_removed() {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Card {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }
    let store = ImTable::new("card");
    store.colleague_inserts("a", json!({"text": "hello", "note": "secret"})).await;
    let table = LiveTable::<Card>::builder(store.clone()).open().await.unwrap();
    let mut edit = edit_record(&table, "a").await.unwrap();
    edit.note = None;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    let record = store.get_id_value(&"a".into()).await.unwrap().unwrap();
    assert_eq!(Value::Object(record), json!({"text": "hello"}));
}

#[tokio::test]
async fn the_rows_show_a_save_even_when_an_older_event_comes_late() {
    let store = bakery::store().await;
    let feed = ManualFeed::new();
    let table = LiveTable::<Product>::builder(store.clone()).feed(feed.clone()).open().await.unwrap();
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    let before = store.get_id_value(&"flux_cupcake".into()).await.unwrap().unwrap();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.price = 130;
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    let mut events = table.subscribe();

    // The feed is behind: it tells a state from before the save, and has not told the save yet.
    feed.upsert("flux_cupcake", before);
    until(|| table.metrics().settled > 0 && table.metrics().settling == 0).await;

    assert_eq!(table.row(edit.id()).unwrap().price, 130);
    assert!(events.try_next().is_none(), "and nobody was told of a change");
}

#[tokio::test]
async fn saving_as_new_where_the_store_is_away_changes_nothing() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    faults.cut();

    let result = edit.save_as_new().await.unwrap();

    assert!(matches!(result, SaveResult::Error(SaveError::Unreachable { .. })), "{result:?}");
    assert!(!edit.is_new() && *edit.id() == "flux_cupcake".into());
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Treat {
    name: String,
    #[serde(alias = "cost")]
    price: i64,
    #[serde(alias = "tel", skip_serializing_if = "Option::is_none", default)]
    phone: Option<String>,
    #[live(nested)]
    stock: Option<Stock>,
    origin: Origin,
    #[live(readonly)]
    #[serde(alias = "changed", default)]
    updated_at: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Stock {
    pieces: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Origin {
    town: String,
}

#[tokio::test]
async fn what_is_brought_back_has_every_column_that_the_entity_does_not_know_and_each_field_once() {
    let store = ImTable::new("treat");
    let record = json!({
        "name": "Tart", "cost": 120, "tel": "555", "stock": {"pieces": 3, "unit": "box"},
        "origin": {"town": "Hill Valley", "state": "CA"}, "changed": 7, "supplier": "Doc",
    });
    store.insert_id_value(&"tart".into(), record.as_object().unwrap().clone()).await.unwrap();
    let table = LiveTable::<Treat>::builder(store.clone()).open().await.unwrap();
    let mut edit = table.edit_record("tart").await.unwrap();
    edit.price = 130;
    edit.phone = None;
    edit.stock.as_mut().unwrap().pieces = 4;
    store.colleague_deletes("tart").await;
    let _ = edit.save().await.unwrap();

    let made = edit.save_as_new().await.unwrap();

    assert!(matches!(made, SaveResult::Created(_)), "{made:?}");
    let brought_back = store.get_id_value(edit.id()).await.unwrap().unwrap();
    let wanted = json!({
        "name": "Tart", "price": 130, "stock": {"pieces": 4, "unit": "box"},
        "origin": {"town": "Hill Valley", "state": "CA"}, "supplier": "Doc",
    });
    assert_eq!(serde_json::Value::Object(brought_back), wanted, "the store sets what is read-only");
}

#[tokio::test]
async fn by_version_a_store_that_raises_none_has_the_fields_checked() {
    let (table, store, _) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.set_policy(Policy::Version);
    let mut deleting = table.edit_record("flux_cupcake").await.unwrap();
    deleting.set_policy(Policy::Version);
    edit.price = 130;
    store.colleague_sets("flux_cupcake", "price", 140).await; // and leaves the version as it was

    let saved = edit.save().await.unwrap();
    let deleted = deleting.delete().await.unwrap();

    assert!(matches!(saved, SaveResult::Conflict(_)), "{saved:?}");
    assert!(matches!(deleted, DeleteResult::Changed(_)), "{deleted:?}");
    assert_eq!(store.stored("flux_cupcake", "price").await, Some(140.into()));
}

#[tokio::test]
async fn a_save_that_was_stored_as_it_was_sent_is_between_two_that_were_not() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(Coercing::new(store.clone(), upper_case)).open().await.unwrap();
    let mut edit = edit_record(&table, "flux_cupcake").await.unwrap();
    edit.name = "Cupcake".into();
    let _ = edit.save().await.unwrap();
    edit.name = "PIE".into();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
    edit.name = "Cupcake".into();

    let SaveResult::PartialSave(again) = edit.save().await.unwrap() else { panic!("it was coerced again") };

    assert!(!again.is_repeated());
}
