//! Meant: a dialog for all conflicts; `name` was added to the struct since.

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

fn show(conflict: RowConflict<'_>) {
    match conflict {
        RowConflict::Price(price) => println!("{}", price.remote),
        RowConflict::Inventory(_) => {}
    }
}

fn main() {}
