//! Meant: names of attributes, and values for them.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[live("products")]
struct Row {
    name: String,
    #[live(5)]
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Empty {
    name: String,
    #[live(label = )]
    price: i64,
    #[live(label = , readonly)]
    stock: i64,
}

fn main() {}
