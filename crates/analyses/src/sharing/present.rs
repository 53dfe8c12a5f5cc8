//! Third question to the runs: when and where peers were seen, and the particulars of those who matter most.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::io;
use std::ops::ControlFlow;

use tutela_model::tables::{Observed, SharingNetwork};
use tutela_model::time::DAY_US;
use tutela_model::{Date, Shelf};

use super::context::Context;
use super::counts::{AtLeast, SIZES};
use super::kept::Kept;
use super::merged::MergedSightings;
use super::peer::Peer;
use super::record::{FileSeen, Presence, RowSpan};

/// Pauses that end a session, in microseconds: the middle one counts, the others show how much hangs on it.
pub const GAPS_US: [i64; 3] = [600_000_000, 1_800_000_000, 3_600_000_000];

/// Peers of a ranking that are kept with their files.
pub const RANKED: usize = 10_000;

/// What an observer saw of a peer itself, as bits.
const FIRST_HAND: u8 =
    1 << Observed::Offered as u8 | 1 << Observed::Downloaded as u8 | 1 << Observed::Browse as u8;

/// Peers of each province that are told besides the first of all.
const OF_PROVINCE: usize = 20;

/// A peer that is told.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Its position among all peers.
    pub position: u32,
    /// Its network.
    pub network: SharingNetwork,
    /// Its number.
    pub number: String,
    /// Other networks on which the same number was seen.
    pub also_on: BTreeSet<SharingNetwork>,
    /// Files.
    pub n_files: u32,
    /// Files by the position of their category.
    pub listed: BTreeMap<u16, u32>,
    /// Files that lists know and that the observer saw it offer, give or show: not only named by others.
    pub n_listed_first_hand: u32,
    /// Files by what was observed, in the order of [`Observed`](tutela_model::tables::Observed)'s words.
    pub observed: [u32; 6],
    /// Addresses.
    pub n_addresses: u32,
    /// Those with which the observer was connected.
    pub n_connected: u32,
    /// Sightings.
    pub n_sightings: u64,
    /// Days, UTC.
    pub n_days: u32,
    /// Sessions under each of [`GAPS_US`].
    pub sessions: [u32; 3],
    /// First and last sighting, microseconds UTC.
    pub span_us: (i64, i64),
    /// Whether it was seen at a listed exit of Tor, and at an address of a listed VPN or data centre.
    pub hidden: (bool, bool),
    /// Whether, after an exit of Tor, it was seen at an address that no list calls one.
    pub tor_then_not: bool,
    /// Provinces and countries by a supplied list, by position, each with its sightings.
    pub provinces: BTreeMap<u16, u64>,
    /// See `provinces`.
    pub countries: BTreeMap<u16, u64>,
    /// Its rows.
    pub rows: Vec<RowSpan>,
}

impl Activity {
    /// Files that lists know.
    pub fn n_listed(&self) -> u32 {
        self.listed.values().sum()
    }
}

/// Of these provinces, with the sightings in each, the one with most.
pub fn seen_most_in(provinces: &BTreeMap<u16, u64>) -> Option<u16> {
    provinces.iter().max_by_key(|(province, n)| (**n, Reverse(**province))).map(|(province, _)| *province)
}

/// A file that is told: how it spread.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// Peers by the month in which each was first seen with it.
    pub months: BTreeMap<(i16, i8), u64>,
    /// Peers by province and country, by position: each counts in every one where it was seen.
    pub provinces: BTreeMap<u16, u64>,
    /// See `provinces`.
    pub countries: BTreeMap<u16, u64>,
}

/// When and where peers were seen.
pub struct Present {
    /// Sightings that have a peer's number.
    pub n_sightings: u64,
    /// By the first day of a period, counted from 1970: peers seen, and peers seen for the first time.
    pub periods: BTreeMap<i32, (u64, u64)>,
    /// Peers by days on which they were seen.
    pub by_days: AtLeast,
    /// Peers by addresses.
    pub by_addresses: AtLeast,
    /// Sessions under each of [`GAPS_US`].
    pub sessions: [u64; 3],
    /// Peers seen at an exit of Tor; later at another address; the same for those seen on three days and more.
    pub tor: [u64; 4],
    /// Peers and peers with listed files by province, by position.
    pub provinces: BTreeMap<u16, (u64, u64)>,
    /// Peers by country, by position.
    pub countries: BTreeMap<u16, u64>,
    /// Peers that no list of areas places.
    pub n_unplaced: u64,
    /// Peers that are told, by position.
    pub told: BTreeMap<u32, Activity>,
    /// Peers of whom an address lies in a range that an operator answered about, by position.
    pub answered: BTreeSet<u32>,
    /// Peers that an exhibit names, by position.
    pub named: BTreeSet<u32>,
    /// Files that are told, by number.
    pub files: BTreeMap<u32, Spread>,
    /// The files of the peers that were seen on most days, most first.
    pub by_days_listed: Vec<(u32, Vec<u32>)>,
}

