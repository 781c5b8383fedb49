//! Meant: a counter that the program raises, and a rule that is no more than a function.

use std::sync::atomic::AtomicU64;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(eq = same)]
    count: AtomicU64,
    #[live(eq = same)]
    #[serde(with = "no_rule")]
    rule: Box<dyn Fn(u8) -> u8 + Send + Sync>,
}

impl Clone for Row {
    fn clone(&self) -> Self {
        unimplemented!()
    }
}

fn same<T>(_: &T, _: &T) -> bool {
    true
}

mod no_rule {
    use serde::{Deserializer, Serializer};

    pub fn serialize<T, S: Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }

    pub fn deserialize<'de, T, D: Deserializer<'de>>(_: D) -> Result<T, D::Error> {
        unimplemented!()
    }
}

fn main() {}
