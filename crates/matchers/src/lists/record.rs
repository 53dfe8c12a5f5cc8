//! What a list says of a file, and who takes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tutela_model::Spot;

use super::ReadError;
use crate::pdq::PdqHash;

/// A kind of hash of whole files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// MD5 (RFC 1321), 16 bytes.
    Md5,
    /// SHA-1 (FIPS 180-4), 20 bytes.
    Sha1,
    /// SHA-256 (FIPS 180-4), 32 bytes.
    Sha256,
    /// The eDonkey hash: MD4 of the MD4s of parts of 9,728,000 bytes, 16 bytes.
    Ed2k,
}

impl Kind {
    /// All kinds, in the order in which an entry is sorted by them.
    pub const ALL: [Self; 4] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Ed2k];

    /// How many bytes a hash has.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::Md5 | Self::Ed2k => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// The word that names it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Ed2k => "ed2k",
        }
    }

    /// The kind that a word names, in the spellings that lists have: `SHA-1`, `SHA1`, `sha1`.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let plain: String =
            word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        Self::ALL.into_iter().find(|kind| kind.word() == plain)
    }

    pub(crate) const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// The hash of no bytes at all, which every empty file has.
    #[must_use]
    pub const fn of_nothing(self) -> &'static [u8] {
        match self {
            Self::Md5 => b"\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e",
            Self::Sha1 => b"\xda\x39\xa3\xee\x5e\x6b\x4b\x0d\x32\x55\xbf\xef\x95\x60\x18\x90\xaf\xd8\x07\x09",
            Self::Sha256 => {
                b"\xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8\x99\x6f\xb9\x24\
                  \x27\xae\x41\xe4\x64\x9b\x93\x4c\xa4\x95\x99\x1b\x78\x52\xb8\x55"
            }
            Self::Ed2k => b"\x31\xd6\xcf\xe0\xd1\x6a\xe9\x31\xb7\x3c\x59\xd7\xe0\xc0\x89\xc0",
        }
    }
}

/// The hashes of a file, as many as are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hashes {
    /// MD5.
    pub md5: Option<[u8; 16]>,
    /// SHA-1.
    pub sha1: Option<[u8; 20]>,
    /// SHA-256.
    pub sha256: Option<[u8; 32]>,
    /// The eDonkey hash.
    pub ed2k: Option<[u8; 16]>,
}

impl Hashes {
    /// The hash of a kind.
    #[must_use]
    pub fn get(&self, kind: Kind) -> Option<&[u8]> {
        match kind {
            Kind::Md5 => self.md5.as_ref().map(|hash| &hash[..]),
            Kind::Sha1 => self.sha1.as_ref().map(|hash| &hash[..]),
            Kind::Sha256 => self.sha256.as_ref().map(|hash| &hash[..]),
            Kind::Ed2k => self.ed2k.as_ref().map(|hash| &hash[..]),
        }
    }

    /// Sets the hash of a kind; bytes of another length leave it unknown.
    pub fn set(&mut self, kind: Kind, bytes: &[u8]) {
        match kind {
            Kind::Md5 => self.md5 = bytes.try_into().ok(),
            Kind::Sha1 => self.sha1 = bytes.try_into().ok(),
            Kind::Sha256 => self.sha256 = bytes.try_into().ok(),
            Kind::Ed2k => self.ed2k = bytes.try_into().ok(),
        }
    }

    /// The kinds that are known.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(|kind| self.get(*kind).is_some())
    }

    /// Whether no hash is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds().next().is_none()
    }

    /// Whether a hash says that the file is empty.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        self.kinds().any(|kind| self.get(kind) == Some(kind.of_nothing()))
    }

    pub(crate) fn bits(&self) -> u8 {
        self.kinds().fold(0, |bits, kind| bits | kind.bit())
    }
}

