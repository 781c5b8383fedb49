//! Meant: an inventory that is not moved.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    inventory: Box<Inventory>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

fn main() {}
