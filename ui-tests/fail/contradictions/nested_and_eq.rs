//! Meant: an entity inside, and `eq` besides.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(nested, eq = Inner::eq)]
    key: Inner,
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inner {
    value: i64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
