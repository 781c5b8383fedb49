//! Names from outside: ids and fields from text and JSON, paths as a person reads them, sets of fields.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arbitrary::{Result, Unstructured};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vantage_live::value::{IdField, IdKind};
use vantage_live::{FieldSet, Id, LiveEntity, Path};

use crate::json;

/// Names that are easily taken for each other, in Rust and in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Order {
    name: String,
    #[serde(rename = "unitPrice")]
    price: i64,
    #[serde(rename = "name.first")]
    first: String,
    #[live(nested)]
    #[serde(rename = "in")]
    inventory: Inventory,
    r#type: String,
    #[serde(rename = "")]
    empty: bool,
    #[live(readonly)]
    größe: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
    #[serde(rename = "shelf\"no")]
    shelf: i64,
}

const NAMES: &[&str] = &[
    "name",
    "price",
    "unitPrice",
    "name.first",
    "first",
    "inventory",
    "inventory.stock",
    "in.stock",
    "inventory.in",
    "in.shelf\"no",
    "type",
    "r#type",
    "",
    ".",
    "\"",
    "\\",
    "größe",
    "uuid",
    "opaque",
    "temp_",
];

/// Ids, fields, paths and sets.
pub fn names(data: &[u8]) {
    // As text of its own, and as what things are made of.
    id_of_json(data);
    if let Ok(text) = str::from_utf8(data) {
        field_of_text(text);
        id_of_text(text);
    }
    let _ = try_names(&mut Unstructured::new(data));
}

fn try_names(input: &mut Unstructured<'_>) -> Result<()> {
    let text = json::name(input, NAMES)?;
    field_of_text(&text);
    id_of_text(&text);
    id_of_value(&json::value(input, NAMES)?);
    ids(&json::id(input)?, &json::id(input)?);
    paths(&json::path(input, NAMES)?, &json::path(input, NAMES)?);
    sets(input)
}

fn id_of_json(data: &[u8]) {
    if let Ok(id) = serde_json::from_slice::<Id>(data) {
        comes_back(&id);
    }
}

fn id_of_value(value: &serde_json::Value) {
    if let Ok(id) = serde_json::from_value::<Id>(value.clone()) {
        comes_back(&id);
    }
}

fn comes_back(id: &Id) {
    let value = serde_json::to_value(id).expect("an id is JSON");
    assert_eq!(serde_json::from_value::<Id>(value).ok().as_ref(), Some(id));
    let text = serde_json::to_string(id).expect("an id is JSON text");
    assert_eq!(serde_json::from_str::<Id>(&text).ok().as_ref(), Some(id), "{text}");
}

fn id_of_text(text: &str) {
    let (plain, opaque) = (Id::from(text), Id::opaque(text));
    assert_ne!(plain, opaque);
    for id in [&plain, &opaque] {
        assert_eq!(id.to_string(), text);
        assert_eq!(<Arc<str>>::from_id(id).as_deref(), Ok(text));
        comes_back(id);
    }
    let temp = text.strip_prefix("temp_").and_then(|rest| Uuid::try_parse(rest).ok());
    assert_eq!(plain.is_temp(), temp.is_some());
    assert!(!opaque.is_temp());
}

fn ids(a: &Id, b: &Id) {
    let hash = |id: &Id| {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(a == b, a.cmp(b).is_eq());
    assert_eq!(a.cmp(b), b.cmp(a).reverse());
    assert!(a != b || hash(a) == hash(b));
    assert_eq!(a == b, format!("{a:?}") == format!("{b:?}"), "a programmer tells them apart");
    for id in [a, b] {
        comes_back(id);
        assert_eq!(Id::from_id(id).as_ref(), Ok(id));
        let (int, uuid) = (matches!(id.kind(), IdKind::Int(_)), matches!(id.kind(), IdKind::Uuid(_)));
        assert_eq!((i64::from_id(id).is_ok(), Uuid::from_id(id).is_ok()), (int, uuid));
        assert_eq!(String::from_id(id).is_ok(), !int && !uuid);
        assert_eq!(id.to_plain_json().as_str().is_none(), int);
    }
}

fn field_of_text(text: &str) {
    let as_json = serde_json::to_value(text).and_then(serde_json::from_value::<OrderField>);
    match text.parse::<OrderField>() {
        Ok(field) => {
            assert!(field.name() == text || field.wire_name() == text, "{field:?} from {text:?}");
            assert_eq!(as_json.ok(), Some(field));
        }
        Err(error) => {
            assert!(as_json.is_err());
            assert!(error.to_string().contains("inventory.stock"), "what there is, is said: {error}");
            let named = |field: &&OrderField| field.name() == text || field.wire_name() == text;
            assert_eq!(OrderField::ALL.iter().find(named), None, "{text:?}");
        }
    }
}

/// A path as a person reads it says which path it is.
fn paths(a: &Path, b: &Path) {
    assert_eq!(a == b, a.to_string() == b.to_string(), "{:?} and {:?} are both {a}", a.names(), b.names());
    assert_eq!(a.contains(b), b.names().starts_with(a.names()));
    assert_eq!(a.contains(b) && b.contains(a), a == b);
}

fn sets(input: &mut Unstructured<'_>) -> Result<()> {
    let mut set = |into: &mut BTreeSet<OrderField>| -> Result<FieldSet<OrderField>> {
        let mut fields = FieldSet::EMPTY;
        for _ in 0..input.int_in_range(0..=8)? {
            let field = *input.choose(OrderField::ALL)?;
            if input.ratio(3, 4)? {
                assert_eq!(fields.insert(field), into.insert(field));
            } else {
                assert_eq!(fields.remove(field), into.remove(&field));
            }
        }
        Ok(fields)
    };
    let (mut a, mut b) = (BTreeSet::new(), BTreeSet::new());
    let (one, other) = (set(&mut a)?, set(&mut b)?);
    let is = |fields: FieldSet<OrderField>, model: BTreeSet<OrderField>| {
        assert_eq!((fields.len(), fields.is_empty()), (model.len(), model.is_empty()));
        assert!(fields.iter().eq(model.iter().copied()), "{fields:?} and {model:?}");
        assert_eq!(fields, model.into_iter().collect());
    };
    is(one | other, &a | &b);
    is(one & other, &a & &b);
    is(one - other, &a - &b);
    is(one ^ other, &a ^ &b);
    is(!one, &BTreeSet::from_iter(OrderField::ALL.iter().copied()) - &a);
    assert_eq!((one.is_subset(other), one.is_disjoint(other)), (a.is_subset(&b), a.is_disjoint(&b)));
    let flags = OrderDirty::from(one);
    assert_eq!(flags.name, a.contains(&OrderField::Name));
    assert_eq!(flags.inventory.shelf, a.contains(&OrderField::Inventory(InventoryField::Shelf)));
    Ok(())
}
