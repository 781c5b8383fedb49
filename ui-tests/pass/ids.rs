//! The id field: every type it may have, renamed, and kept out of serde's sight.

#![deny(warnings)]

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use vantage_live::value::IdField;
use vantage_live::{Id, LiveEntity};

macro_rules! with_id {
    ($id:expr => $ty:ty, $expected:expr) => {{
        #[derive(Clone, Serialize, Deserialize, LiveEntity)]
        struct Row {
            name: String,
            #[live(id)]
            #[serde(rename = "_id")]
            key: $ty,
        }

        let record = json!({"name": "a"}).as_object().cloned().unwrap();
        let row = Row::from_record(&Id::from($id), &record).unwrap();
        assert_eq!(row.key, $expected);
        assert_eq!((Row::ID, RowField::ALL), (Some("_id"), &[RowField::Name][..]));
        assert_eq!(row.to_record().unwrap(), record, "the id stands beside the record, never inside");
        assert_eq!(row.patch(RowField::Name.into()).unwrap().sets().count(), 1);
    }};
}

/// serde never sees the id, and does not like fields that it does not know.
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields)]
struct Hidden {
    #[live(id)]
    #[serde(skip)]
    id: String,
    name: String,
}

/// serde reads the id, and does not write it.
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields)]
struct ReadOnly {
    #[live(id)]
    #[serde(skip_serializing)]
    id: i64,
    name: String,
}

/// serde writes the id under a name that it does not read.
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields)]
struct TwoNames {
    #[live(id)]
    #[serde(rename(serialize = "written", deserialize = "read"))]
    id: i64,
    weight: Option<f64>,
}

/// serde leaves the id out of a record that has none yet, and has no default for it.
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct LeftOut {
    #[live(id)]
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    weight: Option<f64>,
}

pub(super) fn main() {
    with_id!("a" => Id, Id::from("a"));
    with_id!("a" => String, "a");
    with_id!("a" => Arc<str>, Arc::from("a"));
    with_id!("a" => Option<String>, Some("a".to_owned()));
    with_id!(1 => i64, 1);
    with_id!(1 => u64, 1);
    with_id!(-1 => i32, -1);
    with_id!(4_294_967_295_i64 => u32, u32::MAX);
    with_id!(1 => Option<u32>, Some(1));
    with_id!(Uuid::nil() => Uuid, Uuid::nil());

    assert!(u64::from_id(&Id::from(-1)).is_err() && i32::from_id(&Id::from(i64::MAX)).is_err());
    assert!(u32::from_id(&Id::from(-1)).is_err() && u32::from_id(&Id::from("1")).is_err());

    let record = || json!({"name": "a"}).as_object().cloned().unwrap();
    let hidden = Hidden::from_record(&Id::from("b"), &record()).unwrap();
    assert_eq!((hidden.id.as_str(), Hidden::ID, hidden.to_record().unwrap()), ("b", None, record()));
    let row = ReadOnly::from_record(&Id::from(2), &record()).unwrap();
    assert_eq!((row.id, ReadOnly::ID, row.to_record().unwrap()), (2, Some("id"), record()));

    let record = json!({"weight": 0.5}).as_object().cloned().unwrap();
    let mut row = TwoNames::from_record(&Id::from(3), &record).unwrap();
    assert_eq!((row.id, TwoNames::ID, row.to_record().unwrap()), (3, Some("read"), record));
    row.set_field(TwoNamesField::Weight, json!(0.75)).unwrap();
    assert_eq!((row.id, row.weight), (3, Some(0.75)));
    row.weight = Some(f64::NAN);
    assert!(row.patch(TwoNamesField::Weight.into()).is_ok(), "serde reads the `null` that it writes");

    for id in ["", "a"] {
        let mut row = LeftOut { id: id.to_owned(), weight: Some(f64::NAN) };
        assert_eq!(row.to_new_record().unwrap().len(), 1, "serde reads the `null` that it writes");
        row.set_field(LeftOutField::Weight, json!(0.75)).unwrap();
        assert_eq!((&*row.id, row.weight), (id, Some(0.75)));
    }
}
