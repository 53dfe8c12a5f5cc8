//! The join of more than fits into memory: both sides are parted by prefix, put aside where they take too much room,
//! and joined part by part, on as many threads as the caller has.
//!
//! A part whose leases do not fit is joined in pieces of them, each with all connections of the part. So the memory
//! bounds the time and never the size, and the hits are the same, in the same order, with any limit and any number of
//! threads.

use std::io;
use std::sync::atomic::AtomicU64;

use tutela_model::address::mask;
use tutela_model::{Address, Aside};

use super::directory::hash;
use super::{Builder, Entry, Hits, Lease, Probes, Seen};

/// How many parts there are.
pub const N_PARTS: usize = 256;

/// Leases, then connections, by parts of their prefixes.
pub struct Parted<'a> {
    aside: &'a dyn Aside,
    /// Bytes of memory for everything.
    memory: usize,
    leases: Side<LEASE>,
    connections: Side<CONNECTION>,
    /// The lengths of the leases' prefixes, ascending.
    lengths: Vec<u8>,
    next_stream: AtomicU64,
}

impl<'a> Parted<'a> {
    /// Nothing yet. `memory` is in bytes, over all threads; half of it is for what waits, half for joining.
    pub fn new(aside: &'a dyn Aside, memory: usize) -> Self {
        Self {
            aside,
            memory,
            leases: Side::new(0),
            connections: Side::new(N_PARTS as u64),
            lengths: Vec::new(),
            next_stream: AtomicU64::new(2 * N_PARTS as u64),
        }
    }

    /// Takes a lease, the row of that number. All leases come before the first connection.
    ///
    /// # Errors
    /// There is no room aside.
    pub fn lease(&mut self, lease: &Lease, row: u64) -> io::Result<()> {
        let (bits, low) = (lease.prefix.bits_128(), lease.prefix.low.0);
        if let Err(place) = self.lengths.binary_search(&bits) {
            self.lengths.insert(place, bits);
        }
        let (first_port, last_port) = lease.ports.unwrap_or((0, u16::MAX));
        let mut record = Record::<LEASE>::default();
        record.prefix(bits, low);
        record.add(&first_port.to_le_bytes()).add(&last_port.to_le_bytes());
        record.add(&lease.from_us.to_le_bytes()).add(&lease.until_us.to_le_bytes()).add(&row.to_le_bytes());
        self.leases.push(part_of(bits, low), record.bytes);
        self.make_room()
    }

    /// Takes a connection, the row of that number.
    ///
    /// # Errors
    /// There is no room aside.
    pub fn seen(&mut self, seen: &Seen, row: u64) -> io::Result<()> {
        for bits in &self.lengths {
            let low = seen.address.0 & mask(*bits);
            let mut record = Record::<CONNECTION>::default();
            record.prefix(*bits, low);
            record.add(&[u8::from(seen.port.is_some())]).add(&seen.port.unwrap_or(0).to_le_bytes());
            record.add(&seen.low_us.to_le_bytes()).add(&seen.high_us.to_le_bytes()).add(&row.to_le_bytes());
            self.connections.push(part_of(*bits, low), record.bytes);
        }
        self.make_room()
    }

    fn make_room(&mut self) -> io::Result<()> {
        if self.leases.held + self.connections.held > self.memory / 2 {
            self.leases.put_aside(self.aside)?;
            self.connections.put_aside(self.aside)?;
        }
        Ok(())
    }

    /// A collection of hits for one of `jobs` threads.
    #[must_use]
    pub fn hits(&self, jobs: usize) -> Hits<'_> {
        Hits::new(self.aside, &self.next_stream, self.memory / 8 / jobs.max(1))
    }

    /// Joins a part, on one of `jobs` threads.
    ///
    /// # Errors
    /// There is no room aside, or what was put there cannot be read.
    pub fn join(&self, part: usize, jobs: usize, hits: &mut Hits<'_>) -> io::Result<()> {
        let memory = self.memory / 8 / jobs.max(1);
        let most = (memory / INDEXED).max(1);
        let (mut piece, mut rows) = (Builder::default(), Vec::new());
        self.leases.read(self.aside, part, memory, &mut |record| {
            let ((bits, low), entry, row) = lease_of(record);
            piece.push_entry(bits, Address(low), Entry { id: rows.len() as u32, ..entry });
            rows.push(row);
            if rows.len() < most {
                return Ok(());
            }
            let piece = std::mem::take(&mut piece);
            self.join_piece(part, piece, &std::mem::take(&mut rows), memory, hits)
        })?;
        self.join_piece(part, piece, &rows, memory, hits)
    }

    fn join_piece(
        &self,
        part: usize,
        piece: Builder,
        rows: &[u64],
        memory: usize,
        hits: &mut Hits<'_>,
    ) -> io::Result<()> {
        if piece.is_empty() {
            return Ok(());
        }
        let index = piece.build();
        let mut probes = Probes::within(&index, memory);
        self.connections.read(self.aside, part, memory, &mut |record| {
            let (bits, seen, row) = seen_of(record);
            if let Some(group) = index.group(bits, seen.address.0) {
                probes.push_in(group, &seen, row, &mut |row, lease| hits.push(row, rows[lease as usize]));
            }
            hits.check()
        })?;
        probes.finish(&mut |row, lease| hits.push(row, rows[lease as usize]));
        hits.check()
    }
}

