//! Meant: what a form shows beside each field; `price` was added to the struct since.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    price: i64,
}

fn hint(field: RowField) -> &'static str {
    match field {
        RowField::Name => "what it is called",
    }
}

fn main() {}
