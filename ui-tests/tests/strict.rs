//! A program that is as strict as the compiler and clippy can be: what is generated gives it no warning, and `cargo clippy`
//! says so.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unused, clippy::all, clippy::pedantic, missing_debug_implementations, unreachable_pub)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;

use live::LiveEntity;
use serde::{Deserialize, Serialize};
use vantage_live as live;

/// A product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(crate = live)]
pub struct Product {
    /// The key.
    #[live(id)]
    pub id: live::Id,
    /// What it is called.
    pub name: String,
    /// Whether it is sold.
    pub is_sold: bool,
    /// Whether it is shown.
    pub is_shown: bool,
    /// Whether it is new.
    pub is_new: bool,
    /// What there is of it.
    #[live(nested)]
    pub inventory: Inventory,
    /// Where it comes from.
    #[live(nested)]
    pub origin: Option<Origin>,
    /// Who sold it once.
    #[deprecated]
    pub seller: Option<String>,
    /// For nobody to read about.
    #[doc(hidden)]
    pub internal: i64,
}

/// What there is of a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(crate = live)]
pub struct Inventory {
    /// How many.
    pub stock: i64,
    /// How heavy, in kilograms.
    pub weight: f64,
}

/// Where a product comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(crate = live)]
pub struct Origin {
    /// The country.
    pub country: String,
}

/// What is allowed here is allowed in what is generated too.
#[allow(clippy::pub_underscore_fields)]
#[expect(clippy::doc_markdown, reason = "of all fields")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(crate = live)]
pub struct Allowing {
    /// As in OtherCode.
    #[expect(clippy::zero_sized_map_values)]
    pub set: BTreeMap<u8, ()>,
    /// As InOtherCode too.
    #[allow(clippy::doc_markdown, clippy::zero_sized_map_values)]
    pub other: BTreeMap<u8, ()>,
    /// As InOtherCode, once more.
    #[allow(clippy::doc_markdown, clippy::zero_sized_map_values)]
    pub third: BTreeMap<u8, ()>,
    /// With a name that says that nobody uses it.
    pub _hidden: i64,
    /// Not for others: [`SECRET`], which is as private.
    secret: i64,
}

/// See [`Allowing`].
const SECRET: i64 = 1;

impl Allowing {
    /// The secret.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.secret == SECRET
    }
}

/// What may be written in the program, or come from a store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(crate = live)]
pub struct Cows {
    /// A text.
    pub text: Cow<'static, str>,
    /// Bytes.
    pub bytes: Cow<'static, [u8]>,
    /// A text that is compared in the program's own way.
    #[live(eq = PartialEq::eq)]
    pub compared: Cow<'static, str>,
}

/// One value, and the name of another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(crate = live)]
pub struct Single<T> {
    /// The value.
    pub value: T,
    /// Of a value that no other thread may read, the name alone.
    pub made: PhantomData<fn() -> Rc<u8>>,
}

/// A pair of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(crate = live)]
pub struct Pair<T: Clone, const N: usize>
where
    [T; N]: Serialize + serde::de::DeserializeOwned,
{
    /// One of them.
    pub one: T,
    /// The others.
    pub others: [T; N],
}

#[test]
fn a_strict_program_has_its_fields() {
    let names: Vec<_> = ProductField::ALL.iter().map(|field| field.wire_name()).collect();

    assert_eq!(
        names,
        [
            "name",
            "is_sold",
            "is_shown",
            "is_new",
            "inventory.stock",
            "inventory.weight",
            "origin",
            "origin.country",
            "seller",
            "internal"
        ]
    );
    assert_eq!(PairField::ALL.len(), 2);
    assert_eq!(CowsField::ALL.len(), 3);
    assert_eq!(SingleField::ALL.len(), 2);
    assert_eq!(AllowingField::ALL.len(), 5);
}
