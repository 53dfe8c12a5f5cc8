//! The whole way: a table of records in, sets with their reasons out.

use super::blocking::{self, Capped, Key, Limits};
use super::cluster::{self, Edge, Note, Rules, Sets, Tie};
use super::compare::{Column, MISSING, Ready};
use super::learn::{self, Model};
use super::scale::{MILLION, probability};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The least log10 odds, in thousandths, at which a pair speaks for one person rather than against it.
    pub join: i32,
    /// What is compared.
    pub limits: Limits,
    /// How sets are made.
    pub rules: Rules,
}

impl Default for Settings {
    fn default() -> Self {
        Self { join: 1000, limits: Limits::default(), rules: Rules::default() }
    }
}

/// What was found.
pub struct Resolved {
    /// For each record, as it was given, the number of its set.
    pub of: Vec<u32>,
    /// The sets, by the records of `order`.
    pub sets: Sets,
    /// The records as they were given, in the order of their contents, which is the order of sets and notes.
    pub order: Vec<u32>,
    /// Columns, in the order of `order`.
    pub columns: Vec<Ready>,
    /// What was learned.
    pub model: Model,
    /// The kinds of key.
    pub keys: Vec<Key>,
    /// What was not compared.
    pub capped: Vec<Capped>,
    /// The pairs compared, with log10 of the odds of one person in thousandths.
    pub scored: Vec<(u32, u32, i32)>,
}

/// The most columns that can be compared: each is a bit in what is kept of a pair.
pub const MOST_COLUMNS: usize = 16;

/// Resolves records, by at most [`MOST_COLUMNS`] columns. Ties name records as they were given.
///
/// `ids` tell records of the same contents apart; without them these are taken in the order in which they came.
#[must_use]
pub fn resolve(columns: &[Column], ids: &[String], ties: &[Tie], settings: Settings) -> Resolved {
    let n = columns.first().map_or(0, |column| column.values.len());
    let mut columns: Vec<Ready> = columns.iter().map(|column| Ready::new(column, 2)).collect();
    // Records in the order of their contents, so that the order in which they came does not reach the result.
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_by(|a, b| {
        let of = |column: &Ready| column.of[*a as usize].cmp(&column.of[*b as usize]);
        columns.iter().map(of).find(|order| order.is_ne()).unwrap_or_else(|| {
            let id = |record: &u32| ids.get(*record as usize);
            id(a).cmp(&id(b)).then(a.cmp(b))
        })
    });
    for column in &mut columns {
        column.of = order.iter().map(|record| column.of[*record as usize]).collect();
    }
    let mut place = vec![0_u32; n];
    for (at, record) in order.iter().enumerate() {
        place[*record as usize] = at as u32;
    }
    number_groups(&mut columns);
    let keys = blocking::keys(&columns);
    let candidates = blocking::candidates(&columns, n, &keys, settings.limits);
    let model = learn(&mut columns, n, &candidates.pairs, &candidates.keys, &keys);
    let mut scored = Vec::with_capacity(candidates.pairs.len());
    let mut edges = Vec::new();
    for (a, b) in &candidates.pairs {
        let (score, groups) = model.score(&columns, *a, *b);
        scored.push((*a, *b, score));
        if score > settings.join {
            edges.push(Edge { a: *a, b: *b, millibans: score - settings.join, groups });
        }
    }
    let ties: Vec<Tie> =
        ties.iter().map(|tie| Tie { a: place[tie.a as usize], b: place[tie.b as usize], ..*tie }).collect();
    let sets = cluster::cluster(n, &edges, &ties, settings.rules, &mut |a, b| {
        let (score, groups) = model.score(&columns, a, b);
        (score - settings.join, groups)
    });
    let of = place.iter().map(|at| sets.of[*at as usize]).collect();
    Resolved { of, sets, order, columns, model, keys, capped: candidates.capped, scored }
}

/// Gives the dependence groups the numbers from zero on, in the order of their first columns.
fn number_groups(columns: &mut [Ready]) {
    let mut seen = Vec::new();
    for column in columns {
        let number = seen.iter().position(|group| *group == column.group).unwrap_or_else(|| {
            seen.push(column.group);
            seen.len() - 1
        });
        column.group = number as u8;
    }
}

/// Learns twice: first with what is assumed of how many records a person has, then with what was found, and with the
/// words that stand for each other.
fn learn(columns: &mut [Ready], n: usize, pairs: &[(u32, u32)], keys: &[u32], kinds: &[Key]) -> Model {
    let model = learn::learn(columns, n, pairs, keys, kinds);
    let mut matches = 0_u64;
    let mut sure: Vec<Vec<(u32, u32)>> = vec![Vec::new(); columns.len()];
    let step = learn::step(pairs.len(), 2_000_000);
    for (a, b) in pairs.iter().step_by(step) {
        let (score, _) = model.score(columns, *a, *b);
        matches += u64::from(probability(score));
        if score < 0 {
            continue;
        }
        for (idx, column) in columns.iter().enumerate() {
            let differ = column.of[*a as usize] != column.of[*b as usize];
            // What the column itself says is left out: a variant is what sure pairs have in place of each other.
            if differ && score - model.weigh(idx, column.compare(*a, *b)) > 2000 {
                sure[idx].push((*a, *b));
            }
        }
    }
    let of_each = 2 * matches * step as u64 / u64::from(MILLION) / (n as u64).max(1);
    for (column, sure) in columns.iter_mut().zip(&sure) {
        column.set_own((1 + of_each).clamp(1, 20) as u32);
        column.learn_variants(sure);
    }
    learn::learn(columns, n, pairs, keys, kinds)
}

