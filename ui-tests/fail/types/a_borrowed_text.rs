//! Meant: a text that the program has for ever.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: &'static str,
    price: i64,
}

fn main() {}
