//! Meant: a name and a price, without names for them.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row(String, i64);

fn changed(old: &Row, new: &Row) -> bool {
    !old.diff(new).is_empty()
}

fn main() {}
