//! `flatten`: the fields of a nested entity beside the others, and a map that takes in the columns that nobody knows.

#![deny(warnings)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vantage_live::{FieldSet, Id, LiveEntity};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(id)]
    id: Id,
    name: String,
    #[live(nested)]
    #[serde(flatten)]
    inventory: Inventory,
    #[live(skip)]
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    #[serde(rename = "inStock", alias = "stock")]
    stock: i64,
    #[live(nested)]
    shelf: Shelf,
    #[live(skip)]
    #[serde(default)]
    open: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Shelf {
    row: String,
}

pub(super) fn main() {
    let stock = ProductField::Inventory(InventoryField::Stock);
    let row = ProductField::Inventory(InventoryField::Shelf(ShelfField::Row));
    assert_eq!((stock.name(), stock.wire_name(), row.wire_name()), ("inventory.stock", "inStock", "shelf.row"));

    let id = Id::from("sea_pie");
    let stored = json!({"name": "Sea Pie", "inStock": 7, "shelf": {"row": "A"}, "colour": "blue", "sizes": [1, 2]});
    let old = Product::from_record(&id, stored.as_object().unwrap()).unwrap();
    assert_eq!(old.unknown, BTreeMap::from([("colour".into(), json!("blue")), ("sizes".into(), json!([1, 2]))]));
    assert_eq!(
        Value::Object(old.to_record().unwrap()),
        json!({"name": "Sea Pie", "inStock": 7, "shelf": {"row": "A"}}),
        "what nobody tracks is not in the record"
    );

    let mut new = old.clone();
    new.inventory.stock = 8;
    new.inventory.shelf.row = "B".into();
    new.unknown.clear();
    assert_eq!(old.diff(&new), stock | row);
    let patch = new.patch(FieldSet::ALL).unwrap();
    assert!(patch.paths().map(ToString::to_string).eq(["inStock", "name", "shelf.row", "stock"]), "{patch:?}");
    let mut record = stored.as_object().cloned().unwrap();
    new.patch(old.diff(&new)).unwrap().apply(&mut record);
    assert_eq!(record["colour"], json!("blue"), "columns that the program took out of the map stay");
    let read = Product::from_record(&id, &record).unwrap();
    assert_eq!((read.inventory.clone(), read.unknown), (new.inventory.clone(), old.unknown.clone()));

    new.set_field(stock, json!(9)).unwrap();
    assert_eq!(new.inventory.stock, 9);
    assert_eq!(new.get_field(row).unwrap(), Some(json!("B")));
}
