//! Meant: a list of its own.

use serde::Serialize;
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, LiveEntity)]
struct Row<'a> {
    stock: &'a [i64],
}

fn main() {}
