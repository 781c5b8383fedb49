//! A field that may be stored under old names: read there, written under its own, and never in a record twice.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vantage_live::{Field as _, Id, LiveEntity, Path, Record};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(id)]
    #[serde(alias = "_id")]
    id: Id,
    #[serde(rename = "title", alias = "name", alias = "label", alias = "title")]
    name: String,
    price: i64,
}

fn record(json: Value) -> Record {
    json.as_object().cloned().unwrap()
}

pub(super) fn main() {
    let id = Id::from("sea_pie");
    let mut stored = record(json!({"_id": "other", "label": "Sea Pie", "price": 299}));
    let old = Product::from_record(&id, &stored).unwrap();
    assert_eq!(old, Product { id: id.clone(), name: "Sea Pie".into(), price: 299 });

    let places: Vec<_> = ProductField::Name.places().map(ToString::to_string).collect();
    assert_eq!(places, ["title", "name", "label"]);
    assert_eq!(ProductField::Name.find(&stored), Some((&Path::from("label"), &json!("Sea Pie"))));
    assert_eq!(ProductField::Price.find(&stored), Some((&Path::from("price"), &json!(299))));

    let new = Product { name: "Sky Pie".into(), ..old.clone() };
    let patch = new.patch(old.diff(&new)).unwrap();
    patch.apply(&mut stored);
    assert_eq!(Value::Object(stored.clone()), json!({"_id": "other", "title": "Sky Pie", "price": 299}));
    assert_eq!(Product::from_record(&id, &stored).unwrap(), new, "serde refuses a record that has a field twice");
}
