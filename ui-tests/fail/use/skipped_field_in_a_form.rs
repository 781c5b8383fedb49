//! Meant: a form for all fields.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(skip)]
    #[serde(skip)]
    open: bool,
}

fn label() -> &'static str {
    RowField::Open.label()
}

fn main() {}
