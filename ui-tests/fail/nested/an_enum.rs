//! Meant: a payment, edited field by field.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    payment: Payment,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
enum Payment {
    Cash,
    Card { number: String },
}

fn main() {}
