//! One version of a list as one file: sorted, looked up in place, never changed.
//!
//! # The file
//!
//! Numbers are little-endian, keys are the bytes of the hashes.
//!
//! ```text
//! 0     8   "TUTELIST"
//! 8     4   version of this form: 1
//! 12    4   zero
//! 16    8   offset of the manifest
//! 24    8   its length in bytes
//! 32   32   SHA-256 of the manifest
//! 64        sections, each at a multiple of 64, zeros between them
//!           the manifest, JSON, at the end
//! ```
//!
//! The manifest names the list, its version and what it was made from, and lists the sections: name, offset, length,
//! bytes of a row, rows, SHA-256. Its own SHA-256 is the digest of the list: with it everything in the file is fixed.
//!
//! | section | a row is |
//! |---|---|
//! | `attributes` | JSON on a line: what the list says of entries, each once, in the order of its bytes |
//! | `entry.attribute` | of an entry, the number of its line in `attributes`, in 1, 2 or 4 bytes; absent when there
//! is one line | | `entry.size` | its size in 6 bytes, all ones when unknown; absent when no size is known |
//! | `entry.id` | what names it in later deliveries, 8 bytes, zero when nothing does; absent likewise |
//! | `KIND.keys` | a hash; rows are sorted by their bytes; KIND is md5, sha1, sha256, ed2k |
//! | `KIND.directory` | 4 bytes; row P is the number of keys whose first `bits` bits are less than P; 2^bits + 1 rows |
//! | `KIND.entries` | of a key, the number of its entry, 4 bytes; absent when that is `first` plus the number of the key |
//! | `entry.KIND` | of an entry, the number of its key of that kind, 4 bytes, all ones for none; absent likewise |
//! | `block.…` | blocks of files; see [`crate::blocks`] |
//!
//! Entries are sorted by their first hash in the order md5, sha1, sha256, ed2k, then by all else, so the same lists give
//! the same bytes whatever the order of files and however much memory there was.
//!
//! # Looking up
//!
//! The first bits of a hash name a row of the directory; it and the next one bound the keys that begin with these bits,
//! two to four of them, which are compared. That is two lines of memory, or three. Nothing is copied into memory of the
//! process: pages of the file are the system's, which drops them when it needs the room.
//!
//! # What mapping cannot hold
//!
//! A file is mapped into memory and read in place, so it must not change while it is open. It is written under another
//! name, synced, renamed and made read-only, and nothing of ours ever writes to it again. Who cuts it off while a process
//! has it open ends that process with a signal; bytes that somebody changes are seen as they are then. Lists lie in a
//! folder that only whoever builds them can write to.
//!
//! Bounds are checked when a file is opened and whenever a row is read, so damage gives a wrong answer or none, and never
//! a fault; [`Index::check`] takes the digests of all sections and says which are damaged.

mod sort;

mod file;
mod manifest;

mod build;

mod attributes;
mod entries;
mod merge;

mod open;

mod directory;

mod diff;
mod look;

pub use self::build::{Builder, Built, Gone, Settings};
pub use self::diff::{Change, Difference, diff};
pub use self::look::{Hit, Lists, Standing};
pub use self::manifest::{After, Manifest, Section, Source, Translation, TranslationOf};
pub use self::open::{Altered, Index, Stored};

pub(crate) use self::directory::{Directory, Rows};

pub(crate) use self::file::{Spool, Writer};
pub(crate) use self::sort::Sorter;

use std::io;
use std::path::{Path, PathBuf};

use crate::lists::ReadError;

/// Why a list cannot be built or opened.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The disk.
    #[error("cannot {act}: {}", path.display())]
    Disk {
        /// What was done.
        act: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no list index.
    #[error("not an index of a list: {}", .0.display())]
    NotAnIndex(PathBuf),
    /// The file is a list of perceptual hashes.
    #[error("a list of perceptual hashes, where an index of exact ones is needed: {}", .0.display())]
    Perceptual(PathBuf),
    /// The file is of another version of the form.
    #[error("an index of form {found}, which this program does not read: {}", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The file is damaged.
    #[error("a damaged index, at {place}: expected {expected}, found {found}: {}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it.
        place: String,
        /// What is expected there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// There is a file already; a list is never written over.
    #[error("there is a file already, and a list is never written over: {}", .0.display())]
    Exists(PathBuf),
    /// More than the form holds.
    #[error("more than {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: u64,
    },
    /// A list says another scheme than whoever builds the index.
    #[error("the list says that its categories are of {said}, not of: {given}")]
    OtherScheme {
        /// What the list says.
        said: String,
        /// What was given.
        given: String,
    },
    /// Blocks of two forms cannot be in one set.
    #[error("blocks of {other} cannot be in one list with blocks of {known}")]
    OtherBlocks {
        /// Those that are there.
        known: String,
        /// Those that come.
        other: String,
    },
    /// A list could not be read.
    #[error("cannot read {}", path.display())]
    List {
        /// The list.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// Whoever asked has asked to stop.
    #[error("stopped; what was done before holds")]
    Stopped,
}

/// Says to which file something was done that the disk refused.
pub(crate) trait At<T> {
    fn at(self, act: &'static str, path: &Path) -> Result<T, IndexError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, act: &'static str, path: &Path) -> Result<T, IndexError> {
        self.map_err(|source| IndexError::Disk { act, path: path.to_owned(), source })
    }
}
