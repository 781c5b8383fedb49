//! Typed comparison for generated code: floats by total order, everything else by `PartialEq`.
//!
//! `(&Comparing([&a])).__live_same([&b])` with both traits in scope takes the first that applies: [`ByTotalOrder`] for floats
//! and what holds them, else [`ByEquality`]. A NaN is then the same as itself, and not modified for ever. What has neither
//! gets to [`ByNothing`], whose bound nobody meets, for the sake of its message. The fields of one type are compared at once:
//! finding out how is what costs the compiler most.

use std::collections::{BTreeMap, HashMap, LinkedList, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

/// The left sides of some comparisons.
#[derive(Debug)]
pub struct Comparing<'v, T: ?Sized, const N: usize>(pub [&'v T; N]);

impl<T: ?Sized, const N: usize> Clone for Comparing<'_, T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, const N: usize> Copy for Comparing<'_, T, N> {}

impl<T: ?Sized, const N: usize> Comparing<'_, T, N> {
    #[inline]
    fn each(self, others: [&T; N], same: impl Fn(&T, &T) -> bool) -> [bool; N] {
        let mut all = [false; N];
        for ((is_same, one), other) in all.iter_mut().zip(&self.0).zip(&others) {
            *is_same = same(one, other);
        }
        all
    }
}

/// Compared by total order.
pub trait TotalOrder {
    /// Whether the two are the same value, bit by bit where they are floats.
    fn same_value(&self, other: &Self) -> bool;
}

/// The comparison of values that have a [`TotalOrder`].
pub trait ByTotalOrder<T: ?Sized, const N: usize> {
    /// Whether two and two are the same.
    fn __live_same(self, others: [&T; N]) -> [bool; N];
}

/// The comparison of all other values.
pub trait ByEquality<T: ?Sized, const N: usize> {
    /// Whether two and two are the same.
    fn __live_same(&self, others: [&T; N]) -> [bool; N];
}

/// The comparison of what cannot be compared.
pub trait ByNothing<T: ?Sized, const N: usize> {
    /// Refused.
    fn __live_same(self, others: [&T; N]) -> [bool; N]
    where
        T: Comparable;
}

/// Not implemented by any type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared, so nobody can tell whether the field is modified",
    label = "this type does not implement `PartialEq`",
    note = "put `#[derive(PartialEq)]` on `{Self}`, or on what is inside it, if that is yours; or `#[live(eq = path)]` on the \
            field, with the path of a function that compares two values"
)]
pub trait Comparable {}

impl<T: ?Sized, const N: usize> ByNothing<T, N> for Comparing<'_, T, N> {
    fn __live_same(self, _: [&T; N]) -> [bool; N]
    where
        T: Comparable,
    {
        [false; N]
    }
}

impl<T: TotalOrder + ?Sized, const N: usize> ByTotalOrder<T, N> for &Comparing<'_, T, N> {
    #[inline]
    fn __live_same(self, others: [&T; N]) -> [bool; N] {
        self.each(others, T::same_value)
    }
}

impl<T: PartialEq + ?Sized, const N: usize> ByEquality<T, N> for &Comparing<'_, T, N> {
    #[inline]
    fn __live_same(&self, others: [&T; N]) -> [bool; N] {
        self.each(others, |one, other| one == other)
    }
}

impl TotalOrder for f64 {
    fn same_value(&self, other: &Self) -> bool {
        self.total_cmp(other).is_eq()
    }
}

impl TotalOrder for f32 {
    fn same_value(&self, other: &Self) -> bool {
        self.total_cmp(other).is_eq()
    }
}

/// What stands beside floats in tuples.
macro_rules! by_equality {
    ($($ty:ty)*) => {
        $(impl TotalOrder for $ty {
            fn same_value(&self, other: &Self) -> bool {
                self == other
            }
        })*
    };
}

by_equality!(bool char str String i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

macro_rules! tuples {
    ($(($($part:ident $at:tt)*))*) => {
        $(impl<$($part: TotalOrder),*> TotalOrder for ($($part,)*) {
            fn same_value(&self, other: &Self) -> bool {
                $(self.$at.same_value(&other.$at))&&*
            }
        })*
    };
}

tuples!((A 0) (A 0 B 1) (A 0 B 1 C 2) (A 0 B 1 C 2 D 3));

impl<K: Ord, V: TotalOrder> TotalOrder for BTreeMap<K, V> {
    fn same_value(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|((k, a), (l, b))| k == l && a.same_value(b))
    }
}

impl<K: Eq + Hash, V: TotalOrder, S: BuildHasher> TotalOrder for HashMap<K, V, S> {
    fn same_value(&self, other: &Self) -> bool {
        let same = |(key, a): (&K, &V)| other.get(key).is_some_and(|b| a.same_value(b));
        self.len() == other.len() && self.iter().all(same)
    }
}

impl<T: TotalOrder> TotalOrder for VecDeque<T> {
    fn same_value(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same_value(b))
    }
}

impl<T: TotalOrder> TotalOrder for LinkedList<T> {
    fn same_value(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same_value(b))
    }
}

impl<T: TotalOrder> TotalOrder for Option<T> {
    fn same_value(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => a.same_value(b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: TotalOrder> TotalOrder for [T] {
    fn same_value(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same_value(b))
    }
}

impl<T: TotalOrder, const N: usize> TotalOrder for [T; N] {
    fn same_value(&self, other: &Self) -> bool {
        self[..].same_value(&other[..])
    }
}

impl<T: TotalOrder> TotalOrder for Vec<T> {
    fn same_value(&self, other: &Self) -> bool {
        self[..].same_value(&other[..])
    }
}

impl<T: TotalOrder + ?Sized> TotalOrder for Box<T> {
    fn same_value(&self, other: &Self) -> bool {
        (**self).same_value(other)
    }
}

impl<T: TotalOrder + ?Sized> TotalOrder for Arc<T> {
    fn same_value(&self, other: &Self) -> bool {
        (**self).same_value(other)
    }
}
