//! Meant: a size, edited side by side.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    size: Size,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Size(i64, i64);

fn main() {}
