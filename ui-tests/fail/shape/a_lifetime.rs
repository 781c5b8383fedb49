//! Meant: to save an allocation.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row<'a> {
    name: &'a str,
}

fn main() {}
