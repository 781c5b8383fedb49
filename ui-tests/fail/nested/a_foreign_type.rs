//! Meant: a day, edited part by part.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    day: chrono::NaiveDate,
}

fn main() {}
