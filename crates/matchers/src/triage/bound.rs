//! How much may still be there that a sample has not met: the upper confidence bound for no hit among the draws.

/// What rounding may take from a logarithm; a bound errs to the larger side.
const ROUNDING: f64 = 1e-6;

/// The largest number of known files among `population` that a sample of `sampled` of them, drawn without replacement
/// and without a hit, leaves possible with a chance of at least `error`: P(no hit) = C(N - D, n) / C(N, n), the
/// hypergeometric distribution.
#[must_use]
pub fn at_most(population: u64, sampled: u64, error: f64) -> u64 {
    at_most_of_rounds(&[(population, sampled)], error)
}

/// The same for rounds: before each, so many files were unread, and so many of those were drawn and read. Between rounds
/// files may be read that no chance chose, so long as what they hold did not choose them; they only leave fewer unread.
/// Files that were drawn and could not be read stay in the population, which makes the bound larger.
#[must_use]
pub fn at_most_of_rounds(rounds: &[(u64, u64)], error: f64) -> u64 {
    let unread = rounds.iter().map(|(unread, drawn)| unread.saturating_sub(*drawn)).min().unwrap_or(u64::MAX);
    largest(unread, |known| {
        let missed = |(unread, drawn): &(u64, u64)| ln_missed(*unread, known, (*drawn).min(*unread));
        rounds.iter().map(missed).sum::<f64>() >= error.ln() - ROUNDING
    })
}

/// The same for extents drawn in equal numbers from equal strata: a stratified sample misses no more often than draws
/// with replacement from the whole, P(no hit) <= (1 - D / N)^n, because the geometric mean is at most the arithmetic.
#[must_use]
pub fn at_most_of_strata(population: u64, sampled: u64, error: f64) -> u64 {
    let sampled = sampled.min(population);
    let ln_missed = |known: u64| sampled as f64 * (-(known as f64) / population as f64).ln_1p();
    largest(population - sampled, |known| ln_missed(known) >= error.ln() - ROUNDING)
}

/// The largest number up to `most` for which a condition holds that holds for all smaller ones.
fn largest(most: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

/// ln of the chance that `sampled` draws without replacement meet none of `known` among `population`.
fn ln_missed(population: u64, known: u64, sampled: u64) -> f64 {
    let Some(rest) = (population - known).checked_sub(sampled) else { return f64::NEG_INFINITY };
    ln_factorial(population - known) + ln_factorial(population - sampled)
        - ln_factorial(population)
        - ln_factorial(rest)
}

/// ln n!: the product itself up to 20, then Stirling's series (NIST Digital Library of Mathematical Functions, 5.11.1).
fn ln_factorial(n: u64) -> f64 {
    if n <= 20 {
        return (1..=n).map(|factor| factor as f64).product::<f64>().ln();
    }
    let n = n as f64;
    let series = 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3)) + 1.0 / (1260.0 * n.powi(5));
    n * n.ln() - n + 0.5 * (2.0 * std::f64::consts::PI * n).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Figures that were computed with exact integers.
    #[test]
    fn bounds_are_those_of_the_distribution() {
        for (population, known, sampled, error) in
            [(500_000, 500, 2_986, 0.05), (500_000, 500, 4_582, 0.01), (100_000, 20, 13_900, 0.05)]
        {
            let bound = at_most(population, sampled, error);
            let near = (bound as f64 - f64::from(known)).abs() / f64::from(known);
            assert!(near < 0.01 || bound.abs_diff(known as u64) <= 1, "{bound} for {known}");
        }
    }

    #[test]
    fn a_small_population_is_exact() {
        // Of 10 files 5 were read: P(no hit) for 1, 2, 3 known is 1/2, 2/9, 1/12.
        assert_eq!(at_most(10, 5, 0.5), 1);
        assert_eq!(at_most(10, 5, 0.22), 2);
        assert_eq!(at_most(10, 5, 0.08), 3);
        assert_eq!(at_most(10, 10, 0.01), 0);
        assert_eq!(at_most(10, 0, 0.01), 10);
        assert_eq!(at_most(0, 0, 0.01), 0);
    }

    #[test]
    fn rounds_multiply_and_what_no_chance_chose_leaves_fewer_unread() {
        // Two rounds of one population are one sample.
        assert_eq!(at_most_of_rounds(&[(1_000, 50), (950, 70)], 0.01), at_most(1_000, 120, 0.01));
        // 2 of 10 drawn, 4 read in order, 2 of the 4 left drawn: P(no hit of 1) = 8/10 · 2/4, of 2: 28/45 · 1/6.
        assert_eq!(at_most_of_rounds(&[(10, 2), (4, 2)], 0.4), 1);
        assert_eq!(at_most_of_rounds(&[(10, 2), (4, 2)], 0.41), 0);
        assert_eq!(at_most_of_rounds(&[(10, 2), (4, 2)], 0.103), 2);
        assert_eq!(at_most_of_rounds(&[], 0.01), u64::MAX);
    }

    #[test]
    fn strata_are_bounded_by_draws_with_replacement() {
        // 3/n of the whole at 95 %: the rule of three.
        let bound = at_most_of_strata(1_000_000, 1_000, 0.05);
        assert!((2_950..=3_000).contains(&bound), "{bound}");
        assert_eq!(at_most_of_strata(1_000, 1_000, 0.05), 0);
        for sampled in [1, 10, 100, 900] {
            assert!(at_most(1_000, sampled, 0.01) <= at_most_of_strata(1_000, sampled, 0.01));
        }
    }
}
