//! Meant: the conflict of the price.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    price: i64,
}

fn show(conflicts: &RowConflicts) -> bool {
    conflicts.prize.is_some()
}

fn main() {}
