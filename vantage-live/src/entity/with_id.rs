//! A record with its id beside its fields, to be read without making a copy of it.

use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, Visitor};
use serde_json::Value;

use crate::value::Record;

/// What serde reads an entity with an id from.
pub(super) struct WithId<'r> {
    pub record: &'r Record,
    /// What serde calls the id.
    pub name: &'r str,
    /// Other names under which serde reads it.
    pub aliases: &'r [&'r str],
    pub id: &'r Value,
}

impl<'de> Deserializer<'de> for WithId<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let is_no_id = |name: &str| name != self.name && !self.aliases.contains(&name);
        let fields = self.record.iter().map(|(name, value)| (&**name, value)).filter(|(name, _)| is_no_id(name));
        visitor.visit_map(MapDeserializer::new(fields.chain([(self.name, self.id)])))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
