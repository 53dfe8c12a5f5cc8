//! What became of leads between two derivations: which were merged, split or named anew, told from their accounts.
//!
//! Each account has a permanent id, and a lead bears that of its first account, so that decisions recorded under any
//! of its accounts' ids still find it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tutela_model::Lead;

use crate::identity::account_id;

/// A change between two derivations. Ids are those of the leads, `P-0123456789ab`, sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Accounts of several leads before are in one after.
    Merged {
        /// The leads before.
        from: Vec<String>,
        /// The lead after.
        into: String,
    },
    /// Accounts of one lead before are in several after.
    Split {
        /// The lead before.
        from: String,
        /// The leads after.
        into: Vec<String>,
    },
    /// A lead goes on under another id: its first account is another.
    Renamed {
        /// The id before.
        from: String,
        /// The id after.
        to: String,
    },
}

/// The changes, sorted. Accounts that are only before or only after change nothing: records came or were withdrawn.
#[must_use]
pub fn changes(before: &[Lead], after: &[Lead]) -> Vec<Change> {
    let of_account: BTreeMap<&str, &str> = after
        .iter()
        .flat_map(|lead| members(lead).map(|account| (account, lead.person_id.as_str())))
        .collect();
    let mut into: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut from: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for lead in before {
        for later in members(lead).filter_map(|account| of_account.get(account)) {
            into.entry(&lead.person_id).or_default().insert(later);
            from.entry(later).or_default().insert(&lead.person_id);
        }
    }
    let owned = |ids: &BTreeSet<&str>| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let mut changes = Vec::new();
    for (id, later) in &into {
        let only = later.first().filter(|_| later.len() == 1);
        match only {
            None => changes.push(Change::Split { from: (*id).to_owned(), into: owned(later) }),
            Some(to) if to != id && from[*to].len() == 1 => {
                changes.push(Change::Renamed { from: (*id).to_owned(), to: (*to).to_owned() });
            }
            Some(_) => {}
        }
    }
    let merged = from.iter().filter(|(_, earlier)| earlier.len() > 1);
    changes
        .extend(merged.map(|(id, earlier)| Change::Merged { from: owned(earlier), into: (*id).to_owned() }));
    changes.sort();
    changes
}

/// The accounts of a lead, and the peers that have an id in it; others are only named by its accounts' records.
fn members(lead: &Lead) -> impl Iterator<Item = &str> {
    let peers = lead.peers.iter().filter(|peer| lead.has_id(&account_id(peer)));
    lead.accounts.iter().chain(peers).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use tutela_model::Strength;
    use tutela_model::finding::{Band, PersonStatus};

    use super::*;

    fn lead(accounts: &[&str]) -> Lead {
        Lead {
            lead: "L-001".to_owned(),
            rank: 1,
            person_id: account_id(accounts[0]),
            ids: vec![],
            name_said: None,
            status: PersonStatus::Unattributed,
            missing: vec![],
            lines: vec![],
            subscribers: vec![],
            accounts: accounts.iter().map(|account| (*account).to_owned()).collect(),
            peers: vec![],
            handles: vec![],
            exhibits: vec![],
            province: None,
            estimated_province: None,
            strength: Strength::default(),
            propositions: vec![],
            margin: None,
            band: Band::Low,
            act_by: None,
            factors: vec![],
            precedents: 0,
            findings: vec![],
            alternatives: vec![],
            next_steps: vec![],
            gates: vec![],
        }
    }

    #[test]
    fn merges_splits_and_new_names_are_told_from_the_accounts() {
        let id = |account: &str| account_id(account);
        let before = [lead(&["x/b", "x/c"]), lead(&["x/d"]), lead(&["x/e", "x/f"]), lead(&["x/h"])];
        assert_eq!(changes(&before, &before), []);
        let after = [lead(&["x/a", "x/b", "x/c"]), lead(&["x/d", "x/e"]), lead(&["x/f"]), lead(&["x/new"])];
        let mut expected = vec![
            Change::Renamed { from: id("x/b"), to: id("x/a") },
            Change::Merged { from: sorted([id("x/d"), id("x/e")]), into: id("x/d") },
            Change::Split { from: id("x/e"), into: sorted([id("x/d"), id("x/f")]) },
        ];
        expected.sort();
        assert_eq!(changes(&before, &after), expected);
        let turned: Vec<Lead> = before.iter().rev().cloned().collect();
        assert_eq!(changes(&turned, &after), expected);
    }

    #[test]
    fn a_peer_that_comes_to_an_account_is_a_merge_and_one_that_is_only_named_is_none() {
        let peer = Lead { accounts: vec![], peers: vec!["ed2k/p".to_owned()], ..lead(&["ed2k/p"]) };
        let account = lead(&["x/a"]);
        let named = Lead { peers: vec!["ed2k/p".to_owned()], ..account.clone() };
        assert_eq!(changes(&[peer.clone(), account.clone()], &[peer.clone(), named.clone()]), []);
        let joined = Lead { ids: vec![account_id("ed2k/p"), account_id("x/a")], ..named };
        let merged = Change::Merged {
            from: sorted([account_id("ed2k/p"), account_id("x/a")]),
            into: account_id("x/a"),
        };
        assert_eq!(changes(&[peer, account], &[joined]), [merged]);
    }

    fn sorted<const N: usize>(mut ids: [String; N]) -> Vec<String> {
        ids.sort();
        ids.to_vec()
    }
}
