//! How much an answer is expected to tell, in thousandths of a bit (Shannon 1948), without floating-point logarithms.
//!
//! The expected gain of a question is the uncertainty that a decisive answer would end, times the chance that the answer
//! is decisive; both are counted from what the operation's records have shown so far.

use crate::linkage::scale::{MILLION, millibans, probability};

/// log2 of a ratio in thousandths of a bit; a ratio below one counts as one.
pub fn millibits(numerator: u64, denominator: u64) -> u32 {
    // One thousandth of log10 is 3.321928 thousandths of log2.
    let thousandths = u64::try_from(millibans(numerator, denominator)).unwrap_or(0);
    (thousandths * 3_321_928 / 1_000_000) as u32
}

/// The uncertainty of a question that is answered yes in so many of so many cases, in thousandths of a bit. One case of
/// each answer is added (Laplace's rule of succession): what was never seen may still happen.
pub fn entropy_of_share(part: u64, whole: u64) -> u32 {
    entropy(share(part, whole))
}

/// The uncertainty that remains of two propositions, as likely as each other before the records, when the records
/// speak for one of them with this strength.
pub fn entropy_of_odds(log10_millibans: i32) -> u32 {
    entropy(probability(log10_millibans))
}

/// What is left of an uncertainty when only a share of the answers decides.
pub fn expected(millibits: u32, decided: u64, answered: u64) -> u32 {
    (u64::from(millibits) * u64::from(share(decided, answered)) / u64::from(MILLION)) as u32
}

/// A share in millionths, by the rule of succession.
fn share(part: u64, whole: u64) -> u32 {
    let (part, whole) = (u128::from(part.min(whole)), u128::from(whole));
    ((part + 1) * u128::from(MILLION) / (whole + 2)) as u32
}

fn entropy(share: u32) -> u32 {
    let term = |share: u32| {
        let surprise = u64::from(millibits(u64::from(MILLION), u64::from(share.max(1))));
        u64::from(share) * surprise
    };
    ((term(share) + term(MILLION - share)) / u64::from(MILLION)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn information_is_that_of_a_table() {
        for (n, expected) in [(1, 0), (2, 1000), (1024, 10_000), (26, 4700)] {
            assert!(millibits(n, 1).abs_diff(expected) <= 4, "{n}: {}", millibits(n, 1));
        }
        assert!(entropy_of_odds(0).abs_diff(1000) <= 4);
        // Odds of ten to one: 0.439 bits.
        assert!(entropy_of_odds(1000).abs_diff(439) <= 4, "{}", entropy_of_odds(1000));
        assert!(entropy_of_odds(4000) < 3);
    }

    #[test]
    fn what_was_never_seen_may_still_happen() {
        assert!(entropy_of_share(0, 0).abs_diff(1000) <= 4);
        assert!(entropy_of_share(0, 8) > entropy_of_share(0, 98));
        assert!(entropy_of_share(0, 98) > 0);
        assert_eq!(expected(1000, 0, 0), 500);
        assert!(expected(1000, 98, 98) > 980);
    }
}
