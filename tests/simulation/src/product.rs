//! What the simulated bakery sells, and its fields as the model compares them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vantage_live::entity::{OptionalChange, OptionalField};
use vantage_live::{Conflict, Field as _, FieldSet, Id, LiveEntity, Patch, Path, Record};

/// A record of the simulated store: a nested entity, one that comes and goes, two kinds of nothing (null, and absent), a
/// version.
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
    #[live(nested)]
    #[serde(default)]
    pub delivery: Option<Delivery>,
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub(crate) struct Delivery {
    pub street: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
}

fn no_id() -> Id {
    Id::from("")
}

/// How many fields a person edits.
pub(crate) const COUNT: usize = 9;

/// The places of the part that comes and goes: whether it is there, and its fields.
pub(crate) const PART: [usize; 3] = [6, 7, 8];

/// The fields that a person edits. The model knows a field by its place here.
pub(crate) const FIELDS: [ProductField; COUNT] = [
    ProductField::Name,
    ProductField::Price,
    ProductField::Inventory(InventoryField::Stock),
    ProductField::Inventory(InventoryField::Shelf),
    ProductField::Note,
    ProductField::Tag,
    ProductField::Delivery(OptionalField::Whole),
    ProductField::Delivery(OptionalField::Inside(DeliveryField::Street)),
    ProductField::Delivery(OptionalField::Inside(DeliveryField::Floor)),
];

/// A column that the struct does not know.
pub(crate) const SUPPLIER: &str = "supplier";

/// The value of a field, as a person tells one from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Val {
    Nothing,
    Number(i64),
    Text(String),
    /// The part is there.
    There,
    /// A field of a part that is not there.
    Away,
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
            Val::Nothing | Val::There | Val::Away => Value::Null,
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
            Val::There => f.write_str("there"),
            Val::Away => f.write_str("away"),
            Val::Number(number) => number.fmt(f),
            Val::Text(text) => write!(f, "\"{text}\""),
            Val::Odd(json) => json.fmt(f),
        }
    }
}

/// The value of the field at this place in [`FIELDS`].
pub(crate) fn val(product: &Product, field: usize) -> Val {
    let option = |text: &Option<String>| text.clone().map_or(Val::Nothing, Val::Text);
    let inside = |of: fn(&Delivery) -> Val| product.delivery.as_ref().map_or(Val::Away, of);
    match field {
        0 => Val::Text(product.name.clone()),
        1 => Val::Number(product.price),
        2 => Val::Number(product.inventory.stock),
        3 => Val::Text(product.inventory.shelf.clone()),
        4 => option(&product.note),
        5 => option(&product.tag),
        6 => product.delivery.as_ref().map_or(Val::Nothing, |_| Val::There),
        7 => inside(|delivery| Val::Text(delivery.street.clone())),
        _ => inside(|delivery| delivery.floor.clone().map_or(Val::Nothing, Val::Text)),
    }
}

/// Whether the change is the one from `before` to `now`.
pub(crate) fn is_true(change: &ProductChange<'_>, before: &Product, now: &Product) -> bool {
    fn same<T: PartialEq>(from: &T, to: &T, before: &T, now: &T) -> bool {
        from != to && (from, to) == (before, now)
    }
    let parts = || Some((before.delivery.as_ref()?, now.delivery.as_ref()?));
    match *change {
        ProductChange::Name { from, to } => same(from, to, &before.name, &now.name),
        ProductChange::Price { from, to } => same(from, to, &before.price, &now.price),
        ProductChange::Inventory(InventoryChange::Stock { from, to }) => {
            same(from, to, &before.inventory.stock, &now.inventory.stock)
        }
        ProductChange::Inventory(InventoryChange::Shelf { from, to }) => {
            same(from, to, &before.inventory.shelf, &now.inventory.shelf)
        }
        ProductChange::Note { from, to } => same(from, to, &before.note, &now.note),
        ProductChange::Tag { from, to } => same(from, to, &before.tag, &now.tag),
        ProductChange::Delivery(OptionalChange::Whole { from, to }) => same(from, to, &before.delivery, &now.delivery),
        ProductChange::Delivery(OptionalChange::Inside(inside)) => parts().is_some_and(|(before, now)| match inside {
            DeliveryChange::Street { from, to } => same(from, to, &before.street, &now.street),
            DeliveryChange::Floor { from, to } => same(from, to, &before.floor, &now.floor),
        }),
        ProductChange::Revision { .. } => false,
    }
}

/// Of each field in conflict the three values: base, local, remote.
pub(crate) fn three(conflicts: &ProductConflicts) -> [Option<[Val; 3]>; COUNT] {
    fn each<T>(conflict: Option<&Conflict<T>>, val: impl Fn(&T) -> Val) -> Option<[Val; 3]> {
        conflict.map(|conflict| [&conflict.base, &conflict.local, &conflict.remote].map(val))
    }
    let text = |text: &String| Val::Text(text.clone());
    let number = |number: &i64| Val::Number(*number);
    let option = |text: &Option<String>| text.clone().map_or(Val::Nothing, Val::Text);
    let part = |part: &Option<Delivery>| part.as_ref().map_or(Val::Nothing, |_| Val::There);
    let ProductConflicts { name, price, inventory, note, tag, delivery, .. } = conflicts;
    [
        each(name.as_ref(), text),
        each(price.as_ref(), number),
        each(inventory.stock.as_ref(), number),
        each(inventory.shelf.as_ref(), text),
        each(note.as_ref(), option),
        each(tag.as_ref(), option),
        each(delivery.whole.as_ref(), part),
        each(delivery.inside.street.as_ref(), text),
        each(delivery.inside.floor.as_ref(), option),
    ]
}

