//! Meant: a label for a variant of an enum that is a field's value.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    state: State,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
enum State {
    #[live(label = "Open")]
    Open,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
