//! How well the analyses do: leads and findings of a made-up operation, held against its truth.
//!
//! It judges the analyses and never feeds them, and takes what it measures as values: only `truth` reads a disk.
//! It stands in the program and not in `simulation`, because it knows both sides, which must not know each other: what
//! findings and leads are made of, and what the truth files hold.

mod bounds;
mod calibration;
mod counts;
mod likelihood;
mod measures;
mod people;
mod truth;

pub mod words;

use std::collections::BTreeSet;

use serde::Serialize;
use tutela_model::Lead;
use tutela_model::finding::PersonStatus;

pub use self::calibration::{HeldOut, Part, Stretch};
pub use self::counts::Counts;
pub use self::likelihood::LikelihoodRatios;
pub use self::measures::{Calibration, FalseAccusations, Gate, Level, Measures, share};
pub use self::people::{Merged, PersonResult, Split, WrongName};
use self::people::{Precedents, merged, person_results, split, wrong_name};
pub use self::truth::Truth;
use crate::analysis::Derived;

/// How leads and findings compare with the truth. The names of the fields are a contract: add, never rename.
#[derive(Debug, Serialize)]
pub struct Evaluation {
    /// The form of this document.
    pub schema: &'static str,
    /// The people to be found, and what became of them.
    pub users_total: usize,
    /// Named by a lead on their accounts.
    pub identified: usize,
    /// With a lead that names nobody, or not them.
    pub candidate: usize,
    /// With a lead that no line explains.
    pub unattributed: usize,
    /// With no lead.
    pub missed: usize,
    /// Leads.
    pub leads: usize,
    /// Leads that name somebody.
    pub leads_identified: usize,
    /// Leads on accounts that the truth does not know, such as a report whose account is not stated.
    pub leads_unknown: usize,
    /// Leads with the status identified that name the wrong person: must be none.
    pub bystanders_identified: Vec<WrongName>,
    /// Leads that join accounts of different persons.
    pub merged_leads: Vec<Merged>,
    /// Persons whose accounts are spread over several leads.
    pub split_persons: Vec<Split>,
    /// Persons with precedents; none when the truth does not say.
    pub precedents_total: Option<usize>,
    /// Precedents shown on the right person.
    pub precedents_right: usize,
    /// Precedents shown on a wrong one.
    pub precedents_wrong: usize,
    /// Precedents that no lead shows.
    pub precedents_missed: usize,
    /// Each person to be found.
    pub persons: Vec<PersonResult>,
    /// Connections attributed to lines.
    pub attribution: Attribution,
    /// What a laboratory asks for.
    #[serde(flatten)]
    pub measures: Measures,
}

/// Connections attributed to lines, against the truth.
#[derive(Debug, Serialize)]
pub struct Attribution {
    /// Pairs of account and line that the findings state, and how many of them are true.
    pub pairs_found: u64,
    /// Those of them that are true.
    pub pairs_right: u64,
    /// Pairs that there are.
    pub pairs_true: u64,
    /// Connections in the findings.
    pub connections_found: u64,
    /// Those of them that are true.
    pub connections_right: u64,
    /// Connections that there are.
    pub connections_true: u64,
    /// Right of found.
    pub precision: Option<f64>,
    /// Right of all.
    pub recall: Option<f64>,
    /// By stretches of stated probability.
    pub calibration: Vec<Calibration>,
}

/// Counts what an operation's findings and leads got right.
pub fn counts(truth: &Truth, derived: &Derived) -> Counts {
    let findings = |name: &str| derived.findings.get(name).map(Vec::as_slice).unwrap_or_default();
    Counts::of(truth, &derived.leads, findings("attribution"), findings("same_user"))
}

/// Compares findings and leads with the truth.
pub fn evaluate(truth: &Truth, derived: &Derived) -> Evaluation {
    of_counts(truth, &derived.leads, &counts(truth, derived))
}

fn of_counts(truth: &Truth, leads: &[Lead], counts: &Counts) -> Evaluation {
    let persons = person_results(truth, leads);
    let count = |status| persons.iter().filter(|person| person.status == status).count();
    let identified = || leads.iter().filter(|lead| lead.status == PersonStatus::Identified);
    let precedents = Precedents::of(truth, leads);
    let measures = Measures::of(counts);
    Evaluation {
        schema: "tutela.evaluation/1",
        users_total: persons.len(),
        identified: count("identified"),
        candidate: count("candidate"),
        unattributed: count("unattributed"),
        missed: count("missed"),
        leads: leads.len(),
        leads_identified: identified().count(),
        leads_unknown: leads.iter().filter(|lead| !truth.knows(lead)).count(),
        bystanders_identified: identified().filter_map(|lead| wrong_name(truth, lead)).collect(),
        merged_leads: leads.iter().filter_map(|lead| merged(truth, lead)).collect(),
        split_persons: split(truth, leads),
        precedents_total: truth.precedents.as_ref().map(BTreeSet::len),
        precedents_right: precedents.right,
        precedents_wrong: precedents.wrong,
        precedents_missed: precedents.missed,
        attribution: Attribution::of(counts, &measures),
        measures,
        persons,
    }
}

impl Attribution {
    fn of(counts: &Counts, measures: &Measures) -> Self {
        let (pairs, connections) = (&counts.account_line, &counts.connection_line);
        Self {
            pairs_found: pairs.found,
            pairs_right: pairs.right,
            pairs_true: pairs.sought,
            connections_found: connections.found,
            connections_right: connections.right,
            connections_true: connections.sought,
            precision: share(connections.right, connections.found),
            recall: share(connections.reached, connections.sought),
            calibration: measures.calibration_error.stretches.clone(),
        }
    }
}

/// Leads and findings without an analysis that makes them.
#[cfg(test)]
fn of_parts(
    truth: &Truth,
    leads: &[Lead],
    attribution: &[tutela_model::Finding],
    same_user: &[tutela_model::Finding],
) -> Evaluation {
    of_counts(truth, leads, &Counts::of(truth, leads, attribution, same_user))
}

#[cfg(test)]
mod tests;
