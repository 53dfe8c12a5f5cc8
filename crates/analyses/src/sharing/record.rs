//! What a run holds of a peer and of an address, and how it stands there in bytes.

use tutela_model::Address;
use tutela_model::time::DAY_US;

use super::peer::Peer;
use crate::varint::{get, get_wide, put, put_wide, turned, turned_back};

/// A file by its number in the dictionary, as one peer was seen with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileSeen {
    /// The file.
    pub file: u32,
    /// The day of the first sighting, counted from 1970, UTC.
    pub first_day: i32,
    /// What was observed: a bit for each word of [`Observed`](tutela_model::tables::Observed), in their order.
    pub observed: u8,
}

/// An address at which one peer was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressSeen {
    /// The address.
    pub address: Address,
    /// Sightings there.
    pub n: u64,
    /// The first and the last of them, microseconds UTC.
    pub first_us: i64,
    /// See `first_us`.
    pub last_us: i64,
    /// How the observer came to it: a bit for each word of [`IpBasis`](tutela_model::tables::IpBasis).
    pub basis: u8,
}

/// Sightings that follow each other closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// The first, microseconds UTC.
    pub first_us: i64,
    /// The last.
    pub last_us: i64,
}

/// Rows of a part that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowSpan {
    /// The part, by its number among those counted.
    pub part: u32,
    /// The first row, from 0.
    pub first: u64,
    /// How many.
    pub n: u64,
}

/// When and where a peer was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// Sightings.
    pub n: u64,
    /// Stretches in order; between two of them nothing was seen for more than [`LEAST_GAP_US`].
    pub stretches: Vec<Stretch>,
    /// Addresses in order.
    pub addresses: Vec<AddressSeen>,
    /// Its rows, by part.
    pub rows: Vec<RowSpan>,
}

/// The least pause that can end a session: ten minutes, in microseconds. Sessions under longer ones follow from the
/// stretches.
pub const LEAST_GAP_US: i64 = 600_000_000;

/// What the numbers of a run are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// The first day, counted from 1970.
    pub day: i32,
    /// The unit of its times in microseconds: they are multiples of it.
    pub unit_us: i64,
}

impl Base {
    fn us(self) -> i64 {
        i64::from(self.day) * DAY_US
    }

    fn put(self, from_us: i64, to_us: i64, bytes: &mut Vec<u8>) {
        put(((to_us - from_us) / self.unit_us) as u64, bytes);
    }

    fn get(self, from_us: i64, bytes: &mut &[u8]) -> Option<i64> {
        i64::try_from(get(bytes)?).ok()?.checked_mul(self.unit_us)?.checked_add(from_us)
    }
}

/// Adds a peer and how its number was written.
pub fn put_peer(peer: &Peer, style: u8, bytes: &mut Vec<u8>) {
    put(peer.bytes().len() as u64, bytes);
    bytes.extend_from_slice(peer.bytes());
    bytes.push(style);
}

/// Takes a peer off the front.
pub fn get_peer(bytes: &mut &[u8], peer: &mut Peer) -> Option<u8> {
    let len = usize::try_from(get(bytes)?).ok()?;
    peer.set(bytes.split_off(..len)?);
    bytes.split_off_first().copied()
}

/// Adds the files of a peer, which are in order.
pub fn put_library(files: &[FileSeen], base: Base, bytes: &mut Vec<u8>) {
    put(files.len() as u64, bytes);
    let mut before = 0;
    for seen in files {
        put(u64::from(seen.file - before), bytes);
        put((seen.first_day - base.day) as u64, bytes);
        bytes.push(seen.observed);
        before = seen.file;
    }
}

/// Takes the files of a peer off the front.
pub fn get_library(bytes: &mut &[u8], base: Base, files: &mut Vec<FileSeen>) -> Option<()> {
    files.clear();
    let mut before = 0_u32;
    for _ in 0..get(bytes)? {
        let file = before.checked_add(u32::try_from(get(bytes)?).ok()?)?;
        let first_day = base.day.checked_add(i32::try_from(get(bytes)?).ok()?)?;
        files.push(FileSeen { file, first_day, observed: *bytes.split_off_first()? });
        before = file;
    }
    Some(())
}

/// Addresses are counted from the first of IPv4, since most are of it.
const FIRST: Address = Address::FIRST_V4;

/// Adds where and when a peer was seen.
pub fn put_presence(presence: &Presence, base: Base, bytes: &mut Vec<u8>) {
    put(presence.n, bytes);
    put(presence.stretches.len() as u64, bytes);
    let mut before_us = base.us();
    for Stretch { first_us, last_us } in &presence.stretches {
        base.put(before_us, *first_us, bytes);
        base.put(*first_us, *last_us, bytes);
        before_us = *last_us;
    }
    put(presence.addresses.len() as u64, bytes);
    let begin_us = presence.stretches.first().map_or(0, |stretch| stretch.first_us);
    let mut before = FIRST;
    for seen in &presence.addresses {
        put_address(before, seen.address, bytes);
        put(seen.n, bytes);
        base.put(begin_us, seen.first_us, bytes);
        base.put(seen.first_us, seen.last_us, bytes);
        bytes.push(seen.basis);
        before = seen.address;
    }
    put(presence.rows.len() as u64, bytes);
    for rows in &presence.rows {
        put(rows.part.into(), bytes);
        put(rows.first, bytes);
        put(rows.n, bytes);
    }
}

