//! Which accounts were in use by the same person.
//!
//! # What it shows
//! Pairs of accounts that share identifiers of their own, with what they share.
//!
//! # Why it matters
//! One person with several accounts is one lead, seen whole; two people behind one line are two, and joining them
//! would lay the acts of one on the other.
//!
//! # What it does not show
//! That accounts which share nothing belong to different people.
//!
//! # Method and source
//! Each kind of identifier that two accounts share counts once, as a log10 likelihood ratio with a cap by kind: a
//! number or address that both platforms checked 10,000, one that was only stated about 30, a device 10,000, a fixed
//! line together with the same SIM 1,000, grounds for the same person 1,000.
//! What a referral says of uploads without naming an account goes with the account, where it reports one only.
//! A line alone counts nothing here: a household shares it.
//! An identifier that more than two persons or five accounts share is left out as a hub.
//! A device alone joins no accounts whose lines are registered to unrelated people.
//! Accounts are joined from 1,000 on, strongest pairs first, never across grounds for two people, never with an
//! account whose own grounds are in question, and never against an officer's "not the same" (the finding rejected).
//!
//! # Settings
//! `join_millibans` 3000, `hub_persons` 2, `hub_accounts` 5.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::tables::{Access, Origin, Stated};
use tutela_model::{Choice, Decisions, Finding, Phrase, RowRef, Statement, Strength, Text};

use crate::facts::{CaseFacts, Identifier, PersonKey};
use crate::grounds::{HUB_PERSONS, STATED, TWO_LINES, TYING, VERIFIED, View, often};
use crate::usage::AccountKey;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[Statement {
    key: "same_user.joined",
    it: "gli account {account} e {other} hanno in comune: {shared:word}",
    en: "accounts {account} and {other} have in common: {shared:word}",
}];

/// The least for two accounts to be joined: strong support.
const JOIN: i32 = 3000;
const PAIR_AT_MOST: i32 = 6000;
const HUB_ACCOUNTS: usize = 5;

/// What the analysis says.
pub struct SameUser {
    /// Sets of accounts, each sorted, in the order of their first.
    pub joined: Vec<Vec<AccountKey>>,
    /// A finding for each pair that shares enough.
    pub findings: Vec<Finding>,
}

/// Runs the analysis.
#[must_use]
pub fn run(views: &BTreeMap<AccountKey, View<'_>>, facts: &CaseFacts, decisions: &Decisions) -> SameUser {
    let mut findings = Vec::new();
    let mut set_of: BTreeMap<&AccountKey, usize> =
        views.keys().enumerate().map(|(set, key)| (key, set)).collect();
    let mut sets: Vec<Vec<&AccountKey>> = views.keys().map(|key| vec![key]).collect();
    for pair in pairs(views, facts) {
        let (a, b) = (&views[pair.a], &views[pair.b]);
        let mut finding = Finding::new(
            "same_user",
            &format!("{}\n{}", a.name, b.name),
            Phrase::new("same_user.joined")
                .with("account", a.name.as_str())
                .with("other", b.name.as_str())
                .with("shared", pair.shared.clone()),
        );
        finding.strength = Some(Strength(pair.millibans));
        finding.n_rows = pair.rows.len() as u64;
        finding.rows = pair.rows;
        let refused = decisions.get(&finding.id) == Some(&Choice::Reject);
        findings.push(finding);
        let (set_a, set_b) = (set_of[pair.a], set_of[pair.b]);
        // A device is lent and sold: alone it does not join accounts whose lines belong to unrelated people.
        let only_device = pair.only_device && a.unrelated_lines(b);
        let stand_in = pair.shared.iter().any(|what| what == "referral");
        let contradicted = !stand_in && contradict(views, &sets[set_a], &sets[set_b]);
        if refused || only_device || set_a == set_b || contradicted {
            continue;
        }
        let moved = std::mem::take(&mut sets[set_b]);
        for key in &moved {
            set_of.insert(key, set_a);
        }
        sets[set_a].extend(moved);
    }
    let mut joined: Vec<Vec<AccountKey>> = sets
        .into_iter()
        .filter(|set| !set.is_empty())
        .map(|mut set| {
            set.sort();
            set.into_iter().cloned().collect()
        })
        .collect();
    joined.sort();
    SameUser { joined, findings }
}

/// Whether two sets of accounts are tied to different people, or one is tied to several.
fn contradict(views: &BTreeMap<AccountKey, View<'_>>, a: &[&AccountKey], b: &[&AccountKey]) -> bool {
    let both = || a.iter().chain(b).map(|key| &views[*key]);
    let persons: BTreeSet<&PersonKey> =
        both().flat_map(|view| view.grounds.iter().map(|ground| &ground.person)).collect();
    persons.len() > 1 || (a.len() + b.len() > 1 && both().any(View::in_question))
}

/// Two accounts that share enough to be joined.
struct Pair<'a> {
    a: &'a AccountKey,
    b: &'a AccountKey,
    millibans: i32,
    shared: Vec<String>,
    only_device: bool,
    rows: Vec<RowRef>,
}

