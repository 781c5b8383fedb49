//! Meant: to save an allocation.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[serde(borrow)]
    name: std::borrow::Cow<'static, str>,
}

fn main() {}
