//! Meant: two parts that derive `LiveEntity` too.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    inventory: Inventory,
    #[live(nested)]
    reserve: Reserve,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Inventory {
    stock: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Reserve {
    stock: i64,
}

fn main() {}
