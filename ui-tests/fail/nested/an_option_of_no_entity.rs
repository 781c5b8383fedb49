//! Meant: an inventory that may be missing, and that derives `LiveEntity` too.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    inventory: Option<Inventory>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Inventory {
    stock: i64,
}

fn main() {}
