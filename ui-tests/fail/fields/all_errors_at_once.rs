//! Meant: several things; each is told, none hides another.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[live(tabel = "rows")]
struct Row {
    #[live(id, skip)]
    id: i64,
    #[live(version)]
    revision: i64,
    #[live(version)]
    updated: i64,
    #[live(lable = "Name")]
    name: String,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Rest {
    note: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
