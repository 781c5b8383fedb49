//! Floats that JSON has no number for: what serde writes for them, it does not read.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use tests::wait::until;
use vantage_live::dataset::InsertableDataSet as _;
use vantage_live::{ImTable, LiveEntity, LiveTable, ReadableValueSet as _, SaveResult, WritableValueSet as _};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Cake {
    #[serde(default)]
    before: Before,
    weight: f64,
    sizes: Vec<f32>,
    shape: Shape,
    #[serde(deserialize_with = "null_as_nan")]
    rating: f64,
}

/// What is written in an unusual way does not hide a float after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Before {
    large: i128,
    larger: u128,
    by_number: BTreeMap<i64, bool>,
    by_flag: BTreeMap<bool, char>,
    #[serde(serialize_with = "as_bytes")]
    bytes: Vec<u8>,
}

fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

fn before() -> Before {
    let (by_number, by_flag) = (BTreeMap::from([(1, true)]), BTreeMap::from([(true, 'x')]));
    Before { large: 1, larger: 2, by_number, by_flag, bytes: vec![0, 255] }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Flat,
    Round(f64),
    Oval(f64, f64),
    Square { side: f64 },
}

fn null_as_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

fn cake() -> Cake {
    Cake { before: before(), weight: 1.5, sizes: vec![1.0], shape: Shape::Flat, rating: 4.5 }
}

async fn one_cake() -> (ImTable, LiveTable<Cake>) {
    let store = ImTable::new("cake");
    let record = json!({"weight": 1.5, "sizes": [1.0], "shape": "Flat", "rating": 4.5});
    store.insert_id_value(&"pie".into(), record.as_object().unwrap().clone()).await.unwrap();
    let table = LiveTable::builder(store.clone()).feed(store.feed()).open().await.unwrap();
    (store, table)
}

fn without_numbers() -> Vec<Cake> {
    vec![
        Cake { weight: f64::NAN, ..cake() },
        Cake { weight: f64::INFINITY, ..cake() },
        Cake { sizes: vec![1.0, f32::NEG_INFINITY], ..cake() },
        Cake { shape: Shape::Round(f64::NAN), ..cake() },
        Cake { shape: Shape::Oval(1.0, f64::NAN), ..cake() },
        Cake { shape: Shape::Square { side: f64::NAN }, ..cake() },
    ]
}

#[tokio::test]
async fn a_float_that_json_has_no_number_for_is_not_saved_over_one_that_it_has() {
    let (store, table) = one_cake().await;
    let stored = store.get_values().await.unwrap();
    let mut edit = table.edit_record("pie").await.unwrap();

    for other in without_numbers() {
        *edit = other.clone();
        let error = edit.save().await.unwrap_err().to_string();

        assert!(error.contains("NaN or infinite"), "{other:?}: {error}");
        assert_eq!(store.get_values().await.unwrap(), stored, "{other:?}");
    }
    *edit = Cake { weight: 2.5, ..cake() };
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
}

#[tokio::test]
async fn no_record_is_made_with_a_float_that_json_has_no_number_for() {
    let (store, table) = one_cake().await;

    for other in without_numbers() {
        assert!(table.new_record(other.clone()).save().await.is_err(), "{other:?}");
        assert!(table.insert(other.clone()).await.is_err(), "{other:?}");
    }

    assert_eq!(store.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_float_that_serde_reads_from_what_it_writes_is_saved_whatever_it_is() {
    let (store, table) = one_cake().await;
    let mut edit = table.edit_record("pie").await.unwrap();

    edit.rating = f64::NAN;
    let saved = edit.save().await.unwrap();

    assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
    assert_eq!(store.get_id_value(&"pie".into()).await.unwrap().unwrap()["rating"], json!(null));
    assert!(table.row(&"pie".into()).unwrap().rating.is_nan());
}

#[tokio::test]
async fn a_float_that_others_have_changed_is_shown() {
    let (store, table) = one_cake().await;

    // As serde writes it, with nothing left out.
    for weight in [1.5, 2.5, -0.0, 0.0, 1e300] {
        let changed = Cake { weight, ..cake() }.to_record().unwrap();
        store.replace_id_value(&"pie".into(), changed).await.unwrap();

        until(|| table.row(&"pie".into()).unwrap().weight.to_bits() == f64::to_bits(weight)).await;
    }
}

#[tokio::test]
async fn a_value_that_stands_under_another_name_by_now_is_not_taken_for_what_it_was() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Counted {
        #[serde(default)]
        here: i64,
        #[serde(default)]
        there: i64,
    }
    let store = ImTable::new("counted");
    let record = |name: &str| json!({"here": 1, name: 1}).as_object().unwrap().clone();
    store.insert_id_value(&"pie".into(), record("there")).await.unwrap();
    let table = LiveTable::<Counted>::builder(store.clone()).feed(store.feed()).open().await.unwrap();

    store.replace_id_value(&"pie".into(), record("elsewhere")).await.unwrap();

    until(|| *table.row(&"pie".into()).unwrap() == Counted { here: 1, there: 0 }).await;
}

#[test]
fn a_float_that_is_none_is_not_modified_whatever_its_type_is_called() {
    mod plan {
        pub type Box = [f64; 4];
        pub type String = Option<f64>;
    }

    #[derive(Clone, Serialize, Deserialize, LiveEntity)]
    struct Room {
        bounds: plan::Box,
        inner: Option<plan::Box>,
        height: plan::String,
    }

    let room = Room { bounds: [f64::NAN; 4], inner: Some([f64::NAN; 4]), height: Some(f64::NAN) };

    assert!(room.diff(&room.clone()).is_empty());
}
