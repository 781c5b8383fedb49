//! Meant: names as JavaScript has them. serde makes none of such a field, and panics.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "camelCase")]
struct Row {
    unit_price: i64,
    ключ: i64,
    #[serde(rename = "größe")]
    größe: i64,
    #[serde(rename = "åpen")]
    åpen: bool,
}

fn main() {}
