//! Meant: a colour, compared by its parts.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    color: Color,
}

#[derive(Clone, Serialize, Deserialize)]
struct Color(u8, u8, u8);

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
