//! The many peers of the world. Nothing of a peer is stored: how long it lives, what it shares, where it is and what
//! number it has follow from its index, and whoever begins a session is drawn from those that live on the day.
//!
//! The shares are those of Wolak et al. (2014): more than 80 % of peers share fewer than ten files or are seen on fewer
//! than ten days, fewer than 1 % share a hundred files. How peers use Tor is that of Hurley et al. (WWW 2013): more than
//! 60 % of those that used it later came from another address, and 90 % of those seen on three days.

use std::net::{IpAddr, Ipv4Addr};

use super::files::{File, Files};
use super::places::Plan;
use super::sighting::{DAYS, FIRST_S, Network, Seen, Sighting, number, seen};
use crate::clock::DAY_S;
use crate::network::{N_TOR_EXITS, tor_exit, tor_exit_listed};
use crate::rng::{finalise, mix};

/// Peers at size 1, in thousands about the 244,920 of Wolak et al. (2014).
const PEERS: f64 = 240_000.0;

/// A kind of peer.
struct Class {
    /// Of a thousand peers.
    share: u32,
    /// How long one lives, days; [`DAYS`] when it lives through the whole period.
    life: i64,
    /// Sessions on a day of its life, thousandths.
    sessions: u32,
    /// Fewest and most files.
    library: (u32, u32),
}

/// Every kind: seen on one day, for some days, for weeks with few files, all the time, and the few with most files. Lives
/// and sessions are assumptions that lead to the published shares.
const CLASSES: [Class; 5] = [
    Class { share: 400, life: 1, sessions: 1500, library: (1, 5) },
    Class { share: 300, life: 6, sessions: 670, library: (1, 8) },
    Class { share: 160, life: 30, sessions: 500, library: (1, 9) },
    Class { share: 133, life: DAYS, sessions: 360, library: (10, 99) },
    Class { share: 7, life: DAYS, sessions: 2000, library: (100, 3200) },
];
/// The kind with most files.
const MOST: usize = 4;

/// A peer.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its index: no other peer has it.
    pub index: u64,
    class: u8,
    /// First day of its life, from 0 for the first of the period.
    born: i16,
    hash: u64,
}

/// A session: one peer on one network for some hours.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The peer.
    pub peer: Peer,
    /// What the session's details follow from.
    pub hash: u64,
    /// The network.
    pub network: Network,
    /// What the peer's number follows from.
    pub number_key: u64,
    /// Which of the peer's numbers it is: two bits, for a reset and for a second network. On BitTorrent each session
    /// has its own.
    pub which: u8,
}

/// The peers of a world.
#[derive(Debug)]
pub struct Crowd {
    seed: u64,
    /// The seed of the peers alone.
    scatter: u64,
    plan: Plan,
    /// By class: the index of the first peer, how many are born on a day (or live all the time), and the sum of the
    /// weights of this class and those before it in sessions.
    classes: [(u64, u64, u64); CLASSES.len()],
    /// How many peers there are.
    pub n_peers: u64,
}

impl Crowd {
    /// The peers of a size.
    #[must_use]
    pub fn new(seed: u64, size: f64) -> Self {
        let n_peers = (PEERS * size).round().max(500.0) as u64;
        let (mut first, mut weight, mut n_alive) = (0, 0, 0);
        let classes = CLASSES.map(|class| {
            let n_of_class = (n_peers * u64::from(class.share) / 1000).max(1);
            let n_days = if class.life == DAYS { 1 } else { (DAYS + class.life - 1) as u64 };
            let n_born = n_of_class.div_ceil(n_days);
            let alive = n_born * if class.life == DAYS { 1 } else { class.life as u64 };
            weight += alive * u64::from(class.sessions);
            n_alive += alive;
            let of_class = (first, n_born, weight);
            first += n_born * n_days;
            of_class
        });
        Self { seed, scatter: mix(seed, &[101]), plan: Plan::new(n_alive), classes, n_peers: first }
    }

    /// Somebody who lives on a day of the period (or before it) and begins a session.
    #[must_use]
    pub fn session(&self, ordinal: u64, day: i64) -> Session {
        let hash = finalise(self.scatter ^ ordinal);
        let peer = self.peer_of(hash, day);
        let h = finalise(hash);
        let network = peer.network();
        let (network, is_other) =
            if peer.is_bridge(network) && h & 1 == 1 { (Network::Ed2k, true) } else { (network, false) };
        let is_reset = peer.reset_day().is_some_and(|reset| day >= reset);
        let number_key = match network {
            Network::Bittorrent => h,
            _ => finalise(peer.hash ^ u64::from(is_reset)),
        };
        Session { peer, hash: h, network, number_key, which: u8::from(is_reset) | u8::from(is_other) << 1 }
    }

