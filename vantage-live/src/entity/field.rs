//! What is known of an entity's fields at run time: names, labels, paths.

use std::fmt;
use std::hash::Hash;
use std::sync::OnceLock;

use super::FieldSet;
use crate::value::Path;

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
    const READONLY: FieldSet<Self>;

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

/// What is known of one leaf field.
#[derive(Debug)]
pub struct FieldInfo {
    name: String,
    wire_name: String,
    label: String,
    path: Path,
}

/// What is known of an entity's fields. One static per entity, filled once, by generated code.
#[derive(Debug, Default)]
pub struct FieldTable {
    filled: OnceLock<Filled>,
}

#[derive(Debug)]
struct Filled {
    leaves: Vec<FieldInfo>,
    untracked: Vec<Path>,
}

/// One field as the derive sees it, in the order of declaration. For generated code.
#[derive(Debug)]
pub struct OwnField {
    /// The name in Rust.
    pub name: &'static str,
    /// The name that serde writes.
    pub wire_name: &'static str,
    /// The name for a person.
    pub label: &'static str,
    /// What the field is.
    pub role: Role,
}

/// What a field is. For generated code.
#[derive(Debug)]
pub enum Role {
    /// A value of its own.
    Leaf,
    /// An entity inside the entity: its fields are this one's leaves.
    Nested(fn() -> &'static FieldTable),
    /// The id, or a field of the program's own: in the struct, not in the record.
    Untracked,
}

impl OwnField {
    /// A value of its own.
    #[must_use]
    pub const fn leaf(name: &'static str, wire_name: &'static str, label: &'static str) -> Self {
        OwnField { name, wire_name, label, role: Role::Leaf }
    }

    /// An entity inside the entity, whose field enum is `F`.
    #[must_use]
    pub const fn nested<F: Field>(name: &'static str, wire_name: &'static str, label: &'static str) -> Self {
        OwnField { name, wire_name, label, role: Role::Nested(F::table) }
    }

    /// The id, or a field of the program's own.
    #[must_use]
    pub const fn untracked(name: &'static str, wire_name: &'static str) -> Self {
        OwnField { name, wire_name, label: "", role: Role::Untracked }
    }
}

impl FieldTable {
    /// An empty table, to be filled at first use.
    #[must_use]
    pub const fn new() -> Self {
        FieldTable { filled: OnceLock::new() }
    }

    /// The table, filled from `own` if this is the first call.
    pub fn get(&'static self, own: &[OwnField]) -> &'static Self {
        self.filled.get_or_init(|| {
            let mut filled = Filled { leaves: Vec::new(), untracked: Vec::new() };
            for field in own {
                filled.add(field);
            }
            filled
        });
        self
    }

    /// What stands in the record as serde writes it but is not tracked.
    pub(super) fn untracked(&self) -> &[Path] {
        self.filled.get().map_or(&[], |filled| &filled.untracked)
    }

    fn info(&'static self, index: usize) -> &'static FieldInfo {
        static NONE: OnceLock<FieldInfo> = OnceLock::new();
        self.filled.get().and_then(|filled| filled.leaves.get(index)).unwrap_or_else(|| {
            // Only a hand-written `Field` whose table is shorter than its `ALL` gets here.
            NONE.get_or_init(|| FieldInfo {
                name: String::new(),
                wire_name: String::new(),
                label: String::new(),
                path: Path::from(""),
            })
        })
    }
}

impl Filled {
    fn add(&mut self, own: &OwnField) {
        let path = Path::from_iter([own.wire_name]);
        match own.role {
            Role::Leaf => self.leaves.push(FieldInfo {
                name: own.name.to_owned(),
                wire_name: own.wire_name.to_owned(),
                label: own.label.to_owned(),
                path,
            }),
            Role::Untracked => self.untracked.push(path),
            Role::Nested(table) => {
                let Some(nested) = table().filled.get() else { return };
                let under =
                    |inner: &Path| inner.names().iter().fold(path.clone(), |path, name| path.join(name.clone()));
                self.leaves.extend(nested.leaves.iter().map(|leaf| FieldInfo {
                    name: format!("{}.{}", own.name, leaf.name),
                    wire_name: format!("{}.{}", own.wire_name, leaf.wire_name),
                    label: format!("{}: {}", own.label, leaf.label),
                    path: under(&leaf.path),
                }));
                self.untracked.extend(nested.untracked.iter().map(under));
            }
        }
    }
}
