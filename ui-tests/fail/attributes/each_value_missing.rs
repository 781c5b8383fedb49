//! Meant: a value for each.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[live(table, crate, field, dirty, change, conflicts, conflict)]
struct Row {
    name: String,
    #[live(label)]
    price: i64,
    #[live(eq)]
    weight: f64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
