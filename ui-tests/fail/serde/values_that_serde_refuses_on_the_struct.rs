//! Meant: values of the kinds that serde takes. It says so of each, and nothing is said of what it could then not derive.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = camelCase)]
struct Camel {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all)]
struct NoRule {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all("camelCase"))]
struct RuleInAList {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields = true)]
struct Flag {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(transparent = true)]
struct Transparent {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(from = Raw)]
struct NoType {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(crate = serde)]
struct NoCrate {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(crate = "a b")]
struct TwoCrates {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(bound = 5)]
struct NoBound {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(bound = "u8 Clone")]
struct HalfABound {
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(expecting = 5)]
struct NotExpected {
    name: String,
}

fn main() {}
