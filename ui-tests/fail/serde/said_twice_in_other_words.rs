//! Meant: one of the two. serde says so of each, and nothing is said of what it could then not derive.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Renamed {
    #[serde(rename = "x", rename = "y")]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct RenamedOnceMore {
    #[serde(rename = "x", rename(serialize = "x"))]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct RenamedToNothing {
    #[serde(rename())]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Converted {
    #[serde(with = "as_text", serialize_with = "as_text::serialize")]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Skipped {
    #[serde(skip, skip_deserializing)]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "camelCase", rename_all(deserialize = "camelCase"))]
struct Ruled {
    name: String,
    price: i64,
}

fn main() {}
