//! Peers of file-sharing networks as accounts of their networks: which of them are read, and what their sightings count.
//!
//! An export of a national observer holds millions of peers, of which an operation concerns few. Two steps keep them
//! apart: which peers are selected, and then the sightings of these. A peer is selected when an answer covers an address
//! that it was seen at, when an exhibit's own records state its number, or when it is a leading one. Of those that only
//! an address selected, none is kept of which no answer says anything at its time: it is whoever had the address before or
//! after.
//!
//! A number stands for an installation of a program. One number on two networks is compared like two accounts with one
//! identifier; a new number is another installation, because nothing shows that it is not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use tutela_model::address::{Address, Prefix, mask};
use tutela_model::field::address_at;
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{Observed, Sighting};
use tutela_model::{Table, Tables, Text};

use super::columns::{Columns, SIGHTING_COLUMNS, column};
use super::join::{Join, Look};
use super::{AccountKey, AccountUse, Open, Use};
use crate::facts::folded;
use crate::picks::{Seen, Spots};

/// The most peers that lead.
const LEADING: usize = 200;

/// A peer that matters most among all that observers saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leading {
    /// The peer.
    pub key: AccountKey,
    /// Its rank, from 1.
    pub rank: u32,
    /// How many sightings there are of it.
    pub rows: u64,
}

/// The peers that lead: those with most sightings. Counts are taken by a hash of the peer, so that no list of all peers
/// is held.
pub fn leading(tables: &dyn Tables) -> Result<Vec<Leading>, TablesError> {
    let hash = |key: &AccountKey| {
        let digest = Digest::of(key.name().as_bytes()).0;
        u64::from_be_bytes(digest[..8].try_into().expect("eight bytes"))
    };
    let mut n_of: BTreeMap<u64, u64> = BTreeMap::new();
    each_run(tables, &mut |key, n| *n_of.entry(hash(key)).or_default() += n)?;
    let mut ranked: Vec<(Reverse<u64>, u64)> = n_of.into_iter().map(|(hash, n)| (Reverse(n), hash)).collect();
    ranked.sort_unstable();
    ranked.truncate(LEADING);
    let first: BTreeMap<u64, u64> = ranked.into_iter().map(|(Reverse(n), hash)| (hash, n)).collect();
    let mut keys: BTreeSet<(Reverse<u64>, AccountKey)> = BTreeSet::new();
    if !first.is_empty() {
        each_run(tables, &mut |key, _| {
            if let Some(n) = first.get(&hash(key)) {
                keys.insert((Reverse(*n), key.clone()));
            }
        })?;
    }
    let ranked = (1..).zip(keys);
    Ok(ranked.map(|(rank, (Reverse(rows), key))| Leading { key, rank, rows }).collect())
}

/// Hands out peers with how many of their sightings stand one behind the other.
fn each_run(tables: &dyn Tables, each: &mut dyn FnMut(&AccountKey, u64)) -> Result<(), TablesError> {
    for part in tables.parts(&Sighting::INFO) {
        let mut run = Run::default();
        let mut n = 0;
        tables.scan(&Sighting::INFO, &part, &["network", "peer"], &mut |batch| {
            let text = |name| column(&batch, name).as_string::<i32>();
            let (networks, numbers) = (text("network"), text("peer"));
            for row_idx in 0..batch.num_rows() {
                let (network, number) = (networks.value(row_idx), numbers.value(row_idx));
                if !run.is_of(network, number) {
                    run.key.iter().for_each(|key| each(key, n));
                    (run, n) = (Run::begin(network, number), 0);
                }
                n += 1;
            }
            ControlFlow::Continue(())
        })?;
        run.key.iter().for_each(|key| each(key, n));
    }
    Ok(())
}

/// Sightings of one peer that stand one behind the other.
#[derive(Default)]
struct Run {
    /// The network and the number, as the records have them.
    said: (Text, Text),
    key: Option<AccountKey>,
}

