//! Reading rows: at once, in order, the same `Arc` for the same version, and what does not fit kept apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use tests::bakery::{self, Colleague as _, Product, product_records};
use tests::wait::until;
use vantage_live::dataset::{DataSetError, ReadableDataSet as _, WritableDataSet as _};
use vantage_live::edit::EditError;
use vantage_live::{Guard, Id, ImTable, LiveEntity, LiveTable, Record, WritableValueSet as _};

#[tokio::test]
async fn equal_reads_give_the_same_arc() {
    let (table, _) = bakery::products().await;

    let (once, twice) = (table.row(&"sea_pie".into()).unwrap(), table.row(&"sea_pie".into()).unwrap());

    assert!(Arc::ptr_eq(&once, &twice));
    assert!(Arc::ptr_eq(&once, table.rows().get(&"sea_pie".into()).unwrap()));
}

#[tokio::test]
async fn a_list_of_unchanged_records_keeps_their_arcs() {
    let (table, _) = bakery::products().await;
    let before = table.row(&"sea_pie".into()).unwrap();

    table.refresh_all().await.unwrap();

    assert!(Arc::ptr_eq(&before, &table.row(&"sea_pie".into()).unwrap()));
}

#[tokio::test]
async fn rows_stand_in_the_order_of_their_ids() {
    let (table, _) = bakery::products().await;

    let ids: Vec<String> = table.rows().iter().map(|(id, _)| id.to_string()).collect();

    assert!(!table.rows().is_empty());
    assert_eq!(ids, ["delorean_donut", "flux_cupcake", "hover_cookies", "sea_pie", "time_tart"]);
}

#[tokio::test]
async fn rows_that_were_taken_stay_as_they_were() {
    let (table, store) = bakery::products().await;
    let before = table.rows();

    store.colleague_deletes("sea_pie").await;
    until(|| table.rows().len() == 4).await;

    assert_eq!(before.get(&"sea_pie".into()).unwrap().price, 299);
    assert_eq!(before.len(), 5);
}

#[tokio::test]
async fn a_record_that_does_not_fit_is_kept_apart_with_its_reason() {
    let (table, store) = bakery::products().await;

    store.colleague_inserts("anvil", json!({"name": "Anvil", "price": "heavy"})).await;
    until(|| !table.rejected_rows().is_empty()).await;

    let rejected = table.rejected_rows();
    assert_eq!(rejected[0].id, Id::from("anvil"));
    assert!(rejected[0].reason.contains("heavy"), "{}", rejected[0].reason);
    assert_eq!(table.rows().len(), 5, "the others are there");
}

#[tokio::test]
async fn a_record_that_does_not_fit_is_not_overwritten() {
    let (table, store) = bakery::products().await;
    store.colleague_inserts("anvil", json!({"name": "Anvil", "price": "heavy"})).await;
    until(|| !table.rejected_rows().is_empty()).await;

    let edit = table.edit_record("anvil").await.map(drop);
    let replaced = table.replace_id(&"anvil".into(), bakery::hoverboard()).await.map(drop);
    let updated = table.update(&mut |product: &mut Product| product.price += 1).await.unwrap();

    assert!(matches!(edit, Err(EditError::KeptApart { .. })), "{edit:?}");
    assert!(matches!(replaced, Err(DataSetError::KeptApart { .. })), "{replaced:?}");
    assert_eq!(updated, 5);
    assert_eq!(store.stored("anvil", "price").await, Some("heavy".into()));
}

#[tokio::test]
async fn a_record_that_fits_again_becomes_a_row() {
    let (table, store) = bakery::products().await;
    store.colleague_sets("sea_pie", "price", "dear").await;
    until(|| table.row(&"sea_pie".into()).is_none()).await;

    store.colleague_sets("sea_pie", "price", 300).await;
    until(|| table.row(&"sea_pie".into()).is_some()).await;

    assert!(table.rejected_rows().is_empty());
}

#[tokio::test]
async fn an_id_as_text_and_as_a_number_are_two_rows() {
    let (table, store) = bakery::products().await;
    let record = |name: &str| bakery::record(json!({"name": name, "price": 1, "inventory": {"stock": 0, "shelf": ""}}));

    use vantage_live::WritableValueSet as _;
    store.insert_id_value(&Id::from(1), record("number")).await.unwrap();
    store.insert_id_value(&Id::from("1"), record("text")).await.unwrap();
    until(|| table.rows().len() == 7).await;

    assert_eq!(table.row(&Id::from(1)).unwrap().name, "number");
    assert_eq!(table.row(&Id::from("1")).unwrap().name, "text");
}

#[tokio::test]
async fn hits_and_misses_are_counted() {
    let (table, store) = bakery::products().await;
    store.colleague_sets("time_tart", "price", "ask Doc").await;
    assert!(table.on_backend_change("time_tart").await.is_err(), "it does not fit");
    let before = table.metrics();

    for id in ["sea_pie", "almanac", "time_tart"].map(Id::from) {
        let _ = (table.row(&id), table.get_id(&id).await);
    }

    let after = table.metrics();
    assert_eq!((after.hits - before.hits, after.misses - before.misses), (2, 4));
}

