//! The scale of an axis in whole numbers, so that no machine rounds it otherwise.

/// The most marks of an axis besides zero.
const MARKS: u64 = 5;

/// The marks of an axis from zero to a number that is not below the most: multiples of one, two or five times a power of
/// ten.
pub fn marks(most: u64) -> Vec<u64> {
    let steps = (0..19).flat_map(|power| [1, 2, 5].map(|unit| 10_u64.pow(power) * unit));
    let step = steps.into_iter().find(|step| most.div_ceil(*step) <= MARKS).unwrap_or(most);
    (0..=most.max(1).div_ceil(step)).map(|n| n * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_or_above_the_most_and_has_few_marks() {
        for (most, expected) in [
            (0, vec![0, 1]),
            (3, vec![0, 1, 2, 3]),
            (6, vec![0, 2, 4, 6]),
            (48_211, vec![0, 10_000, 20_000, 30_000, 40_000, 50_000]),
            (50_001, vec![0, 20_000, 40_000, 60_000]),
        ] {
            assert_eq!(marks(most), expected);
        }
        assert!(marks(u64::MAX / 4).len() <= 6);
    }
}
