//! What is counted of connections and sightings. Each of these is a function of the rows counted and not of their
//! order, so that rows may be counted at one time or at several, file by file in any order, and the counts are the same.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::tables::{Access, Observed};
use tutela_model::time::DAY_US;
use tutela_model::{RowRef, Text};

use super::acts::Acts;
use super::kept::coded;
use super::{AccountKey, OfFile, Open};

coded! {
    AccountKey { platform, account }
    Spread { rows, level }
    Tally { n, span_us, rows }
    Support { tally, sessions, days, leases, plans, n_computed, acts, ..Self::default() }
    DeviceUse { n, number, first }
    SharedStretch { tally, held }
    SharedBy { at_us, lines, leases, n_sharing, answers }
    Stretches { kept, n_beyond }
    OpenUse { tally, addresses, labels }
    AccountUse { tally, n_timed, lines, shared, unstable, open, devices }
}

/// A row as spreads see it.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// The number of its received file.
    pub part: u32,
    /// Its spot there.
    pub place: &'a str,
    /// A number that follows from both: see [`hash`].
    pub hash: u64,
}

impl Row<'_> {
    /// How many thinnings a row outlasts: one row in two the first, one in four the second, and so on. It follows from
    /// the row's place alone, so that it does not matter with which other rows the row is counted.
    fn level(self) -> u8 {
        mixed(self.hash).trailing_zeros() as u8
    }
}

/// A number that follows from a place.
pub(super) fn hash(source: Digest, place: &str) -> u64 {
    let folded = |hash: u64, bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        mixed(hash ^ u64::from_le_bytes(word))
    };
    let seed = folded(place.len() as u64, &source.0[..8]);
    place.as_bytes().chunks(8).fold(seed, folded)
}

/// Half of a product with digits of the golden ratio folded onto the other.
pub(super) fn mixed(number: u64) -> u64 {
    let product = u128::from(number ^ 0x6a09_e667_f3bc_c908) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

/// A spread of rows over a long run: all of a few, and of many those that outlast as many thinnings as are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    pub(super) rows: Vec<(u32, u8, Text)>,
    pub(super) level: u8,
}

/// Rows of which a spread still lists all; of more it lists half as many, give or take a few.
const SPREAD: usize = 47;

impl Spread {
    /// No rows.
    pub const EMPTY: Self = Self { rows: Vec::new(), level: 0 };

    fn push(&mut self, row: Row<'_>) {
        // Two rows of one place are named by one reference.
        let known = |(part, _, place): &(u32, u8, Text)| *part == row.part && place == row.place;
        let level = row.level();
        if level < self.level || self.rows.iter().any(known) {
            return;
        }
        self.rows.push((row.part, level, row.place.into()));
        while self.rows.len() > SPREAD {
            self.level += 1;
            self.rows.retain(|(_, level, _)| *level >= self.level);
        }
    }

    /// Names files by the ranks of their numbers, and puts rows in the order of files.
    fn renumber(&mut self, ranks: &[u32]) {
        self.rows.iter_mut().for_each(|(part, ..)| *part = ranks[*part as usize]);
        self.rows.sort_by_key(|(part, ..)| *part);
    }

    /// The rows listed.
    pub fn rows(&self, parts: &[OfFile]) -> Vec<RowRef> {
        self.rows.iter().map(|(part, _, place)| parts[*part as usize].row(place)).collect()
    }
}

/// Connections of one account that share something: how many, when, a spread of their rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub n: u64,
    /// First and last instant, microseconds UTC.
    pub span_us: Option<(i64, i64)>,
    /// A spread of their rows.
    pub rows: Spread,
}

impl Tally {
    pub(super) fn push(&mut self, at_us: Option<i64>, row: Row<'_>) {
        self.n += 1;
        if let Some(at_us) = at_us {
            let (first, last) = self.span_us.unwrap_or((at_us, at_us));
            self.span_us = Some((first.min(at_us), last.max(at_us)));
        }
        self.rows.push(row);
    }
}

/// The most leases that are listed for a line or a stretch.
pub(super) const MOST_LEASES: usize = 24;

