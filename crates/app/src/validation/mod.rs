//! The validation of the method on made-up operations: several of them measured together, and the report of it.
//!
//! No clock: a report has the date that it is given, so that the same program gives the same bytes.

mod page;
mod plot;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use tutela_model::Date;
use tutela_simulation::Summary;

pub use self::page::page;
use crate::evaluation::{Counts, HeldOut, Measures, share};

/// A validation: what was run, and what came of it.
pub struct Validation {
    /// The program and the digest of its analyses.
    pub made_with: String,
    /// The scenario.
    pub scenario: String,
    /// The size of each operation.
    pub size: f64,
    /// The date that was given for it.
    pub date: Option<Date>,
    /// The operations, by seed.
    pub operations: Vec<Operation>,
}

/// One made-up operation.
pub struct Operation {
    /// What was made.
    pub made: Summary,
    /// What was counted.
    pub counts: Counts,
}

/// One operation in a line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The seed.
    pub seed: u64,
    /// Connections that were made.
    pub connections: u64,
    /// People to be found.
    pub users: u64,
    /// Those that are identified.
    pub identified: u64,
    /// Those with a lead that names nobody.
    pub candidate: u64,
    /// Those with no lead, or one that no line explains.
    pub not_found: u64,
    /// Those with a lead that no line explains.
    pub unattributed: u64,
    /// Those with no lead.
    pub missed: u64,
    /// Leads.
    pub leads: u64,
    /// Leads that name somebody who did nothing.
    pub false_accusations: u64,
    /// Leads with any wrong name.
    pub wrong_names: u64,
    /// Leads that join accounts of different persons.
    pub merged: u64,
    /// Those of them that name somebody.
    pub merged_identified: u64,
    /// Right of the pairs of account and line.
    pub account_line_precision: Option<f64>,
    /// Reached of the pairs of account and line.
    pub account_line_recall: Option<f64>,
}

impl Line {
    fn of(operation: &Operation) -> Self {
        let Counts { users, wrong, account_line, leads, merged, merged_identified, .. } = &operation.counts;
        let rounded = tutela_analyses::attribution::rounded;
        let false_accusations = wrong.bystander + wrong.subscriber_only;
        Self {
            seed: operation.made.seed,
            connections: operation.made.connections,
            users: users.total(),
            identified: users.identified,
            candidate: users.candidate,
            not_found: users.unattributed + users.missed,
            unattributed: users.unattributed,
            missed: users.missed,
            leads: *leads,
            false_accusations,
            wrong_names: false_accusations + wrong.another_user + wrong.nobody,
            merged: *merged,
            merged_identified: *merged_identified,
            account_line_precision: share(account_line.right, account_line.found).map(rounded),
            account_line_recall: share(account_line.reached, account_line.sought).map(rounded),
        }
    }
}

/// Medians over operations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Medians {
    /// Of those identified.
    pub identified: Option<f64>,
    /// Of those with a lead that names nobody.
    pub candidate: Option<f64>,
    /// Of leads.
    pub leads: Option<f64>,
    /// Of the share of right pairs of account and line.
    pub account_line_precision: Option<f64>,
    /// Of the share of reached pairs of account and line.
    pub account_line_recall: Option<f64>,
}

/// The least, the median and the most of a number over operations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// In the operation with the least.
    pub least: u64,
    /// In the one in the middle.
    pub median: f64,
    /// In the operation with the most.
    pub most: u64,
}

/// What is spread over operations, in the order of its table.
pub const SPREADS: [&str; 10] = [
    "identified",
    "candidate",
    "identified_or_candidate",
    "unattributed",
    "missed",
    "leads",
    "false_accusations",
    "wrong_names",
    "merged",
    "merged_identified",
];

impl Line {
    /// One of [`SPREADS`].
    fn number(&self, name: &str) -> u64 {
        match name {
            "identified" => self.identified,
            "candidate" => self.candidate,
            "identified_or_candidate" => self.identified + self.candidate,
            "unattributed" => self.unattributed,
            "missed" => self.missed,
            "leads" => self.leads,
            "false_accusations" => self.false_accusations,
            "wrong_names" => self.wrong_names,
            "merged" => self.merged,
            _ => self.merged_identified,
        }
    }
}

