//! Meant: types that the compiler is to find out. It says that it does not, once of each.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    price: _,
    names: Vec<_>,
}

fn main() {}
