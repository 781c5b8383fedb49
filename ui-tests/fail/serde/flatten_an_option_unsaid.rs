//! Meant: columns that a row may have, in a struct of their own.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[serde(flatten)]
    shelf: Option<Shelf>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Shelf {
    shelf: String,
}

fn main() {}
