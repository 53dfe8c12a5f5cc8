//! How often records of one person agree at each level, learned from the records themselves.
//!
//! Expectation and maximisation over candidate pairs (Winkler 1988, as Splink does it), with two differences: what
//! others agree in is never learned but counted (`compare`), and a column learns only from pairs that were found
//! through a key without it, since a pair found by its date always agrees on the date.
//! Sums are of whole millionths, so the order of the pairs does not matter.

use super::blocking::Key;
use super::compare::{Cell, LEVELS, Level, Ready};
use super::scale::{MILLION, millibans, probability};

/// What was learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// For each column and level, log10 of how often records of one person agree so, in thousandths.
    pub same: Vec<[i32; LEVELS]>,
    /// log10 of the odds that two records drawn at random are of one person, in thousandths.
    pub prior: i32,
    /// Dependence groups of the columns.
    pub groups: Vec<u8>,
}

/// No column speaks more strongly against one person than this: people give false particulars.
const AGAINST: i32 = -2500;

/// The least, a factor of three, for a group to be a support of its own: that both are women holds nothing together.
const SPEAKS: i32 = 500;

/// What a pair's columns say, for an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The column, by position.
    pub column: usize,
    /// How its values compare.
    pub cell: Cell,
    /// What that says, in thousandths of log10.
    pub millibans: i32,
    /// Whether it counts: of a dependence group, the strongest only.
    pub counts: bool,
}

impl Model {
    /// What one column says.
    #[must_use]
    pub fn weigh(&self, column: usize, cell: Cell) -> i32 {
        cell.level.map_or(0, |level| (self.same[column][level as usize] + cell.rarity).max(AGAINST))
    }

    /// log10 of the odds that a pair is of one person, in thousandths, and bits of the groups that speak for it.
    #[must_use]
    pub fn score(&self, columns: &[Ready], a: u32, b: u32) -> (i32, u16) {
        let mut of_group = [0_i32; 16];
        for (idx, column) in columns.iter().enumerate() {
            let said = self.weigh(idx, column.compare(a, b));
            let best = &mut of_group[self.groups[idx] as usize & 15];
            if said.abs() > best.abs() || (said > 0 && said == -*best) {
                *best = said;
            }
        }
        self.total(&of_group)
    }

    fn of_cells(&self, cells: &[Cell]) -> i32 {
        let mut of_group = [0_i32; 16];
        for (idx, cell) in cells.iter().enumerate() {
            let said = self.weigh(idx, *cell);
            let best = &mut of_group[self.groups[idx] as usize & 15];
            if said.abs() > best.abs() || (said > 0 && said == -*best) {
                *best = said;
            }
        }
        self.total(&of_group).0
    }

    fn total(&self, of_group: &[i32; 16]) -> (i32, u16) {
        let bits = of_group.iter().enumerate().filter(|(_, said)| **said >= SPEAKS);
        let bits = bits.fold(0, |bits, (group, _)| bits | 1 << group);
        (self.prior + of_group.iter().sum::<i32>(), bits)
    }

    /// The pair's columns one by one.
    #[must_use]
    pub fn explain(&self, columns: &[Ready], a: u32, b: u32) -> Vec<Step> {
        let mut steps: Vec<Step> = columns
            .iter()
            .enumerate()
            .map(|(column, ready)| {
                let cell = ready.compare(a, b);
                Step { column, cell, millibans: self.weigh(column, cell), counts: false }
            })
            .collect();
        for group in 0..16 {
            let of_group = (0..steps.len()).filter(|idx| self.groups[*idx] & 15 == group);
            let best = of_group.max_by_key(|idx| {
                let said = steps[*idx].millibans;
                (said.abs(), said, std::cmp::Reverse(*idx))
            });
            if let Some(best) = best {
                steps[best].counts = true;
            }
        }
        steps
    }
}

/// What is assumed before anything is learned.
fn start(columns: &[Ready], n: usize) -> Model {
    const SHARES: [u64; LEVELS] = [600, 50, 60, 40, 40, 40, 20, 40, 40, 30, 20, 20];
    let same = SHARES.map(|share| millibans(share, 1000));
    let groups = columns.iter().map(|column| column.group).collect();
    Model { same: vec![same; columns.len()], prior: -millibans(n as u64, 1), groups }
}

