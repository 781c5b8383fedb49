//! Meant: a note that is left out of the record where there is none, and is none where it is blank.

use serde::{Deserialize, Deserializer, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "none_if_blank")]
    note: Option<String>,
}

fn none_if_blank<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.trim().is_empty()))
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Note)
}

fn main() {}
