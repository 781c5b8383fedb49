//! Meant: to leave the nested entity to the caller.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row<T> {
    name: String,
    #[live(nested)]
    inner: Inner<T>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Inner<T> {
    value: T,
}

fn name() -> &'static str {
    RowField::Name.name()
}

fn main() {}