/// An account's use of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Support {
    /// Connections that fall on this line and no other.
    pub tally: Tally,
    /// Distinct sessions: stretches of the line on one address without a gap, whatever its ports.
    pub sessions: BTreeSet<u32>,
    /// Distinct days in UTC, counted since 1970.
    pub days: BTreeSet<i32>,
    /// The first lease of each of the first sessions, at most [`MOST_LEASES`].
    pub leases: BTreeMap<u32, u32>,
    /// How the line reaches the network, by the last of these leases.
    pub access: Option<Access>,
    /// Plans by which leases were computed.
    pub plans: BTreeSet<u32>,
    /// Connections that only computed leases support.
    pub n_computed: u64,
    /// When.
    pub acts: Acts,
    /// Of a peer, what observers saw it do, and how often; it is never kept.
    pub observed: BTreeMap<Observed, u64>,
}

impl Support {
    /// Counts a connection that falls on a lease of a session.
    pub(super) fn push(&mut self, at_us: i64, row: Row<'_>, (session, lease): (u32, u32)) {
        self.tally.push(Some(at_us), row);
        self.days.insert(at_us.div_euclid(DAY_US) as i32);
        self.sessions.insert(session);
        if let Some(known) = lowest(&mut self.leases, MOST_LEASES, session, lease, &mut |_| ()) {
            *known = (*known).min(lease);
        }
    }
}

/// Connections of an account from an address that several lines shared, without a port that tells them apart, while the
/// holders did not change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedStretch {
    /// The connections.
    pub tally: Tally,
    /// Who held the address, at the first of them.
    pub held: SharedBy,
}

/// Lines that held an address at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedBy {
    /// When, microseconds UTC.
    pub at_us: i64,
    /// The lines that the answers name, ascending.
    pub lines: Vec<u32>,
    /// A lease of each line, at most [`MOST_LEASES`].
    pub leases: Vec<u32>,
    /// How many lines shared the address, as the operator says or its ports leave room for; none when unknown.
    pub n_sharing: Option<u32>,
    /// The answers that name the lines.
    pub answers: BTreeSet<u32>,
}

/// Where an account came from addresses that several lines shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretches {
    /// By the sessions of the holders; the lowest, at most [`MOST_STRETCHES`].
    pub kept: BTreeMap<Vec<u32>, SharedStretch>,
    /// Connections of stretches beyond those.
    pub n_beyond: u64,
}

/// The most stretches that are kept for an account.
const MOST_STRETCHES: usize = 400;

impl Stretches {
    /// Counts a connection while lines held its address in these sessions; `held` says more of them.
    pub(super) fn push(
        &mut self,
        sessions: Vec<u32>,
        at_us: i64,
        row: Row<'_>,
        held: impl FnOnce() -> SharedBy,
    ) {
        let n_beyond = &mut self.n_beyond;
        let mut beyond = |stretch: SharedStretch| *n_beyond += stretch.tally.n;
        let unseen = SharedStretch::default();
        match lowest(&mut self.kept, MOST_STRETCHES, sessions, unseen, &mut beyond) {
            None => self.n_beyond += 1,
            Some(stretch) => {
                if stretch.tally.n == 0 {
                    stretch.held = held();
                } else if at_us <= stretch.held.at_us {
                    let held = held();
                    // Of two at one instant either may have come first.
                    if held < stretch.held {
                        stretch.held = held;
                    }
                }
                stretch.tally.push(Some(at_us), row);
            }
        }
    }
}

/// Where an account's open connections came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenUse {
    /// All of them.
    pub tally: Tally,
    /// By address, how many, the first and the last; the lowest addresses, at most [`MOST_ADDRESSES`].
    pub addresses: BTreeMap<Address, (u64, i64, i64)>,
    /// What the supplied lists call the ranges.
    pub labels: BTreeSet<Text>,
}

/// The most addresses that are kept for an account and a reason.
const MOST_ADDRESSES: usize = 500;

