//! A nested entity that may be absent: `#[live(nested)] inventory: Option<Inventory>`.
//!
//! Between present and absent, the whole has changed; while it is present on both sides, the fields inside have. What
//! cannot be mixed is not mixed: where a field inside was changed on one side and the whole was taken away on the other,
//! the conflict is of the whole.

#![expect(clippy::indexing_slicing, reason = "const code, and each index is bounded by the loop around it")]

use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use parking_lot::Mutex;

use super::derived::conflict;
use super::{Bits, Conflict, Conflicts, Field, FieldSet, FieldTable, LiveEntity, NestedEntity, OfField, Own};

/// A field of a nested entity that may be absent.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::entity::{OptionalChange, OptionalField};
/// use vantage_live::{FieldSet, LiveEntity};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Client {
///     name: String,
///     #[live(nested)]
///     address: Option<Address>,
/// }
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Address {
///     street: String,
///     city: String,
/// }
///
/// let city = ClientField::Address(OptionalField::Inside(AddressField::City));
/// let whole = ClientField::Address(OptionalField::Whole);
/// assert_eq!((city.name(), whole.name()), ("address.city", "address"));
///
/// let address = Address { street: "Lyon Estates".into(), city: "Hill Valley".into() };
/// let old = Client { name: "Marty".into(), address: Some(address.clone()) };
/// let moved = Client { address: Some(Address { city: "Grove City".into(), ..address }), ..old.clone() };
/// let gone = Client { address: None, ..old.clone() };
/// assert_eq!(old.diff(&moved), FieldSet::from(city));
/// assert_eq!(old.diff(&gone), FieldSet::from(whole));
///
/// for field in old.diff(&moved) {
///     match Client::change(field, &old, &moved) {
///         ClientChange::Name { from, to } => println!("{from} is {to} now"),
///         ClientChange::Address(OptionalChange::Whole { to: None, .. }) => println!("no address any more"),
///         ClientChange::Address(OptionalChange::Whole { to: Some(to), .. }) => println!("lives in {}", to.city),
///         ClientChange::Address(OptionalChange::Inside(AddressChange::City { to, .. })) => println!("moved to {to}"),
///         ClientChange::Address(OptionalChange::Inside(AddressChange::Street { to, .. })) => println!("moved to {to}"),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OptionalField<F> {
    /// The entity as a whole: it came, or it went. In a [`FieldSet`] it stands for all fields inside.
    Whole,
    /// A field of the entity, which is there.
    Inside(F),
}

/// A flag per field of a nested entity that may be absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionalDirty<D> {
    /// Whether the entity came or went; then all flags inside are set too.
    pub whole: bool,
    /// The flags of its fields.
    pub inside: D,
}

/// A change of a nested entity that may be absent.
pub enum OptionalChange<'e, E: LiveEntity> {
    /// The entity came or went.
    Whole {
        /// The value before.
        from: &'e Option<E>,
        /// The value after.
        to: &'e Option<E>,
    },
    /// A field of the entity has changed, which is there before and after.
    Inside(E::Change<'e>),
}

/// The conflicts of a nested entity that may be absent.
#[must_use = "a conflict is for a person to decide"]
pub struct OptionalConflicts<E: LiveEntity> {
    /// The conflict of the whole, where one of the three sides has no entity.
    pub whole: Option<Conflict<Option<E>>>,
    /// The conflicts of its fields, where all three have one.
    pub inside: E::Conflicts,
}

