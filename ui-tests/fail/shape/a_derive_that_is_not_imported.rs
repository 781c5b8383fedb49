//! Meant: a derive of another crate as well.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, JsonSchema, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    origin: Option<Origin>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Origin {
    country: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
