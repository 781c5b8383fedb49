//! serde's attributes on fields: each does what it says, in records and in patches.

#![deny(warnings)]

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use vantage_live::{FieldSet, Id, LiveEntity};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields, default, rename = "not a field's name", expecting = "a row")]
struct Row {
    #[serde(rename = "n", alias = "name")]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(with = "as_text")]
    price: i64,
    #[serde(serialize_with = "as_text::serialize", deserialize_with = "as_text::deserialize")]
    weight: i64,
    #[serde(default = "ten")]
    stock: i64,
    /// Treated as `#[live(skip)]`: it can be in no record.
    #[serde(skip)]
    open: bool,
    #[serde(skip_serializing, skip_deserializing)]
    closed: bool,
    #[live(skip)]
    #[serde(skip_serializing)]
    seen: bool,
    #[live(skip)]
    shown: bool,
}

fn ten() -> i64 {
    10
}

mod as_text {
    use super::*;

    pub fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

pub(super) fn main() {
    let names: Vec<_> = RowField::ALL.iter().map(|field| field.wire_name()).collect();
    assert_eq!(names, ["n", "note", "price", "weight", "stock"]);

    let row = Row { name: "a".into(), price: 120, open: true, closed: true, seen: true, shown: true, ..Row::default() };
    let record = json!({"n": "a", "price": "120", "weight": "0", "stock": 0});
    assert_eq!(serde_json::Value::Object(row.to_record().unwrap()), record);
    assert_eq!(RowField::Name, "n".parse().unwrap());

    let patch = row.patch(FieldSet::ALL).unwrap();
    assert_eq!(patch.sets().count(), 4);
    assert!(patch.unsets().map(ToString::to_string).eq(["name", "note"]), "an alias, and what serde leaves out");

    let read = Row::from_record(&Id::from(1), json!({"name": "a", "price": "120", "weight": "7"}).as_object().unwrap());
    assert_eq!(read.unwrap(), Row { name: "a".into(), price: 120, weight: 7, stock: 10, ..Row::default() });
}