/// One conflict of a nested entity that may be absent.
pub enum OptionalConflict<'c, E: LiveEntity> {
    /// One of the three sides has no entity.
    Whole(&'c Conflict<Option<E>>),
    /// The conflict of a field inside.
    Inside(<E::Conflicts as Conflicts>::Each<'c>),
}

/// The leaves of an optional entity whose fields are `inside`; `N` is one more than there are.
#[must_use]
pub const fn optional_leaves<F: Field, const N: usize>(inside: &[F]) -> [OptionalField<F>; N] {
    let (mut leaves, mut at) = ([OptionalField::Whole; N], 1);
    while at < N {
        leaves[at] = OptionalField::Inside(inside[at - 1]);
        at += 1;
    }
    leaves
}

impl<F: Field> Field for OptionalField<F> {
    const ALL: &'static [Self] = F::OPTIONAL;
    const READONLY: FieldSet<Self> = FieldSet::from_bits(Bits::EMPTY.with_nested(1, F::READONLY.bits()));
    const WHOLES: Bits = Bits::EMPTY.with(0).with_nested(1, F::WHOLES);
    const OWN: Own = Own { optional: true, ..F::OWN };

    fn index(self) -> usize {
        match self {
            Self::Whole => 0,
            Self::Inside(field) => field.index() + 1,
        }
    }

    fn table() -> &'static FieldTable {
        // A static of a generic function is the same for all types, so there is one table of tables.
        static TABLES: OnceLock<Mutex<BTreeMap<TypeId, &'static FieldTable>>> = OnceLock::new();
        let mut tables = TABLES.get_or_init(Mutex::default).lock();
        let table = tables.entry(TypeId::of::<F>()).or_insert_with(|| Box::leak(Box::default()));
        table.get(&Self::OWN)
    }
}

/// The name of the field inside; of the whole, nothing: its name is that of the field that holds it.
impl<F: Field> fmt::Display for OptionalField<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl<F: Field, D: From<FieldSet<F>>> From<FieldSet<OptionalField<F>>> for OptionalDirty<D> {
    fn from(fields: FieldSet<OptionalField<F>>) -> Self {
        OptionalDirty { whole: fields.contains(OptionalField::Whole), inside: inside(fields).into() }
    }
}

impl<F: Field, D: Into<FieldSet<F>>> From<OptionalDirty<D>> for FieldSet<OptionalField<F>> {
    fn from(dirty: OptionalDirty<D>) -> Self {
        if dirty.whole { FieldSet::ALL } else { around(dirty.inside.into()) }
    }
}

/// The fields inside, of which there are as many as the set has bits after the first.
fn inside<F: Field>(fields: FieldSet<OptionalField<F>>) -> FieldSet<F> {
    FieldSet::from_bits(fields.bits().nested(1, F::ALL.len()))
}

fn around<F: Field>(fields: FieldSet<F>) -> FieldSet<OptionalField<F>> {
    FieldSet::from_bits(Bits::EMPTY.with_nested(1, fields.bits()))
}

impl<E: NestedEntity> NestedEntity for Option<E> {
    type Field = OptionalField<E::Field>;
    const HAS_ID: bool = E::HAS_ID;
}

/// An entity that may be absent, for a `#[live(nested)]` field. It is none for a table: a record is always there.
#[diagnostic::do_not_recommend]
impl<E: LiveEntity> LiveEntity for Option<E> {
    type Field = OptionalField<E::Field>;
    type Dirty = OptionalDirty<E::Dirty>;
    type Change<'e> = OptionalChange<'e, E>;
    type Conflicts = OptionalConflicts<E>;

    const TABLE: &'static str = E::TABLE;
    const ID: Option<&'static str> = E::ID;

    fn diff(&self, other: &Self) -> FieldSet<Self::Field> {
        match (self, other) {
            (None, None) => FieldSet::EMPTY,
            (Some(one), Some(other)) => around(one.diff(other)),
            _ => FieldSet::ALL,
        }
    }

    fn copy_fields(&mut self, from: &Self, fields: FieldSet<Self::Field>) {
        match (&mut *self, from) {
            (Some(to), Some(from)) => to.copy_fields(from, inside(fields)),
            // A part of what is absent on one side cannot be copied without the rest, which was not asked for.
            _ if fields == FieldSet::ALL => self.clone_from(from),
            _ => {}
        }
    }

    fn change<'e>(field: Self::Field, from: &'e Self, to: &'e Self) -> Self::Change<'e> {
        match (field, from, to) {
            (OptionalField::Inside(field), Some(from), Some(to)) => OptionalChange::Inside(E::change(field, from, to)),
            _ => OptionalChange::Whole { from, to },
        }
    }

