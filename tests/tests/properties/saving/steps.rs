//! What may happen to a session, and in what kind of world.

use proptest::prelude::*;
use serde_json::{Value, json};
use tests::bakery::{self, Inventory, Product, ProductField};
use vantage_live::{Ids, Record};

use crate::sessions::field;

#[derive(Clone, Debug)]
pub enum Step {
    Type(ProductField, u8),
    Colleague(ProductField),
    ColleagueElsewhere,
    Save(Trouble),
    /// A save whose future is dropped.
    SaveAndForget(Trouble),
    Poll,
    Refresh,
    Rebase,
    Revert,
    TakeRemote(ProductField),
    KeepLocal(ProductField),
    Turns,
}

/// What happens to a save on its way.
#[derive(Clone, Debug)]
pub enum Trouble {
    None,
    Rejected,
    Unreachable,
    LostBefore,
    LostAfter,
    Doubled,
    Resent,
    ReadFails,
    Held { answer: bool, meanwhile: Vec<Meanwhile> },
}

/// What happens while a save is held.
#[derive(Clone, Debug)]
pub enum Meanwhile {
    Type(ProductField, u8),
    Colleague(ProductField),
    Rebase,
}

fn number() -> impl Strategy<Value = u8> {
    0_u8..4
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        2 => (field(), number()).prop_map(|(field, n)| Meanwhile::Type(field, n)),
        2 => field().prop_map(Meanwhile::Colleague),
        1 => Just(Meanwhile::Rebase),
    ]
}

fn quick() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        3 => Just(Trouble::None),
        1 => Just(Trouble::Rejected),
        1 => Just(Trouble::Unreachable),
        1 => Just(Trouble::LostBefore),
        3 => Just(Trouble::LostAfter),
        1 => Just(Trouble::Doubled),
        1 => Just(Trouble::Resent),
        1 => Just(Trouble::ReadFails),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let held = (any::<bool>(), proptest::collection::vec(meanwhile(), 1..4));
    prop_oneof![
        3 => quick(),
        1 => held.prop_map(|(answer, meanwhile)| Trouble::Held { answer, meanwhile }),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (field(), number()).prop_map(|(field, n)| Step::Type(field, n)),
        3 => field().prop_map(Step::Colleague),
        1 => Just(Step::ColleagueElsewhere),
        5 => trouble().prop_map(Step::Save),
        2 => quick().prop_map(Step::SaveAndForget),
        1 => Just(Step::Poll),
        1 => Just(Step::Refresh),
        1 => Just(Step::Rebase),
        1 => Just(Step::Revert),
        1 => field().prop_map(Step::TakeRemote),
        1 => field().prop_map(Step::KeepLocal),
        1 => Just(Step::Turns),
    ]
}

/// The store that a course is played against.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent yes or no")]
pub struct Setting {
    pub coerces_names: bool,
    pub coerces_prices: bool,
    pub has_feed: bool,
    pub is_new: bool,
    pub ids: Ids,
    pub idempotent: bool,
}

pub fn setting() -> impl Strategy<Value = Setting> {
    let ids = prop_oneof![Just(Ids::Store), Just(Ids::ClientUuid)];
    let often = || proptest::bool::weighted(0.3);
    (often(), often(), any::<bool>(), often(), ids, any::<bool>()).prop_map(
        |(coerces_names, coerces_prices, has_feed, is_new, ids, idempotent)| Setting {
            coerces_names,
            coerces_prices,
            has_feed,
            is_new,
            ids,
            idempotent,
        },
    )
}

impl Setting {
    pub fn coercion(self) -> fn(&mut Record) {
        match (self.coerces_names, self.coerces_prices) {
            (false, false) => |_| {},
            (true, false) => upper_names,
            (false, true) => round_prices,
            (true, true) => |record| {
                upper_names(record);
                round_prices(record);
            },
        }
    }

    pub fn coerces(self) -> bool {
        self.coerces_names || self.coerces_prices
    }

    /// What the store makes of a value that it is sent.
    pub fn coerced(self, field: ProductField, value: &Value) -> Value {
        let mut record = Record::from_iter([(field.wire_name().to_owned(), value.clone())]);
        self.coercion()(&mut record);
        record[field.wire_name()].clone()
    }
}

fn upper_names(record: &mut Record) {
    if let Some(Value::String(name)) = record.get_mut("name") {
        *name = name.to_uppercase();
    }
}

fn round_prices(record: &mut Record) {
    if let Some(price) = record.get_mut("price")
        && let Some(cents) = price.as_i64()
    {
        *price = json!(cents / 10 * 10);
    }
}

pub fn plain() -> Product {
    Product {
        name: "Flux Capacitor Cupcake".into(),
        price: 120,
        inventory: Inventory { stock: 50, shelf: "A".into() },
        ..bakery::hoverboard()
    }
}
