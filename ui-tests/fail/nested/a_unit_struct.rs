//! Meant: a mark.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    mark: Mark,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Mark;

fn main() {}
