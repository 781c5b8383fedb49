//! The Hill Valley bakery: the entities that the tests edit, and tables of them in memory.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vantage_live::{
    DeleteOutcome, Guard, Id, ImTable, LiveEntity, LiveTable, Patch, Path, ReadableValueSet, Record, SyncState,
    WritableValueSet, WriteOutcome,
};

use crate::wait::until;

/// Something the bakery sells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Product {
    /// The record's key.
    #[live(id)]
    #[serde(default = "no_id")]
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// In cents.
    pub price: i64,
    /// How much of it there is.
    #[live(nested)]
    pub inventory: Inventory,
    /// What a colleague has to say about it.
    #[serde(default)]
    pub note: Option<String>,
    /// When the store last wrote it.
    #[live(readonly)]
    #[serde(default)]
    pub updated_at: Option<DateTime<Utc>>,
    /// How many times the store has written it.
    #[live(version)]
    #[serde(default)]
    pub version: i64,
    /// Whether its line in the list is unfolded: the program's own.
    #[live(skip)]
    #[serde(skip)]
    pub unfolded: bool,
}

/// How much of a product there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Inventory {
    /// Pieces.
    pub stock: i64,
    /// Where they are.
    pub shelf: String,
}

fn no_id() -> Id {
    Id::from("")
}

/// A product that nobody has saved yet.
#[must_use]
pub fn hoverboard() -> Product {
    Product {
        id: no_id(),
        name: "Hoverboard Cookie".into(),
        price: 88,
        inventory: Inventory { stock: 10, shelf: "C".into() },
        note: None,
        updated_at: None,
        version: 0,
        unfolded: false,
    }
}

/// The five products as they are stored.
#[must_use]
pub fn product_records() -> Vec<(Id, Record)> {
    let product = |id: &str, name: &str, price: i64, stock: i64| {
        let json = json!({
            "name": name,
            "price": price,
            "inventory": {"stock": stock, "shelf": "A"},
            "note": null,
            "updated_at": null,
            "version": 1,
        });
        (Id::from(id), record(json))
    };
    vec![
        product("flux_cupcake", "Flux Capacitor Cupcake", 120, 50),
        product("delorean_donut", "DeLorean Doughnut", 135, 30),
        product("time_tart", "Time Traveler Tart", 220, 20),
        product("sea_pie", "Enchantment Under the Sea Pie", 299, 15),
        product("hover_cookies", "Hoverboard Cookies", 199, 40),
    ]
}

/// A JSON object as a record.
///
/// # Panics
/// Where it is none.
#[must_use]
pub fn record(json: Value) -> Record {
    match json {
        Value::Object(record) => record,
        other => panic!("a record is an object, not {other}"),
    }
}

/// A store in memory with the five products.
///
/// # Panics
/// Where an id is taken, which none is.
pub async fn store() -> ImTable {
    let store = ImTable::new("product");
    for answer in store.insert_id_values(product_records()).await {
        answer.expect("a new id is free");
    }
    store
}

/// A live table of the five products that follows its store in memory, and that store.
///
/// # Panics
/// Where it cannot be opened.
pub async fn products() -> (LiveTable<Product>, ImTable) {
    let store = store().await;
    let table = LiveTable::builder(store.clone()).feed(store.feed()).open().await.expect("a store in memory opens");
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
    (table, store)
}

/// What a colleague does at another desk: writes that do not go through the table.
#[expect(async_fn_in_trait, reason = "for the tests alone")]
pub trait Colleague: WritableValueSet {
    /// Sets one field, dotted where it is nested.
    async fn colleague_sets(&self, id: &str, field: &str, value: impl Into<Value>) {
        let patch = Patch::new().set(field.split('.').map(str::to_owned).collect::<Path>(), value);
        let outcome = self.write(&Id::from(id), &patch, &Guard::Exists).await.expect("the store is there");
        assert!(matches!(outcome, WriteOutcome::Written(_)), "a colleague wrote {id}: {outcome:?}");
    }

    /// Deletes a record.
    async fn colleague_deletes(&self, id: &str) {
        let outcome = self.delete_id(&Id::from(id), &Guard::Exists).await.expect("the store is there");
        assert_eq!(outcome, DeleteOutcome::Deleted);
    }

    /// Makes a record.
    async fn colleague_inserts(&self, id: &str, json: Value) {
        self.insert_id_value(&Id::from(id), record(json)).await.expect("a new id is free");
    }

    /// What the store has in a field, dotted where it is nested.
    async fn stored(&self, id: &str, field: &str) -> Option<Value> {
        let record = self.get_id_value(&Id::from(id)).await.expect("the store is there")?;
        field.split('.').map(str::to_owned).collect::<Path>().get(&record).cloned()
    }
}

impl<S: WritableValueSet + ReadableValueSet + ?Sized> Colleague for S {}
