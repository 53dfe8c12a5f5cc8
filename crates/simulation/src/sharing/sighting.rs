//! One sighting, as observers saw it and before one of them writes it down.

use std::net::IpAddr;

use super::files::{File, hex_text};

/// First day of the period: 1 March 2026, 00:00 UTC, seconds. The clocks change on 29 March.
pub const FIRST_S: i64 = 1_772_323_200;
/// Days of the period.
pub const DAYS: i64 = 60;
/// End of the period, exclusive, seconds.
pub const END_S: i64 = FIRST_S + DAYS * crate::clock::DAY_S;

/// A file-sharing network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Network {
    /// eDonkey and Kad: a user hash, files by their eDonkey hash.
    Ed2k,
    /// Gnutella: a GUID, files by SHA-1.
    Gnutella,
    /// Ares: a GUID, files by SHA-1.
    Ares,
    /// BitTorrent: a peer number for each session, torrents by their infohash.
    Bittorrent,
}

impl Network {
    /// Every network.
    pub const ALL: [Self; 4] = [Self::Ed2k, Self::Gnutella, Self::Ares, Self::Bittorrent];

    /// The word of tables and truth files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ed2k => "ed2k",
            Self::Gnutella => "gnutella",
            Self::Ares => "ares",
            Self::Bittorrent => "bittorrent",
        }
    }

    /// The hash by which the network knows a file, with its kind.
    #[must_use]
    pub fn file_hash(self, file: File) -> String {
        match self {
            Self::Ed2k => format!("ed2k:{}", hex_text(&file.ed2k())),
            Self::Gnutella | Self::Ares => format!("sha1:{}", hex_text(&file.sha1())),
            Self::Bittorrent => format!("btih:{}", hex_text(&file.btih())),
        }
    }

    /// How many bytes a peer's number has.
    #[must_use]
    pub fn n_bytes(self) -> usize {
        if self == Self::Bittorrent { 20 } else { 16 }
    }
}

/// What a peer was seen to do, in the order of [`SEEN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A server, tracker or other peer named it.
    Listed,
    /// It offered the file to the observer.
    Offered,
    /// The observer downloaded from it alone.
    Downloaded,
    /// It showed the list of its files.
    Browse,
    /// It answered a search.
    Searched,
}

/// How an observer came to the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// It was connected.
    Connected,
    /// The peer stated it.
    SelfReported,
    /// Somebody else stated it.
    ThirdParty,
}

/// One sighting.
#[derive(Clone, Copy, Debug)]
pub struct Sighting {
    /// When, milliseconds.
    pub at_ms: i64,
    /// The network.
    pub network: Network,
    /// The address.
    pub address: IpAddr,
    /// The port; `None` when the observer did not note it.
    pub port: Option<u16>,
    /// The peer's number; the first 16 bytes but on BitTorrent.
    pub number: [u8; 20],
    /// The file.
    pub file: File,
    /// What the peer was seen to do.
    pub seen: Seen,
    /// How the address is known.
    pub basis: Basis,
    /// Which of its network's programs the peer uses.
    pub client: u8,
}

impl Sighting {
    /// The peer's number, as long as its network has it.
    #[must_use]
    pub fn number(&self) -> &[u8] {
        &self.number[..self.network.n_bytes()]
    }

    /// The peer's number in hexadecimal.
    #[must_use]
    pub fn peer(&self) -> String {
        hex_text(self.number())
    }

    /// The name of the peer's program.
    #[must_use]
    pub fn client(&self) -> &'static str {
        const ED2K: [&str; 4] = ["eMule 0.50a", "eMule 0.70b", "aMule 2.3.3", "Shareaza 2.7.10"];
        const GNUTELLA: [&str; 4] =
            ["gtk-gnutella/1.2.2", "Shareaza 2.7.10", "WireShare 6.0", "LimeWire/5.5"];
        const ARES: [&str; 4] = ["Ares 2.4.8", "Ares 2.5.7", "Ares 3.0", "Ares 2.1.8"];
        const BITTORRENT: [&str; 4] =
            ["qBittorrent/4.6.3", "Transmission 4.0", "uTorrent 3.6", "libtorrent/2.0"];
        let clients = match self.network {
            Network::Ed2k => ED2K,
            Network::Gnutella => GNUTELLA,
            Network::Ares => ARES,
            Network::Bittorrent => BITTORRENT,
        };
        clients[usize::from(self.client & 3)]
    }
}

/// What is seen, and how the address is known, by a hash: mostly what servers list, seldom a download.
#[must_use]
pub fn seen(hash: u64) -> (Seen, Basis) {
    let seen = match hash & 0xFF {
        0..110 => Seen::Listed,
        110..205 => Seen::Offered,
        205..225 => Seen::Downloaded,
        225..243 => Seen::Browse,
        _ => Seen::Searched,
    };
    let basis = match (seen, hash >> 8 & 0xF) {
        (Seen::Listed, _) => Basis::ThirdParty,
        (Seen::Offered | Seen::Searched, 0) => Basis::SelfReported,
        _ => Basis::Connected,
    };
    (seen, basis)
}

/// The number of a peer on a network. eMule and its kin set two bytes of a user hash.
#[must_use]
pub fn number(network: Network, key: u64) -> [u8; 20] {
    let mut number: [u8; 20] = super::files::bytes(key, 8);
    match network {
        Network::Ed2k => {
            number[5] = 0x0e;
            number[14] = 0x6f;
        }
        // The prefix that says which program it is (BEP 20).
        Network::Bittorrent => number[..8].copy_from_slice(b"-qB4630-"),
        Network::Gnutella | Network::Ares => {}
    }
    number
}
