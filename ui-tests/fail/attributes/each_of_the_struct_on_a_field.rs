//! Meant: all of it for the struct.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(table = "rows", crate = vantage_live, field = Column, dirty = Touched)]
    #[live(change = Edit, conflicts = Clashes, conflict = Clash)]
    name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