    fn peer_of(&self, hash: u64, day: i64) -> Peer {
        let total = self.classes[CLASSES.len() - 1].2;
        let at = ((u128::from(hash) * u128::from(total)) >> 64) as u64;
        let class = self.classes.iter().position(|(_, _, upto)| at < *upto).unwrap_or(0);
        let (first, n_born, _) = self.classes[class];
        let life = CLASSES[class].life;
        let draw = finalise(hash ^ 1);
        let (born, index) = if life == DAYS {
            (0, first + skewed(draw, n_born))
        } else {
            let born = day.clamp(0, DAYS - 1) - (draw % life as u64) as i64;
            let of_day = ((draw >> 32) * n_born) >> 32;
            (born, first + (born + life - 1) as u64 * n_born + of_day)
        };
        let hash = finalise(self.scatter ^ index << 1 ^ 1 << 63);
        Peer { index, class: class as u8, born: born as i16, hash }
    }

    /// How many sightings a session has.
    #[must_use]
    pub fn n_sightings(session: &Session) -> u16 {
        let bits = session.hash >> 1;
        let few = 1 + (bits % 3) as u16 + (bits >> 8).trailing_zeros().min(6) as u16;
        if usize::from(session.peer.class) == MOST { few + (bits >> 16 & 3) as u16 } else { few }
    }

    /// Seconds from one sighting of a session to the next: seldom more than half an hour.
    #[must_use]
    pub fn gap_s(session: &Session, number: u16) -> i64 {
        let bits = finalise(session.hash ^ u64::from(number) << 8);
        if bits & 0x1F == 0 { 1_810 + (bits >> 8 & 0x3FF) as i64 } else { 5 + (bits >> 8 & 0x3FF) as i64 }
    }

    /// The sighting of a session with a number, at an instant.
    #[must_use]
    pub fn sighting(&self, session: &Session, number_in_session: u16, at_ms: i64, files: &Files) -> Sighting {
        let peer = &session.peer;
        let hash = finalise(session.hash ^ u64::from(number_in_session));
        let at_s = at_ms.div_euclid(1000);
        let day = (at_s - FIRST_S).div_euclid(DAY_S);
        let (seen, basis) = seen(hash);
        let (address, port) = self.endpoint(session, at_s, day);
        let is_private = basis == super::sighting::Basis::SelfReported && hash >> 16 & 7 == 0;
        Sighting {
            at_ms,
            network: session.network,
            address: if is_private { private(peer.hash) } else { address },
            port: (hash >> 20 & 0x1F != 0 || seen == Seen::Downloaded).then_some(port),
            number: session.number(),
            file: peer.file(hash >> 24, day, files),
            seen,
            basis,
            client: (peer.hash >> 40) as u8,
        }
    }

    /// Where a session comes from at an instant.
    fn endpoint(&self, session: &Session, at_s: i64, day: i64) -> (IpAddr, u16) {
        let peer = &session.peer;
        // A port that the program listens on.
        let port = 1024 + (peer.hash >> 44) as u16 % 60_000;
        match peer.conceals(session.hash, day) {
            Some(Concealed::Tor) => {
                let month = crate::connections::months_since_february(at_s * 1000);
                let first = (session.hash >> 24) as u32 % N_TOR_EXITS;
                let exit = (first..first + N_TOR_EXITS).map(|exit| exit % N_TOR_EXITS);
                let exit = exit.into_iter().find(|exit| tor_exit_listed(self.seed, *exit, month));
                return (IpAddr::V4(tor_exit(exit.unwrap_or(0))), port);
            }
            Some(Concealed::Vpn) => {
                let server = (finalise(peer.hash ^ (day as u64 / 9)) & 0x7F) as u8;
                return (IpAddr::V4(Ipv4Addr::new(192, 0, 2, server)), port);
            }
            None => {}
        }
        let (line, is_campus) = peer.line();
        let line_hash = finalise(self.scatter ^ line);
        // The strongest peers of the region are those who are sought.
        let place = if usize::from(peer.class) >= MOST {
            self.plan.place_elsewhere(line_hash)
        } else {
            self.plan.place(line_hash)
        };
        let kind = line_hash >> 16 & 0xFF;
        if kind < 40 && line_hash >> 8 & 1 == session.hash >> 32 & 1 && !is_campus {
            return (Plan::address_v6(place, line_hash, day as u64), port);
        }
        if kind >= 226 && !is_campus {
            let epoch = (at_s / DAY_S) as u64;
            let block = 1024 + (line_hash >> 24) as u16 % 63 * 1000;
            let shared = self.plan.shared_address(place, finalise(line_hash ^ epoch));
            return (shared, block + (session.hash >> 40) as u16 % 1000);
        }
        // One line in twenty keeps its address; the others have it for one to seven days.
        let is_fixed = is_campus || kind >= 214;
        let days = 1 + (line_hash >> 24) % 7;
        let phase = (line_hash >> 32) % (7 * DAY_S as u64);
        let epoch = if is_fixed { 0 } else { (at_s as u64 + phase) / (days * DAY_S as u64) };
        (self.plan.address(place, finalise(line_hash ^ epoch << 20)), port)
    }
}