/// Takes where and when a peer was seen off the front.
pub fn get_presence(bytes: &mut &[u8], base: Base, presence: &mut Presence) -> Option<()> {
    presence.n = get(bytes)?;
    presence.stretches.clear();
    let mut before_us = base.us();
    for _ in 0..get(bytes)? {
        let first_us = base.get(before_us, bytes)?;
        let last_us = base.get(first_us, bytes)?;
        presence.stretches.push(Stretch { first_us, last_us });
        before_us = last_us;
    }
    presence.addresses.clear();
    let begin_us = presence.stretches.first().map_or(0, |stretch| stretch.first_us);
    let mut before = FIRST;
    for _ in 0..get(bytes)? {
        let address = get_address(before, bytes)?;
        let n = get(bytes)?;
        let first_us = base.get(begin_us, bytes)?;
        let last_us = base.get(first_us, bytes)?;
        let basis = *bytes.split_off_first()?;
        presence.addresses.push(AddressSeen { address, n, first_us, last_us, basis });
        before = address;
    }
    presence.rows.clear();
    for _ in 0..get(bytes)? {
        let part = u32::try_from(get(bytes)?).ok()?;
        presence.rows.push(RowSpan { part, first: get(bytes)?, n: get(bytes)? });
    }
    Some(())
}

fn put_address(before: Address, address: Address, bytes: &mut Vec<u8>) {
    put_wide(turned(address.0.wrapping_sub(before.0) as i128), bytes);
}

fn get_address(before: Address, bytes: &mut &[u8]) -> Option<Address> {
    get_wide(bytes).map(|number| Address(before.0.wrapping_add(turned_back(number) as u128)))
}

/// An address with the files and the peers that were seen there, by number and in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The address.
    pub address: u128,
    /// Files, by their numbers in the dictionary.
    pub files: Vec<u32>,
    /// Peers, by their positions in the run.
    pub peers: Vec<u32>,
}

/// Adds an address. `before` is the one before it in the block, if there is one.
pub fn put_place(place: &Place, before: Option<u128>, bytes: &mut Vec<u8>) {
    put_address(before.map_or(FIRST, Address), Address(place.address), bytes);
    put_numbers(&place.files, bytes);
    put_numbers(&place.peers, bytes);
}

/// Takes an address off the front.
pub fn get_place(bytes: &mut &[u8], is_first: bool, place: &mut Place) -> Option<()> {
    let before = if is_first { FIRST } else { Address(place.address) };
    place.address = get_address(before, bytes)?.0;
    get_numbers(bytes, &mut place.files)?;
    get_numbers(bytes, &mut place.peers)
}

fn put_numbers(numbers: &[u32], bytes: &mut Vec<u8>) {
    put(numbers.len() as u64, bytes);
    let mut before = 0;
    for number in numbers {
        put(u64::from(number - before), bytes);
        before = *number;
    }
}

fn get_numbers(bytes: &mut &[u8], numbers: &mut Vec<u32>) -> Option<()> {
    numbers.clear();
    let mut before = 0_u32;
    for _ in 0..get(bytes)? {
        before = before.checked_add(u32::try_from(get(bytes)?).ok()?)?;
        numbers.push(before);
    }
    Some(())
}

/// The first or the last sighting of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// When, microseconds UTC.
    pub at_us: i64,
    /// The part, by its number among those counted.
    pub part: u32,
    /// The row in it, from 0.
    pub row: u64,
}

/// What is added up of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Total {
    /// The file.
    pub file: u32,
    /// Sightings.
    pub n: u64,
    /// The first.
    pub first: At,
    /// The last.
    pub last: At,
}

/// A part's position in the order of parts.
pub fn rank(ranks: &[u32], part: u32) -> u32 {
    ranks.get(part as usize).copied().unwrap_or(part)
}

/// Adds a total.
pub fn put_total(total: &Total, before: u32, base: Base, bytes: &mut Vec<u8>) {
    put(u64::from(total.file - before), bytes);
    put(total.n, bytes);
    let mut before_us = base.us();
    for at in [total.first, total.last] {
        base.put(before_us, at.at_us, bytes);
        put(at.part.into(), bytes);
        put(at.row, bytes);
        before_us = at.at_us;
    }
}

/// Takes a total off the front.
pub fn get_total(bytes: &mut &[u8], before: u32, base: Base) -> Option<Total> {
    let file = before.checked_add(u32::try_from(get(bytes)?).ok()?)?;
    let n = get(bytes)?;
    let mut at = |before_us| {
        let at_us = base.get(before_us, bytes)?;
        Some(At { at_us, part: u32::try_from(get(bytes)?).ok()?, row: get(bytes)? })
    };
    let first = at(base.us())?;
    Some(Total { file, n, first, last: at(first.at_us)? })
}
