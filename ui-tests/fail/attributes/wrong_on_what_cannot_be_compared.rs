//! Whether the fields were to be compared is not known, and nothing is said of it.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Weight(f64);

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(eq = "close")]
    quoted: Weight,
    #[live(eq)]
    alone: Weight,
    #[live(equ = close)]
    misspelt: Weight,
    #[live(with = "close")]
    serdes: Weight,
    #[live(merge = close)]
    to_come: Weight,
    #[live = "skip"]
    not_listed: Weight,
    #[live(skip; nested)]
    unreadable: Weight,
    #[live(skip = true)]
    #[serde(default)]
    with_a_value: Weight,
    #[live(skp)]
    #[serde(default)]
    slipped: Weight,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
