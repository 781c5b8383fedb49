//! The data set and value set traits, by a live table and by a plain typed table, as trait objects too.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, Product, hoverboard};
use tests::claiming::Claiming;
use vantage_live::contract::FaultyValueSet;
use vantage_live::dataset::{InsertableDataSet, ReadableAsDataSet as _, ReadableDataSet, TypedTable, WritableDataSet};
use vantage_live::{
    Capabilities, Guard, Id, ImTable, InsertableValueSet, LiveEntity, LiveTable, Operation, Patch, ReadableValueSet,
    RwValueSet, ValueErrorKind, WritableValueSet, WriteOutcome,
};

/// Both kinds of table, with the store below each.
async fn both() -> [(Box<dyn Everything>, ImTable); 2] {
    let (live, below_live) = bakery::products().await;
    let below_typed = bakery::store().await;
    [(Box::new(live), below_live), (Box::new(TypedTable::new(below_typed.clone())), below_typed)]
}

trait Everything: ReadableDataSet<Product> + WritableDataSet<Product> + InsertableDataSet<Product> {}
impl<T: ReadableDataSet<Product> + WritableDataSet<Product> + InsertableDataSet<Product>> Everything for T {}

#[tokio::test]
async fn a_function_for_one_kind_of_table_takes_the_other() {
    async fn dearest(products: &dyn ReadableDataSet<Product>) -> String {
        let products = products.get().await.unwrap();
        products.iter().max_by_key(|(_, product)| product.price).unwrap().1.name.clone()
    }

    let (live, _) = bakery::products().await;
    let typed = TypedTable::<Product>::new(bakery::store().await);

    assert_eq!(dearest(&live).await, dearest(&typed).await);
}

