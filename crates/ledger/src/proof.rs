//! What shows to somebody without the log that an entry is in it, as one file (C2SP tlog-proof).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! index 1
//! QDMHybGEs4qc42oi1MNZvktY0kRB19ebXewPwz/tr5Y=
//!
//! unit.example/demo
//! 2
//! DfQjKAuWkLJc+PyFm2sWqHEbx07lT9GFtLlu33r3OMA=
//!
//! — unit.example/demo <signature>
//! ```
//!
//! The hashes stand beside the way from the entry up to the root of the checkpoint. The entry itself and the keys of the
//! log and of witnesses come from elsewhere. A line `extra <base64>` may stand before the index: nothing signs it.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;

use crate::checkpoint::{Checkpoint, NotOpened, Opened};
use crate::cover::{BadCover, Cover, number};
use crate::key::Verifier;
use crate::merkle::{Hash, Proof, leaf};
use crate::note::Note;

/// The first line.
const FORM: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes beside a way: one for each level of a tree whose size has 64 binary digits.
const LEVELS: usize = 64;

/// What shows that an entry is in a log. It says nothing until [`Inclusion::verify`] was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// What whoever made the file added, for programs that know what it is; empty when there is nothing.
    /// No signature and no hash is over it.
    pub extra: Vec<u8>,
    /// The entry's position, from 0.
    pub seq: u64,
    /// The hashes beside the way, from the leaf up (RFC 6962 section 2.1.1).
    pub path: Vec<Hash>,
    /// The checkpoint with its signatures.
    pub checkpoint: Note,
}

/// Why a file does not show that an entry is in a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIncluded {
    /// The checkpoint is not one of this log that a known key signed.
    #[error(transparent)]
    Checkpoint(#[from] NotOpened),
    /// The log of the checkpoint has no such entry.
    #[error("the checkpoint has no such entry: expected a position below {size}, found: {seq}")]
    Beyond {
        /// How many entries the checkpoint has.
        size: u64,
        /// The position in the file.
        seq: u64,
    },
    /// There are not as many hashes as lie beside the way of this entry.
    #[error(
        "not the hashes beside the way of entry {seq} to the root of {size} entries, found: {found} hashes"
    )]
    Path {
        /// The position in the file.
        seq: u64,
        /// How many entries the checkpoint has.
        size: u64,
        /// How many hashes there are.
        found: usize,
    },
    /// The entry and the hashes give another root: it is not this entry that stands there.
    #[error("the log does not hold this entry at {seq}: expected the root {expected}, found: {found}")]
    Root {
        /// The position in the file.
        seq: u64,
        /// The root in the checkpoint.
        expected: Hash,
        /// The root over the entry and the hashes.
        found: Hash,
    },
}

impl Inclusion {
    /// The file of a proof, under the signed checkpoint of the size that the proof is for, without anything extra.
    #[must_use]
    pub fn new(proof: Proof, checkpoint: Note) -> Self {
        Self { extra: Vec::new(), seq: proof.seq, path: proof.path, checkpoint }
    }

    /// Reads the bytes of a file, which is written back by [`ToString`] to the byte. Nothing is checked yet.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadCover> {
        let mut cover = Cover::open("a proof of a log", bytes)?;
        cover.take("c2sp.org/tlog-proof@v1", |line| (line == FORM).then_some(()))?;
        let mut extra = Vec::new();
        if cover.begins("extra ") {
            extra = cover.take("extra and base64", |line| {
                let bytes = STANDARD.decode(line.strip_prefix("extra ")?).ok()?;
                // The line is left out when there is nothing to say.
                (!bytes.is_empty()).then_some(bytes)
            })?;
        }
        let seq =
            cover.take("index and the position of an entry", |line| number(line.strip_prefix("index ")?))?;
        let path = cover.hashes(LEVELS, "at most 64 hashes")?;
        Ok(Self { extra, seq, path, checkpoint: cover.checkpoint()? })
    }

    /// The checkpoint, when known keys of the log signed it and its log holds these bytes at this position.
    ///
    /// The steps are those of tlog-proof, "Verifying a tlog proof"; how many witnesses are enough is the caller's
    /// matter. The keys are those that are trusted for this origin; with no origin any log of theirs will do.
    ///
    /// # Errors
    /// What does not hold, with what it should be.
    pub fn verify(
        &self,
        entry: &[u8],
        origin: Option<&str>,
        log: &[Verifier],
        witnesses: &[Verifier],
    ) -> Result<Opened, NotIncluded> {
        let opened = Checkpoint::open(&self.checkpoint, origin, log, witnesses)?;
        let (seq, size, expected) = (self.seq, opened.checkpoint.size(), opened.checkpoint.root());
        if seq >= size {
            return Err(NotIncluded::Beyond { size, seq });
        }
        let proof = Proof { seq, size, leaf: leaf(entry), path: self.path.clone() };
        match proof.root() {
            None => Err(NotIncluded::Path { seq, size, found: self.path.len() }),
            Some(found) if found != expected => Err(NotIncluded::Root { seq, expected, found }),
            Some(_) => Ok(opened),
        }
    }
}

/// The file as it is stored, `NAME.tlog-proof`.
impl fmt::Display for Inclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FORM}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", STANDARD.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.seq)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", hash.base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests;
