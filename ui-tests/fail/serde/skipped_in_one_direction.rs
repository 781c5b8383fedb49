//! Meant: a password that is never shown, and a total that is never taken in.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[serde(skip_serializing)]
    password: String,
    #[serde(skip_deserializing)]
    total: i64,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
