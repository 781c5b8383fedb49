//! The entity of the design, with every generated item in use.

#![deny(missing_docs, warnings)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vantage_live::{FieldSet, Id, LiveEntity};

/// A product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Product {
    #[live(id)]
    id: Id,
    /// What it is called.
    pub name: String,
    /// In cents.
    pub price: i64,
    /// What is in store.
    #[live(nested)]
    pub inventory: Inventory,
    #[live(readonly)]
    updated_at: DateTime<Utc>,
    #[live(skip)]
    #[serde(default)]
    ui: Ui,
}

/// What is in store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Inventory {
    /// How many.
    pub stock: i64,
    /// Where.
    pub shelf: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Ui {
    open: bool,
}

fn product() -> Product {
    Product {
        id: Id::from("flux_cupcake"),
        name: "Flux Cupcake".into(),
        price: 120,
        inventory: Inventory { stock: 50, shelf: None },
        updated_at: DateTime::UNIX_EPOCH,
        ui: Ui::default(),
    }
}

/// Matches on every field, as a form does.
fn describe(change: ProductChange<'_>) -> String {
    match change {
        ProductChange::Name { from, to } => format!("{from} -> {to}"),
        ProductChange::Price { from, to } => format!("{}", to - from),
        ProductChange::Inventory(InventoryChange::Stock { from, to }) => format!("{from} -> {to} in store"),
        ProductChange::Inventory(InventoryChange::Shelf { from, to }) => format!("{from:?} -> {to:?}"),
        ProductChange::UpdatedAt { from, to } => format!("{}", *to - *from),
    }
}

pub(super) fn main() {
    names();
    sets();
    differences();
    conflicts();
    records();
}

fn names() {
    let stock = ProductField::Inventory(InventoryField::Stock);
    let all = ["name", "price", "inventory.stock", "inventory.shelf", "updated_at"];
    assert_eq!(ProductField::ALL.iter().map(|field| field.name()).collect::<Vec<_>>(), all);
    assert_eq!(stock.to_string(), "inventory.stock");
    assert_eq!(format!("[{:>6}]", ProductField::Name), "[  name]");
    assert_eq!(format!("{stock:?}"), "Inventory(Stock)");
    assert_eq!(stock.label(), "Inventory: Stock");
    assert_eq!(ProductField::UpdatedAt.label(), "Updated at");
    assert_eq!("inventory.shelf".parse(), Ok(ProductField::Inventory(InventoryField::Shelf)));
    let error = "prise".parse::<ProductField>().unwrap_err();
    assert!(error.to_string().contains("prise") && error.to_string().contains("inventory.stock"), "{error}");
    assert!("id".parse::<ProductField>().is_err() && "ui".parse::<ProductField>().is_err());
    assert!(ProductField::ALL.is_sorted());
    assert_eq!(serde_json::to_value(stock).unwrap(), json!("inventory.stock"));
    for &field in ProductField::ALL {
        let json = serde_json::to_string(&field).unwrap();
        assert_eq!(serde_json::from_str::<ProductField>(&json).unwrap(), field);
    }
    assert_eq!(Product::TABLE, "product");
    assert_eq!(Product::ID, Some("id"));
    assert_eq!(Product::VERSION, None);
}

fn sets() {
    let stock = ProductField::Inventory(InventoryField::Stock);
    let set = ProductField::Name | stock | ProductField::Price;
    assert_eq!(set, ProductField::Price | (ProductField::Name | stock));
    assert_eq!(set.to_string(), "name, price, inventory.stock");
    assert_eq!(<ProductField as vantage_live::Field>::READONLY, FieldSet::from(ProductField::UpdatedAt));
    const ALL: FieldSet<ProductField> = FieldSet::<ProductField>::ALL;
    assert_eq!(ALL.len(), 5);

    let dirty = ProductDirty::from(set);
    assert!(dirty.name && dirty.price && dirty.inventory.stock && !dirty.inventory.shelf && !dirty.updated_at);
    assert_eq!(ProductDirty::default(), ProductDirty::from(FieldSet::EMPTY));
}

