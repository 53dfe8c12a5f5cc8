//! Seeded random numbers that are the same on every machine: integers only, no floating-point functions whose last
//! bit depends on a system library. Not for secrets.

/// Turns a seed and the numbers that name a thing into the thing's own number.
///
/// The finaliser is SplitMix64's (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
#[must_use]
pub fn mix(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(finalise(seed), |state, part| finalise(state ^ finalise(*part)))
}

/// One step of [`mix`]: scatters a number over all sixty-four bits.
#[must_use]
pub fn finalise(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream of random numbers: xoshiro256++ 1.0 (Blackman, Vigna: Scrambled linear pseudorandom number generators,
/// ACM TOMS 47, 2021; public domain).
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream that belongs to the thing that `parts` name, in the world of `seed`.
    #[must_use]
    pub fn new(seed: u64, parts: &[u64]) -> Self {
        let start = mix(seed, parts);
        Self { state: [1, 2, 3, 4].map(|word| mix(start, &[word])) }
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let out = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        out
    }

    /// A number from 0 to `end`, exclusive. The bias of the multiplication is below one in a million for every
    /// range used here.
    pub fn below(&mut self, end: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::from(self.below((high - low + 1) as u32))
    }

    /// Whether an event that happens `permille` times in a thousand happens.
    pub fn chance(&mut self, permille: u32) -> bool {
        self.below(1000) < permille
    }

    /// One of the values.
    pub fn pick<'t, T>(&mut self, values: &'t [T]) -> &'t T {
        &values[self.below(values.len() as u32) as usize]
    }

    /// The index of one of the weights, each as often as its weight says.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        weights
            .iter()
            .position(|weight| {
                let here = left < *weight;
                left = left.saturating_sub(*weight);
                here
            })
            .unwrap_or(0)
    }

    /// Puts the values in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last as u32 + 1) as usize);
        }
    }

    /// A normally distributed number of the given standard deviation: the sum of twelve uniform ones (Irwin and Hall),
    /// which needs no logarithm; never further than six deviations away.
    pub fn normal(&mut self, deviation: i64) -> i64 {
        let sum: i64 = (0..3)
            .map(|_| self.bits())
            .flat_map(|bits| (0..4).map(move |word| (bits >> (16 * word)) & 0xFFFF))
            .map(|word| word as i64)
            .sum();
        (sum - 6 * 65_536) * deviation / 65_536
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xoshiro_gives_the_numbers_of_its_authors() {
        // First outputs of xoshiro256++ from the state 1, 2, 3, 4, as in the tests of the Rust crate rand_xoshiro.
        let mut rng = Rng { state: [1, 2, 3, 4] };
        let first = [rng.bits(), rng.bits(), rng.bits()];
        assert_eq!(first, [41_943_041, 58_720_359, 3_588_806_011_781_223]);
    }

    #[test]
    fn the_normal_numbers_have_the_deviation_asked_for() {
        let mut rng = Rng::new(1, &[7]);
        let n = 20_000;
        let squares: i64 = (0..n).map(|_| rng.normal(2_000)).map(|value| value * value).sum();
        let variance = squares / n;
        assert!((3_700_000..4_300_000).contains(&variance), "variance {variance}");
    }
}
