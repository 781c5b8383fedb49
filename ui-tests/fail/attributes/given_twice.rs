//! Meant: one of them.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(label = "Name", label = "Title")]
    name: String,
    #[live(readonly)]
    #[live(readonly)]
    price: f64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
