//! What a user does on line: sessions, their instants, addresses and ports, as they were and as platforms saw them.

use std::net::{IpAddr, Ipv6Addr};

use crate::accounts::Account;
use crate::clock::{DAY_S, PERIOD_START_S};
use crate::network::{Concealed, Lease, LineId, Network, Timeline};
use crate::rng::{Rng, mix};
use crate::world::{Archetype, User, World};

/// Difference between a platform's clock and the true time: normal, 2 s (servers kept by NTP).
const SKEW_MS: i64 = 2_000;

/// How often each hour of the day (UTC) begins a session.
const HOURS: [u32; 24] =
    [14, 8, 4, 3, 3, 4, 8, 12, 14, 15, 16, 18, 22, 24, 24, 26, 30, 38, 50, 62, 70, 66, 50, 28];

/// What an account did, with the word in the table `connection`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Login.
    Login,
    /// Registration: the first event of an account.
    Registration,
    /// Upload.
    Upload,
    /// Message.
    Message,
    /// Purchase.
    Purchase,
    /// Something else.
    Other,
}

/// One use of an account: the truth and what the platform recorded.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Index of the account.
    pub account: usize,
    /// When it was, milliseconds.
    pub true_ms: i64,
    /// When it was by the platform's clock, milliseconds.
    pub said_ms: i64,
    /// The line it came through; `None` through VPN, Tor and rented servers.
    pub line: Option<LineId>,
    /// The address that the platform saw.
    pub address: IpAddr,
    /// The port that the platform saw; `None` when it recorded none.
    pub port: Option<u16>,
    /// What the account did.
    pub event: Event,
    /// 0 for the user's telephone, 1 for the computer, `None` when the platform recorded none.
    pub device: Option<usize>,
    /// What the platform says of a proxy.
    pub proxy: Option<bool>,
    /// A number from which the files take details that mean nothing.
    pub detail: u32,
}

/// The leases through which connections came: what the operators are asked about.
#[derive(Debug, Default)]
pub struct Used {
    /// The line's leases.
    pub leases: Vec<UsedLease>,
    /// Lines whose IPv6 prefix was seen.
    pub prefixes: Vec<LineId>,
}

/// A lease through which connections came.
#[derive(Clone, Copy, Debug)]
pub struct UsedLease {
    /// The line.
    pub line: LineId,
    /// The epoch of its group.
    pub epoch: i32,
    /// The place held.
    pub place: u16,
    /// Whether a connection without a port was among them.
    pub portless: bool,
}

/// Generates the user's connections in order of time.
///
/// `own` are the indices of the user's accounts in `accounts`.
pub fn connections(
    world: &World,
    user_idx: usize,
    own: &[usize],
    accounts: &[Account],
    mut each: impl FnMut(Connection) -> Result<(), crate::SimulationError>,
) -> Result<Used, crate::SimulationError> {
    let user = &world.users[user_idx];
    let mut rng = Rng::new(world.seed, &[40, user_idx as u64]);
    let mut ways = ways(world, user, &mut rng);
    let planned = planned(user, own, accounts, &ways, &mut rng);
    let mut last_ms: Vec<(i64, i64)> = vec![(0, 0); own.len()];
    let mut begun = vec![false; own.len()];
    for plan in planned {
        let way = &mut ways[usize::from(plan.way)];
        let (last_true_ms, last_said_ms) = &mut last_ms[usize::from(plan.own)];
        let wanted_ms = plan.at_ms.max(*last_true_ms + 1000);
        let (true_ms, reached) = way.reach(wanted_ms, user.portless_permille, &mut rng, world);
        // A platform writes an account's events one after the other, so that no two are the same to the second.
        let said_ms = (true_ms + rng.normal(SKEW_MS)).max((*last_said_ms / 1000 + 1) * 1000);
        (*last_true_ms, *last_said_ms) = (true_ms, said_ms);
        let event = if begun[usize::from(plan.own)] { event(&mut rng) } else { Event::Registration };
        begun[usize::from(plan.own)] = true;
        each(Connection {
            account: own[usize::from(plan.own)],
            true_ms,
            said_ms,
            line: way.line(),
            address: reached.address,
            port: reached.port,
            event,
            device: (!rng.chance(50)).then_some(usize::from(plan.device)),
            proxy: proxy(way.line().is_none(), &mut rng),
            detail: rng.below(u32::MAX),
        })?;
    }
    Ok(used(ways))
}

