//! Meant: a struct. What stands in for its impl allows nothing that the program forbids.

#![forbid(unused_variables)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
enum Row {
    Sold,
}

fn main() {
    let _ = Row::Sold;
}
