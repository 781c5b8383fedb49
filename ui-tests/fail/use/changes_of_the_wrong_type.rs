//! Meant: the new price, in words.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    price: i64,
}

fn price(change: RowChange<'_>) -> &str {
    match change {
        RowChange::Price { to, .. } => to,
        RowChange::Name { .. } => "",
    }
}

fn main() {}
