//! Meant: a label whose text is in the program. serde says itself that it does not read it from every record.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Label<'l, T> {
    text: &'l str,
    of: T,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(nested)]
    label: Label<'static, u8>,
    price: i64,
}

fn main() {}
