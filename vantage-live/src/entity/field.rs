//! A field of an entity as a value: its names, its label, its place in the record.

use std::fmt;
use std::hash::Hash;

use super::{Bits, FieldInfo, FieldSet, FieldTable, OptionalField, Own};
use crate::value::{Path, Record};

/// A field of an entity: the enum that the derive generates, `ProductField` for `Product`. Its variants stand for the
/// leaves of the record; a nested entity's are inside the variant of its field.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::LiveEntity;
///
/// #[derive(Clone, Serialize, Deserialize, LiveEntity)]
/// struct Product {
///     #[serde(rename = "unitPrice")]
///     unit_price: i64,
///     #[live(nested)]
///     inventory: Inventory,
/// }
///
/// #[derive(Clone, Serialize, Deserialize, LiveEntity)]
/// struct Inventory {
///     #[live(label = "in stock")]
///     stock: i64,
/// }
///
/// let stock = ProductField::Inventory(InventoryField::Stock);
/// assert_eq!(ProductField::ALL, [ProductField::UnitPrice, stock]);
/// assert_eq!((stock.name(), stock.label()), ("inventory.stock", "Inventory: in stock"));
/// assert_eq!(ProductField::UnitPrice.wire_name(), "unitPrice");
/// assert_eq!("unitPrice".parse(), Ok(ProductField::UnitPrice));
/// assert!("prize".parse::<ProductField>().is_err());
/// ```
pub trait Field: Copy + Eq + Ord + Hash + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// Every leaf field, in the order in which they are declared.
    const ALL: &'static [Self];
    /// The fields that the store sets and nobody writes: `#[live(readonly)]` and `#[live(version)]`.
    const READONLY: FieldSet<Self> = FieldSet::EMPTY;
    /// The leaves that stand for a whole optional entity. For generated code.
    #[doc(hidden)]
    const WHOLES: Bits = Bits::EMPTY;
    /// The leaves of an entity of this type that may be absent. For generated code.
    #[doc(hidden)]
    const OPTIONAL: &'static [OptionalField<Self>] = &[];
    /// The fields as the derive sees them. For generated code.
    #[doc(hidden)]
    const OWN: Own;

    /// The field's place in [`ALL`](Self::ALL).
    fn index(self) -> usize;

    /// The names, labels and paths of all fields.
    fn table() -> &'static FieldTable;

    /// What is known of the field.
    fn info(self) -> &'static FieldInfo {
        Self::table().info(self.index())
    }

    /// The field's name in Rust, dotted where it is nested: `inventory.stock`.
    fn name(self) -> &'static str {
        &self.info().name
    }

    /// The field's name in the record, as serde writes it, dotted where it is nested.
    fn wire_name(self) -> &'static str {
        &self.info().wire_name
    }

    /// The field's name for a person: `#[live(label = "…")]`, or the Rust name in words.
    fn label(self) -> &'static str {
        &self.info().label
    }

    /// Where in the record the field stands.
    fn path(self) -> &'static Path {
        &self.info().path
    }

    /// Where else in a record the field may stand: serde's `alias`, which reads and does not write.
    fn aliases(self) -> &'static [Path] {
        &self.info().aliases
    }

    /// Every place in a record where the field may stand: its [`path`](Self::path) first.
    fn places(self) -> impl Iterator<Item = &'static Path> {
        [self.path()].into_iter().chain(self.aliases())
    }

    /// The place where a stored `record` has the field, under an alias too, and what stands there.
    fn find(self, record: &Record) -> Option<(&'static Path, &serde_json::Value)> {
        self.places().find_map(|path| Some((path, path.get(record)?)))
    }

    /// The field of this name, as Rust or as serde spells it.
    ///
    /// # Errors
    /// [`ParseFieldError`] where there is none.
    fn parse(name: &str) -> Result<Self, ParseFieldError> {
        let by = |of: fn(Self) -> &'static str| Self::ALL.iter().copied().find(|field| of(*field) == name);
        by(Field::name).or_else(|| by(Field::wire_name)).ok_or_else(|| ParseFieldError {
            name: name.to_owned(),
            known: Self::ALL.iter().map(|field| field.name()).collect::<Vec<_>>().join(", "),
        })
    }
}

/// What is of one field: a change, or a conflict.
pub trait OfField<F>: Copy {
    /// The field.
    fn field(self) -> F;
}

/// There is no field of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no field `{name}`; the fields are {known}")]
pub struct ParseFieldError {
    name: String,
    known: String,
}
