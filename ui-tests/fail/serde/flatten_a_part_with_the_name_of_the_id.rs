//! Meant: a supplier beside the row's own fields, both of which have an `id`.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(id)]
    #[serde(skip_serializing)]
    id: i64,
    name: String,
    #[live(nested)]
    #[serde(flatten)]
    supplier: Supplier,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Supplier {
    id: i64,
    city: String,
}

fn main() {}