impl Validation {
    /// All operations as one.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.operations.iter().for_each(|operation| total += &operation.counts);
        total
    }

    /// Each operation in a line.
    pub fn lines(&self) -> Vec<Line> {
        self.operations.iter().map(Line::of).collect()
    }

    /// The medians over operations.
    pub fn medians(&self) -> Medians {
        let lines = self.lines();
        let of = |value: &dyn Fn(&Line) -> Option<f64>| median(lines.iter().filter_map(value).collect());
        Medians {
            identified: of(&|line| Some(line.identified as f64)),
            candidate: of(&|line| Some(line.candidate as f64)),
            leads: of(&|line| Some(line.leads as f64)),
            account_line_precision: of(&|line| line.account_line_precision),
            account_line_recall: of(&|line| line.account_line_recall),
        }
    }

    /// How each of [`SPREADS`] is spread over operations; none without any.
    pub fn spreads(&self) -> Vec<(&'static str, Spread)> {
        let lines = self.lines();
        let spread = |name: &'static str| {
            let mut values: Vec<u64> = lines.iter().map(|line| line.number(name)).collect();
            values.sort_unstable();
            let median = median(values.iter().map(|n| *n as f64).collect())?;
            Some((name, Spread { least: *values.first()?, median, most: *values.last()? }))
        };
        SPREADS.into_iter().filter_map(spread).collect()
    }

    /// What calibration fitted on the persons of odd seeds makes of what was stated of those of even ones.
    pub fn held_out(&self) -> HeldOut {
        let of = |is_odd: bool| {
            let mut sum = Counts::default();
            let those = self.operations.iter().filter(|operation| (operation.made.seed % 2 == 1) == is_odd);
            those.for_each(|operation| sum += &operation.counts);
            sum
        };
        HeldOut::of(&of(true), &of(false))
    }

    /// The operation that went worst: most wrong names, then most joined persons, then fewest identified; the first of
    /// several that are alike.
    pub fn worst(&self) -> Option<Line> {
        self.lines().into_iter().min_by_key(|line| {
            (std::cmp::Reverse((line.wrong_names, line.merged)), line.identified, line.seed)
        })
    }

    /// The document of `--json`. The names of its fields are a contract: add, never rename.
    pub fn json(&self) -> Value {
        let total = self.total();
        json!({
            "schema": "tutela.selftest/1",
            "made_with": self.made_with,
            "analyses": tutela_analyses::version().to_string(),
            "scenario": self.scenario,
            "size": self.size,
            "date": self.date.map(|date| date.to_string()),
            "users_total": total.users.total(),
            "identified": total.users.identified,
            "merged_leads": total.merged,
            "merged_leads_identified": total.merged_identified,
            "split_persons": total.split,
            "total": Measures::of(&total),
            "calibration_held_out": {"fitted_on": "odd_seeds", "held_against": "even_seeds",
                "levels": self.held_out()},
            "medians": self.medians(),
            "spread": self.spreads().into_iter().collect::<BTreeMap<_, _>>(),
            "worst": self.worst(),
            "operations": self.lines(),
        })
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(seed: u64, identified: u64, bystander: u64) -> Operation {
        let mut counts = Counts::default();
        counts.users.identified = identified;
        counts.wrong.bystander = bystander;
        let made = Summary {
            scenario: "x",
            seed,
            size: 1.0,
            connections: 1,
            sightings: 0,
            peers: 0,
            referral_events: 0,
            users: 1,
            with_precedents: 0,
            bystanders: 0,
            persons: 1,
            lines: 1,
            lease_rows: 1,
            accounts: 1,
            faults: 0,
            injected: 0,
        };
        Operation { made, counts }
    }

    #[test]
    fn a_median_is_the_middle_or_the_mean_of_the_two_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }

    fn validation(operations: Vec<Operation>) -> Validation {
        let (made_with, scenario) = (String::new(), String::new());
        Validation { made_with, scenario, size: 1.0, date: None, operations }
    }

    #[test]
    fn a_spread_has_the_ends_and_the_middle() {
        let spreads = validation(vec![operation(1, 3, 0), operation(2, 9, 1), operation(3, 4, 0)]).spreads();
        let of = |name: &str| spreads.iter().find(|(of, _)| *of == name).map(|(_, spread)| *spread);
        assert_eq!(of("identified"), Some(Spread { least: 3, median: 4.0, most: 9 }));
        assert_eq!(of("false_accusations"), Some(Spread { least: 0, median: 0.0, most: 1 }));
        assert_eq!(spreads.len(), SPREADS.len());
        assert!(validation(vec![]).spreads().is_empty());
    }

    #[test]
    fn calibration_is_fitted_on_odd_seeds_and_held_against_even_ones() {
        let judged = |seed, right, wrong| {
            let mut operation = operation(seed, 0, 0);
            operation.counts.posteriors = [(9_000, (right, wrong))].into();
            operation
        };
        let held = validation(vec![judged(1, 30, 10), judged(2, 8, 2), judged(3, 30, 10)]).held_out();
        let part = held.connection_line;
        assert_eq!((part.fitted_true, part.fitted_false, part.held_true, part.held_false), (60, 20, 8, 2));
        // 61 of 82 against 8 of 10.
        assert_eq!((part.ece, part.ece_stated), (Some(0.0561), Some(0.1)));
    }

    #[test]
    fn the_worst_operation_accuses_somebody_before_it_misses_somebody() {
        let worst = |operations: Vec<Operation>| validation(operations).worst().map(|line| line.seed);
        assert_eq!(worst(vec![operation(1, 2, 0), operation(2, 9, 1), operation(3, 2, 0)]), Some(2));
        assert_eq!(worst(vec![operation(1, 3, 0), operation(2, 2, 0), operation(3, 2, 0)]), Some(2));
        assert_eq!(worst(vec![]), None);
    }
}
