//! What became of leads between two derivations: which were merged, split or named anew, told from their accounts.
//!
//! Each account has a permanent id, and a lead bears that of its first account, so that decisions recorded under any
//! of its accounts' ids still find it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tutela_model::Lead;

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
        .flat_map(|lead| lead.accounts.iter().map(|account| (account.as_str(), lead.person_id.as_str())))
        .collect();
    let mut into: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut from: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for lead in before {
        for later in lead.accounts.iter().filter_map(|account| of_account.get(account.as_str())) {
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

#[cfg(test)]
mod tests {
    use tutela_model::Strength;
    use tutela_model::finding::{Band, PersonStatus};

    use super::*;
    use crate::identity::account_id;

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

    fn sorted<const N: usize>(mut ids: [String; N]) -> Vec<String> {
        ids.sort();
        ids.to_vec()
    }
}
