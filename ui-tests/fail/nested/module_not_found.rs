//! Meant: `stock`, a module that is nowhere.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    inventory: stok::Inventory,
    #[live(nested)]
    reserve: Option<reserv::Inventory>,
}

fn main() {}
