//! What generated code calls, so that it can consist of tables and one-line calls. Not for people.
//!
//! `impl_field!` writes the traits that are the same for every field enum; the functions do what every entity's impl
//! would otherwise spell out per field.

use std::cmp::Ordering;
use std::fmt::{self, Debug};
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

use super::{Bits, Conflict, Conflicts, Field, FieldSet};

/// Where each of some neighbours begins, given how many leaves each has. With a last length of 0, the last is the sum.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "const code, and the index stays below N")]
pub const fn offsets<const N: usize>(lengths: [usize; N]) -> [usize; N] {
    let mut offsets = [0; N];
    let mut at = 1;
    while at < N {
        offsets[at] = offsets[at - 1] + lengths[at - 1];
        at += 1;
    }
    offsets
}

/// The type itself, which a generated type holds in its place where nothing else in it mentions `P`: the compiler refuses a
/// parameter that is not used.
pub trait Beside<P: ?Sized> {
    /// The type.
    type Itself;
}

impl<T, P: ?Sized> Beside<P> for T {
    type Itself = T;
}

/// How many leaves an entity has.
#[must_use]
pub const fn leaves<F: Field>() -> usize {
    F::ALL.len()
}

/// The first `count` of some leaves, or all where there are fewer.
#[must_use]
pub const fn first<F>(leaves: &'static [F], count: usize) -> &'static [F] {
    if count < leaves.len() { leaves.split_at(count).0 } else { leaves }
}

/// The conflict of one field, where there `is` one.
pub fn conflict<T: Clone>(is: bool, base: &T, local: &T, remote: &T) -> Option<Conflict<T>> {
    is.then(|| Conflict { base: base.clone(), local: local.clone(), remote: remote.clone() })
}

/// The conflict of one field, where there is one, as the enum of all has it.
#[inline]
pub fn conflict_of<'c, T, E>(conflict: &'c Option<Conflict<T>>, each: fn(&'c Conflict<T>) -> E) -> Option<E> {
    conflict.as_ref().map(each)
}

/// A copy. Where a nested type is not found, nobody knows whether there can be one, and the compiler does not say so of this.
#[inline]
#[must_use]
pub fn copied<T: Copy>(value: &T) -> T {
    *value
}

/// A flag per bit, for as many as there are fields.
#[must_use]
pub fn flags<const N: usize>(bits: Bits) -> [bool; N] {
    std::array::from_fn(|at| bits.has(at))
}

/// Whether the same flags are set.
#[inline]
pub fn same_flags<F, D: Into<FieldSet<F>>>(one: D, other: D) -> bool {
    one.into() == other.into()
}

/// A field and others.
#[inline]
#[must_use]
pub fn with_field<F: Field>(field: F, others: FieldSet<F>) -> FieldSet<F> {
    others | field
}

/// How a field stands to another in the order in which they are declared.
#[inline]
#[must_use]
pub fn in_order<F: Field>(one: F, other: F) -> Ordering {
    one.index().cmp(&other.index())
}

/// The id as JSON.
///
/// # Errors
/// As serde's.
pub fn to_json<T: serde::Serialize>(id: &T) -> serde_json::Result<serde_json::Value> {
    serde_json::to_value(id)
}

/// A field from its name, as Rust or as serde spells it.
///
/// # Errors
/// Where there is no such field.
pub fn deserialize_field<'de, F: Field, D: Deserializer<'de>>(deserializer: D) -> Result<F, D::Error> {
    struct Name<F>(PhantomData<F>);

    impl<F: Field> Visitor<'_> for Name<F> {
        type Value = F;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the name of a field")
        }

        fn visit_str<E: Error>(self, name: &str) -> Result<F, E> {
            F::parse(name).map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Name(PhantomData))
}

/// Values about to be shown: by their `Debug` where they have one, else as `..`.
///
/// `(&Showing([&value])).__live_shown()` takes the first trait that applies, as in [`Comparing`](super::Comparing).
#[derive(Debug)]
pub struct Showing<'v, T, const N: usize>(pub [&'v T; N]);

/// How values with `Debug` are shown.
pub trait ByDebug<'v, const N: usize> {
    /// The values, to be printed.
    fn __live_shown(self) -> [&'v dyn Debug; N];
}

/// How any other values are shown.
pub trait ByDots<'v, const N: usize> {
    /// Two dots for each, to be printed.
    fn __live_shown(&self) -> [&'v dyn Debug; N];
}

impl<'v, T: Debug, const N: usize> ByDebug<'v, N> for &Showing<'v, T, N> {
    fn __live_shown(self) -> [&'v dyn Debug; N] {
        self.0.map(|value| value as &dyn Debug)
    }
}

impl<'v, T, const N: usize> ByDots<'v, N> for &Showing<'v, T, N> {
    fn __live_shown(&self) -> [&'v dyn Debug; N] {
        [&Dots; N]
    }
}

