//! Meant: `Stock`, which is nowhere.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(nested)]
    size: Size,
    #[live(nested)]
    stock: Stok,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Size {
    width: i64,
}

fn main() {}
