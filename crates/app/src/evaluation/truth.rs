//! What really was in a made-up operation, read from the folder that `simulate` wrote.
//!
//! The only file of this group that touches a disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use tutela_model::Lead;

use crate::ending::{Doing as _, Exit, Failure};
use crate::talk::{path_text, phrase};

#[derive(Deserialize)]
struct PersonRow {
    person: String,
    name: String,
    role: String,
    #[serde(default)]
    line: String,
}

#[derive(Deserialize)]
struct AccountRow {
    platform: String,
    account: String,
    person: String,
}

#[derive(Deserialize)]
struct LineRow {
    operator: String,
    line: String,
    subscriber_person: String,
}

#[derive(Deserialize)]
struct ConnectionRow {
    #[serde(default)]
    source_row: String,
    platform: String,
    account: String,
    operator: String,
    line: String,
}

#[derive(Deserialize)]
struct UserRow {
    person: String,
    precedent: String,
    #[serde(default)]
    home: String,
    #[serde(default)]
    household_size: u64,
}

/// What really was, as `simulate` wrote it.
#[derive(Debug, Default)]
pub struct Truth {
    /// Name and role of each person.
    pub persons: BTreeMap<String, (String, String)>,
    /// How many people live where each home line is, as the register of residents has it.
    pub residents: BTreeMap<String, u64>,
    /// Who used each account, `platform/account`: two persons when it was shared.
    pub users_of: BTreeMap<String, BTreeSet<String>>,
    /// Who each line, `operator/line`, is registered to.
    pub subscriber_of: BTreeMap<String, String>,
    /// How many connections each account really made from each line; those from no operator's line are not in it.
    pub connections: BTreeMap<(String, String), u64>,
    /// The account of each report that has rows of one alone, by the stand-in under which a reader of referrals keeps
    /// what a report says without naming an account: `cybertip/report-N`.
    pub stands_for: BTreeMap<String, String>,
    /// Who has precedents; none when the truth does not say.
    pub precedents: Option<BTreeSet<String>>,
}

