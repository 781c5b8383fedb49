//! Meant: both views of a number, edited field by field.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[live(nested)]
    number: Number,
}

#[derive(Clone, Copy, LiveEntity)]
union Number {
    whole: i64,
    float: f64,
}

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        todo!()
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        todo!()
    }
}

fn main() {}
