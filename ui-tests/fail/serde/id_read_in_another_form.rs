//! Meant: a key that is stored as text.

use serde::{Deserialize, Deserializer, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(id)]
    #[serde(deserialize_with = "from_text")]
    id: i64,
    name: String,
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn main() {}
