//! Meant: values of the kinds that serde takes. It says so of each, and nothing is said of what it could then not derive.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct NameInAList {
    #[serde(rename("x"))]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct NoName {
    #[serde(rename(serialize = x))]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct TwoAliases {
    #[serde(alias("x", "y"))]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Skipped {
    #[serde(skip = true)]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct SkippedByAList {
    #[serde(skip())]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct NeverRead {
    #[serde(skip_deserializing = true)]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Flat {
    #[serde(flatten = true)]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct DefaultInAList {
    #[serde(default(true))]
    name: String,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct RuleForLeavingOut {
    #[serde(skip_serializing_if("Option::is_none"))]
    name: String,
    price: i64,
}

fn main() {}
