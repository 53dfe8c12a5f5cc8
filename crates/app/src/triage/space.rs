//! The second layer: the space of a device in extents, of which each round reads one of each stratum, up the device. In an
//! extent every block at every sector is held against the sets.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use tutela_evidence::image::{Image, ReadAt as _};
use tutela_evidence::volume::is_random;
use tutela_matchers::blocks::{BlockSet, Place};
use tutela_matchers::index::{Index, IndexError, Lists};
use tutela_matchers::triage::{Confirmed, Strata, confirm};

use super::said::{ListName, Said};

/// Extents of a round at most: so soon comes a statement.
const OF_A_ROUND: u64 = 4096;

/// The unit in which devices place what they hold, in bytes.
const SECTOR: u64 = 512;

/// Files that are confirmed at most: with so many the question is answered, and each costs a reading of its own.
const CONFIRMED: usize = 10_000;

/// The sets of blocks of lists, with the list that each is of.
pub fn sets(lists: &Lists) -> Result<Vec<(&Index, BlockSet<'_>)>, IndexError> {
    let sets = lists.lists().iter().map(|list| Ok(list.blocks()?.map(|set| (list, set))));
    let sets: Result<Vec<_>, IndexError> = sets.collect();
    Ok(sets?.into_iter().flatten().collect())
}

/// Reading extents of an image.
pub struct Space<'a> {
    image: &'a Image,
    sets: &'a [(&'a Index, BlockSet<'a>)],
    extent_bytes: u64,
    strata: Strata,
    n_strata: u64,
    /// Behind an extent so much is read with it that a block which begins in it ends.
    more: u64,
    /// What was judged: the set, the file in it and where it would begin.
    judged: BTreeSet<(usize, u32, i64)>,
    met: Met,
    /// Bytes that were read so far.
    pub bytes: u64,
}

/// What the extents that were read so far have shown.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    round: u32,
    read: u64,
    failed: u64,
    like_random: u64,
    alone: u64,
}

impl<'a> Space<'a> {
    /// Over the image, in extents of so many bytes, of which at most so many bytes are to be read.
    pub fn new(
        image: &'a Image,
        sets: &'a [(&'a Index, BlockSet<'a>)],
        extent_bytes: u64,
        most_bytes: u64,
        seed: u64,
    ) -> Self {
        let more = sets.iter().map(|(_, set)| u64::from(set.block_bytes())).max().unwrap_or(SECTOR) - SECTOR;
        let n_extents = image.size().div_ceil(extent_bytes);
        // As many whole rounds as may be read: one that is broken off says nothing of strata.
        let most = (most_bytes / (extent_bytes + more)).clamp(1, n_extents.max(1));
        let n_strata = most / most.div_ceil(OF_A_ROUND);
        let strata = Strata::new(n_extents, n_strata, seed);
        let judged = BTreeSet::new();
        Self { image, sets, extent_bytes, strata, n_strata, more, judged, met: Met::default(), bytes: 0 }
    }

    /// What samples are drawn from.
    pub fn said(&self) -> Said {
        Said::Space {
            extents: self.image.size().div_ceil(self.extent_bytes),
            extent_bytes: self.extent_bytes,
        }
    }

    /// How many bytes the next round reads; none when all extents were read.
    pub fn next_bytes(&self) -> Option<u64> {
        let left = self.met.round < self.strata.n_rounds();
        left.then(|| self.n_strata.saturating_mul(self.extent_bytes + self.more))
    }

    /// Reads the next round, and tells what it met and how far it is. `beat` hears of every extent.
    ///
    /// # Errors
    /// What `tell` and `beat` give.
    pub fn round(
        &mut self,
        tell: &mut dyn FnMut(&Said) -> io::Result<()>,
        beat: &mut dyn FnMut(u64) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut buffer = vec![0; usize::try_from(self.extent_bytes + self.more).unwrap_or(usize::MAX)];
        let strata = self.strata;
        for extent in strata.round(self.met.round) {
            let at = extent * self.extent_bytes;
            beat(at)?;
            // Missing or damaged bytes of an image are a finding of the first layer; here they are no sample.
            let Ok(taken) = self.image.read_at(at, &mut buffer) else {
                self.met.failed += 1;
                continue;
            };
            self.met.read += 1;
            self.bytes += taken as u64;
            let here = taken.min(self.extent_bytes as usize);
            self.met.like_random += u64::from(is_random(&buffer[..here]));
            for (number, met) in self.scanned(&buffer[..taken]) {
                for (inside, place) in met {
                    self.judge(number, place, at + inside as u64, tell)?;
                }
            }
        }
        self.met.round += 1;
        let Met { round, read, failed, like_random, alone } = self.met;
        let (strata, bytes) = (self.n_strata, self.bytes);
        tell(&Said::SpaceRound { round: round - 1, read, failed, like_random, alone, bytes, strata })
    }

    /// The blocks of each set in these bytes.
    fn scanned(&self, bytes: &[u8]) -> BTreeMap<usize, Vec<(usize, Place)>> {
        let scanned = self.sets.iter().enumerate().map(|(number, (_, set))| {
            // A set of smaller blocks sees no further than the extent.
            let seen = (self.extent_bytes + u64::from(set.block_bytes()) - SECTOR) as usize;
            (number, set.scan(&bytes[..bytes.len().min(seen)], SECTOR as usize).collect())
        });
        scanned.filter(|(_, met): &(_, Vec<_>)| !met.is_empty()).collect()
    }

    /// Reads where the file of a block would lie, once, and tells what is there.
    fn judge(
        &mut self,
        number: usize,
        place: Place,
        found_at: u64,
        tell: &mut dyn FnMut(&Said) -> io::Result<()>,
    ) -> io::Result<()> {
        let (list, set) = &self.sets[number];
        let begins = found_at.cast_signed() - place.offset.unwrap_or_default().cast_signed();
        if self.judged.len() >= CONFIRMED || !self.judged.insert((number, place.file, begins)) {
            return Ok(());
        }
        let bytes = &mut self.bytes;
        let mut read = |at: u64, buffer: &mut [u8]| {
            let taken = self.image.read_at(at, buffer)?;
            *bytes += taken as u64;
            Ok(taken)
        };
        let blocks = match confirm(set, place, found_at, &mut read) {
            Ok(Confirmed::Whole) => None,
            Ok(Confirmed::Part(blocks)) => Some(blocks),
            // What cannot be read around it confirms nothing.
            Ok(Confirmed::One) | Err(_) => {
                self.met.alone += 1;
                return Ok(());
            }
        };
        let file = &set.files()[place.file as usize];
        let (file, bytes) = (file.hash.clone(), file.bytes);
        tell(&Said::Blocks { list: ListName::of(list), file, begins, bytes, blocks })
    }
}
