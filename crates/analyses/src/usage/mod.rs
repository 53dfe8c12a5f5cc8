//! One pass over all connections: which line each account was used through, how often, and why the rest is open. Then one
//! over the sightings of some peers, each of which counts like an account of its network.

mod acts;
mod tally;

mod columns;
mod join;
mod peers;

mod kept;
mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::{TableInfo, TablesError};
use tutela_model::tables::{Connection, Lease, NatPlan, Network, Sighting};
use tutela_model::{RowRef, Table, Tables, Text};

use self::columns::{COLUMNS, Columns, Numbered, SIGHTING_COLUMNS, column};
use self::join::Join;
use self::peers::Runs;
use crate::lease_index::LeaseIndex;
use crate::zone_shift::{Clock, Hypothesis};

pub use self::acts::{Act, NO_DEVICE, SLOT_US, Shown};
pub use self::kept::{Counts, Pass};
pub use self::peers::{Covered, Found, Named, Peer, PeerActivity, Selected, activities, select};
pub use self::sample::sample;
pub use self::tally::{AccountUse, OpenUse, SharedStretch, Spread, Stretches, Support, Tally};

/// By how much a connection may miss a lease's ends, in microseconds: the clocks of platform and operator are two.
pub const SLACK_US: i64 = 5_000_000;

/// By how much a clock may be off without anybody noticing, in microseconds: a connection that would fall on another
/// line with such a clock supports none. Thirty times the deviation of a clock that is kept by NTP.
pub const SKEW_US: i64 = 60_000_000;

/// An account: platform and its number there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountKey {
    /// The platform.
    pub platform: Text,
    /// The account.
    pub account: Text,
}

impl AccountKey {
    /// `platform/account`, as leads name it.
    pub fn name(&self) -> String {
        format!("{}/{}", self.platform, self.account)
    }
}

/// Why a connection is not attributed to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
    /// The record has no time.
    NoTime,
    /// A supplied list has the address as an exit of the Tor network.
    TorExit,
    /// As a VPN.
    Vpn,
    /// As a data centre.
    Hosting,
    /// As a campus.
    Campus,
    /// As a hotspot, or the operator's answer does.
    Hotspot,
    /// Several lines shared the address, and the platform recorded no port.
    PortMissing,
    /// More than one line fits.
    SeveralLines,
    /// The operator's NAT gives the port to no line by its parameters: it is of the dynamic pool, which is logged, or
    /// reserved.
    PortOutsidePlan,
    /// The answer that covers it is in question for its time zone, and its line depends on the reading.
    ClockInQuestion,
    /// The answer that covers it failed a control question.
    AnswerInQuestion,
    /// It would fall on another line under a reading of the answer's times that the data do not refute.
    Unstable,
    /// Another line held the address less than a minute before or after.
    NearChange,
    /// An answer knows the address, but nobody held it then.
    NobodyThen,
    /// No answer covers the address.
    NotAsked,
    /// The peer stated the address itself: it can state any.
    SelfReported,
    /// A server, a tracker or another peer stated the address: it can be wrong, or old.
    ThirdParty,
    /// The observer does not say how it came to the address.
    BasisUnknown,
}

impl Open {
    /// Where from does not appear: the address is that of a service that hides it.
    pub const HIDDEN: [Self; 3] = [Self::Vpn, Self::TorExit, Self::Hosting];

    /// The observer was not connected with the address, or does not say so.
    pub const UNCONNECTED: [Self; 3] = [Self::SelfReported, Self::ThirdParty, Self::BasisUnknown];

    /// All reasons, in the order in which they are declared.
    const ALL: [Self; 18] = [
        Self::NoTime,
        Self::TorExit,
        Self::Vpn,
        Self::Hosting,
        Self::Campus,
        Self::Hotspot,
        Self::PortMissing,
        Self::SeveralLines,
        Self::PortOutsidePlan,
        Self::ClockInQuestion,
        Self::AnswerInQuestion,
        Self::Unstable,
        Self::NearChange,
        Self::NobodyThen,
        Self::NotAsked,
        Self::SelfReported,
        Self::ThirdParty,
        Self::BasisUnknown,
    ];

    /// The name that statements and settings use.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoTime => "no_time",
            Self::TorExit => "tor_exit",
            Self::Vpn => "vpn",
            Self::Hosting => "hosting",
            Self::Campus => "campus",
            Self::Hotspot => "hotspot",
            Self::PortMissing => "port_missing",
            Self::SeveralLines => "several_lines",
            Self::PortOutsidePlan => "port_outside_plan",
            Self::ClockInQuestion => "clock_in_question",
            Self::AnswerInQuestion => "answer_in_question",
            Self::Unstable => "unstable",
            Self::NearChange => "near_change",
            Self::NobodyThen => "nobody_then",
            Self::NotAsked => "not_asked",
            Self::SelfReported => "self_reported",
            Self::ThirdParty => "third_party",
            Self::BasisUnknown => "basis_unknown",
        }
    }
}

