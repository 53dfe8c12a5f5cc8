//! Which accounts were in use by the same person.
//!
//! # What it shows
//! Sets of accounts that most likely had one user, each with its margin over the next best partition, and for each pair
//! what speaks for one user and what against, step by step.
//!
//! # Why it matters
//! One person with several accounts is one lead, seen whole; two people behind one line are two, and joining them
//! would lay the acts of one on the other.
//!
//! # What it does not show
//! Who anybody is: a set is a hypothesis, for a person to confirm.
//! That accounts which share nothing belong to different people.
//!
//! # Method and source
//! Accounts are compared that share something few have: an identifier, a device, grounds for one person, a fixed line
//! together with the same SIM, a nickname, or a line.
//! What more than five accounts or more than two persons share joins nobody: it is named and left out, at the cost of
//! reading it.
//! A pair's weight is a log10 likelihood ratio: a sum over dependence groups, of which each counts its strongest step
//! once (contact, device, document, payment, lines, person, nickname, profile, referral).
//! E-mail address and telephone number are one group where one file says both of an account, and two otherwise.
//! A step says log10 m − log10 u, with u the frequency of the value among the accounts of the operation, shrunk
//! towards one in 20,000 (one in a thousand for what is typed into a profile) and not counting the first three holders,
//! whom one person may be; and no more than the cap of its kind: what both platforms checked 10,000, what was only stated
//! about 30, a device 10,000, fixed line and SIM together 1,000, grounds for one person as much as the weaker ground,
//! a nickname 100, a profile 10.
//! These caps, and the frequencies towards which values are shrunk, are start values from the literature's order of
//! magnitude; they are not calibrated on adjudicated cases.
//! A peer of a file-sharing network has its number as an identifier of the device: one number on two networks is one
//! installation unless the lines are of unrelated people; that a program gave itself another number is never assumed.
//! Identifiers count while they were both accounts' at one time; what a platform found false does not count, and what
//! was found in a text counts as stated.
//! Nicknames are compared without case, accents, script, marks, numbers and digits for letters, with one slip or one
//! other letter, each difference at a discount; the most common, and words that others are made of, say nothing.
//! Times count by session of a line or by day, never by row, against what chance gives when one account's times are
//! moved by whole days: at once on one line, more often than chance gives by two standard deviations, up to 10 for one
//! user; never in two homes at once where chance would give it, up to 10 for; at once in two homes of unrelated people on
//! two days or more, up to 1,000 against; another device at once on the same line, up to 10 against.
//! At once is in the same slot of 150 seconds or in the next one, so at most five minutes apart; only connections count
//! that `attribution` gives a line and whose time says the minute.
//! The rows listed for it are of slots that are drawn by the clock, the same for all accounts; where none of these meet,
//! rows of both accounts' uses of the lines.
//! They assume that one person's accounts are together in three times the odds of chance, and seem to be in two homes
//! in a third of them; seldom at once on one line says nothing.
//! What is typed in and times never join alone; a device alone joins neither across lines of unrelated people nor
//! accounts of which one was used with other devices too.
//! A line alone counts nothing here: a household shares it.
//! What a referral says of uploads without naming an account goes with the account, where it reports one only.
//! Inside what is connected by pairs from 1,000 on, the signed graph is contracted (`linkage::cluster`), so that pairs that
//! speak against weigh in.
//! Never joined are accounts with grounds for two people, with different identities that platforms verified, or that
//! an officer says are not the same (the pair's finding rejected); always, unless that contradicts, those that an officer
//! says are (accepted).
//! Decisions and records that contradict each other in a circle are named, and none of them joins anything.
//! An account whose own grounds are in question joins nothing by itself.
//! A set that hangs on one dependence group is cut below some 1,600 and named above; one of more than twenty accounts is
//! named as a suspected hub and identifies nobody.
//! What becomes of a connected set of accounts depends on its own accounts, pairs and decisions and on the counts of
//! values in the operation, and on nothing else.
//!
//! # Settings
//! `join_millibans` 3000, `hub_persons` 2, `hub_accounts` 5, `pair_at_most` 6000, `thread_millibans` 3200, `absent` −500,
//! `most_accounts` 20, `slot_seconds` 150.

mod activity;
mod evidence;
mod holdings;
mod nickname;
mod partition;
mod said;

use std::collections::BTreeMap;

use tutela_model::{Decisions, Finding, Phrase};

use self::evidence::Comparer;
use self::holdings::Holdings;
use self::partition::partition;
use crate::facts::CaseFacts;
use crate::grounds::View;
use crate::usage::{AccountKey, Usage};

pub use self::said::STATEMENTS;

/// The sources of the analysis beside this one.
pub const SOURCES: &[&str] = &[
    include_str!("same_user/activity.rs"),
    include_str!("same_user/evidence.rs"),
    include_str!("same_user/holdings.rs"),
    include_str!("same_user/nickname.rs"),
    include_str!("same_user/partition.rs"),
    include_str!("same_user/said.rs"),
    include_str!("linkage/cluster.rs"),
    include_str!("linkage/scale.rs"),
    include_str!("linkage/text.rs"),
];

/// The least for two accounts to be joined: strong support.
const JOIN: i32 = 3000;
/// What a pair says at most.
const PAIR_AT_MOST: i32 = 6000;

/// What the analysis says.
pub struct SameUser {
    /// Sets of accounts, those of one too, in the order of their first.
    pub sets: Vec<Set>,
    /// Findings: pairs, strongest first, then sets and what is to be looked at.
    pub findings: Vec<Finding>,
    /// How many pairs were compared.
    pub n_compared: u64,
}

