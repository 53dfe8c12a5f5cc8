//! A log as files (C2SP tlog-tiles): tiles of 256 hashes, bundles of 256 entries, their paths and their bytes.
//!
//! | file | holds |
//! |---|---|
//! | `tile/0/<N>` | the hashes of leaves `256 * N` and on, 32 bytes each |
//! | `tile/<L>/<N>` | the roots of the full tiles at the level below |
//! | `tile/entries/<N>` | the entries themselves: two bytes of length, the larger first, and as many bytes |
//!
//! `<N>` is written in groups of three digits, an `x` before all but the last: 1234067 is `x001/x234/067`. The last
//! tile of a level is partial and says its width: `tile/0/273.p/112`. A full tile and a partial one of a width never
//! change once they are written.

use std::fmt;
use std::str::FromStr;

use crate::merkle::{EMPTY, Hash, leaf, root};
use crate::tree::{Subtree, fold};

/// The hashes of a full tile, and the entries of a full bundle.
pub const WIDTH: u16 = 256;

/// The most bytes of an entry: its length has two bytes.
pub const ENTRY_BYTES: usize = u16::MAX as usize;

/// The highest level that a tile has.
const LEVELS: u8 = 63;

/// The name of one file of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub kind: Kind,
    /// Its place among the files of its kind, from 0.
    pub index: u64,
    /// How many hashes or entries it holds: 256 when it is full, else 1 to 255.
    pub width: u16,
}

/// What a file of a log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Entries.
    Entries,
    /// Hashes of this level: of leaves at level 0, of full tiles of the level below at any other.
    Hashes(u8),
}

/// A file of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Which.
    pub tile: Tile,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Entries => f.write_str("tile/entries/")?,
            Kind::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let n_groups = self.index.checked_ilog(1000).unwrap_or(0);
        for group in (1..=n_groups).rev() {
            write!(f, "x{:03}/", self.index / 1000_u64.pow(group) % 1000)?;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// A text that is not the path of a tile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile, such as tile/0/x001/234.p/56: {0}")]
pub struct NotATile(String);

impl FromStr for Tile {
    type Err = NotATile;

    fn from_str(path: &str) -> Result<Self, NotATile> {
        let bad = || NotATile(path.chars().take(120).collect());
        let (kind, rest) =
            path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or_else(bad)?;
        let kind = match kind {
            "entries" => Kind::Entries,
            level => Kind::Hashes(level.parse().ok().filter(|level| *level <= LEVELS).ok_or_else(bad)?),
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().map_err(|_| bad())?),
            None => (rest, WIDTH),
        };
        let mut index = 0_u64;
        for group in groups.split('/') {
            let digits: u64 = group.trim_start_matches('x').parse().map_err(|_| bad())?;
            index = index.checked_mul(1000).and_then(|index| index.checked_add(digits)).ok_or_else(bad)?;
        }
        let tile = Self { kind, index, width };
        // There is one spelling: whatever was read loosely above shows here.
        if (1..=WIDTH).contains(&width) && tile.to_string() == path { Ok(tile) } else { Err(bad()) }
    }
}

impl Tile {
    /// Whether it holds all that it ever will.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == WIDTH
    }

    /// The folder of the partial tiles at its place, which may go once the full tile is there.
    #[must_use]
    pub fn partial_folder(&self) -> String {
        format!("{}.p", Self { width: WIDTH, ..*self })
    }

    /// The hashes in a tile's bytes.
    ///
    /// # Errors
    /// Bytes that are not as many as the width asks for.
    pub fn hashes(&self, bytes: &[u8]) -> Result<Vec<Hash>, Damaged> {
        let expected = usize::from(self.width) * 32;
        if bytes.len() != expected {
            let at = expected.min(bytes.len());
            return Err(self.damaged(at, format!("{expected} bytes"), format!("{} bytes", bytes.len())));
        }
        let hash = |chunk: &[u8]| Hash(chunk.try_into().expect("chunks of 32 bytes"));
        Ok(bytes.chunks_exact(32).map(hash).collect())
    }

    /// The entries in a bundle's bytes.
    ///
    /// # Errors
    /// An entry that ends beyond the bytes, too few entries, or bytes after the last one.
    pub fn entries<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, Damaged> {
        let mut entries = Vec::with_capacity(usize::from(self.width));
        let mut rest = bytes;
        while entries.len() < usize::from(self.width) {
            let at = bytes.len() - rest.len();
            let Some((length, after)) = rest.split_first_chunk::<2>() else {
                let expected = format!("the length of entry {} of {}", entries.len() + 1, self.width);
                return Err(self.damaged(at, expected, format!("{} bytes", rest.len())));
            };
            let length = usize::from(u16::from_be_bytes(*length));
            let Some((entry, after)) = after.split_at_checked(length) else {
                return Err(self.damaged(
                    at + 2,
                    format!("{length} bytes"),
                    format!("{} bytes", after.len()),
                ));
            };
            entries.push(entry);
            rest = after;
        }
        if rest.is_empty() {
            Ok(entries)
        } else {
            let at = bytes.len() - rest.len();
            Err(self.damaged(
                at,
                format!("the end after {} entries", self.width),
                format!("{} bytes", rest.len()),
            ))
        }
    }

    fn damaged(&self, at: usize, expected: String, found: String) -> Damaged {
        Damaged { path: self.to_string(), at, expected, found }
    }
}

