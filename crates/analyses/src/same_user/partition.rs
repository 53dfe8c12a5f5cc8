//! From compared pairs to sets of accounts that hold together as a whole.
//!
//! What a set of accounts becomes depends on its own accounts, pairs and decisions, and on how often each value occurs
//! in the operation, and on nothing else: accounts that are not connected with it do not reach it.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::{Choice, Decisions};

use super::evidence::{Comparer, Evidence};
use super::{JOIN, pair_id};
use crate::facts::PersonKey;
use crate::linkage::cluster::{self, Edge, Rules, Sets, Tie};

/// What two accounts that share nothing count at least: that they share nothing says little.
const ABSENT: i32 = -500;

/// The rules of clustering, in thousandths of log10 above [`JOIN`].
pub const RULES: Rules = Rules {
    absent: ABSENT,
    // All pairs of a component of sixty are 1,770 comparisons.
    complete: 60,
    // A set that hangs on one dependence group holds from a ratio of some 1,600 on.
    thread: 200,
    most: 20,
    cap: 6000,
};

/// Pairs that were compared, and what became of the accounts.
pub struct Partition {
    /// Pairs with what is known of them, the lower account first.
    pub pairs: BTreeMap<(u32, u32), Evidence>,
    /// The sets.
    pub sets: Sets,
    /// How many comparisons were made.
    pub n_compared: u64,
}

/// What a pair counts in the clustering: above zero from [`JOIN`] on.
fn weight(evidence: &Evidence) -> i32 {
    let (speaks_for, against) = evidence.sides();
    (speaks_for - (JOIN - 1)).max(ABSENT) + against
}

/// Compares the candidates and clusters the accounts.
pub fn partition(
    comparer: &Comparer<'_>,
    candidates: &BTreeSet<(u32, u32)>,
    decisions: &Decisions,
) -> Partition {
    let all = &comparer.holdings.all;
    let n = all.len();
    let mut pairs: BTreeMap<(u32, u32), Evidence> =
        candidates.iter().map(|(a, b)| ((*a, *b), comparer.compare(*a, *b))).collect();
    let mut n_compared = pairs.len() as u64;
    // Nothing but a decision or a referral's own words joins an account whose own grounds are in question.
    let in_question = |account: u32| {
        let stands_for = comparer.stand_ins.get(&account).copied().unwrap_or(account);
        [account, stands_for].iter().any(|account| all[*account as usize].view.in_question())
    };
    let edge = |((a, b), evidence): (&(u32, u32), &Evidence)| {
        let millibans = weight(evidence);
        let open = in_question(*a) || in_question(*b) || evidence.never;
        let millibans = if open { millibans.min(0) } else { millibans };
        Edge { a: *a, b: *b, millibans, groups: evidence.groups() }
    };
    let edges: Vec<Edge> = pairs.iter().map(edge).collect();
    let mut ties = Vec::new();
    for (pair, evidence) in &pairs {
        ties.extend(tie(comparer, *pair, evidence, decisions));
    }
    let components = members(&cluster::components(n, &edges, &ties));
    for component in &components {
        ties.extend(of_two_persons(comparer, component));
        if component.len() > RULES.complete {
            continue;
        }
        for (idx, a) in component.iter().enumerate() {
            for b in &component[idx + 1..] {
                let evidence = pairs.entry((*a, *b)).or_insert_with(|| {
                    n_compared += 1;
                    comparer.compare(*a, *b)
                });
                ties.extend(tie(comparer, (*a, *b), evidence, decisions));
            }
        }
    }
    let sets = cluster::cluster(n, &edges, &ties, RULES, &mut |a, b| {
        let Some(evidence) = pairs.get(&(a, b)) else { return (ABSENT, 0) };
        (weight(evidence).min(0), evidence.groups())
    });
    Partition { pairs, sets, n_compared }
}

/// What is decided of a pair beyond its weight: by an officer, by the identities that platforms verified, or because
/// one stands in a referral for the other.
fn tie(comparer: &Comparer<'_>, (a, b): (u32, u32), evidence: &Evidence, decisions: &Decisions) -> Vec<Tie> {
    let all = &comparer.holdings.all;
    let id = pair_id(&all[a as usize].view.name, &all[b as usize].view.name);
    let decided = decisions.get(&id);
    let stands_for = comparer.stand_ins.get(&b) == Some(&a) || comparer.stand_ins.get(&a) == Some(&b);
    let mut ties = Vec::new();
    if evidence.never || decided == Some(&Choice::Reject) {
        ties.push(Tie { a, b, same: false });
    }
    if decided == Some(&Choice::Accept) || (stands_for && decided != Some(&Choice::Reject)) {
        ties.push(Tie { a, b, same: true });
    }
    ties
}

/// Accounts whose grounds name different people are never joined.
fn of_two_persons(comparer: &Comparer<'_>, component: &[u32]) -> Vec<Tie> {
    let persons = |account: u32| -> BTreeSet<&PersonKey> {
        let view = comparer.holdings.all[account as usize].view;
        view.grounds.iter().map(|ground| &ground.person).collect()
    };
    // What a referral says of uploads goes with its account, whatever lines they came through.
    let grounded: Vec<(u32, BTreeSet<&PersonKey>)> = component
        .iter()
        .filter(|account| !comparer.stand_ins.contains_key(account))
        .map(|account| (*account, persons(*account)))
        .filter(|(_, persons)| !persons.is_empty())
        .collect();
    let mut ties = Vec::new();
    for (idx, (a, of_a)) in grounded.iter().enumerate() {
        for (b, of_b) in &grounded[idx + 1..] {
            if of_a.is_disjoint(of_b) {
                ties.push(Tie { a: *a, b: *b, same: false });
            }
        }
    }
    ties
}

/// The components of several accounts, each sorted.
fn members(root: &[u32]) -> Vec<Vec<u32>> {
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (account, root) in root.iter().enumerate() {
        members.entry(*root).or_default().push(account as u32);
    }
    members.into_values().filter(|members| members.len() > 1).collect()
}
