//! Meant: a key of two parts.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(id)]
    sku: String,
    #[live(id)]
    code: i64,
    name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
