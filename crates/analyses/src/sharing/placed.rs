//! Second question to the runs: what was seen at each address.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

use tutela_model::{Address, Shelf};

use super::counts::{AtLeast, SIZES};
use super::kept::Kept;
use super::merged::{MergedPlaces, Positions};

/// Addresses with most peers that are told.
const TOLD: usize = 20;

/// What was seen at addresses.
pub struct Placed {
    /// Addresses.
    pub n_addresses: u64,
    /// Those of IPv6.
    pub n_v6: u64,
    /// Addresses by file.
    pub addresses_of: Vec<u32>,
    /// Addresses by how many peers were seen there.
    pub by_peers: AtLeast,
    /// Addresses with most peers, most first, without those that are of special kinds.
    pub crowded: Vec<(u32, Address)>,
}

/// What was seen at each address.
///
/// # Errors
/// The shelf's.
pub fn placed(kept: &Kept, shelf: &dyn Shelf) -> io::Result<Placed> {
    let n_files = kept.dictionary.len();
    let mut placed = Placed {
        n_addresses: 0,
        n_v6: 0,
        addresses_of: vec![0; n_files],
        by_peers: AtLeast::new(SIZES),
        crowded: Vec::new(),
    };
    let positions = Positions::of(kept.runs(), shelf)?;
    let mut places = MergedPlaces::of(kept.runs(), &positions, shelf)?;
    let mut crowded = BinaryHeap::new();
    while places.next()? {
        let place = &places.place;
        if place.files.last().is_some_and(|file| *file as usize >= n_files) {
            return Err(super::blocks::damaged());
        }
        placed.n_addresses += 1;
        placed.n_v6 += u64::from(!Address(place.address).is_v4());
        place.files.iter().for_each(|file| placed.addresses_of[*file as usize] += 1);
        placed.by_peers.add(place.peers.len() as u64);
        let n_peers = place.peers.len() as u32;
        let is_crowded =
            crowded.len() < TOLD || crowded.peek().is_some_and(|Reverse((least, _))| n_peers > *least);
        if n_peers > 1 && is_crowded && Address(place.address).local_use().is_none() {
            crowded.push(Reverse((n_peers, Reverse(place.address))));
            if crowded.len() > TOLD {
                crowded.pop();
            }
        }
    }
    let crowded = crowded.into_sorted_vec().into_iter();
    placed.crowded =
        crowded.map(|Reverse((n_peers, Reverse(address)))| (n_peers, Address(address))).collect();
    Ok(placed)
}
