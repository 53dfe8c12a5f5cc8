//! Lists of known files as others hand them out: bytes in; entries, problems and declared skips out.
//!
//! A list may have a hundred million entries, so every reader takes its file record by record and holds one at a time.
//! What a record says is taken as it is said: a category stays in its own scheme, a flag that is not given is unknown,
//! and the kind of a hash is that which the layout names. Where a layout names none, the length tells, and that is noted.
//!
//! Nothing here opens media. PhotoDNA hashes are counted and not kept, and PDQ hashes go into lists of their own
//! ([`crate::near::list`]): similar is never the same.

pub mod record;

pub mod recognise;

mod gather;
mod hex;
mod lines;

mod encase;
mod hashdb;
mod hashdeep;
mod hashkeeper;
mod icse;
mod json;
mod known_file;
mod media_csv;
mod ncmec;
mod nsrl;
mod signals;
mod sqlite;
mod sums;
mod table;
mod vics;

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tutela_model::Digest;

pub use self::gather::UNKNOWN_SIZE;
pub use self::hex::{hex, of_hex};
pub use self::record::{
    Attributes, BlockHash, Counts, Entry, Feedback, Flags, Hashes, Kind, Note, Problem, Record, Skip, Take,
    Withdrawn,
};

/// A layout of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layout {
    /// Project VIC: JSON of 1.2, 1.3 and 2.0, cases or media.
    Vics,
    /// INTERPOL ICSE: CSV with semicolons.
    Icse,
    /// NCMEC hash sharing: XML of version 2.
    Ncmec,
    /// NSRL reference data set as text, of version 2 or 1.
    Nsrl,
    /// NSRL reference data set as an SQLite database, of version 3.
    NsrlSqlite,
    /// EnCase hash set.
    Encase,
    /// HashKeeper: CSV.
    Hashkeeper,
    /// The Sleuth Kit's and Autopsy's SQLite database.
    Kdb,
    /// hashdeep: lines under a heading that names their columns.
    Hashdeep,
    /// One hash a line: bare, as md5sum and its siblings write it, in BSD's form, or an eDonkey link.
    Sums,
    /// ThreatExchange and Hasher-Matcher-Actioner: a type of signal and its value on a line.
    Signals,
    /// hashdb: JSON lines of files and blocks.
    Hashdb,
    /// The table `known_file` as CSV.
    KnownFile,
    /// The media of an operation as CSV, with categories.
    MediaCsv,
}

impl Layout {
    /// All layouts, with the word that names each.
    pub const WORDS: &[(&str, Self)] = &[
        ("vics", Self::Vics),
        ("icse", Self::Icse),
        ("ncmec", Self::Ncmec),
        ("nsrl", Self::Nsrl),
        ("nsrl_sqlite", Self::NsrlSqlite),
        ("encase", Self::Encase),
        ("hashkeeper", Self::Hashkeeper),
        ("kdb", Self::Kdb),
        ("hashdeep", Self::Hashdeep),
        ("sums", Self::Sums),
        ("signals", Self::Signals),
        ("hashdb", Self::Hashdb),
        ("known_file", Self::KnownFile),
        ("media_csv", Self::MediaCsv),
    ];

    /// The word that names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, layout)| *layout == self).map_or("", |(word, _)| word)
    }

    /// The layout that a word names.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, layout)| *layout)
    }

    /// Whether the file is a database, which is not read from its beginning to its end.
    #[must_use]
    pub fn is_database(self) -> bool {
        matches!(self, Self::NsrlSqlite | Self::Kdb)
    }
}

/// What whoever imports a list declares about it.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// What hashes of 32 digits are where the layout does not say: MD5 when nothing is declared, or ed2k.
    pub digits_32: Option<Kind>,
    /// How many bytes a block has, for block hashes whose layout does not say it.
    pub block_bytes: Option<u32>,
}

/// What was read of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// SHA-256 of the file.
    pub digest: Digest,
    /// How many bytes the file has.
    pub bytes: u64,
}

/// Why a list was not read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk.
    #[error("the file cannot be read")]
    Disk(#[from] io::Error),
    /// The file is not of this layout.
    #[error("not of the layout {layout}: expected {expected}, found: {found}")]
    OtherLayout {
        /// The layout as which it was read.
        layout: &'static str,
        /// What the layout begins with.
        expected: &'static str,
        /// What the file begins with.
        found: String,
    },
    /// It holds block hashes, and nobody said how large the blocks are.
    #[error("the list holds hashes of blocks and does not say how large the blocks are")]
    BlockBytes,
    /// Whoever takes the records takes no more.
    #[error(transparent)]
    Taken(Box<dyn std::error::Error + Send + Sync>),
}

/// Reads a list, and the digest of its bytes on the way. `done` is how many bytes are read so far.
///
/// # Errors
/// The disk; the file is not of this layout; whoever takes the records takes no more. What is wrong with a record is a
/// problem and no error.
pub fn read(
    path: &Path,
    layout: Layout,
    declared: &Declared,
    done: &Cell<u64>,
    take: &mut dyn Take,
) -> Result<Received, ReadError> {
    let mut bytes = Digesting { file: File::open(path)?, digest: Sha256::new(), done };
    done.set(0);
    if layout.is_database() {
        sqlite::read(path, layout, take)?;
        return digest_of_rest(bytes);
    }
    read_bytes(&mut bytes, layout, declared, take)?;
    // A reader may stop before the end, where nothing more can be read; the digest is of the whole file.
    digest_of_rest(bytes)
}

/// Reads a list of a layout that is no database.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(
    bytes: &mut dyn Read,
    layout: Layout,
    declared: &Declared,
    take: &mut dyn Take,
) -> Result<(), ReadError> {
    match layout {
        Layout::Vics => vics::read(bytes, take),
        Layout::Icse => icse::read(bytes, take),
        Layout::Ncmec => ncmec::read(bytes, take),
        Layout::Nsrl => nsrl::read(bytes, take),
        Layout::Encase => encase::read(bytes, take),
        Layout::Hashkeeper => hashkeeper::read(bytes, take),
        Layout::Hashdeep => hashdeep::read(bytes, take),
        Layout::Sums => sums::read(bytes, declared, take),
        Layout::Signals => signals::read(bytes, take),
        Layout::Hashdb => hashdb::read(bytes, declared, take),
        Layout::KnownFile => known_file::read(bytes, take),
        Layout::MediaCsv => media_csv::read(bytes, take),
        Layout::NsrlSqlite | Layout::Kdb => Err(ReadError::OtherLayout {
            layout: layout.word(),
            expected: "a database, which is opened by its path",
            found: "bytes".to_owned(),
        }),
    }
}

fn digest_of_rest(mut bytes: Digesting<'_>) -> Result<Received, ReadError> {
    let mut buffer = vec![0; 1 << 16];
    while bytes.read(&mut buffer)? > 0 {}
    Ok(Received { digest: Digest(bytes.digest.finalize().into()), bytes: bytes.done.get() })
}

/// A file whose digest is taken while it is read.
struct Digesting<'d> {
    file: File,
    digest: Sha256,
    done: &'d Cell<u64>,
}

impl Read for Digesting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.done.set(self.done.get() + read as u64);
        Ok(read)
    }
}
