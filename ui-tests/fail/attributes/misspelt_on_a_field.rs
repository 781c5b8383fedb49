//! Meant: `nested`, and what follows from it is as if that stood there.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(nestd)]
    part: Part,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Part {
    name: String,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Part(PartField::Name))
}

fn main() {}