impl Run {
    fn begin(network: &str, number: &str) -> Self {
        let key = number_of(number).map(|account| AccountKey { platform: network.into(), account });
        Self { said: (network.into(), number.into()), key }
    }

    fn is_of(&self, network: &str, number: &str) -> bool {
        self.said.1 == number && self.said.0 == network
    }
}

/// A peer's number in the form in which two are compared. None where there is none, or one digit all along: a program
/// that has no number writes that, and many would be one peer.
fn number_of(said: &str) -> Option<Text> {
    let number = folded(said);
    let first = number.chars().next()?;
    number.chars().any(|digit| digit != first).then_some(number)
}

/// The address ranges that answers cover.
pub struct Covered(BTreeMap<u8, BTreeSet<u128>>);

impl Covered {
    /// Of these prefixes.
    pub fn of(prefixes: &[Prefix]) -> Self {
        let mut covered: BTreeMap<u8, BTreeSet<u128>> = BTreeMap::new();
        for prefix in prefixes {
            covered.entry(prefix.bits_128()).or_default().insert(prefix.low.0);
        }
        Self(covered)
    }

    fn holds(&self, address: Address) -> bool {
        self.0.iter().any(|(bits, lows)| lows.contains(&(address.0 & mask(*bits))))
    }
}

/// Peers that are read wherever they were seen.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Numbers that exhibits state of their own programs, on whatever network.
    pub of_exhibits: BTreeSet<Text>,
    /// Other peers, each with its rank where it is a leading one.
    pub keys: BTreeMap<AccountKey, Option<u32>>,
}

impl Named {
    /// With the peers that lead.
    #[must_use]
    pub fn with_leading(mut self, leading: &[Leading]) -> Self {
        self.keys.extend(leading.iter().map(|leading| (leading.key.clone(), Some(leading.rank))));
        self
    }

    fn holds(&self, key: &AccountKey) -> bool {
        self.keys.contains_key(key) || self.of_exhibits.contains(&key.account)
    }
}

/// The peers whose sightings are read.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// The peers.
    pub keys: BTreeSet<AccountKey>,
    /// Those that are read wherever they were seen.
    pub named: Named,
}

