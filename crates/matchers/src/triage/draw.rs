//! What is drawn: an order of all items that a seed decides, held in no memory, and one item of each stratum a round.

/// A random order of the numbers below `n`: a Feistel network of four rounds over the smallest even number of bits,
/// walked until it falls below `n` (Black and Rogaway 2002, the methods of generalised Feistel and cycle walking).
#[derive(Clone, Copy, Debug)]
pub struct Order {
    n: u64,
    half_bits: u32,
    keys: [u64; 4],
}

impl Order {
    /// The order of the numbers below `n` that a seed decides.
    #[must_use]
    pub fn new(n: u64, seed: u64) -> Self {
        let bits = 64 - n.saturating_sub(1).leading_zeros();
        let keys = [1, 2, 3, 4].map(|round| mixed(seed ^ mixed(round)));
        Self { n, half_bits: bits.div_ceil(2).max(1), keys }
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.n
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The number at a position below `n`.
    #[must_use]
    pub fn at(&self, position: u64) -> u64 {
        let mut at = position;
        loop {
            at = self.permuted(at);
            if at < self.n {
                return at;
            }
        }
    }

    fn permuted(&self, number: u64) -> u64 {
        let mask = (1_u64 << self.half_bits) - 1;
        let (mut left, mut right) = (number >> self.half_bits, number & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mixed(right ^ key) & mask));
        }
        left << self.half_bits | right
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
fn mixed(mut word: u64) -> u64 {
    word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ word >> 31
}

/// Items in strata of nearly equal size, of which each round draws one more from each, in the order of the disk.
#[derive(Clone, Copy, Debug)]
pub struct Strata {
    n_items: u64,
    n_strata: u64,
    seed: u64,
}

impl Strata {
    /// So many items in so many strata; no more strata than items.
    #[must_use]
    pub fn new(n_items: u64, n_strata: u64, seed: u64) -> Self {
        Self { n_items, n_strata: n_strata.clamp(1, n_items.max(1)), seed }
    }

    /// How many rounds draw every item of the largest stratum.
    #[must_use]
    pub fn n_rounds(&self) -> u32 {
        u32::try_from(self.n_items.div_ceil(self.n_strata)).unwrap_or(u32::MAX)
    }

    /// The items of a round, counted from 0, ascending. A stratum that is exhausted gives none.
    pub fn round(&self, round: u32) -> impl Iterator<Item = u64> {
        let Self { n_items, n_strata, seed } = *self;
        (0..n_strata).filter_map(move |stratum| {
            let start =
                |stratum: u64| (u128::from(n_items) * u128::from(stratum) / u128::from(n_strata)) as u64;
            let (first, end) = (start(stratum), start(stratum + 1));
            let order = Order::new(end - first, seed ^ mixed(stratum));
            (u64::from(round) < order.len()).then(|| first + order.at(u64::from(round)))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_order_has_every_number_once() {
        for n in [1, 2, 3, 5, 16, 17, 1_000, 4_097] {
            let order = Order::new(n, 7);
            let all: BTreeSet<u64> = (0..n).map(|position| order.at(position)).collect();
            assert_eq!(all.len() as u64, n, "{n}");
            assert_eq!(all.last(), Some(&(n - 1)));
        }
        let (one, other) = (Order::new(1_000, 1), Order::new(1_000, 2));
        assert!((0..1_000).any(|position| one.at(position) != other.at(position)));
    }

    /// The chance of any item to be among the first tenth is a tenth: 0.1 ± 4 standard errors over 4,000 seeds.
    #[test]
    fn every_item_is_as_likely_to_be_drawn_early() {
        for item in [0, 1, 499, 500, 999] {
            let early = (0..4_000_u64)
                .filter(|seed| {
                    let order = Order::new(1_000, *seed);
                    (0..100).any(|position| order.at(position) == item)
                })
                .count();
            assert!((324..=476).contains(&early), "{item}: {early}");
        }
    }

    #[test]
    fn all_rounds_together_draw_every_item_once_and_each_goes_up_the_disk() {
        let strata = Strata::new(1_003, 64, 9);
        let mut all = BTreeSet::new();
        for round in 0..strata.n_rounds() {
            let drawn: Vec<u64> = strata.round(round).collect();
            assert!(drawn.is_sorted());
            all.extend(drawn.iter().copied());
        }
        assert_eq!(all.len(), 1_003);
        assert_eq!(Strata::new(0, 64, 9).round(0).count(), 0);
    }
}
