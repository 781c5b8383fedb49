//! Meant: serde's attributes, where serde has them.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[live(alias = "item", transparent, deny_unknown_fields)]
struct Row {
    #[live(rename_all = "camelCase")]
    name: String,
    #[live(default, with = "as_text", borrow)]
    price: i64,
    #[live(from = "Text", tag = "kind")]
    weight: i64,
}

fn main() {}