impl Session {
    /// The number that the peer shows. A program on two networks shows one number on both.
    #[must_use]
    pub fn number(&self) -> [u8; 20] {
        number(if self.which & 2 == 2 { Network::Gnutella } else { self.network }, self.number_key)
    }
}

/// What hides where a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Concealed {
    Tor,
    Vpn,
}

impl Peer {
    fn network(&self) -> Network {
        match self.hash & 0xFF {
            0..123 => Network::Ed2k,
            123..205 => Network::Gnutella,
            205..238 => Network::Ares,
            _ => Network::Bittorrent,
        }
    }

    /// Whether the peer's program is on a second network, under the same number.
    fn is_bridge(&self, network: Network) -> bool {
        network == Network::Gnutella && self.hash >> 8 & 0x1F == 0
    }

    /// The day on which the program was installed anew and had another number.
    fn reset_day(&self) -> Option<i64> {
        let days = CLASSES[usize::from(self.class)].life;
        (days > 20 && self.hash >> 16 & 0xF == 0)
            .then_some(i64::from(self.born) + 5 + (self.hash >> 20) as i64 % (days - 10))
    }

    /// How a session of the peer is concealed. One in forty uses Tor at times, mostly in the first half of its life: who
    /// finds it slow gives it up. One in fifty uses a VPN, half of the time.
    fn conceals(&self, session: u64, day: i64) -> Option<Concealed> {
        // Whoever is seen on one day uses it most of the time, so that no later day shows an address without it.
        let (n_tor, always) = if self.class == 0 { (26, 36) } else { (22, 1) };
        let draw = (self.hash >> 48 & 0x3FF) as u32;
        let is_early = (day - i64::from(self.born)) * 2 < CLASSES[usize::from(self.class)].life;
        match draw {
            _ if draw < n_tor => {
                let is_due = session >> 48 & 0xF < if is_early { 6 } else { 1 };
                ((self.hash >> 58) < always || is_due).then_some(Concealed::Tor)
            }
            40..60 => (session >> 48 & 1 == 0).then_some(Concealed::Vpn),
            _ => None,
        }
    }

    /// The line that the peer is on, and whether it is that of a whole house of students: one peer in eight shares the
    /// line of a home with another, and one stretch of 64 peers in 128 is behind one address.
    fn line(&self) -> (u64, bool) {
        const HOUSE: u64 = 1 << 60;
        const HOME: u64 = 1 << 61;
        if finalise(HOUSE | self.index >> 6) & 0x7F == 0 {
            (HOUSE | self.index >> 6, true)
        } else if finalise(HOME | self.index >> 1) & 7 == 0 {
            (HOME | self.index >> 1, false)
        } else {
            (self.index, false)
        }
    }

    /// How many files the peer shares: most of a kind share few, and of the kind with most files few share thousands.
    fn n_files(&self) -> u64 {
        let (fewest, most) = CLASSES[usize::from(self.class)].library;
        let draw = finalise(self.hash ^ 2);
        if usize::from(self.class) == MOST {
            let octave = (draw.trailing_zeros()).min(4);
            let least = u64::from(fewest) << octave;
            return least + (((draw >> 32) * least) >> 32);
        }
        let n = u64::from(most - fewest + 1);
        let (a, b) = (draw & 0xFFFF_FFFF, draw >> 32);
        u64::from(fewest) + ((a.min(b) * n) >> 32)
    }

    /// One of the peer's files, by a hash: those that stood in its library on the day.
    fn file(&self, draw: u64, day: i64, files: &Files) -> File {
        let number = ((draw & 0xFFFF_FFFF) * self.n_files()) >> 32;
        let hash = finalise(self.hash ^ number << 16 ^ 3);
        let life = CLASSES[usize::from(self.class)].life;
        // Files came into the library one after the other; what is not there yet stands in for what was there before.
        let come = i64::from(self.born) + (hash & 0xFFFF) as i64 % life;
        let come = if come <= day { come } else { come - life };
        files.of_rank(files.rank(hash), come)
    }
}

/// A position below `n`, the first sixteenth of them eight times as often as in the mean.
fn skewed(draw: u64, n: u64) -> u64 {
    // The square of a number from 1/16 to 1.
    let root = (1 << 28) + u128::from(draw >> 32) * 15 / 16;
    let square = (root * root) >> 32;
    let (low, high) = (1_u128 << 24, 1_u128 << 32);
    ((square - low) * u128::from(n) / (high - low)).min(u128::from(n) - 1) as u64
}

/// An address that a peer behind a router takes for its own (RFC 1918).
fn private(hash: u64) -> IpAddr {
    let [a, b, ..] = hash.to_le_bytes();
    IpAddr::V4(if a & 1 == 0 { Ipv4Addr::new(192, 168, a & 3, b) } else { Ipv4Addr::new(10, 0, a & 7, b) })
}