impl OpenUse {
    /// Counts a connection from an address, of a range with this label.
    pub(super) fn push(&mut self, at_us: Option<i64>, row: Row<'_>, address: Address, label: Option<Text>) {
        self.tally.push(at_us, row);
        if let Some(label) = label
            && !self.labels.contains(&label)
        {
            self.labels.insert(label);
        }
        let at_us = at_us.unwrap_or_default();
        let unseen = (0, at_us, at_us);
        if let Some((n, first, last)) =
            lowest(&mut self.addresses, MOST_ADDRESSES, address, unseen, &mut |_| ())
        {
            (*n, *first, *last) = (*n + 1, (*first).min(at_us), (*last).max(at_us));
        }
    }
}

/// What one account did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Devices that the platform gave.
    pub devices: BTreeMap<Text, DeviceUse>,
}

/// An account's use of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceUse {
    /// How often.
    pub n: u64,
    /// Its number among the devices of the account, which [`super::Act`] has.
    pub number: u32,
    /// The first instant, what tells rows of one instant apart, and the row: the number of its file, and its spot there.
    pub first: Option<(i64, u64, (u32, Text))>,
}

impl AccountUse {
    /// How many connections are open for one of these reasons.
    pub fn n_open(&self, reasons: &[Open]) -> u64 {
        reasons.iter().filter_map(|reason| self.open.get(reason)).map(|open| open.tally.n).sum()
    }

    /// How many connections fall on a line.
    pub fn n_attributed(&self) -> u64 {
        self.lines.values().map(|support| support.tally.n).sum()
    }

    /// Counts the use of a device, and says its number.
    pub(super) fn push_device(&mut self, device: &str, at_us: Option<i64>, row: Row<'_>) -> u32 {
        if !self.devices.contains_key(device) {
            let number = self.devices.len() as u32;
            self.devices.insert(device.into(), DeviceUse { number, ..DeviceUse::default() });
        }
        let of_device = self.devices.get_mut(device).expect("it was put there");
        of_device.n += 1;
        if let Some(at_us) = at_us {
            let known = of_device.first.as_ref().map(|(at_us, hash, _)| (*at_us, *hash));
            if known.is_none_or(|known| (at_us, row.hash) < known) {
                of_device.first = Some((at_us, row.hash, (row.part, row.place.into())));
            }
        }
        of_device.number
    }

    /// Ends the counting: names received files by the ranks of their numbers, and numbers devices in their own order.
    pub(super) fn end(&mut self, stretches: &mut Stretches, ranks: &[u32]) {
        let mut devices = vec![0; self.devices.len()];
        for (rank, of_device) in (0..).zip(self.devices.values_mut()) {
            devices[of_device.number as usize] = rank;
            of_device.number = rank;
            if let Some((_, _, (part, _))) = &mut of_device.first {
                *part = ranks[*part as usize];
            }
        }
        self.lines.values_mut().for_each(|support| support.acts.end(&devices, ranks));
        let lines = self.lines.values_mut().map(|support| &mut support.tally);
        let open = self.open.values_mut().map(|open| &mut open.tally);
        let shared = stretches.kept.values_mut().map(|stretch| &mut stretch.tally);
        let tallies = [&mut self.tally].into_iter().chain(lines).chain(open).chain(shared);
        tallies.for_each(|tally| tally.rows.renumber(ranks));
    }
}

