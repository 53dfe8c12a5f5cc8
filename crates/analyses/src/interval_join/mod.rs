//! The interval join: which leases held an address and port at a time. All hits, whatever overlaps.
//!
//! A lease is of an address or a prefix of either family, of all ports or a range of them, from an instant until
//! another or without an end. Many leases may hold the same address, port and instant; each of them is a hit.
//!
//! # How
//! Leases of one prefix are a *group*. A group is cut into *slabs* by port: where many leases share a range, the range
//! is a slab; ranges with few leases share one. In a slab, leases stand by their beginning. What may hold a port, and
//! what may hold an instant, is then all that begins no later; what of this ends too early is passed over block by
//! block ([`latest::Latest`]), so that one lease without an end hides nothing and costs nothing.
//!
//! A look-up costs some dozen steps for each slab that has the port, and some for each hit. In what order look-ups come
//! makes no difference to what they find. It does to the time they take: [`Probes`] brings those of near prefixes
//! together. Where leases do not fit into memory, [`Parted`] parts both sides by prefix and joins part by part.

mod directory;
mod latest;
mod probes;

mod hits;
mod parted;

use std::cmp::Ordering;
use std::ops::Range;

use tutela_model::{Address, Prefix};

use directory::Directory;
pub use hits::{Hits, merge};
use latest::Latest;
pub use parted::{N_PARTS, Parted};
pub use probes::Probes;

/// What a line held, for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The addresses.
    pub prefix: Prefix,
    /// First and last port; none for all ports.
    pub ports: Option<(u16, u16)>,
    /// From when, microseconds UTC.
    pub from_us: i64,
    /// Until when, microseconds UTC, exclusive; `i64::MAX` where it had not ended.
    pub until_us: i64,
}

/// What a connection showed of its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The address.
    pub address: Address,
    /// The port; none when the platform recorded none, and then every range of ports fits.
    pub port: Option<u16>,
    /// The first instant that the record may mean, microseconds UTC.
    pub low_us: i64,
    /// The last one.
    pub high_us: i64,
}

impl Seen {
    /// The same with `slack_us` microseconds more on both sides: how far the clocks of the two sources may be apart.
    #[must_use]
    pub fn with_slack(self, slack_us: i64) -> Self {
        let (low_us, high_us) = (self.low_us.saturating_sub(slack_us), self.high_us.saturating_add(slack_us));
        Self { low_us, high_us, ..self }
    }
}

/// A lease in its group.
#[derive(Clone, Copy)]
struct Entry {
    from_us: i64,
    until_us: i64,
    first_port: u16,
    last_port: u16,
    id: u32,
}

impl Entry {
    fn by_time(&self, other: &Self) -> Ordering {
        let key = |entry: &Self| (entry.from_us, entry.until_us, entry.first_port, entry.last_port, entry.id);
        key(self).cmp(&key(other))
    }

    fn by_port(&self, other: &Self) -> Ordering {
        let key = |entry: &Self| (entry.first_port, entry.last_port);
        key(self).cmp(&key(other)).then_with(|| self.by_time(other))
    }

    fn fits_port(&self, port: Option<u16>) -> bool {
        port.is_none_or(|port| (self.first_port..=self.last_port).contains(&port))
    }
}

/// Leases of one group whose ports begin near each other. It ends where the next one begins.
#[derive(Clone, Copy)]
struct Slab {
    start: usize,
    /// The least first port of its leases.
    first_port: u16,
    /// The greatest last port of its leases.
    last_port: u16,
}

/// Collects leases, in any order.
#[derive(Default)]
pub struct Builder {
    directory: Directory,
    /// The group of each lease.
    groups: Vec<u32>,
    entries: Vec<Entry>,
}

impl Builder {
    /// No leases, and room for so many.
    #[must_use]
    pub fn with_capacity(n_leases: usize) -> Self {
        let (groups, entries) = (Vec::with_capacity(n_leases), Vec::with_capacity(n_leases));
        Self { directory: Directory::default(), groups, entries }
    }

    /// Takes a lease. `id` is what hits of it are called; several leases may share one.
    pub fn push(&mut self, lease: &Lease, id: u32) {
        let (first_port, last_port) = lease.ports.unwrap_or((0, u16::MAX));
        let Lease { prefix, from_us, until_us, .. } = *lease;
        let entry = Entry { from_us, until_us, first_port, last_port, id };
        self.push_entry(prefix.bits_128(), prefix.low, entry);
    }

    fn push_entry(&mut self, bits: u8, low: Address, entry: Entry) {
        self.groups.push(self.directory.number(bits, low));
        self.entries.push(entry);
    }

