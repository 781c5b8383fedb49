//! Several of serde's attributes on one field, or on one struct, as programs have them together, in the bakery's words.
//! Each function is named after what its struct shows.

#![deny(warnings)]
#![allow(dead_code, reason = "what is derived is looked at, not every field")]

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;
use vantage_live::{Id, LiveEntity};

use crate::goes_there_and_back;

const MORNING: &str = "2026-01-02T03:04:05Z";

fn an_option_that_a_function_reads() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Wish {
        cake: String,
        #[serde(deserialize_with = "none_if_blank")]
        writing_on_it: Option<String>,
    }

    goes_there_and_back::<Wish>("1", json!({"cake": "Sea Pie", "writing_on_it": "Happy birthday"}));
    let blank = read::<Wish>(json!({"cake": "Sea Pie", "writing_on_it": " "}));
    assert_eq!(blank.writing_on_it, None);
}

fn none_if_blank<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.trim().is_empty()))
}

fn left_out_with_a_default_and_a_function_that_reads() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub struct Delivery {
        pub street: String,
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "seconds_or_text")]
        pub left_at: Option<DateTime<Utc>>,
    }

    goes_there_and_back::<Delivery>("1", json!({"street": "Lyon Drive", "left_at": MORNING}));
    let waiting: Delivery = goes_there_and_back("1", json!({"street": "Lyon Drive"}));
    let left = read::<Delivery>(json!({"street": "Lyon Drive", "left_at": 0}));
    assert_eq!(left.left_at, Some(DateTime::UNIX_EPOCH));
    assert!(waiting.patch(waiting.diff(&left)).unwrap().unsets().map(ToString::to_string).eq(["left_at"]));
}

fn left_out_with_a_function_that_writes() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Label {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_capitals")]
        below: Option<String>,
    }

    goes_there_and_back::<Label>("1", json!({"text": "Sea Pie", "below": "FRESH"}));
    let plain: Label = goes_there_and_back("1", json!({"text": "Sea Pie"}));
    assert_eq!(plain.below, None);
}

fn in_capitals<S: serde::Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| text.to_uppercase()).serialize(serializer)
}

fn seconds_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Moment {
        Seconds(i64),
        Text(DateTime<Utc>),
    }

    Ok(Option::<Moment>::deserialize(deserializer)?.and_then(|moment| match moment {
        Moment::Seconds(seconds) => DateTime::from_timestamp(seconds, 0),
        Moment::Text(moment) => Some(moment),
    }))
}

fn any_json_that_is_left_out_where_it_is_null() {
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Recipe {
        r#for: String,
        #[serde(default, skip_serializing_if = "Value::is_null")]
        steps: Value,
    }

    goes_there_and_back::<Recipe>("1", json!({"for": "Rye", "steps": [{"knead": 10}, "rest"]}));
    goes_there_and_back::<Recipe>("1", json!({"for": "Rye"}));
}

fn defaults_that_are_functions_of_the_struct() {
    #[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
    struct Counter {
        #[serde(default = "Counter::bags")]
        bags: Vec<String>,
        #[serde(default = "Counter::tills")]
        tills: u8,
    }

    impl Counter {
        fn bags() -> Vec<String> {
            vec!["paper".to_owned()]
        }

        fn tills() -> u8 {
            1
        }
    }

    goes_there_and_back::<Counter>("1", json!({"bags": [], "tills": 2}));
    let counter = read::<Counter>(json!({}));
    assert_eq!((counter.bags, counter.tills), (vec!["paper".to_owned()], 1));
}

fn a_new_name_in_the_record_and_the_fields_own_as_the_old_one() {
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, LiveEntity)]
    struct Invoice {
        #[serde(rename = "cents", alias = "total")]
        total: i64,
    }

    goes_there_and_back::<Invoice>("1", json!({"cents": 1250}));
    let mut record = json!({"total": 1250}).as_object().cloned().unwrap();
    let raised = Invoice { total: Invoice::from_record(&Id::from("1"), &record).unwrap().total + 50 };
    raised.patch(InvoiceField::Total.into()).unwrap().apply(&mut record);
    assert_eq!(Value::Object(record), json!({"cents": 1300}));
}

fn moments_in_a_form_of_their_own_and_one_that_the_store_sets() {
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, LiveEntity)]
    #[serde(rename_all = "camelCase")]
    struct Voucher {
        paper_size: PaperSize,
        #[live(id)]
        number: Uuid,
        #[serde(with = "time::serde::rfc3339::option")]
        spent_at: Option<OffsetDateTime>,
        #[live(readonly)]
        #[serde(with = "time::serde::rfc3339")]
        printed_at: OffsetDateTime,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    enum PaperSize {
        A5,
        A6,
    }

    let stored = json!({"paperSize": "A6", "spentAt": null, "printedAt": MORNING});
    let voucher: Voucher = goes_there_and_back(Uuid::nil(), stored);
    assert_eq!(voucher.to_new_record().unwrap().keys().collect::<Vec<_>>(), ["paperSize", "spentAt"]);
}

fn a_name_that_a_skipped_field_leaves_to_another() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[serde(rename_all = "camelCase")]
    pub struct Oven {
        #[serde(skip)]
        pub heat: f64,
        #[serde(rename = "heat")]
        wanted_heat: u16,
        #[serde(rename = "type")]
        kind: String,
    }

    let mut oven: Oven = goes_there_and_back("1", json!({"heat": 250, "type": "stone"}));
    oven.set_field(OvenField::WantedHeat, json!(230)).unwrap();
    assert_eq!((oven.heat, oven.wanted_heat), (0.0, 230));
}

fn read_for_the_sake_of_old_records_and_never_written() {
    #[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
    struct Storeroom {
        #[serde(default)]
        sacks: BTreeMap<String, u64>,
        #[live(skip)]
        #[serde(default, skip_serializing)]
        flour: Option<u64>,
    }

    goes_there_and_back::<Storeroom>("1", json!({"sacks": {"rye": 4}}));
    let old = read::<Storeroom>(json!({"flour": 9}));
    assert_eq!((old.flour, Value::Object(old.to_record().unwrap())), (Some(9), json!({"sacks": {}})));
}

fn shown_and_never_believed() {
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, LiveEntity)]
    struct Till {
        #[serde(default)]
        key: Option<String>,
        #[live(skip)]
        #[serde(skip_deserializing)]
        coins: u32,
    }

    goes_there_and_back::<Till>("1", json!({"key": null}));
    assert_eq!(read::<Till>(json!({"coins": 3})), Till { key: None, coins: 0 });
}

fn read<E: LiveEntity>(stored: Value) -> E {
    E::from_record(&Id::from("1"), stored.as_object().unwrap()).unwrap()
}

pub(super) fn main() {
    an_option_that_a_function_reads();
    left_out_with_a_default_and_a_function_that_reads();
    left_out_with_a_function_that_writes();
    any_json_that_is_left_out_where_it_is_null();
    defaults_that_are_functions_of_the_struct();
    a_new_name_in_the_record_and_the_fields_own_as_the_old_one();
    moments_in_a_form_of_their_own_and_one_that_the_store_sets();
    a_name_that_a_skipped_field_leaves_to_another();
    read_for_the_sake_of_old_records_and_never_written();
    shown_and_never_believed();
}
