//! Shapes that structs of programs have and that no other program here shows, in the bakery's words. Fewer at a time are in
//! `serde_together` and `parts_and_values`.

#![deny(warnings)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::marker::PhantomData;
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use vantage_live::value::IdentityMismatch;
use vantage_live::{Id, IdField, LiveEntity, Record};

/// A key of a type of its own, as the programs have them that never mix up two kinds of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
struct BreadId(u64);

impl IdField for BreadId {
    fn from_id(id: &Id) -> Result<Self, IdentityMismatch> {
        i64::from_id(id).map(|id| BreadId(id.unsigned_abs()))
    }
}

/// The key is never sent, and another row's key is a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Bread {
    #[live(id)]
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    id: Option<BreadId>,
    name: String,
    goes_with: Option<BreadId>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "four_digits")]
    shelf: Option<NonZeroU16>,
    #[serde(default, skip_serializing_if = "is_false", with = "null_for_true")]
    sold_out: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// There or not there, and never a `true`.
mod null_for_true {
    use super::*;

    pub fn serialize<S: Serializer>(_: &bool, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
        <()>::deserialize(deserializer).map(|()| true)
    }
}

mod four_digits {
    use super::*;

    pub fn serialize<S: Serializer>(value: &Option<NonZeroU16>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(|value| format!("{value:04}")).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NonZeroU16>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.and_then(|text| text.parse().ok()))
    }
}

/// A page of anything that can be read, read by a function that is generic too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Page<T: DeserializeOwned> {
    #[serde(deserialize_with = "all_there")]
    items: Vec<T>,
    next: Option<String>,
}

fn all_there<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::<Option<T>>::deserialize(deserializer)?.into_iter().flatten().collect())
}

/// What an order and what became of it are is for others to say; what both are called is spread over the record.
#[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
struct Asked<P, U>
where
    P: Clone,
    U: Clone,
{
    #[live(nested)]
    #[serde(flatten, default)]
    called: Called,
    asked: P,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    became: Option<U>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "camelCase")]
struct Called {
    api_version: String,
    kind: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Choice<T> {
    Made(T),
    Withdrawn,
    #[default]
    Open,
}

impl<T> Choice<T> {
    fn is_open(&self) -> bool {
        matches!(self, Choice::Open)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Raw;

/// The parameter says what was done to the struct, and no field has it; the bounds are said and not guessed.
#[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'static>"))]
struct Settings<T> {
    #[serde(default, serialize_with = "or_all", skip_serializing_if = "Choice::is_open")]
    shown_columns: Choice<Vec<String>>,
    #[serde(default, skip_serializing_if = "Choice::is_open")]
    stop_words: Choice<BTreeSet<String>>,
    #[serde(skip)]
    checked: PhantomData<T>,
}

fn or_all<S: Serializer>(columns: &Choice<Vec<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    columns.serialize(serializer)
}

/// Texts that a constant gives as often as a store: what was `Cow<'a, str>` once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Report {
    #[serde(default = "everywhere", skip_serializing_if = "is_everywhere")]
    shops: Cow<'static, [Cow<'static, str>]>,
    #[serde(default = "unknown")]
    oven: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    baker: Option<Cow<'static, Baker>>,
    #[serde(with = "seconds")]
    at: SystemTime,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Baker {
    name: String,
}

fn everywhere() -> Cow<'static, [Cow<'static, str>]> {
    Cow::Borrowed(&[Cow::Borrowed("everywhere")])
}

fn is_everywhere(shops: &[Cow<'_, str>]) -> bool {
    shops == ["everywhere"]
}

fn unknown() -> Cow<'static, str> {
    Cow::Borrowed("unknown")
}

mod seconds {
    use super::*;

    pub fn serialize<S: Serializer>(value: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
        let since = value.duration_since(SystemTime::UNIX_EPOCH).map_err(serde::ser::Error::custom)?;
        serializer.serialize_f64(since.as_secs_f64())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
        f64::deserialize(deserializer).map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds))
    }
}

