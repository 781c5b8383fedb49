//! Meant: the flags.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(id = "key")]
    key: String,
    name: String,
    #[live(skip = true)]
    #[serde(skip)]
    open: bool,
    #[live(readonly("always"))]
    sold: i64,
    #[live(version = 3)]
    revision: i64,
    #[live(nested = Inventory)]
    inventory: Inventory,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
