//! Meant: `camelCase`.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "camel_case")]
struct Row {
    name: String,
    unit_price: i64,
}

fn main() {}
