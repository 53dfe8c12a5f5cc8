//! One pass over all connections: which line each account was used through, how often, and why the rest is open.

mod acts;
mod tally;

mod columns;
mod join;

mod kept;
mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::{Part, TablesError};
use tutela_model::tables::{Connection, Lease, NatPlan, Network};
use tutela_model::{Table, Tables, Text};

use self::columns::{COLUMNS, Columns, Numbered};
use self::join::Join;
use crate::lease_index::LeaseIndex;
use crate::zone_shift::{Clock, Hypothesis};

pub use self::acts::{Act, NO_DEVICE, SLOT_US, Shown};
pub use self::kept::{Counts, Pass};
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
}

impl Open {
    /// Where from does not appear: the address is that of a service that hides it.
    pub const HIDDEN: [Self; 3] = [Self::Vpn, Self::TorExit, Self::Hosting];

    /// All reasons, in the order in which they are declared.
    const ALL: [Self; 15] = [
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
        }
    }
}

/// What all accounts did.
pub struct Usage {
    /// The leases.
    pub index: LeaseIndex,
    /// Parts of the connection table, by which rows are named.
    pub parts: Vec<Part>,
    /// Accounts by key.
    pub accounts: BTreeMap<AccountKey, AccountUse>,
    /// What accounts did from addresses that several lines shared.
    pub shared: BTreeMap<AccountKey, Stretches>,
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

/// Joins all connections with all leases; those of files that were counted before are not read again.
pub fn of(
    tables: &dyn Tables,
    index: LeaseIndex,
    rules: &Rules<'_>,
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
                let account = accounts.of_row(&columns, row_idx);
                if account as usize == uses.len() {
                    uses.push(Use::default());
                }
                let row = columns.row(row_idx, number, part.source);
                look.add(&mut uses[account as usize], &columns, row_idx, row);
            }
            ControlFlow::Continue(())
        })?;
    }
    let ranks = resumed.ranks(&parts);
    uses.iter_mut().for_each(|(account, stretches)| account.end(stretches, &ranks));
    let of_number = |(key, number): (_, u32)| (key, std::mem::take(&mut uses[number as usize]));
    let counted: BTreeMap<AccountKey, Use> = accounts.numbers().into_iter().map(of_number).collect();
    counts.keep(Pass::Usage, context, &parts, &counted);
    Ok(Usage::new(index, parts, counted))
}

impl Usage {
    fn new(index: LeaseIndex, parts: Vec<Part>, counted: BTreeMap<AccountKey, Use>) -> Self {
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
        Self { index, parts, accounts, shared }
    }
}

/// A connection with what the join makes of it.
pub struct Fallen<'a> {
    /// The file received.
    pub source: Digest,
    /// The row's spot in it.
    pub place: &'a str,
    /// The platform.
    pub platform: &'a str,
    /// The account.
    pub account: &'a str,
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

/// Hands out every connection, by received file and in the order of the table's key.
pub fn each(
    tables: &dyn Tables,
    index: &LeaseIndex,
    rules: &Rules<'_>,
    each: &mut dyn FnMut(Fallen<'_>),
) -> Result<(), TablesError> {
    let join = Join::new(tables, index, rules)?;
    let wanted: Vec<&str> = COLUMNS.iter().copied().chain(["address_said", "at_said"]).collect();
    for part in tables.parts(&Connection::INFO) {
        let mut look = join.look();
        tables.scan(&Connection::INFO, &part, &wanted, &mut |batch| {
            let columns = Columns::of(&batch);
            let said = |name: &str| {
                batch
                    .column_by_name(name)
                    .expect("the scan hands out the columns asked for")
                    .as_string::<i32>()
            };
            let (address_said, at_said) = (said("address_said"), said("at_said"));
            for row_idx in 0..batch.num_rows() {
                let (address, port) = (
                    columns.address(row_idx).expect("every connection has an address"),
                    columns.port(row_idx),
                );
                let when = columns.when(row_idx);
                let on = look.attribute(&mut AccountUse::default(), address, port, when);
                each(Fallen {
                    source: part.source,
                    place: columns.place.value(row_idx),
                    platform: columns.platform.value(row_idx),
                    account: columns.account.value(row_idx),
                    address,
                    address_said: address_said.value(row_idx),
                    port,
                    when,
                    at_said: at_said.value(row_idx),
                    on,
                    label: look.label(when),
                });
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(())
}
