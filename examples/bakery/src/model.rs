//! The bakery's entities. `seed.surql` has the same tables as the database sees them.
//!
//! Every entity has a field that the store sets (`updated_at`); links to other records are text, like `client:marty`.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

/// A bakery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Bakery {
    pub name: String,
    /// In percent.
    pub profit_margin: Decimal,
    #[live(readonly)]
    pub updated_at: DateTime<Utc>,
}

/// Somebody who buys there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Client {
    pub name: String,
    /// Unique; the store keeps it in lower case, without spaces around it.
    pub email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What the bakery owes the client; below zero, the client is in debt.
    pub balance: Decimal,
    pub bakery: String,
    #[live(readonly)]
    pub updated_at: DateTime<Utc>,
}

/// Something to eat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Product {
    pub name: String,
    /// In cents; the store refuses what is not above zero.
    pub price: i64,
    pub calories: i64,
    #[live(nested)]
    pub inventory: Inventory,
    pub bakery: String,
    #[live(readonly)]
    pub updated_at: DateTime<Utc>,
}

/// How much of a product there is, and where. It has no record of its own: it is a part of the product's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Inventory {
    pub stock: i64,
    pub shelf: String,
}

/// Products that a client has asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Order {
    pub client: String,
    pub lines: Vec<Line>,
    pub discount: Decimal,
    /// What the store makes of the lines and the discount.
    #[live(readonly)]
    pub total: Decimal,
    pub delivered: bool,
    pub placed_at: DateTime<Utc>,
    pub bakery: String,
    #[live(readonly)]
    pub updated_at: DateTime<Utc>,
}

/// One product of an order, at the price of that day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub product: String,
    pub quantity: i64,
    pub price: i64,
}
