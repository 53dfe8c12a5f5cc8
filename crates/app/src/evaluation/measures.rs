//! What counts say: shares with their bounds, false accusations, calibration, and what each gate costs.
//!
//! The only place where counts become fractions; each is rounded to four decimals, so that a text does not depend on
//! the machine.

use serde::Serialize;
use tutela_analyses::attribution::rounded;

use super::bounds::{lower_95, upper_95};
use super::counts::{self, Counts, STRETCHES};
use super::likelihood::LikelihoodRatios;

/// What counts say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// The worst error.
    pub false_accusations: FalseAccusations,
    /// Each step from records to a person.
    pub levels: Levels,
    /// Stated probabilities of connections against what is right.
    pub calibration_error: CalibrationError,
    /// What each gate costs, and what it keeps from happening.
    pub gates: Vec<Gate>,
}

/// Identified leads that name somebody who did nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FalseAccusations {
    /// Leads that name a bystander, or a subscriber whose line somebody else used.
    pub count: u64,
    /// Of them, bystanders.
    pub bystander: u64,
    /// Of them, subscribers of a user's household.
    pub subscriber_only: u64,
    /// Leads that name another person sought. They are no part of `count`, and count against the precision of the
    /// level of the person.
    pub another_user: u64,
    /// Leads with a name that nobody has; likewise.
    pub nobody: u64,
    /// Leads that are exported, whatever their status.
    pub leads: u64,
    /// Leads that name somebody.
    pub leads_identified: u64,
    /// `count` in 1,000 exported leads.
    pub per_1000_leads: Option<f64>,
    /// The exact upper bound, one-sided, 95 %.
    pub upper_95_per_1000_leads: Option<f64>,
    /// Leads that leave as attributions once officers have done their part: the records meet every condition, the
    /// register of residents has one person at each home line, and every other explanation is excluded.
    pub exported: u64,
    /// Those of them that name anybody but the person.
    pub exported_wrong: u64,
    /// `exported_wrong` in 1,000 of `exported`.
    pub per_1000_exported: Option<f64>,
    /// The exact upper bound, one-sided, 95 %.
    pub upper_95_per_1000_exported: Option<f64>,
    /// `count` in 1,000 leads that name somebody.
    pub per_1000_identified: Option<f64>,
    /// The exact upper bound, one-sided, 95 %.
    pub upper_95_per_1000_identified: Option<f64>,
}

/// The steps from records to a person, which are never collapsed into one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Levels {
    /// A connection came from a line.
    pub connection_line: Level,
    /// An account was used through a line.
    pub account_line: Level,
    /// Two accounts were in use by the same person.
    pub same_user: Level,
    /// A lead names the person who used its accounts.
    pub lead_person: Level,
}

impl Levels {
    /// All with their names in JSON, in the order from records to a person.
    pub fn all(&self) -> [(&'static str, &Level); 4] {
        [
            ("connection_line", &self.connection_line),
            ("account_line", &self.account_line),
            ("same_user", &self.same_user),
            ("lead_person", &self.lead_person),
        ]
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Level {
    /// What is stated.
    pub found: u64,
    /// What of it is true.
    pub right: u64,
    /// What there was to be stated.
    pub sought: u64,
    /// What of that is stated.
    pub reached: u64,
    /// What is stated of accounts that the truth does not know: neither right nor wrong, and no part of `found`.
    pub unjudged: u64,
    /// `right` of `found`.
    pub precision: Option<f64>,
    /// The exact lower bound, one-sided, 95 %; none where what is counted is not independent.
    pub precision_lower_95: Option<f64>,
    /// `reached` of `sought`.
    pub recall: Option<f64>,
    /// The exact lower bound, one-sided, 95 %; none where what is counted is not independent.
    pub recall_lower_95: Option<f64>,
    /// What the stated strengths are worth; none where the step states none.
    pub likelihood_ratios: Option<LikelihoodRatios>,
}

/// The expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015): the mean distance between stated and
/// right, over stretches of stated probability, weighed by their connections.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalibrationError {
    /// The error; none without connections.
    pub ece: Option<f64>,
    /// Upper ends of the stretches.
    pub stretches_to: [f64; STRETCHES.len()],
    /// Connections.
    pub connections: u64,
    /// The stretches that have connections.
    pub stretches: Vec<Calibration>,
}

/// Of the connections whose stated probability lies in a stretch, how many really came from the line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Above this.
    pub posterior_from: f64,
    /// Up to this.
    pub posterior_to: f64,
    /// How many.
    pub connections: u64,
    /// What was stated.
    pub mean_posterior: f64,
    /// What is right.
    pub share_right: f64,
}

/// A ground whose absence keeps leads below identified.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gate {
    /// Its name: that of the statement without `identity.missing.`; `no_lead` and `another_named` where there is none.
    pub missing: String,
    /// Users who are not identified and whose leads lack it.
    pub persons: u64,
    /// Those whose leads lack nothing else.
    pub only: u64,
    /// `persons` of all users: what the gate costs.
    pub recall_lost: Option<f64>,
    /// Leads that lack it.
    pub leads: u64,
    /// Those whose most used line is registered to somebody who did not use their accounts: what the gate is for.
    pub leads_line_of_another: u64,
}

