//! What a user does on line: sessions, their instants, addresses and ports, as they were and as platforms saw them.

use std::net::{IpAddr, Ipv6Addr};

use crate::accounts::{Account, Platform};
use crate::clock::{DAY_S, PERIOD_START_S};
use crate::network::{Concealed, Division, Lease, LineId, Timeline};
use crate::rng::{Rng, mix};
use crate::world::{User, World};

/// Difference between a platform's clock and the true time: normal, 2 s (servers kept by NTP).
const SKEW_MS: i64 = 2_000;

/// How often each hour of the day (UTC) begins a session.
pub const HOURS: [u32; 24] =
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
    /// When it was by the platform's clock, or where the platform takes the device's word by that, milliseconds.
    pub said_ms: i64,
    /// Index of the person who did it, where the account was sold later.
    pub seller: Option<usize>,
    /// The line it came through; `None` through VPN, Tor and rented servers.
    pub line: Option<LineId>,
    /// The address that the platform saw.
    pub address: IpAddr,
    /// The port that the platform saw; `None` when it recorded none.
    pub port: Option<u16>,
    /// What the account did.
    pub event: Event,
    /// 0 for the user's telephone, 1 for the computer, 2 for a second telephone, `None` when the platform recorded none.
    pub device: Option<usize>,
    /// What the platform says of a proxy.
    pub proxy: Option<bool>,
    /// A number from which the files take details that mean nothing.
    pub detail: u32,
}

impl Connection {
    /// When it was, milliseconds, and the line that it came through.
    #[must_use]
    pub fn truly(&self) -> (i64, Option<LineId>) {
        (self.true_ms, self.line)
    }
}

/// What connections came through: what the operators are asked about.
#[derive(Debug, Default)]
pub struct Used {
    /// Lines with the epochs of the leases that were used.
    pub lines: Vec<(LineId, Epochs)>,
    /// Lines whose IPv6 prefix was seen.
    pub prefixes: Vec<LineId>,
}

/// The epochs of a line in which it was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Epochs {
    /// One bit an epoch.
    used: Vec<u8>,
    /// The first epochs with a connection without a port.
    portless: Vec<i32>,
}

impl Epochs {
    /// Epochs in which connections without a port are kept in mind: as many as are asked about.
    const PORTLESS: usize = 2;

    /// Adds an epoch, and whether the connection in it had no port.
    pub fn add(&mut self, epoch: usize, portless: bool) {
        if self.used.len() <= epoch / 8 {
            self.used.resize(epoch / 8 + 1, 0);
        }
        self.used[epoch / 8] |= 1 << (epoch % 8);
        let epoch = epoch as i32;
        if portless && self.portless.len() < Self::PORTLESS && !self.portless.contains(&epoch) {
            self.portless.push(epoch);
        }
    }

    /// All of them.
    pub fn used(&self) -> impl Iterator<Item = i32> {
        (0..self.used.len() * 8)
            .filter(|epoch| self.used[epoch / 8] >> (epoch % 8) & 1 == 1)
            .map(|epoch| epoch as i32)
    }

    /// Whether the operator is asked about the address of an epoch without a port.
    pub fn is_portless(&self, epoch: i32) -> bool {
        self.portless.contains(&epoch)
    }
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
    let mut ways = ways(world, user);
    let planned = planned(user, own, accounts, &ways, &mut rng);
    let mut last_ms: Vec<(i64, i64)> = vec![(0, 0); own.len()];
    let mut begun = vec![false; own.len()];
    for plan in planned {
        let account = &accounts[own[usize::from(plan.own)]];
        let way = &mut ways[usize::from(plan.way)];
        let (last_true_ms, last_said_ms) = &mut last_ms[usize::from(plan.own)];
        let wanted_ms = plan.at_ms.max(*last_true_ms + 1000);
        let (true_ms, reached) = way.reach(wanted_ms, user.portless_permille, &mut rng, world);
        // A platform writes an account's events one after the other, so that no two are the same to the second.
        let server_ms = (true_ms + rng.normal(SKEW_MS)).max((*last_said_ms / 1000 + 1) * 1000);
        (*last_true_ms, *last_said_ms) = (true_ms, server_ms);
        let device = if plan.at_computer { 1 } else { account.telephone };
        let by_seller = way.of_seller;
        let is_off = account.platform == Platform::Lumigram && !by_seller;
        let event = if begun[usize::from(plan.own)] { event(&mut rng) } else { Event::Registration };
        begun[usize::from(plan.own)] = true;
        each(Connection {
            account: own[usize::from(plan.own)],
            true_ms,
            said_ms: server_ms + if is_off { user.clocks_off_ms[device] } else { 0 },
            seller: user.seller.filter(|_| by_seller).map(|seller| seller.person),
            line: way.line(),
            address: reached.address,
            port: reached.port,
            event,
            device: (!rng.chance(50) && !by_seller).then_some(device),
            proxy: proxy(way.line().is_none(), &mut rng),
            detail: rng.below(u32::MAX),
        })?;
    }
    Ok(used(ways))
}

