//! The derive was forgotten.

use serde::{Deserialize, Serialize};
use vantage_live::{ImTable, LiveTable};

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Row {
    name: String,
}

fn rows(store: ImTable) {
    let _ = LiveTable::<Row>::builder(store);
}

fn main() {}
