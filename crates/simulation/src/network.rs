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
    /// Whether lines share addresses by port blocks.
    pub is_shared: bool,
    /// Addresses of one group where they are not shared.
    n_addresses: u32,
    /// Lines of one group: fewer than its places, so that addresses also lie idle.
    pub n_lines: u32,
    /// How many lines of one group the world may give to people with a part in it.
    pub n_known: u32,
    /// Lengths of a lease, hours; a group has one of them.
    hours: &'static [i64],
    /// Hours (UTC) at which a group renews its leases, first and last.
    renewal: (i64, i64),
}

/// Renewal every 24 hours or a multiple of it: Padmanabhan et al., Reasons Dynamic Addresses Change, IMC 2016 (20
/// operators renumber at multiples of 24 h; elsewhere weeks and months).
const FIXED_HOURS: &[i64] = &[24, 24, 48, 60, 168, 504];

impl Pool {
    /// Every pool.
    pub const ALL: [Self; 6] = [
        Self::AlfanetFixed,
        Self::AlfanetHotspot,
        Self::BoreaFixed,
        Self::BoreaShared,
        Self::CometaMobile,
        Self::DeltaFixed,
    ];

    /// How the pool is divided in every world.
    #[must_use]
    pub const fn plan(self) -> Plan {
        let fixed = Plan {
            operator: Operator::Alfanet,
            access: "fixed",
            first: [198, 18, 0, 0],
            bits: 17,
            is_shared: false,
            n_addresses: 32,
            n_lines: 28,
            n_known: 8,
            hours: FIXED_HOURS,
            renewal: (0, 23),
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
                hours: &[FOR_GOOD_HOURS],
                renewal: (3, 3),
                ..fixed
            },
            Self::BoreaFixed => Plan {
                operator: Operator::Borea,
                first: [198, 18, 128, 0],
                bits: 18,
                hours: &[24, 48, 60],
                ..fixed
            },
            Self::BoreaShared => Plan {
                operator: Operator::Borea,
                first: [198, 18, 192, 0],
                bits: 18,
                is_shared: true,
                n_lines: 110,
                hours: &[24, 60],
                ..fixed
            },
            // Carrier-grade NAT is used by 90 % of mobile operators and 50 % of fixed ones (Europol, 2017).
            Self::CometaMobile => Plan {
                operator: Operator::Cometa,
                access: "mobile",
                first: [198, 19, 128, 0],
                bits: 17,
                is_shared: true,
                n_lines: 252,
                n_known: 16,
                hours: &[24, 60, 72],
                ..fixed
            },
            // Renewed every day between the late afternoon and the evening, when people are on line.
            Self::DeltaFixed => Plan {
                operator: Operator::Delta,
                first: [198, 19, 0, 0],
                bits: 17,
                hours: &[24],
                renewal: (15, 19),
                ..fixed
            },
        }
    }
}

/// How an operator's translation gives ports to the lines behind an address.
#[derive(Clone, Copy, Debug)]
struct Blocks {
    /// Ports of a block.
    size: u32,
    /// Lines that share an address.
    n_sharing: u32,
    /// Blocks that a line may hold at a time: it begins with one and is given more as it needs them.
    n_held: u32,
    /// Whether a line has its block for good, so that the answer is computed and not logged (RFC 7422).
    for_good: bool,
}

/// What operators configure: 128 ports by eight (the default of Juniper's port block allocation), 504, 1,008 and 2,016
/// ports, and deterministic blocks of 1,000 with 63 lines an address (Netgate's TNSR).
const BLOCKS: [Blocks; 5] = [
    Blocks { size: 128, n_sharing: 63, n_held: 8, for_good: false },
    Blocks { size: 504, n_sharing: 128, n_held: 1, for_good: false },
    Blocks { size: 1008, n_sharing: 64, n_held: 1, for_good: false },
    Blocks { size: 2016, n_sharing: 32, n_held: 1, for_good: false },
    Blocks { size: 1000, n_sharing: 63, n_held: 1, for_good: true },
];
/// Longer than the period.
const FOR_GOOD_HOURS: i64 = 400 * 24;
/// The first port that is given to lines.
const FIRST_PORT: u32 = 1024;

/// The addresses of a pool in one world.
#[derive(Clone, Copy, Debug)]
pub struct Division {
    first: u32,
    /// Addresses of one group.
    pub n_addresses: u32,
    /// Lines that share an address; 1 when a line holds the whole address.
    pub n_sharing: u32,
    /// Groups of the pool.
    pub n_groups: u32,
    blocks: Option<Blocks>,
}

impl Division {
    /// How many lines can hold something at one time in a group.
    #[must_use]
    pub const fn n_places(&self) -> u32 {
        self.n_addresses * self.n_sharing
    }

    /// Whether lines have their places for good.
    #[must_use]
    pub fn is_for_good(&self) -> bool {
        self.n_places() == 1 || self.blocks.is_some_and(|blocks| blocks.for_good)
    }

    /// The address of a place.
    #[must_use]
    pub fn address(&self, group: u32, place: u16) -> Ipv4Addr {
        Ipv4Addr::from(self.first + group * self.n_addresses + u32::from(place) / self.n_sharing)
    }

    /// First and last port of a place's block of a number; `None` when its holder has the whole address. The blocks of
    /// one place do not lie side by side.
    #[must_use]
    fn ports(&self, place: u16, number: u32) -> Option<(u16, u16)> {
        let blocks = self.blocks?;
        let block = u32::from(place) % self.n_sharing + number * self.n_sharing;
        let low = FIRST_PORT + block * blocks.size;
        Some((low as u16, (low + blocks.size - 1) as u16))
    }
}

