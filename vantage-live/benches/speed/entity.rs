//! The entity of all figures: 5 texts, 5 integers, 5 floats, 2 flags, 2 options, 1 list.

use serde::{Deserialize, Serialize};
use vantage_live::{Id, LiveEntity, Record};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
pub struct Product {
    pub name: String,
    pub maker: String,
    pub shelf: String,
    pub note: String,
    pub code: String,
    pub price: i64,
    pub stock: i64,
    pub ordered: i64,
    pub sold: i64,
    pub minutes: i64,
    pub weight: f64,
    pub width: f64,
    pub height: f64,
    pub margin: f64,
    pub rating: f64,
    pub is_sold: bool,
    pub is_new: bool,
    pub seller: Option<String>,
    pub discount: Option<i64>,
    pub tags: Vec<String>,
}

impl Product {
    /// The product number `n`.
    pub fn number(n: u32) -> Self {
        let float = f64::from(n) / 8.0;
        Product {
            name: format!("Cake number {n}"),
            maker: "Hill Valley Bakery".into(),
            shelf: format!("B{}", n % 100),
            note: "contains nuts, and traces of plutonium".into(),
            code: format!("HV-{n:06}"),
            price: i64::from(n % 500),
            stock: i64::from(n % 70),
            ordered: 12,
            sold: i64::from(n),
            minutes: 88,
            weight: float,
            width: 12.5,
            height: 3.25,
            margin: 0.2,
            rating: 4.5,
            is_sold: n.is_multiple_of(2),
            is_new: n.is_multiple_of(3),
            seller: n.is_multiple_of(2).then(|| "Marty".into()),
            discount: n.is_multiple_of(5).then_some(10),
            tags: vec!["sweet".into(), "fresh".into()],
        }
    }

    /// The fields in which the two differ, as bits: the comparison as one writes it by hand.
    pub fn compared(&self, other: &Self) -> u32 {
        u32::from(self.name != other.name)
            | u32::from(self.maker != other.maker) << 1
            | u32::from(self.shelf != other.shelf) << 2
            | u32::from(self.note != other.note) << 3
            | u32::from(self.code != other.code) << 4
            | u32::from(self.price != other.price) << 5
            | u32::from(self.stock != other.stock) << 6
            | u32::from(self.ordered != other.ordered) << 7
            | u32::from(self.sold != other.sold) << 8
            | u32::from(self.minutes != other.minutes) << 9
            | u32::from(self.weight.total_cmp(&other.weight).is_ne()) << 10
            | u32::from(self.width.total_cmp(&other.width).is_ne()) << 11
            | u32::from(self.height.total_cmp(&other.height).is_ne()) << 12
            | u32::from(self.margin.total_cmp(&other.margin).is_ne()) << 13
            | u32::from(self.rating.total_cmp(&other.rating).is_ne()) << 14
            | u32::from(self.is_sold != other.is_sold) << 15
            | u32::from(self.is_new != other.is_new) << 16
            | u32::from(self.seller != other.seller) << 17
            | u32::from(self.discount != other.discount) << 18
            | u32::from(self.tags != other.tags) << 19
    }
}

/// The id of the product number `n`.
pub fn id(n: u32) -> Id {
    Id::from(format!("product_{n:06}"))
}

/// The record of the product number `n`.
pub fn record(n: u32) -> Record {
    Product::number(n).to_record().expect("a product is a record")
}
