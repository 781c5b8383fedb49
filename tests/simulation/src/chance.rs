//! Chance: numbers from a seed, the same on every machine and in every build.

/// A source of numbers: `SplitMix64`, which is small, has no bad seeds and needs no library that may change.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        // The remainder favours small numbers by one in 2^50 or less.
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }

    pub fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    /// Whether something happens that does so in this many of a thousand cases.
    pub fn in_a_thousand(&mut self, cases: u16) -> bool {
        self.below(1_000) < usize::from(cases)
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// One of these, each as likely as its weight says.
    pub fn weighted<T: Copy>(&mut self, of: &[(u16, T)]) -> T {
        let total: usize = of.iter().map(|(weight, _)| usize::from(*weight)).sum();
        let mut at = self.below(total);
        for (weight, it) in of {
            match at.checked_sub(usize::from(*weight)) {
                Some(rest) => at = rest,
                None => return *it,
            }
        }
        of[0].1
    }

    pub fn wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

/// Spreads a number over all bits.
pub(crate) fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}
