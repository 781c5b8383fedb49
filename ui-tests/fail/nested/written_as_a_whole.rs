//! Meant: an inventory that is written as text.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(nested)]
    #[serde(with = "as_text")]
    inventory: Inventory,
    #[live(nested)]
    #[serde(skip_serializing_if = "Inventory::is_empty", default)]
    reserve: Inventory,
}

#[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
}

impl Inventory {
    fn is_empty(&self) -> bool {
        self.stock == 0
    }
}

mod as_text {
    use super::*;

    pub fn serialize<S: serde::Serializer>(_: &Inventory, _: S) -> Result<S::Ok, S::Error> {
        todo!()
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(_: D) -> Result<Inventory, D::Error> {
        todo!()
    }
}

fn main() {}
