//! Meant: a message of several kinds, which is made once and sent.

use serde::Serialize;
use vantage_live::LiveEntity;

#[derive(Serialize, LiveEntity)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Message {
    Baked { bread_name: String },
    Sold { bread_name: String, price: u32 },
}

fn main() {}