/// The rows that a received file has in a table.
#[derive(Clone, Copy, Debug)]
pub struct OfFile {
    /// The table's name.
    pub table: &'static str,
    /// The file.
    pub source: Digest,
}

impl OfFile {
    /// The row at a spot.
    pub fn row(&self, place: &str) -> RowRef {
        RowRef { table: self.table.to_owned(), source: self.source.hex(), place: place.to_owned() }
    }

    /// Those of a table, in the order in which they are counted.
    fn all(tables: &dyn Tables, of: &TableInfo) -> Vec<Self> {
        tables.parts(of).iter().map(|part| Self { table: of.name, source: part.source }).collect()
    }
}

/// What all accounts did.
pub struct Usage {
    /// The leases.
    pub index: LeaseIndex,
    /// By which rows are named: the files of the connection table, then those of the sighting table.
    pub parts: Vec<OfFile>,
    /// Accounts by key, the peers among them.
    pub accounts: BTreeMap<AccountKey, AccountUse>,
    /// What accounts did from addresses that several lines shared.
    pub shared: BTreeMap<AccountKey, Stretches>,
    /// The accounts that are peers of file-sharing networks, with what else is known of them.
    pub peers: BTreeMap<AccountKey, Peer>,
}

/// What decides on which line a connection falls, besides itself.
pub struct Rules<'a> {
    /// By answer, how its times are taken.
    pub clocks: &'a BTreeMap<Digest, Clock>,
    /// By answer, the readings of its times on which nobody decided.
    pub doubts: &'a BTreeMap<Digest, Vec<Hypothesis>>,
    /// Answers that are set aside: nothing is attributed from them.
    pub aside: &'a BTreeSet<Digest>,
}

impl Rules<'_> {
    /// The digest of all that decides on which line a connection falls.
    fn context(&self, tables: &dyn Tables) -> Digest {
        let Self { clocks, doubts, aside } = self;
        let of = [Lease::INFO, NatPlan::INFO, Network::INFO];
        kept::context(tables, &of, &format!("{clocks:?}\n{doubts:?}\n{aside:?}"))
    }
}

/// What is counted of an account.
type Use = (AccountUse, Stretches);

/// Joins all connections with all leases; those of files that were counted before are not read again. Then the sightings of
/// the peers that were selected: these are read each time and never kept, because which peers are selected follows from
/// the answers.
pub fn of(
    tables: &dyn Tables,
    index: LeaseIndex,
    rules: &Rules<'_>,
    selected: &Selected,
    counts: &mut Counts<'_>,
) -> Result<Usage, TablesError> {
    let parts = tables.parts(&Connection::INFO);
    let context = rules.context(tables);
    let mut resumed = counts.resume::<BTreeMap<AccountKey, Use>>(Pass::Usage, context, &parts);
    let (known, mut uses): (Vec<_>, Vec<_>) = std::mem::take(&mut resumed.counts).into_iter().unzip();
    let mut accounts = Numbered::known(known);
    let join = Join::new(tables, &index, rules)?;
    for (number, part) in resumed.begin(&parts) {
        let mut look = join.look();
        tables.scan(&Connection::INFO, part, COLUMNS, &mut |batch| {
            let columns = Columns::of(&batch);
            for row_idx in 0..batch.num_rows() {
                let account = accounts.of(columns.platform.value(row_idx), columns.account.value(row_idx));
                if account as usize == uses.len() {
                    uses.push(Use::default());
                }
                let row = columns.row(row_idx, number, part.source);
                // Where it falls is counted by then.
                let _ = look.add(&mut uses[account as usize], &columns, row_idx, row);
            }
            ControlFlow::Continue(())
        })?;
    }
    let ranks = resumed.ranks(&parts);
    uses.iter_mut().for_each(|(account, stretches)| account.end(stretches, &ranks));
    let of_number = |(key, number): (_, u32)| (key, std::mem::take(&mut uses[number as usize]));
    let mut counted: BTreeMap<AccountKey, Use> = accounts.numbers().into_iter().map(of_number).collect();
    counts.keep(Pass::Usage, context, &parts, &counted);
    let peers = peers::count(tables, &join, selected, parts.len() as u32, &mut counted)?;
    let mut files = OfFile::all(tables, &Connection::INFO);
    files.extend(OfFile::all(tables, &Sighting::INFO));
    Ok(Usage::new(index, files, counted, peers))
}