/// An account that has an identifier, what the identifier weighs there, and the row that says so.
type Holder<'a> = (&'a AccountKey, i32, Option<&'a RowRef>);

/// Pairs at or above the threshold, strongest first.
fn pairs<'a>(views: &'a BTreeMap<AccountKey, View<'_>>, facts: &CaseFacts) -> Vec<Pair<'a>> {
    type Shared<'b> = BTreeMap<String, (i32, Vec<&'b RowRef>)>;
    let mut together: BTreeMap<(&AccountKey, &AccountKey), Shared<'_>> = BTreeMap::new();
    let mut add = |holders: &[Holder<'a>], what: &str| {
        if holders.len() > HUB_ACCOUNTS {
            return;
        }
        for (idx, (a, millibans_a, row_a)) in holders.iter().enumerate() {
            for (b, millibans_b, row_b) in holders[idx + 1..].iter().filter(|(b, _, _)| b != a) {
                let shared = together.entry((a, b)).or_default().entry(what.to_owned()).or_default();
                shared.0 = shared.0.max(*millibans_a.min(millibans_b));
                shared.1.extend(row_a.iter().chain(row_b));
            }
        }
    };
    let mut by_identifier: BTreeMap<&Identifier, Vec<Holder<'_>>> = BTreeMap::new();
    let mut by_device: BTreeMap<&Text, Vec<Holder<'_>>> = BTreeMap::new();
    let mut by_person: BTreeMap<&PersonKey, Vec<Holder<'_>>> = BTreeMap::new();
    let mut by_lines: BTreeMap<(u32, u32), Vec<Holder<'_>>> = BTreeMap::new();
    for (key, view) in views {
        for selector in view.selectors {
            if TYING.contains(&selector.identifier.0) && selector.verified != Stated::No {
                let checked = selector.verified == Stated::Yes && selector.origin == Origin::Stated;
                let millibans = if checked { VERIFIED } else { STATED / 2 };
                let holders = by_identifier.entry(&selector.identifier).or_default();
                if holders.last().is_none_or(|(last, _, _)| *last != key) {
                    holders.push((key, millibans, Some(&selector.row)));
                }
            }
        }
        for device in view.account.devices.keys() {
            by_device.entry(device).or_default().push((key, VERIFIED, None));
        }
        if let (Some(ground), false) = (view.grounds.first(), view.in_question()) {
            by_person.entry(&ground.person).or_default().push((key, JOIN, None));
        }
        for (home, sim) in home_and_sim(view) {
            by_lines.entry((home, sim)).or_default().push((key, TWO_LINES, None));
        }
    }
    for (identifier, holders) in &by_identifier {
        let persons = facts.lines_of.get(*identifier).map_or(0, BTreeSet::len);
        if persons <= HUB_PERSONS {
            add(holders, identifier.0.word());
        }
    }
    for (reported, stand_in) in stand_ins(views, facts) {
        add(&[(reported, VERIFIED, None), (stand_in, VERIFIED, None)], "referral");
    }
    by_device.values().for_each(|holders| add(holders, "device"));
    by_person.values().for_each(|holders| add(holders, "person"));
    by_lines.values().for_each(|holders| add(holders, "two_lines"));
    let mut pairs: Vec<Pair<'a>> = together
        .into_iter()
        .map(|((a, b), shared)| Pair {
            a,
            b,
            millibans: shared.values().map(|(millibans, _)| millibans).sum::<i32>().min(PAIR_AT_MOST),
            only_device: shared.keys().all(|what| what.starts_with("device")),
            shared: shared.keys().cloned().collect(),
            rows: shared.into_values().flat_map(|(_, rows)| rows).cloned().collect(),
        })
        .filter(|pair| pair.millibans >= JOIN)
        .collect();
    pairs.sort_by(|x, y| (y.millibans, x.a, x.b).cmp(&(x.millibans, y.a, y.b)));
    pairs
}

/// Accounts with the stand-ins that hold what referrals say of their uploads.
fn stand_ins<'a>(
    views: &'a BTreeMap<AccountKey, View<'_>>,
    facts: &CaseFacts,
) -> Vec<(&'a AccountKey, &'a AccountKey)> {
    let pair = |(stand_in, view): (&'a AccountKey, &View<'_>)| {
        let (platform, account) = facts.stands_for(&view.name)?.split_once('/')?;
        let reported = AccountKey { platform: platform.into(), account: account.into() };
        Some((views.get_key_value(&reported)?.0, stand_in))
    };
    views.iter().filter_map(pair).collect()
}

/// A fixed line and a mobile line that the account was used through, both often.
fn home_and_sim(view: &View<'_>) -> Vec<(u32, u32)> {
    let used = |mobile: bool| {
        view.lines
            .iter()
            .filter(move |(_, _, support, _)| {
                (support.access == Some(Access::Mobile)) == mobile && often(support)
            })
            .map(|(line, _, _, _)| *line)
    };
    used(false).flat_map(|home| used(true).map(move |sim| (home, sim))).collect()
}