/// Accounts that most likely had one user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Set {
    /// The accounts, sorted.
    pub accounts: Vec<AccountKey>,
    /// How much better the set is than the next best partition, in thousandths of log10; none for one account, and
    /// where only decisions or referrals join.
    pub margin: Option<i32>,
    /// Findings of its pairs, of the set itself, and of what is to be looked at.
    pub findings: Vec<String>,
    /// Why it identifies nobody, if so.
    pub missing: Vec<Phrase>,
}

/// Runs the analysis.
#[must_use]
pub fn run(
    views: &BTreeMap<AccountKey, View<'_>>,
    facts: &CaseFacts,
    usage: &Usage,
    decisions: &Decisions,
) -> SameUser {
    let holdings = Holdings::of(views, facts);
    let stand_ins = stand_ins(views, facts);
    let mut candidates = holdings.pairs.clone();
    candidates
        .extend(stand_ins.iter().map(|(stand_in, account)| (*stand_in.min(account), *stand_in.max(account))));
    let comparer = Comparer { holdings: &holdings, usage, stand_ins: &stand_ins };
    let partition = partition(&comparer, &candidates, decisions);
    let (sets, findings) = said::of(&comparer, &partition, decisions);
    SameUser { sets, findings, n_compared: partition.n_compared }
}

/// Stand-ins that hold what referrals say of uploads, each with its account.
fn stand_ins(views: &BTreeMap<AccountKey, View<'_>>, facts: &CaseFacts) -> BTreeMap<u32, u32> {
    let numbers: BTreeMap<&str, u32> =
        views.values().zip(0..).map(|(view, number)| (view.name.as_str(), number)).collect();
    let pair =
        |(name, number): (&&str, &u32)| Some((*number, *numbers.get(facts.stands_for(name)?.as_str())?));
    numbers.iter().filter_map(pair).collect()
}

/// The finding on a pair, of which decisions speak: by the names of the accounts, the lower first.
fn pair_finding(a: &str, b: &str) -> Finding {
    let statement = Phrase::new("same_user.joined").with("account", a).with("other", b);
    Finding::new("same_user", &format!("{a}\n{b}"), statement)
}

fn pair_id(a: &str, b: &str) -> String {
    pair_finding(a, b).id
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use arrow_array::RecordBatch;
    use tutela_model::table::{Part, TablesError};
    use tutela_model::tables::{Origin, SelectorKind, Stated};
    use tutela_model::{RowRef, TableInfo, Tables};

    use super::*;
    use crate::facts::AccountSelector;
    use crate::lease_index::LeaseIndex;
    use crate::usage::AccountUse;

    struct Nothing;

    impl Tables for Nothing {
        fn parts(&self, _: &TableInfo) -> Vec<Part> {
            Vec::new()
        }

        fn scan(
            &self,
            _: &TableInfo,
            _: &Part,
            _: &[&str],
            _: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
        ) -> Result<(), TablesError> {
            Ok(())
        }
    }

    /// Runs the analysis on accounts that have verified e-mail addresses.
    fn of_emails(emails: &[(String, String)]) -> SameUser {
        let key = |name: &str| AccountKey { platform: "agora".into(), account: name.into() };
        let index = LeaseIndex::read(&Nothing, &|_, at_us| at_us).expect("there is nothing to read");
        let accounts = emails.iter().map(|(name, _)| (key(name), AccountUse::default())).collect();
        let usage = Usage { index, parts: vec![], accounts, shared: BTreeMap::new(), peers: BTreeMap::new() };
        let mut facts = CaseFacts::read(&Nothing, &usage).expect("there is nothing to read");
        for (idx, (name, email)) in emails.iter().enumerate() {
            let selector = AccountSelector {
                identifier: (SelectorKind::Email, email.as_str().into()),
                verified: Stated::Yes,
                origin: Origin::Stated,
                held: (i64::MIN, i64::MAX),
                row: RowRef { table: "selector".into(), source: "x".into(), place: idx.to_string() },
            };
            facts.account_selectors.entry(format!("agora/{name}")).or_default().push(selector);
        }
        let views = crate::grounds::views(&usage, &facts);
        run(&views, &facts, &usage, &Decisions::new())
    }

    #[test]
    fn what_a_hundred_thousand_accounts_share_costs_no_comparison() {
        let common = (0..100_000).map(|n| (format!("c{n:06}"), "tutti@example.org".to_owned()));
        let pairs = (0..10_000).map(|n| (format!("p{n:05}"), format!("m{}@example.org", n / 2)));
        let found = of_emails(&common.chain(pairs).collect::<Vec<_>>());
        assert_eq!(found.n_compared, 5_000);
        assert_eq!(found.sets.iter().filter(|set| set.accounts.len() == 2).count(), 5_000);
        assert_eq!(found.sets.len(), 105_000);
        let named = found.findings.iter().find(|finding| finding.statement.key == "same_user.common");
        assert_eq!(named.map(|finding| finding.number("n")), Some(100_000));
    }

    #[test]
    fn a_set_stays_what_it_is_when_accounts_are_added_elsewhere() {
        let of = |n: usize| -> Vec<(String, String)> {
            (0..n).map(|n| (format!("p{n:05}"), format!("m{}@example.org", n / 2))).collect()
        };
        let (few, many) = (of_emails(&of(10)), of_emails(&of(200)));
        assert_eq!(few.sets, many.sets[..5]);
    }
}