impl Usage {
    fn new(
        index: LeaseIndex,
        parts: Vec<OfFile>,
        counted: BTreeMap<AccountKey, Use>,
        peers: BTreeMap<AccountKey, Peer>,
    ) -> Self {
        let (mut accounts, mut shared) = (BTreeMap::new(), BTreeMap::new());
        for (key, (mut account, stretches)) in counted {
            for support in account.lines.values_mut() {
                support.access = support.leases.values().last().map(|lease| index.held(*lease).access);
            }
            if !stretches.kept.is_empty() {
                shared.insert(key.clone(), stretches);
            }
            accounts.insert(key, account);
        }
        Self { index, parts, accounts, shared, peers }
    }
}

/// The peers selected, by what their sightings say alone.
pub fn peers(
    tables: &dyn Tables,
    index: &LeaseIndex,
    rules: &Rules<'_>,
    selected: &Selected,
) -> Result<BTreeMap<AccountKey, Peer>, TablesError> {
    let join = Join::new(tables, index, rules)?;
    peers::count(tables, &join, selected, 0, &mut BTreeMap::new())
}

/// A connection or a sighting with what the join makes of it.
pub struct Fallen<'a> {
    /// The file received.
    pub source: Digest,
    /// The row's spot in it.
    pub place: &'a str,
    /// The platform, or the network of a peer.
    pub platform: &'a str,
    /// The account, or the peer's number.
    pub account: &'a str,
    /// Whether it is a peer's.
    pub is_peer: bool,
    /// The address.
    pub address: Address,
    /// The address, as the record wrote it.
    pub address_said: &'a str,
    /// The port.
    pub port: Option<u16>,
    /// The first and the last instant that the record may mean.
    pub when: Option<(i64, i64)>,
    /// The time, as the record wrote it.
    pub at_said: &'a str,
    /// The line and the lease that it falls on, or why on none.
    pub on: Result<(u32, u32), Open>,
    /// What the supplied lists call the range.
    pub label: Option<Text>,
}

/// Hands out every connection, then every sighting of the peers selected, by received file and in the order of the table's
/// key.
pub fn each(
    tables: &dyn Tables,
    index: &LeaseIndex,
    rules: &Rules<'_>,
    selected: &Selected,
    each: &mut dyn FnMut(Fallen<'_>),
) -> Result<(), TablesError> {
    let join = Join::new(tables, index, rules)?;
    let said = ["address_said", "at_said"];
    let of_peers = [SIGHTING_COLUMNS, said.as_slice()].concat();
    let wanted = [(Connection::INFO, [COLUMNS, said.as_slice()].concat()), (Sighting::INFO, of_peers)];
    let is_read = |table: &TableInfo| table.name == Connection::INFO.name || !selected.keys.is_empty();
    for (table, wanted) in wanted.iter().filter(|(table, _)| is_read(table)) {
        let is_peer = table.name == Sighting::INFO.name;
        for part in tables.parts(table) {
            let mut look = join.look();
            let mut runs = Runs::default();
            let mut hand_out = |batch: RecordBatch| {
                let columns = if is_peer { Columns::of_sightings(&batch) } else { Columns::of(&batch) };
                let text = |name| column(&batch, name).as_string::<i32>();
                let (address_said, at_said) = (text("address_said"), text("at_said"));
                for row_idx in 0..batch.num_rows() {
                    let (mut platform, mut account) =
                        (columns.platform.value(row_idx), columns.account.value(row_idx));
                    if is_peer {
                        let Some(peer) = runs.of(platform, account, selected) else { continue };
                        (platform, account) = (&peer.platform, &peer.account);
                    }
                    let (address, port) = (
                        columns.address(row_idx).expect("every record has an address"),
                        columns.port(row_idx),
                    );
                    let when = columns.when(row_idx);
                    let (on, label) = match columns.unconnected(row_idx) {
                        Some(open) => (Err(open), None),
                        None => {
                            let on = look.attribute(&mut AccountUse::default(), address, port, when);
                            (on, look.label(when))
                        }
                    };
                    each(Fallen {
                        source: part.source,
                        place: columns.place.value(row_idx),
                        platform,
                        account,
                        is_peer,
                        address,
                        address_said: address_said.value(row_idx),
                        port,
                        when,
                        at_said: at_said.value(row_idx),
                        label,
                        on,
                    });
                }
                ControlFlow::Continue(())
            };
            if is_peer {
                selected.scan_with(tables, &part, wanted, &mut hand_out)?;
            } else {
                tables.scan(table, &part, wanted, &mut hand_out)?;
            }
        }
    }
    Ok(())
}