/// Who and what is to be told.
pub struct Wanted<'a> {
    /// Peers by position.
    pub peers: &'a BTreeSet<u32>,
    /// Files by number.
    pub files: &'a [u32],
    /// The periods that spread over time is told by.
    pub period: Period,
}

/// A period of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A day, UTC.
    Day,
    /// A week from Monday.
    Week,
    /// A month of the calendar.
    Month,
}

impl Period {
    /// Periods of which some dozens make the days from first to last.
    pub fn of(first: i32, last: i32) -> Self {
        match last.saturating_sub(first) {
            ..=92 => Self::Day,
            93..=730 => Self::Week,
            _ => Self::Month,
        }
    }

    /// The name that statements use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The first day of the period of a day, both counted from 1970. That began on a Thursday.
    pub fn first_day(self, day: i32) -> i32 {
        match self {
            Self::Day => day,
            Self::Week => day - day.saturating_add(3).rem_euclid(7),
            Self::Month => day - i32::from(date(day).day()) + 1,
        }
    }
}

/// When and where peers were seen.
///
/// # Errors
/// The shelf's.
pub fn present(
    kept: &Kept,
    context: &Context,
    wanted: &Wanted<'_>,
    shelf: &dyn Shelf,
) -> io::Result<Present> {
    let mut pass = Pass::new(context, wanted, kept.dictionary.len());
    let mut all = MergedSightings::of(kept.runs(), shelf)?;
    // Peers of one number stand next to each other.
    let (mut group, mut before) = (Vec::new(), Peer::default());
    let mut position = 0;
    while all.next()? {
        let one = One::of(position, &all);
        if !before.same_number(one.peer) {
            pass.present.tell_bridges(&group);
            group.clear();
        }
        group.push((position, one.peer.network()));
        pass.add(&one);
        before.set(one.peer.bytes());
        position += 1;
    }
    pass.present.tell_bridges(&group);
    Ok(pass.end())
}

impl Present {
    /// Says of each of these peers of one number, if it is told, on which other networks the number was seen.
    fn tell_bridges(&mut self, group: &[(u32, SharingNetwork)]) {
        for (one, _) in group.iter().filter(|_| group.len() > 1) {
            let others = group.iter().filter(|(other, _)| other != one).map(|(_, network)| *network);
            if let Some(activity) = self.told.get_mut(one) {
                activity.also_on.extend(others);
            }
        }
    }
}

/// A peer as the pass sees it.
struct One<'a> {
    position: u32,
    peer: &'a Peer,
    style: u8,
    files: &'a [FileSeen],
    presence: &'a Presence,
}

/// What is found out of a peer's addresses.
#[derive(Default)]
struct Where {
    provinces: BTreeMap<u16, u64>,
    countries: BTreeMap<u16, u64>,
    n_connected: u32,
    tor_us: Option<i64>,
    open_us: Option<i64>,
    vpn: bool,
    is_answered: bool,
}

/// Days, position and files of a peer.
type OfDays = (u32, Reverse<u32>, Vec<u32>);

/// The highest first: listed files, files, then the lesser position.
type Rank = (u32, u32, Reverse<u32>);

struct Pass<'a> {
    context: &'a Context,
    wanted: &'a Wanted<'a>,
    /// By file, its place among those that are told.
    slots: Vec<u16>,
    spreads: Vec<Spread>,
    present: Present,
    /// The least first, by days.
    by_days: BinaryHeap<Reverse<OfDays>>,
    /// By province, the least first.
    of_provinces: BTreeMap<u16, BinaryHeap<Reverse<Rank>>>,
    months: BTreeMap<i32, (i16, i8)>,
}

const NO_SLOT: u16 = u16::MAX;

