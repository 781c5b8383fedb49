//! Meant: `Stock`, which is nowhere.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    stock: Stok,
}

fn main() {}
