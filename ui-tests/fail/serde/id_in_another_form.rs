//! Meant: a key that is stored in its own way.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(id)]
    #[serde(deserialize_with = "as_text")]
    key: i64,
    name: String,
}

fn as_text<'de, D: serde::Deserializer<'de>>(text: D) -> Result<i64, D::Error> {
    String::deserialize(text)?.parse().map_err(serde::de::Error::custom)
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
