//! Meant: to derive for a type of another crate.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(remote = "Other")]
struct Row {
    name: String,
    price: i64,
}

struct Other {
    name: String,
    price: i64,
}

fn main() {}
