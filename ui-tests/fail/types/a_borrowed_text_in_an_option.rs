//! Meant: texts of the program, some of which may be missing. serde borrows each of them from what it reads.

use serde::{Deserialize, Deserializer, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    title: Option<&'static str>,
    bytes: Option<&'static [u8]>,
    #[live(skip)]
    #[serde(default)]
    seen: Option<&'static str>,
    #[serde(deserialize_with = "none")]
    mood: Option<&'static str>,
}

fn none<'de, D: Deserializer<'de>>(_: D) -> Result<Option<&'static str>, D::Error> {
    Ok(None)
}

fn main() {}
