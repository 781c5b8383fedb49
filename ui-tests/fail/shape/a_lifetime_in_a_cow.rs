//! Meant: texts that are borrowed from the line that was read.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row<'a> {
    name: Option<Cow<'a, str>>,
}

fn main() {}
