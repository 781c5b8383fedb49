//! Meant: two parts among the fields of the row, of which the second has a name that the row has, and the third one of the
//! first's. Said at the first that is in the way.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    #[serde(flatten)]
    inventory: Inventory,
    #[live(nested)]
    #[serde(flatten)]
    maker: Maker,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Shelf {
    name: String,
    #[live(nested)]
    #[serde(flatten)]
    inventory: Inventory,
    #[live(nested)]
    #[serde(flatten)]
    other: Inventory,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Maker {
    name: String,
}

fn main() {}
