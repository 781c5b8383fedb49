//! What the application knows of an entity beyond what the derive tells: which fields a table shows, how a value reads,
//! what a new record begins with.
//!
//! The matches on conflicts and changes are typed and complete: a field added to a struct does not build until it is
//! handled here.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use vantage_live::{Conflict, Conflicts, Field, Id, LiveEntity};

use crate::model::{
    Bakery, BakeryConflict, BakeryField, Client, ClientConflict, ClientField, Inventory, InventoryChange,
    InventoryConflict, InventoryField, Line, Order, OrderConflict, OrderField, Product, ProductChange, ProductConflict,
    ProductField,
};

/// The three values of a conflict, as a person reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Three {
    pub base: String,
    pub mine: String,
    pub theirs: String,
}

/// An entity that the application can show.
pub trait Shown: LiveEntity {
    /// The fields that the table shows; the form shows all.
    const COLUMNS: &'static [Self::Field];

    /// What a new record begins with.
    fn blank() -> Self;

    /// What a person calls the record.
    fn title(&self, id: &Id) -> String;

    /// One conflict in words.
    fn three(conflict: <Self::Conflicts as Conflicts>::Each<'_>) -> Three;

    /// The value of `field` in words, as the form shows it.
    fn value(&self, field: Self::Field) -> String {
        // A value that cannot be written as JSON has no words; the save says why.
        self.get_field(field).map(|value| plain(value.as_ref())).unwrap_or_default()
    }

    /// What `text` may mean as a value of `field`: the form takes the first that fits the struct.
    fn read(field: Self::Field, text: &str) -> Vec<Value> {
        let _ = field;
        meanings(text)
    }

    /// What became of `field`, in words.
    fn told(field: Self::Field, from: &Self, to: &Self) -> String {
        format!("{} {} → {}", field.label(), quoted(&from.value(field)), quoted(&to.value(field)))
    }
}

/// Nothing, text, a number, yes or no.
fn meanings(text: &str) -> Vec<Value> {
    let none = text.is_empty().then_some(Value::Null);
    let number = text.trim().parse::<i64>().ok().map(Value::from);
    let truth = text.trim().parse::<bool>().ok().map(Value::from);
    none.into_iter().chain([Value::from(text)]).chain(number).chain(truth).collect()
}

/// A value as text, without the quotes of JSON.
fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The label of a field without the name of the nested entity that it is in, where one still knows which field it is.
pub fn short_label<F: Field>(field: F) -> &'static str {
    let short = |field: F| field.label().rsplit(": ").next().unwrap_or_default();
    let alike = F::ALL.iter().filter(|other| short(**other) == short(field)).count();
    if alike == 1 { short(field) } else { field.label() }
}

/// The text, in quotes where one could not see where it ends.
pub fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains(char::is_whitespace) { format!("“{text}”") } else { text.to_owned() }
}

fn three<T: Serialize>(conflict: &Conflict<T>) -> Three {
    three_by(conflict, |value| plain(serde_json::to_value(value).ok().as_ref()))
}

fn three_by<T>(conflict: &Conflict<T>, show: impl Fn(&T) -> String) -> Three {
    Three { base: show(&conflict.base), mine: show(&conflict.local), theirs: show(&conflict.remote) }
}

const HILL_VALLEY: &str = "bakery:hill_valley";

impl Shown for Bakery {
    const COLUMNS: &'static [BakeryField] = &[BakeryField::Name, BakeryField::ProfitMargin];

    fn blank() -> Self {
        Bakery { name: String::new(), profit_margin: Decimal::ZERO, updated_at: DateTime::UNIX_EPOCH }
    }

    fn title(&self, _: &Id) -> String {
        self.name.clone()
    }

    fn three(conflict: BakeryConflict<'_>) -> Three {
        match conflict {
            BakeryConflict::Name(c) => three(c),
            BakeryConflict::ProfitMargin(c) => three(c),
            BakeryConflict::UpdatedAt(c) => three(c),
        }
    }
}

impl Shown for Client {
    const COLUMNS: &'static [ClientField] = &[ClientField::Name, ClientField::Balance, ClientField::Email];