/// A few connections of a child's account through the family's line.
pub fn victim_connections(world: &World, line: LineId, number: usize, n: u32) -> (Vec<Connection>, Used) {
    let mut rng = Rng::new(world.seed, &[41, number as u64]);
    let mut way = Way::line_with_leases(line, world.network);
    let mut at_ms = (PERIOD_START_S + rng.between(10, 100) * DAY_S) * 1000;
    let mut all = Vec::new();
    for _ in 0..n {
        at_ms += rng.between(3_600_000, 400_000_000);
        let (true_ms, reached) = way.reach(at_ms, 0, &mut rng, world);
        at_ms = true_ms;
        all.push(Connection {
            account: usize::MAX,
            true_ms,
            said_ms: true_ms + rng.normal(SKEW_MS),
            line: Some(line),
            address: reached.address,
            port: reached.port,
            event: Event::Login,
            device: None,
            proxy: Some(false),
            detail: 0,
        });
    }
    (all, used(vec![way]))
}

/// A connection before it has an address.
struct Planned {
    at_ms: i64,
    own: u8,
    way: u8,
    device: u8,
}

/// Plans sessions: runs of connections of one account over one way, most of them in the evening.
fn planned(user: &User, own: &[usize], accounts: &[Account], ways: &[Way], rng: &mut Rng) -> Vec<Planned> {
    let account_weights: Vec<u32> = (0..own.len())
        .map(|position| match accounts[own[position]].holders.len() {
            1 => 10 - 3 * (position.min(2) as u32),
            _ => 3,
        })
        .collect();
    let way_weights: Vec<u32> = ways.iter().map(|way| way.weight).collect();
    let n = user.n_connections as usize;
    let (first_day, last_day) = (rng.between(0, 30), rng.between(150, 179));
    let mut planned = Vec::with_capacity(n);
    while planned.len() < n {
        let day = rng.between(first_day, last_day);
        let hour = rng.weighted(&HOURS) as i64;
        let mut at_ms =
            (PERIOD_START_S + 3600 + day * DAY_S + hour * 3600) * 1000 + rng.between(0, 3_599_999);
        let account = rng.weighted(&account_weights) as u8;
        let way = rng.weighted(&way_weights) as u8;
        let device = u8::from(ways[usize::from(way)].at_home && rng.chance(450));
        let length = 1 + rng.below(8) as usize;
        for _ in 0..length.min(n - planned.len()) {
            planned.push(Planned { at_ms, own: account, way, device });
            at_ms += rng.between(4_000, 900_000);
        }
    }
    planned.sort_by_key(|plan| plan.at_ms);
    planned
}

fn event(rng: &mut Rng) -> Event {
    const EVENTS: [Event; 5] = [Event::Login, Event::Message, Event::Upload, Event::Other, Event::Purchase];
    EVENTS[rng.weighted(&[540, 270, 120, 60, 10])]
}

fn proxy(concealed: bool, rng: &mut Rng) -> Option<bool> {
    match rng.below(10) {
        0..3 => None,
        3 => Some(false),
        _ => Some(concealed),
    }
}

/// A way to reach the network.
struct Way {
    weight: u32,
    at_home: bool,
    kind: WayKind,
}

enum WayKind {
    Leases { timeline: Timeline, used: Vec<Option<bool>> },
    Prefixes { line: LineId, prefixes: Vec<(Ipv6Addr, Lease)>, used: bool },
    Concealed,
}

struct Reached {
    address: IpAddr,
    port: Option<u16>,
}

impl Way {
    fn line_with_leases(line: LineId, network: Network) -> Self {
        let timeline = network.timeline(line);
        let used = vec![None; timeline.leases.len()];
        Self { weight: 0, at_home: false, kind: WayKind::Leases { timeline, used } }
    }

    fn line(&self) -> Option<LineId> {
        match &self.kind {
            WayKind::Leases { timeline, .. } => Some(timeline.line),
            WayKind::Prefixes { line, .. } => Some(*line),
            WayKind::Concealed => None,
        }
    }

