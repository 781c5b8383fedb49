//! Meant: text for the table and the label, paths and names for the others.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[live(table = rows, crate = "vantage_live", field = "Column", dirty = 1)]
#[live(change = edits::Edit, conflicts("Clashes"), conflict(Clash, 1))]
struct Row {
    name: String,
    #[live(label = 1)]
    price: i64,
    #[live(eq(f64::eq))]
    weight: f64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
