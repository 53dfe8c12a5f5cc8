//! Checks a whole log against its checkpoint, and against checkpoints that were handed out earlier.
//!
//! All files are made anew from the entries and compared with those that are there, so nothing of a tile is believed.
//! What this cannot see: that a log is complete, that it is true, and that it was written anew by whoever has its key.
//! The last is seen when an earlier checkpoint is at hand that this key holder could not take back.
//!
//! Times are those of the unit's clock. That they go back without an entry that says so is a fault; that a clock was
//! wrong all along is not seen.

use std::collections::BTreeSet;

use crate::checkpoint::{Checkpoint, NotOpened, Opened};
use crate::entry::{Content, Entry, Flaw};
use crate::key::{KeyId, Verifier};
use crate::merkle::Hash;
use crate::note::{BadNote, Note, Verified};
use crate::tile::{Damaged, Edge, File, Kind, Tile, WIDTH};
use crate::tree::Tree;

/// What whoever checks brings along, from elsewhere than from the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trust<'a> {
    /// Which log it should be; any when none.
    pub origin: Option<&'a str>,
    /// The log's keys, one of which has to have signed each checkpoint.
    pub log: &'a [Verifier],
    /// The keys of witnesses, whose signatures are checked and reported where there are any.
    pub witnesses: &'a [Verifier],
    /// The keys of officers, who sign entries.
    pub officers: &'a [Verifier],
    /// Signed checkpoints that were handed out earlier.
    pub earlier: &'a [Note],
}

/// A log that is as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The head that was checked.
    pub checkpoint: Checkpoint,
    /// Who signed it, of the known keys: the log, then witnesses with their times.
    pub signed: Vec<Verified>,
    /// The sizes of the earlier checkpoints that this log continues.
    pub continues: Vec<u64>,
    /// How many entries are covered by a signature of a known officer; those after were signed by none.
    pub signed_entries: u64,
    /// Keys that signed entries and are not among the officers.
    pub strangers: BTreeSet<KeyId>,
    /// Positions of entries that a later program wrote, or that have members of one.
    pub unknown: Vec<u64>,
    /// Positions of entries that say that the unit's clock was set back.
    pub clock_back: Vec<u64>,
}

/// Why a log is not as it was written, or cannot be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault<E> {
    /// A file could not be read for a reason outside.
    #[error(transparent)]
    Read(E),
    /// A checkpoint is not a note.
    #[error(transparent)]
    Note(#[from] BadNote),
    /// A checkpoint is not one of the log that a known key signed.
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    /// A file that a log of this size has is not there.
    #[error("a file is missing: {0}")]
    Missing(Tile),
    /// A file is not what the entries make it.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// An entry is not as it was written.
    #[error(transparent)]
    Entry(#[from] Flaw),
    /// An entry names a known officer and is not signed by this key.
    #[error("entry {seq} does not hold the signature of {by}")]
    Signature {
        /// The entry's position.
        seq: u64,
        /// The key that it names.
        by: KeyId,
    },
    /// An entry is earlier than one before it, and none between them says that the clock was set back.
    #[error(
        "entry {seq} is earlier than an entry before it, and no entry says that the clock was set back: \
         expected {latest} or later, found: {at}"
    )]
    Clock {
        /// The entry's position.
        seq: u64,
        /// Its time.
        at: String,
        /// The latest time before it, since the clock was last said to be set back.
        latest: String,
    },
    /// The entries do not have the root of the checkpoint.
    #[error("the entries do not have the root of the checkpoint: expected {expected}, found: {found}")]
    Root {
        /// The root in the checkpoint.
        expected: Hash,
        /// The root over the entries.
        found: Hash,
    },
    /// An earlier checkpoint has another root for the same entries.
    #[error("the log was written anew: its first {size} entries had the root {expected}, found: {found}")]
    Rewritten {
        /// The size of the earlier checkpoint.
        size: u64,
        /// The root that it has.
        expected: Hash,
        /// The root that the log has at this size.
        found: Hash,
    },
    /// An earlier checkpoint has more entries.
    #[error("entries are missing at the end: an earlier checkpoint has {earlier}, found: {size}")]
    Shorter {
        /// The size of the earlier checkpoint.
        earlier: u64,
        /// The size of the log.
        size: u64,
    },
}

