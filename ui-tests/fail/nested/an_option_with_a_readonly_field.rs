//! Meant: an inventory that may be missing, counted by the store.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    inventory: Option<Inventory>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    shelf: String,
    #[live(readonly)]
    stock: i64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
