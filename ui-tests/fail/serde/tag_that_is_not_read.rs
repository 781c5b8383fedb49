//! Meant: a record that says what it is, and has nothing else beside its fields.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(tag = "type", deny_unknown_fields)]
struct Row {
    name: String,
}

fn main() {}
