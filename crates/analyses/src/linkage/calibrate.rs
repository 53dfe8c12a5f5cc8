//! From scores to probabilities: isotonic regression on judged pairs, clipped to what so many pairs can support.
//!
//! Pool adjacent violators (Ayer and others 1955).
//! A sample with n wrong pairs cannot show odds above n to one, however clean the top of it looks, so no probability
//! above n/(n+1) is given, and likewise below.

use super::scale::{MILLION, probability};

/// A rising map from scores to probabilities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// Steps: from this score on, this probability in millionths.
    pub steps: Vec<(i32, u32)>,
}

impl Calibration {
    /// From judged pairs: score, and whether it is one person. The order of the pairs does not matter.
    #[must_use]
    pub fn fit(judged: &[(i32, bool)]) -> Self {
        let mut sorted = judged.to_vec();
        sorted.sort_unstable();
        let right = sorted.iter().filter(|(_, right)| *right).count() as u64;
        let wrong = sorted.len() as u64 - right;
        let alike = sorted.chunk_by(|a, b| a.0 == b.0).map(|alike| {
            let right = alike.iter().filter(|(_, right)| *right).count() as u64;
            (alike[0].0, right, alike.len() as u64 - right)
        });
        let million = u64::from(MILLION);
        let least = million / (right + 2);
        let most = million - million / (wrong + 2);
        let steps = pooled(alike)
            .into_iter()
            .map(|(score, right, wrong)| {
                (score, (right * million / (right + wrong)).max(least).min(most) as u32)
            })
            .collect();
        Self { steps }
    }

    /// The probability of a score, in millionths. Without any judged pair it is what the score claims.
    #[must_use]
    pub fn probability(&self, score: i32) -> u32 {
        let above = self.steps.partition_point(|(from, _)| *from <= score);
        match (self.steps.first(), above) {
            (None, _) => probability(score),
            (Some((_, lowest)), 0) => *lowest,
            _ => self.steps[above - 1].1,
        }
    }
}

/// Pools adjacent violators: scores, lowest first, each with how many are right and how many wrong, are joined with their
/// neighbours until the share of right ones never falls. A pool bears its lowest score. Shares are compared as whole
/// numbers, so that no rounding decides.
#[must_use]
pub fn pooled(judged: impl IntoIterator<Item = (i32, u64, u64)>) -> Vec<(i32, u64, u64)> {
    let mut pools: Vec<(i32, u64, u64)> = Vec::new();
    for mut pool in judged {
        while let Some((score, right, wrong)) = pools.last().copied()
            && u128::from(right) * u128::from(pool.2) >= u128::from(pool.1) * u128::from(wrong)
        {
            pools.pop();
            pool = (score, right + pool.1, wrong + pool.2);
        }
        pools.push(pool);
    }
    pools
}

/// How far probabilities are from what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Honesty {
    /// Expected calibration error in twenty bins of equal width, in millionths.
    pub ece: u64,
    /// Mean squared error (Brier's score), in millionths.
    pub brier: u64,
}

/// Compares probabilities in millionths with what was found.
#[must_use]
pub fn honesty(judged: impl IntoIterator<Item = (u32, bool)>) -> Honesty {
    const BINS: usize = 20;
    let mut bins = [(0_u64, 0_u64); BINS];
    let (mut squares, mut n) = (0_u128, 0_u64);
    for (chance, right) in judged {
        let bin = &mut bins[(chance as usize * BINS / (MILLION as usize + 1)).min(BINS - 1)];
        bin.0 += u64::from(chance);
        let found = if right { MILLION } else { 0 };
        bin.1 += u64::from(found);
        squares += u128::from(chance.abs_diff(found)).pow(2);
        n += 1;
    }
    let n = n.max(1);
    let ece = bins.iter().map(|(said, found)| said.abs_diff(*found)).sum::<u64>() / n;
    Honesty { ece, brier: (squares / u128::from(n) / u128::from(MILLION)) as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_the_wrong_order_are_pooled() {
        let judged = [(0, false), (100, true), (200, false), (300, true), (300, true), (300, true)];
        let fit = Calibration::fit(&judged);
        assert_eq!(fit.steps, [(0, 166_666), (100, 500_000), (300, 750_000)]);
        assert_eq!(fit.probability(-9000), 166_666);
        assert_eq!(fit.probability(150), 500_000);
        assert_eq!(fit.probability(9000), 750_000);
        let mut turned = judged;
        turned.reverse();
        assert_eq!(Calibration::fit(&turned), fit);
    }

    #[test]
    fn a_small_clean_sample_does_not_give_certainty() {
        let judged: Vec<(i32, bool)> = (0..10).map(|score| (score, score >= 5)).collect();
        assert_eq!(Calibration::fit(&judged).probability(9), MILLION - MILLION / 7);
        assert_eq!(Calibration { steps: vec![] }.probability(0), 500_000);
    }

    #[test]
    fn errors_are_those_computed_by_hand() {
        let perfect = honesty([(MILLION, true), (0, false)]);
        assert_eq!((perfect.ece, perfect.brier), (0, 0));
        let coin = honesty([(500_000, true), (500_000, false)]);
        assert_eq!((coin.ece, coin.brier), (0, 250_000));
        let boast = honesty([(900_000, true), (900_000, false)]);
        assert_eq!((boast.ece, boast.brier), (400_000, 410_000));
    }
}
