//! Meant: serde's derives as well.

use vantage_live::LiveEntity;

#[derive(Clone, LiveEntity)]
struct Row {
    name: String,
}

fn main() {}