#[tokio::test]
async fn a_table_says_what_it_is_in_debug() {
    let table = LiveTable::<Product>::builder(bakery::store().await).open().await.unwrap();

    let text = format!("{table:?}");

    assert!(text.contains("product") && text.contains('5') && text.contains("NoFeed"), "{text}");
}

/// A parcel, with an id that serde writes and a value of which there are several kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Parcel {
    #[live(id)]
    #[serde(alias = "number")]
    id: Id,
    size: Size,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Size {
    Round(i64),
    Square { side: i64 },
}

async fn parcels(size: Value) -> (LiveTable<Parcel>, ImTable) {
    let store = ImTable::new("parcel");
    store.insert_id_value(&"a".into(), json!({"size": size}).as_object().unwrap().clone()).await.unwrap();
    let table = LiveTable::builder(store.clone()).feed(store.feed()).open().await.unwrap();
    (table, store)
}

#[tokio::test]
async fn a_row_that_is_shown_goes_when_its_record_gets_a_value_of_two_kinds() {
    for size in [json!({"Round": 1}), json!({"Square": {"side": 1}})] {
        let (table, store) = parcels(size.clone()).await;
        let mut both = size;
        both["Flat"] = json!(1);

        store.colleague_sets("a", "size", both).await;

        until(|| table.row(&"a".into()).is_none() && table.rejected_rows().len() == 1).await;
    }
}

#[tokio::test]
async fn a_column_that_is_called_like_the_id_does_not_stand_in_for_it() {
    for name in ["id", "number"] {
        let (table, store) = parcels(json!({"Round": 1})).await;

        store.colleague_sets("a", name, "b").await;
        store.colleague_sets("a", "size", json!({"Round": 2})).await;

        until(|| table.row(&"a".into()).is_some_and(|row| row.size == Size::Round(2))).await;
        assert_eq!(table.row(&"a".into()).unwrap().id, Id::from("a"), "{name}");
    }
}

/// Headers, of which serde writes as many under one name as there are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Request {
    #[serde(serialize_with = "as_map", deserialize_with = "lower_case")]
    headers: Vec<(String, i64)>,
}

fn as_map<S: Serializer>(headers: &[(String, i64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(headers.iter().map(|(name, value)| (name, value)))
}

fn lower_case<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, i64)>, D::Error> {
    let headers = BTreeMap::<String, i64>::deserialize(deserializer)?;
    Ok(headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect())
}

#[tokio::test]
async fn a_record_is_not_the_one_that_is_shown_where_serde_writes_a_name_twice() {
    let store = ImTable::new("request");
    let record = json!({"headers": {"A": 1, "a": 1}});
    store.insert_id_value(&"it".into(), record.as_object().unwrap().clone()).await.unwrap();
    let table = LiveTable::<Request>::builder(store.clone()).feed(store.feed()).open().await.unwrap();

    store.colleague_sets("it", "headers", json!({"A": 7, "a": 1})).await;

    until(|| table.row(&"it".into()).unwrap().headers == [("a".into(), 7), ("a".into(), 1)]).await;
}

/// A client, whose name is the same in whatever case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Client {
    #[live(eq = ignoring_case)]
    name: String,
}

fn ignoring_case(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[tokio::test]
async fn what_an_entity_takes_for_the_same_is_shown_as_the_store_has_it() {
    let store = ImTable::new("client");
    store.insert_id_value(&"bob".into(), json!({"name": "Bob"}).as_object().unwrap().clone()).await.unwrap();
    let table = LiveTable::<Client>::builder(store.clone()).feed(store.feed()).open().await.unwrap();
    let mut events = table.subscribe();

    store.colleague_sets("bob", "name", "BOB").await;

    until(|| table.row(&"bob".into()).unwrap().name == "BOB").await;
    assert!(events.try_next().is_none(), "nothing has changed that counts");
}

#[tokio::test]
async fn rows_are_in_the_order_of_their_ids_however_they_come_and_go() {
    let store = ImTable::new("product");
    let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open().await.unwrap();
    let record = product_records().swap_remove(0).1;
    let costing = |price: i64| Record::from_iter(record.clone().into_iter().chain([("price".into(), price.into())]));
    let mut expected = BTreeMap::new();
    // Each number once, in no order; now and then a stretch of them goes, and some of it comes again; and one changes.
    for n in (0..2_000).map(|n| n * 1_237 % 2_000) {
        store.insert_id_value(&n.into(), costing(n)).await.unwrap();
        expected.insert(Id::from(n), n);
        if n % 100 == 0 {
            for gone in n..n + 90 {
                let _ = store.delete_id(&gone.into(), &Guard::Nothing).await.unwrap();
                expected.remove(&Id::from(gone));
            }
        }
        if let Some((id, price)) = expected.range_mut(Id::from(n)..).next() {
            *price += 10_000;
            store.replace_id_value(id, costing(*price)).await.unwrap();
        }
    }
    until(|| table.rows().iter().map(|(id, row)| (id, row.price)).eq(expected.iter().map(|(id, p)| (id, *p)))).await;

    let rows = table.rows();

    assert!(rows.iter().rev().map(|(_, row)| &row.price).eq(expected.values().rev()));
    assert_eq!(rows.len(), expected.len());
    assert!(expected.iter().all(|(id, price)| rows.get(id).is_some_and(|row| row.price == *price)));
}
