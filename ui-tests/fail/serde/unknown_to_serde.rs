//! Meant: `rename`.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[serde(renam = "unitPrice")]
    unit_price: i64,
}

fn main() {}
