//! Meant: a form for all fields; the inventory may be absent.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;
use vantage_live::entity::OptionalChange;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    inventory: Option<Inventory>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

fn show(change: RowChange<'_>) {
    match change {
        RowChange::Name { from, to } => println!("{from} {to}"),
        RowChange::Inventory(OptionalChange::Inside(InventoryChange::Stock { from, to })) => println!("{from} {to}"),
    }
}

fn main() {}
