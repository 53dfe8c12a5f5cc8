//! Operators, their address pools, and who holds which address when. Leases are computed, not stored: every question
//! about one group of lines and one stretch of time has the same answer whenever it is asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::clock::{ANSWER_S, DAY_S, PERIOD_END_S, PERIOD_START_S};
use crate::names::scramble;
use crate::rng::{Rng, mix};

/// The four invented operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// Fixed lines with IPv4 and IPv6, and hotspots.
    Alfanet,
    /// Fixed lines, some behind carrier-grade NAT.
    Borea,
    /// SIMs, all behind carrier-grade NAT.
    Cometa,
    /// Fixed lines; its answers are in local time but say UTC.
    Delta,
}

impl Operator {
    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Alfanet => "alfanet",
            Self::Borea => "borea",
            Self::Cometa => "cometa",
            Self::Delta => "delta",
        }
    }
}

/// A set of addresses that an operator uses for one kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pool {
    /// Fixed lines of alfanet.
    AlfanetFixed,
    /// Hotspots of alfanet.
    AlfanetHotspot,
    /// Fixed lines of borea with an address of their own.
    BoreaFixed,
    /// Fixed lines of borea that share addresses by port blocks.
    BoreaShared,
    /// SIMs of cometa, which share addresses by port blocks.
    CometaMobile,
    /// Fixed lines of delta.
    DeltaFixed,
}

/// How a pool is divided: groups of lines take turns on groups of addresses.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The operator.
    pub operator: Operator,
    /// The word for the kind of access in tables.
    pub access: &'static str,
    /// The pool's first address.
    pub first: [u8; 4],
    /// Length of the pool's prefix.
    pub bits: u8,
    /// Addresses of one group.
    pub n_addresses: u32,
    /// Port blocks of an address; 1 when a line holds the whole address.
    pub n_blocks: u32,
    /// Ports of a block.
    pub block: u32,
    /// Lines of one group: fewer than its places, so that addresses also lie idle.
    pub n_lines: u32,
    /// How many lines of one group the world may give to people with a part in it.
    pub n_known: u32,
    /// Lengths of a lease, days; a group has one of them.
    pub days: &'static [i64],
    /// Hours (UTC) at which a group renews its leases, first and last.
    pub hours: (i64, i64),
}

/// Renewal every 24 hours or a multiple of it: Padmanabhan et al., Reasons Dynamic Addresses Change, IMC 2016 (20
/// operators renumber at multiples of 24 h; elsewhere weeks).
const FIXED_DAYS: &[i64] = &[1, 1, 2, 3, 7];

impl Pool {
    /// How the pool is divided.
    #[must_use]
    pub const fn plan(self) -> Plan {
        let fixed = Plan {
            operator: Operator::Alfanet,
            access: "fixed",
            first: [198, 18, 0, 0],
            bits: 17,
            n_addresses: 32,
            n_blocks: 1,
            block: 0,
            n_lines: 28,
            n_known: 2,
            days: FIXED_DAYS,
            hours: (0, 23),
        };
        match self {
            Self::AlfanetFixed => fixed,
            Self::AlfanetHotspot => Plan {
                access: "hotspot",
                first: [203, 0, 113, 0],
                bits: 25,
                n_addresses: 1,
                n_lines: 1,
                n_known: 1,
                days: &[400],
                hours: (3, 3),
                ..fixed
            },
            Self::BoreaFixed => {
                Plan { operator: Operator::Borea, first: [198, 18, 128, 0], bits: 18, days: &[1, 2], ..fixed }
            }
            // 63 blocks of 1,024 ports above the reserved ones: within the 16 to 64 subscribers an address that
            // operators usually configure (RFC 6888; block sizes in Juniper's and TNSR's manuals).
            Self::BoreaShared => Plan {
                operator: Operator::Borea,
                first: [198, 18, 192, 0],
                bits: 18,
                n_addresses: 2,
                n_blocks: 63,
                block: 1024,
                n_lines: 110,
                days: &[1],
                ..fixed
            },
            // 64 blocks of 1,008 ports. Carrier-grade NAT is used by 90 % of mobile operators (Europol, 2017).
            Self::CometaMobile => Plan {
                operator: Operator::Cometa,
                access: "mobile",
                first: [198, 19, 128, 0],
                bits: 17,
                n_addresses: 4,
                n_blocks: 64,
                block: 1008,
                n_lines: 256,
                n_known: 8,
                days: &[3],
                ..fixed
            },
            // Renewed every day between the late afternoon and the evening, when people are on line.
            Self::DeltaFixed => Plan {
                operator: Operator::Delta,
                first: [198, 19, 0, 0],
                bits: 17,
                days: &[1],
                hours: (15, 19),
                ..fixed
            },
        }
    }

