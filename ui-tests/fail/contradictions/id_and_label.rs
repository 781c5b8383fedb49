//! Meant: the key of the record, and `label` besides.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(id, label = "Key")]
    key: Key,
    name: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Key(String);

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
