//! Meant: a text that the program has for ever, and not the store.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[serde(skip)]
    title: Option<&'a str>,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
