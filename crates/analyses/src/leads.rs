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
use crate::usage::{AccountKey, PeerActivity, Usage};

/// Leads by rank: how soon to act, then how far the records tie, then how strongly, then how the peers lead, then how much
/// there is.
pub fn ranked(
    identity: &Identity,
    priority: &Priority,
    gates: &Gates,
    next_steps: &NextSteps,
    (usage, seen): (&Usage, &Sightings),
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
    let band = |idx: usize| {
        let (group, linked) = (&identity.groups[idx], &of_devices.links.of_groups[idx]);
        priority.ranked[idx].band.min(band_of_exhibits(linked)).min(seen.band_of(group))
    };
    let bands: Vec<Band> = order.iter().map(|idx| band(*idx)).collect();
    order.sort_by_key(|idx| {
        let group = &identity.groups[*idx];
        let n = n_connections(group);
        (
            bands[*idx],
            group.status,
            Reverse(group.strength),
            rank_of_peers(group, usage),
            Reverse(n),
            &group.id,
        )
    });
    let of_groups = order.into_iter().map(|idx| {
        let (group, urgency) = (&identity.groups[idx], &priority.ranked[idx]);
        let mut lead = lead(group, urgency, &gates.gates[idx], &next_steps.steps[idx]);
        lead.band = bands[idx];
        lead.estimated_province = seen.provinces[idx].clone();
        with_sightings(&mut lead, group, seen);
        with_exhibits(lead, &of_devices.links.of_groups[idx], of_devices)
    });
    let (mut leads, mut of_peers): (Vec<Lead>, Vec<Lead>) =
        of_groups.partition(|lead| !lead.accounts.is_empty() || !lead.lines.is_empty());
    let named = of_devices.links.peers.iter().zip(&next_steps.of_peers);
    of_peers.extend(named.map(|(peer, steps)| of_peer(peer, steps)));
    // Peers of which no line is known come after everybody's accounts and lines.
    of_peers.sort_by_key(|lead| lead.band);
    leads.extend(of_peers);
    for (rank, lead) in (1..).zip(&mut leads) {
        (lead.rank, lead.lead) = (rank, format!("L-{rank:03}"));
    }
    leads
}

/// How soon to act by exhibits: no less than low where they record a file that a list knows with a peer.
fn band_of_exhibits(linked: &OfGroup) -> Band {
    if linked.known_file.is_some() { Band::Low } else { Band::Informational }
}

/// What observers saw of networks, for leads.
pub struct Sightings {
    /// What is said of the peers that are told.
    pub of_peers: BTreeMap<AccountKey, PeerActivity>,
    /// By group, the province that a supplied list gives.
    pub provinces: Vec<Option<String>>,
}

impl Sightings {
    /// What is said of a group's peers.
    fn of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a PeerActivity> {
        group.peers.iter().filter_map(|peer| self.of_peers.get(peer))
    }

    /// How soon to act by sightings: medium where a peer offered, gave or showed a file that a list knows, low where others
    /// named it as a source.
    fn band_of(&self, group: &Group) -> Band {
        let band = |activity: &PeerActivity| match (activity.n_first_hand, activity.n_listed) {
            (1.., _) => Band::Medium,
            (_, 1..) => Band::Low,
            _ => Band::Informational,
        };
        self.of(group).map(band).min().unwrap_or(Band::Informational)
    }
}

/// Adds what observers saw of the lead's peers. Its status stays what it is.
fn with_sightings(lead: &mut Lead, group: &Group, seen: &Sightings) {
    let Some(most) = seen.of(group).max_by_key(|activity| (activity.n_first_hand, activity.n_listed)) else {
        return;
    };
    let is_listed = most.n_listed > 0;
    lead.findings.extend(seen.of(group).map(|activity| activity.finding.clone()));
    // That no list knows a file does not say that it is none of them.
    let factor = Factor {
        name: "listed_files_seen".to_owned(),
        state: if is_listed { "yes" } else { "unknown" }.to_owned(),
        finding: is_listed.then(|| most.finding.clone()),
    };
    lead.factors.insert(0, factor);
}

/// The rank of the first of a group's peers among those that lead.
fn rank_of_peers(group: &Group, usage: &Usage) -> u32 {
    let ranks = group.peers.iter().filter_map(|peer| usage.peers.get(peer)?.rank);
    ranks.min().unwrap_or(u32::MAX)
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
    lead.peers.extend(linked.peers.iter().cloned());
    lead.peers.sort();
    lead.peers.dedup();
    if let Some(finding) = &linked.known_file {
        lead.factors.insert(0, known_file_exchanged(Some(finding.clone())));
    }
    lead.findings.extend(linked.findings.iter().cloned());
    let of_exhibits = linked.exhibits.iter().filter_map(|exhibit| of_devices.findings.get(exhibit));
    lead.findings.extend(of_exhibits.flatten().cloned());
    lead
}

fn known_file_exchanged(finding: Option<String>) -> Factor {
    let state = if finding.is_some() { "yes" } else { "unknown" };
    Factor { name: "known_file_exchanged".to_owned(), state: state.to_owned(), finding }
}

/// A peer that exhibits name, as a lead: intelligence, of nobody.
fn of_peer(peer: &PeerLead, steps: &[NextStep]) -> Lead {
    let id = account_id(&peer.name);
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
        estimated_province: None,
        strength: Strength::default(),
        propositions: peer.propositions.clone(),
        margin: None,
        band: if peer.known_file.is_some() { Band::Low } else { Band::Informational },
        act_by: None,
        factors: vec![known_file_exchanged(peer.known_file.clone())],
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
        accounts: group
            .accounts
            .iter()
            .filter(|key| !group.peers.contains(key))
            .map(AccountKey::name)
            .collect(),
        peers: group.peers.iter().map(AccountKey::name).collect(),
        handles: Vec::new(),
        exhibits: Vec::new(),
        province: province(group),
        estimated_province: None,
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