/// A few connections of a child's account through the family's line.
pub fn victim_connections(world: &World, line: LineId, number: usize, n: u32) -> (Vec<Connection>, Used) {
    let mut rng = Rng::new(world.seed, &[41, number as u64]);
    let mut way = Way::line_with_leases(line, world);
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
            seller: None,
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
    at_computer: bool,
}

/// Plans sessions: runs of connections of one account over one way, most of them in the evening.
fn planned(user: &User, own: &[usize], accounts: &[Account], ways: &[Way], rng: &mut Rng) -> Vec<Planned> {
    let account_weights: Vec<u32> = (0..own.len())
        .map(|position| match accounts[own[position]].holders.len() {
            1 => 10 - 3 * (position.min(2) as u32),
            _ => 3,
        })
        .collect();
    let weights = |of_seller: bool| -> Vec<u32> {
        ways.iter().map(|way| if way.of_seller == of_seller { way.weight } else { 0 }).collect()
    };
    let (of_user, of_seller) = (weights(false), weights(true));
    let n = user.n_connections as usize;
    let mut planned = Vec::with_capacity(n);
    while planned.len() < n {
        let day = rng.between(user.days.0, user.days.1);
        let hour = rng.weighted(&HOURS) as i64;
        let mut at_ms =
            (PERIOD_START_S + 3600 + day * DAY_S + hour * 3600) * 1000 + rng.between(0, 3_599_999);
        let account = rng.weighted(&account_weights) as u8;
        // The first account is the one that was bought.
        let sold_later = account == 0 && user.seller.is_some_and(|seller| day <= seller.last_day);
        let way = rng.weighted(if sold_later { &of_seller } else { &of_user }) as u8;
        let at_computer = ways[usize::from(way)].at_home && rng.chance(450);
        let length = 1 + rng.below(8) as usize;
        for _ in 0..length.min(n - planned.len()) {
            planned.push(Planned { at_ms, own: account, way, at_computer });
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
pub struct Way {
    /// How often it is taken.
    pub weight: u32,
    at_home: bool,
    of_seller: bool,
    kind: WayKind,
}

enum WayKind {
    Leases { timeline: Timeline, division: Division, used: Epochs },
    Prefixes { line: LineId, prefixes: Vec<(Ipv6Addr, Lease)>, used: bool },
    Concealed,
}

/// An address and port at an instant.
pub struct Reached {
    /// The address.
    pub address: IpAddr,
    /// The port; `None` when it is not recorded.
    pub port: Option<u16>,
    /// The epoch of the line's lease; `None` for a prefix, and where there is no line.
    pub epoch: Option<usize>,
}

impl Way {
    fn line_with_leases(line: LineId, world: &World) -> Self {
        let timeline = world.network.timeline(line);
        let division = world.network.division(line.pool);
        let kind = WayKind::Leases { timeline, division, used: Epochs::default() };
        Self { weight: 0, at_home: false, of_seller: false, kind }
    }

    /// The line that it goes through; `None` where the address is no line's.
    pub fn line(&self) -> Option<LineId> {
        match &self.kind {
            WayKind::Leases { timeline, .. } => Some(timeline.line),
            WayKind::Prefixes { line, .. } => Some(*line),
            WayKind::Concealed => None,
        }
    }

    /// The address and port at an instant, or as soon after it as the line has one again.
    pub fn reach(
        &mut self,
        wanted_ms: i64,
        portless_permille: u32,
        rng: &mut Rng,
        world: &World,
    ) -> (i64, Reached) {
        let recorded = !rng.chance(portless_permille);
        match &mut self.kind {
            WayKind::Leases { timeline, division, used } => {
                let (epoch, lease) =
                    timeline.at_or_after(wanted_ms / 1000).expect("the timeline ends days after the period");
                let true_ms = wanted_ms.max(lease.from_s * 1000 + 5_000);
                let held = world.network.held(timeline.line, epoch as i32, &lease);
                let n_held = held.iter().filter(|held| held.from_s * 1000 + 5_000 <= true_ms).count();
                let (low, high) = rng.pick(&held[..n_held]).ports.unwrap_or((1024, 65_535));
                let port = recorded.then(|| rng.between(i64::from(low), i64::from(high)) as u16);
                used.add(epoch, port.is_none());
                let address = IpAddr::V4(division.address(timeline.line.group, lease.place));
                (true_ms, Reached { address, port, epoch: Some(epoch) })
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
                (true_ms, Reached { address: IpAddr::V6(address), port, epoch: None })
            }
            WayKind::Concealed => {
                let month = months_since_february(wanted_ms);
                let kinds = [Concealed::Vpn, Concealed::Tor, Concealed::Hosting];
                let kind = kinds[rng.weighted(&[65, 28, 7])];
                let address = kind.address(month, world.seed, rng);
                let port = recorded.then(|| rng.between(1024, 65_535) as u16);
                (wanted_ms, Reached { address, port, epoch: None })
            }
        }
    }
}

/// The number of the month in UTC, 0 for February 2026.
pub fn months_since_february(at_ms: i64) -> u32 {
    let day = crate::clock::day(at_ms.div_euclid(1000));
    (i32::from(day.month()) - 2).max(0) as u32
}

/// The ways that a user has, with how often each is taken, and those of whoever sold an account to the user.
pub fn ways(world: &World, user: &User) -> Vec<Way> {
    let mut ways = Vec::new();
    let open = 1000 - user.concealed_permille;
    let [home_share, sim_share] = user.shares;
    let leased = |line, weight| Way { weight, ..Way::line_with_leases(line, world) };
    if let Some(line) = user.home {
        let ipv6_share = if user.ipv6 { 40 } else { 0 };
        let weight = open * home_share;
        ways.push(Way { at_home: true, ..leased(line, weight * (100 - ipv6_share) / 100) });
        if user.ipv6 {
            let kind = WayKind::Prefixes { line, prefixes: world.network.prefixes(line), used: false };
            ways.push(Way { weight: weight * ipv6_share / 100, at_home: true, of_seller: false, kind });
        }
    }
    if sim_share > 0 {
        ways.push(leased(user.sim, open * sim_share));
    }
    for (line, share) in &user.elsewhere {
        ways.push(leased(*line, open * share));
    }
    if user.concealed_permille > 0 {
        let weight = user.concealed_permille * 100;
        ways.push(Way { weight, at_home: true, of_seller: false, kind: WayKind::Concealed });
    }
    if let Some(seller) = user.seller {
        for (line, weight) in [(seller.home, 60), (seller.sim, 40)] {
            ways.push(Way { of_seller: true, ..leased(line, weight) });
        }
    }
    ways
}

/// What the operators will be asked about.
fn used(ways: Vec<Way>) -> Used {
    let mut all = Used::default();
    for way in ways {
        match way.kind {
            WayKind::Leases { timeline, used, .. } => all.lines.push((timeline.line, used)),
            WayKind::Prefixes { line, used: true, .. } => all.prefixes.push(line),
            WayKind::Prefixes { .. } | WayKind::Concealed => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_keep_which_were_used_and_the_first_two_without_a_port() {
        let mut epochs = Epochs::default();
        for (epoch, portless) in [(9, true), (0, false), (9, false), (30, true), (12, true), (9, true)] {
            epochs.add(epoch, portless);
        }
        assert_eq!(epochs.used().collect::<Vec<_>>(), [0, 9, 12, 30]);
        let portless: Vec<i32> = epochs.used().filter(|epoch| epochs.is_portless(*epoch)).collect();
        assert_eq!(portless, [9, 30]);
    }
}
