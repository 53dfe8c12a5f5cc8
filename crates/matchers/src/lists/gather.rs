//! An entry while its record is read: what is wrong with a part of it does not lose the rest.

use tutela_model::Spot;

use super::ReadError;
use super::hex::of_hex;
use super::record::{Entry, Kind, Note, Problem, Record, Skip, Take};
use crate::pdq::PdqHash;

/// An entry, and what was wrong with its parts so far.
#[derive(Default)]
pub struct Gathered {
    /// The entry.
    pub entry: Entry,
    wrong: Vec<Problem>,
    pdq: Vec<PdqHash>,
    other_hash: bool,
}

impl Gathered {
    /// Takes the hexadecimal digits of a hash; none where the record gives none.
    pub fn hash(&mut self, kind: Kind, digits: &[u8], spot: impl FnOnce() -> Spot) {
        let digits = digits.trim_ascii();
        if digits.is_empty() {
            return;
        }
        let hashes = &mut self.entry.hashes;
        let read = match kind {
            Kind::Md5 => of_hex(digits).map(|hash| hashes.md5 = Some(hash)),
            Kind::Sha1 => of_hex(digits).map(|hash| hashes.sha1 = Some(hash)),
            Kind::Sha256 => of_hex(digits).map(|hash| hashes.sha256 = Some(hash)),
            Kind::Ed2k => of_hex(digits).map(|hash| hashes.ed2k = Some(hash)),
        };
        if read.is_none() {
            self.wrong(spot(), expected(kind), digits);
        } else if digits.iter().all(|digit| *digit == b'0') {
            hashes.set(kind, &[]);
            self.wrong(spot(), "a hash, and not zeros in its place", digits);
        }
    }

    /// Takes the bytes of a hash.
    pub fn bytes(&mut self, kind: Kind, bytes: &[u8], spot: impl FnOnce() -> Spot) {
        if bytes.len() == kind.width() && bytes.iter().any(|byte| *byte != 0) {
            self.entry.hashes.set(kind, bytes);
        } else {
            self.hash(kind, super::hex::hex(bytes).as_bytes(), spot);
        }
    }

    /// Takes the digits of a PDQ hash. A problem does not repeat them: what is nearly a hash is most of one.
    pub fn pdq(&mut self, digits: &[u8], spot: impl FnOnce() -> Spot, take: &mut dyn Take) {
        let digits = digits.trim_ascii();
        if digits.is_empty() {
            return;
        }
        let hash = str::from_utf8(digits).ok().and_then(|digits| PdqHash::parse(digits).ok());
        match hash.filter(|hash| hash.limbs() != [0; 4]) {
            Some(hash) => {
                self.pdq.push(hash);
                self.other(Some(Note::Pdq), take);
            }
            None => {
                let found = format!("{} characters", digits.len());
                self.wrong(spot(), "a PDQ hash of 64 hexadecimal digits, not all zero", found.as_bytes());
            }
        }
    }

    /// Takes a size in bytes; none where the record gives none.
    pub fn size(&mut self, digits: &[u8], spot: impl FnOnce() -> Spot) {
        let digits = digits.trim_ascii();
        if digits.is_empty() {
            return;
        }
        let size = str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        self.entry.size = size.filter(|size| *size < UNKNOWN_SIZE);
        if self.entry.size.is_none() {
            self.wrong(spot(), "a size in bytes", digits);
        }
    }

    /// Notes that a hash of another kind is there.
    pub fn other(&mut self, note: Option<Note>, take: &mut dyn Take) {
        self.other_hash = true;
        if let Some(note) = note {
            take.note(note);
        }
    }

    /// Notes what is wrong with a part.
    pub fn wrong(&mut self, spot: Spot, expected: &'static str, found: &[u8]) {
        self.wrong.push(Problem::part(spot, expected, found));
    }

    /// Hands the entry over, and is empty again.
    pub fn hand_over(&mut self, take: &mut dyn Take) -> Result<(), ReadError> {
        for hash in std::mem::take(&mut self.pdq) {
            take.pdq(hash, &self.entry)?;
        }
        let other_hash = std::mem::take(&mut self.other_hash);
        let empty = self.entry.hashes.is_empty();
        if empty && let Some(first) = self.wrong.first().cloned() {
            *self = Self::default();
            return take.problem(Problem { lost: true, ..first });
        }
        let record = if empty {
            Record::Skip(if other_hash { Skip::OtherHash } else { Skip::NoHash })
        } else if self.entry.hashes.is_of_nothing() {
            Record::Skip(Skip::EmptyFile)
        } else {
            Record::Entry(&self.entry)
        };
        take.record(record)?;
        self.entry = Entry::default();
        self.wrong.drain(..).try_for_each(|problem| take.problem(problem))
    }
}

/// Sizes are kept in six bytes, of which the last value stands for an unknown size.
pub const UNKNOWN_SIZE: u64 = (1 << 48) - 1;

/// What is expected of a hash's digits.
pub const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Md5 => "an MD5 of 32 hexadecimal digits",
        Kind::Sha1 => "a SHA-1 of 40 hexadecimal digits",
        Kind::Sha256 => "a SHA-256 of 64 hexadecimal digits",
        Kind::Ed2k => "an eDonkey hash of 32 hexadecimal digits",
    }
}

/// The kind of hash that this many digits are, when nothing else tells: MD5, SHA-1 or SHA-256.
pub const fn kind_of_digits(digits: usize) -> Option<Kind> {
    match digits {
        32 => Some(Kind::Md5),
        40 => Some(Kind::Sha1),
        64 => Some(Kind::Sha256),
        _ => None,
    }
}

/// Whether this many digits are a hash that is not looked up here: SHA-224, SHA-384, SHA-512.
pub const fn is_other_hash(digits: usize) -> bool {
    matches!(digits, 56 | 96 | 128)
}
