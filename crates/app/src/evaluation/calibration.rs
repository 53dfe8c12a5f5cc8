//! Whether stated strengths can be calibrated, and what is then left of the error: fitted on some persons, held against
//! others.
//!
//! The fit is isotonic (pool adjacent violators); each of its steps says (right + 1) of (all + 2), so that a clean step
//! is not certainty (Laplace's rule of succession).
//! The steps that `linkage` makes of its pools are not used: they give no odds above the number of wrong pairs, which
//! is right where about as many are wrong as right, and says far too little where next to none is.

use serde::Serialize;
use tutela_analyses::attribution::rounded;
use tutela_analyses::linkage::calibrate::{honesty, pooled};
use tutela_model::Strength;

use super::counts::{Counts, STRETCHES};
use super::likelihood::{Strengths, cllr_of};

/// The whole of a probability, in millionths.
const MILLION: f64 = 1_000_000.0;

/// Calibration of each step that states something, fitted on the persons of some operations and held against those of
/// others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// Probabilities that connections came from a line.
    pub connection_line: Part,
    /// Strengths of pairs of accounts.
    pub same_user: Part,
    /// Strengths of leads that name somebody.
    pub lead_person: Part,
}

/// The calibration of one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// True statements that it was fitted on.
    pub fitted_true: u64,
    /// False ones.
    pub fitted_false: u64,
    /// True statements that it was held against.
    pub held_true: u64,
    /// False ones.
    pub held_false: u64,
    /// Why there is nothing to say: `no_true` or `no_false` among those that it was fitted on, or `none_held` where
    /// there are no others.
    pub not_computable: Option<&'static str>,
    /// The expected calibration error of what was stated, in twenty stretches of equal width. A strength is read with
    /// the odds of true to false among those that it was fitted on.
    pub ece_stated: Option<f64>,
    /// And of what is calibrated.
    pub ece: Option<f64>,
    /// Cllr of what was stated; none when all that it was held against is true, or all false.
    pub cllr_stated: Option<f64>,
    /// And of what is calibrated.
    pub cllr: Option<f64>,
    /// What is calibrated against what is right.
    pub reliability: Vec<Stretch>,
}

/// Statements whose calibrated probability lies in a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stretch {
    /// Above this.
    pub from: f64,
    /// Up to this.
    pub to: f64,
    /// How many.
    pub statements: u64,
    /// What is said, in the mean.
    pub said: f64,
    /// What is right.
    pub share_right: f64,
}

impl HeldOut {
    /// Fits on the counts of some operations and judges with those of others.
    pub fn of(fitted: &Counts, held: &Counts) -> Self {
        let posterior = |at: i32, _: f64| (f64::from(at) / 10_000.0).clamp(0.000_05, 0.999_95);
        let strength = |at: i32, odds: f64| {
            let odds = odds * 10_f64.powf(Strength(at).log10_lr());
            odds / (1.0 + odds)
        };
        let strengths =
            |of: &Strengths| of.iter().map(|(at, (right, wrong))| (at.0, *right, *wrong)).collect();
        let posteriors =
            |of: &Counts| of.posteriors.iter().map(|(at, (right, wrong))| (*at, *right, *wrong)).collect();
        Self {
            connection_line: Part::of(posteriors(fitted), posteriors(held), posterior),
            same_user: Part::of(
                strengths(&fitted.same_user.strengths),
                strengths(&held.same_user.strengths),
                strength,
            ),
            lead_person: Part::of(
                strengths(&fitted.lead_person.strengths),
                strengths(&held.lead_person.strengths),
                strength,
            ),
        }
    }