/// An enum of each kind, as a value: told apart by a tag, beside a content, by its form alone, or read through another
/// type; and a struct of somebody else's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Order {
    state: State,
    paid: Paid,
    wishes: Wishes,
    weight: Weight,
    #[serde(with = "SizeDef")]
    box_size: foreign::Size,
    #[serde(rename(deserialize = "ref"))]
    #[serde(rename(serialize = "ref"))]
    reference: String,
    #[serde(default, with = "words", rename = "tag")]
    tags: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum State {
    Asked,
    InTheOven { put_in_at: i64, shelf: u8 },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", content = "with")]
enum Paid {
    Cash(i64),
    Card { number: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Wishes {
    One(String),
    Many(Vec<String>),
    Kept { shelf: u8 },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
struct Weight {
    grams: u32,
}

impl TryFrom<i64> for Weight {
    type Error = String;

    fn try_from(grams: i64) -> Result<Self, String> {
        Ok(Weight { grams: grams.try_into().map_err(|_| format!("{grams} g of bread"))? })
    }
}

impl From<Weight> for i64 {
    fn from(weight: Weight) -> i64 {
        weight.grams.into()
    }
}

mod foreign {
    #[derive(Clone, Debug, PartialEq)]
    pub struct Size {
        pub width: f64,
        pub height: f64,
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "foreign::Size")]
struct SizeDef {
    width: f64,
    height: f64,
}

mod words {
    use super::*;

    pub fn serialize<S: Serializer>(words: &BTreeSet<String>, serializer: S) -> Result<S::Ok, S::Error> {
        words.iter().cloned().collect::<Vec<_>>().join(" ").serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
        Ok(String::deserialize(deserializer)?.split_whitespace().map(str::to_owned).collect())
    }
}

/// Four deep, each with names and defaults of its own, and one in the place of another that may be missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Config {
    #[live(nested)]
    #[serde(rename = "theShop")]
    shop: Shop,
    files: HashMap<PathBuf, PathBuf>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Shop {
    open_on_sundays: bool,
    #[live(nested)]
    back_room: Option<BackRoom>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields, default)]
struct BackRoom {
    #[live(nested)]
    big_oven: Oven,
    #[serde(alias = "cat")]
    has_cat: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Oven {
    max_heat: f64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    programs: BTreeMap<String, Vec<(u32, f64)>>,
}

impl Default for Oven {
    fn default() -> Self {
        Oven { max_heat: 250.0, programs: BTreeMap::new() }
    }
}

fn goes_there_and_back<E: LiveEntity>(stored: Value) -> E {
    crate::goes_there_and_back(7, stored)
}

pub(super) fn main() {
    let bread: Bread = goes_there_and_back(json!({"name": "Rye", "goes_with": 8, "shelf": "0012", "sold_out": null}));
    assert_eq!((bread.id, bread.goes_with, bread.sold_out), (Some(BreadId(7)), Some(BreadId(8)), true));
    let there = Bread { sold_out: false, ..bread.clone() };
    assert!(there.patch(bread.diff(&there)).unwrap().unsets().map(ToString::to_string).eq(["sold_out"]));

    let page: Page<Value> = goes_there_and_back(json!({"items": [{"name": "Rye"}, "Sea Pie"], "next": null}));
    assert_eq!(page.items.len(), 2);
    goes_there_and_back::<Page<u8>>(json!({"items": [1, 2], "next": "/3"}));

    let object = json!({"apiVersion": "v1", "kind": "Order", "asked": {"bread": 3}, "became": [1]});
    let order: Asked<Value, Vec<u8>> = goes_there_and_back(object);
    let kind = AskedField::Called(CalledField::Kind);
    assert_eq!((kind.wire_name(), order.get_field(kind).unwrap()), ("kind", Some(json!("Order"))));
    goes_there_and_back::<Asked<u8, ()>>(json!({"apiVersion": "v1", "kind": "Order", "asked": 3}));

    goes_there_and_back::<Settings<Raw>>(json!({"shownColumns": {"Made": ["name"]}, "stopWords": "Withdrawn"}));
    goes_there_and_back::<Settings<Raw>>(json!({}));

    goes_there_and_back::<Report>(json!({"shops": ["a", "b"], "oven": "big", "baker": {"name": "Emma"}, "at": 1.5}));
    let report: Report = goes_there_and_back(json!({"oven": "unknown", "at": 0.0}));
    let here = Report { shops: Cow::Owned(vec!["here".into()]), oven: Cow::Owned("unknown".to_owned()), ..report.clone() };
    assert_eq!(report.diff(&here), ReportField::Shops.into(), "owned or borrowed is no difference");

    let order: Order = goes_there_and_back(json!({
        "state": {"kind": "in_the_oven", "putInAt": 3, "shelf": 1}, "paid": {"how": "Card", "with": {"number": "4"}},
        "wishes": {"shelf": 2}, "weight": 500, "box_size": {"width": 1.5, "height": 2.0}, "ref": "a", "tag": "cold large",
    }));
    assert_eq!((order.weight.grams, order.tags.len()), (500, 2));
    goes_there_and_back::<Order>(json!({
        "state": {"kind": "asked"}, "paid": {"how": "Cash", "with": 120}, "wishes": ["no salt"], "weight": 0,
        "box_size": {"width": 0.0, "height": 0.0}, "ref": "", "tag": "",
    }));

    assert!(order.clone().set_field(OrderField::Weight, json!(-1)).is_err(), "`try_from` has its say");

    let mut config: Config = goes_there_and_back(json!({
        "theShop": {
            "open-on-sundays": true,
            "back-room": {"BIG_OVEN": {"MaxHeat": 300.0, "Programs": {"rye": [[20, 250.0], [40, 180.0]]}}, "HAS_CAT": true},
        },
        "files": {"a.toml": "/etc/a.toml"},
    }));
    let before = config.clone();
    config.shop.back_room.as_mut().unwrap().big_oven.max_heat = 280.0;
    let patch = config.patch(before.diff(&config)).unwrap();
    assert!(patch.paths().map(ToString::to_string).eq(["theShop.back-room.BIG_OVEN.MaxHeat"]), "{patch:?}");
    let read = Config::from_record(&Id::from(7), &Record::new()).unwrap();
    assert_eq!(read, Config::default());
}