    /// The address and port at an instant, or as soon after it as the line has one again.
    fn reach(
        &mut self,
        wanted_ms: i64,
        portless_permille: u32,
        rng: &mut Rng,
        world: &World,
    ) -> (i64, Reached) {
        let recorded = !rng.chance(portless_permille);
        match &mut self.kind {
            WayKind::Leases { timeline, used } => {
                let (epoch, lease) =
                    timeline.at_or_after(wanted_ms / 1000).expect("the timeline ends days after the period");
                let plan = timeline.line.pool.plan();
                let true_ms = wanted_ms.max(lease.from_s * 1000 + 5_000);
                let (low, high) = plan.ports(lease.place).unwrap_or((1024, 65_535));
                let port = recorded.then(|| rng.between(i64::from(low), i64::from(high)) as u16);
                let portless_before = used[epoch].unwrap_or(false);
                used[epoch] = Some(portless_before || port.is_none());
                let address = IpAddr::V4(plan.address(timeline.line.group, lease.place));
                (true_ms, Reached { address, port })
            }
            WayKind::Prefixes { line, prefixes, used } => {
                *used = true;
                let held = prefixes.iter().find(|(_, lease)| wanted_ms < lease.until_s * 1000);
                let (prefix, lease) = held.expect("the last prefix is held beyond the period");
                let true_ms = wanted_ms.max(lease.from_s * 1000 + 5_000);
                // Temporary interface identifiers change every day (RFC 8981).
                let day = (true_ms / 1000 / DAY_S) as u64;
                let interface = mix(world.seed, &[42, u64::from(line.serial()), day]);
                let subnet = u128::from(interface % 4) << 64;
                let address = Ipv6Addr::from(u128::from(*prefix) | subnet | u128::from(interface));
                let port = recorded.then(|| rng.between(1024, 65_535) as u16);
                (true_ms, Reached { address: IpAddr::V6(address), port })
            }
            WayKind::Concealed => {
                let month = months_since_february(wanted_ms);
                let kinds = [Concealed::Vpn, Concealed::Tor, Concealed::Hosting];
                let kind = kinds[rng.weighted(&[65, 28, 7])];
                let address = kind.address(month, world.seed, rng);
                let port = recorded.then(|| rng.between(1024, 65_535) as u16);
                (wanted_ms, Reached { address, port })
            }
        }
    }
}

/// The number of the month in UTC, 0 for February 2026.
fn months_since_february(at_ms: i64) -> u32 {
    let day = crate::clock::day(at_ms.div_euclid(1000));
    (i32::from(day.month()) - 2).max(0) as u32
}

/// The ways that a user has, with how often each is taken.
fn ways(world: &World, user: &User, rng: &mut Rng) -> Vec<Way> {
    let mut ways = Vec::new();
    let open = 1000 - user.concealed_permille;
    let (home_share, sim_share) = match user.archetype {
        Archetype::ThirdPartySim => (0, 100),
        Archetype::Concealing => (100, 0),
        Archetype::OpenWifi | Archetype::FamilyLine | Archetype::SharedLine => (62, 38),
        Archetype::OwnLine | Archetype::SeveralAccounts | Archetype::WrongZone => (70, 30),
    };
    if let Some(line) = user.home {
        let ipv6_share = if user.ipv6 { 40 } else { 0 };
        let weight = open * home_share;
        let v4 = Way::line_with_leases(line, world.network);
        ways.push(Way { weight: weight * (100 - ipv6_share) / 100, at_home: true, ..v4 });
        if user.ipv6 {
            let kind = WayKind::Prefixes { line, prefixes: world.network.prefixes(line), used: false };
            ways.push(Way { weight: weight * ipv6_share / 100, at_home: true, kind });
        }
    }
    if sim_share > 0 {
        ways.push(Way { weight: open * sim_share, ..Way::line_with_leases(user.sim, world.network) });
    }
    if let Some(line) = user.hotspot {
        let weight = open * rng.between(3, 8) as u32;
        ways.push(Way { weight, ..Way::line_with_leases(line, world.network) });
    }
    if user.concealed_permille > 0 {
        ways.push(Way { weight: user.concealed_permille * 100, at_home: true, kind: WayKind::Concealed });
    }
    ways
}

/// What the operators will be asked about.
fn used(ways: Vec<Way>) -> Used {
    let mut all = Used::default();
    for way in ways {
        match way.kind {
            WayKind::Leases { timeline, used } => {
                for (epoch, portless) in used.iter().enumerate() {
                    if let Some(portless) = *portless {
                        let place = timeline.leases[epoch].place;
                        let epoch = epoch as i32;
                        all.leases.push(UsedLease { line: timeline.line, epoch, place, portless });
                    }
                }
            }
            WayKind::Prefixes { line, used: true, .. } => all.prefixes.push(line),
            WayKind::Prefixes { .. } | WayKind::Concealed => {}
        }
    }
    all
}
