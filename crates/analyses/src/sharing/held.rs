//! First question to the runs: who was seen with which files.

use std::io;

use tutela_model::Shelf;

use super::counts::{AtLeast, SIZES};
use super::greedy::Lists;
use super::kept::Kept;
use super::merged::{MergedLibraries, MergedPeers};
use super::peer::Peer;

/// Files from which a library is large: the tail of Wolak, Liberatore and Levine (2014) is of such peers.
pub const LARGE: usize = 100;

/// Who was seen with which files.
pub struct Held {
    /// Peers.
    pub n_peers: u32,
    /// Peers by network, in the order of its words.
    pub by_network: [u64; 5],
    /// Peers that were seen with a listed file.
    pub n_listed_peers: u64,
    /// Peers by file.
    pub peers_of: Vec<u32>,
    /// Of these, those without a large library.
    small_of: Vec<u32>,
    /// Peers by size of their libraries.
    pub by_library: AtLeast,
    /// Libraries.
    pub lists: Lists,
    /// Peers whose number the peer before has on another network.
    pub n_bridges: u64,
}

/// What was seen of peers' libraries.
///
/// # Errors
/// The shelf's.
pub fn held(kept: &Kept, listed: &[Option<u16>], shelf: &dyn Shelf) -> io::Result<Held> {
    let n_files = kept.dictionary.len();
    let mut held = Held {
        n_peers: 0,
        by_network: [0; 5],
        n_listed_peers: 0,
        peers_of: vec![0; n_files],
        small_of: vec![0; n_files],
        by_library: AtLeast::new(SIZES),
        lists: Lists::new(),
        n_bridges: 0,
    };
    let mut peers = MergedPeers::of(kept.runs(), shelf)?;
    let mut libraries = MergedLibraries::of(kept.runs(), shelf)?;
    let mut before = Peer::default();
    while peers.next()? {
        libraries.next(&peers.of)?;
        let files = &libraries.files;
        if files.last().is_some_and(|seen| seen.file as usize >= n_files) {
            return Err(super::blocks::damaged());
        }
        let is_small = files.len() < LARGE;
        for seen in files {
            held.peers_of[seen.file as usize] += 1;
            held.small_of[seen.file as usize] += u32::from(is_small);
        }
        let is_listed = files.iter().any(|seen| listed[seen.file as usize].is_some());
        held.n_listed_peers += u64::from(is_listed);
        held.by_network[peers.peer.network() as usize] += 1;
        held.by_library.add(files.len() as u64);
        held.lists.add(held.n_peers, files.iter().map(|seen| seen.file));
        held.n_bridges += u64::from(held.n_peers > 0 && before.same_number(&peers.peer));
        std::mem::swap(&mut before, &mut peers.peer);
        held.n_peers += 1;
    }
    Ok(held)
}

/// How many peers were seen with each file.
///
/// # Errors
/// The shelf's.
pub fn peers_by_file(kept: &Kept, shelf: &dyn Shelf) -> io::Result<Vec<u32>> {
    let mut peers_of = vec![0; kept.dictionary.len()];
    let mut peers = MergedPeers::of(kept.runs(), shelf)?;
    let mut libraries = MergedLibraries::of(kept.runs(), shelf)?;
    while peers.next()? {
        libraries.next(&peers.of)?;
        for seen in &libraries.files {
            *peers_of.get_mut(seen.file as usize).ok_or_else(super::blocks::damaged)? += 1;
        }
    }
    Ok(peers_of)
}

impl Held {
    /// How many files only peers with large libraries were seen with.
    pub fn only_large(&self) -> u64 {
        let of_files = self.peers_of.iter().zip(&self.small_of);
        of_files.filter(|(all, small)| **all > 0 && **small == 0).count() as u64
    }

    /// How many files were seen with at most so many peers, and with at least one.
    pub fn files_with_at_most(&self, n_peers: u32) -> u64 {
        self.peers_of.iter().filter(|n| (1..=n_peers).contains(*n)).count() as u64
    }
}