fn differences() {
    let old = product();
    let mut new = Product { price: 130, ui: Ui { open: true }, id: Id::from("other"), ..product() };
    new.inventory.stock = 40;

    let changed = old.diff(&new);
    assert_eq!(changed.to_string(), "price, inventory.stock");
    let told: Vec<_> = changed.into_iter().map(|field| describe(Product::change(field, &old, &new))).collect();
    assert_eq!(told, ["10", "50 -> 40 in store"]);
    for &field in ProductField::ALL {
        let change = Product::change(field, &old, &new);
        assert_eq!(change.field(), field);
    }
    let price = Product::change(ProductField::Price, &old, &new);
    assert_eq!(format!("{price:?}"), "Price { from: 120, to: 130 }");

    let mut copy = old.clone();
    copy.copy_fields(&new, FieldSet::ALL);
    assert_eq!((copy.price, copy.inventory.stock), (130, 40));
    assert_eq!((copy.id, copy.ui), (old.id.clone(), Ui::default()), "id and skip are never copied");
    let mut copy = old.clone();
    copy.copy_fields(&new, ProductField::Inventory(InventoryField::Stock).into());
    assert_eq!((copy.price, copy.inventory.stock), (120, 40));
}

fn conflicts() {
    let base = product();
    let local = Product { price: 130, ..product() };
    let mut remote = Product { price: 140, ..product() };
    remote.inventory.stock = 10;
    let fields = ProductField::Price | ProductField::Inventory(InventoryField::Stock);
    let conflicts = Product::conflicts(fields, &base, &local, &remote);

    assert!(!conflicts.is_empty() && conflicts.name.is_none());
    assert_eq!(conflicts.fields(), fields);
    let price = conflicts.price.as_ref().expect("both sides changed it");
    assert_eq!((price.base, price.local, price.remote), (120, 130, 140));
    assert_eq!(conflicts.inventory.stock.as_ref().expect("asked for").remote, 10);
    let shown: Vec<_> = conflicts
        .iter()
        .map(|conflict| match conflict {
            ProductConflict::Name(name) => name.remote.clone(),
            ProductConflict::Price(price) => price.remote.to_string(),
            ProductConflict::Inventory(InventoryConflict::Stock(stock)) => stock.remote.to_string(),
            ProductConflict::Inventory(InventoryConflict::Shelf(shelf)) => format!("{:?}", shelf.remote),
            ProductConflict::UpdatedAt(updated_at) => updated_at.remote.to_string(),
        })
        .collect();
    assert_eq!(shown, ["140", "10"]);
    assert!(conflicts.iter().map(|conflict| conflict.field()).eq(fields));
    assert!(conflicts.get(ProductField::Name).is_none());
    assert!(matches!(conflicts.get(ProductField::Price), Some(ProductConflict::Price(_))));
    assert_eq!(
        format!("{:?}", conflicts.clone()),
        "ProductConflicts [Price { base: 120, local: 130, remote: 140 }, \
         Inventory(Stock { base: 50, local: 50, remote: 10 })]"
    );
    assert!(ProductConflicts::default().is_empty());
}

fn records() {
    let record = product().to_record().unwrap();
    assert_eq!(
        serde_json::Value::Object(record.clone()),
        json!({
            "name": "Flux Cupcake", "price": 120, "inventory": {"stock": 50, "shelf": null},
            "updated_at": "1970-01-01T00:00:00Z"
        })
    );
    assert_eq!(Product::from_record(&Id::from("flux_cupcake"), &record).unwrap(), product());
    let patch = product().patch(FieldSet::ALL).unwrap();
    assert!(!patch.sets().any(|(path, _)| path.to_string() == "updated_at"), "read-only fields are not written");
    assert!(product().set_field(ProductField::UpdatedAt, json!(null)).is_err());
}
