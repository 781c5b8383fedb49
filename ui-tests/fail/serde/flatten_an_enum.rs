//! Meant: what became of an order, its kind and its values beside the order's own.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Order {
    bread: String,
    #[serde(flatten)]
    state: State,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
enum State {
    Asked,
    InTheOven { shelf: u8 },
}

fn main() {}
