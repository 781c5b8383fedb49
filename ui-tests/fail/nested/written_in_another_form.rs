//! Meant: an inventory that is stored as a number.

use serde::{Deserialize, Serialize, Serializer};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    #[serde(serialize_with = "as_number")]
    inventory: Inventory,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

fn as_number<S: Serializer>(inventory: &Inventory, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(inventory.stock)
}

fn main() {}
