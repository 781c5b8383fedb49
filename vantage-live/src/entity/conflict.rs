//! A field that was changed on both sides.

use super::{Field, FieldSet};

/// The three values of a field that is modified here and was changed there since, and not to the same value.
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
pub trait Conflicts: Clone + Send + Sync + 'static {
    /// The entity's fields.
    type Field: Field;
    /// One conflict, typed, to match on.
    type Each<'c>
    where
        Self: 'c;

    /// The fields that are in conflict.
    fn fields(&self) -> FieldSet<Self::Field>;

    /// The conflict of `field`, where there is one.
    fn get(&self, field: Self::Field) -> Option<Self::Each<'_>>;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.fields().is_empty()
    }

    /// The conflicts one by one, in the order in which their fields are declared.
    fn iter(&self) -> impl Iterator<Item = Self::Each<'_>> {
        self.fields().into_iter().filter_map(|field| self.get(field))
    }
}
