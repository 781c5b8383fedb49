//! Meant: inner entities that all threads may read. Said where they are derived, and not once more where they are nested.

use std::cell::Cell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Counter {
    shown: Cell<u32>,
    stock: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Label {
    #[serde(skip)]
    text: Rc<String>,
    size: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    #[live(nested)]
    counter: Counter,
    #[live(nested)]
    label: Option<Label>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    inventory: Inventory,
}

fn main() {}