impl<'a> Pass<'a> {
    fn new(context: &'a Context, wanted: &'a Wanted<'a>, n_files: usize) -> Self {
        let mut slots = vec![NO_SLOT; n_files];
        for (slot, file) in (0..NO_SLOT).zip(wanted.files) {
            slots[*file as usize] = slot;
        }
        let present = Present {
            n_sightings: 0,
            periods: BTreeMap::new(),
            by_days: AtLeast::new(SIZES),
            by_addresses: AtLeast::new(SIZES),
            sessions: [0; 3],
            tor: [0; 4],
            provinces: BTreeMap::new(),
            countries: BTreeMap::new(),
            n_unplaced: 0,
            told: BTreeMap::new(),
            answered: BTreeSet::new(),
            named: BTreeSet::new(),
            files: BTreeMap::new(),
            by_days_listed: Vec::new(),
        };
        Self {
            context,
            wanted,
            slots,
            spreads: vec![Spread::default(); wanted.files.len()],
            present,
            by_days: BinaryHeap::new(),
            of_provinces: BTreeMap::new(),
            months: BTreeMap::new(),
        }
    }

    fn add(&mut self, one: &One<'_>) {
        let whereabouts = Where::of(one.presence, self.context);
        let n_days = self.add_days(one.presence);
        self.add_tor(&whereabouts, n_days);
        let n_listed = self.n_listed(one.files);
        self.add_areas(&whereabouts, n_listed > 0);
        self.add_files(one.files, &whereabouts);
        self.rank_by_days(one, n_days);
        self.present.n_sightings += one.presence.n;
        self.present.by_days.add(n_days.into());
        self.present.by_addresses.add(one.presence.addresses.len() as u64);
        if whereabouts.is_answered {
            self.present.answered.insert(one.position);
        }
        let of_province = self.rank_in_province(one, &whereabouts, n_listed);
        let is_named = !self.context.named.is_empty() && self.context.named.contains(one.peer);
        if is_named {
            self.present.named.insert(one.position);
        }
        let is_told = of_province || is_named || whereabouts.is_answered;
        if is_told || self.wanted.peers.contains(&one.position) {
            let activity = one.activity(self.context, whereabouts);
            self.present.told.insert(one.position, activity);
        }
    }

    /// Counts the days of a peer, and says how many they are.
    fn add_days(&mut self, presence: &Presence) -> u32 {
        let (mut n_days, mut last_period) = (0, i32::MIN);
        for day in days(presence) {
            let period = self.wanted.period.first_day(day);
            if period > last_period {
                let counted = self.present.periods.entry(period).or_default();
                counted.0 += 1;
                counted.1 += u64::from(n_days == 0);
                last_period = period;
            }
            n_days += 1;
        }
        for (n, sessions) in self.present.sessions.iter_mut().zip(sessions(presence)) {
            *n += u64::from(sessions);
        }
        n_days
    }

    fn add_tor(&mut self, whereabouts: &Where, n_days: u32) {
        if whereabouts.tor_us.is_none() {
            return;
        }
        let (later, often) = (u64::from(whereabouts.is_later_open()), u64::from(n_days >= 3));
        for (n, add) in self.present.tor.iter_mut().zip([1, later, often, later * often]) {
            *n += add;
        }
    }

    fn n_listed(&self, files: &[FileSeen]) -> u32 {
        files.iter().filter(|seen| self.context.listed[seen.file as usize].is_some()).count() as u32
    }

    fn add_areas(&mut self, whereabouts: &Where, is_listed: bool) {
        for province in whereabouts.provinces.keys() {
            let counted = self.present.provinces.entry(*province).or_default();
            counted.0 += 1;
            counted.1 += u64::from(is_listed);
        }
        for country in whereabouts.countries.keys() {
            *self.present.countries.entry(*country).or_default() += 1;
        }
        self.present.n_unplaced += u64::from(whereabouts.countries.is_empty());
    }

    fn add_files(&mut self, files: &[FileSeen], whereabouts: &Where) {
        for seen in files {
            let slot = self.slots[seen.file as usize];
            if slot == NO_SLOT {
                continue;
            }
            let month = *self.months.entry(seen.first_day).or_insert_with(|| month(seen.first_day));
            let spread = &mut self.spreads[usize::from(slot)];
            *spread.months.entry(month).or_default() += 1;
            for province in whereabouts.provinces.keys() {
                *spread.provinces.entry(*province).or_default() += 1;
            }
            for country in whereabouts.countries.keys() {
                *spread.countries.entry(*country).or_default() += 1;
            }
        }
    }

