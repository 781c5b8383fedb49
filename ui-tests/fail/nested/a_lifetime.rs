//! Meant: an inventory whose shelf is named elsewhere.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row<'a> {
    name: String,
    #[live(nested)]
    inventory: Inventory<'a>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory<'s> {
    shelf: Cow<'s, str>,
}

fn main() {}
