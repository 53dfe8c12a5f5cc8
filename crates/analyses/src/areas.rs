//! In which province the addresses of a lead without a registered line lie, by supplied lists: an estimate, by which an
//! office is chosen and nothing else.
//!
//! A province is named when more than half of the records that some list places fall into it. Of several ranges that hold
//! an address the smallest counts, of several versions of it the latest. Exits, VPNs, data centres, and addresses that an
//! observer was not connected with, place nobody.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tutela_model::address::Address;
use tutela_model::finding::ROWS_LISTED;
use tutela_model::table::TablesError;
use tutela_model::tables::Area;
use tutela_model::{Date, Finding, Phrase, RowRef, Statement, Table, Tables, Text};

use crate::devices::each_row;
use crate::identity::{Group, Identity};
use crate::usage::{AccountKey, Open, Usage};

/// Sentences of the estimate.
pub static STATEMENTS: &[Statement] = &[Statement {
    key: "identity.area",
    it: "per gli elenchi forniti ({lists}) {n} delle {placed|registrazione|registrazioni} collocabili di {accounts} vengono \
         da indirizzi della provincia {province}: è una stima, serve a scegliere l'ufficio e non lega nessuno a un luogo",
    en: "by the supplied lists ({lists}) {n} of the {placed|record|records} of {accounts} that can be placed came from \
         addresses of province {province}: an estimate, by which an office is chosen and which ties nobody to a place",
}];

/// What a list says of an address: of how small a range, of when, and where.
struct Placed {
    order: (u8, Option<Date>, Reverse<RowRef>),
    province: Option<Text>,
    list: Option<Text>,
}

/// Estimates where groups are: for each, by position, the province, of which a finding is added.
///
/// # Errors
/// The table of areas cannot be read.
pub fn estimate(
    tables: &dyn Tables,
    identity: &mut Identity,
    usage: &Usage,
) -> Result<Vec<Option<String>>, TablesError> {
    let groups = &identity.groups;
    let of_groups: Vec<BTreeMap<Address, u64>> = groups.iter().map(|group| addresses(group, usage)).collect();
    let asked: BTreeSet<Address> = of_groups.iter().flat_map(BTreeMap::keys).copied().collect();
    let mut placed: BTreeMap<Address, Placed> = BTreeMap::new();
    if !asked.is_empty() {
        each_row::<Area>(tables, &mut |source, row| {
            let prefix = row.prefix.prefix;
            let at = RowRef::new(&Area::INFO, source, &row.place);
            for address in asked.range(prefix.low..=prefix.high()) {
                let order = (prefix.bits_128(), row.as_of, Reverse(at.clone()));
                if placed.get(address).is_none_or(|known| known.order < order) {
                    let (province, list) = (row.province.clone(), row.label.clone());
                    placed.insert(*address, Placed { order, province, list });
                }
            }
        })?;
    }
    let findings: Vec<Option<Finding>> =
        groups.iter().zip(&of_groups).map(|(group, addresses)| finding(group, addresses, &placed)).collect();
    let province = |finding: &Option<Finding>| Some(finding.as_ref()?.text("province").to_owned());
    let provinces = findings.iter().map(province).collect();
    identity.findings.extend(findings.into_iter().flatten());
    Ok(provinces)
}

/// Where a group without a registered province was seen, and how often.
fn addresses(group: &Group, usage: &Usage) -> BTreeMap<Address, u64> {
    let mut addresses: BTreeMap<Address, u64> = BTreeMap::new();
    if group.lines.iter().any(|line| line.province.is_some()) {
        return addresses;
    }
    for account in group.accounts.iter().filter_map(|account| usage.accounts.get(account)) {
        let places = |open: &&Open| !Open::HIDDEN.contains(open) && !Open::UNCONNECTED.contains(open);
        for open_use in account.open.iter().filter(|(open, _)| places(open)).map(|(_, open_use)| open_use) {
            for (address, (n, ..)) in &open_use.addresses {
                *addresses.entry(*address).or_default() += n;
            }
        }
        for support in account.lines.values() {
            // Of what was attributed the leases are listed, and their ranges say where.
            for lease in support.leases.values() {
                *addresses.entry(usage.index.prefix(*lease).low).or_default() += 1;
            }
        }
    }
    addresses
}

fn finding(
    group: &Group,
    addresses: &BTreeMap<Address, u64>,
    placed: &BTreeMap<Address, Placed>,
) -> Option<Finding> {
    let placed: Vec<(u64, &Placed)> =
        addresses.iter().filter_map(|(address, n)| Some((*n, placed.get(address)?))).collect();
    let mut by_province: BTreeMap<&str, u64> = BTreeMap::new();
    for (n, of_address) in &placed {
        if let Some(province) = &of_address.province {
            *by_province.entry(province).or_default() += n;
        }
    }
    let n_placed: u64 = placed.iter().map(|(n, _)| n).sum();
    let (province, n) = by_province.into_iter().find(|(_, n)| 2 * n > n_placed)?;
    let there = || placed.iter().filter(|(_, of)| of.province.as_deref() == Some(province));
    let lists: BTreeSet<String> = there()
        .map(|(_, of)| {
            let (_, as_of, _) = &of.order;
            let as_of = as_of.map_or_else(|| "?".to_owned(), |as_of| as_of.to_string());
            format!("{} {as_of}", of.list.as_deref().unwrap_or("?"))
        })
        .collect();
    let accounts: Vec<String> = group.accounts.iter().map(AccountKey::name).collect();
    let statement = Phrase::new("identity.area")
        .with("accounts", accounts)
        .with("province", province)
        .with("n", n)
        .with("placed", n_placed)
        .with("lists", lists.into_iter().collect::<Vec<_>>());
    let mut finding = Finding::new("identity", &group.id, statement);
    let rows: BTreeSet<&RowRef> = there().map(|(_, of)| &of.order.2.0).collect();
    finding.n_rows = rows.len() as u64;
    finding.rows = rows.into_iter().take(ROWS_LISTED).cloned().collect();
    Some(finding)
}
