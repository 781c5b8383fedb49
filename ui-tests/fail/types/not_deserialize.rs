//! Meant: `Deserialize` as well.

use serde::Serialize;
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, LiveEntity)]
struct Row {
    name: String,
}

fn main() {}
