//! Meant: a colour that can be cloned.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    color: Color,
}

#[derive(PartialEq, Serialize, Deserialize)]
struct Color(u8, u8, u8);

fn main() {}
