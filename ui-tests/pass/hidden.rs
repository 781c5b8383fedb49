//! What is said of a field's use is said of what is generated for it: `#[doc(hidden)]` and `#[deprecated]`, and nothing of
//! it warns by itself.

#![deny(warnings, missing_docs)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

/// A row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Row {
    /// The name.
    pub name: String,
    #[doc(hidden)]
    pub internal: i64,
    /// The name of old.
    #[deprecated = "use `name`"]
    #[serde(default)]
    pub title: Option<String>,
}

pub(super) fn main() {
    assert_eq!(RowField::Internal.name(), "internal");
    #[expect(deprecated)]
    let old = RowField::Title;
    assert_eq!(old.name(), "title");
}
