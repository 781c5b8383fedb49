//! Meant: parts of a row. What is wrong with each is said at once.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    group: Group,
    #[live(nested)]
    maker: Maker,
    #[live(nested)]
    sold: Option<Sold>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Group {
    #[live(id)]
    id: i64,
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Maker {
    #[live(id)]
    id: i64,
    name: String,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Sold {
    #[live(readonly)]
    at: i64,
    to: String,
}

fn main() {}
