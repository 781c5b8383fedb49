//! Meant: a name that is as the compiler likes it.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct product {
    name: String,
    #[live(nested)]
    size: Size,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Size {
    width: i64,
}

fn main() {}
