//! Meant: the state of a remote, which is told and never believed. After Meilisearch, shortened; MIT.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq, LiveEntity)]
#[serde(rename_all = "camelCase")]
pub struct Remote {
    pub url: String,
    #[serde(default)]
    pub search_api_key: Option<String>,
    #[serde(skip_deserializing)]
    pub status: u8,
}

fn main() {}
