//! How rare a value is, from counts of the records themselves.
//!
//! A share of a rare name says more than a share of a common one.
//! The frequency of value v among N is shrunk towards what its kind would let expect,
//! (n + a·expected) / (N + a), so that a value seen once is not taken for one that hardly exists; and what a value can
//! say is capped by its kind, for addresses are shared, numbers reissued and names copied.
//! Frequencies are counted, never sampled: in a sample of pairs a rare value meets itself too seldom for a figure.

use super::scale::millibans;

/// How often each value of a kind occurs.
#[derive(Clone, Debug, Default)]
pub struct Rarity {
    counts: Vec<u32>,
    /// What each value says, without a cap.
    said: Vec<i32>,
    total: u64,
    own: u32,
    /// The share of pairs that agree by chance, in millionths: what is expected of a value before it is counted.
    expected: u64,
}

/// How many records of the expectation stand against those that were counted.
const SHRINK: u64 = 1;

impl Rarity {
    /// From the number of records that have each value. `own` is how many records one person is expected to have: so
    /// many of a value's records do not show that others have it too.
    #[must_use]
    pub fn new(counts: Vec<u32>, own: u32) -> Self {
        let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let agreeing: u128 = counts.iter().map(|count| u128::from(*count).pow(2)).sum();
        let expected = agreeing * 1_000_000 / u128::from(total.max(1)).pow(2);
        let mut rarity = Self { counts, said: vec![], total, own, expected: expected as u64 };
        rarity.said =
            rarity.counts.iter().map(|count| rarity.of_count(u64::from(*count), i32::MAX)).collect();
        rarity
    }

    /// How many records have the value.
    #[must_use]
    pub fn count(&self, value: u32) -> u32 {
        self.counts.get(value as usize).copied().unwrap_or(0)
    }

    /// How many records have a value of this kind.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How much, at most, an agreement on the value supports the same person: −log10 of its shrunk frequency, in
    /// thousandths, and no more than the cap.
    #[must_use]
    pub fn millibans(&self, value: u32, cap: i32) -> i32 {
        self.said.get(value as usize).map_or_else(|| self.of_count(0, cap), |said| (*said).min(cap))
    }

    /// The same for something that so many records have, such as all values near another.
    #[must_use]
    pub fn of_count(&self, count: u64, cap: i32) -> i32 {
        const SCALE: u64 = 1_000_000;
        let others = count.saturating_sub(u64::from(self.own)).max(1);
        let shrunk = others * SCALE + SHRINK * self.expected;
        millibans((self.total + SHRINK) * SCALE, shrunk).clamp(0, cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_value_says_more_than_a_common_one_and_never_more_than_its_cap() {
        let rarity = Rarity::new(vec![900, 90, 9, 1], 1);
        let said: Vec<i32> = (0..5).map(|value| rarity.millibans(value, 2500)).collect();
        assert!(said.is_sorted(), "{said:?}");
        assert!(said[0] < 100);
        assert_eq!(rarity.millibans(3, 2500), 2500);
        assert_eq!(rarity.millibans(0, 20), 20);
    }

    #[test]
    fn the_records_of_one_person_do_not_make_its_values_common() {
        let counts = vec![10, 990];
        assert!(
            Rarity::new(counts.clone(), 10).millibans(0, 9000) > Rarity::new(counts, 2).millibans(0, 9000)
        );
    }

    #[test]
    fn no_records_say_nothing() {
        assert_eq!(Rarity::new(vec![], 2).millibans(0, 5000), 0);
    }
}
