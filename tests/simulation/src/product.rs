//! What the simulated bakery sells, and its fields as the model compares them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vantage_live::{Field as _, FieldSet, Id, LiveEntity, Path, Record};

/// A record of the simulated store: a nested entity, two kinds of nothing (null, and absent), a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub(crate) struct Product {
    #[live(id)]
    #[serde(default = "no_id")]
    pub id: Id,
    pub name: String,
    pub price: i64,
    #[live(nested)]
    pub inventory: Inventory,
    /// Written as null where there is none.
    #[serde(default)]
    pub note: Option<String>,
    /// Not written at all where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The store's count of all its changes, at the last one of this record.
    #[live(version)]
    #[serde(default)]
    pub revision: u64,
    #[live(skip)]
    #[serde(skip)]
    pub unfolded: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub(crate) struct Inventory {
    pub stock: i64,
    pub shelf: String,
}

fn no_id() -> Id {
    Id::from("")
}

/// The fields that a person edits. The model knows a field by its place here.
pub(crate) const FIELDS: [ProductField; 6] = [
    ProductField::Name,
    ProductField::Price,
    ProductField::Inventory(InventoryField::Stock),
    ProductField::Inventory(InventoryField::Shelf),
    ProductField::Note,
    ProductField::Tag,
];

/// A column that the struct does not know.
pub(crate) const SUPPLIER: &str = "supplier";

/// The value of a field, as a person tells one from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Val {
    Nothing,
    Number(i64),
    Text(String),
    /// What does not fit the field.
    Odd(String),
}

impl Val {
    pub fn of_json(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Val::Nothing,
            Some(Value::String(text)) => Val::Text(text.clone()),
            Some(other) => other.as_i64().map_or_else(|| Val::Odd(other.to_string()), Val::Number),
        }
    }

    pub fn to_json(&self) -> Value {
        match self {
            Val::Nothing => Value::Null,
            Val::Number(number) => json!(number),
            Val::Text(text) => json!(text),
            Val::Odd(text) => json!({ "odd": text }),
        }
    }
}

impl std::fmt::Display for Val {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Val::Nothing => f.write_str("nothing"),
            Val::Number(number) => number.fmt(f),
            Val::Text(text) => write!(f, "\"{text}\""),
            Val::Odd(json) => json.fmt(f),
        }
    }
}

/// The value of the field at this place in [`FIELDS`].
pub(crate) fn val(product: &Product, field: usize) -> Val {
    let option = |text: &Option<String>| text.clone().map_or(Val::Nothing, Val::Text);
    match field {
        0 => Val::Text(product.name.clone()),
        1 => Val::Number(product.price),
        2 => Val::Number(product.inventory.stock),
        3 => Val::Text(product.inventory.shelf.clone()),
        4 => option(&product.note),
        _ => option(&product.tag),
    }
}

/// The value that a record has there; of one that does not fit, whatever it is.
pub(crate) fn stored(record: &Record, field: usize) -> Val {
    let val = Val::of_json(FIELDS[field].path().get(record));
    match (field, &val) {
        (1 | 2, Val::Text(text)) => Val::Odd(format!("{text:?}")),
        _ => val,
    }
}

/// Sets the field at this place.
pub(crate) fn put(product: &mut Product, field: usize, val: &Val) {
    match (field, val) {
        (0, Val::Text(text)) => product.name.clone_from(text),
        (1, Val::Number(number)) => product.price = *number,
        (2, Val::Number(number)) => product.inventory.stock = *number,
        (3, Val::Text(text)) => product.inventory.shelf.clone_from(text),
        (4, Val::Text(text)) => product.note = Some(text.clone()),
        (5, Val::Text(text)) => product.tag = Some(text.clone()),
        (4, _) => product.note = None,
        (5, _) => product.tag = None,
        _ => {}
    }
}

/// One of few values that people type, so that two of them type the same now and then.
pub(crate) fn typed(field: usize, number: u8) -> Val {
    let n = i64::from(number);
    match (field, number) {
        // The store refuses a price below nothing.
        (1, 5) => Val::Number(-1),
        (1, _) => Val::Number(100 + 7 * n),
        (2, _) => Val::Number(n),
        (4 | 5, 0) => Val::Nothing,
        _ => Val::Text(format!("{}{n}", ["n", "", "", "s", "t", "g"][field])),
    }
}

/// A value that nobody has written before: `number` only grows.
pub(crate) fn unheard(field: usize, number: u64) -> Val {
    match field {
        1 | 2 => Val::Number(1_000 + 10 * i64::try_from(number).unwrap_or(0)),
        _ => Val::Text(format!("{}{number}", ["N", "", "", "S", "T", "G"][field])),
    }
}

pub(crate) fn path(field: usize) -> &'static Path {
    FIELDS[field].path()
}

/// The set of the fields at these places.
pub(crate) fn set(of: impl IntoIterator<Item = usize>) -> FieldSet<ProductField> {
    of.into_iter().map(|field| FIELDS[field]).collect()
}

/// A product that nobody has saved yet.
pub(crate) fn plain(number: u8) -> Product {
    Product {
        id: no_id(),
        name: format!("n{number}"),
        price: 100,
        inventory: Inventory { stock: 1, shelf: "s1".into() },
        note: None,
        tag: number.is_multiple_of(2).then(|| "g1".into()),
        revision: 0,
        unfolded: false,
    }
}

/// The record that another program makes.
pub(crate) fn record(number: u64) -> Record {
    let json = json!({
        "name": format!("N{number}"),
        "price": 120,
        "inventory": {"stock": 50, "shelf": "A"},
        "note": null,
        SUPPLIER: number,
    });
    match json {
        Value::Object(record) => record,
        _ => Record::new(),
    }
}

/// How a person calls the field at this place.
pub(crate) fn named(field: usize) -> &'static str {
    FIELDS[field].name()
}

/// The fields of a set, by their places.
pub(crate) fn places(fields: FieldSet<ProductField>) -> Vec<usize> {
    let place = |field| FIELDS.iter().position(|it| *it == field);
    fields.into_iter().filter_map(place).collect()
}

/// Whether two products are the same to who reads them.
pub(crate) fn alike(a: &Product, b: &Product) -> bool {
    a.diff(b).is_empty()
}
