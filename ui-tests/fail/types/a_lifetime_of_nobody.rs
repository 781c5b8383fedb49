//! Meant: a struct with a lifetime, which an entity has not.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: Cow<'a, str>,
    part: Part<'a>,
    price: i64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Part<'a> {
    text: &'a str,
}

fn main() {}
