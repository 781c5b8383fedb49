//! Meant: the record of the name. serde has a word to say as well.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(transparent)]
struct Row {
    name: String,
    price: i64,
}

fn main() {}
