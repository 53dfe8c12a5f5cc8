//! What a lead of one office has in common with leads of others: two offices that work on one peer, line or account must
//! know of each other before either acts.
//!
//! An office is told which office has the same, and nothing else of that office's leads.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::Lead;

use crate::{Dossier, Office};

/// Another office, and what its leads have in common with a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlsoAt {
    /// The office.
    pub office: &'static Office,
    /// Lines, accounts and peers, as the lead has them.
    pub shared: Vec<String>,
}

/// By the number of a lead, the other offices that have something of it; leads that only one office has are left out.
/// A peer is the same whatever network it was seen on: programs have one number for several.
#[must_use]
pub fn also_at(leads: &[Lead]) -> BTreeMap<String, Vec<AlsoAt>> {
    let mut offices: BTreeMap<(u8, &str), BTreeMap<&str, &'static Office>> = BTreeMap::new();
    for lead in leads {
        let office = Dossier::office(lead);
        for (key, _) in things(lead) {
            offices.entry(key).or_default().insert(&office.id, office);
        }
    }
    let mut all = BTreeMap::new();
    for lead in leads {
        let own = &Dossier::office(lead).id;
        let mut elsewhere: BTreeMap<&str, (&'static Office, BTreeSet<&str>)> = BTreeMap::new();
        for (key, name) in things(lead) {
            for (id, office) in offices[&key].iter().filter(|(id, _)| *id != own) {
                elsewhere.entry(id).or_insert_with(|| (office, BTreeSet::new())).1.insert(name);
            }
        }
        let also: Vec<AlsoAt> = elsewhere
            .into_values()
            .map(|(office, names)| AlsoAt { office, shared: names.into_iter().map(str::to_owned).collect() })
            .collect();
        if !also.is_empty() {
            all.insert(lead.lead.clone(), also);
        }
    }
    all
}

/// What may be in the leads of two offices: by which it is compared, and its name.
fn things(lead: &Lead) -> impl Iterator<Item = ((u8, &str), &str)> {
    let number = |peer: &'_ str| peer.split_once('/').map_or(0, |(network, _)| network.len() + 1);
    let lines = lead.lines.iter().map(|line| ((0, line.as_str()), line.as_str()));
    let accounts = lead.accounts.iter().map(|account| ((1, account.as_str()), account.as_str()));
    let peers = lead.peers.iter().map(move |peer| ((2, &peer[number(peer)..]), peer.as_str()));
    lines.chain(accounts).chain(peers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    #[test]
    fn the_same_peer_line_or_account_at_two_offices_is_told_to_both_and_nothing_else() {
        let mut example = Example::new(3);
        let offices: Vec<&str> = example.leads.iter().map(|lead| Dossier::office(lead).id.as_str()).collect();
        assert_eq!(also_at(&example.leads), BTreeMap::new(), "{offices:?}");
        example.leads[0].peers = vec!["ed2k/0123".to_owned()];
        example.leads[1].peers = vec!["gnutella/0123".to_owned(), "gnutella/4567".to_owned()];
        example.leads[0].province = Some("MI".to_owned());
        example.leads[1].province = None;
        example.leads[1].estimated_province = Some("RM".to_owned());
        let line = example.leads[0].lines[0].clone();
        example.leads[2].province = Some("TO".to_owned());
        example.leads[2].lines.push(line.clone());
        let all = also_at(&example.leads);
        let said = |lead: &str| -> Vec<(&str, &[String])> {
            all[lead].iter().map(|also| (also.office.id.as_str(), also.shared.as_slice())).collect()
        };
        let peer = |name: &str| vec![name.to_owned()];
        assert_eq!(
            said("L-001"),
            [("cosc-lazio", &*peer("ed2k/0123")), ("cosc-piemonte-valle-d-aosta", &*vec![line.clone()])]
        );
        assert_eq!(said("L-002"), [("cosc-lombardia", &*peer("gnutella/0123"))]);
        assert_eq!(said("L-003"), [("cosc-lombardia", &*vec![line])]);
        example.leads[1].estimated_province = Some("BG".to_owned());
        assert!(!also_at(&example.leads).contains_key("L-002"), "one office has both");
    }
}
