//! Whether the records allow a lead to leave the operation as an attribution.
//!
//! # What it shows
//! For each lead, which conditions the records meet and which they do not, with the step that is missing.
//!
//! # Why it matters
//! Documented wrong attributions had each skipped one of these conditions: a single look-up, an hour's error, an exit of
//! Tor in a home, the payer's address in place of the installation's.
//! A lead that fails one leaves the operation as intelligence that is not attributable, and says what is missing.
//!
//! # What it does not show
//! Two further conditions are met by officers and not by records: every other explanation is answered, and a second
//! officer has taken the lead.
//! Outputs add them from the decisions recorded.
//! A lead that meets all conditions is ready to be judged, and no more.
//!
//! # Method and source
//! `sessions`: use through a line in two distinct sessions, or a ground that ties an account to a person.
//! `readings`: of the connections that fall on a line as written, at least half fall on it under every reading of the
//! times that is left open (see `zone_shift`).
//! `networks`: lists of exits stood at hand for the time of the events: a version of a list of Tor exits no further than
//! `exit_days` from any attributed connection, for these change by the day, and one of VPNs or data centres no further than
//! `range_days`.
//! `role`: for the lines that the lead stands on, the operators say in which role they name somebody.
//! The conditions follow the causes of wrong attributions in the reports of the Interception of Communications
//! Commissioner's Office and of the Investigatory Powers Commissioner (United Kingdom, 2014 to 2019).
//!
//! # Settings
//! `exit_days` 31, `range_days` 183.

use std::collections::BTreeSet;

use tutela_model::finding::Gate;
use tutela_model::table::{TablesError, all_rows};
use tutela_model::tables::{Nature, Network, SubscriberRole};
use tutela_model::time::utc_date;
use tutela_model::{Date, Finding, Phrase, RowRef, Statement, Tables};

use crate::facts::CaseFacts;
use crate::grounds::GATE_SESSIONS;
use crate::identity::Group;
use crate::usage::{AccountUse, Open, Usage};

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "gates.failed",
        it: "gli account {accounts} non possono essere trasmessi come attribuiti: condizione «{gate}» non soddisfatta",
        en: "accounts {accounts} cannot be handed over as attributed: condition “{gate}” is not met",
    },
    Statement {
        key: "gates.sessions.passed",
        it: "l'uso attraverso un'utenza ricorre in più sessioni distinte, o un elemento lega l'account a una persona",
        en: "use through a line recurs in distinct sessions, or a ground ties the account to a person",
    },
    Statement {
        key: "gates.sessions.failed",
        it: "manca: l'uso attraverso un'utenza in almeno due sessioni distinte, o un elemento che leghi l'account a una \
             persona",
        en: "missing: use through a line in at least two distinct sessions, or a ground that ties the account to a person",
    },
    Statement {
        key: "gates.readings.passed",
        it: "le connessioni contate cadono sulla stessa utenza con ogni lettura possibile degli orari",
        en: "the connections counted fall on the same line under every possible reading of the times",
    },
    Statement {
        key: "gates.readings.failed",
        it: "manca: la conferma degli orari; {n|connessione cadrebbe|connessioni cadrebbero} altrove con un'altra lettura, \
             contro {stable} che resterebbero",
        en: "missing: confirmation of the times; {n|connection|connections} would fall elsewhere under another reading, \
             against {stable} that would stay",
    },
    Statement {
        key: "gates.networks.passed",
        it: "elenchi datati di uscite Tor, VPN e centri dati sono stati confrontati con l'epoca dei fatti",
        en: "dated lists of Tor exits, VPNs and data centres were compared as of the time of the events",
    },
    Statement {
        key: "gates.networks.failed",
        it: "manca: un elenco datato di {lists:word} entro {days} giorni da ogni connessione attribuita",
        en: "missing: a dated list of {lists:word} within {days} days of every attributed connection",
    },
    Statement {
        key: "gates.role.passed",
        it: "gli operatori dicono in quale ruolo indicano qualcuno per le utenze",
        en: "the operators say in which role they name somebody for the lines",
    },
    Statement {
        key: "gates.role.failed",
        it: "manca: il ruolo di chi è indicato (pagante, contraente, indirizzo d'impianto, utilizzatore) per le utenze {lines}",
        en: "missing: the role of whoever is named (payer, contract holder, installation address, user) for lines {lines}",
    },
    Statement { key: "word.exits", it: "uscite Tor", en: "Tor exits" },
    Statement { key: "word.ranges", it: "VPN o centri dati", en: "VPNs or data centres" },
];

const EXIT_DAYS: i32 = 31;
const RANGE_DAYS: i32 = 183;

/// What the analysis says.
pub struct Gates {
    /// For each group, by position.
    pub gates: Vec<Vec<Gate>>,
    /// One finding for each condition that an identified group fails.
    pub findings: Vec<Finding>,
}

/// Runs the analysis.
///
/// # Errors
/// The table of networks cannot be read.
pub fn run(
    tables: &dyn Tables,
    groups: &[Group],
    usage: &Usage,
    facts: &CaseFacts,
) -> Result<Gates, TablesError> {
    let lists = Lists::read(tables)?;
    let mut all = Gates { gates: Vec::new(), findings: Vec::new() };
    for group in groups {
        let of_peers = group.peers.len() == group.accounts.len();
        if of_peers && group.lines.is_empty() {
            all.gates.push(of_peer());
            continue;
        }
        let gates = vec![
            sessions(group, usage),
            readings(group, usage),
            lists.gate(group, usage),
            role(group, facts),
        ];
        if group.person.is_some() {
            let failed = gates.iter().filter(|gate| !gate.passed);
            all.findings.extend(failed.map(|gate| finding(group, gate, facts)));
        }
        all.gates.push(gates);
    }
    Ok(all)
}