/// A file of a log that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} is damaged at byte {at}: expected {expected}, found: {found}")]
pub struct Damaged {
    /// Its path.
    pub path: String,
    /// The first byte, from 0, that is not as it should be.
    pub at: usize,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// An entry that a bundle cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} is longer than {ENTRY_BYTES} bytes: {bytes}")]
pub struct TooLong {
    /// Its position in the log.
    pub seq: u64,
    /// How long it is.
    pub bytes: usize,
}

/// What a log's files are when it grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// The files to write, in the order in which a reader comes to need them: entries, then hashes from below.
    pub write: Vec<Tile>,
    /// Folders of partial tiles whose full tile is among the written ones: they may be removed.
    pub replaced: Vec<String>,
    /// Partial tiles of the size before whose place is still partial.
    /// They may be removed only when no checkpoint of that size was handed out.
    pub outgrown: Vec<Tile>,
}

/// What becomes of the files when a log of size `from` grows to `to`; from 0, all the files that a log has.
#[must_use]
pub fn growth(from: u64, to: u64) -> Growth {
    let mut growth = Growth::default();
    let levels = (0..=LEVELS).map(|level| (Kind::Hashes(level), u32::from(level) * 8));
    for (kind, shift) in [(Kind::Entries, 0)].into_iter().chain(levels) {
        let (had, has) = (from.checked_shr(shift).unwrap_or(0), to.checked_shr(shift).unwrap_or(0));
        if had >= has {
            break;
        }
        let width = u64::from(WIDTH);
        for index in had / width..has.div_ceil(width) {
            let wide = |n: u64| u16::try_from(n.saturating_sub(index * width)).unwrap_or(WIDTH).min(WIDTH);
            let (before, tile) = (wide(had), Tile { kind, index, width: wide(has) });
            growth.write.push(tile);
            if before > 0 && tile.is_full() {
                growth.replaced.push(tile.partial_folder());
            } else if before > 0 {
                growth.outgrown.push(Tile { width: before, ..tile });
            }
        }
    }
    growth
}

