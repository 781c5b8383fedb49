//! Meant: the field as it was called once, in a program without warnings.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[deprecated = "use `name`"]
    title: Option<String>,
}

fn label() -> &'static str {
    RowField::Title.label()
}

fn main() {
    label();
}