    /// How many lines with a part in the world fit into the pool.
    #[must_use]
    pub const fn capacity(self) -> u32 {
        let plan = self.plan();
        (1 << (32 - plan.bits)) / plan.n_addresses * plan.n_known
    }
}

impl Plan {
    /// How many lines can hold something at one time in a group.
    #[must_use]
    pub const fn n_places(&self) -> u32 {
        self.n_addresses * self.n_blocks
    }

    /// The address of a place.
    #[must_use]
    pub fn address(&self, group: u32, place: u16) -> Ipv4Addr {
        let offset = group * self.n_addresses + u32::from(place) / self.n_blocks;
        Ipv4Addr::from(u32::from(Ipv4Addr::from(self.first)) + offset)
    }

    /// First and last port of a place; `None` when its holder has the whole address.
    #[must_use]
    pub fn ports(&self, place: u16) -> Option<(u16, u16)> {
        if self.n_blocks == 1 {
            return None;
        }
        let low = 1024 + u32::from(place) % self.n_blocks * self.block;
        Some((low as u16, (low + self.block - 1) as u16))
    }
}

/// A line: its pool, its group and its position in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineId {
    /// The pool.
    pub pool: Pool,
    /// The group.
    pub group: u32,
    /// The position, from 0 to the group's number of lines.
    pub slot: u16,
}

impl LineId {
    /// A number that no other line of the world has.
    #[must_use]
    pub fn serial(self) -> u32 {
        1_000_000 * self.pool as u32 + self.group * self.pool.plan().n_lines + u32::from(self.slot)
    }

    /// The word for the line's kind of access in tables: some of alfanet's fixed lines belong to businesses.
    #[must_use]
    pub fn access(self) -> &'static str {
        if self.is_business() { "business" } else { self.pool.plan().access }
    }

    /// Whether the line is a fixed line of a business.
    #[must_use]
    pub fn is_business(self) -> bool {
        self.pool == Pool::AlfanetFixed && self.slot % 14 == 9
    }

    /// `operator/line`, as selectors and truth name it.
    #[must_use]
    pub fn owner(self) -> String {
        format!("{}/{}", self.pool.plan().operator.name(), self.number())
    }

    /// The line's number, as its operator writes it.
    #[must_use]
    pub fn number(self) -> String {
        let scrambled = scramble(self.serial());
        match self.pool.plan().operator {
            Operator::Alfanet => format!("ALF-{scrambled:07}"),
            Operator::Borea => format!("B{scrambled:07}"),
            Operator::Cometa => self.phone(),
            Operator::Delta => format!("DLT{scrambled:07}"),
        }
    }

    /// The telephone number of a SIM: 333 555 and six digits, two digits longer than any Italian mobile number.
    #[must_use]
    pub fn phone(self) -> String {
        let within_pool = u64::from(self.serial() % 1_000_000);
        // 617,371 has no common factor with a million.
        format!("+39333555{:06}", (within_pool * 617_371 + 123) % 1_000_000)
    }
}

/// One lease: until is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Beginning, seconds.
    pub from_s: i64,
    /// End, seconds, exclusive.
    pub until_s: i64,
    /// The place that is held.
    pub place: u16,
}

impl Lease {
    /// The end, when it had come by the time of the operator's answer.
    #[must_use]
    pub fn ended_s(&self) -> Option<i64> {
        (self.until_s < ANSWER_S).then_some(self.until_s)
    }
}

/// All leases of one line, one an epoch, from the first epoch of the period on.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The line.
    pub line: LineId,
    /// The leases; the index is the epoch.
    pub leases: Vec<Lease>,
    first_boundary_s: i64,
    length_s: i64,
}

