//! Meant: to say whether two values are the same.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    name: String,
    #[live(eq = f64::total_cmp)]
    price: f64,
    #[live(eq = in_order)]
    weight: f64,
    #[live(eq = distance)]
    size: u8,
}

fn in_order(one: &f64, other: &f64) -> Ordering {
    one.total_cmp(other)
}

fn distance(one: &u8, other: &u8) -> u8 {
    one.abs_diff(*other)
}

fn main() {}
