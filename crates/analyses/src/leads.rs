//! Leads from groups, urgency and next steps: ranked, numbered, nothing added.

use std::cmp::Reverse;

use tutela_model::finding::{Gate, NextStep};
use tutela_model::{Lead, Strength};

use crate::gates::Gates;
use crate::identity::{Group, Identity};
use crate::next_steps::NextSteps;
use crate::priority::{Priority, Urgency};
use crate::usage::{AccountKey, Usage};

/// Leads by rank: how soon to act, then how far the records tie, then how strongly, then how much there is.
pub fn ranked(
    identity: &Identity,
    priority: &Priority,
    gates: &Gates,
    next_steps: &NextSteps,
    usage: &Usage,
) -> Vec<Lead> {
    let mut order: Vec<usize> = (0..identity.groups.len()).collect();
    let n_connections = |group: &Group| -> u64 {
        group
            .accounts
            .iter()
            .filter_map(|account| usage.accounts.get(account))
            .map(|account| account.tally.n)
            .sum()
    };
    order.sort_by_key(|idx| {
        let group = &identity.groups[*idx];
        let urgency = &priority.ranked[*idx];
        (urgency.band, group.status, Reverse(group.strength), Reverse(n_connections(group)), &group.id)
    });
    order
        .into_iter()
        .enumerate()
        .map(|(position, idx)| {
            let (group, urgency) = (&identity.groups[idx], &priority.ranked[idx]);
            lead(position as u32 + 1, group, urgency, &gates.gates[idx], &next_steps.steps[idx])
        })
        .collect()
}

fn lead(rank: u32, group: &Group, urgency: &Urgency, gates: &[Gate], steps: &[NextStep]) -> Lead {
    let mut findings = group.findings.clone();
    findings.extend(urgency.factors.iter().filter_map(|factor| factor.finding.clone()));
    Lead {
        lead: format!("L-{rank:03}"),
        rank,
        person_id: group.id.clone(),
        ids: group.ids.clone(),
        margin: group.margin.map(Strength),
        name_said: group.person.as_ref().and_then(|(_, name)| name.as_ref()).map(ToString::to_string),
        status: group.status,
        missing: group.missing.clone(),
        lines: group.lines.iter().map(|line| line.name.clone()).collect(),
        subscribers: group.lines.iter().map(|line| line.subscriber.clone()).collect(),
        accounts: group.accounts.iter().map(AccountKey::name).collect(),
        peers: Vec::new(),
        handles: Vec::new(),
        exhibits: Vec::new(),
        province: province(group),
        strength: group.strength,
        propositions: group.propositions.clone(),
        band: urgency.band,
        act_by: urgency.act_by.clone(),
        factors: urgency.factors.clone(),
        precedents: group.n_precedents,
        findings,
        alternatives: group.alternatives.clone(),
        next_steps: steps.to_vec(),
        gates: gates.to_vec(),
    }
}

/// Where to act: the province of a line registered to the person, or else of the line used most.
fn province(group: &Group) -> Option<String> {
    let name = group.person.as_ref().and_then(|(_, name)| name.as_deref());
    let own = group.lines.iter().filter(|line| name.is_some() && line.subscriber.as_deref() == name);
    own.chain(&group.lines).find_map(|line| line.province.clone())
}
