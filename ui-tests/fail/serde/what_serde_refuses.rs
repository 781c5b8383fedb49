//! Meant: what serde takes. It says so of each, and nothing is said of what it could then not derive.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Twice {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct NoText {
    #[serde(rename = 5)]
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Nothing {
    #[serde(rename)]
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct NoPath {
    #[serde(default = "1 x")]
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct NoModule {
    #[serde(with = "")]
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct OfNobodyElse {
    #[serde(getter = "Self::name")]
    name: String,
}

fn main() {}
