//! One pass over all connections: which line each account was used through, how often, and why the rest is open.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt16Type};
use arrow_array::{Array, RecordBatch, StringArray};
use tutela_model::address::Address;
use tutela_model::field::address_at;
use tutela_model::place::Digest;
use tutela_model::table::{Part, TablesError};
use tutela_model::tables::{Access, Connection, Nature};
use tutela_model::time::Precision;
use tutela_model::words::Words;
use tutela_model::{RowRef, Table, Tables, Text};

use crate::lease_index::{Held, LeaseIndex};
use crate::networks::{Listed, Networks};
use crate::zone_shift::{Clock, Event, Hypothesis, Reread};

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

/// A spread of rows over a long run: the same rows for the same run, however long it is.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    rows: Vec<(u32, Text)>,
    seen: u64,
    stride_log2: u32,
}

/// How many rows a spread keeps at least, once it has seen as many.
const SPREAD: usize = 24;

impl Spread {
    /// No rows.
    pub const EMPTY: Self = Self { rows: Vec::new(), seen: 0, stride_log2: 0 };

    fn push(&mut self, part: u32, place: &str) {
        if self.seen.trailing_zeros() >= self.stride_log2 || self.seen == 0 {
            self.rows.push((part, place.into()));
            if self.rows.len() == 2 * SPREAD {
                let mut position = 0;
                self.rows.retain(|_| {
                    position += 1;
                    position % 2 == 1
                });
                self.stride_log2 += 1;
            }
        }
        self.seen += 1;
    }

    /// The rows kept.
    pub fn rows(&self, parts: &[Part]) -> Vec<RowRef> {
        let row = |(part, place): &(u32, Text)| RowRef {
            table: Connection::INFO.name.to_owned(),
            source: parts[*part as usize].source.hex(),
            place: place.to_string(),
        };
        self.rows.iter().map(row).collect()
    }
}

/// Connections of one account that share something: how many, when, a spread of their rows.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many.
    pub n: u64,
    /// First and last instant, microseconds UTC.
    pub span_us: Option<(i64, i64)>,
    /// A spread of their rows.
    pub rows: Spread,
}

impl Tally {
    fn push(&mut self, at_us: Option<i64>, part: u32, place: &str) {
        self.n += 1;
        if let Some(at_us) = at_us {
            let (first, last) = self.span_us.unwrap_or((at_us, at_us));
            self.span_us = Some((first.min(at_us), last.max(at_us)));
        }
        self.rows.push(part, place);
    }
}

/// An account's use of a line.
#[derive(Clone, Debug, Default)]
pub struct Support {
    /// Connections that fall on this line and no other.
    pub tally: Tally,
    /// Distinct sessions: stretches of the line on one address without a gap, whatever its ports.
    pub sessions: BTreeSet<u32>,
    /// Distinct days in UTC, counted since 1970.
    pub days: BTreeSet<i32>,
    /// One lease for each session, at most [`SPREAD`].
    pub leases: Vec<u32>,
    /// How the line reaches the network.
    pub access: Option<Access>,
    /// Plans by which leases were computed.
    pub plans: BTreeSet<u32>,
    /// Connections that only computed leases support.
    pub n_computed: u64,
}

/// Connections of an account from an address that several lines shared, without a port that tells them apart, while the
/// holders did not change.
#[derive(Clone, Debug, Default)]
pub struct SharedStretch {
    /// The connections.
    pub tally: Tally,
    /// The lines that the answers name, ascending.
    pub lines: Vec<u32>,
    /// How many lines shared the address, as the operator says or its ports leave room for; none when unknown.
    pub n_sharing: Option<u32>,
    /// A lease of each line, at most [`SPREAD`].
    pub leases: Vec<u32>,
    /// The answers that name the lines.
    pub answers: BTreeSet<u32>,
}

/// Where an account came from addresses that several lines shared.
#[derive(Clone, Debug, Default)]
pub struct Stretches {
    /// By the sessions of the holders; at most [`MOST_STRETCHES`].
    pub kept: BTreeMap<Vec<u32>, SharedStretch>,
    /// Connections of stretches beyond those.
    pub n_beyond: u64,
}

