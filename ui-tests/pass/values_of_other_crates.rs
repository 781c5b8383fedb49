//! Moments, decimals and JSON of other crates: in records, in patches, and compared as these crates do.

#![deny(warnings)]

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vantage_live::{FieldSet, Id, LiveEntity};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Order {
    at: jiff::Timestamp,
    day: jiff::civil::Date,
    takes: jiff::SignedDuration,
    #[serde(with = "time::serde::rfc3339")]
    paid: time::OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    sent: Option<time::OffsetDateTime>,
    total: Decimal,
    more: serde_json::Value,
}

pub(super) fn main() {
    let record = json!({
        "at": "2026-01-02T03:04:05.678901Z", "day": "2026-01-02", "takes": "PT1H", "paid": "2026-01-02T03:04:05Z",
        "sent": null, "total": "12.50", "more": {"a": [1, null]},
    });
    let record = record.as_object().unwrap();
    let order = Order::from_record(&Id::from(1), &record).unwrap();
    assert_eq!(&order.to_record().unwrap(), record);

    let same = Order { total: "12.5".parse().unwrap(), ..order.clone() };
    assert!(order.diff(&same).is_empty(), "as much, with a digit less");
    let other = Order { more: json!({"a": []}), sent: Some(order.paid), ..order.clone() };
    assert_eq!(order.diff(&other), OrderField::Sent | OrderField::More);

    let mut patched = vantage_live::Record::new();
    order.patch(FieldSet::ALL).unwrap().apply(&mut patched);
    assert_eq!(&patched, record, "the patch of a field is what serde writes");
}