/// Ports that a line held, from an instant until the end of its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// First and last port; `None` for the whole address.
    pub ports: Option<(u16, u16)>,
    /// From when, seconds.
    pub from_s: i64,
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
    /// The addresses of a pool: how lines share them is drawn for each operator.
    #[must_use]
    pub fn division(&self, pool: Pool) -> Division {
        let plan = pool.plan();
        let pick = mix(self.seed, &[16, pool as u64]) % BLOCKS.len() as u64;
        let blocks = plan.is_shared.then_some(BLOCKS[pick as usize]);
        let n_sharing = blocks.map_or(1, |blocks| blocks.n_sharing);
        let n_addresses = if plan.is_shared { plan.n_lines.div_ceil(n_sharing) } else { plan.n_addresses };
        // A line's number has six digits within its pool.
        let n_groups = ((1 << (32 - plan.bits)) / n_addresses).min(1_000_000 / plan.n_lines);
        Division { first: u32::from(Ipv4Addr::from(plan.first)), n_addresses, n_sharing, n_groups, blocks }
    }

    /// Length of a group's leases, seconds.
    #[must_use]
    pub fn length_s(&self, pool: Pool, group: u32) -> i64 {
        let hours = pool.plan().hours;
        let pick = mix(self.seed, &[10, pool as u64, u64::from(group)]) % hours.len() as u64;
        3600 * if self.division(pool).is_for_good() { FOR_GOOD_HOURS } else { hours[pick as usize] }
    }

    /// The ports that the holder of a place had during a lease: the first ones from its beginning, others when they
    /// were needed.
    #[must_use]
    pub fn held(&self, line: LineId, epoch: i32, lease: &Lease) -> Vec<Held> {
        let division = self.division(line.pool);
        let mut rng = Rng::new(self.seed, &[17, u64::from(line.serial()), epoch as u64]);
        let most = division.blocks.map_or(1, |blocks| blocks.n_held);
        let n = if most > 1 { 1 + rng.weighted(&[40, 25, 15, 8, 5, 3, 2, 2]) as u32 } else { 1 };
        let length_s = lease.until_s - lease.from_s;
        let mut from_s = lease.from_s;
        (0..n.min(most))
            .map(|number| {
                let held = Held { ports: division.ports(lease.place, number), from_s };
                from_s += rng.between(1, (length_s / 9).max(1));
                held
            })
            .collect()
    }

    /// When an epoch of a group begins: all its lines lose their places shortly before and take new ones shortly after.
    fn boundary_s(&self, pool: Pool, group: u32, epoch: i32) -> i64 {
        let mut rng = Rng::new(self.seed, &[11, pool as u64, u64::from(group)]);
        let (first, last) = pool.plan().renewal;
        let of_day_s = rng.between(first, last) * 3600 + rng.between(0, 3599);
        let before_period_s = PERIOD_START_S - 9 * DAY_S - 82_800;
        before_period_s + of_day_s + i64::from(epoch) * self.length_s(pool, group)
    }

    /// The place of each line of a group in an epoch, by position.
    #[must_use]
    pub fn places(&self, pool: Pool, group: u32, epoch: i32) -> Vec<u16> {
        let plan = pool.plan();
        let mut places: Vec<u16> = (0..self.division(pool).n_places() as u16).collect();
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
        if rng.chance(EARLY_END_PERMILLE) && !self.division(line.pool).is_for_good() {
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
        for pool in Pool::ALL {
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
    fn ports_of_a_pool_are_given_to_one_place_each_and_end_at_the_last_port() {
        for blocks in BLOCKS {
            let plan = Pool::CometaMobile.plan();
            let n_addresses = plan.n_lines.div_ceil(blocks.n_sharing);
            let division = Division {
                first: 0,
                n_addresses,
                n_sharing: blocks.n_sharing,
                n_groups: 1,
                blocks: Some(blocks),
            };
            assert!(division.n_places() >= plan.n_lines, "{blocks:?}");
            let mut given: Vec<(u16, u16)> = (0..blocks.n_sharing as u16)
                .flat_map(|place| (0..blocks.n_held).filter_map(move |number| division.ports(place, number)))
                .collect();
            given.sort_unstable();
            assert!(given[0].0 == 1024 && given.windows(2).all(|pair| pair[0].1 < pair[1].0), "{blocks:?}");
        }
        assert_eq!(Network { seed: 1 }.division(Pool::BoreaFixed).ports(7, 0), None);
    }

    #[test]
    fn every_kind_of_block_is_drawn_by_some_seed() {
        let sizes: std::collections::BTreeSet<u32> = (1..40)
            .filter_map(|seed| Network { seed }.division(Pool::CometaMobile).blocks)
            .map(|blocks| blocks.size)
            .collect();
        assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [128, 504, 1000, 1008, 2016]);
    }

    #[test]
    fn a_line_that_is_given_more_blocks_holds_each_until_its_lease_ends() {
        let network = (1..).map(|seed| Network { seed }).find(|network| {
            network.division(Pool::CometaMobile).blocks.is_some_and(|blocks| blocks.n_held > 1)
        });
        let network = network.expect("some seed has it");
        let line = LineId { pool: Pool::CometaMobile, group: 0, slot: 3 };
        let leases = network.timeline(line).leases;
        let held: Vec<_> =
            leases.iter().enumerate().map(|(epoch, lease)| network.held(line, epoch as i32, lease)).collect();
        assert!(held.iter().any(|held| held.len() > 3) && held.iter().all(|held| held.len() <= 8));
        for (held, lease) in held.iter().zip(&leases) {
            assert_eq!(held[0].from_s, lease.from_s);
            assert!(held.windows(2).all(|pair| pair[0].from_s < pair[1].from_s));
            assert!(held.last().is_some_and(|last| last.from_s < lease.until_s), "{held:?} {lease:?}");
        }
    }
}
