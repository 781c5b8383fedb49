//! Meant: shorter names.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[live(dirty = Fields, change = Fields)]
#[live(conflict = Row, conflicts = rows::Conflicts)]
struct Row {
    name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
