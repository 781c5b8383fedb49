//! Meant: a setting around another. After Meilisearch, shortened; MIT.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Default, Serialize, Deserialize, PartialEq, Eq, Clone, LiveEntity)]
#[repr(transparent)]
#[serde(transparent)]
pub struct SettingEmbeddingSettings {
    pub inner: Option<String>,
}

fn main() {}
