//! What a count of successes among trials says of the share behind it: exact bounds, not approximations.
//!
//! Clopper and Pearson, Biometrika 26 (1934) 404–413, one-sided at 95 %.
//! With none among n the upper bound is 1 − 0.05^(1/n), which the rule of three puts at 3/n (Hanley and Lippman-Hand,
//! JAMA 249 (1983) 1743–1745).
//! The bounds take trials as independent, which rows of one session are not.

/// The share of repetitions in which a bound is on the wrong side of the truth, at most.
const ALPHA: f64 = 0.05;
/// Halvings of the interval: below the last bit of the four decimals that are reported.
const HALVINGS: u32 = 50;

/// The largest share that `n` trials with `k` successes leave possible; none without trials.
pub fn upper_95(k: u64, n: u64) -> Option<f64> {
    match n {
        0 => None,
        _ if k >= n => Some(1.0),
        _ => {
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..HALVINGS {
                let share = (low + high) / 2.0;
                if at_most(k, n, share) > ALPHA {
                    low = share;
                } else {
                    high = share;
                }
            }
            Some(high)
        }
    }
}

/// The least share that `n` trials with `k` successes leave possible; none without trials.
pub fn lower_95(k: u64, n: u64) -> Option<f64> {
    upper_95(n.saturating_sub(k), n).map(|share_failed| 1.0 - share_failed)
}

/// The probability of at most `k` successes in `n` trials. Terms are kept as logarithms, because the first of them
/// may be smaller than any number.
fn at_most(k: u64, n: u64, share: f64) -> f64 {
    let odds_ln = share.ln() - (-share).ln_1p();
    let mut term_ln = n as f64 * (-share).ln_1p();
    let mut sum = term_ln.exp();
    for successes in 0..k {
        term_ln += ((n - successes) as f64 / (successes + 1) as f64).ln() + odds_ln;
        sum += term_ln.exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 5e-5)
    }

    #[test]
    fn with_none_the_upper_bound_is_the_closed_form_and_the_rule_of_three_is_near() {
        for n in [1_u64, 10, 27, 540, 100_000] {
            let exact = 1.0 - ALPHA.powf(1.0 / n as f64);
            assert!(close(upper_95(0, n), exact), "{n}");
            assert!(n < 100 || (exact - 3.0 / n as f64).abs() < 0.01 * exact, "{n}");
        }
    }

    #[test]
    fn bounds_are_those_of_the_beta_distribution() {
        // Quantiles of the beta distribution: upper B(0.95; k+1, n−k), lower B(0.05; k, n−k+1).
        assert!(close(upper_95(1, 10), 0.39416));
        assert!(close(upper_95(5, 10), 0.77756));
        assert!(close(lower_95(5, 10), 0.22244));
        assert!(close(lower_95(9, 10), 0.60584));
    }

    #[test]
    fn all_none_and_no_trials_are_the_ends() {
        assert_eq!((upper_95(3, 3), lower_95(0, 3)), (Some(1.0), Some(0.0)));
        assert_eq!((upper_95(0, 0), lower_95(0, 0)), (None, None));
        assert!(
            upper_95(900, 60_000)
                .zip(lower_95(900, 60_000))
                .is_some_and(|(high, low)| low < 0.015 && 0.015 < high)
        );
    }
}