impl Timeline {
    /// The lease in force at an instant or, in a gap, the next one. `None` after the last.
    #[must_use]
    pub fn at_or_after(&self, at_s: i64) -> Option<(usize, Lease)> {
        let epoch = ((at_s - self.first_boundary_s) / self.length_s).max(0) as usize;
        let lease = *self.leases.get(epoch)?;
        if at_s < lease.until_s {
            return Some((epoch, lease));
        }
        self.leases.get(epoch + 1).map(|next| (epoch + 1, *next))
    }
}

/// One in a thousand leases that end early, because the router was switched off or lost its line.
const EARLY_END_PERMILLE: u32 = 60;

/// Address assignment of all operators.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// The world's seed.
    pub seed: u64,
}

impl Network {
    /// Length of a group's leases, seconds.
    #[must_use]
    pub fn length_s(&self, pool: Pool, group: u32) -> i64 {
        let days = pool.plan().days;
        let pick = mix(self.seed, &[10, pool as u64, u64::from(group)]) % days.len() as u64;
        days[pick as usize] * DAY_S
    }

    /// When an epoch of a group begins: all its lines lose their places shortly before and take new ones shortly after.
    fn boundary_s(&self, pool: Pool, group: u32, epoch: i32) -> i64 {
        let mut rng = Rng::new(self.seed, &[11, pool as u64, u64::from(group)]);
        let (first, last) = pool.plan().hours;
        let of_day_s = rng.between(first, last) * 3600 + rng.between(0, 3599);
        let before_period_s = PERIOD_START_S - 9 * DAY_S - 82_800;
        before_period_s + of_day_s + i64::from(epoch) * self.length_s(pool, group)
    }

    /// The place of each line of a group in an epoch, by position.
    #[must_use]
    pub fn places(&self, pool: Pool, group: u32, epoch: i32) -> Vec<u16> {
        let plan = pool.plan();
        let mut places: Vec<u16> = (0..plan.n_places() as u16).collect();
        Rng::new(self.seed, &[12, pool as u64, u64::from(group), epoch as u64]).shuffle(&mut places);
        places.truncate(plan.n_lines as usize);
        places
    }

    /// The lease of a line in an epoch, in which it holds `place`.
    #[must_use]
    pub fn lease(&self, line: LineId, epoch: i32, place: u16) -> Lease {
        const LOSE_S: i64 = 90;
        let mut rng = Rng::new(self.seed, &[13, u64::from(line.serial()), epoch as u64]);
        let from_s = self.boundary_s(line.pool, line.group, epoch) + rng.between(1, 240);
        let mut until_s = self.boundary_s(line.pool, line.group, epoch + 1) - rng.between(0, LOSE_S);
        if rng.chance(EARLY_END_PERMILLE) && line.pool != Pool::AlfanetHotspot {
            until_s -= rng.between(600, 3 * 3600);
        }
        Lease { from_s, until_s, place }
    }

    /// All leases of a line in the period.
    #[must_use]
    pub fn timeline(&self, line: LineId) -> Timeline {
        let length_s = self.length_s(line.pool, line.group);
        let first_boundary_s = self.boundary_s(line.pool, line.group, 0);
        let n_epochs = (PERIOD_END_S + 2 * DAY_S - first_boundary_s) / length_s + 1;
        let leases = (0..n_epochs as i32)
            .map(|epoch| {
                let place = self.places(line.pool, line.group, epoch)[usize::from(line.slot)];
                self.lease(line, epoch, place)
            })
            .collect();
        Timeline { line, leases, first_boundary_s, length_s }
    }

    /// The IPv6 prefixes (56 bits) that a line had, with their leases. Delegations are stable for months (Padmanabhan
    /// et al., DynamIPs, CoNEXT 2020): half of the lines keep theirs, the others get a new one once.
    #[must_use]
    pub fn prefixes(&self, line: LineId) -> Vec<(Ipv6Addr, Lease)> {
        let mut rng = Rng::new(self.seed, &[14, u64::from(line.serial())]);
        let from_s = PERIOD_START_S - rng.between(20, 300) * DAY_S - rng.between(0, 80_000);
        let change_s = PERIOD_START_S + rng.between(50, 120) * DAY_S + rng.between(0, 80_000);
        let first = u128::from(line.serial()) * 2;
        // An odd factor sends different numbers to different prefixes.
        let prefix = |number: u128| {
            Ipv6Addr::from((0x2001_0db8_u128 << 96) | ((number.wrapping_mul(0x9E_3779) & 0xFF_FFFF) << 72))
        };
        let lease = |from_s, until_s| Lease { from_s, until_s, place: 0 };
        if rng.chance(500) {
            vec![(prefix(first), lease(from_s, ANSWER_S + DAY_S))]
        } else {
            let new_s = change_s + rng.between(30, 600);
            vec![
                (prefix(first), lease(from_s, change_s)),
                (prefix(first + 1), lease(new_s, ANSWER_S + DAY_S)),
            ]
        }
    }
}

