//! The connections by which the readings of an answer's times are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{Connection, Lease, NatPlan, Sighting};
use tutela_model::{Table, Tables};

use super::AccountKey;
use super::columns::{COLUMNS, Columns, Numbered};
use super::kept::{self, Counts, Pass, coded};
use super::peers::{Runs, Selected};
use super::tally::{hash, mixed};
use crate::lease_index::LeaseIndex;
use crate::zone_shift::Event;

coded! {
    Event { account, address, port, low_us, high_us }
    Sample { events, level }
}

/// Connections whose addresses an answer knows: all of a few, and of many those that outlast as many thinnings as are
/// needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sample {
    events: Vec<(Event, u8)>,
    level: u8,
}

impl Sample {
    fn push(&mut self, level: u8, most: usize, event: impl FnOnce() -> Event) {
        if level < self.level {
            return;
        }
        self.events.push((event(), level));
        while self.events.len() >= most {
            self.level += 1;
            self.events.retain(|(_, level)| *level >= self.level);
        }
    }
}

/// For each answer, a spread of fewer than `most` of the connections whose addresses it knows, and of the sightings of the
/// peers selected; these are read each time and never kept.
pub fn sample(
    tables: &dyn Tables,
    index: &LeaseIndex,
    selected: &Selected,
    most: usize,
    counts: &mut Counts<'_>,
) -> Result<Vec<Vec<Event>>, TablesError> {
    let parts = tables.parts(&Connection::INFO);
    let context = kept::context(tables, &[Lease::INFO, NatPlan::INFO], "");
    let mut resumed = counts.resume::<(Vec<AccountKey>, Vec<Sample>)>(Pass::Sample, context, &parts);
    let (known, mut samples) = std::mem::take(&mut resumed.counts);
    samples.resize(index.answers.len(), Sample::default());
    let mut drawing = Drawing { index, most, accounts: Numbered::known(known), samples };
    for (_, part) in resumed.begin(&parts) {
        let mut near = Near::default();
        tables.scan(&Connection::INFO, part, COLUMNS, &mut |batch| {
            let columns = Columns::of(&batch);
            for row_idx in 0..batch.num_rows() {
                let account = (columns.platform.value(row_idx), columns.account.value(row_idx));
                drawing.add(&columns, row_idx, part.source, account, &mut near);
            }
            ControlFlow::Continue(())
        })?;
    }
    let mut counted = (in_order(drawing.accounts, &mut drawing.samples), drawing.samples);
    counts.keep(Pass::Sample, context, &parts, &counted);
    if !selected.keys.is_empty() {
        let (known, samples) = counted;
        let mut drawing = Drawing { index, most, accounts: Numbered::known(known), samples };
        drawing.sightings(tables, selected)?;
        counted = (in_order(drawing.accounts, &mut drawing.samples), drawing.samples);
    }
    let events = |sample: Sample| sample.events.into_iter().map(|(event, _)| event).collect();
    Ok(counted.1.into_iter().map(events).collect())
}

/// An address, and the answers that have some lease of it.
type Near = (Option<Address>, Vec<usize>);

/// Samples that are being drawn.
struct Drawing<'a> {
    index: &'a LeaseIndex,
    most: usize,
    accounts: Numbered,
    samples: Vec<Sample>,
}

impl Drawing<'_> {
    fn sightings(&mut self, tables: &dyn Tables, selected: &Selected) -> Result<(), TablesError> {
        for part in tables.parts(&Sighting::INFO) {
            let (mut near, mut runs) = (Near::default(), Runs::default());
            selected.scan(tables, &part, &mut |batch| {
                let columns = Columns::of_sightings(&batch);
                for row_idx in 0..batch.num_rows() {
                    let (network, peer) = (columns.platform.value(row_idx), columns.account.value(row_idx));
                    let Some(key) = runs.of(network, peer, selected) else { continue };
                    // What says nothing of a line says nothing of the times of an answer.
                    if columns.unconnected(row_idx).is_none() {
                        let account = (key.platform.as_str(), key.account.as_str());
                        self.add(&columns, row_idx, part.source, account, &mut near);
                    }
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        columns: &Columns<'_>,
        row_idx: usize,
        source: Digest,
        (platform, account): (&str, &str),
        near: &mut Near,
    ) {
        let (Some(address), Some((low_us, high_us))) = (columns.address(row_idx), columns.when(row_idx))
        else {
            return;
        };
        if near.0 != Some(address) {
            *near = (Some(address), self.index.answers_knowing(address));
        }
        if near.1.is_empty() {
            return;
        }
        let place = hash(source, columns.place.value(row_idx));
        let level = mixed(place ^ mixed(low_us as u64) ^ address.0 as u64).trailing_zeros() as u8;
        for answer in &near.1 {
            self.samples[*answer].push(level, self.most, || {
                let account = self.accounts.of(platform, account);
                Event { account, address, port: columns.port(row_idx), low_us, high_us }
            });
        }
    }
}

/// Numbers the accounts of the samples in their own order, leaves out those of which nothing is left, and puts events in
/// order: what is kept must not tell in which order it was counted.
fn in_order(accounts: Numbered, samples: &mut [Sample]) -> Vec<AccountKey> {
    let used: BTreeSet<u32> =
        samples.iter().flat_map(|sample| &sample.events).map(|(event, _)| event.account).collect();
    let (keys, numbers): (Vec<AccountKey>, Vec<u32>) =
        accounts.numbers().into_iter().filter(|(_, number)| used.contains(number)).unzip();
    let ranks: BTreeMap<u32, u32> = numbers.into_iter().zip(0..).collect();
    for sample in samples {
        sample.events.iter_mut().for_each(|(event, _)| event.account = ranks[&event.account]);
        sample.events.sort_unstable();
    }
    keys
}
