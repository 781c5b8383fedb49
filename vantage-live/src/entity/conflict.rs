//! A field that was changed on both sides.

use std::iter::FusedIterator;

use super::set::FieldIter;
use super::{Field, FieldSet, OfField};

/// The three values of a field that is modified here and was changed there since, and not to the same value.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::{Conflict, FieldSet, LiveEntity};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Product { name: String, price: i64 }
///
/// let base = Product { name: "Sea Pie".into(), price: 299 };
/// let local = Product { price: 310, ..base.clone() };
/// let remote = Product { price: 305, ..base.clone() };
///
/// let conflicts = Product::conflicts(ProductField::Price.into(), &base, &local, &remote);
/// assert_eq!(conflicts.price, Some(Conflict { base: 299, local: 310, remote: 305 }));
/// assert_eq!(conflicts.fields(), FieldSet::from(ProductField::Price));
///
/// for conflict in conflicts.iter() {
///     match conflict {
///         ProductConflict::Name(name) => println!("you: {}, they: {}", name.local, name.remote),
///         ProductConflict::Price(price) => println!("you: {:+}, they: {:+}", price.local - price.base, price.remote - price.base),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Conflict<T> {
    /// What both began with: the value before the first change that this session had not seen.
    pub base: T,
    /// The session's own value.
    pub local: T,
    /// The store's value now.
    pub remote: T,
}

/// An entity's conflicts: the struct that the derive generates, `ProductConflicts` for `Product`, with an optional
/// [`Conflict`] per field.
pub trait Conflicts: Clone + Default + Send + Sync + 'static {
    /// The entity's fields.
    type Field: Field;
    /// One conflict, typed, to match on.
    type Each<'c>: OfField<Self::Field>
    where
        Self: 'c;

    /// The conflict of `field`, where there is one.
    fn get(&self, field: Self::Field) -> Option<Self::Each<'_>>;

    /// The fields that are in conflict.
    fn fields(&self) -> FieldSet<Self::Field> {
        Self::Field::ALL.iter().copied().filter(|field| self.get(*field).is_some()).collect()
    }

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.fields().is_empty()
    }

    /// The conflicts one by one, in the order in which their fields are declared.
    fn iter(&self) -> ConflictIter<'_, Self> {
        ConflictIter { conflicts: self, fields: self.fields().into_iter() }
    }
}

/// The conflicts of an entity one by one, in the order in which their fields are declared.
#[derive(Debug)]
pub struct ConflictIter<'c, C: Conflicts> {
    conflicts: &'c C,
    fields: FieldIter<C::Field>,
}

impl<'c, C: Conflicts> Iterator for ConflictIter<'c, C> {
    type Item = C::Each<'c>;

    fn next(&mut self) -> Option<C::Each<'c>> {
        self.fields.find_map(|field| self.conflicts.get(field))
    }
}

impl<C: Conflicts> FusedIterator for ConflictIter<'_, C> {}
