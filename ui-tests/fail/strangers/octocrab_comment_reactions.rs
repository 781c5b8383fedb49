//! Meant: a count per kind of reaction beside the sum. After octocrab, shortened; MIT or Apache-2.0.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub struct CommentReactions {
    pub url: String,
    pub total_count: u64,
    #[serde(flatten)]
    pub reactions: Option<HashMap<String, u64>>,
}

fn main() {}
