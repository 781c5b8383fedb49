//! Meant: a rule that serde knows. serde says so, and of the rest that it could not derive what it needs itself.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "camelcase")]
struct Inventory {
    stock: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(nested)]
    inventory: Inventory,
}

fn main() {}
