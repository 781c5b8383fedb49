//! Meant: rows of two kinds.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
enum Row {
    Cake { name: String },
    Bread { name: String },
}

fn changed(old: &Row, new: &Row) -> bool {
    !old.diff(new).is_empty()
}

fn shown(change: RowChange<'_>, conflict: RowConflict<'_>) -> String {
    format!("{change:?} {conflict:?}")
}

fn main() {}
