//! Meant: a colour that may be missing.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    color: Option<Color>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Color(u8, u8, u8);

fn main() {}
