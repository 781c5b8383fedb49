//! Meant: a row that is checked when it is read.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(try_from = "Raw")]
struct Row {
    name: String,
}

#[derive(Deserialize)]
struct Raw {
    name: String,
}

impl TryFrom<Raw> for Row {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        if raw.name.is_empty() { Err("no name".into()) } else { Ok(Row { name: raw.name }) }
    }
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
