//! Meant: whether the price is modified.

use serde::{Deserialize, Serialize};
use vantage_live::{LiveEntity, RecordEdit};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    price: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Client {
    name: String,
}

fn modified(edit: &RecordEdit<'static, Product>) -> bool {
    edit.is_modified(ClientField::Name)
}

fn main() {}
