//! Meant: inputs that may be left out. After octocrab, shortened; MIT or Apache-2.0.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default, LiveEntity)]
#[non_exhaustive]
pub struct WorkflowDispatch {
    pub r#ref: String,
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub inputs: serde_json::Value,
}

fn main() {}
