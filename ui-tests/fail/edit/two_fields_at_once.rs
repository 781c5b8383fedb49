//! Meant: two inputs of a form; `let form = edit.local_mut();` and then its fields.

use serde::{Deserialize, Serialize};
use vantage_live::{LiveEntity, RecordEdit};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    name: String,
    price: i64,
}

fn bind(mut edit: RecordEdit<'static, Product>) {
    let (name, price) = (&mut edit.name, &mut edit.price);
    name.clear();
    *price = 0;
}

fn main() {}
