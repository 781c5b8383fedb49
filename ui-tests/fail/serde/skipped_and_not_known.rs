//! Meant: a note of the program's own, in records that have nothing else beside the fields.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[live(skip)]
    #[serde(skip_deserializing)]
    note: String,
}

fn main() {}