impl Resolved {
    /// Notes with the records as they were given.
    #[must_use]
    pub fn record(&self, at: u32) -> u32 {
        self.order[at as usize]
    }

    /// How many pairs of the sets hang on one thread, were cut, or contradict each other.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.sets.notes
    }

    /// Whether a column has a value for a record, by the place of the record.
    #[must_use]
    pub fn has(&self, column: usize, at: u32) -> bool {
        self.columns[column].of[at as usize] != MISSING
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare::Kind;
    use super::super::measure::judge;
    use super::*;

    /// Made-up records of forty persons, three each, with a slip and a gap here and there; and whose they are.
    fn records() -> (Vec<Column>, Vec<u32>) {
        const FIRST: [&str; 8] = ["anna", "bruno", "carla", "dario", "elena", "fabio", "gina", "ugo"];
        const LAST: [&str; 10] = [
            "abatini", "bergosso", "calveri", "dosetti", "ermolo", "farucci", "gavonni", "lisandri",
            "mortesi", "zanolfi",
        ];
        let mut columns: Vec<Column> = [("name", Kind::Name), ("born", Kind::Date), ("mail", Kind::Email)]
            .iter()
            .enumerate()
            .map(|(group, (name, kind))| Column {
                name: (*name).to_owned(),
                kind: *kind,
                group: group as u8 * 7,
                values: vec![],
            })
            .collect();
        let mut truth = Vec::new();
        for person in 0..40_usize {
            let (first, last) = (FIRST[person % 8], LAST[person * 7 % 10]);
            let born = format!("{}-{:02}-{:02}", 1950 + person, 1 + person % 12, 1 + person * 5 % 28);
            let mail = format!("{first}{person}@example.org");
            let slipped = format!("{first} {}{}", &last[..3], &last[4..]);
            for row in [
                [format!("{first} {last}"), born.clone(), mail.clone()],
                [slipped, born, String::new()],
                [format!("{last} {first}"), String::new(), mail],
            ] {
                columns.iter_mut().zip(row).for_each(|(column, value)| column.values.push(value));
                truth.push(person as u32);
            }
        }
        (columns, truth)
    }

    #[test]
    fn records_with_slips_and_gaps_find_each_other_and_nobody_else() {
        let (columns, truth) = records();
        let resolved = resolve(&columns, &[], &[], Settings::default());
        let judged = judge(&resolved.of, &truth, |_| true);
        assert_eq!((judged.precision(), judged.mixed), (1000, 0));
        assert!(judged.recall() > 900, "{judged:?}");
    }

    #[test]
    fn the_order_of_the_rows_does_not_reach_the_result() {
        let (mut columns, _) = records();
        let found = resolve(&columns, &[], &[], Settings::default());
        let n = columns[0].values.len();
        let turned: Vec<usize> = (0..n).map(|idx| (idx * 77 + 5) % n).collect();
        for column in &mut columns {
            column.values = turned.iter().map(|idx| column.values[*idx].clone()).collect();
        }
        let again = resolve(&columns, &[], &[], Settings::default());
        assert_eq!(again.model, found.model);
        assert_eq!(again.sets, found.sets);
        assert_eq!(again.scored, found.scored);
        let expected: Vec<u32> = turned.iter().map(|idx| found.of[*idx]).collect();
        assert_eq!(again.of, expected);
    }

    #[test]
    fn records_of_the_same_contents_are_told_apart_by_their_ids() {
        let (mut columns, _) = records();
        columns.iter_mut().for_each(|column| column.values.extend_from_within(..));
        let n = columns[0].values.len();
        let mut ids: Vec<String> = (0..n).map(|idx| format!("r{:03}", (idx * 77 + 5) % n)).collect();
        let sets = |columns: &[Column], ids: &[String]| {
            let found = resolve(columns, ids, &[], Settings::default());
            let name = |set: &u32| ids[found.record(*set) as usize].clone();
            let mut sets: Vec<(String, String)> =
                ids.iter().cloned().zip(found.of.iter().map(name)).collect();
            sets.sort();
            sets
        };
        let found = sets(&columns, &ids);
        columns.iter_mut().for_each(|column| column.values.reverse());
        ids.reverse();
        assert_eq!(sets(&columns, &ids), found);
    }

    #[test]
    fn an_officer_s_decision_keeps_two_records_apart() {
        let (columns, _) = records();
        let found = resolve(&columns, &[], &[], Settings::default());
        assert_eq!(found.of[0], found.of[1]);
        let apart = resolve(&columns, &[], &[Tie { a: 0, b: 1, same: false }], Settings::default());
        assert_ne!(apart.of[0], apart.of[1]);
    }

    #[test]
    fn the_steps_of_an_explanation_add_up_to_the_score() {
        let (mut columns, _) = records();
        columns[1].group = columns[2].group;
        let found = resolve(&columns, &[], &[], Settings::default());
        for (a, b, score) in found.scored.iter().take(500) {
            let steps = found.model.explain(&found.columns, *a, *b);
            let counted: i32 = steps.iter().filter(|step| step.counts).map(|step| step.millibans).sum();
            assert_eq!(found.model.prior + counted, *score, "{a} {b}");
        }
    }

    #[test]
    fn nothing_and_nobody_are_resolved_too() {
        assert!(resolve(&[], &[], &[], Settings::default()).of.is_empty());
        let column = Column { name: "x".into(), kind: Kind::Name, group: 0, values: vec![String::new(); 3] };
        assert_eq!(resolve(&[column], &[], &[], Settings::default()).of, [0, 1, 2]);
    }
}
