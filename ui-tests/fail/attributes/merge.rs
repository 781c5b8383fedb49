//! Meant: a merge rule.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(merge = max)]
    price: i64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Price)
}

fn main() {}
