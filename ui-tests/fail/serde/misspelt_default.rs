//! serde says what was meant, and that it is missing is no news.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[serde(defualt)]
    #[live(skip)]
    expanded: bool,
    #[serde(defualt, skip_serializing_if = "String::is_empty")]
    note: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(defualt)]
struct Other {
    name: String,
    #[live(skip)]
    expanded: bool,
}

fn main() {}
