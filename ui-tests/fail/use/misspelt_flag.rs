//! Meant: `price`.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    price: i64,
    #[live(nested)]
    inventory: Inventory,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
    shelf: String,
}

fn star(dirty: RowDirty) -> &'static str {
    if dirty.prise { "*" } else { "" }
}

fn main() {}
