//! Meant: `use serde::{Deserialize, Serialize}`.

use serde::Deserialize;
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    price: i64,
}

fn main() {}
