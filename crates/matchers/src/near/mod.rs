//! All hashes of a list within some bits of a given one, none left out.
//!
//! # How it finds them
//! The 256 bits are cut into tables. Two hashes that differ in at most `r` bits differ in few of at least one table: where
//! table `i` is searched within `t_i` bits, none is missed if the sum of `t_i + 1` is more than `r` (the pigeonhole
//! principle in its general form: Qin et al., "GPH: Similarity Search in Hamming Space", ICDE 2018). A table is a list
//! sorted by its bits, with 96 other bits of each hash beside its number, so that nearly all candidates are dismissed
//! without a look at the hash itself. Up to some five million hashes 16 tables of 16 bits are fastest, above 11 tables of
//! 23 and 24.
//!
//! # What is done about lists that are not uniform
//! Bits are spread over the tables so that those in one table depend on each other little ([`spread`]). How far each table
//! is searched is decided for each query from how full its buckets are. Where even that would look at more than an eighth
//! of the list, the list is read from end to end instead, for eight queries at once: nothing is slower than that.
//!
//! # What it does not do
//! It knows no qualities and no entries: [`list`] does.

pub mod frames;
pub mod list;
mod memory;
mod scan;
mod spread;
mod tables;
#[cfg(test)]
mod tests;

use std::io;

use crate::near::memory::Guarded;
use crate::near::scan::Block;
use crate::near::spread::Spread;
use crate::near::tables::Tables;
use crate::pdq::PdqHash;

pub use memory::Memory;

/// The largest distance that can be asked for.
pub const FURTHEST: u32 = crate::pdq::NEAR;

/// How a list is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// From end to end: nothing is built.
    Scan,
    /// 16 tables of 16 bits.
    Sixteen,
    /// Three tables of 24 bits and eight of 23.
    Eleven,
}

impl Layout {
    /// The fastest for a list of so many hashes.
    #[must_use]
    pub fn of(hashes: usize) -> Self {
        match hashes {
            0..2_000 => Self::Scan,
            2_000..5_000_000 => Self::Sixteen,
            _ => Self::Eleven,
        }
    }
}

/// Hashes that can be searched. Its memory is given back overwritten.
pub struct Index {
    len: usize,
    spread: Spread,
    /// The hashes with their bits in the order of the tables.
    blocks: Guarded<Block>,
    tables: Option<Tables>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({} hashes, not shown)", self.len)
    }
}

/// A hash of the list that is near the one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// In how many bits they differ.
    pub distance: u32,
    /// Its number in the list.
    pub number: u32,
}

/// What a search needs beside the list; kept by the caller from one search to the next, one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    tables: tables::Scratch,
    numbers: Vec<u32>,
}

impl Index {
    /// Builds the tables. Numbers of hashes are their places in the slice; equal hashes may repeat.
    ///
    /// # Errors
    /// There is not enough memory, or there are more than 2^32 - 1 hashes.
    pub fn build(hashes: &[PdqHash], layout: Layout) -> io::Result<Self> {
        Self::build_by(hashes.len(), |number| hashes[number], layout)
    }

    /// The same of hashes that lie anywhere.
    fn build_by(len: usize, hash: impl Fn(usize) -> PdqHash, layout: Layout) -> io::Result<Self> {
        if u32::try_from(len).is_err() {
            return Err(io::Error::other(format!("more than {} hashes: {len}", u32::MAX)));
        }
        let cuts = tables::cuts(layout);
        let spread = Spread::of(len, &hash, cuts);
        let mut blocks = Guarded::zeros(len.div_ceil(scan::LANES))?;
        for number in 0..len {
            scan::put(&mut blocks, number, spread.apply(hash(number)));
        }
        let tables = match layout {
            Layout::Scan => None,
            Layout::Sixteen | Layout::Eleven => Some(Tables::build(&blocks, len, cuts)?),
        };
        Ok(Self { len, spread, blocks, tables })
    }

    /// How many hashes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The memory that it holds.
    #[must_use]
    pub fn memory(&self) -> Memory {
        self.tables.as_ref().map_or(Memory::default(), Tables::memory) + self.blocks.memory()
    }

    /// All hashes within so many bits, at most [`FURTHEST`], the nearest first, then by their number.
    #[must_use]
    pub fn search(&self, scratch: &mut Scratch, hash: PdqHash, within: u32) -> Vec<Found> {
        self.search_all(scratch, &[hash], within).pop().unwrap_or_default()
    }

    /// The same for several hashes at once, each with what is near it. Those for which the list has to be read from end to
    /// end share the reading.
    #[must_use]
    pub fn search_all(&self, scratch: &mut Scratch, hashes: &[PdqHash], within: u32) -> Vec<Vec<Found>> {
        let within = within.min(FURTHEST);
        let mut found = vec![Vec::new(); hashes.len()];
        let mut rest = Vec::new();
        for (idx, hash) in hashes.iter().enumerate() {
            let query = self.spread.apply(*hash);
            scratch.numbers.clear();
            let searched = self.tables.as_ref().is_some_and(|tables| {
                tables.search(&mut scratch.tables, &query, within, self.len, &mut scratch.numbers)
            });
            if searched {
                found[idx] = self.verified(query, within, &mut scratch.numbers);
            } else {
                rest.push((idx, query));
            }
        }
        for group in rest.chunks(scan::QUERIES) {
            let queries: Vec<[u64; 4]> = group.iter().map(|(_, query)| *query).collect();
            let mut near = vec![Vec::new(); group.len()];
            scan::scan(&self.blocks, self.len, &queries, within, &mut near);
            for ((idx, _), mut near) in group.iter().zip(near) {
                near.sort_unstable();
                found[*idx] = near;
            }
        }
        found
    }

    /// Those of the candidates that are near, each once.
    fn verified(&self, query: [u64; 4], within: u32, numbers: &mut Vec<u32>) -> Vec<Found> {
        numbers.sort_unstable();
        numbers.dedup();
        let mut found = Vec::new();
        for number in numbers.iter() {
            let distance = scan::distance(&self.blocks, *number as usize, query);
            if distance <= within {
                found.push(Found { distance, number: *number });
            }
        }
        found.sort_unstable();
        found
    }
}
