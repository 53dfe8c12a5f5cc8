//! Leads from groups, urgency and next steps: ranked, numbered, nothing added.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tutela_model::finding::{Band, Factor, Gate, NextStep, PersonStatus};
use tutela_model::{Lead, Strength, Text};

use crate::device_links::{Links, OfGroup, PeerLead};
use crate::gates::{self, Gates};
use crate::identity::{Group, Identity, account_id};
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
    of_devices: &OfDevices<'_>,
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
    let of_groups = order.into_iter().map(|idx| {
        let (group, urgency) = (&identity.groups[idx], &priority.ranked[idx]);
        let lead = lead(group, urgency, &gates.gates[idx], &next_steps.steps[idx]);
        with_exhibits(lead, &of_devices.links.of_groups[idx], of_devices)
    });
    // Peers that exhibits name come after everybody's accounts: nothing but a record of somebody else's speaks of them.
    let peers = of_devices.links.peers.iter().zip(&next_steps.of_peers);
    let mut leads: Vec<Lead> = of_groups.chain(peers.map(|(peer, steps)| of_peer(peer, steps))).collect();
    for (rank, lead) in (1..).zip(&mut leads) {
        (lead.rank, lead.lead) = (rank, format!("L-{rank:03}"));
    }
    leads
}

/// What analyses of devices say, for leads.
pub struct OfDevices<'a> {
    /// What exhibits have in common with accounts and peers.
    pub links: &'a Links,
    /// By exhibit, the findings that are shown with a lead that has it.
    pub findings: &'a BTreeMap<Text, Vec<String>>,
}

/// The lead with what exhibits say of its accounts. Its status stays what it is.
fn with_exhibits(mut lead: Lead, linked: &OfGroup, of_devices: &OfDevices<'_>) -> Lead {
    lead.exhibits = linked.exhibits.iter().map(ToString::to_string).collect();
    lead.peers = linked.peers.iter().cloned().collect();
    lead.findings.extend(linked.findings.iter().cloned());
    let of_exhibits = linked.exhibits.iter().filter_map(|exhibit| of_devices.findings.get(exhibit));
    lead.findings.extend(of_exhibits.flatten().cloned());
    lead
}

/// A peer that exhibits name, as a lead: intelligence, of nobody.
fn of_peer(peer: &PeerLead, steps: &[NextStep]) -> Lead {
    let id = account_id(&peer.name);
    let state = if peer.known_file.is_some() { "yes" } else { "unknown" };
    Lead {
        lead: String::new(),
        rank: 0,
        ids: vec![id.clone()],
        person_id: id,
        name_said: None,
        status: PersonStatus::Unattributed,
        missing: vec![peer.missing.clone()],
        lines: Vec::new(),
        subscribers: Vec::new(),
        accounts: Vec::new(),
        peers: vec![peer.name.clone()],
        handles: Vec::new(),
        exhibits: peer.exhibits.iter().map(ToString::to_string).collect(),
        province: None,
        strength: Strength::default(),
        propositions: peer.propositions.clone(),
        margin: None,
        band: if peer.known_file.is_some() { Band::Low } else { Band::Informational },
        act_by: None,
        factors: vec![Factor {
            name: "known_file_exchanged".to_owned(),
            state: state.to_owned(),
            finding: peer.known_file.clone(),
        }],
        precedents: 0,
        findings: peer.findings.clone(),
        alternatives: peer.alternatives.clone(),
        next_steps: steps.to_vec(),
        gates: gates::of_peer(),
    }
}

fn lead(group: &Group, urgency: &Urgency, gates: &[Gate], steps: &[NextStep]) -> Lead {
    let mut findings = group.findings.clone();
    findings.extend(urgency.factors.iter().filter_map(|factor| factor.finding.clone()));
    Lead {
        lead: String::new(),
        rank: 0,
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
