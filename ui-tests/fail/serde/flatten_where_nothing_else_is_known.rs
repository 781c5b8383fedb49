//! Meant: a product with its tag beside its name. serde would refuse to read "kind", which it writes.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[serde(flatten)]
    #[live(nested)]
    price: Price,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(tag = "kind")]
struct Price {
    cents: i64,
}

fn main() {}
