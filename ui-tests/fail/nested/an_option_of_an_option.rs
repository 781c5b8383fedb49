//! Meant: to tell an inventory that was never asked for from one that is missing.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    inventory: Option<Option<Inventory>>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

fn main() {}
