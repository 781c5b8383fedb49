//! Meant: an entity of which nothing is known yet.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row;

const TABLE: &str = Row::TABLE;

fn main() {}
