//! Meant: a check on the way in, another form on the way out.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(try_from = "Raw", into = "Raw")]
struct Row {
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Raw {
    name: String,
}

impl TryFrom<Raw> for Row {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        Ok(Row { name: raw.name })
    }
}

impl From<Row> for Raw {
    fn from(row: Row) -> Self {
        Raw { name: row.name }
    }
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