#[tokio::test]
async fn rows_are_read_all_one_or_any() {
    for (table, _) in both().await {
        assert_eq!(table.get().await.unwrap().len(), 5);
        assert_eq!(table.get_id(&"sea_pie".into()).await.unwrap().unwrap().price, 299);
        assert!(table.get_id(&"almanac".into()).await.unwrap().is_none());
        assert!(table.get_some().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn an_inserted_entity_is_read_back_under_the_id_that_it_was_given() {
    for (table, _) in both().await {
        let id = table.insert(hoverboard()).await.unwrap();

        assert_eq!(table.get_id(&id).await.unwrap().unwrap().name, "Hoverboard Cookie");
    }
}

#[tokio::test]
async fn an_update_of_all_rows_writes_the_modified_fields_and_nothing_else() {
    for (table, store) in both().await {
        store.colleague_sets("sea_pie", "secret", "sauce").await;

        let modified = table.update(&mut |product| product.price = product.price.max(150)).await.unwrap();

        assert_eq!(modified, 2);
        assert_eq!(table.get_id(&"flux_cupcake".into()).await.unwrap().unwrap().price, 150);
        assert_eq!(store.stored("sea_pie", "secret").await, Some("sauce".into()));
    }
}

#[tokio::test]
async fn an_update_does_not_undo_what_somebody_else_changes_at_the_same_moment() {
    let store = bakery::store().await;
    let table = LiveTable::<Product>::builder(store.clone()).open().await.unwrap();
    store.colleague_sets("flux_cupcake", "price", 500).await;

    table.update(&mut |product| product.price += 1).await.unwrap();

    assert_eq!(store.stored("flux_cupcake", "price").await, Some(501.into()));
}

#[tokio::test]
async fn a_replaced_record_is_the_entity_and_nothing_else() {
    for (table, store) in both().await {
        store.colleague_sets("sea_pie", "secret", "sauce").await;

        let stored = table.replace_id(&"sea_pie".into(), hoverboard()).await.unwrap();

        assert_eq!(stored.name, "Hoverboard Cookie");
        assert_eq!(store.stored("sea_pie", "secret").await, None);
    }
}

#[tokio::test]
async fn replacing_keeps_a_readonly_column_that_stands_under_an_older_name() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Part {
        name: String,
        #[live(readonly)]
        #[serde(alias = "changed")]
        updated_at: i64,
    }
    let store = ImTable::new("part");
    let live = LiveTable::<Part>::builder(store.clone()).open().await.unwrap();
    let plain = TypedTable::<Part>::new(store.clone());
    let tables: [&dyn WritableDataSet<Part>; 2] = [&live, &plain];
    store.colleague_inserts("flux", json!({"name": "Flux Capacitor", "changed": 7})).await;

    for (table, name) in tables.into_iter().zip(["Fluxless", "Flux"]) {
        let replaced = table.replace_id(&"flux".into(), Part { name: name.into(), updated_at: 0 }).await.unwrap();

        assert_eq!(*replaced, Part { name: name.into(), updated_at: 7 });
        let record = store.get_id_value(&"flux".into()).await.unwrap().unwrap();
        assert_eq!(Value::Object(record), json!({"name": name, "changed": 7}));
    }
}

#[tokio::test]
async fn deleting_says_whether_it_was_there() {
    for (table, store) in both().await {
        assert!(table.delete_id(&"sea_pie".into()).await.unwrap());
        assert!(!table.delete_id(&"sea_pie".into()).await.unwrap());
        assert!(table.get_id(&"sea_pie".into()).await.unwrap().is_none());

        assert_eq!(table.delete_all().await.unwrap(), 4);
        assert!(table.get().await.unwrap().is_empty());
        assert_eq!(store.count().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn records_are_read_as_a_view_model() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct PriceTag {
        id: String,
        price: i64,
    }
    let (table, _) = bakery::products().await;

    let tags = table.get_as::<PriceTag>().await.unwrap();

    assert_eq!(tags[0].1, PriceTag { id: "delorean_donut".into(), price: 135 });
    let store: &dyn ReadableValueSet = &table;
    assert_eq!(store.get_as::<PriceTag>().await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_live_table_is_a_value_set_with_the_columns_that_the_struct_does_not_know() {
    let (table, store) = bakery::products().await;
    store.colleague_sets("sea_pie", "secret", "sauce").await;
    table.on_backend_change("sea_pie").await.unwrap();
    let values: Box<dyn RwValueSet> = Box::new(table.clone());

    let record = values.get_id_value(&"sea_pie".into()).await.unwrap().unwrap();

    assert_eq!(record["secret"], "sauce");
    assert_eq!(Some(record), store.get_id_value(&"sea_pie".into()).await.unwrap());
    assert_eq!(values.get_values().await.unwrap(), store.get_values().await.unwrap());
}

#[tokio::test]
async fn a_write_through_the_value_set_reaches_the_backend_and_the_rows() {
    let (table, store) = bakery::products().await;
    let values: Box<dyn RwValueSet> = Box::new(table.clone());

    let outcome = values.write(&"sea_pie".into(), &Patch::new().set("price", 1), &Guard::Exists).await.unwrap();
    let (made, _) = values.insert_value(bakery::product_records()[0].1.clone(), None).await.unwrap();

    assert!(matches!(outcome, WriteOutcome::Written(_)));
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 1);
    assert_eq!(store.stored("sea_pie", "price").await, Some(1.into()));
    assert!(table.row(&made).is_some());
}

#[tokio::test]
async fn a_write_that_the_backend_refuses_changes_no_row() {
    let (table, _) = bakery::products().await;

    let taken = table.insert_id_value(&Id::from("sea_pie"), bakery::product_records()[0].1.clone()).await;

    assert!(taken.is_err());
    assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 299);
}

#[tokio::test]
async fn each_data_set_trait_of_a_live_table_is_a_trait_object() {
    let (table, store) = bakery::products().await;
    let readable: Box<dyn ReadableDataSet<Product>> = Box::new(table.clone());
    let writable: Box<dyn WritableDataSet<Product>> = Box::new(table.clone());
    let insertable: Box<dyn InsertableDataSet<Product>> = Box::new(table.clone());

    let id = insertable.insert(hoverboard()).await.unwrap();
    let replaced = writable.replace_id(&id, Product { price: 99, ..hoverboard() }).await.unwrap();
    let read = readable.get_id(&id).await.unwrap().unwrap();

    assert_eq!((replaced.price, read.price), (99, 99));
    assert!(writable.delete_id(&id).await.unwrap());
    assert_eq!(store.count().await.unwrap(), 5);
}

#[tokio::test]
async fn each_value_set_trait_of_a_live_table_is_a_trait_object() {
    let (table, store) = bakery::products().await;
    let readable: Box<dyn ReadableValueSet> = Box::new(table.clone());
    let writable: Box<dyn WritableValueSet> = Box::new(table.clone());
    let insertable: Box<dyn InsertableValueSet> = Box::new(table.clone());

    let (id, _) = insertable.insert_value(bakery::product_records()[0].1.clone(), None).await.unwrap();
    let patched = writable.patch_id(&id, &Patch::new().set("price", 99)).await.unwrap();
    let read = readable.get_id_value(&id).await.unwrap().unwrap();

    assert_eq!((&patched["price"], &patched), (&99.into(), &read));
    assert_eq!(writable.delete_all().await.unwrap(), 6);
    assert_eq!(store.count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_record_that_somebody_makes_while_it_is_being_made_is_replaced() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = TypedTable::<Product>::new(faulty);
    let held = faults.next(Operation::Insert).is_held();

    let almanac = Id::from("almanac");
    let (replaced, ()) = futures::join!(table.replace_id(&almanac, hoverboard()), async {
        held.arrived().await;
        store.colleague_inserts("almanac", bakery::product_records().swap_remove(0).1.into()).await;
        held.release();
    });

    assert_eq!(replaced.unwrap().name, hoverboard().name);
    assert_eq!(store.stored("almanac", "name").await, Some(hoverboard().name.into()));
}

#[tokio::test]
async fn a_record_that_cannot_be_made_is_an_error_at_once() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    faulty.faults().next(Operation::Insert).fails(ValueErrorKind::Unreachable);
    let table = TypedTable::<Product>::new(faulty);

    let replaced = table.replace_id(&"almanac".into(), hoverboard()).await;

    assert!(replaced.is_err(), "{replaced:?}");
    assert_eq!(store.count().await.unwrap(), 5, "it was not tried again");
}

#[tokio::test]
async fn a_store_that_cannot_both_guard_and_patch_is_asked_to_replace_the_record() {
    for claim in [|can: &mut Capabilities| can.patch = false, |can: &mut Capabilities| can.guarded_write = false] {
        let store = FaultyValueSet::new(bakery::store().await);
        let faults = store.faults();
        let table = TypedTable::<Product>::new(Claiming::new(store, claim));

        table.replace_id(&"sea_pie".into(), hoverboard()).await.unwrap();

        assert_eq!((faults.round_trips(Operation::Replace), faults.round_trips(Operation::Write)), (1, 0));
    }
}