    /// How many leases it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Ends the collection. The same leases give the same index, whatever their order.
    #[must_use]
    pub fn build(self) -> Index {
        let Self { mut directory, groups, entries } = self;
        let ranks = directory.sort();
        let mut starts = vec![0; directory.len() + 1];
        for group in &groups {
            starts[ranks[*group as usize] as usize + 1] += 1;
        }
        for group in 0..directory.len() {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let nothing = Entry { from_us: 0, until_us: 0, first_port: 0, last_port: 0, id: 0 };
        let mut grouped = vec![nothing; entries.len()];
        for (group, entry) in groups.into_iter().zip(entries) {
            let place = &mut next[ranks[group as usize] as usize];
            grouped[*place] = entry;
            *place += 1;
        }
        let (mut slabs, mut first_slabs) = (Vec::new(), Vec::with_capacity(starts.len()));
        for bounds in starts.windows(2) {
            first_slabs.push(slabs.len());
            cut(&mut grouped[bounds[0]..bounds[1]], bounds[0], &mut slabs);
        }
        first_slabs.push(slabs.len());
        Index {
            untils: Latest::of(grouped.iter().map(|entry| entry.until_us)),
            last_ports: Latest::of(slabs.iter().map(|slab| i64::from(slab.last_port))),
            entries: grouped,
            slabs,
            first_slabs,
            directory,
        }
    }
}

/// The fewest leases of a slab, where its group has more.
const SLAB: usize = 32;

/// Puts the leases of a group, the first of which is number `start`, in order, and adds their slabs.
///
/// Slabs grow with the root of the group: a port then falls into few of them, and an instant on few leases of each.
fn cut(group: &mut [Entry], start: usize, slabs: &mut Vec<Slab>) {
    let at_least = SLAB.max((4 * group.len()).isqrt());
    group.sort_unstable_by(Entry::by_port);
    let same_range =
        |one: &Entry, other: &Entry| (one.first_port, one.last_port) == (other.first_port, other.last_port);
    let (mut begin, mut end, mut n_ranges) = (0, 0, 0);
    let mut ranges = group.chunk_by(same_range).map(<[Entry]>::len).peekable();
    let mut bounds = Vec::new();
    while let Some(n_leases) = ranges.next() {
        (end, n_ranges) = (end + n_leases, n_ranges + 1);
        let next = ranges.peek();
        if next.is_none_or(|next| end - begin >= at_least || *next >= at_least) {
            bounds.push((begin..end, n_ranges));
            (begin, n_ranges) = (end, 0);
        }
    }
    for (bounds, n_ranges) in bounds {
        let slab = &mut group[bounds.clone()];
        slabs.push(Slab {
            start: start + bounds.start,
            first_port: slab[0].first_port,
            last_port: slab.iter().map(|entry| entry.last_port).max().unwrap_or(0),
        });
        if n_ranges > 1 {
            slab.sort_unstable_by(Entry::by_time);
        }
    }
}

/// Leases for each look-up that are worth reading beforehand.
const FETCHED: usize = 64;

/// Leases by prefix, port and time.
pub struct Index {
    entries: Vec<Entry>,
    untils: Latest,
    slabs: Vec<Slab>,
    last_ports: Latest,
    /// The first slab of each group, and behind the last group the number of all slabs.
    first_slabs: Vec<usize>,
    directory: Directory,
}

impl Index {
    /// How many leases it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many prefixes the leases have.
    fn n_groups(&self) -> usize {
        self.directory.len()
    }

    /// The groups whose prefix holds the address, the shortest prefix first.
    pub fn groups_of(&self, address: Address) -> impl Iterator<Item = u32> + '_ {
        self.directory.groups_of(address)
    }

    /// The group of a prefix: its length on the 128-bit scale, and its lowest address.
    fn group(&self, bits: u8, low: u128) -> Option<u32> {
        self.directory.get((bits, low))
    }

    /// Hands out the ids of the leases that fit what was seen, each once, in an order that means nothing.
    pub fn at(&self, seen: &Seen, each: &mut impl FnMut(u32)) {
        for group in self.groups_of(seen.address) {
            self.in_group(group, seen.port, seen.low_us, seen.high_us, each);
        }
    }

    /// The same within the group of one prefix, whatever the address.
    pub fn in_group(
        &self,
        group: u32,
        port: Option<u16>,
        low_us: i64,
        high_us: i64,
        each: &mut impl FnMut(u32),
    ) {
        let group = group as usize;
        let (first, mut end) = (self.first_slabs[group], self.first_slabs[group + 1]);
        let mut before = -1;
        if let Some(port) = port {
            end = first + self.slabs[first..end].partition_point(|slab| slab.first_port <= port);
            before = i64::from(port) - 1;
        }
        let last_port = |slab: usize| i64::from(self.slabs[slab].last_port);
        while let Some(slab) = self.last_ports.last_above(last_port, first..end, before) {
            self.in_slab(self.bounds(slab), port, low_us, high_us, each);
            end = slab;
        }
    }

    fn in_slab(
        &self,
        bounds: Range<usize>,
        port: Option<u16>,
        low_us: i64,
        high_us: i64,
        each: &mut impl FnMut(u32),
    ) {
        let entries = &self.entries[bounds.clone()];
        let mut end = bounds.start + entries.partition_point(|entry| entry.from_us <= high_us);
        let until_us = |entry: usize| self.entries[entry].until_us;
        while let Some(entry) = self.untils.last_above(until_us, bounds.start..end, low_us) {
            if self.entries[entry].fits_port(port) {
                each(self.entries[entry].id);
            }
            end = entry;
        }
    }

    /// Reads the leases of some groups from end to end, where this is less than some look-ups in them would wait for:
    /// memory hands out what follows each other ten times as fast as what does not.
    fn fetch(&self, groups: Range<u32>, n_probes: usize) {
        let start = self.slabs[self.first_slabs[groups.start as usize]].start;
        let next = self.slabs.get(self.first_slabs[groups.end as usize]);
        let entries = &self.entries[start..next.map_or(self.entries.len(), |slab| slab.start)];
        if entries.len() < FETCHED * n_probes {
            // Every second entry: no stretch of 64 bytes, which is what comes at a time, has none of them.
            let some = entries.iter().step_by(2).fold(0, |some, entry| some ^ entry.from_us);
            std::hint::black_box(some);
        }
    }

    /// Where the leases of a slab stand.
    fn bounds(&self, slab: usize) -> Range<usize> {
        let end = self.slabs.get(slab + 1).map_or(self.entries.len(), |next| next.start);
        self.slabs[slab].start..end
    }
}

#[cfg(test)]
mod tests;