impl Truth {
    /// Reads a folder of truth, or the folder that holds it.
    ///
    /// # Errors
    /// There is none, or a file of it cannot be read.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let inner = folder.join("truth");
        let folder = if inner.join("persons.csv").is_file() { inner } else { folder.to_owned() };
        if !folder.join("persons.csv").is_file() {
            let what = phrase!("truth.none", folder = path_text(&folder));
            return Err(Failure::new(Exit::Failed, what).hint(phrase!("truth.none.hint")).into());
        }
        let mut truth = Self::default();
        each(&folder.join("persons.csv"), |row: PersonRow| {
            if !row.line.is_empty() {
                *truth.residents.entry(row.line).or_default() += 1;
            }
            truth.persons.insert(row.person, (row.name, row.role));
        })?;
        each(&folder.join("accounts.csv"), |row: AccountRow| {
            truth.users_of.entry(format!("{}/{}", row.platform, row.account)).or_default().insert(row.person);
        })?;
        each(&folder.join("lines.csv"), |row: LineRow| {
            truth.subscriber_of.insert(format!("{}/{}", row.operator, row.line), row.subscriber_person);
        })?;
        let mut reported: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        each(&folder.join("connections.csv"), |row: ConnectionRow| {
            let account = format!("{}/{}", row.platform, row.account);
            if let Some(stand_in) = stand_in(&row.source_row) {
                reported.entry(stand_in).or_default().insert(account.clone());
            }
            if !row.line.is_empty() {
                *truth.connections.entry((account, format!("{}/{}", row.operator, row.line))).or_default() +=
                    1;
            }
        })?;
        reported.retain(|_, accounts| accounts.len() == 1);
        truth.stands_for = reported
            .into_iter()
            .filter_map(|(stand_in, accounts)| Some((stand_in, accounts.into_iter().next()?)))
            .collect();
        let users = folder.join("people.csv");
        if users.is_file() {
            let mut with = BTreeSet::new();
            each(&users, |row: UserRow| {
                // Children and guests have no part in the truth but live there all the same.
                if let Some(residents) = truth.residents.get_mut(&row.home) {
                    *residents = (*residents).max(row.household_size);
                }
                if row.precedent == "yes" {
                    with.insert(row.person);
                }
            })?;
            truth.precedents = Some(with);
        }
        Ok(truth)
    }

    /// The role of a person: `user`, `bystander`, `subscriber_only`, `other_user`.
    pub fn role(&self, person: &str) -> &str {
        self.persons.get(person).map_or("", |(_, role)| role)
    }

    /// Whether the person is one to be found.
    pub fn is_user(&self, person: &str) -> bool {
        self.role(person) == "user"
    }

    /// Whether the person used accounts that the truth knows: one to be found, or another one whom a lead may name.
    pub fn used_accounts(&self, person: &str) -> bool {
        matches!(self.role(person), "user" | "other_user")
    }

    /// The people to be found.
    pub fn users(&self) -> impl Iterator<Item = &String> {
        self.persons.keys().filter(|person| self.is_user(person))
    }

    /// Whether the truth has an account of the lead.
    pub fn knows(&self, lead: &Lead) -> bool {
        accounts(lead).any(|account| self.users_of.contains_key(account))
    }

    /// The account that is meant: of a stand-in the one that it stands for. None of one that the truth does not know.
    pub fn account<'a>(&'a self, said: &'a str) -> Option<&'a str> {
        let account = self.stands_for.get(said).map_or(said, String::as_str);
        self.users_of.contains_key(account).then_some(account)
    }

    /// Whoever used both accounts.
    pub fn shared_by(&self, account: &str, other: &str) -> Vec<&str> {
        match (self.users_of.get(account), self.users_of.get(other)) {
            (Some(users), Some(others)) => users.intersection(others).map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whoever used an account of the lead.
    pub fn users_in(&self, lead: &Lead) -> BTreeSet<String> {
        accounts(lead).filter_map(|account| self.users_of.get(account)).flatten().cloned().collect()
    }

    /// The persons that could have used all accounts of a lead: none when it joins accounts of different persons.
    pub fn owners(&self, lead: &Lead) -> BTreeSet<String> {
        let mut known = accounts(lead).filter_map(|account| self.users_of.get(account));
        let first = known.next().cloned().unwrap_or_default();
        known.fold(first, |owners, users| owners.intersection(users).cloned().collect())
    }

    /// The person with most accounts of a lead; the first by number when several have as many.
    pub fn majority(&self, lead: &Lead) -> Option<&str> {
        let mut n_accounts: BTreeMap<&str, u32> = BTreeMap::new();
        for person in accounts(lead).filter_map(|account| self.users_of.get(account)).flatten() {
            *n_accounts.entry(person).or_default() += 1;
        }
        let most = n_accounts.values().max()?;
        n_accounts.iter().find(|(_, n)| *n == most).map(|(person, _)| *person)
    }

    /// The persons that a lead names: those of that name, and of several those that its lines are registered to, because
    /// a namesake is somebody else; when nobody has it, because an operator mistyped it, those that its lines are
    /// registered to.
    pub fn named(&self, lead: &Lead) -> BTreeSet<String> {
        let Some(name_said) = &lead.name_said else { return BTreeSet::new() };
        let wanted = name_key(name_said);
        let by_name: BTreeSet<String> = self
            .persons
            .iter()
            .filter(|(_, (name, _))| name_key(name) == wanted)
            .map(|(person, _)| person.clone())
            .collect();
        let subscribers: BTreeSet<String> =
            lead.lines.iter().filter_map(|line| self.subscriber_of.get(line)).cloned().collect();
        let of_lines: BTreeSet<String> = by_name.intersection(&subscribers).cloned().collect();
        match (by_name.len(), of_lines.len()) {
            (0, _) => subscribers,
            (1, _) | (_, 0) => by_name,
            _ => of_lines,
        }
    }
}

/// The accounts of a lead, and the peers, which the truth has as accounts of their network.
pub fn accounts(lead: &Lead) -> impl Iterator<Item = &String> {
    lead.accounts.iter().chain(&lead.peers)
}

/// The stand-in of the report that a row is from: `report-41700152.xml#3` gives `cybertip/report-41700152`.
fn stand_in(source_row: &str) -> Option<String> {
    let (file, _event) = source_row.split_once('#')?;
    let number = file.strip_prefix("report-").or_else(|| file.strip_prefix("cybertip-"))?;
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    (!number.is_empty()).then(|| format!("cybertip/report-{number}"))
}

/// Hands each row of a CSV file of the truth to `take`.
fn each<T: for<'a> Deserialize<'a>>(path: &Path, mut take: impl FnMut(T)) -> anyhow::Result<()> {
    let place = || phrase!("cannot.read", path = path_text(path));
    let mut reader = csv::Reader::from_path(path).doing(place)?;
    for row in reader.deserialize() {
        take(row.doing(place)?);
    }
    Ok(())
}

/// Two names are the same when they have the same words in any order and case: operators write the surname first.
fn name_key(name: &str) -> Vec<String> {
    let mut words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.sort();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_event_of_a_report_has_a_stand_in() {
        let report = |row: &str| stand_in(row);
        assert_eq!(report("report-4564654.xml#12").as_deref(), Some("cybertip/report-4564654"));
        assert_eq!(report("cybertip-4564654.json#1").as_deref(), Some("cybertip/report-4564654"));
        for row in ["agorachat-connections.csv:12", "report-.xml#1", "other.xml#1", ""] {
            assert_eq!(report(row), None, "{row}");
        }
    }
}