    fn rank_by_days(&mut self, one: &One<'_>, n_days: u32) {
        let is_more = self.by_days.peek().is_none_or(|Reverse((least, ..))| n_days > *least);
        if self.by_days.len() < RANKED || is_more {
            let files = one.files.iter().map(|seen| seen.file).collect();
            self.by_days.push(Reverse((n_days, Reverse(one.position), files)));
            if self.by_days.len() > RANKED {
                self.by_days.pop();
            }
        }
    }

    /// Whether a peer is among the first of a province so far.
    fn rank_in_province(&mut self, one: &One<'_>, whereabouts: &Where, n_listed: u32) -> bool {
        let Some(province) = seen_most_in(&whereabouts.provinces) else { return false };
        let rank = (n_listed, one.files.len() as u32, Reverse(one.position));
        let ranked = self.of_provinces.entry(province).or_default();
        if ranked.len() >= OF_PROVINCE && ranked.peek().is_some_and(|Reverse(least)| rank < *least) {
            return false;
        }
        ranked.push(Reverse(rank));
        if ranked.len() > OF_PROVINCE {
            ranked.pop();
        }
        true
    }

    fn end(self) -> Present {
        let mut present = self.present;
        let of_province: BTreeSet<u32> = self
            .of_provinces
            .into_values()
            .flat_map(|ranked| ranked.into_iter().map(|Reverse((_, _, Reverse(position)))| position))
            .collect();
        let (wanted, answered, named) = (self.wanted.peers, &present.answered, &present.named);
        present.told.retain(|position, _| {
            [wanted, answered, named, &of_province].iter().any(|told| told.contains(position))
        });
        present.files = self.wanted.files.iter().copied().zip(self.spreads).collect();
        let by_days = self.by_days.into_sorted_vec().into_iter();
        present.by_days_listed =
            by_days.map(|Reverse((_, Reverse(position), files))| (position, files)).collect();
        present
    }
}

impl<'a> One<'a> {
    fn of(position: u32, all: &'a MergedSightings<'_>) -> Self {
        Self {
            position,
            peer: &all.peers.peer,
            style: all.peers.style,
            files: &all.libraries.files,
            presence: &all.presences.presence,
        }
    }

    fn activity(&self, context: &Context, whereabouts: Where) -> Activity {
        let (mut listed, mut n_listed_first_hand, mut observed) = (BTreeMap::new(), 0, [0; 6]);
        for seen in self.files {
            if let Some(category) = context.listed[seen.file as usize] {
                *listed.entry(category).or_default() += 1;
                n_listed_first_hand += u32::from(seen.observed & FIRST_HAND != 0);
            }
            for (bit, n) in observed.iter_mut().enumerate() {
                *n += u32::from(seen.observed >> bit & 1);
            }
        }
        let stretches = &self.presence.stretches;
        Activity {
            position: self.position,
            network: self.peer.network(),
            number: self.peer.number(self.style),
            also_on: BTreeSet::new(),
            n_files: self.files.len() as u32,
            listed,
            n_listed_first_hand,
            observed,
            n_addresses: self.presence.addresses.len() as u32,
            n_connected: whereabouts.n_connected,
            n_sightings: self.presence.n,
            n_days: days(self.presence).count() as u32,
            sessions: sessions(self.presence),
            span_us: (
                stretches.first().map_or(0, |stretch| stretch.first_us),
                stretches.last().map_or(0, |stretch| stretch.last_us),
            ),
            hidden: (whereabouts.tor_us.is_some(), whereabouts.vpn),
            tor_then_not: whereabouts.is_later_open(),
            provinces: whereabouts.provinces,
            countries: whereabouts.countries,
            rows: self.presence.rows.clone(),
        }
    }
}

/// Hands out every peer that is not among those told, in the order of their numbers. `Break` ends it.
///
/// # Errors
/// The shelf's.
pub fn each_other(
    kept: &Kept,
    context: &Context,
    told: &BTreeMap<u32, Activity>,
    shelf: &dyn Shelf,
    each: &mut dyn FnMut(Activity) -> ControlFlow<()>,
) -> io::Result<()> {
    let mut all = MergedSightings::of(kept.runs(), shelf)?;
    // One number on several networks stands together, and its peers wait for each other.
    let mut group: Vec<(Peer, Activity)> = Vec::new();
    let mut position = 0;
    while all.next()? {
        let one = One::of(position, &all);
        if group.last().is_some_and(|(before, _)| !before.same_number(one.peer))
            && hand_out(&mut group, told, each).is_break()
        {
            return Ok(());
        }
        let whereabouts = Where::of(one.presence, context);
        group.push((one.peer.clone(), one.activity(context, whereabouts)));
        position += 1;
    }
    let _ = hand_out(&mut group, told, each);
    Ok(())
}