/// The most stretches that are kept for an account.
const MOST_STRETCHES: usize = 400;

/// Where an account's open connections came from.
#[derive(Clone, Debug, Default)]
pub struct OpenUse {
    /// All of them.
    pub tally: Tally,
    /// By address; at most [`MOST_ADDRESSES`].
    pub addresses: BTreeMap<Address, (u64, i64, i64)>,
    /// What the supplied lists call the ranges.
    pub labels: BTreeSet<Text>,
}

/// The most addresses that are kept for an account and a reason.
const MOST_ADDRESSES: usize = 500;

/// What one account did.
#[derive(Clone, Debug, Default)]
pub struct AccountUse {
    /// All its connections.
    pub tally: Tally,
    /// Those with a time.
    pub n_timed: u64,
    /// Lines by number.
    pub lines: BTreeMap<u32, Support>,
    /// For each line, the connections that fall on it and on others too.
    pub shared: BTreeMap<u32, u64>,
    /// For each line, the connections that fall on it as written and on another one otherwise, by the reading.
    pub unstable: BTreeMap<u32, BTreeMap<Text, u64>>,
    /// What is not attributed, and why.
    pub open: BTreeMap<Open, OpenUse>,
    /// Devices that the platform gave, each with how often.
    pub devices: BTreeMap<Text, u64>,
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

/// Joins all connections with all leases. Nothing is attributed from answers that are set aside.
pub fn of(
    tables: &dyn Tables,
    index: LeaseIndex,
    clocks: &BTreeMap<Digest, Clock>,
    doubts: &BTreeMap<Digest, Vec<Hypothesis>>,
    aside: &BTreeSet<Digest>,
) -> Result<Usage, TablesError> {
    let join = Join::new(tables, &index, clocks, doubts, aside)?;
    let parts = tables.parts(&Connection::INFO);
    let mut accounts = Numbered::default();
    let mut uses: Vec<(AccountUse, Stretches)> = Vec::new();
    for (part_idx, part) in parts.iter().enumerate() {
        let mut look = join.look();
        tables.scan(&Connection::INFO, part, COLUMNS, &mut |batch| {
            let columns = Columns::of(&batch);
            for row_idx in 0..batch.num_rows() {
                let account =
                    accounts.number(columns.platform.value(row_idx), columns.account.value(row_idx));
                if account as usize == uses.len() {
                    uses.push(Default::default());
                }
                look.add(&mut uses[account as usize], &columns, row_idx, part_idx as u32);
            }
            ControlFlow::Continue(())
        })?;
    }
    let (mut by_key, mut shared) = (BTreeMap::new(), BTreeMap::new());
    for (key, number) in accounts.keys {
        let (account, stretches) = std::mem::take(&mut uses[number as usize]);
        if !stretches.kept.is_empty() {
            shared.insert(key.clone(), stretches);
        }
        by_key.insert(key, account);
    }
    Ok(Usage { accounts: by_key, shared, index, parts })
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
    clocks: &BTreeMap<Digest, Clock>,
    doubts: &BTreeMap<Digest, Vec<Hypothesis>>,
    aside: &BTreeSet<Digest>,
    each: &mut dyn FnMut(Fallen<'_>),
) -> Result<(), TablesError> {
    let join = Join::new(tables, index, clocks, doubts, aside)?;
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

/// What the join needs, prepared once for all parts.
struct Join<'a> {
    index: &'a LeaseIndex,
    /// By answer, what it waits for before anything is attributed from it; none of those that count.
    blocked: Vec<Option<Open>>,
    doubts: Vec<Vec<Reread>>,
    networks: Networks,
}

impl<'a> Join<'a> {
    fn new(
        tables: &dyn Tables,
        index: &'a LeaseIndex,
        clocks: &BTreeMap<Digest, Clock>,
        doubts: &BTreeMap<Digest, Vec<Hypothesis>>,
        aside: &BTreeSet<Digest>,
    ) -> Result<Self, TablesError> {
        // An answer that failed a control question counts under no reading of its times.
        let waits = |source: &Digest| match clocks.get(source) {
            _ if aside.contains(source) => Some(Open::AnswerInQuestion),
            Some(Clock::Blocked(_)) => Some(Open::ClockInQuestion),
            _ => None,
        };
        let doubts = (0..index.answers.len())
            .map(|answer| {
                let readings = doubts.get(&index.answers[answer].source).into_iter().flatten();
                readings.flat_map(|reading| Reread::each_calendar(*reading, index, answer as u32)).collect()
            })
            .collect();
        Ok(Self {
            index,
            blocked: index.answers.iter().map(|answer| waits(&answer.source)).collect(),
            doubts,
            networks: Networks::read(tables)?,
        })
    }

    fn look(&self) -> Look<'_> {
        Look {
            index: self.index,
            blocked: &self.blocked,
            doubts: &self.doubts,
            networks: &self.networks,
            near: None,
            hits: Vec::new(),
            beside: Vec::new(),
            in_question: Vec::new(),
            waits: None,
        }
    }
}

/// For each answer, a spread of the connections whose addresses it knows.
pub fn sample(tables: &dyn Tables, index: &LeaseIndex, most: usize) -> Result<Vec<Vec<Event>>, TablesError> {
    // An address belongs to the answers that have some lease of it.
    let mut answers_of: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
    let mut samples: Vec<(Vec<Event>, u64, u32)> = index.answers.iter().map(|_| (Vec::new(), 0, 0)).collect();
    let mut accounts = Numbered::default();
    for part in tables.parts(&Connection::INFO) {
        let mut near: (Option<Address>, Vec<usize>) = (None, Vec::new());
        tables.scan(&Connection::INFO, &part, COLUMNS, &mut |batch| {
            let columns = Columns::of(&batch);
            for row_idx in 0..batch.num_rows() {
                let (Some(address), Some((low_us, high_us))) =
                    (columns.address(row_idx), columns.when(row_idx))
                else {
                    continue;
                };
                if near.0 != Some(address) {
                    let answers = answers_of.entry(address).or_insert_with(|| index.answers_knowing(address));
                    near = (Some(address), answers.clone());
                }
                for answer in &near.1 {
                    let (events, seen, stride_log2) = &mut samples[*answer];
                    if *seen == 0 || seen.trailing_zeros() >= *stride_log2 {
                        let account =
                            accounts.number(columns.platform.value(row_idx), columns.account.value(row_idx));
                        events.push(Event { account, address, port: columns.port(row_idx), low_us, high_us });
                        if events.len() == most {
                            let mut position = 0;
                            events.retain(|_| {
                                position += 1;
                                position % 2 == 1
                            });
                            *stride_log2 += 1;
                        }
                    }
                    *seen += 1;
                }
            }
            ControlFlow::Continue(())
        })?;
        answers_of.clear();
    }
    Ok(samples.into_iter().map(|(events, _, _)| events).collect())
}

const COLUMNS: &[&str] = &["platform", "account", "address", "port", "at", "at_precision", "device", "place"];

/// The columns of a batch of connections.
struct Columns<'a> {
    platform: &'a StringArray,
    account: &'a StringArray,
    address: &'a arrow_array::ArrayRef,
    port: &'a arrow_array::PrimitiveArray<UInt16Type>,
    at: &'a arrow_array::PrimitiveArray<TimestampMicrosecondType>,
    precision: &'a StringArray,
    device: &'a StringArray,
    place: &'a StringArray,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let column =
            |name: &str| batch.column_by_name(name).expect("the scan hands out the columns asked for");
        Self {
            platform: column("platform").as_string(),
            account: column("account").as_string(),
            address: column("address"),
            port: column("port").as_primitive(),
            at: column("at").as_primitive(),
            precision: column("at_precision").as_string(),
            device: column("device").as_string(),
            place: column("place").as_string(),
        }
    }

    fn address(&self, row_idx: usize) -> Option<Address> {
        address_at(self.address, row_idx)
    }

    fn port(&self, row_idx: usize) -> Option<u16> {
        self.port.is_valid(row_idx).then(|| self.port.value(row_idx))
    }

    /// The first and the last instant that the record may mean.
    fn when(&self, row_idx: usize) -> Option<(i64, i64)> {
        let at_us = self.at.is_valid(row_idx).then(|| self.at.value(row_idx))?;
        let precision = Precision::from_word(self.precision.value(row_idx)).unwrap_or(Precision::Day);
        Some((at_us, at_us + precision.width_us() - 1))
    }
}