    fn blank() -> Self {
        Client {
            name: String::new(),
            email: String::new(),
            phone: None,
            balance: Decimal::ZERO,
            bakery: HILL_VALLEY.to_owned(),
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn title(&self, _: &Id) -> String {
        self.name.clone()
    }

    fn three(conflict: ClientConflict<'_>) -> Three {
        match conflict {
            ClientConflict::Name(c) | ClientConflict::Email(c) | ClientConflict::Bakery(c) => three(c),
            ClientConflict::Phone(c) => three(c),
            ClientConflict::Balance(c) => three(c),
            ClientConflict::UpdatedAt(c) => three(c),
        }
    }
}

impl Shown for Product {
    const COLUMNS: &'static [ProductField] = &[
        ProductField::Name,
        ProductField::Price,
        ProductField::Inventory(InventoryField::Stock),
        ProductField::Inventory(InventoryField::Shelf),
    ];

    fn blank() -> Self {
        Product {
            name: String::new(),
            price: 100,
            calories: 0,
            inventory: Inventory { stock: 0, shelf: "counter".to_owned() },
            bakery: HILL_VALLEY.to_owned(),
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn title(&self, _: &Id) -> String {
        self.name.clone()
    }

    fn three(conflict: ProductConflict<'_>) -> Three {
        match conflict {
            ProductConflict::Name(c) | ProductConflict::Bakery(c) => three(c),
            ProductConflict::Price(c) | ProductConflict::Calories(c) => three(c),
            ProductConflict::Inventory(inventory) => match inventory {
                InventoryConflict::Stock(c) => three(c),
                InventoryConflict::Shelf(c) => three(c),
            },
            ProductConflict::UpdatedAt(c) => three(c),
        }
    }

    fn told(field: ProductField, from: &Self, to: &Self) -> String {
        let label = field.label();
        match Product::change(field, from, to) {
            ProductChange::Name { from, to } => format!("renamed, from {} to {}", quoted(from), quoted(to)),
            ProductChange::Price { from, to } | ProductChange::Calories { from, to } => {
                format!("{label} {from} → {to} ({:+})", to.saturating_sub(*from))
            }
            ProductChange::Inventory(InventoryChange::Stock { from, to }) if to < from => {
                format!("{} taken from stock, {to} left", from.saturating_sub(*to))
            }
            ProductChange::Inventory(InventoryChange::Stock { from, to }) => {
                format!("{} more in stock, {to} now", to.saturating_sub(*from))
            }
            ProductChange::Inventory(InventoryChange::Shelf { from, to }) | ProductChange::Bakery { from, to } => {
                format!("moved from {} to {}", quoted(from), quoted(to))
            }
            ProductChange::UpdatedAt { to, .. } => format!("{label} {}", to.format("%H:%M:%S")),
        }
    }
}

impl Shown for Order {
    const COLUMNS: &'static [OrderField] =
        &[OrderField::Client, OrderField::Total, OrderField::Delivered, OrderField::PlacedAt];

    fn blank() -> Self {
        Order {
            client: "client:marty".to_owned(),
            lines: Vec::new(),
            discount: Decimal::ZERO,
            total: Decimal::ZERO,
            delivered: false,
            placed_at: Utc::now(),
            bakery: HILL_VALLEY.to_owned(),
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn title(&self, id: &Id) -> String {
        format!("Order {id} of {}", self.client)
    }

    fn three(conflict: OrderConflict<'_>) -> Three {
        match conflict {
            OrderConflict::Client(c) | OrderConflict::Bakery(c) => three(c),
            OrderConflict::Lines(c) => three_by(c, |lines| show_lines(lines)),
            OrderConflict::Discount(c) | OrderConflict::Total(c) => three(c),
            OrderConflict::Delivered(c) => three(c),
            OrderConflict::PlacedAt(c) | OrderConflict::UpdatedAt(c) => three(c),
        }
    }

    fn value(&self, field: OrderField) -> String {
        match field {
            OrderField::Lines => show_lines(&self.lines),
            field => self.get_field(field).map(|value| plain(value.as_ref())).unwrap_or_default(),
        }
    }

    fn read(field: OrderField, text: &str) -> Vec<Value> {
        match field {
            OrderField::Lines => read_lines(text).into_iter().collect(),
            _ => meanings(text),
        }
    }
}

/// Lines as a person writes them: `3 delorean_donut @135, 2 hover_cookies @199`.
fn show_lines(lines: &[Line]) -> String {
    let show = |line: &Line| {
        let product = line.product.strip_prefix("product:").unwrap_or(&line.product);
        format!("{} {product} @{}", line.quantity, line.price)
    };
    lines.iter().map(show).collect::<Vec<_>>().join(", ")
}

/// What [`show_lines`] has written.
fn read_lines(text: &str) -> Option<Value> {
    let read = |line: &str| {
        let (quantity, rest) = line.trim().split_once(' ')?;
        let (product, price) = rest.split_once('@')?;
        let product = format!("product:{}", product.trim());
        Some(Line { product, quantity: quantity.parse().ok()?, price: price.trim().parse().ok()? })
    };
    let lines = text.split(',').filter(|line| !line.trim().is_empty()).map(read).collect::<Option<Vec<_>>>()?;
    serde_json::to_value(lines).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_as_they_are_written() {
        let lines = vec![
            Line { product: "product:time_tart".into(), quantity: 3, price: 220 },
            Line { product: "product:sea_pie".into(), quantity: 1, price: 299 },
        ];

        let read = read_lines(&show_lines(&lines)).map(serde_json::from_value::<Vec<Line>>);

        assert_eq!(read.unwrap().unwrap(), lines);
    }

    #[test]
    fn text_means_what_fits_the_field() {
        let mut client = Client { phone: Some("555-1955".into()), ..Client::blank() };
        let mut product = Product::blank();
        let mut set = |field, text: &str| {
            Client::read(field, text).into_iter().any(|value| client.set_field(field, value).is_ok())
        };

        assert!(set(ClientField::Phone, "") && set(ClientField::Name, "12") && set(ClientField::Balance, "-1.50"));
        assert!(!set(ClientField::Balance, "a lot"));
        assert_eq!((client.phone, client.name.as_str(), client.balance), (None, "12", Decimal::new(-150, 2)));
        assert!(
            !Product::read(ProductField::Price, "12x")
                .into_iter()
                .any(|v| product.set_field(ProductField::Price, v).is_ok())
        );
    }
}
