//! Meant: a column that was renamed, and the old one beside it.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    foo_bar: i64,
    #[allow(non_snake_case)]
    fooBar: i64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::FooBar)
}

fn main() {}
