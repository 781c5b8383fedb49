//! What an edit session holds: P1, reverting, the program's own fields, the id.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tests::bakery::{self, Colleague as _, InventoryField, Product, ProductChange, ProductField};
use vantage_live::edit::{EditError, RefreshError};
use vantage_live::{
    Conflict, FieldSet, Guard, Id, ImTable, LiveEntity, LiveTable, Patch, RecordEdit, WritableValueSet as _,
};

#[tokio::test]
async fn a_field_that_is_set_is_modified() {
    let (table, _) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();

    edit.price = 130;
    edit.inventory.stock = 40;

    let modified = ProductField::Price | ProductField::Inventory(InventoryField::Stock);
    assert_eq!(edit.modified_fields(), modified);
    assert!(edit.is_modified(ProductField::Price));
    assert!(edit.dirty().price && edit.dirty().inventory.stock && !edit.dirty().name);
}

#[tokio::test]
async fn a_field_set_back_is_not_modified() {
    let (table, _) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();

    edit.price = 130;
    edit.price = 120;

    assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
}

#[tokio::test]
async fn a_change_tells_both_values_typed() {
    let (table, _) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;

    let change = edit.changes().next().expect("one field is modified");

    assert!(matches!(change, ProductChange::Price { from: 120, to: 130 }));
}

#[tokio::test]
async fn two_fields_are_bound_at_once_through_local_mut() {
    let (table, _) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();

    let form = edit.local_mut();
    let (name, price) = (&mut form.name, &mut form.price);
    name.push('!');
    *price += 1;

    assert_eq!(edit.modified_fields(), ProductField::Name | ProductField::Price);
}

#[tokio::test]
async fn reverting_takes_every_field_back_without_asking_the_store() {
    let (table, _) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.name = "Plain Cupcake".into();

    edit.revert();

    assert_eq!((edit.price, edit.name.as_str()), (120, "Flux Capacitor Cupcake"));
    assert!(edit.modified_fields().is_empty());
}

#[tokio::test]
async fn reverting_one_field_leaves_the_others() {
    let (table, _) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    edit.name = "Plain Cupcake".into();

    edit.revert_field(ProductField::Price);

    assert_eq!(edit.modified_fields(), FieldSet::from(ProductField::Name));
}

#[tokio::test]
async fn the_programs_own_field_is_never_modified_and_survives_a_rebase() {
    let (table, store) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();

    edit.unfolded = true;
    store.colleague_sets("flux_cupcake", "price", 140).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    assert!(edit.modified_fields().is_empty());
    assert!(edit.unfolded && edit.price == 140);
}

#[tokio::test]
async fn a_read_only_field_is_never_modified_or_written_even_if_assigned() {
    let (table, store) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();

    edit.version = 99;
    edit.price = 130;

    assert_eq!(edit.modified_fields(), FieldSet::from(ProductField::Price));
    let _ = edit.save().await.unwrap();
    assert_eq!(store.stored("flux_cupcake", "version").await, Some(1.into()));
    assert_eq!(edit.version, 1, "it follows the store");
}

#[tokio::test]
async fn the_id_field_is_filled_in_on_read_and_left_out_of_the_record() {
    let (table, store) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    assert_eq!(edit.local().id, Id::from("flux_cupcake"));

    edit.price = 130;
    let _ = edit.save().await.unwrap();

    assert_eq!(store.stored("flux_cupcake", "id").await, None);
}

#[tokio::test]
async fn a_record_that_is_not_there_cannot_be_edited() {
    let (table, _) = bakery::products().await;

    let error = table.edit_record("almanac").await.unwrap_err();

    assert!(matches!(error, EditError::NotFound { .. }), "{error}");
    assert_eq!(error.to_string(), "`product` has no record `almanac` to edit");
}

#[tokio::test]
async fn a_field_is_read_and_set_as_json_for_generic_forms() {
    use vantage_live::LiveEntity as _;

    let (table, _) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();

    edit.set_field(ProductField::Inventory(InventoryField::Stock), 7.into()).unwrap();

    assert_eq!(edit.get_field(ProductField::Inventory(InventoryField::Stock)).unwrap(), Some(7.into()));
    assert_eq!(edit.inventory.stock, 7);
    assert!(edit.set_field(ProductField::Price, "a lot".into()).is_err());
    assert!(edit.set_field(ProductField::Version, 9.into()).is_err(), "it is the store's");
    assert_eq!(edit.modified_fields().to_string(), "inventory.stock");
}

