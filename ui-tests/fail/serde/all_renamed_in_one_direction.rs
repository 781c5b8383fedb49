//! Meant: to write in another case than to read.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all(serialize = "camelCase"))]
struct Row {
    first_name: String,
    last_name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::FirstName)
}

fn main() {}
