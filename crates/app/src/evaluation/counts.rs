//! What is counted of an operation, in whole numbers: operations add up, in any order, without a digit of difference.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use tutela_model::finding::PersonStatus;
use tutela_model::{Finding, Lead};

use super::likelihood::Strengths;
use super::people::{PersonResult, merged, person_results, split, wrong_name};
use super::truth::{self, Truth};

/// All that is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The people to be found, by what became of them.
    pub users: Users,
    /// Leads.
    pub leads: u64,
    /// Those that name somebody.
    pub leads_identified: u64,
    /// Those whose name is wrong, by who is named.
    pub wrong: Wrong,
    /// Leads that meet every condition of the records for leaving as an attribution, and where the register of residents
    /// has one person at each home line of theirs; an officer is taken to exclude every other explanation.
    pub exported: u64,
    /// Those of them whose name is wrong.
    pub exported_wrong: u64,
    /// Leads that join accounts of different persons.
    pub merged: u64,
    /// Those of them that name somebody.
    pub merged_identified: u64,
    /// Persons whose accounts are spread over several leads.
    pub split: u64,
    /// Connections attributed to a line. Of a pair of account and line as many count as right as the truth has of it,
    /// because a finding states a number and lists some of its rows.
    pub connection_line: Level,
    /// Accounts with a line that they were used through.
    pub account_line: Level,
    /// Pairs of accounts in one lead. Accounts that the truth does not know, such as a report that states none, are in
    /// no pair.
    pub same_user: Level,
    /// Leads that name a person; sought are persons.
    pub lead_person: Level,
    /// Connections by the probability that was stated for them, one for each of [`STRETCHES`].
    pub stretches: [Stretch; STRETCHES.len()],
    /// Connections by the probability that was stated for them, in ten-thousandths: right, and wrong.
    pub posteriors: BTreeMap<i32, (u64, u64)>,
    /// What keeps leads below identified, by the name of the ground.
    pub gates: BTreeMap<String, Gate>,
}

/// The people to be found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// Named by a lead on their accounts.
    pub identified: u64,
    /// With a lead that names nobody, or not them.
    pub candidate: u64,
    /// With a lead that no line explains.
    pub unattributed: u64,
    /// With no lead.
    pub missed: u64,
}

impl Users {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.identified + self.candidate + self.unattributed + self.missed
    }
}

/// Identified leads with a wrong name, by who is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wrong {
    /// Somebody who did nothing.
    pub bystander: u64,
    /// Somebody who did nothing and whose line a user of the household used.
    pub subscriber_only: u64,
    /// Another person sought, who used other accounts.
    pub another_user: u64,
    /// Nobody has the name.
    pub nobody: u64,
}

/// A step from records to a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// The strengths of what is stated; none where none is stated.
    pub strengths: Strengths,
}

/// Upper ends of the stretches in which stated probabilities are checked. They are narrow towards 1, where a
/// statement is worth most and an error costs most.
pub const STRETCHES: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 1.0];

/// Connections whose stated probability lies in a stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// How many.
    pub n: u64,
    /// How many are right.
    pub right: u64,
    /// The sum of the stated probabilities in ten-thousandths, the last digit that a finding states.
    pub stated: u64,
}

/// A ground whose absence keeps leads below identified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Users who are not identified and whose leads lack it.
    pub persons: u64,
    /// Those whose leads lack nothing else.
    pub only: u64,
    /// Leads that lack it.
    pub leads: u64,
    /// Those whose most used line is registered to somebody who did not use their accounts: the wrong door.
    pub leads_line_of_another: u64,
}

impl Counts {
    /// Counts an operation.
    pub fn of(truth: &Truth, leads: &[Lead], attribution: &[Finding], same_user: &[Finding]) -> Self {
        let persons = person_results(truth, leads);
        let joining = |which: &dyn Fn(&Lead) -> bool| {
            leads.iter().filter(|lead| which(lead) && merged(truth, lead).is_some()).count() as u64
        };
        let mut counts = Self {
            leads: leads.len() as u64,
            merged: joining(&|_| true),
            merged_identified: joining(&|lead| lead.status == PersonStatus::Identified),
            split: split(truth, leads).len() as u64,
            same_user: joined(truth, leads, same_user),
            gates: gates(truth, leads, &persons),
            ..Self::default()
        };
        for person in &persons {
            *match person.status {
                "identified" => &mut counts.users.identified,
                "candidate" => &mut counts.users.candidate,
                "unattributed" => &mut counts.users.unattributed,
                _ => &mut counts.users.missed,
            } += 1;
        }
        counts.count_names(truth, leads);
        counts.count_lines(truth, attribution);
        counts
    }

