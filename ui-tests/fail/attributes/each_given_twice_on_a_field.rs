//! Meant: each of them once.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(id, id)]
    key: String,
    name: String,
    #[live(skip, skip)]
    #[serde(skip)]
    open: bool,
    #[live(readonly, readonly)]
    sold: i64,
    #[live(version, version)]
    revision: i64,
    #[live(nested, nested)]
    inventory: Inventory,
    #[live(label = "Price", label = "Price (cents)")]
    price: i64,
    #[live(eq = f64::eq, eq = f64::eq)]
    weight: f64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
