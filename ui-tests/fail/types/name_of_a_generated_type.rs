//! Meant: the fields that a form is embedded with, and the changes in a log, each with a type of their own.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Embed {
    title: String,
    fields: Vec<EmbedField>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct EmbedField {
    name: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(conflict = LogLine)]
struct Log {
    changes: Vec<LogChange>,
    last: Option<LogLine>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct LogChange {
    line: u64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct LogLine {
    text: String,
}

fn main() {}
