//! Meant: two columns that change with every write.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(version)]
    revision: i64,
    #[live(version)]
    updated_at: i64,
    name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