/// Values that have `Debug`, about to be shown.
#[must_use]
pub fn shown<T: Debug, const N: usize>(values: [&T; N]) -> [&dyn Debug; N] {
    values.map(|value| value as &dyn Debug)
}

/// The three values of a conflict.
#[must_use]
pub fn values<T>(conflict: &Conflict<T>) -> [&T; 3] {
    [&conflict.base, &conflict.local, &conflict.remote]
}

struct Dots;

impl Debug for Dots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Prints `Variant { from: value, to: value }`.
///
/// # Errors
/// As the formatter's.
pub fn debug_change<F: Field>(f: &mut fmt::Formatter<'_>, field: F, [from, to]: [&dyn Debug; 2]) -> fmt::Result {
    f.debug_struct(&field.info().shown).field("from", from).field("to", to).finish()
}

/// Prints `Variant { base: value, local: value, remote: value }`.
///
/// # Errors
/// As the formatter's.
pub fn debug_conflict<F: Field>(
    f: &mut fmt::Formatter<'_>,
    field: F,
    [base, local, remote]: [&dyn Debug; 3],
) -> fmt::Result {
    f.debug_struct(&field.info().shown).field("base", base).field("local", local).field("remote", remote).finish()
}

/// Prints a field as its enum shows it.
///
/// # Errors
/// As the formatter's.
pub fn debug_field<F: Field>(f: &mut fmt::Formatter<'_>, field: F) -> fmt::Result {
    f.write_str(&field.info().shown)
}

/// Prints `name {the flags that are set}`.
///
/// # Errors
/// As the formatter's.
pub fn debug_dirty<F: Field>(f: &mut fmt::Formatter<'_>, name: &str, set: FieldSet<F>) -> fmt::Result {
    f.write_str(name)?;
    f.write_str(" ")?;
    f.debug_set().entries(set.iter().map(Field::name)).finish()
}

/// Prints `Variant(inner)`.
///
/// # Errors
/// As the formatter's.
pub fn debug_nested(f: &mut fmt::Formatter<'_>, variant: &str, [inner]: [&dyn Debug; 1]) -> fmt::Result {
    f.debug_tuple(variant).field(&inner).finish()
}

/// Prints `name [ each conflict, … ]`: the fields without one are no news.
///
/// # Errors
/// As the formatter's.
pub fn debug_conflicts<'c, C>(f: &mut fmt::Formatter<'_>, name: &str, conflicts: &'c C) -> fmt::Result
where
    C: Conflicts,
    C::Each<'c>: Debug,
{
    f.write_str(name)?;
    f.write_str(" ")?;
    f.debug_list().entries(conflicts.iter()).finish()
}

/// The entity of an input that the derive has refused, so that its own message is the only one.
pub mod refused {
    use std::fmt;

    use super::super::{Conflicts, Field, FieldSet, FieldTable, OfField, OptionalField, Own};

    /// There is no field but this one: the leaves of an entity around it may begin with it.
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub struct NoField;

    impl fmt::Display for NoField {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Ok(())
        }
    }

    impl Field for NoField {
        const ALL: &'static [Self] = &[Self];
        const OPTIONAL: &'static [OptionalField<Self>] = &[OptionalField::Whole, OptionalField::Inside(Self)];
        const OWN: Own = Own::leaves(&[]);

        fn index(self) -> usize {
            0
        }

        fn table() -> &'static FieldTable {
            static TABLE: FieldTable = FieldTable::EMPTY;
            TABLE.get(&Self::OWN)
        }
    }

    impl OfField<NoField> for NoField {
        fn field(self) -> NoField {
            self
        }
    }

    /// No flag.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct NoDirty;

    impl From<NoDirty> for FieldSet<NoField> {
        fn from(_: NoDirty) -> Self {
            FieldSet::EMPTY
        }
    }

    impl From<FieldSet<NoField>> for NoDirty {
        fn from(_: FieldSet<NoField>) -> Self {
            NoDirty
        }
    }

    /// No conflict.
    #[derive(Clone, Debug, Default)]
    pub struct NoConflicts;

    impl Conflicts for NoConflicts {
        type Field = NoField;
        type Each<'c> = NoField;

        fn fields(&self) -> FieldSet<NoField> {
            FieldSet::EMPTY
        }

        fn get(&self, _: NoField) -> Option<NoField> {
            None
        }
    }
}

