//! Meant: a tree of entities, each with the fields of the one above.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Group {
    name: String,
    #[live(nested)]
    above: Option<Group>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Held {
    name: String,
    #[live(nested)]
    above: Option<Box<Self>>,
}

fn changed(old: &Group, new: &Group) -> bool {
    old.diff(new).contains(GroupField::Above)
}

fn main() {}
