//! Meant: a record that is nothing but its id.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(id)]
    id: i64,
    #[live(skip)]
    #[serde(default)]
    open: bool,
}

fn first(dirty: RowDirty) -> Option<RowField> {
    let _ = dirty;
    None
}

fn main() {}
