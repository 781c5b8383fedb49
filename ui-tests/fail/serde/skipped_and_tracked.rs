//! Meant: a field that is shown but not stored.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(readonly, label = "Total")]
    #[serde(skip)]
    total: i64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
