//! What a reader of a source format is: bytes in; rows, problems and declared skips out.

use std::fmt;
use std::io::{self, Read, Seek};

use crate::field::{Flaw, FlawKind, clip};
use crate::place::Spot;
use crate::table::Row;
use crate::tables::{Problem, ProblemKind};
use crate::time::Zone;

/// A reader of one source format. A plain description with two functions: adding one is adding a value.
#[derive(Clone, Copy)]
pub struct Reader {
    /// Issuer, thing, container: `cybertip_esp_xml`.
    pub name: &'static str,
    /// Goes up with every change that makes other rows of the same bytes.
    pub version: u32,
    /// What it reads, in a sentence.
    pub about: &'static str,
    /// Tables that it fills.
    pub tables: &'static [&'static str],
    /// How sure it is, from name and beginning, that a file is of its format.
    pub recognise: fn(&Sample<'_>) -> Fit,
    /// Reads a file.
    ///
    /// # Errors
    /// [`Refusal`]s only. Bad content is never an error: it becomes problems.
    pub read: fn(Input, &Declared, &mut dyn Sink) -> Result<(), Refusal>,
}

/// How sure a reader is that a file is of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Not its format.
    No,
    /// The form would do, but nothing in it is the format's own.
    Possible,
    /// Something that only this format has.
    Sure,
}

/// A file's name and beginning, for [`Reader::recognise`].
#[derive(Clone, Copy)]
pub struct Sample<'a> {
    /// The file's name without folders; a compression suffix is taken off.
    pub name: &'a str,
    /// The first bytes, decompressed; at most 64 KiB.
    pub head: &'a [u8],
}

/// Bytes that can be read from any position. Every `Read + Seek + Send` is one.
pub trait Bytes: Read + Seek + Send {}
impl<B: Read + Seek + Send> Bytes for B {}

/// A file to be read.
pub struct Input {
    /// The file's name without folders, as it was received.
    pub name: String,
    /// Its length in bytes.
    pub len: u64,
    /// Its bytes.
    pub bytes: Box<dyn Bytes>,
    /// Files of the same folder without which it is not whole, and that were received with it: the write-ahead log of a
    /// database. Mostly none.
    pub beside: Vec<Self>,
}

impl Input {
    /// A file that is in memory.
    #[must_use]
    pub fn from_memory(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            len: bytes.len() as u64,
            bytes: Box::new(io::Cursor::new(bytes)),
            beside: Vec::new(),
        }
    }
}

/// What the officer declared about a file on import, because the file does not say.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The zone of local times.
    pub zone: Option<Zone>,
    /// The table that a `tutela_table` file is; for other readers the form that a file has, where it leaves that open.
    pub table: Option<String>,
    /// The mapping profile, as its TOML text.
    pub profile: Option<String>,
    /// The text encoding, by its WHATWG label.
    pub encoding: Option<String>,
}

/// Why a file is not read, or not to its end. Nothing of it counts then.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A local time with no zone in the text and none declared.
    #[error("{column} is a local time without a zone at {place}: {found}")]
    ZoneMissing {
        /// Where.
        place: Spot,
        /// The column.
        column: String,
        /// What was found.
        found: String,
    },
    /// The file is not what it was declared to be.
    #[error("expected {expected}, found {found}")]
    NotThisFormat {
        /// What the reader reads.
        expected: String,
        /// What the file begins with, in words.
        found: String,
    },
    /// The file has not the header that the mapping profile expects.
    #[error("{0}")]
    OtherHeader(Box<OtherHeader>),
    /// No text encoding has the name that was declared.
    #[error(
        "unknown text encoding: {0}\nhint: use a name such as utf-8, windows-1252, iso-8859-1 or utf-16le"
    )]
    UnknownEncoding(String),
    /// No table has the name that was declared, or else the file's.
    #[error(
        "no table has this name: {name}\nhint: name the file after a table or declare one of: {}",
        tables.join(", ")
    )]
    NoTable {
        /// The name.
        name: String,
        /// The names that there are.
        tables: Vec<&'static str>,
    },
    /// No mapping profile was declared, and no shipped one has the header of the file of this name.
    #[error(
        "no profile is declared, and no shipped one has this file's header: {0}\n\
         hint: tutela profile guess FILE proposes one"
    )]
    NoProfile(String),
    /// What was declared cannot be used: a profile with an error.
    #[error("{0}")]
    Declared(String),
    /// The received file could not be read.
    #[error("the file cannot be read")]
    Read(#[from] io::Error),
    /// The store could not take a row: its own error says why.
    #[error("the rows cannot be stored")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The user stopped the import.
    #[error("stopped")]
    Stopped,
}

