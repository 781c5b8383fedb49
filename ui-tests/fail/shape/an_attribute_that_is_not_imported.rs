//! Meant: an attribute macro of another crate, which is not imported.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[serde_as]
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
