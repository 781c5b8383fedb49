//! Meant: to show the group's name beside the product's.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    group: Group,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Group {
    #[live(id)]
    id: i64,
    name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
