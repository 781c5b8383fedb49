//! Meant: to give the row another id.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(id)]
    id: i64,
}

fn renumber(row: &mut Row) {
    let _ = row.set_field(RowField::Id, 7.into());
}

fn main() {}