/// Bytes that a lease takes while an index is built: it stands there twice, with its group and the number of its row, in
/// collections that have room for twice as many; and it may be the only one of its prefix.
const INDEXED: usize = 160;

/// The part of a prefix. Other bits of the hash than those by which an index finds it.
fn part_of(bits: u8, low: u128) -> usize {
    (hash((bits, low)) >> 56) as usize % N_PARTS
}

/// Bytes of a lease: prefix, ports, beginning and end, row.
const LEASE: usize = 17 + 4 + 16 + 8;
/// Bytes of a connection: prefix, whether there is a port and which, first and last instant, row.
const CONNECTION: usize = 17 + 3 + 16 + 8;

struct Record<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Default for Record<N> {
    fn default() -> Self {
        Self { bytes: [0; N], len: 0 }
    }
}

impl<const N: usize> Record<N> {
    fn add(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        self
    }

    fn prefix(&mut self, bits: u8, low: u128) {
        self.add(&[bits]).add(&low.to_le_bytes());
    }
}

/// Takes the next bytes of a record.
fn next<const N: usize>(record: &mut &[u8]) -> [u8; N] {
    let (first, rest) = record.split_first_chunk().expect("a record is written and read alike");
    *record = rest;
    *first
}

fn lease_of(mut record: &[u8]) -> ((u8, u128), Entry, u64) {
    let record = &mut record;
    let prefix = (next::<1>(record)[0], u128::from_le_bytes(next(record)));
    let [first_port, last_port] = [next(record), next(record)].map(u16::from_le_bytes);
    let [from_us, until_us] = [next(record), next(record)].map(i64::from_le_bytes);
    (prefix, Entry { from_us, until_us, first_port, last_port, id: 0 }, u64::from_le_bytes(next(record)))
}

/// The connection, with the lowest address of a prefix of that length in place of its own.
fn seen_of(mut record: &[u8]) -> (u8, Seen, u64) {
    let record = &mut record;
    let (bits, low) = (next::<1>(record)[0], u128::from_le_bytes(next(record)));
    let has_port = next::<1>(record)[0] == 1;
    let port = u16::from_le_bytes(next(record));
    let [low_us, high_us] = [next(record), next(record)].map(i64::from_le_bytes);
    let seen = Seen { address: Address(low), port: has_port.then_some(port), low_us, high_us };
    (bits, seen, u64::from_le_bytes(next(record)))
}

/// Records of `N` bytes by part, the later ones in memory.
struct Side<const N: usize> {
    /// The stream of the first part.
    first_stream: u64,
    waiting: Vec<Vec<u8>>,
    /// Bytes of memory that they take.
    held: usize,
    /// Bytes put aside.
    aside: Vec<u64>,
}

impl<const N: usize> Side<N> {
    fn new(first_stream: u64) -> Self {
        Self { first_stream, waiting: vec![Vec::new(); N_PARTS], held: 0, aside: vec![0; N_PARTS] }
    }

    fn push(&mut self, part: usize, record: [u8; N]) {
        let waiting = &mut self.waiting[part];
        let before = waiting.capacity();
        waiting.extend_from_slice(&record);
        self.held += waiting.capacity() - before;
    }

    fn put_aside(&mut self, aside: &dyn Aside) -> io::Result<()> {
        for (part, waiting) in self.waiting.iter_mut().enumerate().filter(|(_, waiting)| !waiting.is_empty())
        {
            aside.put(self.first_stream + part as u64, waiting)?;
            self.aside[part] += waiting.len() as u64;
            *waiting = Vec::new();
        }
        self.held = 0;
        Ok(())
    }

    /// Hands out the records of a part; what was put aside comes in pages of at most `memory` bytes, or of one record.
    fn read(
        &self,
        aside: &dyn Aside,
        part: usize,
        memory: usize,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let page = (memory.min(PAGE) / N).max(1) * N;
        let (mut position, end) = (0, self.aside[part]);
        let mut bytes = Vec::new();
        while position < end {
            bytes.resize((page as u64).min(end - position) as usize, 0);
            aside.get(self.first_stream + part as u64, position, &mut bytes)?;
            position += bytes.len() as u64;
            bytes.chunks(N).try_for_each(&mut *each)?;
        }
        self.waiting[part].chunks(N).try_for_each(each)
    }
}

/// The most bytes that are read at a time.
const PAGE: usize = 256 << 10;
