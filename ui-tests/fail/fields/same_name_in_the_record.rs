//! Meant: to read one column twice.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[serde(rename = "name")]
    title: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
