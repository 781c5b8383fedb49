//! Meant: a form for all fields; `price` was added to the struct since.

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

fn show(change: RowChange<'_>) {
    match change {
        RowChange::Name { from, to } => println!("{from} {to}"),
        RowChange::Inventory(InventoryChange::Stock { .. } | InventoryChange::Shelf { .. }) => {}
    }
}

fn main() {}