#[tokio::test]
async fn an_owned_session_can_be_kept_and_sent_to_another_task() {
    fn is_send<T: Send + 'static>(value: T) -> T {
        value
    }
    let (table, _) = bakery::products().await;

    let edit: RecordEdit<'static, Product> = is_send(table.edit_record_owned("flux_cupcake").await.unwrap());
    drop(table);

    assert_eq!(tokio::spawn(async move { edit.price }).await.unwrap(), 120);
}

#[tokio::test]
async fn several_sessions_stay_open_while_the_table_is_told_of_changes() {
    let (table, store) = bakery::products().await;
    let mut edits =
        [table.edit_record("flux_cupcake").await.unwrap(), table.edit_record("flux_cupcake").await.unwrap()];
    edits[0].price = 130;

    store.colleague_sets("flux_cupcake", "price", 140).await;
    table.on_backend_change("flux_cupcake").await.unwrap();

    assert!(edits.iter().all(RecordEdit::is_stale));
    assert!(!edits[0].rebase().unwrap().is_empty());
    assert!(edits[1].rebase().unwrap().is_empty());
}

#[test]
fn a_table_is_a_handle_for_every_thread() {
    fn is_handle<T: Clone + Send + Sync + 'static>() {}
    is_handle::<LiveTable<Product>>();
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Tart {
    name: String,
    #[live(nested)]
    shelf: Option<Shelf>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Shelf {
    pieces: i64,
}

#[tokio::test]
async fn the_base_of_a_conflict_in_an_optional_part_is_there_where_the_first_conflict_knew_of_no_part() {
    let store = ImTable::new("tart");
    let id = Id::from("tart");
    let record = json!({"name": "Tart"}).as_object().unwrap().clone();
    store.insert_id_value(&id, record).await.unwrap();
    let table = LiveTable::<Tart>::builder(store.clone()).open().await.unwrap();
    let mut edit = table.edit_record("tart").await.unwrap();
    let colleague = async |patch: Patch| drop(store.write(&id, &patch, &Guard::Exists).await.unwrap());
    edit.name = "Tart, glazed".into();
    colleague(Patch::new().set("name", "Electric Tart").set("shelf", json!({"pieces": 3}))).await;
    let first = edit.refresh_snapshot().await.unwrap();
    assert!(first.name.is_some(), "{first:?}");

    edit.shelf.as_mut().unwrap().pieces = 4;
    colleague(Patch::new().set("shelf", json!({"pieces": 5}))).await;
    let _ = edit.refresh_snapshot().await.unwrap();

    let pieces = edit.conflicts().fields() - FieldSet::from(TartField::Name);
    let pieces = edit.get_conflict(pieces.iter().next().expect("both have changed it")).unwrap();
    assert_eq!(pieces, Some(Conflict { base: Some(json!(3)), local: Some(json!(4)), remote: Some(json!(5)) }));
}

/// A weight that is stored less exactly than it is held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Weighed {
    name: String,
    #[serde(serialize_with = "in_tenths")]
    weight: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn in_tenths<S: serde::Serializer>(weight: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((weight * 10.0).round() / 10.0)
}

#[test]
fn one_field_is_set_from_json_and_no_other_comes_back_as_it_would_be_stored() {
    let mut cake = Weighed { name: "Cake".into(), weight: 1.26 };

    cake.set_field(WeighedField::Name, "Pie".into()).unwrap();

    assert_eq!(cake, Weighed { name: "Pie".into(), weight: 1.26 });
}

#[tokio::test]
async fn an_id_that_a_program_has_changed_is_that_of_the_record_once_a_rebase_or_a_save_is_taken_in() {
    let (table, store) = bakery::products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 125).await;
    table.on_backend_change("flux_cupcake").await.unwrap();
    edit.id = "another".into();

    let _ = edit.rebase().unwrap();
    let rebased = edit.id.clone();
    edit.id = "another".into();
    edit.price = 130;
    let _ = edit.save().await.unwrap();

    assert_eq!((rebased, edit.id.clone()), ("flux_cupcake".into(), "flux_cupcake".into()));
}

#[tokio::test]
async fn a_new_record_cannot_be_refreshed() {
    let (table, _store) = bakery::products().await;
    let mut edit = table.new_record(Product::clone(&table.row(&"flux_cupcake".into()).unwrap()));

    let refused = edit.refresh_snapshot().await;

    assert!(matches!(refused, Err(RefreshError::Edit(EditError::New))), "{refused:?}");
}
