//! Which few sightings of a peer to ask operators about, of all at which it was seen with a connection and no answer says
//! who was there.
//!
//! An answer tells most of an address that the peer kept for long: a clock that is off by an hour then names the same line.
//! Answers to distinct addresses and days are of distinct leases, of which two must agree before anything is said of a
//! line. So of each address that was kept for a stretch, the sighting in the middle of the stretch is asked about, the
//! longest stretch first; then its last and its first day. A sighting with a port comes before one without.
//! Addresses that lists have as shared, and records without a port there, are not at hand here, nor are exits of Tor, VPNs,
//! data centres, campuses and hotspots.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tutela_model::Text;
use tutela_model::address::{Address, mask};
use tutela_model::time::DAY_US;

/// How many sightings of one peer are asked about: two leases must agree, and one answer may fail.
const PICKS: usize = 4;

/// A peer that was not seen at an address for more days may have lost it in between.
const HELD_DAYS: i64 = 7;

/// The most days and addresses that are kept of a peer: the latest.
const MOST: usize = 1_000;

/// A connection delegates a line an IPv6 prefix of this length or a shorter one: addresses in it are one line's.
const LINE_BITS: u8 = 64;

/// A sighting.
pub struct Seen<'a> {
    /// The address.
    pub address: Address,
    /// The port.
    pub port: Option<u16>,
    /// The first and the last instant that the record may mean, microseconds UTC.
    pub when_us: (i64, i64),
    /// Whether an answer knows the address, for another time.
    pub is_known: bool,
    /// What the supplied lists call the range.
    pub label: Option<Text>,
    /// The number of its file, its spot there, and a number that follows from both.
    pub row: (u32, &'a str, u64),
}

/// By day and address, the sighting that an answer would tell most of.
#[derive(Clone, Debug, Default)]
pub struct Spots(BTreeMap<(i64, Address), Spot>);

#[derive(Clone, Debug)]
struct Spot {
    n: u64,
    /// Without a port; when; what tells sightings of one instant apart: lower is better.
    order: (bool, i64, u64),
    pick: Pick,
}

/// A sighting to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The address.
    pub address: Address,
    /// The port.
    pub port: Option<u16>,
    /// When, microseconds UTC.
    pub at_us: i64,
    /// Whether an answer knows the address, for another time.
    pub is_known: bool,
    /// What the supplied lists call the range.
    pub label: Option<Text>,
    /// The number of its file, and its spot there.
    pub row: (u32, Text),
    /// How often the peer was seen at the address in this stretch, and over how many days.
    pub held: (u64, i64),
}

/// The days of a stretch in which a peer kept an address.
type Stretch<'a> = Vec<(i64, &'a Spot)>;

impl Spots {
    /// Adds a sighting. One whose time is not known to the second cannot be asked about.
    pub fn push(&mut self, seen: Seen<'_>) {
        let (at_us, until_us) = seen.when_us;
        if until_us - at_us >= 1_000_000 {
            return;
        }
        let (part, place, hash) = seen.row;
        let home =
            if seen.address.is_v4() { seen.address } else { Address(seen.address.0 & mask(LINE_BITS)) };
        let order = (seen.port.is_none(), at_us, hash);
        let key = (at_us.div_euclid(DAY_US), home);
        if self.0.len() >= MOST && self.0.first_key_value().is_some_and(|(first, _)| key < *first) {
            return;
        }
        let pick = || Pick {
            address: seen.address,
            port: seen.port,
            at_us,
            is_known: seen.is_known,
            label: seen.label.clone(),
            row: (part, place.into()),
            held: (0, 0),
        };
        let spot = self.0.entry(key).or_insert_with(|| Spot { n: 0, order, pick: pick() });
        spot.n += 1;
        if order < spot.order {
            (spot.order, spot.pick) = (order, pick());
        }
        if self.0.len() > MOST {
            self.0.pop_first();
        }
    }

    /// The latest of these sightings, microseconds UTC, to the day.
    pub fn latest_us(&self) -> Option<i64> {
        self.0.last_key_value().map(|((day, _), _)| day * DAY_US)
    }

