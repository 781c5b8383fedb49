//! A set of fields as bits.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, BitOrAssign, BitXor, Not, Sub};

use super::Field;

/// The bits behind a [`FieldSet`]: one per leaf field, in the order of [`Field::ALL`]. For the derive's tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bits([u64; Self::WORDS]);

#[expect(
    clippy::indexing_slicing,
    reason = "const code, run for the tables of derived entities: no index is beyond them"
)]
impl Bits {
    const WORDS: usize = 4;
    /// The most leaf fields an entity can have.
    pub const CAPACITY: usize = Self::WORDS * 64;

    /// No bit set.
    pub const EMPTY: Self = Bits([0; Self::WORDS]);

    /// These bits and the one at `index`.
    #[inline]
    #[must_use]
    pub const fn with(mut self, index: usize) -> Self {
        self.0[index / 64] |= 1 << (index % 64);
        self
    }

    /// These bits, and the one at `index` if it `is` to be set.
    #[inline]
    #[must_use]
    pub const fn with_if(mut self, index: usize, is: bool) -> Self {
        self.0[index / 64] |= (is as u64) << (index % 64);
        self
    }

    /// These bits and those of `nested`, which begin at `offset`.
    #[inline]
    #[must_use]
    pub const fn with_nested(mut self, offset: usize, nested: Bits) -> Self {
        let (from, shift) = (offset / 64, offset % 64);
        let mut word = 0;
        while from + word < Self::WORDS {
            self.0[from + word] |= nested.0[word] << shift;
            if shift > 0 && from + word + 1 < Self::WORDS {
                self.0[from + word + 1] |= nested.0[word] >> (64 - shift);
            }
            word += 1;
        }
        self
    }

    /// `len` bits from `offset` on, moved to the front: the part of a set that belongs to a nested entity.
    #[inline]
    #[must_use]
    pub const fn nested(self, offset: usize, len: usize) -> Self {
        let mut bits = Self::EMPTY;
        let mut word = 0;
        while word < Self::WORDS {
            let from = word + offset / 64;
            let shift = offset % 64;
            if from < Self::WORDS {
                bits.0[word] = self.0[from] >> shift;
                if shift > 0 && from + 1 < Self::WORDS {
                    bits.0[word] |= self.0[from + 1] << (64 - shift);
                }
            }
            // Cut what lies beyond `len`.
            let end = len.saturating_sub(word * 64);
            if end < 64 {
                bits.0[word] &= (1 << end) - 1;
            }
            word += 1;
        }
        bits
    }

    /// Whether the bit at `index` is set.
    #[inline]
    #[must_use]
    pub const fn has(self, index: usize) -> bool {
        self.0[index / 64] & (1 << (index % 64)) != 0
    }

    /// These bits and those `at` the places that are marked. For generated code.
    #[inline]
    #[must_use]
    pub const fn of<const N: usize>(marked: [(usize, bool); N]) -> Self {
        let (mut bits, mut at) = (Self::EMPTY, 0);
        while at < N {
            bits = bits.with_if(marked[at].0, marked[at].1);
            at += 1;
        }
        bits
    }

    /// The first `N` bits, one after the other. For generated code.
    #[must_use]
    pub const fn in_order<const N: usize>(flags: [bool; N]) -> Self {
        let (mut bits, mut at) = (Self::EMPTY, 0);
        while at < N {
            bits = bits.with_if(at, flags[at]);
            at += 1;
        }
        bits
    }

    /// Whether no bit is set.
    #[inline]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.count() == 0
    }

    #[inline]
    const fn count(self) -> usize {
        let (mut count, mut word) = (0, 0);
        while word < Self::WORDS {
            count += self.0[word].count_ones() as usize;
            word += 1;
        }
        count
    }

    #[inline]
    const fn zip(self, other: Self, op: u8) -> Self {
        let mut bits = Self::EMPTY;
        let mut word = 0;
        while word < Self::WORDS {
            let (a, b) = (self.0[word], other.0[word]);
            bits.0[word] = match op {
                b'|' => a | b,
                b'&' => a & b,
                b'^' => a ^ b,
                _ => a & !b,
            };
            word += 1;
        }
        bits
    }

    /// Takes the first bit out, and says where it was.
    #[inline]
    fn take_first(&mut self) -> Option<usize> {
        let (number, word) = self.0.iter_mut().enumerate().find(|(_, word)| **word != 0)?;
        let index = number * 64 + word.trailing_zeros() as usize;
        *word &= *word - 1;
        Some(index)
    }
}

