//! Typed comparison for generated code: floats by total order, everything else by `PartialEq`.
//!
//! `(&Comparing(&a)).same(&b)` with both traits in scope takes the first that applies: [`ByTotalOrder`] for floats and
//! what holds them, else [`ByEquality`]. A NaN is then the same as itself, and not modified for ever.

use std::sync::Arc;

/// The left side of a comparison.
#[derive(Debug)]
pub struct Comparing<'v, T: ?Sized>(pub &'v T);

/// Compared by total order.
pub trait TotalOrder {
    /// Whether the two are the same value, bit by bit where they are floats.
    fn same_value(&self, other: &Self) -> bool;
}

/// The comparison of values that have a [`TotalOrder`].
pub trait ByTotalOrder<T: ?Sized> {
    /// Whether the two are the same.
    fn same(self, other: &T) -> bool;
}

/// The comparison of all other values.
pub trait ByEquality<T: ?Sized> {
    /// Whether the two are the same.
    fn same(&self, other: &T) -> bool;
}

impl<T: TotalOrder + ?Sized> ByTotalOrder<T> for &Comparing<'_, T> {
    fn same(self, other: &T) -> bool {
        self.0.same_value(other)
    }
}

impl<T: PartialEq + ?Sized> ByEquality<T> for &Comparing<'_, T> {
    fn same(&self, other: &T) -> bool {
        self.0 == other
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
