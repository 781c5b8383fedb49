//! serde would write from the map what the fields of the entity were when they were read.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Before {
    #[serde(flatten)]
    #[live(skip)]
    more: HashMap<String, Value>,
    #[serde(flatten)]
    #[live(nested)]
    part: Part,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Twice {
    #[serde(flatten)]
    #[live(nested)]
    around: Around,
    #[serde(flatten)]
    #[live(skip)]
    more: HashMap<String, Value>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inside {
    #[serde(flatten)]
    #[live(nested)]
    open: Open,
    #[serde(flatten)]
    #[live(nested)]
    part: Part,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Around {
    name: String,
    #[serde(flatten)]
    #[live(nested)]
    part: Part,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Open {
    name: String,
    #[serde(flatten)]
    #[live(skip)]
    more: HashMap<String, Value>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Part {
    stock: i64,
}

fn main() {}
