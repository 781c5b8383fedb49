//! Meant: to compare prices to the cent.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(eq = within_a_cent)]
    price: i64,
}

fn within_a_cent(one: &f64, other: &f64) -> bool {
    (one - other).abs() < 0.01
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Price)
}

fn main() {}