/// Checks the log of a signed checkpoint: every signature of known keys, every entry, every file.
///
/// `read` gives a file's bytes, or none when it is not there; `each` sees every entry in order.
/// Files that a log of this size does not have are not asked for.
///
/// # Errors
/// The first fault, where it is.
pub fn verify<E>(
    checkpoint: &[u8],
    trust: Trust<'_>,
    read: impl FnMut(Tile) -> Result<Option<Vec<u8>>, E>,
    each: impl FnMut(&Entry<'_>),
) -> Result<Checked, Fault<E>> {
    let Opened { checkpoint: head, signed } =
        Checkpoint::open(&Note::parse(checkpoint)?, trust.origin, trust.log, trust.witnesses)?;
    let mut earlier = Vec::new();
    for note in trust.earlier {
        let before = Checkpoint::open(note, Some(head.origin()), trust.log, trust.witnesses)?.checkpoint;
        if before.size() > head.size() {
            return Err(Fault::Shorter { earlier: before.size(), size: head.size() });
        }
        earlier.push((before.size(), before.root()));
    }
    earlier.sort_unstable();
    Log::new(head, signed, trust, earlier).read(read, each)
}

/// Checks the log under a head that whoever checks has, signed or not: every entry, every signature of these officers,
/// every file. `read` and `each` are as for [`verify`].
///
/// # Errors
/// The first fault, where it is.
pub fn verify_head<E>(
    head: Checkpoint,
    officers: &[Verifier],
    read: impl FnMut(Tile) -> Result<Option<Vec<u8>>, E>,
    each: impl FnMut(&Entry<'_>),
) -> Result<Checked, Fault<E>> {
    Log::new(head, Vec::new(), Trust { officers, ..Trust::default() }, Vec::new()).read(read, each)
}

/// A log that is being read from its beginning.
struct Log<'a> {
    checked: Checked,
    trust: Trust<'a>,
    earlier: Vec<(u64, Hash)>,
    tree: Tree,
    edge: Edge,
    /// The latest time so far, since the clock was last said to be set back; empty before the first entry.
    latest: String,
}

impl<'a> Log<'a> {
    fn new(
        checkpoint: Checkpoint,
        signed: Vec<Verified>,
        trust: Trust<'a>,
        earlier: Vec<(u64, Hash)>,
    ) -> Self {
        let (continues, signed_entries) = (earlier.iter().map(|(size, _)| *size).collect(), 0);
        let (strangers, unknown, clock_back) = (BTreeSet::new(), Vec::new(), Vec::new());
        let checked =
            Checked { checkpoint, signed, continues, signed_entries, strangers, unknown, clock_back };
        let (tree, edge, latest) = (Tree::default(), Edge::default(), String::new());
        Self { checked, trust, earlier, tree, edge, latest }
    }

    /// Reads the log up to the size of its head.
    fn read<E>(
        mut self,
        mut read: impl FnMut(Tile) -> Result<Option<Vec<u8>>, E>,
        mut each: impl FnMut(&Entry<'_>),
    ) -> Result<Checked, Fault<E>> {
        let size = self.checked.checkpoint.size();
        while self.edge.size() < size {
            let index = self.edge.size() / u64::from(WIDTH);
            let width = (size - self.edge.size()).min(u64::from(WIDTH)) as u16;
            let (tile, bytes) = file(Tile { kind: Kind::Entries, index, width }, &mut read)?;
            let mut full = Vec::new();
            for entry in tile.entries(&bytes)?.into_iter().take(usize::from(width)) {
                self.push(entry, &mut full, &mut each)?;
            }
            full.iter().try_for_each(|file| same(file, &mut read))?;
        }
        self.compare_earlier()?;
        self.edge.partial().iter().try_for_each(|file| same(file, &mut read))?;
        let (expected, found) = (self.checked.checkpoint.root(), self.edge.root());
        if expected == found { Ok(self.checked) } else { Err(Fault::Root { expected, found }) }
    }

    fn push<E>(
        &mut self,
        bytes: &[u8],
        full: &mut Vec<File>,
        each: &mut impl FnMut(&Entry<'_>),
    ) -> Result<(), Fault<E>> {
        self.compare_earlier()?;
        let entry = Entry::parse(bytes, self.edge.size())?;
        self.compare_time(&entry)?;
        if let Content::Signed(signed) = &entry.content {
            match self.trust.officers.iter().find(|officer| *officer.key() == signed.by) {
                None => _ = self.checked.strangers.insert(signed.by.clone()),
                Some(officer) => {
                    let origin = self.checked.checkpoint.origin();
                    let before = Checkpoint::new(origin, self.tree.size(), self.tree.root())
                        .map_err(NotOpened::from)?;
                    if !signed.holds(&before, officer) {
                        return Err(Fault::Signature { seq: entry.seq, by: signed.by.clone() });
                    }
                    self.checked.signed_entries = before.size();
                }
            }
        }
        if matches!(entry.content, Content::Unknown) || !entry.unknown.is_empty() {
            self.checked.unknown.push(entry.seq);
        }
        each(&entry);
        let leaf = self.edge.push(bytes, full).expect("what a bundle held is not too long");
        self.tree.push(leaf);
        Ok(())
    }

    /// Compares the time of an entry with those before it. An entry of a higher version has none that is read here.
    fn compare_time<E>(&mut self, entry: &Entry<'_>) -> Result<(), Fault<E>> {
        let Some(at) = entry.content.at() else { return Ok(()) };
        if entry.content.sets_clock_back() {
            self.checked.clock_back.push(entry.seq);
        } else if at < self.latest.as_str() {
            let latest = std::mem::take(&mut self.latest);
            return Err(Fault::Clock { seq: entry.seq, at: at.to_owned(), latest });
        }
        at.clone_into(&mut self.latest);
        Ok(())
    }

    /// Compares the root with those of the earlier checkpoints of the size that was reached.
    fn compare_earlier<E>(&mut self) -> Result<(), Fault<E>> {
        while let Some((size, expected)) =
            self.earlier.first().copied().filter(|(size, _)| *size == self.tree.size())
        {
            let found = self.tree.root();
            if found != expected {
                return Err(Fault::Rewritten { size, expected, found });
            }
            self.earlier.remove(0);
        }
        Ok(())
    }
}

/// The bytes of a file, or of the full one that replaced it.
fn file<E>(
    tile: Tile,
    read: &mut impl FnMut(Tile) -> Result<Option<Vec<u8>>, E>,
) -> Result<(Tile, Vec<u8>), Fault<E>> {
    for place in [tile, Tile { width: WIDTH, ..tile }] {
        if let Some(bytes) = read(place).map_err(Fault::Read)? {
            return Ok((place, bytes));
        }
    }
    Err(Fault::Missing(tile))
}

/// Compares a file with the one that is there.
fn same<E>(
    expected: &File,
    read: &mut impl FnMut(Tile) -> Result<Option<Vec<u8>>, E>,
) -> Result<(), Fault<E>> {
    let (tile, found) = file(expected.tile, read)?;
    let found =
        if tile == expected.tile { &found[..] } else { &found[..found.len().min(expected.bytes.len())] };
    if found == expected.bytes {
        return Ok(());
    }
    let at = found.iter().zip(&expected.bytes).take_while(|(one, other)| one == other).count();
    let show =
        |bytes: &[u8]| bytes.get(at).map_or_else(|| "the end".to_owned(), |byte| format!("byte {byte:#04x}"));
    let (path, expected, found) = (tile.to_string(), show(&expected.bytes), show(found));
    Err(Damaged { path, at, expected, found }.into())
}

#[cfg(test)]
mod tests;
