//! What is found on an exhibit: entries with their state, times, bytes and place; and who takes them.

use std::io::Read;
use std::ops::ControlFlow;

use tutela_model::tables::{FileKind, FileState};

/// An entry of a file system, a folder or an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Volume, folders and name, joined by `/`, as they are written: control characters and marks of direction are kept,
    /// and whoever shows the path escapes them. `volume-1/…` where the image has volumes; a stream is `file:stream`, a
    /// member of an archive `archive.zip/!/path`.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// What the file system says of it.
    pub state: FileState,
    /// How many bytes the file system says that it has.
    pub size: u64,
    /// The number of its record in the file system, as the Sleuth Kit writes such numbers (`35-128-1`); empty where
    /// there is none.
    pub id: String,
    /// Its times.
    pub times: Times,
    /// Where its bytes lie in the image, in order. Empty where they lie in the record itself, or in no image.
    pub runs: Vec<Run>,
    /// How its bytes were found.
    pub found: Found,
}

/// Bytes of an image that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Offset of the first byte in the image; none for a hole of a sparse file, which reads as zeros.
    pub offset: Option<u64>,
    /// How many bytes.
    pub length: u64,
}

/// How the bytes of an entry were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// By the file system's own records of where they lie.
    Recorded,
    /// By the guess that a deleted file's bytes follow each other from its first cluster, over clusters that no other
    /// file holds: its chain is gone. A file that was in pieces comes out wrong.
    Guessed,
    /// Not: a file that is there holds their clusters, they are encrypted by the file system, or not recorded.
    Lost,
}

/// The times of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// When it was made on this file system.
    pub created: Option<Stamp>,
    /// When its bytes were last written.
    pub modified: Option<Stamp>,
    /// When it was last read.
    pub accessed: Option<Stamp>,
    /// When its record was last changed.
    pub changed: Option<Stamp>,
}

/// A time as a file system keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Microseconds since 1970, of UTC or of the clock on the wall, as `local` says.
    pub at_us: i64,
    /// How fine the file system keeps it, in microseconds: 2,000,000 for FAT's writing times, a day for its reading times.
    pub width_us: i64,
    /// Whether it is of the clock on the wall of whoever wrote it, with no zone recorded (FAT; exFAT without an offset).
    pub local: bool,
}

/// A stretch of an image: a volume, or what no volume holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How paths in it begin: `volume-1`; `gap-1` for what no volume holds. Empty for an image that is one file system.
    pub name: String,
    /// Offset of its first byte in the image.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
    /// What it is: the name of its file system or of what encrypts it, and what the table of volumes calls it.
    pub what: String,
}

/// Something of an exhibit that could not be read, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Where: a path, or an offset in the image.
    pub place: String,
    /// Why.
    pub why: Why,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
}

/// Why something of an exhibit was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its structure is damaged.
    Damaged,
    /// The image ends before it, or a segment is missing.
    Truncated,
    /// A limit of entries, depth, size or time was reached.
    Limit,
    /// It is encrypted.
    Encrypted,
    /// Nothing here reads this kind.
    Unsupported,
    /// Two readers found different things.
    Disagreement,
}

/// Takes what is found on an exhibit.
pub trait Visit {
    /// An entry; its bytes where it has any that can be read. What is not read of them is passed over.
    fn entry(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()>;

    /// A volume of the image, before its entries; or what lies between volumes.
    fn part(&mut self, _part: &Part) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Something that could not be read. The rest goes on.
    fn unread(&mut self, unread: Unread) -> ControlFlow<()>;

    /// The reader works at a place and has found nothing: to be called every second or so where that takes long, so that
    /// whoever waits can tell work from standstill.
    fn working(&mut self, place: &str) -> ControlFlow<()> {
        let _ = place;
        ControlFlow::Continue(())
    }
}
