//! Meant: `Clone` as well.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
}

fn main() {}
