//! serde under another path, as a crate that re-exports it has it.

#![deny(warnings)]

use vantage_live::LiveEntity;

mod encoding {
    pub use serde::*;
}

#[derive(Clone, Debug, PartialEq, encoding::Serialize, encoding::Deserialize, LiveEntity)]
#[serde(crate = "encoding")]
struct Row {
    name: String,
}

pub(super) fn main() {
    let (old, new) = (Row { name: "a".into() }, Row { name: "b".into() });
    assert_eq!(old.diff(&new), RowField::Name.into());
    assert_eq!(new.to_record().unwrap()["name"], "b");
}
