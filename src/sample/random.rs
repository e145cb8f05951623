//! Chance in whole numbers: the same draws on every machine and in every browser.
//!
//! SplitMix64 (Steele, Lea, Flood 2014) is small, passes the usual tests and needs no entropy from outside. No floating
//! point anywhere: `exp` and `ln` may differ in the last bit between platforms, whole numbers do not.

/// One stream of draws. Every member has a stream of their own, so that a change to one life leaves the others as they were.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The stream with this number.
    pub(super) fn stream(seed: u64, number: u32) -> Self {
        let mut random = Self(seed ^ u64::from(number).wrapping_mul(0xD1B5_4A32_D192_ED03));
        // The first draw mixes the seed: neighbouring streams would otherwise begin alike.
        let mixed = random.next();
        Self(mixed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound`; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        // Multiply and shift: the high 32 bits of (32 random bits x bound) are below bound.
        u32::try_from(((self.next() >> 32) * u64::from(bound)) >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True `per_million` times in a million.
    pub(super) fn chance(&mut self, per_million: u32) -> bool {
        self.below(1_000_000) < per_million
    }

    /// One of the choices, each as likely as its weight; the default when there is none.
    pub(super) fn weighted<T: Copy + Default>(&mut self, choices: &[(T, u32)]) -> T {
        let total = choices.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (choice, weight) in choices {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *choice,
            }
        }
        T::default()
    }
}
