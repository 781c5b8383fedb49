//! Meant: a record that takes little memory.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[repr(packed)]
struct Row {
    price: i64,
    sold: u8,
}

fn main() {}
