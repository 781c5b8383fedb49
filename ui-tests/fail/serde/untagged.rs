//! Meant: a record of the fields alone, as it is anyway.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(untagged)]
struct Row {
    name: String,
}

fn main() {}
