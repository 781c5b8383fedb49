//! Meant: to read an old column, and to write a new one.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    #[serde(rename(serialize = "size"))]
    measures: Measures,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Measures {
    height: i64,
}

fn main() {}
