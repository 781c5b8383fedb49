//! Values of other crates, floats by total order, a function for what has no equality, types without `Debug`.

#![deny(warnings)]

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use uuid::Uuid;
use vantage_live::{FieldSet, LiveEntity, Patch};

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[repr(C, align(16))]
struct Values {
    at: DateTime<Utc>,
    day: Option<NaiveDate>,
    key: Uuid,
    float: f64,
    floats: Vec<Option<f32>>,
    maybe: Option<f64>,
    by_name: HashMap<String, (f64, f64)>,
    by_day: BTreeMap<NaiveDate, Vec<(String, f64)>>,
    boxed: Box<[f64; 2]>,
    tags: BTreeMap<String, serde_json::Value>,
    shared: Arc<str>,
    cow: Cow<'static, str>,
    pair: (Cow<'static, str>, Option<Box<str>>),
    #[live(eq = Silent::same)]
    silent: Silent,
    #[live(eq = within_a_cent)]
    price: f64,
    #[live(eq = str::eq_ignore_ascii_case)]
    word: String,
    #[live(eq = <Quiet as PartialEq>::eq)]
    by_its_trait: Quiet,
    quiet: Quiet,
    state: State,
    /// One of those that the program knows.
    #[serde(deserialize_with = "known")]
    unit: &'static Unit,
}

/// One value, whatever is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    Shipped { by: String },
    Paid(f64, i64),
}

#[derive(Debug, PartialEq, Serialize)]
struct Unit(&'static str);

static GRAM: Unit = Unit("g");
static KILOGRAM: Unit = Unit("kg");

fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Unit, D::Error> {
    let name = String::deserialize(deserializer)?;
    [&GRAM, &KILOGRAM].into_iter().find(|unit| unit.0 == name).ok_or_else(|| Error::custom("no unit that is known"))
}

/// Neither `PartialEq` nor `Debug`.
#[derive(Clone, Serialize, Deserialize)]
struct Silent(i64);

impl Silent {
    fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// No `Debug`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Quiet(i64);

/// What one thread alone may read, all may in a lock.
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Locked {
    name: String,
    #[serde(skip)]
    seen: Arc<Mutex<RefCell<Vec<String>>>>,
}

fn within_a_cent(one: &f64, other: &f64) -> bool {
    (one - other).abs() < 0.01
}

fn values() -> Values {
    Values {
        at: DateTime::UNIX_EPOCH,
        day: None,
        key: Uuid::nil(),
        float: f64::NAN,
        floats: vec![None, Some(f32::NAN)],
        maybe: Some(f64::NAN),
        by_name: HashMap::from([("a".to_owned(), (f64::NAN, 1.0))]),
        by_day: BTreeMap::from([(NaiveDate::default(), vec![("a".to_owned(), f64::NAN)])]),
        boxed: Box::new([f64::NAN, 0.0]),
        tags: BTreeMap::new(),
        shared: "shared".into(),
        cow: "cow".into(),
        pair: ("a".into(), None),
        silent: Silent(1),
        price: 1.0,
        word: "Word".into(),
        by_its_trait: Quiet(0),
        quiet: Quiet(1),
        state: State::Open,
        unit: &GRAM,
    }
}

pub(super) fn main() {
    assert!(values().diff(&values()).is_empty(), "NaN is the same as itself");

    let other = Values { price: 1.001, word: "WORD".into(), ..values() };
    assert!(values().diff(&other).is_empty());

    let other = Values {
        float: -0.0,
        maybe: None,
        by_name: HashMap::from([("a".to_owned(), (f64::NAN, 2.0))]),
        by_day: BTreeMap::new(),
        boxed: Box::new([f64::NAN, 1.0]),
        silent: Silent(2),
        price: 1.5,
        word: "other".into(),
        quiet: Quiet(2),
        shared: "other".into(),
        cow: "other".into(),
        ..values()
    };
    let changed = values().diff(&other);
    assert_eq!(changed.to_string(), "float, maybe, by_name, by_day, boxed, shared, cow, silent, price, word, quiet");
    assert_eq!(Values { float: 0.0, ..values() }.diff(&Values { float: -0.0, ..values() }).len(), 1);

    // JSON has no NaN.
    let finite = Values {
        float: 0.0,
        floats: Vec::new(),
        maybe: None,
        by_name: HashMap::new(),
        by_day: BTreeMap::new(),
        boxed: Box::new([0.0, 0.0]),
        ..values()
    };
    let mut shipped = Values { state: State::Shipped { by: "doc".into() }, unit: &KILOGRAM, ..finite.clone() };
    let changed = finite.diff(&shipped);
    assert_eq!(changed, ValuesField::State | ValuesField::Unit);
    let patch = shipped.patch(changed).unwrap();
    assert_eq!(patch, Patch::new().set("state", json!({"shipped": {"by": "doc"}})).set("unit", "kg"));
    shipped.set_field(ValuesField::State, json!({"paid": [1.5, 2]})).unwrap();
    shipped.set_field(ValuesField::Unit, json!("g")).unwrap();
    shipped.set_field(ValuesField::Word, json!("WORD")).unwrap();
    assert_eq!(shipped.word, "WORD", "it is set where `eq` calls it the same too");
    assert_eq!((&shipped.state, shipped.unit), (&State::Paid(1.5, 2), &GRAM));

    let (one, two) = (values(), other);
    let shown = |field| format!("{:?}", Values::change(field, &one, &two));
    assert_eq!(shown(ValuesField::Quiet), "Quiet { from: .., to: .. }");
    assert_eq!(shown(ValuesField::Word), r#"Word { from: "Word", to: "other" }"#);
    let conflicts = Values::conflicts(ValuesField::Silent.into(), &one, &two, &one);
    assert_eq!(format!("{conflicts:?}"), "ValuesConflicts [Silent { base: .., local: .., remote: .. }]");
    assert_eq!(Values::conflicts(FieldSet::EMPTY, &one, &two, &one).fields(), FieldSet::EMPTY);

    let locked = Locked { name: "a".to_owned(), seen: Arc::default() };
    assert!(locked.diff(&locked.clone()).is_empty() && locked.seen.lock().unwrap().borrow().is_empty());
}
