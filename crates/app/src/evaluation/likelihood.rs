//! How good stated strengths are: what they cost whoever relies on them, and how much of that is calibration.
//!
//! A strength is log10 of a likelihood ratio, so it is judged where the first proposition is true and where the second
//! is, each half of the whole, whatever their numbers.
//!
//! - Cllr: Brümmer and du Preez, Computer Speech and Language 20 (2006) 230–275; 0 is perfect, 1 says nothing.
//! - Its minimum: the same after the pool-adjacent-violators algorithm (Ayer and others, Annals of Mathematical
//!   Statistics 26 (1955) 641–647), the best that the order of the strengths allows. The rest is calibration.
//! - Tippett curves: the share of strengths at or above each value, apart for true and for false propositions.

use std::collections::BTreeMap;

use serde::Serialize;
use tutela_analyses::attribution::rounded;
use tutela_analyses::linkage::calibrate::pooled;
use tutela_model::Strength;

/// How often each strength was stated: where its first proposition is true, and where it is false.
pub type Strengths = BTreeMap<Strength, (u64, u64)>;

/// What stated strengths are worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LikelihoodRatios {
    /// Strengths of statements that are true.
    pub n_true: u64,
    /// Strengths of statements that are false.
    pub n_false: u64,
    /// None when all statements are true, or all false: the measure needs both.
    pub cllr: Option<f64>,
    /// After pool-adjacent-violators.
    pub cllr_min: Option<f64>,
    /// What better calibration would win: the difference.
    pub cllr_calibration: Option<f64>,
    /// The Tippett curves, at each strength that was stated.
    pub tippett: Vec<TippettPoint>,
}

/// The share of strengths at or above a value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TippettPoint {
    /// The value.
    pub log10_lr: f64,
    /// Of true statements; none when there is none.
    pub share_of_true: Option<f64>,
    /// Of false statements; none when there is none.
    pub share_of_false: Option<f64>,
}

impl LikelihoodRatios {
    /// Judges strengths.
    pub fn of(strengths: &Strengths) -> Self {
        let n_true = strengths.values().map(|(n_true, _)| n_true).sum();
        let n_false = strengths.values().map(|(_, n_false)| n_false).sum();
        let both = n_true > 0 && n_false > 0;
        let cllr = both.then(|| cllr(strengths, n_true, n_false));
        let cllr_min = both.then(|| cllr_min(strengths, n_true, n_false));
        Self {
            n_true,
            n_false,
            cllr: cllr.map(rounded),
            cllr_min: cllr_min.map(rounded),
            cllr_calibration: cllr.zip(cllr_min).map(|(cllr, least)| rounded(cllr - least)),
            tippett: tippett(strengths, n_true, n_false),
        }
    }
}

fn cllr(strengths: &Strengths, n_true: u64, n_false: u64) -> f64 {
    let ratio = |strength: &Strength| 10_f64.powf(strength.log10_lr());
    cllr_of(
        strengths.iter().map(|(strength, (right, wrong))| (ratio(strength), *right, *wrong)),
        n_true,
        n_false,
    )
}

/// Cllr of likelihood ratios, each with how often it was stated of what is true and of what is false.
pub fn cllr_of(ratios: impl Iterator<Item = (f64, u64, u64)>, n_true: u64, n_false: u64) -> f64 {
    let (mut of_true, mut of_false) = (0.0, 0.0);
    for (ratio, here_true, here_false) in ratios {
        of_true += here_true as f64 * (1.0 + 1.0 / ratio).log2();
        of_false += here_false as f64 * (1.0 + ratio).log2();
    }
    (of_true / n_true as f64 + of_false / n_false as f64) / 2.0
}

fn cllr_min(strengths: &Strengths, n_true: u64, n_false: u64) -> f64 {
    let prior_odds = n_true as f64 / n_false as f64;
    let (mut of_true, mut of_false) = (0.0, 0.0);
    let judged = strengths.iter().map(|(at, (of_true, of_false))| (at.0, *of_true, *of_false));
    for (_, here_true, here_false) in pooled(judged) {
        // A pool of one kind alone has a ratio of 0 or infinity, which costs its kind nothing.
        if here_true > 0 && here_false > 0 {
            let ratio = here_true as f64 / here_false as f64 / prior_odds;
            of_true += here_true as f64 * (1.0 + 1.0 / ratio).log2();
            of_false += here_false as f64 * (1.0 + ratio).log2();
        }
    }
    (of_true / n_true as f64 + of_false / n_false as f64) / 2.0
}

fn tippett(strengths: &Strengths, n_true: u64, n_false: u64) -> Vec<TippettPoint> {
    let (mut left_true, mut left_false) = (n_true, n_false);
    let share = |part: u64, whole: u64| (whole > 0).then(|| rounded(part as f64 / whole as f64));
    let point = |(strength, (here_true, here_false)): (&Strength, &(u64, u64))| {
        let point = TippettPoint {
            log10_lr: strength.log10_lr(),
            share_of_true: share(left_true, n_true),
            share_of_false: share(left_false, n_false),
        };
        left_true -= here_true;
        left_false -= here_false;
        point
    };
    strengths.iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(strengths: &[(i32, u64, u64)]) -> LikelihoodRatios {
        let strengths = strengths.iter().map(|(of, right, wrong)| (Strength(*of), (*right, *wrong)));
        LikelihoodRatios::of(&strengths.collect())
    }

    #[test]
    fn strengths_that_say_nothing_cost_one_bit_and_none_of_it_is_calibration() {
        let nothing = judged(&[(0, 7, 3)]);
        assert_eq!(
            (nothing.cllr, nothing.cllr_min, nothing.cllr_calibration),
            (Some(1.0), Some(1.0), Some(0.0))
        );
    }

    #[test]
    fn strengths_in_the_right_order_can_be_calibrated_to_nothing() {
        let overstated = judged(&[(1000, 0, 2), (3000, 2, 0)]);
        // Half of log2(1 + 0.001) and half of log2(1 + 10).
        assert_eq!((overstated.cllr, overstated.cllr_min), (Some(1.7304), Some(0.0)));
        assert_eq!(overstated.cllr_calibration, Some(1.7304));
    }

    #[test]
    fn strengths_in_the_wrong_order_are_pooled_to_say_nothing() {
        assert_eq!(judged(&[(-1000, 4, 0), (1000, 0, 4)]).cllr_min, Some(1.0));
        assert_eq!(pooled([(0, 1, 0), (1, 0, 1), (2, 3, 1)]), [(0, 1, 1), (2, 3, 1)]);
    }

    #[test]
    fn without_both_kinds_there_is_no_cost_to_state() {
        for one_kind in [judged(&[(3000, 5, 0)]), judged(&[(3000, 0, 5)]), judged(&[])] {
            assert_eq!((one_kind.cllr, one_kind.cllr_min), (None, None));
        }
    }

    #[test]
    fn a_tippett_curve_falls_from_all_to_those_at_the_highest_strength() {
        let points = judged(&[(900, 1, 1), (4000, 3, 0)]).tippett;
        let shares: Vec<_> =
            points.iter().map(|at| (at.log10_lr, at.share_of_true, at.share_of_false)).collect();
        assert_eq!(shares, [(0.9, Some(1.0), Some(1.0)), (4.0, Some(0.75), Some(0.0))]);
    }
}
