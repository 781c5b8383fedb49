//! Meant: each of them once.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[live(table = "rows", table = "lines")]
#[live(crate = vantage_live, crate = vantage_live)]
#[live(field = Column, field = Columns)]
#[live(dirty = Touched, dirty = Touches)]
#[live(change = Edit, change = Edits)]
#[live(conflicts = Clashes, conflicts = AllClashes)]
#[live(conflict = Clash, conflict = OneClash)]
struct Row {
    name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(Column::Name)
}

fn main() {}