/// Accounts by number, in the order in which they were first seen.
#[derive(Default)]
struct Numbered {
    keys: BTreeMap<AccountKey, u32>,
    // Rows come by address, so that the account is often the one before.
    last: Option<(AccountKey, u32)>,
}

impl Numbered {
    fn number(&mut self, platform: &str, account: &str) -> u32 {
        if let Some((key, number)) = &self.last
            && key.account == account
            && key.platform == platform
        {
            return *number;
        }
        let key = AccountKey { platform: platform.into(), account: account.into() };
        let next = self.keys.len() as u32;
        let number = *self.keys.entry(key.clone()).or_insert(next);
        self.last = Some((key, number));
        number
    }
}

/// Looks connections up, one part in address order.
struct Look<'a> {
    index: &'a LeaseIndex,
    /// By answer, what it waits for.
    blocked: &'a [Option<Open>],
    /// By answer.
    doubts: &'a [Vec<Reread>],
    networks: &'a Networks,
    /// What the lists and answers say of the address before.
    near: Option<Near>,
    hits: Vec<u32>,
    /// Leases that held the address within a minute of the connection and not at its time.
    beside: Vec<u32>,
    /// Leases of answers whose clock is in question that held it within a minute of the connection.
    in_question: Vec<u32>,
    /// What an answer waits for that has a lease for the connection and does not count.
    waits: Option<Open>,
}