    fn count_names(&mut self, truth: &Truth, leads: &[Lead]) {
        let level = &mut self.lead_person;
        for lead in leads.iter().filter(|lead| lead.status == PersonStatus::Identified) {
            let wrong = wrong_name(truth, lead);
            if let Some(wrong) = &wrong {
                *match (wrong.named, wrong.role) {
                    ("nobody", _) => &mut self.wrong.nobody,
                    ("another_user", _) => &mut self.wrong.another_user,
                    (_, Some("subscriber_only")) => &mut self.wrong.subscriber_only,
                    _ => &mut self.wrong.bystander,
                } += 1;
            }
            if is_exported(truth, lead) {
                self.exported += 1;
                self.exported_wrong += u64::from(wrong.is_some());
            }
            level.count(lead.strength, wrong.is_none());
        }
        self.leads_identified = level.found;
        level.sought = self.users.total();
        level.reached = self.users.identified;
    }

    fn count_lines(&mut self, truth: &Truth, attribution: &[Finding]) {
        self.account_line.sought = truth.connections.len() as u64;
        self.connection_line.sought = truth.connections.values().sum();
        let mut reached: BTreeMap<(String, String), u64> = BTreeMap::new();
        for finding in attribution {
            let Some(posterior) = finding.statement.values.get("posterior") else { continue };
            let found = finding.number("connections").unsigned_abs();
            let said = format!("{}/{}", finding.text("platform"), finding.text("account"));
            let Some(account) = truth.account(&said) else {
                self.account_line.unjudged += 1;
                self.connection_line.unjudged += found;
                continue;
            };
            let line = format!("{}/{}", finding.text("operator"), finding.text("line"));
            let pair = (account.to_owned(), line);
            let right = truth.connections.get(&pair).map_or(0, |n_true| found.min(*n_true));
            self.account_line.count(finding.strength.unwrap_or_default(), right > 0);
            self.connection_line.found += found;
            self.connection_line.right += right;
            *reached.entry(pair).or_default() += right;
            let posterior = posterior.as_f64().unwrap_or_default();
            let idx = STRETCHES.iter().position(|to| posterior <= *to).unwrap_or(STRETCHES.len() - 1);
            let stretch = &mut self.stretches[idx];
            stretch.n += found;
            stretch.right += right;
            let ten_thousandths = (posterior * 10_000.0).round();
            stretch.stated += ten_thousandths as u64 * found;
            let judged = self.posteriors.entry(ten_thousandths as i32).or_default();
            *judged = (judged.0 + right, judged.1 + found - right);
        }
        // A report and its account may state the same pair, which is reached once.
        for (pair, right) in &reached {
            let n_true = truth.connections.get(pair).copied().unwrap_or_default();
            self.account_line.reached += u64::from(*right > 0);
            self.connection_line.reached += (*right).min(n_true);
        }
    }
}

impl Level {
    fn count(&mut self, strength: tutela_model::Strength, right: bool) {
        self.found += 1;
        self.right += u64::from(right);
        let (n_right, n_wrong) = self.strengths.entry(strength).or_default();
        *if right { n_right } else { n_wrong } += 1;
    }
}

/// Pairs of accounts that leads join, and the strengths of the findings that say why. Pairs of accounts of people who
/// are not to be found are not sought.
fn joined(truth: &Truth, leads: &[Lead], findings: &[Finding]) -> Level {
    let mut level = Level::default();
    for (account, other) in leads.iter().flat_map(|lead| pairs(truth, truth::accounts(lead))) {
        let shared = truth.shared_by(account, other);
        level.found += 1;
        level.right += u64::from(!shared.is_empty());
        level.reached += u64::from(shared.iter().any(|person| truth.is_user(person)));
    }
    let is_sought = |(account, other): &(&String, &String)| {
        truth.shared_by(account, other).iter().any(|person| truth.is_user(person))
    };
    level.sought = pairs(truth, truth.users_of.keys()).into_iter().filter(is_sought).count() as u64;
    for finding in findings {
        let (account, other) = (finding.text("account"), finding.text("other"));
        let known = [account, other].iter().all(|account| truth.users_of.contains_key(*account));
        if let (Some(strength), true) = (finding.strength, known) {
            let (n_right, n_wrong) = level.strengths.entry(strength).or_default();
            *if truth.shared_by(account, other).is_empty() { n_wrong } else { n_right } += 1;
        }
    }
    level
}

