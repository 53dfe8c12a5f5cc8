//! Leads held against the people of the truth: who is named, who is joined with whom, whose precedents are shown.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tutela_model::Lead;
use tutela_model::finding::PersonStatus;

use super::truth::Truth;

/// A lead that names a person who did not use its accounts.
#[derive(Debug, Serialize)]
pub struct WrongName {
    /// The lead.
    pub lead: String,
    /// The name.
    pub name_said: Option<String>,
    /// `not_a_user`, `another_user`, or `nobody` when the name fits no person.
    pub named: &'static str,
    /// `bystander` or `subscriber_only`, where no user is named.
    pub role: Option<&'static str>,
    /// Who did use them.
    pub accounts_used_by: BTreeSet<String>,
}

/// A lead that joins accounts of different persons.
#[derive(Debug, Serialize)]
pub struct Merged {
    /// The lead.
    pub lead: String,
    /// The persons.
    pub persons: BTreeSet<String>,
}

/// A person whose accounts are spread over several leads.
#[derive(Debug, Serialize)]
pub struct Split {
    /// The person.
    pub person: String,
    /// The leads.
    pub leads: Vec<String>,
}

/// What became of one user.
#[derive(Debug, Serialize)]
pub struct PersonResult {
    /// The person.
    pub person: String,
    /// The name.
    pub name: String,
    /// The best status that a lead gives, or `missed`.
    pub status: &'static str,
    /// The leads on accounts that the person alone could have used.
    pub leads: Vec<String>,
}

/// The best that the leads say of each user. A lead on an account that two people share speaks of both, but only the
/// one that it names is identified by it.
pub fn person_results(truth: &Truth, leads: &[Lead]) -> Vec<PersonResult> {
    let mut best: BTreeMap<&str, (Option<PersonStatus>, Vec<String>)> =
        truth.users().map(|person| (person.as_str(), (None, Vec::new()))).collect();
    for lead in leads {
        let named = truth.named(lead);
        for person in truth.owners(lead) {
            let Some((status, ids)) = best.get_mut(person.as_str()) else { continue };
            let says = match lead.status {
                PersonStatus::Identified if !named.contains(&person) => PersonStatus::Candidate,
                status => status,
            };
            *status = Some(status.map_or(says, |status| status.min(says)));
            ids.push(lead.lead.clone());
        }
    }
    best.into_iter()
        .map(|(person, (status, leads))| PersonResult {
            person: person.to_owned(),
            name: truth.persons[person].0.clone(),
            status: match status {
                Some(PersonStatus::Identified) => "identified",
                Some(PersonStatus::Candidate) => "candidate",
                Some(PersonStatus::Unattributed) => "unattributed",
                None => "missed",
            },
            leads,
        })
        .collect()
}

/// Whether an identified lead names somebody else than the person who used its accounts.
pub fn wrong_name(truth: &Truth, lead: &Lead) -> Option<WrongName> {
    let owners = truth.owners(lead);
    let named = truth.named(lead);
    if named.iter().any(|person| owners.contains(person) && truth.used_accounts(person)) {
        return None;
    }
    let has = |role: &str| named.iter().any(|person| truth.role(person) == role);
    let (named, role) = match () {
        () if named.is_empty() => ("nobody", None),
        () if has("user") || has("other_user") => ("another_user", None),
        () if has("subscriber_only") => ("not_a_user", Some("subscriber_only")),
        () => ("not_a_user", Some("bystander")),
    };
    let accounts_used_by = truth.users_in(lead);
    Some(WrongName {
        lead: lead.lead.clone(),
        name_said: lead.name_said.clone(),
        named,
        role,
        accounts_used_by,
    })
}

/// The persons of a lead that nobody could have used alone.
pub fn merged(truth: &Truth, lead: &Lead) -> Option<Merged> {
    let persons = truth.users_in(lead);
    (!persons.is_empty() && truth.owners(lead).is_empty())
        .then(|| Merged { lead: lead.lead.clone(), persons })
}

/// The persons that have several leads.
pub fn split(truth: &Truth, leads: &[Lead]) -> Vec<Split> {
    let mut leads_of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for lead in leads {
        if let Some(person) = truth.majority(lead) {
            leads_of.entry(person).or_default().push(lead.lead.clone());
        }
    }
    leads_of
        .into_iter()
        .filter(|(_, leads)| leads.len() > 1)
        .map(|(person, leads)| Split { person: person.to_owned(), leads })
        .collect()
}

/// Precedents on leads: on the right person, on a wrong one, and those that no lead shows.
#[derive(Debug, Default)]
pub struct Precedents {
    /// On the right person.
    pub right: usize,
    /// On a wrong one.
    pub wrong: usize,
    /// Shown by no lead.
    pub missed: usize,
}

impl Precedents {
    /// Counts them; nothing where the truth does not say who has precedents.
    pub fn of(truth: &Truth, leads: &[Lead]) -> Self {
        let Some(with) = &truth.precedents else { return Self::default() };
        let mut shown = BTreeSet::new();
        let mut wrong = 0;
        // Of a lead on accounts that the truth does not know, nobody can say whose precedent it should show.
        for lead in leads.iter().filter(|lead| lead.precedents > 0 && truth.knows(lead)) {
            let right: Vec<String> = truth.owners(lead).intersection(with).cloned().collect();
            wrong += usize::from(right.is_empty());
            shown.extend(right);
        }
        let users: BTreeSet<_> = with.iter().filter(|person| truth.is_user(person)).collect();
        Self {
            right: shown.len(),
            wrong,
            missed: users.iter().filter(|person| !shown.contains(**person)).count(),
        }
    }
}
