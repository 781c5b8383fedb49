//! Meant: a struct.

use vantage_live::LiveEntity;

#[derive(Clone, Copy, LiveEntity)]
union Row {
    price: i64,
    weight: f64,
}

impl serde::Serialize for Row {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        todo!()
    }
}

impl<'de> serde::Deserialize<'de> for Row {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        todo!()
    }
}

fn main() {}