#[derive(Clone)]
struct Near {
    address: Address,
    natures: Vec<Listed>,
    asked: bool,
}

impl Look<'_> {
    fn add(
        &mut self,
        (account, stretches): &mut (AccountUse, Stretches),
        columns: &Columns<'_>,
        row_idx: usize,
        part: u32,
    ) {
        let place = columns.place.value(row_idx);
        let when = columns.when(row_idx);
        let at_us = when.map(|(low_us, _)| low_us);
        account.tally.push(at_us, part, place);
        account.n_timed += u64::from(when.is_some());
        if columns.device.is_valid(row_idx) {
            let device = columns.device.value(row_idx);
            match account.devices.get_mut(device) {
                Some(n) => *n += 1,
                None => {
                    account.devices.insert(device.into(), 1);
                }
            }
        }
        let address = columns.address(row_idx).expect("every connection has an address");
        match self.attribute(account, address, columns.port(row_idx), when) {
            Ok((line, lease)) => {
                let at_us = at_us.expect("only a timed connection is attributed");
                let held = self.index.held(lease);
                let support = account.lines.entry(line).or_default();
                support.tally.push(Some(at_us), part, place);
                support.days.insert(at_us.div_euclid(86_400_000_000) as i32);
                support.access = Some(held.access);
                let plan = |idx: &u32| self.index.held(*idx).computed.map(|computed| computed.plan);
                support.plans.extend(self.hits.iter().filter_map(plan));
                support.n_computed += u64::from(self.hits.iter().all(|idx| plan(idx).is_some()));
                if support.sessions.insert(held.session) && support.leases.len() < SPREAD {
                    support.leases.push(lease);
                }
            }
            Err(open) => {
                if open == Open::PortMissing || open == Open::SeveralLines {
                    self.stretch(stretches, columns.port(row_idx), (at_us, part, place));
                }
                let label = self.label(when);
                let open = account.open.entry(open).or_default();
                open.tally.push(at_us, part, place);
                if let Some(label) = label
                    && !open.labels.contains(&label)
                {
                    open.labels.insert(label);
                }
                let many = open.addresses.len() >= MOST_ADDRESSES;
                let at_us = at_us.unwrap_or_default();
                match open.addresses.get_mut(&address) {
                    Some((n, first, last)) => {
                        (*n, *first, *last) = (*n + 1, (*first).min(at_us), (*last).max(at_us))
                    }
                    None if many => {}
                    None => {
                        open.addresses.insert(address, (1, at_us, at_us));
                    }
                }
            }
        }
    }

    /// What the lists call the range of the address that was looked up last.
    fn label(&self, when: Option<(i64, i64)>) -> Option<Text> {
        let near = self.near.as_ref()?;
        near.natures
            .iter()
            .filter(|listed| listed.holds(when))
            .filter_map(|listed| listed.label.clone())
            .next()
    }

    /// The line and lease that a connection falls on, or why none.
    fn attribute(
        &mut self,
        account: &mut AccountUse,
        address: Address,
        port: Option<u16>,
        when: Option<(i64, i64)>,
    ) -> Result<(u32, u32), Open> {
        if self.near.as_ref().is_none_or(|near| near.address != address) {
            let natures = self.networks.of(address);
            self.near = Some(Near { address, natures, asked: self.index.knows(address) });
        }
        let near = self.near.as_ref().expect("set above");
        let nature = |wanted| near.natures.iter().any(|listed| listed.nature == wanted && listed.holds(when));
        for (wanted, open) in [
            (Nature::TorExit, Open::TorExit),
            (Nature::Vpn, Open::Vpn),
            (Nature::Hosting, Open::Hosting),
            (Nature::Campus, Open::Campus),
            (Nature::Hotspot, Open::Hotspot),
        ] {
            if nature(wanted) {
                return Err(open);
            }
        }
        let (low_us, high_us) = when.ok_or(Open::NoTime)?;
        let behind_nat = nature(Nature::Cgnat);
        let asked = near.asked;
        self.look_up((address, port), (low_us, high_us));
        let (index, hits) = (self.index, &self.hits);
        if hits.is_empty() {
            return Err(self.nobody((address, port), (low_us, high_us), asked, behind_nat));
        }
        let first = index.held(hits[0]);
        if hits.iter().any(|idx| index.held(*idx).access == Access::Hotspot) {
            return Err(Open::Hotspot);
        }
        let when_us = (low_us - SKEW_US, high_us + SKEW_US);
        let is_contested = |idx: &u32| {
            let plan = index.held(*idx).computed.map(|computed| &index.plans[computed.plan as usize]);
            plan.is_some_and(|plan| plan.is_contested(address, port, when_us))
        };
        let several = hits.iter().any(|idx| index.held(*idx).line != first.line);
        let shared = hits.iter().any(|idx| is_shared(index.held(*idx), behind_nat));
        if several || hits.iter().any(is_contested) {
            let lines: BTreeSet<u32> = hits.iter().map(|idx| index.held(*idx).line).collect();
            for line in lines {
                *account.shared.entry(line).or_default() += 1;
            }
            return Err(if port.is_none() && shared { Open::PortMissing } else { Open::SeveralLines });
        }
        // One line in the answer is not one line on the address: without ports on either side a shared address stays
        // shared, whoever of its users the answer happens to name.
        if shared && (port.is_none() || hits.iter().all(|idx| !tells_apart(index.held(*idx)))) {
            return Err(if port.is_none() { Open::PortMissing } else { Open::SeveralLines });
        }
        let (line, lease) = (first.line, hits[0]);
        if let Some((open, reading)) = self.unstable_under(lease, (address, port), (low_us, high_us)) {
            *account.unstable.entry(line).or_default().entry(reading.into()).or_default() += 1;
            return Err(open);
        }
        Ok((line, lease))
    }

    /// Why nobody is found who held the address and port.
    fn nobody(
        &self,
        (address, port): (Address, Option<u16>),
        when_us: (i64, i64),
        asked: bool,
        behind_nat: bool,
    ) -> Open {
        let index = self.index;
        let mut plans = index.plans.iter().filter(|plan| plan.holds(address, when_us)).peekable();
        let planned = plans.peek().is_some();
        if !self.in_question.is_empty() {
            Open::ClockInQuestion
        } else if let Some(waits) = self.waits {
            waits
        } else if port.is_none() && (planned || !asked && behind_nat) {
            Open::PortMissing
        } else if planned && plans.all(|plan| plan.behind(address, port, when_us).next().is_none()) {
            Open::PortOutsidePlan
        } else if !asked {
            Open::NotAsked
        } else {
            let all_wait: Option<Vec<Open>> =
                index.answers_knowing(address).iter().map(|answer| self.blocked[*answer]).collect();
            all_wait.and_then(|waits| waits.into_iter().min()).unwrap_or(Open::NobodyThen)
        }
    }

    /// Counts a connection to the lines that shared its address while their holders did not change.
    fn stretch(
        &self,
        stretches: &mut Stretches,
        port: Option<u16>,
        (at_us, part, place): (Option<i64>, u32, &str),
    ) {
        let index = self.index;
        let Some(first) = self.hits.first() else { return };
        let held = || self.hits.iter().map(|idx| index.held(*idx));
        let behind_nat = self
            .near
            .as_ref()
            .is_some_and(|near| near.natures.iter().any(|listed| listed.nature == Nature::Cgnat));
        // Lines of two operators, or two lines that both claim the port, contradict each other and share nothing.
        let operator = |line: u32| &index.lines[line as usize].operator;
        let contradictory = held().any(|other| operator(other.line) != operator(index.held(*first).line))
            || port.is_some() && held().any(tells_apart);
        if contradictory || !held().any(|held| is_shared(held, behind_nat)) {
            return;
        }
        let sessions: BTreeSet<u32> = held().map(|held| held.session).collect();
        let sessions: Vec<u32> = sessions.into_iter().collect();
        if stretches.kept.len() >= MOST_STRETCHES && !stretches.kept.contains_key(&sessions) {
            stretches.n_beyond += 1;
            return;
        }
        let stretch = stretches.kept.entry(sessions).or_default();
        stretch.tally.push(at_us, part, place);
        if stretch.lines.is_empty() {
            let lines: BTreeMap<u32, u32> =
                self.hits.iter().map(|idx| (index.held(*idx).line, *idx)).collect();
            stretch.leases = lines.values().copied().take(SPREAD).collect();
            stretch.answers = held().map(|held| held.answer).collect();
            stretch.n_sharing = n_sharing(held(), lines.len() as u32);
            stretch.lines = lines.into_keys().collect();
        }
    }

    /// Finds the leases that held the address at the time, and those that held it within a minute of it.
    fn look_up(&mut self, (address, port): (Address, Option<u16>), (low_us, high_us): (i64, i64)) {
        let (index, hits, beside) = (self.index, &mut self.hits, &mut self.beside);
        let in_question = &mut self.in_question;
        hits.clear();
        beside.clear();
        in_question.clear();
        self.waits = None;
        index.at(address, port, (low_us - SKEW_US, high_us + SKEW_US), hits);
        let then = |idx: &u32| {
            let held = index.held(*idx);
            held.from_us <= high_us + SLACK_US && held.until_us > low_us - SLACK_US
        };
        hits.retain(|idx| {
            let waits = self.blocked[index.held(*idx).answer as usize];
            if waits == Some(Open::ClockInQuestion) {
                in_question.push(*idx);
            } else if then(idx) {
                self.waits = self.waits.or(waits);
            } else if waits.is_none() {
                beside.push(*idx);
            }
            waits.is_none() && then(idx)
        });
        let answers: BTreeSet<u32> = in_question.iter().map(|idx| index.held(*idx).answer).collect();
        for answer in answers {
            if self.is_the_same_under_all(answer, (address, port), (low_us, high_us)) {
                let same =
                    self.in_question.iter().filter(|idx| index.held(**idx).answer == answer && then(idx));
                self.hits.extend(same);
            }
        }
    }

    /// Whether a connection falls on one and the same line of an answer in question as written and under every reading
    /// that is left, with no other line within a minute of it.
    fn is_the_same_under_all(
        &self,
        answer: u32,
        at: (Address, Option<u16>),
        (low_us, high_us): (i64, i64),
    ) -> bool {
        let (index, readings) = (self.index, &self.doubts[answer as usize]);
        let mut lines =
            self.in_question.iter().map(|idx| index.held(*idx)).filter(|held| held.answer == answer);
        let Some(line) = lines.next().map(|held| held.line) else { return false };
        let as_written = Reread::new(Hypothesis::AS_WRITTEN, index, answer, None);
        !readings.is_empty()
            && readings.iter().chain([&as_written]).all(|reread| {
                let (mut then, mut another) = (false, false);
                reread.each_line(index, at, (low_us - SKEW_US, high_us + SKEW_US), &mut |other| {
                    another |= other != line;
                });
                if !another {
                    let when_us = (low_us - SLACK_US, high_us + SLACK_US);
                    reread.each_line(index, at, when_us, &mut |_| then = true);
                }
                then
            })
    }

    /// The first reading under which a connection falls on another line than the lease's, and what it is left open for.
    fn unstable_under(
        &self,
        lease: u32,
        at: (Address, Option<u16>),
        (low_us, high_us): (i64, i64),
    ) -> Option<(Open, String)> {
        let held = self.index.held(lease);
        if self.beside.iter().any(|idx| self.index.held(*idx).line != held.line) {
            return Some((Open::NearChange, format!("±{} s", SKEW_US / 1_000_000)));
        }
        let names_another = |reading: &&Reread| {
            let mut another = false;
            let when_us = (low_us - SLACK_US, high_us + SLACK_US);
            reading.each_line(self.index, at, when_us, &mut |line| another |= line != held.line);
            another
        };
        let unstable = self.doubts[held.answer as usize].iter().find(names_another);
        unstable.map(|reading| (Open::Unstable, reading.reading.name()))
    }
}