    /// The sightings to ask about, the best first, of those from `since_us` on.
    pub fn pick(&self, since_us: i64) -> Vec<Pick> {
        let is_kept = |(day, _): &(i64, Address)| (day + 1) * DAY_US > since_us;
        let mut by_address: BTreeMap<Address, Stretch<'_>> = BTreeMap::new();
        for (key, spot) in self.0.iter().filter(|(key, _)| is_kept(key)) {
            by_address.entry(key.1).or_default().push((key.0, spot));
        }
        let mut stretches: Vec<(Address, Stretch<'_>)> = Vec::new();
        for (address, days) in by_address {
            let parts = days.chunk_by(|(day, _), (next, _)| next - day <= HELD_DAYS);
            stretches.extend(parts.map(|days| (address, days.to_vec())));
        }
        stretches.sort_by_key(|(address, days)| {
            let without_port = days.iter().all(|(_, spot)| spot.pick.port.is_none());
            let known = days.iter().all(|(_, spot)| spot.pick.is_known);
            (without_port, known, Reverse(length(days)), Reverse(days[days.len() - 1].0), *address)
        });
        let mut picks: Vec<(Address, i64, Pick)> = Vec::new();
        for turn in 0..3 {
            for (address, days) in &stretches {
                let (day, spot) = day_of_turn(days, turn);
                let known = |(of, on, _): &(Address, i64, Pick)| of == address && (turn == 0 || *on == day);
                if picks.len() < PICKS && !picks.iter().any(known) {
                    let n = days.iter().map(|(_, spot)| spot.n).sum();
                    picks.push((*address, day, Pick { held: (n, length(days)), ..spot.pick.clone() }));
                }
            }
        }
        picks.into_iter().map(|(_, _, pick)| pick).collect()
    }
}

/// Over how many days a stretch goes.
fn length(days: &Stretch<'_>) -> i64 {
    days[days.len() - 1].0 - days[0].0 + 1
}

/// The day in the middle of a stretch, then the last, then the first; of those with a port, where there are any.
fn day_of_turn<'a>(days: &Stretch<'a>, turn: usize) -> (i64, &'a Spot) {
    let with_port: Stretch<'a> = days.iter().filter(|(_, spot)| spot.pick.port.is_some()).copied().collect();
    let days = if with_port.is_empty() { days } else { &with_port };
    days[[days.len() / 2, days.len() - 1, 0][turn]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().expect("an address")
    }

    fn spots(seen: &[(&str, Option<u16>, i64)]) -> Spots {
        let mut spots = Spots::default();
        for (text, port, day) in seen {
            let at_us = day * DAY_US + 3_600_000_000;
            let place = format!("line:{day}");
            spots.push(Seen {
                address: address(text),
                port: *port,
                when_us: (at_us, at_us),
                is_known: false,
                label: None,
                row: (0, &place, 0),
            });
        }
        spots
    }

    fn picked(spots: &Spots, since_us: i64) -> Vec<(String, i64)> {
        let picks = spots.pick(since_us);
        picks.iter().map(|pick| (pick.address.to_string(), pick.at_us / DAY_US)).collect()
    }

    #[test]
    fn the_address_kept_longest_is_asked_about_first_in_the_middle_and_then_others() {
        let held = (10..=20).map(|day| ("192.0.2.1", Some(4662), day));
        let short =
            [("192.0.2.2", Some(4662), 30), ("192.0.2.3", Some(4662), 31), ("192.0.2.3", Some(4662), 32)];
        let spots = spots(&held.chain(short).collect::<Vec<_>>());
        let said = |(address, day): (&str, i64)| (address.to_owned(), day);
        let expected = [("192.0.2.1", 15), ("192.0.2.3", 32), ("192.0.2.2", 30), ("192.0.2.1", 20)];
        assert_eq!(picked(&spots, 0), expected.map(said));
        assert_eq!(spots.pick(0)[0].held, (11, 11));
        // What may be deleted is not asked about.
        assert_eq!(picked(&spots, 30 * DAY_US).len(), 3);
        assert_eq!(spots.latest_us(), Some(32 * DAY_US));
    }

    #[test]
    fn a_sighting_with_a_port_comes_before_a_longer_stretch_without() {
        let held = (10..=20).map(|day| ("192.0.2.1", None, day));
        let spots = spots(&held.chain([("192.0.2.2", Some(1), 12)]).collect::<Vec<_>>());
        assert_eq!(picked(&spots, 0)[0], ("192.0.2.2".to_owned(), 12));
        assert_eq!(picked(&spots, 0).len(), 4);
    }

    #[test]
    fn addresses_of_one_delegated_prefix_are_one_line() {
        let spots = spots(&[
            ("2001:db8::1", Some(1), 1),
            ("2001:db8::2", Some(1), 2),
            ("2001:db8:0:1::1", Some(1), 3),
        ]);
        let picks = picked(&spots, 0);
        assert_eq!(picks[0], ("2001:db8::2".to_owned(), 2));
        assert_eq!(picks[1], ("2001:db8:0:1::1".to_owned(), 3));
    }

    #[test]
    fn of_very_many_days_and_addresses_the_latest_stay_whatever_the_order() {
        let all: Vec<(&str, Option<u16>, i64)> = (0..2_000).map(|day| ("192.0.2.1", Some(1), day)).collect();
        let turned: Vec<_> = all.iter().rev().copied().collect();
        let (one, other) = (spots(&all), spots(&turned));
        assert_eq!((one.0.len(), one.0.keys().next()), (MOST, other.0.keys().next()));
        assert_eq!(one.pick(0), other.pick(0));
    }
}