impl Measures {
    /// Measures what was counted.
    pub fn of(counts: &Counts) -> Self {
        let users = counts.users.total();
        let gate = |(name, gate): (&String, &counts::Gate)| Gate {
            missing: name.clone(),
            persons: gate.persons,
            only: gate.only,
            recall_lost: share(gate.persons, users).map(rounded),
            leads: gate.leads,
            leads_line_of_another: gate.leads_line_of_another,
        };
        let mut gates: Vec<Gate> = counts.gates.iter().map(gate).collect();
        gates.sort_by(|a, b| (b.persons, b.leads, &a.missing).cmp(&(a.persons, a.leads, &b.missing)));
        Self {
            false_accusations: FalseAccusations::of(counts),
            levels: Levels {
                // Connections of a session stand or fall together: a bound that takes them one by one would be too near.
                connection_line: level(&counts.connection_line, |_, _| None),
                account_line: level(&counts.account_line, lower_95),
                same_user: level(&counts.same_user, lower_95),
                lead_person: level(&counts.lead_person, lower_95),
            },
            calibration_error: CalibrationError::of(counts),
            gates,
        }
    }
}

impl FalseAccusations {
    fn of(counts: &Counts) -> Self {
        let wrong = counts.wrong;
        let count = wrong.bystander + wrong.subscriber_only;
        let in_1000 = |share: Option<f64>| share.map(|share| rounded(share * 1000.0));
        Self {
            count,
            bystander: wrong.bystander,
            subscriber_only: wrong.subscriber_only,
            another_user: wrong.another_user,
            nobody: wrong.nobody,
            leads: counts.leads,
            leads_identified: counts.leads_identified,
            per_1000_leads: in_1000(share(count, counts.leads)),
            upper_95_per_1000_leads: in_1000(upper_95(count, counts.leads)),
            exported: counts.exported,
            exported_wrong: counts.exported_wrong,
            per_1000_exported: in_1000(share(counts.exported_wrong, counts.exported)),
            upper_95_per_1000_exported: in_1000(upper_95(counts.exported_wrong, counts.exported)),
            per_1000_identified: in_1000(share(count, counts.leads_identified)),
            upper_95_per_1000_identified: in_1000(upper_95(count, counts.leads_identified)),
        }
    }
}

impl CalibrationError {
    fn of(counts: &Counts) -> Self {
        let connections = counts.stretches.iter().map(|stretch| stretch.n).sum();
        // Sums in ten-thousandths of a connection, so that nothing is rounded before the end.
        let distance: u64 =
            counts.stretches.iter().map(|stretch| stretch.stated.abs_diff(stretch.right * 10_000)).sum();
        let stretches = counts.stretches.iter().enumerate().filter(|(_, stretch)| stretch.n > 0);
        Self {
            ece: share(distance, connections * 10_000).map(rounded),
            stretches_to: STRETCHES,
            connections,
            stretches: stretches
                .map(|(idx, stretch)| Calibration {
                    posterior_from: if idx == 0 { 0.0 } else { STRETCHES[idx - 1] },
                    posterior_to: STRETCHES[idx],
                    connections: stretch.n,
                    mean_posterior: stretch.stated as f64 / (stretch.n * 10_000) as f64,
                    share_right: stretch.right as f64 / stretch.n as f64,
                })
                .collect(),
        }
    }
}

fn level(counts: &counts::Level, bound: impl Fn(u64, u64) -> Option<f64>) -> Level {
    let counts::Level { found, right, sought, reached, unjudged, strengths } = counts;
    Level {
        found: *found,
        right: *right,
        sought: *sought,
        reached: *reached,
        unjudged: *unjudged,
        precision: share(*right, *found).map(rounded),
        precision_lower_95: bound(*right, *found).map(rounded),
        recall: share(*reached, *sought).map(rounded),
        recall_lower_95: bound(*reached, *sought).map(rounded),
        likelihood_ratios: (!strengths.is_empty()).then(|| LikelihoodRatios::of(strengths)),
    }
}

/// A share; none of nothing.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
