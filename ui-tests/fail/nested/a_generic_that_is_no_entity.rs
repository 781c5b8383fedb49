//! Meant: a label with a value, edited field by field.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    label: Labelled<String>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Labelled<T> {
    value: T,
}

fn main() {}