/// The value of a key in a map of the lowest keys, at most so many: `unseen` for a key that it did not have, none for one
/// that is not among them. What a key had that is no longer among them goes `beyond`. A key is among the lowest of all
/// or not, whatever order they come in.
fn lowest<'a, K: Ord, V>(
    kept: &'a mut BTreeMap<K, V>,
    most: usize,
    key: K,
    unseen: V,
    beyond: &mut impl FnMut(V),
) -> Option<&'a mut V> {
    if kept.len() >= most && !kept.contains_key(&key) {
        let (last, _) = kept.last_key_value()?;
        if key > *last {
            return None;
        }
        kept.pop_last().into_iter().for_each(|(_, value)| beyond(value));
    }
    Some(kept.entry(key).or_insert(unseen))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::acts::{Act, NO_DEVICE};
    use super::super::kept::Coded;
    use super::*;

    /// A connection: file, row, minute, address, and which of some devices or none.
    type Seen = (u32, u16, u16, u8, Option<u8>);

    fn count(seen: &[Seen], order: &[u32]) -> (AccountUse, Stretches) {
        let (mut account, mut stretches) = Default::default();
        let mut ranks = vec![0; order.len()];
        for (number, file) in (0..).zip(order) {
            ranks[number as usize] = *file;
            let of_file: Vec<&Seen> = seen.iter().filter(|(of, ..)| of == file).collect();
            for (file, place, minute, address, device) in of_file {
                let place = format!("line:{place}");
                let row =
                    Row { part: number, place: &place, hash: hash(Digest::of(&file.to_le_bytes()), &place) };
                push(&mut account, &mut stretches, row, (*minute, *address, *device));
            }
        }
        account.end(&mut stretches, &ranks);
        (account, stretches)
    }

    fn push(
        account: &mut AccountUse,
        stretches: &mut Stretches,
        row: Row<'_>,
        (minute, address, device): (u16, u8, Option<u8>),
    ) {
        let at_us = i64::from(minute) * 60_000_000;
        account.tally.push(Some(at_us), row);
        let device =
            device.map_or(NO_DEVICE, |device| account.push_device(&format!("d{device}"), Some(at_us), row));
        let session = u32::from(address) + u32::from(minute / 1440);
        let lease = session * 10 + u32::from(minute) % 10;
        match address % 3 {
            0 => {
                let support = account.lines.entry(u32::from(address / 100)).or_default();
                support.push(at_us, row, (session, lease));
                support.acts.push(Act { slot: i64::from(minute), session, device }, row);
            }
            1 => {
                let open = account.open.entry(Open::NotAsked).or_default();
                open.push(Some(at_us), row, Address(u128::from(minute)), Some("list".into()));
            }
            _ => stretches.push(vec![u32::from(minute)], at_us, row, || SharedBy {
                at_us,
                leases: vec![lease],
                ..SharedBy::default()
            }),
        }
    }

    #[test]
    fn counts_are_the_same_whatever_files_are_counted_first_and_come_back_from_their_bytes() {
        let seen = (0..4_u32, 0..3_000_u16, 0..4_000_u16, any::<u8>(), prop::option::of(0..4_u8));
        let all = (prop::collection::vec(seen, 0..3_000), Just(vec![0, 1, 2, 3]).prop_shuffle());
        let config = ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() };
        let result = proptest::test_runner::TestRunner::new(config).run(&all, |(seen, order)| {
            let counted = count(&seen, &[0, 1, 2, 3]);
            prop_assert_eq!(&counted, &count(&seen, &order));
            let mut bytes = Vec::new();
            counted.put(&mut bytes);
            prop_assert_eq!(Some(counted), Coded::get(&mut &*bytes));
            Ok(())
        });
        result.expect("no order changes what is counted");
    }

    #[test]
    fn a_spread_lists_all_of_few_rows_and_some_of_many_and_no_row_twice() {
        let spread = |n: usize| {
            let mut spread = Spread::default();
            for place in (0..n).flat_map(|row| [row, row]).map(|row| format!("line:{row}")) {
                let hash = hash(Digest::of(b"file"), &place);
                spread.push(Row { part: 0, place: &place, hash });
            }
            spread.rows.len()
        };
        assert_eq!((spread(1), spread(47)), (1, 47));
        for n in [48, 100, 1_000, 100_000] {
            assert!((10..=47).contains(&spread(n)), "{n}: {}", spread(n));
        }
    }

    #[test]
    fn caps_keep_the_lowest_and_count_what_is_beyond() {
        let mut stretches = Stretches::default();
        let row = Row { part: 0, place: "line:1", hash: 1 };
        for session in (0..2 * MOST_STRETCHES as u32).rev() {
            for at_us in [2, 1] {
                stretches.push(vec![session], at_us, row, || SharedBy { at_us, ..SharedBy::default() });
            }
        }
        assert_eq!((stretches.kept.len(), stretches.n_beyond), (MOST_STRETCHES, 2 * MOST_STRETCHES as u64));
        assert!(stretches.kept.contains_key(&vec![0]));
        assert!(stretches.kept.values().all(|stretch| stretch.held.at_us == 1 && stretch.tally.n == 2));
    }
}
