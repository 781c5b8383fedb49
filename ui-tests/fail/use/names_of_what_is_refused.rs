//! What is generated for a struct that no record can be read into has its names, and nothing is said of these.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vantage_live::FieldSet;
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: &'static str,
    price: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Other<'a> {
    name: &'a str,
    note: Cow<'a, str>,
    #[live(nested)]
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, LiveEntity)]
#[repr(packed)]
struct Part {
    stock: i64,
}

fn shown(fields: FieldSet<RowField>, change: OtherChange<'_>, conflicts: &RowConflicts) -> bool {
    let flags = RowDirty::from(fields);
    let is_shown = match change {
        OtherChange::Name { from, to } => from.len() > to.len(),
        OtherChange::Note { from, to } => from.len() > to.len(),
        OtherChange::Part(PartChange::Stock { from, to }) => from > to,
    };
    is_shown || flags.price || conflicts.name.is_some() || fields.contains(RowField::Name)
}

fn changed(old: &Part, new: &Part) -> bool {
    old.diff(new).contains(PartField::Stock)
}

fn main() {}