/// The traits and methods that are the same for every field enum. Here too no pattern is a name that a program may have.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_field {
    ($field:ident $($clause:tt)*) => {
        impl $field $($clause)* {
            /// Every leaf field, in the order in which they are declared.
            pub const ALL: &'static [Self] = <Self as __live::Field>::ALL;

            /// The field's name in Rust, dotted where it is nested.
            #[inline]
            #[must_use]
            pub fn name(self) -> &'static __live::str {
                __live::Field::name(self)
            }

            /// The field's name in the record, as serde writes it, dotted where it is nested.
            #[inline]
            #[must_use]
            pub fn wire_name(self) -> &'static __live::str {
                __live::Field::wire_name(self)
            }

            /// The field's name for a person.
            #[inline]
            #[must_use]
            pub fn label(self) -> &'static __live::str {
                __live::Field::label(self)
            }
        }

        #[automatically_derived]
        impl __live::Clone for $field $($clause)* {
            #[inline]
            fn clone(&self) -> Self {
                __live::copied(self)
            }
        }

        #[automatically_derived]
        impl __live::Copy for $field $($clause)* {}

        #[automatically_derived]
        impl __live::Eq for $field $($clause)* {}

        #[automatically_derived]
        impl __live::PartialOrd for $field $($clause)* {
            #[inline]
            fn partial_cmp(
                &self,
                __other: &Self,
            ) -> __live::Option<__live::Ordering> {
                __live::Some(__live::in_order(*self, *__other))
            }
        }

        #[automatically_derived]
        impl __live::Ord for $field $($clause)* {
            #[inline]
            fn cmp(&self, __other: &Self) -> __live::Ordering {
                __live::in_order(*self, *__other)
            }
        }

        #[automatically_derived]
        impl __live::Hash for $field $($clause)* {
            #[inline]
            fn hash<H: __live::Hasher>(&self, __state: &mut H) {
                __live::Hasher::write_usize(__state, __live::Field::index(*self))
            }
        }

        #[automatically_derived]
        impl __live::Debug for $field $($clause)* {
            #[inline]
            fn fmt(&self, __f: &mut __live::Formatter<'_>) -> __live::FmtResult {
                __live::debug_field(__f, *self)
            }
        }

        #[automatically_derived]
        impl __live::Display for $field $($clause)* {
            #[inline]
            fn fmt(&self, __f: &mut __live::Formatter<'_>) -> __live::FmtResult {
                __live::Formatter::pad(__f, __live::Field::name(*self))
            }
        }

        #[automatically_derived]
        impl __live::FromStr for $field $($clause)* {
            type Err = __live::ParseFieldError;
            #[inline]

            fn from_str(
                __name: &__live::str,
            ) -> __live::Result<Self, __live::ParseFieldError> {
                __live::Field::parse(__name)
            }
        }

        #[automatically_derived]
        impl __live::serde::Serialize for $field $($clause)* {
            #[inline]
            fn serialize<S: __live::serde::Serializer>(
                &self,
                __serializer: S,
            ) -> __live::Result<S::Ok, S::Error> {
                __live::serde::Serializer::serialize_str(__serializer, __live::Field::name(*self))
            }
        }

        #[automatically_derived]
        impl<'__de> __live::serde::Deserialize<'__de> for $field $($clause)* {
            #[inline]
            fn deserialize<D: __live::serde::Deserializer<'__de>>(
                __deserializer: D,
            ) -> __live::Result<Self, D::Error> {
                __live::deserialize_field(__deserializer)
            }
        }

        #[automatically_derived]
        impl __live::BitOr for $field $($clause)* {
            type Output = __live::FieldSet<$field>;
            #[inline]

            fn bitor(self, __other: Self) -> __live::FieldSet<$field> {
                __live::with_field(self, __live::From::from(__other))
            }
        }

        #[automatically_derived]
        impl __live::BitOr<__live::FieldSet<$field>> for $field $($clause)* {
            type Output = __live::FieldSet<$field>;
            #[inline]

            fn bitor(self, __others: __live::FieldSet<$field>) -> __live::FieldSet<$field> {
                __live::with_field(self, __others)
            }
        }
    };
}

/// The traits that are the same for every struct of flags.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_dirty {
    ($dirty:ident $field:ident $($clause:tt)*) => {
        #[automatically_derived]
        impl __live::Clone for $dirty $($clause)* {
            #[inline]
            fn clone(&self) -> Self {
                __live::copied(self)
            }
        }

        #[automatically_derived]
        impl __live::Copy for $dirty $($clause)* {}

        #[automatically_derived]
        impl __live::Default for $dirty $($clause)* {
            #[inline]
            fn default() -> Self {
                __live::From::from(__live::FieldSet::EMPTY)
            }
        }

        #[automatically_derived]
        impl __live::PartialEq for $dirty $($clause)* {
            #[inline]
            fn eq(&self, __other: &Self) -> __live::bool {
                __live::same_flags::<$field, _>(*self, *__other)
            }
        }

        #[automatically_derived]
        impl __live::Eq for $dirty $($clause)* {}

        #[automatically_derived]
        impl __live::Debug for $dirty $($clause)* {
            #[inline]
            fn fmt(
                &self,
                __f: &mut __live::Formatter<'_>,
            ) -> __live::FmtResult {
                let __name = $crate::__private::stringify!($dirty);
                __live::debug_dirty::<$field>(__f, __name, __live::Into::into(*self))
            }
        }
    };
}
