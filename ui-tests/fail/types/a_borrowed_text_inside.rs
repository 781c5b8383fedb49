//! Meant: texts that need not be copied, where the compiler misses a lifetime.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: Option<&str>,
    counts: HashMap<&str, u8>,
    price: i64,
}

fn main() {}