/// Whether several lines share the address of a lease.
fn is_shared(held: &Held, behind_nat: bool) -> bool {
    let part_of_ports = held.ports.is_some_and(|(first, last)| last - first < ALL_PORTS);
    let inside_shared = held.computed.is_some_and(|computed| computed.inside_shared);
    held.shared_by.is_some_and(|n| n > 1) || part_of_ports || inside_shared || behind_nat
}

/// Whether the ports of a lease are of its line alone.
fn tells_apart(held: &Held) -> bool {
    held.ports.is_some() && !held.computed.is_some_and(|computed| computed.inside_shared)
}

/// How many lines shared an address of which an answer names some. What it does not say, its ports bound: those that it
/// gives to nobody may be as many lines' as have room in shares like the smallest.
fn n_sharing<'a>(held: impl Iterator<Item = &'a Held> + Clone, n_named: u32) -> Option<u32> {
    if let Some(said) = held.clone().filter_map(|held| held.shared_by).max().filter(|said| *said > 1) {
        return Some(said.max(n_named));
    }
    let shares: Option<BTreeSet<(u16, u16)>> = held.map(|held| held.ports).collect();
    let sizes: Vec<u32> = shares?.iter().map(|(first, last)| u32::from(last - first) + 1).collect();
    let rest = USABLE_PORTS.saturating_sub(sizes.iter().sum());
    Some(n_named + rest.div_ceil(*sizes.iter().min()?))
}

/// Ports of an address that a NAT gives out: all but the lowest 1,024.
const USABLE_PORTS: u32 = 64_512;

/// A share of at least this many ports is the whole address: operators leave the lowest 1,024 out.
const ALL_PORTS: u16 = 64_000;