/// A set of fields: bits, `Copy`, without allocation, iterated in the order in which the fields are declared.
///
/// An optional nested entity has a field for the whole of it. That one stands for all fields inside: where it is in a
/// set they are too, and the set shows it in their place.
///
/// `|`, `&`, `-`, `^` and `!` are union, intersection, difference, symmetric difference and complement.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::{FieldSet, LiveEntity};
///
/// #[derive(Clone, Serialize, Deserialize, LiveEntity)]
/// struct Client { name: String, email: String, balance: i64 }
///
/// let contact = ClientField::Name | ClientField::Email;
/// assert!(contact.contains(ClientField::Email));
/// assert_eq!(!contact, FieldSet::from(ClientField::Balance));
/// assert_eq!(contact.to_string(), "name, email");
/// ```
pub struct FieldSet<F> {
    bits: Bits,
    field: PhantomData<fn() -> F>,
}

impl<F> FieldSet<F> {
    /// No field.
    pub const EMPTY: Self = Self::from_bits(Bits::EMPTY);

    /// The set of these bits. For generated code: bits beyond the entity's fields must not be set.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_bits(bits: Bits) -> Self {
        FieldSet { bits, field: PhantomData }
    }

    /// The bits of this set, for generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn bits(self) -> Bits {
        self.bits
    }

    /// Whether there is no field in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.bits == Bits::EMPTY
    }
}

impl<F: Field> FieldSet<F> {
    /// Every leaf field.
    pub const ALL: Self = {
        let mut bits = Bits::EMPTY;
        let mut index = 0;
        while index < F::ALL.len() {
            bits = bits.with(index);
            index += 1;
        }
        Self::from_bits(bits)
    };

    /// Whether no field stands for others. Said here, since that a loop over none of them does nothing is not seen when it is
    /// compiled.
    const IS_FLAT: bool = F::WHOLES.is_empty();

    /// How many fields are in it.
    #[must_use]
    pub fn len(self) -> usize {
        if Self::IS_FLAT { self.bits.count() } else { self.iter().fold(0, |count, _| count + 1) }
    }

    /// This set, and every optional entity of which a field is in it, as a whole.
    pub(crate) fn with_wholes(self) -> Self {
        let (mut set, mut wholes) = (self, F::WHOLES);
        while let Some(at) = wholes.take_first() {
            let whole = Self::at(at);
            if !self.is_disjoint(whole) {
                set |= whole;
            }
        }
        set
    }

    /// This set, and as a whole each optional entity of which a field is in it and that has come or gone in `changed`: a
    /// part of what only one side has cannot be taken without the rest.
    pub(crate) fn with_wholes_of(self, changed: Self) -> Self {
        let touched = changed.wholes().filter(|whole| !self.is_disjoint(*whole));
        touched.fold(self, |set, whole| set | whole)
    }

    /// This set without the fields of each optional entity that has come or gone in `changed` and is not in it as a whole.
    pub(crate) fn without_parts_of(self, changed: Self) -> Self {
        let torn = changed.wholes().filter(|whole| !whole.is_subset(self));
        torn.fold(self, |set, whole| set - whole)
    }

    /// The fields of the optional entities that are in it as a whole.
    pub(crate) fn only_wholes(self) -> Self {
        self.wholes().fold(FieldSet::EMPTY, |set, whole| set | whole)
    }

    /// The optional entities that are in it as a whole.
    fn wholes(self) -> impl Iterator<Item = Self> {
        let mut wholes = F::WHOLES.zip(self.bits, b'&');
        std::iter::from_fn(move || wholes.take_first().map(Self::at))
    }

    /// These bits as a set: a whole of which a part is missing is none.
    fn normal(bits: Bits) -> Self {
        if Self::IS_FLAT {
            return Self::from_bits(bits);
        }
        let (mut normal, mut wholes) = (bits, F::WHOLES.zip(bits, b'&'));
        while let Some(at) = wholes.take_first() {
            if Self::at(at).bits.zip(bits, b'-') != Bits::EMPTY {
                normal = normal.zip(Bits::EMPTY.with(at), b'-');
            }
        }
        Self::from_bits(normal)
    }

    /// The leaf at `index`, and all that it stands for.
    fn at(index: usize) -> Self {
        let covers = if F::WHOLES.has(index) { F::table().info(index).covers } else { 1 };
        Self::from_bits((index..index + covers).fold(Bits::EMPTY, Bits::with))
    }