/// The conditions of a peer of whose line nothing is known.
pub fn of_peer() -> Vec<Gate> {
    vec![gate("sessions", false)]
}

fn gate(name: &str, passed: bool) -> Gate {
    let how = if passed { "passed" } else { "failed" };
    Gate { name: name.to_owned(), passed, why: Phrase::new(&format!("gates.{name}.{how}")) }
}

fn finding(group: &Group, gate: &Gate, facts: &CaseFacts) -> Finding {
    let names: Vec<String> = group.accounts.iter().map(crate::usage::AccountKey::name).collect();
    let statement = Phrase::new("gates.failed").with("accounts", names).with("gate", gate.name.as_str());
    let mut finding = Finding::new("gates", &format!("{}\n{}", group.id, gate.name), statement);
    if gate.name == "role" {
        finding.rows = unsaid(group, facts).filter_map(|(_, row)| row).collect();
        finding.n_rows = finding.rows.len() as u64;
    }
    finding
}

/// What the accounts of a group did.
fn uses<'a>(group: &'a Group, usage: &'a Usage) -> impl Iterator<Item = &'a AccountUse> {
    group.accounts.iter().filter_map(|account| usage.accounts.get(account))
}

fn sessions(group: &Group, usage: &Usage) -> Gate {
    let of_lines: BTreeSet<u32> = uses(group, usage)
        .flat_map(|account| account.lines.values())
        .flat_map(|support| support.sessions.iter().copied())
        .collect();
    gate("sessions", of_lines.len() >= GATE_SESSIONS || group.person.is_some())
}

fn readings(group: &Group, usage: &Usage) -> Gate {
    let stable: u64 = uses(group, usage).map(AccountUse::n_attributed).sum();
    let reasons = [Open::Unstable, Open::NearChange, Open::ClockInQuestion];
    let unstable: u64 = uses(group, usage).map(|account| account.n_open(&reasons)).sum();
    let mut gate = gate("readings", unstable <= stable && stable > 0);
    if !gate.passed {
        gate.why = gate.why.with("n", unstable).with("stable", stable);
    }
    gate
}

fn role(group: &Group, facts: &CaseFacts) -> Gate {
    let lines: Vec<&str> = unsaid(group, facts).map(|(line, _)| line).collect();
    let mut gate = gate("role", lines.is_empty() && !group.lines.is_empty());
    if !gate.passed {
        gate.why = gate.why.with("lines", lines);
    }
    gate
}

/// Of the lines that are registered to the group's person, or of all its lines where it has none, those for which no
/// answer says in which role it names somebody; each with the row.
fn unsaid<'a>(group: &'a Group, facts: &'a CaseFacts) -> impl Iterator<Item = (&'a str, Option<RowRef>)> {
    group.lines.iter().filter_map(|line| {
        let registration = facts.registration(&line.name);
        let person = group.person.as_ref().map(|(person, _)| person);
        let is_others = person.is_some() && registration.is_some_and(|said| said.person.as_ref() != person);
        let is_said = registration.is_some_and(|said| said.role != SubscriberRole::Unknown);
        (!is_others && !is_said).then(|| (line.name.as_str(), registration.map(|said| said.row.clone())))
    })
}

/// The days for which lists of exits and of other ranges were supplied.
struct Lists {
    exits: BTreeSet<Date>,
    ranges: BTreeSet<Date>,
}

impl Lists {
    fn read(tables: &dyn Tables) -> Result<Self, TablesError> {
        let mut lists = Self { exits: BTreeSet::new(), ranges: BTreeSet::new() };
        for (_, row) in all_rows::<Network>(tables)? {
            match row.nature {
                Nature::TorExit => lists.exits.extend(row.as_of),
                Nature::Vpn | Nature::Hosting => lists.ranges.extend(row.as_of),
                Nature::Cgnat | Nature::Hotspot | Nature::Campus | Nature::Mobile => {}
            }
        }
        Ok(lists)
    }

    fn gate(&self, group: &Group, usage: &Usage) -> Gate {
        let spans = uses(group, usage)
            .flat_map(|account| account.lines.values())
            .filter_map(|support| support.tally.span_us)
            .filter_map(|(first, last)| Some((utc_date(first)?, utc_date(last)?)));
        let spans: Vec<(Date, Date)> = spans.collect();
        let within = |days: &BTreeSet<Date>, most| {
            spans.iter().all(|span| furthest(*span, days).is_some_and(|days| days <= most))
        };
        let missing = match (within(&self.exits, EXIT_DAYS), within(&self.ranges, RANGE_DAYS)) {
            (false, _) => Some(("exits", EXIT_DAYS)),
            (true, false) => Some(("ranges", RANGE_DAYS)),
            (true, true) => None,
        };
        let mut gate = gate("networks", missing.is_none());
        if let Some((lists, days)) = missing {
            gate.why = gate.why.with("lists", lists).with("days", days);
        }
        gate
    }
}

/// How many days the day of a stretch that is furthest from every listed day is from the nearest of them.
fn furthest((first, last): (Date, Date), listed: &BTreeSet<Date>) -> Option<i32> {
    let apart = |one: Date, other: Date| (one - other).get_days().abs();
    let nearest = |day: Date| listed.iter().map(|other| apart(day, *other)).min();
    // Between two listed days the one in the middle is furthest from both.
    let between = listed.iter().zip(listed.iter().skip(1)).filter_map(|(before, after)| {
        let (from, until) = ((*before).max(first), (*after).min(last));
        let middle = before.checked_add(jiff::Span::new().days(apart(*before, *after) / 2)).ok()?;
        (from <= until).then(|| nearest(middle.clamp(from, until)))?
    });
    [nearest(first)?, nearest(last)?].into_iter().chain(between).max()
}