/// An entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The hashes of the file.
    pub hashes: Hashes,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// What names the entry in later deliveries of the list: the first eight bytes of the SHA-256 of the contributor and
    /// the entry's id. Only lists that withdraw entries by their id have one.
    pub id: Option<u64>,
    /// When its contributor last changed it, in microseconds of UTC since 1970. Only with an id.
    pub at_us: Option<i64>,
    /// What the list says of it.
    pub attributes: Attributes,
}

/// What a list says of a file, besides its hashes. Many entries share it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attributes {
    /// The scheme of the category; none when nobody said it, and the category is then a word without a meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The category, as the list wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The category in another scheme, by the table of whoever built the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translated: Option<Translated>,
    /// The series that the file belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// Who put the entry on the list, where lists are pooled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contributor: Option<String>,
    /// What is known of the file.
    #[serde(default, skip_serializing_if = "Flags::is_unknown")]
    pub flags: Flags,
    /// What others than the contributor said of the entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<Feedback>,
    /// Whether the entry is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawn>,
}

/// A category in another scheme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translated {
    /// The scheme.
    pub scheme: String,
    /// The category.
    pub category: String,
}

/// What is known of a file, in three states: yes, no, and unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    /// Whether somebody depicted as a victim is identified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub victim_identified: Option<bool>,
    /// Whether an offender is identified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offender_identified: Option<bool>,
    /// Whether the file is distributed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributed: Option<bool>,
    /// Whether it is only suspected to be of its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspected: Option<bool>,
    /// Whether it was made by the person depicted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_generated: Option<bool>,
    /// Whether its category was taken over from another list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precategorized: Option<bool>,
}

impl Flags {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// Each flag with its name.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Option<bool>); 6] {
        [
            ("victim_identified", self.victim_identified),
            ("offender_identified", self.offender_identified),
            ("distributed", self.distributed),
            ("suspected", self.suspected),
            ("self_generated", self.self_generated),
            ("precategorized", self.precategorized),
        ]
    }
}

/// What a member of a pool said of an entry of another's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    /// Whether it agrees.
    pub affirmative: bool,
    /// Of which hash, in the list's word.
    pub of: String,
    /// Who said it; empty when the list does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub member: String,
}

/// That an entry is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// The version of the list that withdrew it.
    pub version: String,
    /// Why, as far as it was said.
    pub reason: String,
}

/// The hash of a block of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockHash {
    /// The first 16 bytes of the hash.
    pub hash: [u8; 16],
    /// The hash of the file that it is of, in hexadecimal digits.
    pub file: String,
    /// Where in the file, in bytes; none when the list does not say.
    pub offset: Option<u64>,
}

/// A record of a list, when it could be read.
#[derive(Debug)]
pub enum Record<'a> {
    /// An entry.
    Entry(&'a Entry),
    /// That an entry with this id is withdrawn, and since when.
    Deleted {
        /// As [`Entry::id`].
        id: u64,
        /// In microseconds of UTC since 1970.
        at_us: Option<i64>,
    },
    /// A block hash.
    Block(&'a BlockHash),
    /// A record that is left out on purpose.
    Skip(Skip),
}

/// Why a record is left out on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// A comment or an empty line.
    Comment,
    /// A heading.
    Heading,
    /// It holds no hash that is looked up here: only a perceptual one, or one of another kind.
    OtherHash,
    /// It holds no hash at all.
    NoHash,
    /// The hash of no bytes: every empty file would be on the list.
    EmptyFile,
    /// A case or a file of blocks that holds records of its own.
    Container,
    /// A block that its own list calls not probative, or one of several files.
    NotProbative,
}

impl Skip {
    /// The word that names it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Heading => "heading",
            Self::OtherHash => "other_hash",
            Self::NoHash => "no_hash",
            Self::EmptyFile => "empty_file",
            Self::Container => "container",
            Self::NotProbative => "not_probative",
        }
    }
}

/// A record, or a part of one, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub spot: Spot,
    /// What was expected.
    pub expected: &'static str,
    /// What was found, shortened.
    pub found: String,
    /// Whether the whole record is lost. If not, there is an entry, and what could not be read of it is unknown.
    pub lost: bool,
}

