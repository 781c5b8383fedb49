//! Meant: a size whose columns are among those of the product.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    name: String,
    #[serde(flatten)]
    #[live(nested)]
    size: Size,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Size {
    width: i64,
}

fn main() {}
