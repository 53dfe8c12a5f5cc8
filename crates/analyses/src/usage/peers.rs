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

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use tutela_model::address::{Address, Prefix};
use tutela_model::field::address_at;
use tutela_model::place::Digest;
use tutela_model::table::{Part, TablesError};
use tutela_model::tables::{Observed, Sighting};
use tutela_model::{Finding, Table, Tables, Text};

use super::columns::{Columns, SIGHTING_COLUMNS, column};
use super::join::{Join, Look};
use super::{AccountKey, AccountUse, Open, Use};
use crate::picks::{Seen, Spots};
use crate::sharing::{AddressSeen, Means, Ranges, Rows, each_at_once, rows_where};

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
    // As runs of sightings compare them: hexadecimal numbers in whatever letters, others as they stand.
    let is_hex = matches!(said.len(), 32 | 40) && said.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number: Text = if is_hex { said.to_ascii_lowercase().into() } else { said.into() };
    let first = number.chars().next()?;
    number.chars().any(|digit| digit != first).then_some(number)
}

/// The address ranges that answers cover.
pub struct Covered(Ranges);

impl Covered {
    /// Of these prefixes.
    pub fn of(prefixes: &[Prefix]) -> Self {
        Self(Ranges::new(prefixes))
    }

    fn holds(&self, address: Address) -> bool {
        !self.0.of(address).is_empty()
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
    /// By file received, the ranges of their rows, in order; none where these are looked for among all.
    rows: Option<BTreeMap<Digest, Vec<Range<u64>>>>,
    /// By file received, these rows, when they have been read.
    read: BTreeMap<Digest, Vec<RecordBatch>>,
}

/// Rows that are kept when they have been read, because several passes need them.
const MOST_READ: u64 = 1 << 20;

impl Selected {
    /// Peers of which the rows are known: network and number as the records write it, rank where it is a leading one,
    /// and whether it is read wherever it was seen.
    pub fn of_survey(peers: impl Iterator<Item = Found>) -> Self {
        let mut selected = Self::default();
        let mut rows: BTreeMap<Digest, Vec<Range<u64>>> = BTreeMap::new();
        for found in peers {
            let Some(account) = number_of(&found.peer.number) else { continue };
            let key = AccountKey { platform: found.peer.network.into(), account };
            if found.rank.is_some() || found.is_named {
                selected.named.keys.insert(key.clone(), found.rank);
            }
            selected.keys.insert(key);
            for (source, of_source) in found.peer.rows {
                rows.entry(source).or_default().push(of_source);
            }
        }
        for rows in rows.values_mut() {
            rows.sort_unstable_by_key(|range| (range.start, range.end));
            rows.dedup_by(|next, kept| {
                let meet = next.start <= kept.end;
                if meet {
                    kept.end = kept.end.max(next.end);
                }
                meet
            });
        }
        Self { rows: Some(rows), ..selected }
    }

    /// Reads the rows of the peers, as many parts at one time as there are threads, unless they are too many to keep.
    ///
    /// # Errors
    /// A stored table could not be read.
    pub fn read(&mut self, tables: &dyn Tables, means: &Means<'_>) -> Result<(), TablesError> {
        let Some(rows) = &self.rows else { return Ok(()) };
        if rows.values().flatten().map(|range| range.end - range.start).sum::<u64>() > MOST_READ {
            return Ok(());
        }
        let read = each_at_once(means, tables.parts(&Sighting::INFO), |part| {
            let mut batches = Vec::new();
            self.scan(tables, &part, &mut |batch| {
                batches.push(batch);
                ControlFlow::Continue(())
            })?;
            Ok((part.source, batches))
        });
        self.read = read.into_iter().collect::<Result<_, TablesError>>()?;
        Ok(())
    }

    /// Hands out the sightings of a part among which those of the peers are: all, where no more is known.
    pub fn scan(
        &self,
        tables: &dyn Tables,
        part: &Part,
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        if let Some(batches) = self.read.get(&part.source) {
            let _ = batches.iter().cloned().try_for_each(each);
            return Ok(());
        }
        self.scan_with(tables, part, SIGHTING_COLUMNS, each)
    }

    /// As [`Selected::scan`], with these columns.
    pub fn scan_with(
        &self,
        tables: &dyn Tables,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        match &self.rows {
            None => tables.scan(&Sighting::INFO, part, columns, each),
            Some(rows) => match rows.get(&part.source) {
                None => Ok(()),
                Some(rows) => tables.rows(&Sighting::INFO, part, rows, columns, each),
            },
        }
    }
}

/// What the analysis of sightings says of a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerActivity {
    /// The finding.
    pub finding: String,
    /// Files that lists know.
    pub n_listed: i64,
    /// Those of them that the observer saw it offer, give or show.
    pub n_first_hand: i64,
}

/// By peer, what the findings on sightings say of it.
pub fn activities(sharing: &[Finding]) -> BTreeMap<AccountKey, PeerActivity> {
    let of_peers = sharing.iter().filter(|finding| finding.statement.key == "peer_activity");
    let activity = |finding: &Finding| {
        let account = number_of(finding.text("peer"))?;
        let activity = PeerActivity {
            finding: finding.id.clone(),
            n_listed: finding.number("listed_files"),
            n_first_hand: finding.number("listed_first_hand"),
        };
        Some((AccountKey { platform: finding.text("network").into(), account }, activity))
    };
    of_peers.filter_map(activity).collect()
}

/// A peer that was found in the runs of sightings.
pub struct Found {
    /// Who it is, and where its rows are.
    pub peer: Rows,
    /// Its rank where it is a leading one.
    pub rank: Option<u32>,
    /// Whether an exhibit names it.
    pub is_named: bool,
}

/// Selects peers: those named, and those that were seen at an address that an answer covers, at whatever time. They are
/// looked for in the runs of sightings, and among all sightings where runs do not count them all.
///
/// # Errors
/// What the store or the shelf could not do.
pub fn select(
    tables: &dyn Tables,
    means: &Means<'_>,
    covered: &Covered,
    named: Named,
) -> Result<Selected, TablesError> {
    if covered.0.is_empty() && named.of_exhibits.is_empty() && named.keys.is_empty() {
        return Ok(Selected { named, ..Selected::default() });
    }
    let is_wanted = |network: &str, number: &str, addresses: &[AddressSeen]| {
        let is_named = |account| named.holds(&AccountKey { platform: network.into(), account });
        number_of(number).is_some_and(is_named) || addresses.iter().any(|seen| covered.holds(seen.address))
    };
    if let Some(peers) = rows_where(tables, means, &is_wanted)? {
        let found = |peer| Found { peer, rank: None, is_named: false };
        return Ok(Selected { named, ..Selected::of_survey(peers.into_iter().map(found)) });
    }
    let mut keys = BTreeSet::new();
    for part in &tables.parts(&Sighting::INFO) {
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
    Ok(Selected { keys, named, ..Selected::default() })
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
        selected.scan(tables, part, &mut |batch| {
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
