//! `tag`: a struct that says its name in the record, and ids that serde reads and does not write.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vantage_live::{FieldSet, Id, LiveEntity};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(tag = "type", rename = "product")]
struct Row {
    #[live(id)]
    #[serde(skip_serializing)]
    id: Id,
    name: String,
}

pub(super) fn main() {
    let mut row = Row { id: Id::from("sea_pie"), name: "Sea Pie".into() };

    assert_eq!(Row::TABLE, "row", "`rename` is what the tag says, and not the table's name");
    let record = row.to_record().unwrap();
    assert_eq!(Value::Object(record.clone()), json!({"type": "product", "name": "Sea Pie"}));
    assert_eq!(Row::from_record(&row.id, &record).unwrap(), row);
    assert!(row.patch(FieldSet::ALL).unwrap().paths().map(ToString::to_string).eq(["name"]));
    row.set_field(RowField::Name, json!("Sky Pie")).unwrap();
    assert_eq!((row.id.clone(), row.name.as_str()), (Id::from("sea_pie"), "Sky Pie"));
}