    /// All with their names in JSON, in the order from records to a person.
    pub fn all(&self) -> [(&'static str, &Part); 3] {
        [
            ("connection_line", &self.connection_line),
            ("same_user", &self.same_user),
            ("lead_person", &self.lead_person),
        ]
    }
}

/// How often a value was stated of what is true and of what is false, by value, lowest first.
type Judged = Vec<(i32, u64, u64)>;

impl Part {
    fn of(fitted: Judged, held: Judged, stated: impl Fn(i32, f64) -> f64) -> Self {
        let [(fitted_true, fitted_false), (held_true, held_false)] = [&fitted, &held].map(sums);
        let not_computable = match (fitted_true, fitted_false, held_true + held_false) {
            (0, _, _) => Some("no_true"),
            (_, 0, _) => Some("no_false"),
            (_, _, 0) => Some("none_held"),
            _ => None,
        };
        let mut part = Self {
            fitted_true,
            fitted_false,
            held_true,
            held_false,
            not_computable,
            ece_stated: None,
            ece: None,
            cllr_stated: None,
            cllr: None,
            reliability: Vec::new(),
        };
        if not_computable.is_some() {
            return part;
        }
        let odds = fitted_true as f64 / fitted_false as f64;
        let steps = steps(&fitted);
        let said = |chance: &dyn Fn(i32) -> f64| -> Vec<Said> {
            held.iter().map(|(at, right, wrong)| (chance(*at), *right, *wrong)).collect()
        };
        let as_stated = said(&|at| stated(at, odds));
        let calibrated = said(&|at| step_of(&steps, at));
        part.ece_stated = Some(rounded(ece(&as_stated)));
        part.ece = Some(rounded(ece(&calibrated)));
        let cllr = |said: &[Said]| {
            let ratios =
                said.iter().map(|(chance, right, wrong)| (chance / (1.0 - chance) / odds, *right, *wrong));
            (held_true > 0 && held_false > 0).then(|| rounded(cllr_of(ratios, held_true, held_false)))
        };
        part.cllr_stated = cllr(&as_stated);
        part.cllr = cllr(&calibrated);
        part.reliability = reliability(&calibrated);
        part
    }
}

fn sums(judged: &Judged) -> (u64, u64) {
    judged.iter().fold((0, 0), |sum, (_, right, wrong)| (sum.0 + right, sum.1 + wrong))
}

/// From this value on, this probability.
fn steps(fitted: &Judged) -> Vec<(i32, f64)> {
    let chance = |right: u64, wrong: u64| (right + 1) as f64 / (right + wrong + 2) as f64;
    let pools = pooled(fitted.iter().copied()).into_iter();
    pools.map(|(from, right, wrong)| (from, chance(right, wrong))).collect()
}

fn step_of(steps: &[(i32, f64)], at: i32) -> f64 {
    let above = steps.partition_point(|(from, _)| *from <= at);
    steps[above.saturating_sub(1)].1
}

/// A probability, and how often it was said of what is true and of what is false.
type Said = (f64, u64, u64);

fn ece(said: &[Said]) -> f64 {
    let each = said.iter().flat_map(|(chance, right, wrong)| {
        let chance = (chance * MILLION).round() as u32;
        let of = |is_right: bool, n: u64| std::iter::repeat_n((chance, is_right), n as usize);
        of(true, *right).chain(of(false, *wrong))
    });
    honesty(each).ece as f64 / MILLION
}

fn reliability(said: &[Said]) -> Vec<Stretch> {
    let mut from = 0.0;
    let mut stretches = Vec::new();
    for to in STRETCHES {
        let here = || said.iter().filter(|(chance, _, _)| from < *chance && *chance <= to);
        let n: u64 = here().map(|(_, right, wrong)| right + wrong).sum();
        let right: u64 = here().map(|(_, right, _)| right).sum();
        let sum: f64 = here().map(|(chance, right, wrong)| chance * (right + wrong) as f64).sum();
        if n > 0 {
            let (said, share_right) = (rounded(sum / n as f64), rounded(right as f64 / n as f64));
            stretches.push(Stretch { from, to, statements: n, said, share_right });
        }
        from = to;
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_it_is(at: i32, _: f64) -> f64 {
        f64::from(at) / 100.0
    }

    #[test]
    fn what_is_overstated_alike_on_both_halves_is_mended() {
        // Said 90 of a hundred, right 50; said 10, right 10.
        let half = || vec![(10, 1_000, 9_000), (90, 5_000, 5_000)];
        let part = Part::of(half(), half(), as_it_is);
        assert_eq!((part.ece_stated, part.ece), (Some(0.2), Some(0.0)));
        assert!(part.cllr_stated > part.cllr, "{part:?}");
        let told: Vec<_> =
            part.reliability.iter().map(|at| (at.statements, at.said, at.share_right)).collect();
        assert_eq!(told, [(20_000, 0.3, 0.3)]);
    }

    #[test]
    fn values_that_were_not_fitted_take_the_step_below_or_the_lowest() {
        let steps = steps(&vec![(10, 0, 8), (20, 5, 3), (30, 2, 6), (40, 8, 0)]);
        // 20 and 30 are in the wrong order and pooled: 7 of 16 are right.
        assert_eq!(steps, [(10, 0.1), (20, 8.0 / 18.0), (40, 0.9)]);
        assert_eq!(
            [5, 10, 25, 39, 40, 99].map(|at| step_of(&steps, at)),
            [0.1, 0.1, 8.0 / 18.0, 8.0 / 18.0, 0.9, 0.9]
        );
    }

    #[test]
    fn what_cannot_be_computed_says_why_and_gives_no_number() {
        let judged = |right, wrong| vec![(50, right, wrong)];
        for (fitted, held, why) in [
            (judged(0, 3), judged(1, 1), "no_true"),
            (judged(3, 0), judged(1, 1), "no_false"),
            (judged(3, 3), vec![], "none_held"),
            (vec![], vec![], "no_true"),
        ] {
            let part = Part::of(fitted, held, as_it_is);
            assert_eq!(part.not_computable, Some(why));
            assert_eq!((part.ece, part.ece_stated, part.cllr), (None, None, None));
        }
        let one_kind = Part::of(judged(3, 3), judged(4, 0), as_it_is);
        assert_eq!(
            (one_kind.ece, one_kind.cllr),
            (Some(0.5), None),
            "an error, but no Cllr of one kind alone"
        );
    }

    #[test]
    fn next_to_no_error_does_not_pull_down_what_is_nearly_always_right() {
        let part = Part::of(vec![(99, 100_000, 2)], vec![(99, 50_000, 1)], as_it_is);
        assert!(part.ece.is_some_and(|ece| ece < 0.001), "{part:?}");
    }
}
