//! What the scripts of `rebasing` and `saving` share: the fields of a product as JSON, and its conflicts as JSON.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use tests::bakery::{InventoryField, Product, ProductField};
use vantage_live::{LiveEntity as _, RecordEdit};

pub type Edit = RecordEdit<'static, Product>;

/// The fields that a person edits.
pub const FIELDS: [ProductField; 5] = [
    ProductField::Name,
    ProductField::Price,
    ProductField::Inventory(InventoryField::Stock),
    ProductField::Inventory(InventoryField::Shelf),
    ProductField::Note,
];

pub fn field() -> impl Strategy<Value = ProductField> {
    proptest::sample::select(FIELDS.to_vec())
}

/// One of few values for the field: 0 is what the cupcake begins with.
pub fn value(field: ProductField, number: u8) -> Value {
    match (field, number) {
        (ProductField::Name, 0) => json!("Flux Capacitor Cupcake"),
        (ProductField::Name, n) => json!(format!("n{n}")),
        (ProductField::Price, 0) => json!(120),
        (ProductField::Price, n) => json!(100 + i32::from(n)),
        (ProductField::Inventory(InventoryField::Stock), 0) => json!(50),
        (ProductField::Inventory(InventoryField::Stock), n) => json!(n),
        (ProductField::Inventory(InventoryField::Shelf), 0) => json!("A"),
        (ProductField::Inventory(InventoryField::Shelf), n) => json!(format!("s{n}")),
        (ProductField::Note, 0) => Value::Null,
        (ProductField::Note, n) => json!(format!("t{n}")),
        (other, _) => panic!("nobody edits {other}"),
    }
}

pub fn get(product: &Product, field: ProductField) -> Value {
    product.get_field(field).expect("a product is JSON").unwrap_or(Value::Null)
}

pub fn set(edit: &mut Edit, field: ProductField, value: Value) {
    edit.local_mut().set_field(field, value).expect("the value fits the field");
}

/// The conflicts of the fields that a person edits: base, local, remote.
pub fn as_json(conflicts: &tests::bakery::ProductConflicts) -> BTreeMap<&'static str, [Value; 3]> {
    use tests::bakery::{InventoryConflict, ProductConflict};
    use vantage_live::Conflict;

    fn values<T: serde::Serialize>(conflict: &Conflict<T>) -> [Value; 3] {
        [&conflict.base, &conflict.local, &conflict.remote].map(|value| json!(value))
    }
    conflicts
        .iter()
        .map(|conflict| match conflict {
            ProductConflict::Name(it) => (ProductField::Name.name(), values(it)),
            ProductConflict::Price(it) => (ProductField::Price.name(), values(it)),
            ProductConflict::Inventory(InventoryConflict::Stock(it)) => ("inventory.stock", values(it)),
            ProductConflict::Inventory(InventoryConflict::Shelf(it)) => ("inventory.shelf", values(it)),
            ProductConflict::Note(it) => (ProductField::Note.name(), values(it)),
            other => panic!("a read-only field is never in conflict: {other:?}"),
        })
        .collect()
}
