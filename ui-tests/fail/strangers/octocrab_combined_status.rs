//! Meant: a status that is read whole, and shown on in part. After octocrab, shortened; MIT or Apache-2.0.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Debug, Clone, Eq, PartialEq, Serialize, Deserialize, LiveEntity)]
#[non_exhaustive]
pub struct CombinedStatus {
    pub state: String,
    pub sha: String,
    pub total_count: i64,
    #[serde(skip_serializing)]
    pub repository: Option<String>,
    #[serde(skip_serializing)]
    pub url: Option<String>,
}

fn main() {}
