//! Meant: a session that is kept after its table has gone; `edit_record_owned` and `new_record_owned` are for that.

use serde::{Deserialize, Serialize};
use vantage_live::{LiveEntity, LiveTable, RecordEdit};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    name: String,
}

fn kept(table: LiveTable<Product>) -> RecordEdit<'static, Product> {
    table.new_record(Product { name: "Sea Pie".into() })
}

fn main() {
    let _ = kept;
}