/// Learns from the candidate pairs.
#[must_use]
pub fn learn(columns: &[Ready], n: usize, pairs: &[(u32, u32)], keys: &[u32], kinds: &[Key]) -> Model {
    const ENOUGH: usize = 400_000;
    const ROUNDS: usize = 8;
    let mut model = start(columns, n);
    if pairs.is_empty() {
        return model;
    }
    let step = step(pairs.len(), ENOUGH);
    let taken: Vec<usize> = (0..pairs.len()).step_by(step).collect();
    let cells: Vec<Cell> = taken
        .iter()
        .flat_map(|idx| columns.iter().map(|column| column.compare(pairs[*idx].0, pairs[*idx].1)))
        .collect();
    let width = columns.len();
    // For each pair, bits of the columns that some key of it does without.
    let free: Vec<u32> = taken
        .iter()
        .map(|idx| {
            let of_pair = kinds.iter().enumerate().filter(|(key, _)| keys[*idx] >> key & 1 == 1);
            of_pair.fold(0, |bits, (_, kind)| bits | !kind.columns())
        })
        .collect();
    for _ in 0..ROUNDS {
        let mut sums = vec![[0_u64; LEVELS]; width];
        let mut all = 0_u64;
        for (cells, free) in cells.chunks(width).zip(&free) {
            let chance = u64::from(probability(model.of_cells(cells)));
            all += chance;
            for (column, cell) in cells.iter().enumerate().filter(|(column, _)| free >> column & 1 == 1) {
                if let Some(level) = cell.level {
                    sums[column][level as usize] += chance;
                }
            }
        }
        maximise(&mut model, &sums);
        let matches = (all * step as u64 / u64::from(MILLION)).max(1);
        let drawn = (n as u64 * (n as u64).saturating_sub(1) / 2).max(1);
        model.prior = millibans(matches, drawn).min(0);
    }
    model
}

/// Every how many-th pair is learned from: of a sorted list the same ones, whatever the order of the rows.
#[must_use]
pub fn step(n_pairs: usize, enough: usize) -> usize {
    n_pairs.div_ceil(enough).max(1)
}

fn maximise(model: &mut Model, sums: &[[u64; LEVELS]]) {
    // As if twenty pairs had been seen to agree as assumed.
    const ASSUMED: u64 = 20;
    let before = [600_u64, 50, 60, 40, 40, 40, 20, 40, 40, 30, 20, 20];
    for (same, sums) in model.same.iter_mut().zip(sums) {
        let million = u64::from(MILLION);
        let all = sums.iter().sum::<u64>() + ASSUMED * million;
        for (level, sum) in sums.iter().enumerate() {
            same[level] = millibans(sum + ASSUMED * million * before[level] / 1000, all);
        }
    }
    debug_assert_eq!(Level::None as usize, LEVELS - 1);
}

#[cfg(test)]
mod tests {
    use super::super::compare::{Column, Kind};
    use super::*;

    fn column(kind: Kind, group: u8, values: &[&str]) -> Ready {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Ready::new(&Column { name: "x".into(), kind, group, values }, 1)
    }

    #[test]
    fn a_dependence_group_counts_once_with_its_strongest() {
        let town = ["Prova", "Prova", "Esempio", "Modello"];
        let code = ["90001", "90001", "90002", "90003"];
        let of = |group| [column(Kind::Place, 0, &town), column(Kind::Postcode, group, &code)];
        let (together, apart) = (of(0), of(1));
        let said = |columns: &[Ready]| {
            let model = start(columns, 4);
            let steps = model.explain(columns, 0, 1);
            (model.score(columns, 0, 1).0 - model.prior, steps)
        };
        let (sum, steps) = said(&apart);
        assert_eq!(sum, steps[0].millibans + steps[1].millibans);
        let (most, steps) = said(&together);
        assert_eq!(most, steps[0].millibans.max(steps[1].millibans));
        assert!(most > 0 && most < sum);
        assert_eq!(steps.iter().filter(|step| step.counts).count(), 1);
    }

    #[test]
    fn a_missing_value_says_nothing_and_a_lie_has_its_limit() {
        let columns = [column(Kind::Date, 0, &["1980-01-02", "", "1991-12-30"])];
        let mut model = start(&columns, 3);
        assert_eq!(model.score(&columns, 0, 1), (model.prior, 0));
        model.same[0] = [-9000; LEVELS];
        assert_eq!(model.score(&columns, 0, 2), (model.prior + AGAINST, 0));
    }

    #[test]
    fn a_column_learns_nothing_from_pairs_that_were_found_through_it_alone() {
        let columns = [column(Kind::Email, 0, &["a@x", "a@x", "b@x", "b@x"])];
        let kinds = [Key { parts: vec![(0, super::super::compare::Facet::Whole)] }];
        let found = learn(&columns, 4, &[(0, 1), (2, 3)], &[1, 1], &kinds);
        assert_eq!(found.same[0], start(&columns, 4).same[0]);
    }
}
