//! The connections by which the readings of an answer's times are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tutela_model::address::Address;
use tutela_model::table::TablesError;
use tutela_model::tables::{Connection, Lease, NatPlan};
use tutela_model::{Table, Tables};

use super::AccountKey;
use super::columns::{COLUMNS, Columns, Numbered};
use super::kept::{self, Counts, Pass, coded};
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

/// For each answer, a spread of fewer than `most` of the connections whose addresses it knows.
pub fn sample(
    tables: &dyn Tables,
    index: &LeaseIndex,
    most: usize,
    counts: &mut Counts<'_>,
) -> Result<Vec<Vec<Event>>, TablesError> {
    let parts = tables.parts(&Connection::INFO);
    let context = kept::context(tables, &[Lease::INFO, NatPlan::INFO], "");
    let mut resumed = counts.resume::<(Vec<AccountKey>, Vec<Sample>)>(Pass::Sample, context, &parts);
    let (known, mut samples) = std::mem::take(&mut resumed.counts);
    let mut accounts = Numbered::known(known);
    samples.resize(index.answers.len(), Sample::default());
    for (_, part) in resumed.begin(&parts) {
        // An address belongs to the answers that have some lease of it.
        let mut near: (Option<Address>, Vec<usize>) = (None, Vec::new());
        tables.scan(&Connection::INFO, part, COLUMNS, &mut |batch| {
            let columns = Columns::of(&batch);
            for row_idx in 0..batch.num_rows() {
                let (Some(address), Some((low_us, high_us))) =
                    (columns.address(row_idx), columns.when(row_idx))
                else {
                    continue;
                };
                if near.0 != Some(address) {
                    near = (Some(address), index.answers_knowing(address));
                }
                if near.1.is_empty() {
                    continue;
                }
                let place = hash(part.source, columns.place.value(row_idx));
                let level = mixed(place ^ mixed(low_us as u64) ^ address.0 as u64).trailing_zeros() as u8;
                for answer in &near.1 {
                    samples[*answer].push(level, most, || {
                        let account = accounts.of_row(&columns, row_idx);
                        Event { account, address, port: columns.port(row_idx), low_us, high_us }
                    });
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    let counted = (in_order(accounts, &mut samples), samples);
    counts.keep(Pass::Sample, context, &parts, &counted);
    let events = |sample: Sample| sample.events.into_iter().map(|(event, _)| event).collect();
    Ok(counted.1.into_iter().map(events).collect())
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