/// Addresses whose users nobody can tell by the address: what they are, and the list that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concealed {
    /// The exit of a VPN.
    Vpn,
    /// A rented server.
    Hosting,
    /// An exit of the Tor network.
    Tor,
}

/// How many Tor exits there are; each is listed in some months only.
pub const N_TOR_EXITS: u32 = 48;

impl Concealed {
    /// An address of this nature that the list of the month (0 = February) has.
    pub fn address(self, month: u32, seed: u64, rng: &mut Rng) -> IpAddr {
        IpAddr::V4(match self {
            Self::Vpn if rng.chance(500) => Ipv4Addr::new(192, 0, 2, rng.below(128) as u8),
            Self::Vpn => Ipv4Addr::new(198, 51, 100, 128 + rng.below(128) as u8),
            Self::Hosting => Ipv4Addr::new(192, 0, 2, 128 + rng.below(64) as u8),
            Self::Tor => {
                let first = rng.below(N_TOR_EXITS);
                let listed = (first..first + N_TOR_EXITS)
                    .find(|exit| tor_exit_listed(seed, exit % N_TOR_EXITS, month));
                tor_exit(listed.unwrap_or(0) % N_TOR_EXITS)
            }
        })
    }
}

/// The address of a Tor exit.
#[must_use]
pub fn tor_exit(number: u32) -> Ipv4Addr {
    Ipv4Addr::new(198, 51, 100, 1 + number as u8)
}

/// Whether the list of a month (0 = February) has the exit. Exit 0 is in every list.
#[must_use]
pub fn tor_exit_listed(seed: u64, number: u32, month: u32) -> bool {
    number == 0 || mix(seed, &[15, u64::from(number), u64::from(month)]) % 10 < 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_place_of_a_group_is_held_twice_at_one_time() {
        let network = Network { seed: 3 };
        let pools = [
            Pool::AlfanetFixed,
            Pool::AlfanetHotspot,
            Pool::BoreaFixed,
            Pool::BoreaShared,
            Pool::CometaMobile,
            Pool::DeltaFixed,
        ];
        for pool in pools {
            let plan = pool.plan();
            let mut held: Vec<(u16, i64, i64)> = Vec::new();
            for slot in 0..plan.n_lines as u16 {
                let timeline = network.timeline(LineId { pool, group: 5, slot });
                held.extend(timeline.leases.iter().map(|lease| (lease.place, lease.from_s, lease.until_s)));
            }
            held.sort_unstable();
            for pair in held.windows(2) {
                assert!(pair[0].1 < pair[0].2, "{pool:?}: a lease ends after it begins: {:?}", pair[0]);
                assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "{pool:?}: {pair:?}");
            }
        }
    }

    #[test]
    fn a_timeline_finds_the_lease_in_force_or_the_next() {
        let network = Network { seed: 9 };
        let timeline = network.timeline(LineId { pool: Pool::DeltaFixed, group: 0, slot: 3 });
        for at_s in (PERIOD_START_S..PERIOD_END_S).step_by(977) {
            let (epoch, lease) = timeline.at_or_after(at_s).expect("the timeline covers the period");
            assert!(at_s < lease.until_s);
            assert!(epoch == 0 || timeline.leases[epoch - 1].until_s <= at_s);
        }
    }

    #[test]
    fn ports_of_blocks_end_at_the_last_port() {
        assert_eq!(Pool::CometaMobile.plan().ports(63), Some((64_528, 65_535)));
        assert_eq!(Pool::BoreaShared.plan().ports(62), Some((64_512, 65_535)));
        assert_eq!(Pool::BoreaFixed.plan().ports(7), None);
    }
}