fn hand_out(
    group: &mut Vec<(Peer, Activity)>,
    told: &BTreeMap<u32, Activity>,
    each: &mut dyn FnMut(Activity) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let networks: BTreeSet<SharingNetwork> = group.iter().map(|(_, activity)| activity.network).collect();
    for (_, mut activity) in group.drain(..).filter(|(_, activity)| !told.contains_key(&activity.position)) {
        activity.also_on = networks.iter().copied().filter(|network| *network != activity.network).collect();
        each(activity)?;
    }
    ControlFlow::Continue(())
}

/// The days of a peer, counted from 1970, each once.
fn days(presence: &Presence) -> impl Iterator<Item = i32> + '_ {
    let day = |us: i64| us.div_euclid(DAY_US) as i32;
    let mut next = i32::MIN;
    // Within a stretch no pause is as long as a day.
    presence.stretches.iter().flat_map(move |stretch| {
        let days = day(stretch.first_us).max(next)..=day(stretch.last_us);
        next = day(stretch.last_us).saturating_add(1);
        days
    })
}

impl Where {
    fn of(presence: &Presence, context: &Context) -> Self {
        let mut whereabouts = Self::default();
        for seen in &presence.addresses {
            whereabouts.n_connected += u32::from(seen.basis & 1 != 0);
            whereabouts.is_answered |= context.is_answered(seen.address);
            let (province, country) = context.area(seen.address);
            if let Some(province) = province {
                *whereabouts.provinces.entry(province).or_default() += seen.n;
            }
            if let Some(country) = country {
                *whereabouts.countries.entry(country).or_default() += seen.n;
            }
            let hidden = context.hidden(seen.address, seen.first_us, seen.last_us);
            whereabouts.vpn |= hidden.vpn;
            if hidden.tor {
                let first_us = whereabouts.tor_us.unwrap_or(i64::MAX).min(seen.first_us);
                whereabouts.tor_us = Some(first_us);
            } else if !hidden.vpn && seen.address.local_use().is_none() {
                let last_us = whereabouts.open_us.unwrap_or(i64::MIN).max(seen.last_us);
                whereabouts.open_us = Some(last_us);
            }
        }
        whereabouts
    }

    fn is_later_open(&self) -> bool {
        matches!((self.tor_us, self.open_us), (Some(tor_us), Some(open_us)) if open_us > tor_us)
    }
}

/// Sessions under each of [`GAPS_US`].
fn sessions(presence: &Presence) -> [u32; 3] {
    GAPS_US.map(|gap_us| {
        let pauses = presence.stretches.windows(2).map(|two| two[1].first_us - two[0].last_us);
        u32::from(!presence.stretches.is_empty())
            + pauses.filter(|pause_us| *pause_us > gap_us).count() as u32
    })
}

/// The month of a day counted from 1970.
fn month(day: i32) -> (i16, i8) {
    let date = date(day);
    (date.year(), date.month())
}

/// A day counted from 1970 as a date; days that no calendar has stay at its ends.
pub fn date(day: i32) -> Date {
    Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_on_their_first_day() {
        let day = |text: &str| {
            let date: Date = text.parse().expect("a date");
            (date - Date::constant(1970, 1, 1)).get_days()
        };
        for (period, of, first) in [
            (Period::Day, "2026-03-04", "2026-03-04"),
            (Period::Week, "2026-03-04", "2026-03-02"),
            (Period::Week, "2026-03-02", "2026-03-02"),
            (Period::Week, "1969-12-31", "1969-12-29"),
            (Period::Month, "2024-02-29", "2024-02-01"),
        ] {
            assert_eq!(date(period.first_day(day(of))).to_string(), first, "{of}");
        }
        assert_eq!(Period::of(0, 60), Period::Day);
        assert_eq!(Period::of(0, 365), Period::Week);
        assert_eq!(Period::of(0, 3_000), Period::Month);
    }

    #[test]
    fn sessions_end_at_pauses_longer_than_the_gap() {
        let minute = 60_000_000;
        let stretches = [(0, 5), (20, 20), (60, 70), (200, 200)].map(|(first, last)| {
            super::super::record::Stretch { first_us: first * minute, last_us: last * minute }
        });
        let presence = Presence { stretches: stretches.to_vec(), ..Presence::default() };
        assert_eq!(sessions(&presence), [4, 3, 2]);
        assert_eq!(sessions(&Presence::default()), [0; 3]);
    }
}
