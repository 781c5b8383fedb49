//! Meant: a label whose text is in the program.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(nested)]
    label: Label,
    price: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Label {
    text: &'static str,
    size: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Order {
    #[live(nested)]
    note: Option<Label>,
}

fn main() {}
