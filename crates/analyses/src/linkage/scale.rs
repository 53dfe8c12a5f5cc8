//! Thousandths of log10 without floating-point logarithms, so that every machine has the same figures.
//!
//! Only multiplication and division of IEEE 754 numbers are used, which are exact to the bit everywhere; the
//! logarithms of a machine's library are not.

use std::sync::OnceLock;

/// A probability of one, in millionths.
pub const MILLION: u32 = 1_000_000;

/// 10 to the power of a thousandth.
const STEP: f64 = 1.002_305_238_077_899_6;
const TABLE: usize = 6001;

/// log10 of a ratio in thousandths, rounded down; zero counts as one.
#[must_use]
pub fn millibans(numerator: u64, denominator: u64) -> i32 {
    let millionths = (log2(numerator) - log2(denominator)) * 301_029_996;
    i32::try_from(millionths.div_euclid(65_536 * 1_000_000))
        .expect("the logarithm of 64 bits is below 20 bans")
}

/// log2 with sixteen bits after the point, by repeated squaring.
fn log2(value: u64) -> i64 {
    let value = value.max(1);
    let whole = 63 - value.leading_zeros();
    let mut mantissa = u128::from(value << value.leading_zeros());
    let mut log = i64::from(whole);
    for _ in 0..16 {
        mantissa = (mantissa * mantissa) >> 63;
        let carry = mantissa >> 64 != 0;
        log = (log << 1) | i64::from(carry);
        mantissa >>= u32::from(carry);
    }
    log
}

/// The probability, in millionths, of what has these odds.
#[must_use]
pub fn probability(millibans: i32) -> u32 {
    static HALF: OnceLock<Vec<u32>> = OnceLock::new();
    let half = HALF.get_or_init(|| {
        let odds = std::iter::successors(Some(1.0_f64), |odds| Some(odds * STEP));
        odds.take(TABLE).map(|odds| (odds / (1.0 + odds) * f64::from(MILLION)) as u32).collect()
    });
    let side = half[(millibans.unsigned_abs() as usize).min(TABLE - 1)];
    if millibans < 0 { MILLION - side } else { side }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_a_table() {
        for (numerator, denominator, expected) in
            [(1, 1, 0), (10, 1, 1000), (2, 1, 301), (1, 2, -302), (1, 1000, -3000), (0, 1, 0), (7, 3, 367)]
        {
            let found = millibans(numerator, denominator);
            assert!((found - expected).abs() <= 1, "{numerator}/{denominator}: {found}");
        }
        assert_eq!(millibans(u64::MAX, 1), 19_265);
    }

    #[test]
    fn probabilities_are_symmetric_and_rise() {
        assert_eq!(probability(0), 500_000);
        assert_eq!(probability(1000), 909_090);
        assert_eq!(probability(-1000) + probability(1000), MILLION);
        assert!(probability(9_000_000) > probability(1000));
        assert!((-9000..9000).all(|odds| probability(odds) <= probability(odds + 1)));
    }
}
