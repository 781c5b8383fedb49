//! Meant: columns in a struct of their own, which need be neither compared nor shown as a whole once they are nested.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[serde(flatten)]
    shelf: Shelf,
}

#[derive(Clone, Serialize, Deserialize)]
struct Shelf {
    shelf: String,
}

fn main() {}
