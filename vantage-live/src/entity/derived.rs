//! What generated code calls, so that it can consist of tables and one-line calls. Not for people.
//!
//! `impl_field!` writes the traits that are the same for every field enum; the functions do what every entity's impl
//! would otherwise spell out per field.

use std::fmt::{self, Debug};
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

use super::{Conflict, Conflicts, Field};

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

/// A value about to be shown: by its `Debug` where it has one, else as `..`.
///
/// `(&Showing(&value)).shown()` takes the first trait that applies, as in [`Comparing`](super::Comparing).
#[derive(Debug)]
pub struct Showing<'v, T>(pub &'v T);

/// How a value with `Debug` is shown.
pub trait ByDebug<'v> {
    /// The value, to be printed.
    fn shown(self) -> &'v dyn Debug;
}

/// How any other value is shown.
pub trait ByDots<'v> {
    /// Two dots, to be printed.
    fn shown(&self) -> &'v dyn Debug;
}

impl<'v, T: Debug> ByDebug<'v> for &Showing<'v, T> {
    fn shown(self) -> &'v dyn Debug {
        self.0
    }
}

impl<'v, T> ByDots<'v> for &Showing<'v, T> {
    fn shown(&self) -> &'v dyn Debug {
        &Dots
    }
}

struct Dots;

impl Debug for Dots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Prints `Variant { name: value, … }`.
///
/// # Errors
/// As the formatter's.
pub fn debug_values(f: &mut fmt::Formatter<'_>, variant: &str, values: &[(&str, &dyn Debug)]) -> fmt::Result {
    let mut shown = f.debug_struct(variant);
    for (name, value) in values {
        shown.field(name.trim_start_matches("r#"), value);
    }
    shown.finish()
}

/// Prints `Variant(inner)`.
///
/// # Errors
/// As the formatter's.
pub fn debug_nested(f: &mut fmt::Formatter<'_>, variant: &str, inner: &dyn Debug) -> fmt::Result {
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

    use super::super::{Conflicts, Field, FieldSet, FieldTable, OfField};

    /// There is no field.
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum NoField {}

    impl fmt::Display for NoField {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            match *self {}
        }
    }

    impl Field for NoField {
        const ALL: &'static [Self] = &[];
        const READONLY: FieldSet<Self> = FieldSet::EMPTY;

        fn index(self) -> usize {
            match self {}
        }

        fn table() -> &'static FieldTable {
            static TABLE: FieldTable = FieldTable::new();
            TABLE.get(&[])
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

        fn get(&self, field: NoField) -> Option<NoField> {
            match field {}
        }
    }
}

/// The traits and methods that are the same for every field enum.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_field {
    ($field:ident $($clause:tt)*) => {
        #[allow(dead_code)]
        impl $field $($clause)* {
            /// Every leaf field, in the order in which they are declared.
            pub const ALL: &'static [Self] = <Self as $crate::__private::Field>::ALL;

            /// The field's name in Rust, dotted where it is nested.
            #[must_use]
            pub fn name(self) -> &'static $crate::__private::core::primitive::str {
                $crate::__private::Field::name(self)
            }

            /// The field's name in the record, as serde writes it, dotted where it is nested.
            #[must_use]
            pub fn wire_name(self) -> &'static $crate::__private::core::primitive::str {
                $crate::__private::Field::wire_name(self)
            }

            /// The field's name for a person.
            #[must_use]
            pub fn label(self) -> &'static $crate::__private::core::primitive::str {
                $crate::__private::Field::label(self)
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::clone::Clone for $field $($clause)* {
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::marker::Copy for $field $($clause)* {}

        #[automatically_derived]
        impl $crate::__private::core::cmp::Eq for $field $($clause)* {}

        #[automatically_derived]
        impl $crate::__private::core::cmp::PartialOrd for $field $($clause)* {
            fn partial_cmp(
                &self,
                other: &Self,
            ) -> $crate::__private::core::option::Option<$crate::__private::core::cmp::Ordering> {
                $crate::__private::core::option::Option::Some($crate::__private::core::cmp::Ord::cmp(self, other))
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::cmp::Ord for $field $($clause)* {
            fn cmp(&self, other: &Self) -> $crate::__private::core::cmp::Ordering {
                $crate::__private::core::cmp::Ord::cmp(
                    &$crate::__private::Field::index(*self),
                    &$crate::__private::Field::index(*other),
                )
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::hash::Hash for $field $($clause)* {
            fn hash<H: $crate::__private::core::hash::Hasher>(&self, state: &mut H) {
                $crate::__private::core::hash::Hash::hash(&$crate::__private::Field::index(*self), state)
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::fmt::Display for $field $($clause)* {
            fn fmt(&self, f: &mut $crate::__private::core::fmt::Formatter<'_>) -> $crate::__private::core::fmt::Result {
                $crate::__private::core::fmt::Formatter::pad(f, $crate::__private::Field::name(*self))
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::str::FromStr for $field $($clause)* {
            type Err = $crate::__private::ParseFieldError;

            fn from_str(
                name: &$crate::__private::core::primitive::str,
            ) -> $crate::__private::core::result::Result<Self, $crate::__private::ParseFieldError> {
                $crate::__private::Field::parse(name)
            }
        }

        #[automatically_derived]
        impl $crate::__private::serde::Serialize for $field $($clause)* {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> $crate::__private::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serde::Serializer::serialize_str(serializer, $crate::__private::Field::name(*self))
            }
        }

        #[automatically_derived]
        impl<'de> $crate::__private::serde::Deserialize<'de> for $field $($clause)* {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> $crate::__private::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_field(deserializer)
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::ops::BitOr for $field $($clause)* {
            type Output = $crate::__private::FieldSet<$field>;

            fn bitor(self, other: Self) -> $crate::__private::FieldSet<$field> {
                $crate::__private::FieldSet::EMPTY | self | other
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::ops::BitOr<$crate::__private::FieldSet<$field>> for $field $($clause)* {
            type Output = $crate::__private::FieldSet<$field>;

            fn bitor(self, others: $crate::__private::FieldSet<$field>) -> $crate::__private::FieldSet<$field> {
                others | self
            }
        }
    };
}

/// The traits that are the same for every struct of flags.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_dirty {
    ($dirty:ident [$($flag:ident)*] $($clause:tt)*) => {
        #[automatically_derived]
        impl $crate::__private::core::clone::Clone for $dirty $($clause)* {
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::marker::Copy for $dirty $($clause)* {}

        #[automatically_derived]
        impl $crate::__private::core::default::Default for $dirty $($clause)* {
            fn default() -> Self {
                $dirty { $($flag: $crate::__private::core::default::Default::default(),)* }
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::cmp::PartialEq for $dirty $($clause)* {
            fn eq(&self, other: &Self) -> $crate::__private::core::primitive::bool {
                $($crate::__private::core::cmp::PartialEq::eq(&self.$flag, &other.$flag))&&*
            }
        }

        #[automatically_derived]
        impl $crate::__private::core::cmp::Eq for $dirty $($clause)* {}

        #[automatically_derived]
        impl $crate::__private::core::fmt::Debug for $dirty $($clause)* {
            fn fmt(
                &self,
                f: &mut $crate::__private::core::fmt::Formatter<'_>,
            ) -> $crate::__private::core::fmt::Result {
                $crate::__private::debug_values(
                    f,
                    $crate::__private::core::stringify!($dirty),
                    &[$(($crate::__private::core::stringify!($flag), &self.$flag)),*],
                )
            }
        }
    };
}