    /// Whether `field` is in it.
    #[must_use]
    pub fn contains(self, field: F) -> bool {
        self.bits.has(field.index())
    }

    /// Puts `field` in, and says whether it was not there before.
    pub fn insert(&mut self, field: F) -> bool {
        let new = !self.contains(field);
        *self |= FieldSet::from(field);
        new
    }

    /// Takes `field` out, and says whether it was there.
    pub fn remove(&mut self, field: F) -> bool {
        let there = self.contains(field);
        *self = *self - FieldSet::from(field);
        there
    }

    /// Whether every field of this set is in `other` too.
    #[must_use]
    pub fn is_subset(self, other: Self) -> bool {
        self.bits.zip(other.bits, b'-') == Bits::EMPTY
    }

    /// Whether the two have no field in common.
    #[must_use]
    pub fn is_disjoint(self, other: Self) -> bool {
        self.bits.zip(other.bits, b'&') == Bits::EMPTY
    }

    /// The fields, in the order in which they are declared.
    #[must_use]
    pub fn iter(self) -> FieldIter<F> {
        FieldIter { rest: self.bits, field: PhantomData }
    }
}

/// The fields of a [`FieldSet`], in the order in which they are declared.
#[derive(Debug)]
pub struct FieldIter<F> {
    rest: Bits,
    field: PhantomData<fn() -> F>,
}

impl<F: Field> Iterator for FieldIter<F> {
    type Item = F;

    fn next(&mut self) -> Option<F> {
        let index = self.rest.take_first()?;
        if F::WHOLES.has(index) {
            self.rest = self.rest.zip(FieldSet::<F>::at(index).bits, b'-');
        }
        F::ALL.get(index).copied()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = FieldSet::<F>::from_bits(self.rest).len();
        (len, Some(len))
    }
}

impl<F: Field> ExactSizeIterator for FieldIter<F> {}
impl<F: Field> FusedIterator for FieldIter<F> {}

impl<F: Field> IntoIterator for FieldSet<F> {
    type Item = F;
    type IntoIter = FieldIter<F>;

    fn into_iter(self) -> FieldIter<F> {
        self.iter()
    }
}

impl<F: Field> IntoIterator for &FieldSet<F> {
    type Item = F;
    type IntoIter = FieldIter<F>;

    fn into_iter(self) -> FieldIter<F> {
        self.iter()
    }
}

impl<F: Field> From<F> for FieldSet<F> {
    fn from(field: F) -> Self {
        Self::at(field.index())
    }
}

impl<F: Field> FromIterator<F> for FieldSet<F> {
    fn from_iter<I: IntoIterator<Item = F>>(fields: I) -> Self {
        fields.into_iter().fold(Self::EMPTY, |set, field| set | field)
    }
}

impl<F: Field> Extend<F> for FieldSet<F> {
    fn extend<I: IntoIterator<Item = F>>(&mut self, fields: I) {
        *self |= fields.into_iter().collect::<Self>();
    }
}

impl<F> BitOr for FieldSet<F> {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self::from_bits(self.bits.zip(other.bits, b'|'))
    }
}

impl<F: Field> BitOr<F> for FieldSet<F> {
    type Output = Self;
    fn bitor(self, field: F) -> Self {
        self | FieldSet::from(field)
    }
}

impl<F> BitOrAssign for FieldSet<F> {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl<F> BitAnd for FieldSet<F> {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self::from_bits(self.bits.zip(other.bits, b'&'))
    }
}

impl<F: Field> BitXor for FieldSet<F> {
    type Output = Self;
    fn bitxor(self, other: Self) -> Self {
        Self::normal(self.bits.zip(other.bits, b'^'))
    }
}

impl<F: Field> Sub for FieldSet<F> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::normal(self.bits.zip(other.bits, b'-'))
    }
}

impl<F: Field> Not for FieldSet<F> {
    type Output = Self;
    fn not(self) -> Self {
        Self::ALL - self
    }
}

impl<F> Clone for FieldSet<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for FieldSet<F> {}

impl<F> Default for FieldSet<F> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<F> PartialEq for FieldSet<F> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<F> Eq for FieldSet<F> {}

impl<F> Hash for FieldSet<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits.hash(state);
    }
}

impl<F: Field> fmt::Debug for FieldSet<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The names of the fields, with commas between them.
impl<F: Field> fmt::Display for FieldSet<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, field) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            f.write_str(field.name())?;
        }
        Ok(())
    }
}
