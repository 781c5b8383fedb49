//! Meant: serde's derives as functions, and impls by hand around them that mend what was read.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(remote = "Self")]
struct Row {
    name: String,
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut row = Self::deserialize(deserializer)?;
        row.name = row.name.trim().to_owned();
        Ok(row)
    }
}

fn main() {}
