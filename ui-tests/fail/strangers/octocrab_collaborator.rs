//! Meant: an author, and what that one may do. After octocrab, shortened; MIT or Apache-2.0.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Debug, Clone, Eq, PartialEq, Serialize, Deserialize, LiveEntity)]
#[non_exhaustive]
pub struct Collaborator {
    #[serde(flatten)]
    pub author: Author,
    pub role_name: String,
}

#[derive(Debug, Clone, Eq, PartialEq, Serialize, Deserialize)]
pub struct Author {
    pub login: String,
}

fn main() {}
