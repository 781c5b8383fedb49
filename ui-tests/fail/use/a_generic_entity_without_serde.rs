//! What a struct with parameters lacks depends on them, and is said where they are given.

use vantage_live::{LiveEntity, LiveTable};

#[derive(Clone, PartialEq, LiveEntity)]
struct Row<T> {
    value: T,
}

fn shown(_: &LiveTable<Row<i64>>) {}

fn main() {}
