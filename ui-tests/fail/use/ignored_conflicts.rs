//! Meant: to look at the conflicts, one day.

#![deny(unused_must_use)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    price: i64,
    #[live(nested)]
    inventory: Inventory,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
    shelf: String,
}

fn ask(row: &Row) {
    Row::conflicts(RowField::Name.into(), row, row, row);
}

fn main() {}
