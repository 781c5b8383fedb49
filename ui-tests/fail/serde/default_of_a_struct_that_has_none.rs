//! Meant: fields that old records lack.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(default)]
struct Row {
    name: String,
    price: i64,
}

fn main() {}
