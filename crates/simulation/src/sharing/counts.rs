//! What the analysis must find: exact numbers, counted while the files are written. Of each peer a few bits are kept.

use std::collections::BTreeSet;

use super::crowd::Crowd;
use super::exports::Observer;
use super::files::Files;
use super::sighting::{DAYS, FIRST_S, Network, Sighting};
use super::stream::Live;
use crate::clock::{DAY_S, day};

/// The files by rank whose peers are counted: the most popular ones, which stay through the whole period.
const POPULAR: [u32; 3] = [1, 2, 3];

/// Counts while they grow.
#[derive(Debug)]
pub struct Counts {
    /// Rows by observer and network.
    rows: [[u64; 4]; 4],
    by_day: Vec<u64>,
    /// Sightings that a second observer wrote too.
    n_twice: u64,
    /// Rows with an address of RFC 1918.
    n_private: u64,
    n_without_port: u64,
    /// Peers' numbers by network.
    peers: Seen,
    /// The same of each popular file, with its rows.
    popular: [([u64; 4], Seen); POPULAR.len()],
}

/// Which numbers were seen: of the crowd a bit each, of the region's people the numbers.
#[derive(Debug)]
struct Seen {
    crowd: Vec<u64>,
    known: BTreeSet<(Network, [u8; 20])>,
    n: [u64; 4],
}

impl Seen {
    fn new(n_peers: u64) -> Self {
        Self { crowd: vec![0; (n_peers * 4).div_ceil(64) as usize], known: BTreeSet::new(), n: [0; 4] }
    }

    /// `is_again` says for BitTorrent whether the session was seen before.
    fn add(&mut self, row: &Sighting, live: Option<&Live>, is_again: bool) {
        let network = row.network as usize;
        let is_first = match live {
            None => self.known.insert((row.network, row.number)),
            Some(_) if row.network == Network::Bittorrent => !is_again,
            Some(live) => {
                let bit = live.session.peer.index * 4 + u64::from(live.session.which);
                let (word, mask) = (&mut self.crowd[(bit / 64) as usize], 1 << (bit % 64));
                let is_first = *word & mask == 0;
                *word |= mask;
                is_first
            }
        };
        self.n[network] += u64::from(is_first);
    }
}

impl Counts {
    /// Nothing counted.
    #[must_use]
    pub fn new(crowd: &Crowd) -> Self {
        let seen = || Seen::new(crowd.n_peers);
        Self {
            rows: [[0; 4]; 4],
            by_day: vec![0; DAYS as usize],
            n_twice: 0,
            n_private: 0,
            n_without_port: 0,
            peers: seen(),
            popular: std::array::from_fn(|_| ([0; 4], seen())),
        }
    }

    /// Counts a row.
    pub fn row(&mut self, observer: Observer, row: &Sighting) {
        self.rows[observer as usize][row.network as usize] += 1;
        let day = (row.at_ms.div_euclid(1000) - FIRST_S).div_euclid(DAY_S);
        if let Some(n) = usize::try_from(day).ok().and_then(|day| self.by_day.get_mut(day)) {
            *n += 1;
        }
        let is_private = matches!(row.address, std::net::IpAddr::V4(v4) if v4.is_private());
        self.n_private += u64::from(is_private);
        self.n_without_port += u64::from(row.port.is_none());
        if let Some(popular) = POPULAR.iter().position(|rank| *rank == row.file.rank) {
            self.popular[popular].0[row.network as usize] += 1;
        }
    }

    /// Counts the peer of a sighting: of the crowd, with its session, or of the region's people.
    pub fn peer(&mut self, row: &Sighting, mut live: Option<&mut Live>) {
        let is_again = live.as_ref().is_some_and(|live| live.n_before > 0);
        self.peers.add(row, live.as_deref(), is_again);
        if let Some(popular) = POPULAR.iter().position(|rank| *rank == row.file.rank) {
            let bit = 1_u8 << popular;
            let is_again = live.as_ref().is_some_and(|live| live.popular & bit != 0);
            self.popular[popular].1.add(row, live.as_deref(), is_again);
            if let Some(live) = &mut live {
                live.popular |= bit;
            }
        }
    }

    /// Counts a sighting that was written twice.
    pub fn twice(&mut self) {
        self.n_twice += 1;
    }

    /// Rows in all.
    #[must_use]
    pub fn n_rows(&self) -> u64 {
        self.rows.iter().flatten().sum()
    }

    /// Peers' numbers in all.
    #[must_use]
    pub fn n_peers(&self) -> u64 {
        self.peers.n.iter().sum()
    }

    /// The rows of `truth/statistics.csv`: `measure,network,of,value`.
    #[must_use]
    pub fn statistics(&self, files: &Files) -> Vec<[String; 4]> {
        let mut all = Vec::new();
        let mut row = |measure: &str, network: &str, of: &str, value: u64| {
            all.push([measure.to_owned(), network.to_owned(), of.to_owned(), value.to_string()]);
        };
        row("rows", "", "", self.n_rows());
        for (observer, by_network) in Observer::ALL.iter().zip(&self.rows) {
            for (network, n) in Network::ALL.iter().zip(by_network).filter(|(_, n)| **n > 0) {
                row("rows", network.word(), observer.name(), *n);
            }
        }
        for (ordinal, n) in self.by_day.iter().enumerate() {
            row("rows_on_day", "", &day(FIRST_S + ordinal as i64 * DAY_S).to_string(), *n);
        }
        row("written_twice", "", "", self.n_twice);
        row("private_addresses", "", "", self.n_private);
        row("without_port", "", "", self.n_without_port);
        for (network, n) in Network::ALL.iter().zip(self.peers.n) {
            row("peers", network.word(), "", n);
        }
        for (rank, (sightings, peers)) in POPULAR.iter().zip(&self.popular) {
            let file = files.of_rank(*rank, 0);
            for network in Network::ALL {
                let hash = network.file_hash(file);
                row("file_sightings", network.word(), &hash, sightings[network as usize]);
                row("file_peers", network.word(), &hash, peers.n[network as usize]);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_peer_a_few_bits_are_kept() {
        let crowd = Crowd::new(1, 2.0);
        let Counts { peers, popular, .. } = Counts::new(&crowd);
        let kept = popular.iter().map(|(_, seen)| seen).chain([&peers]);
        let n_bytes: usize = kept.map(|seen| size_of_val(&seen.crowd[..])).sum();
        assert!(n_bytes as u64 <= crowd.n_peers * 2 + 32, "{n_bytes} bytes of {} peers", crowd.n_peers);
    }
}