/// The value that a record has there; of one that does not fit, whatever it is.
pub(crate) fn stored(record: &Record, field: usize) -> Val {
    let val = Val::of_json(FIELDS[field].path().get(record));
    let is_there = has_part(record);
    match (field, &val) {
        (1 | 2, Val::Text(text)) => Val::Odd(format!("{text:?}")),
        (6, _) if is_there => Val::There,
        (7 | 8, _) if !is_there => Val::Away,
        _ => val,
    }
}

/// Whether a record has the part that comes and goes.
fn has_part(record: &Record) -> bool {
    path(PART[0]).get(record).is_some_and(Value::is_object)
}

/// Sets the field at this place. What is typed into a part that is not there makes it.
pub(crate) fn put(product: &mut Product, field: usize, val: &Val) {
    let usual = || Delivery { street: "s1".into(), floor: None };
    match (field, val) {
        (0, Val::Text(text)) => product.name.clone_from(text),
        (1, Val::Number(number)) => product.price = *number,
        (2, Val::Number(number)) => product.inventory.stock = *number,
        (3, Val::Text(text)) => product.inventory.shelf.clone_from(text),
        (4, Val::Text(text)) => product.note = Some(text.clone()),
        (5, Val::Text(text)) => product.tag = Some(text.clone()),
        (4, _) => product.note = None,
        (5, _) => product.tag = None,
        (6, Val::There) => drop(product.delivery.get_or_insert_with(usual)),
        (6, _) | (7 | 8, Val::Away) => product.delivery = None,
        (7, Val::Text(text)) => product.delivery.get_or_insert_with(usual).street.clone_from(text),
        (8, Val::Text(text)) => product.delivery.get_or_insert_with(usual).floor = Some(text.clone()),
        (8, _) => product.delivery.iter_mut().for_each(|delivery| delivery.floor = None),
        _ => {}
    }
}

/// Sets the field at this place as another product has it: where only one of them has the part, all of it.
pub(crate) fn put_as_in(product: &mut Product, field: usize, from: &Product) {
    if PART.contains(&field) && product.delivery.is_some() != from.delivery.is_some() {
        product.delivery.clone_from(&from.delivery);
    } else {
        put(product, field, &val(from, field));
    }
}

/// What another program writes to have the field of a record like this: where there is no part, all of it.
pub(crate) fn written(record: Option<&Record>, field: usize, val: &Val) -> Patch {
    let part = path(PART[0]).clone();
    let is_there = record.is_some_and(has_part);
    match (field, val) {
        (6, Val::There) if is_there => Patch::new(),
        (6, Val::Nothing) | (7 | 8, Val::Away) => Patch::new().set(part, Value::Null),
        (8, Val::Nothing) => Patch::new().unset(path(field).clone()),
        (7 | 8, _) if is_there => Patch::new().set(path(field).clone(), val.to_json()),
        (7, _) => Patch::new().set(part, json!({"street": val.to_json()})),
        (8, _) => Patch::new().set(part, json!({"street": "S", "floor": val.to_json()})),
        (6, _) => Patch::new().set(part, json!({"street": "S"})),
        _ => Patch::new().set(path(field).clone(), val.to_json()),
    }
}

/// Of these fields, and of the part as a whole where one of them is in it and only one of the two has it, all.
pub(crate) fn together(fields: impl IntoIterator<Item = usize>, is_whole: bool) -> Vec<usize> {
    let mut all: Vec<usize> = fields.into_iter().collect();
    if all.contains(&PART[0]) || is_whole && PART.iter().any(|field| all.contains(field)) {
        all.retain(|field| !PART.contains(field));
        all.extend(PART);
    }
    all
}

/// One of few values that people type, so that two of them type the same now and then.
pub(crate) fn typed(field: usize, number: u8) -> Val {
    let n = i64::from(number);
    match (field, number) {
        // The store refuses a price below nothing.
        (1, 5) => Val::Number(-1),
        (1, _) => Val::Number(100 + 7 * n),
        (2, _) => Val::Number(n),
        (4 | 5 | 8, 0) | (6, 0..=2) => Val::Nothing,
        (6, _) => Val::There,
        _ => Val::Text(format!("{}{n}", ["n", "", "", "s", "t", "g", "", "s", "f"][field])),
    }
}

/// A value that nobody has written before: `number` only grows.
pub(crate) fn unheard(field: usize, number: u64) -> Val {
    match field {
        1 | 2 => Val::Number(1_000 + 10 * i64::try_from(number).unwrap_or(0)),
        6 if number.is_multiple_of(2) => Val::Nothing,
        6 => Val::There,
        _ => Val::Text(format!("{}{number}", ["N", "", "", "S", "T", "G", "", "S", "F"][field])),
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
        delivery: number.is_multiple_of(3).then(|| Delivery { street: "s1".into(), floor: None }),
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
        "delivery": (!number.is_multiple_of(3)).then(|| json!({"street": format!("S{number}")})),
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
    (0..COUNT).filter(|field| fields.contains(FIELDS[*field])).collect()
}

/// Whether two products are the same to who reads them.
pub(crate) fn alike(a: &Product, b: &Product) -> bool {
    a.diff(b).is_empty()
}
