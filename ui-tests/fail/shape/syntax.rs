//! Meant: a comma, a type, another type.

use serde::{Deserialize, Serialize};
use vantage_live::{Id, LiveEntity};

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct NoComma {
    name: String
    price: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct NoType {
    name: String,
    price,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct NothingLeft {
    #[live(id)]
    id: Id,
    price: ,
}

fn main() {}
