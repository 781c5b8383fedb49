//! Meant: to leave empty inventories out of the record.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    #[serde(skip_serializing_if = "is_empty")]
    inventory: Option<Inventory>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

fn is_empty(inventory: &Option<Inventory>) -> bool {
    inventory.as_ref().is_none_or(|inventory| inventory.stock == 0)
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
