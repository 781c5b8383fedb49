//! Meant: a set of the row's fields.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

fn shown() -> vantage_live::FieldSet<RowField> {
    RowField::Price | InventoryField::Stock
}

fn main() {}