/// Selects peers: those named, and those that were seen at an address that an answer covers, at whatever time.
pub fn select(tables: &dyn Tables, covered: &Covered, named: Named) -> Result<Selected, TablesError> {
    let mut keys = BTreeSet::new();
    let nothing = covered.0.is_empty() && named.of_exhibits.is_empty() && named.keys.is_empty();
    for part in tables.parts(&Sighting::INFO).iter().filter(|_| !nothing) {
        let mut run = Run::default();
        // Whether the peer at hand is selected, or the address before was not covered.
        let (mut settled, mut before) = (false, None);
        tables.scan(&Sighting::INFO, part, &["network", "peer", "address"], &mut |batch| {
            let text = |name| column(&batch, name).as_string::<i32>();
            let (networks, numbers) = (text("network"), text("peer"));
            for row_idx in 0..batch.num_rows() {
                let (network, number) = (networks.value(row_idx), numbers.value(row_idx));
                if !run.is_of(network, number) {
                    (run, before) = (Run::begin(network, number), None);
                    settled = run.key.as_ref().is_none_or(|key| named.holds(key));
                    keys.extend(run.key.iter().filter(|_| settled).cloned());
                }
                if settled {
                    continue;
                }
                let address = address_at(column(&batch, "address"), row_idx);
                if address != before && address.is_some_and(|address| covered.holds(address)) {
                    settled = true;
                    keys.extend(run.key.clone());
                }
                before = address;
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(Selected { keys, named })
}

/// The selected peers among rows.
#[derive(Default)]
pub(super) struct Runs {
    run: Run,
    selected: bool,
}

impl Runs {
    /// The peer of a row, where it is selected.
    pub fn of(&mut self, network: &str, number: &str, selected: &Selected) -> Option<&AccountKey> {
        if !self.run.is_of(network, number) {
            self.run = Run::begin(network, number);
            self.selected = self.run.key.as_ref().is_some_and(|key| selected.keys.contains(key));
        }
        self.run.key.as_ref().filter(|_| self.selected)
    }
}

/// What is known of a peer besides its uses of lines.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// What observers saw it do, and how often.
    pub observed: BTreeMap<Observed, u64>,
    /// Where it was seen with a connection and no answer says who was there.
    pub spots: Spots,
    /// Its rank among the peers that lead.
    pub rank: Option<u32>,
}

/// Counts the sightings of the peers selected, and adds them to what was counted of accounts; rows get the numbers of
/// their files from `first` on.
pub(super) fn count(
    tables: &dyn Tables,
    join: &Join<'_>,
    selected: &Selected,
    first: u32,
    counted: &mut BTreeMap<AccountKey, Use>,
) -> Result<BTreeMap<AccountKey, Peer>, TablesError> {
    let mut peers: BTreeMap<AccountKey, (Use, Peer)> = BTreeMap::new();
    if selected.keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let parts = tables.parts(&Sighting::INFO);
    for (number, part) in (first..).zip(&parts) {
        let (mut look, mut runs) = (join.look(), Runs::default());
        tables.scan(&Sighting::INFO, part, SIGHTING_COLUMNS, &mut |batch| {
            let columns = Columns::of_sightings(&batch);
            for row_idx in 0..batch.num_rows() {
                let (network, peer) = (columns.platform.value(row_idx), columns.account.value(row_idx));
                let Some(key) = runs.of(network, peer, selected) else { continue };
                if !peers.contains_key(key) {
                    // The records of a platform may name the same account as one of its own.
                    let earlier = counted.remove(key).unwrap_or_default();
                    let rank = selected.named.keys.get(key).copied().flatten();
                    peers.insert(key.clone(), (earlier, Peer { rank, ..Peer::default() }));
                }
                let of_peer = peers.get_mut(key).expect("it was put there");
                add(&mut look, &columns, (row_idx, number, part.source), of_peer);
            }
            ControlFlow::Continue(())
        })?;
    }
    let files: Vec<u32> = (0..first + parts.len() as u32).collect();
    let mut found = BTreeMap::new();
    for (key, ((mut account, mut stretches), peer)) in peers {
        if !(selected.named.holds(&key) || is_told_of(&account)) {
            continue;
        }
        account.end(&mut stretches, &files);
        counted.insert(key.clone(), (account, stretches));
        found.insert(key, peer);
    }
    Ok(found)
}

/// Whether an answer says something of one of an account's sightings at its time, be it in question.
fn is_told_of(account: &AccountUse) -> bool {
    let told = account.open.keys().any(|open| match open {
        Open::PortMissing
        | Open::SeveralLines
        | Open::PortOutsidePlan
        | Open::ClockInQuestion
        | Open::AnswerInQuestion
        | Open::Unstable
        | Open::NearChange => true,
        Open::NoTime | Open::TorExit | Open::Vpn | Open::Hosting | Open::Campus | Open::Hotspot => false,
        Open::NobodyThen | Open::NotAsked => false,
        Open::SelfReported | Open::ThirdParty | Open::BasisUnknown => false,
    });
    told || !account.lines.is_empty()
}

fn add(
    look: &mut Look<'_>,
    columns: &Columns<'_>,
    (row_idx, number, source): (usize, u32, Digest),
    (account, peer): &mut (Use, Peer),
) {
    let row = columns.row(row_idx, number, source);
    let on = look.add(account, columns, row_idx, row);
    if let Some(observed) = columns.observed(row_idx) {
        *peer.observed.entry(observed).or_default() += 1;
    }
    if let (Err(Open::NotAsked | Open::NobodyThen), Some(when_us), Some(address)) =
        (on, columns.when(row_idx), columns.address(row_idx))
    {
        peer.spots.push(Seen {
            address,
            port: columns.port(row_idx),
            when_us,
            is_known: on == Err(Open::NobodyThen),
            label: look.label(Some(when_us)),
            row: (number, row.place, row.hash),
        });
    }
}
