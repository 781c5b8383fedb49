//! Meant: a text of the program, or one of a record.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: Cow<str>,
    price: i64,
}

fn main() {}