    fn conflicts(fields: FieldSet<Self::Field>, base: &Self, local: &Self, remote: &Self) -> Self::Conflicts {
        match (base, local, remote) {
            (Some(base), Some(local), Some(remote)) => {
                OptionalConflicts { whole: None, inside: E::conflicts(inside(fields), base, local, remote) }
            }
            _ => OptionalConflicts {
                whole: conflict(!fields.is_empty(), base, local, remote),
                inside: E::Conflicts::default(),
            },
        }
    }
}

impl<E: LiveEntity> OptionalConflicts<E> {
    /// Whether there is no conflict.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        Conflicts::is_empty(self)
    }

    /// The fields that are in conflict.
    #[must_use]
    pub fn fields(&self) -> FieldSet<OptionalField<E::Field>> {
        Conflicts::fields(self)
    }
}

impl<E: LiveEntity> Conflicts for OptionalConflicts<E> {
    type Field = OptionalField<E::Field>;
    type Each<'c> = OptionalConflict<'c, E>;

    fn fields(&self) -> FieldSet<Self::Field> {
        if self.whole.is_some() { FieldSet::ALL } else { around(self.inside.fields()) }
    }

    fn get(&self, field: Self::Field) -> Option<OptionalConflict<'_, E>> {
        match (&self.whole, field) {
            (Some(whole), OptionalField::Whole) => Some(OptionalConflict::Whole(whole)),
            (None, OptionalField::Inside(field)) => self.inside.get(field).map(OptionalConflict::Inside),
            _ => None,
        }
    }
}

impl<E: LiveEntity> OfField<OptionalField<E::Field>> for OptionalChange<'_, E> {
    fn field(self) -> OptionalField<E::Field> {
        match self {
            Self::Whole { .. } => OptionalField::Whole,
            Self::Inside(change) => OptionalField::Inside(change.field()),
        }
    }
}

impl<E: LiveEntity> OfField<OptionalField<E::Field>> for OptionalConflict<'_, E> {
    fn field(self) -> OptionalField<E::Field> {
        match self {
            Self::Whole(_) => OptionalField::Whole,
            Self::Inside(conflict) => OptionalField::Inside(conflict.field()),
        }
    }
}

#[expect(clippy::expl_impl_clone_on_copy, reason = "derived, `Copy` would ask for `E: Copy`")]
impl<E: LiveEntity> Clone for OptionalChange<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: LiveEntity> Copy for OptionalChange<'_, E> {}

#[expect(clippy::expl_impl_clone_on_copy, reason = "derived, `Copy` would ask for `E: Copy`")]
impl<E: LiveEntity> Clone for OptionalConflict<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: LiveEntity> Copy for OptionalConflict<'_, E> {}

impl<E: LiveEntity> Clone for OptionalConflicts<E> {
    fn clone(&self) -> Self {
        OptionalConflicts { whole: self.whole.clone(), inside: self.inside.clone() }
    }
}

impl<E: LiveEntity> Default for OptionalConflicts<E> {
    fn default() -> Self {
        OptionalConflicts { whole: None, inside: E::Conflicts::default() }
    }
}

impl<'e, E: LiveEntity + fmt::Debug> fmt::Debug for OptionalChange<'e, E>
where
    E::Change<'e>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { from, to } => f.debug_struct("Whole").field("from", from).field("to", to).finish(),
            Self::Inside(change) => f.debug_tuple("Inside").field(change).finish(),
        }
    }
}

impl<'c, E: LiveEntity + fmt::Debug> fmt::Debug for OptionalConflict<'c, E>
where
    <E::Conflicts as Conflicts>::Each<'c>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(conflict) => f.debug_tuple("Whole").field(conflict).finish(),
            Self::Inside(conflict) => f.debug_tuple("Inside").field(conflict).finish(),
        }
    }
}

impl<E: LiveEntity + fmt::Debug> fmt::Debug for OptionalConflicts<E>
where
    E::Conflicts: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.whole {
            Some(whole) => f.debug_tuple("Whole").field(whole).finish(),
            None => self.inside.fmt(f),
        }
    }
}