/// Pairs of accounts that the truth knows.
fn pairs<'a>(truth: &Truth, accounts: impl Iterator<Item = &'a String>) -> Vec<(&'a String, &'a String)> {
    let known: Vec<&String> = accounts.filter(|account| truth.users_of.contains_key(*account)).collect();
    let after = |(idx, account): (usize, &&'a String)| {
        let account = *account;
        known[idx + 1..].iter().map(move |other| (account, *other)).collect::<Vec<_>>()
    };
    known.iter().enumerate().flat_map(after).collect()
}

/// Whether a lead that names somebody would leave as an attribution once officers have done their part.
fn is_exported(truth: &Truth, lead: &Lead) -> bool {
    let mut homes = lead.lines.iter().filter_map(|line| truth.residents.get(line)).peekable();
    let lives_alone = homes.peek().is_some() && homes.all(|residents| *residents == 1);
    lives_alone && lead.gates.iter().all(|gate| gate.passed)
}

/// What the phrases of a missing ground begin with.
const MISSING: &str = "identity.missing.";

fn gates(truth: &Truth, leads: &[Lead], persons: &[PersonResult]) -> BTreeMap<String, Gate> {
    let mut gates: BTreeMap<String, Gate> = BTreeMap::new();
    let missing = |lead: &Lead| -> BTreeSet<String> {
        let keys = lead.missing.iter().map(|phrase| phrase.key.as_str());
        keys.map(|key| key.strip_prefix(MISSING).unwrap_or(key).to_owned()).collect()
    };
    let held = |lead: &&Lead| lead.status != PersonStatus::Identified && truth.knows(lead);
    for lead in leads.iter().filter(held) {
        let owners = truth.owners(lead);
        let subscriber = lead.lines.first().and_then(|line| truth.subscriber_of.get(line));
        for name in missing(lead) {
            let gate = gates.entry(name).or_default();
            gate.leads += 1;
            gate.leads_line_of_another +=
                u64::from(subscriber.is_some_and(|subscriber| !owners.contains(subscriber)));
        }
    }
    for person in persons.iter().filter(|person| person.status != "identified") {
        let mut names: BTreeSet<String> =
            leads.iter().filter(|lead| person.leads.contains(&lead.lead)).flat_map(missing).collect();
        if names.is_empty() {
            // A lead that lacks nothing names somebody, who is the other user of a shared account or a wrong person.
            names.insert(if person.leads.is_empty() { "no_lead" } else { "another_named" }.to_owned());
        }
        let only = names.len() == 1;
        for name in names {
            let gate = gates.entry(name).or_default();
            gate.persons += 1;
            gate.only += u64::from(only);
        }
    }
    gates
}

impl AddAssign<&Self> for Counts {
    fn add_assign(&mut self, other: &Self) {
        self.users.identified += other.users.identified;
        self.users.candidate += other.users.candidate;
        self.users.unattributed += other.users.unattributed;
        self.users.missed += other.users.missed;
        self.leads += other.leads;
        self.leads_identified += other.leads_identified;
        self.wrong.bystander += other.wrong.bystander;
        self.wrong.subscriber_only += other.wrong.subscriber_only;
        self.exported += other.exported;
        self.exported_wrong += other.exported_wrong;
        self.wrong.another_user += other.wrong.another_user;
        self.wrong.nobody += other.wrong.nobody;
        self.merged += other.merged;
        self.merged_identified += other.merged_identified;
        self.split += other.split;
        self.connection_line += &other.connection_line;
        self.account_line += &other.account_line;
        self.same_user += &other.same_user;
        self.lead_person += &other.lead_person;
        for (stretch, other) in self.stretches.iter_mut().zip(&other.stretches) {
            stretch.n += other.n;
            stretch.right += other.right;
            stretch.stated += other.stated;
        }
        for (posterior, (right, wrong)) in &other.posteriors {
            let judged = self.posteriors.entry(*posterior).or_default();
            *judged = (judged.0 + right, judged.1 + wrong);
        }
        for (name, other) in &other.gates {
            let gate = self.gates.entry(name.clone()).or_default();
            gate.persons += other.persons;
            gate.only += other.only;
            gate.leads += other.leads;
            gate.leads_line_of_another += other.leads_line_of_another;
        }
    }
}

impl AddAssign<&Self> for Level {
    fn add_assign(&mut self, other: &Self) {
        self.found += other.found;
        self.right += other.right;
        self.sought += other.sought;
        self.reached += other.reached;
        self.unjudged += other.unjudged;
        for (strength, (n_right, n_wrong)) in &other.strengths {
            let sum = self.strengths.entry(*strength).or_default();
            sum.0 += n_right;
            sum.1 += n_wrong;
        }
    }
}