impl Problem {
    /// A problem that costs the record.
    #[must_use]
    pub fn lost(spot: Spot, expected: &'static str, found: &[u8]) -> Self {
        Self { spot, expected, found: shortened(found), lost: true }
    }

    /// A problem that costs a part of the record.
    #[must_use]
    pub fn part(spot: Spot, expected: &'static str, found: &[u8]) -> Self {
        Self { lost: false, ..Self::lost(spot, expected, found) }
    }
}

/// The most characters that a problem shows of what was found.
const SHOWN: usize = 80;

/// What was found, as text that is not too long.
pub(crate) fn shortened(found: &[u8]) -> String {
    // A character has four bytes at most.
    let text = String::from_utf8_lossy(&found[..found.len().min(SHOWN * 4)]).into_owned();
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// What is worth saying of a list as a whole. Each is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A PhotoDNA hash is there and not used.
    PhotoDna,
    /// A PDQ hash is there: it goes into a list of its own.
    Pdq,
    /// Another perceptual hash is there and not used.
    Perceptual,
    /// The kind of a hash was told by its length alone.
    KindByLength,
    /// The record calls itself categorised and gives no category.
    CategoryMissing,
}

impl Note {
    /// The word that names it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PhotoDna => "photo_dna",
            Self::Pdq => "pdq",
            Self::Perceptual => "perceptual",
            Self::KindByLength => "kind_by_length",
            Self::CategoryMissing => "category_missing",
        }
    }
}

/// Who takes what a reader reads.
pub trait Take {
    /// Takes a record.
    ///
    /// # Errors
    /// Nothing more is taken; the reader stops.
    fn record(&mut self, record: Record<'_>) -> Result<(), ReadError>;

    /// Takes a problem.
    ///
    /// # Errors
    /// Nothing more is taken; the reader stops.
    fn problem(&mut self, problem: Problem) -> Result<(), ReadError>;

    /// Takes where the record stands that comes next, where the layout is one that people are handed back: Project VIC's, or
    /// a table.
    fn at(&mut self, _spot: &Spot) {}

    /// Takes a PDQ hash of a record, before the record, with what was read of it. Who takes hashes of whole files has no use
    /// for it.
    ///
    /// # Errors
    /// Nothing more is taken; the reader stops.
    fn pdq(&mut self, _hash: PdqHash, _of: &Entry) -> Result<(), ReadError> {
        Ok(())
    }

    /// Takes a note.
    fn note(&mut self, note: Note);

    /// Takes the scheme that the file says its categories are of.
    fn scheme(&mut self, scheme: &str);
}

/// How many records a list has, by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Entries.
    pub entries: u64,
    /// Hashes in them.
    pub hashes: u64,
    /// Withdrawals by id.
    pub deleted: u64,
    /// Block hashes.
    pub blocks: u64,
    /// Records lost to a problem.
    pub lost: u64,
    /// Problems with a part of a record.
    pub parts: u64,
    /// Records left out on purpose, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Notes.
    pub notes: BTreeMap<Note, u64>,
}

impl Counts {
    /// Counts a record.
    pub fn record(&mut self, record: &Record<'_>) {
        match record {
            Record::Entry(entry) => {
                self.entries += 1;
                self.hashes += u64::from(entry.hashes.bits().count_ones());
            }
            Record::Deleted { .. } => self.deleted += 1,
            Record::Block(_) => self.blocks += 1,
            Record::Skip(skip) => *self.skipped.entry(*skip).or_default() += 1,
        }
    }

    /// Counts a problem.
    pub fn problem(&mut self, problem: &Problem) {
        match problem.lost {
            true => self.lost += 1,
            false => self.parts += 1,
        }
    }

    /// Counts a note.
    pub fn note(&mut self, note: Note) {
        *self.notes.entry(note).or_default() += 1;
    }

    /// All records.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.entries + self.deleted + self.blocks + self.lost + self.skipped.values().sum::<u64>()
    }
}