/// A file whose header is not the one that a mapping profile expects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherHeader {
    /// The profile's name.
    pub profile: String,
    /// The columns that it expects and the file has not.
    pub missing: Vec<String>,
    /// The row that is most like a header, and its cells; none when no row is.
    pub found: Option<(Spot, String)>,
    /// A shipped profile that has this file's header.
    pub fitting: Option<String>,
}

impl fmt::Display for OtherHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, missing, .. } = self;
        let missing = missing.join(", ");
        match &self.found {
            Some((place, found)) => write!(
                f,
                "the profile {profile} expects the columns {missing}; the row most like a header, {place}, has: {found}"
            ),
            None => {
                write!(f, "the profile {profile} expects the columns {missing}; no row is like a header")
            }
        }
    }
}

/// Takes what a reader reads.
pub trait Sink {
    /// A record begins. Each must give at least one row, problem or skip before the next begins; a test counts.
    fn record(&mut self);

    /// Takes a row.
    ///
    /// # Errors
    /// The store is full, or the user stopped the import: the reader must end with this refusal.
    fn row(&mut self, row: Row) -> Result<(), Refusal>;

    /// A record that is irrelevant by the format's README, and why.
    fn skip(&mut self, place: &Spot, reason: &'static str);

    /// Something that the reader found out about the whole file: encoding, delimiter, layout version.
    fn note(&mut self, key: &'static str, value: &str);

    /// How many bytes of the file are behind the reader.
    fn progress(&mut self, bytes_read: u64);
}

impl dyn Sink + '_ {
    /// Takes a problem.
    ///
    /// # Errors
    /// As [`Sink::row`].
    pub fn problem(&mut self, problem: Problem) -> Result<(), Refusal> {
        self.row(problem.into())
    }

    /// Takes a row, or the flaws of the record that should have been one.
    ///
    /// # Errors
    /// As [`Sink::row`], and [`Refusal::ZoneMissing`].
    pub fn row_or_flaws(&mut self, row: Result<Row, Vec<Flaw>>, place: &Spot) -> Result<(), Refusal> {
        match row {
            Ok(row) => self.row(row),
            Err(flaws) => flaws.into_iter().try_for_each(|flaw| self.problem(Problem::of(flaw, place)?)),
        }
    }
}

impl Problem {
    /// A problem of a record or a file.
    #[must_use]
    pub fn new(kind: ProblemKind, place: Spot, column: &str, expected: &str, found: &str) -> Self {
        Self {
            kind,
            column: (!column.is_empty()).then(|| column.into()),
            expected: expected.into(),
            found: (!found.is_empty()).then(|| clip(found).into()),
            mend: None,
            place,
        }
    }

    /// The same problem, with a way to mend it.
    #[must_use]
    pub fn mend(mut self, mend: &str) -> Self {
        self.mend = Some(mend.into());
        self
    }

    /// The problem that a flaw of a record at `place` is.
    ///
    /// # Errors
    /// [`Refusal::ZoneMissing`]: a zone is never guessed, so that flaw ends the import.
    pub fn of(flaw: Flaw, place: &Spot) -> Result<Self, Refusal> {
        let kind = match flaw.kind {
            FlawKind::Missing => ProblemKind::MissingValue,
            FlawKind::Value => ProblemKind::BadValue,
            FlawKind::Contradiction => ProblemKind::Contradiction,
            FlawKind::ZoneMissing => {
                return Err(Refusal::ZoneMissing {
                    place: place.clone(),
                    column: flaw.column.to_owned(),
                    found: flaw.found,
                });
            }
        };
        Ok(Self::new(kind, place.clone(), flaw.column, &flaw.expected, &flaw.found))
    }
}
