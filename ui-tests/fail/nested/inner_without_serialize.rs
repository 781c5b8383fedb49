//! Meant: an inner entity with both of serde's derives. serde speaks of it where it is nested, the derive where it stands.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(nested)]
    inventory: Inventory,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(nested)]
    product: Product,
}

fn main() {}