/// The hash of a complete subtree, from the tiles of a log of this size. It is a source for the functions of
/// [`crate::tree`]: `root_at(size, |subtree| hash_at(subtree, log_size, read))`.
///
/// # Errors
/// What `read` says of a tile, and a tile that does not hold the subtree, because it is damaged or the log is shorter.
pub fn hash_at<E: From<Damaged>>(
    subtree: Subtree,
    size: u64,
    mut read: impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<Hash, E> {
    let (level, inside) = (subtree.level / 8, u32::from(subtree.level % 8));
    let first = subtree.index.saturating_mul(1 << inside);
    let index = first / u64::from(WIDTH);
    let complete = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
    let width = complete.saturating_sub(index.saturating_mul(u64::from(WIDTH)));
    let width = u16::try_from(width).unwrap_or(WIDTH).min(WIDTH);
    let tile = Tile { kind: Kind::Hashes(level), index, width };
    let start = (first % u64::from(WIDTH)) as usize;
    let end = start + (1 << inside);
    if usize::from(width) < end {
        let found = format!("{width} in a log of {size}");
        return Err(tile.damaged(usize::from(width) * 32, format!("{end} hashes"), found).into());
    }
    Ok(root(&tile.hashes(&read(tile)?)?[start..end]))
}

/// The right edge of a log: what its next files need from the ones before.
///
/// It is what appends, and what checks: the files that it gives for a log's entries are the log's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// The bytes of the partial bundle.
    bundle: Vec<u8>,
    /// The hashes of the partial tile at each level, from below; fewer than 256 in each.
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of a log of this size, from its partial tiles and its partial bundle. Full ones are not read.
    ///
    /// # Errors
    /// What `read` says of a file, and files that do not go together.
    pub fn resume<E: From<Damaged>>(
        size: u64,
        mut read: impl FnMut(Tile) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        let mut edge = Self { size, ..Self::default() };
        for level in 0..size.checked_ilog(u64::from(WIDTH)).map_or(0, |top| top as u8 + 1) {
            let complete = size >> (u32::from(level) * 8);
            let width = (complete % u64::from(WIDTH)) as u16;
            let tile = Tile { kind: Kind::Hashes(level), index: complete / u64::from(WIDTH), width };
            edge.levels.push(if width == 0 { Vec::new() } else { tile.hashes(&read(tile)?)? });
        }
        if let Some(leaves) = edge.levels.first().filter(|leaves| !leaves.is_empty()) {
            let tile =
                Tile { kind: Kind::Entries, index: size / u64::from(WIDTH), width: leaves.len() as u16 };
            let bytes = read(tile)?;
            let mut at = 0;
            for (entry, hash) in tile.entries(&bytes)?.into_iter().zip(leaves) {
                if leaf(entry) != *hash {
                    let found = leaf(entry).to_string();
                    return Err(tile
                        .damaged(at, format!("an entry with the leaf hash {hash}"), found)
                        .into());
                }
                at += 2 + entry.len();
            }
            edge.bundle = bytes;
        }
        Ok(edge)
    }

    /// How many entries the log has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all entries (RFC 9162 section 2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut subtrees = Vec::with_capacity(64);
        for hashes in self.levels.iter().rev() {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                let (complete, after) = rest.split_at(1 << rest.len().ilog2());
                subtrees.push(root(complete));
                rest = after;
            }
        }
        fold(subtrees.into_iter()).unwrap_or(EMPTY)
    }

    /// Adds an entry, gives its leaf hash, and adds to `full` the files that it completes.
    ///
    /// # Errors
    /// An entry that is longer than a bundle can hold; nothing is added then.
    pub fn push(&mut self, entry: &[u8], full: &mut Vec<File>) -> Result<Hash, TooLong> {
        let too_long = |_| TooLong { seq: self.size, bytes: entry.len() };
        let length = u16::try_from(entry.len()).map_err(too_long)?;
        self.bundle.extend_from_slice(&length.to_be_bytes());
        self.bundle.extend_from_slice(entry);
        let leaf = leaf(entry);
        let mut hash = leaf;
        let mut index = self.size;
        for level in 0..=LEVELS {
            if self.levels.len() <= usize::from(level) {
                self.levels.push(Vec::with_capacity(usize::from(WIDTH)));
            }
            let hashes = &mut self.levels[usize::from(level)];
            hashes.push(hash);
            index /= u64::from(WIDTH);
            if hashes.len() < usize::from(WIDTH) {
                break;
            }
            if level == 0 {
                let tile = Tile { kind: Kind::Entries, index, width: WIDTH };
                let next = Vec::with_capacity(self.bundle.len() + 256);
                full.push(File { tile, bytes: std::mem::replace(&mut self.bundle, next) });
            }
            let tile = Tile { kind: Kind::Hashes(level), index, width: WIDTH };
            full.push(File { tile, bytes: bytes(hashes) });
            hash = root(hashes);
            hashes.clear();
        }
        self.size += 1;
        Ok(leaf)
    }

    /// The partial files of the log as it stands. Together with the full ones they are all that it has.
    #[must_use]
    pub fn partial(&self) -> Vec<File> {
        let mut files = Vec::new();
        for (level, hashes) in (0..).zip(&self.levels).filter(|(_, hashes)| !hashes.is_empty()) {
            let index = self.size >> (u32::from(level) * 8) >> 8;
            let width = hashes.len() as u16;
            if level == 0 {
                let tile = Tile { kind: Kind::Entries, index, width };
                files.push(File { tile, bytes: self.bundle.clone() });
            }
            files.push(File { tile: Tile { kind: Kind::Hashes(level), index, width }, bytes: bytes(hashes) });
        }
        files
    }
}

/// The bytes of a tile with these hashes.
fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

#[cfg(test)]
mod tests;
