//! What a witness is asked and what it answers, as two files instead of a call (C2SP tlog-witness, `add-checkpoint`).
//!
//! ```text
//! old 2
//! <hashes of the way from 2 entries to 3, in base64, one a line>
//!
//! unit.example/demo
//! 3
//! <root>
//!
//! — unit.example/demo <signature>
//! ```
//!
//! The answer is the line of the witness's signature, which goes under the checkpoint. A witness keeps the last
//! checkpoint that it signed of each log; it says by its signature that no entry before was changed or dropped since,
//! and when it saw this one (C2SP tlog-cosignature). It sees no entries and says nothing of them.

use std::fmt;

use crate::checkpoint::{BadCheckpoint, Checkpoint, NotOpened};
use crate::cover::{BadCover, Cover, number};
use crate::key::{Algorithm, Signer, Verifier};
use crate::merkle::{EMPTY, Hash};
use crate::note::{BadNote, NotSigned, NotVerified, Note, Verified};
use crate::tree::Consistency;

/// The most hashes of a request (tlog-witness, `add-checkpoint`).
const HASHES: usize = 63;

/// What a witness is asked: to sign a checkpoint that goes on from the last one that it signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// How many entries that last checkpoint had; 0 when the witness has signed none of this log.
    pub old: u64,
    /// What shows that the log only grew since then: the hashes of a [`Consistency`].
    pub path: Vec<Hash>,
    /// The checkpoint with its signatures.
    pub checkpoint: Note,
}

/// What a witness answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The signature line with its end: the bytes of the file that goes back.
    pub text: String,
    /// What the witness has to keep, before the answer leaves: it is what it saw last of this log.
    pub seen: Checkpoint,
}

/// Why a witness does not sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The checkpoint is not one of the log that a known key signed.
    #[error(transparent)]
    Checkpoint(#[from] NotOpened),
    /// The log is shorter than what this witness signed.
    #[error("entries are missing at the end: expected {seen} or more, found: {size}")]
    Shorter {
        /// How many entries the checkpoint had that this witness saw last.
        seen: u64,
        /// How many the checkpoint has.
        size: u64,
    },
    /// The request goes on from another checkpoint than the one that this witness saw last.
    /// Who asks makes the request anew, from the expected number.
    #[error("the request goes on from another checkpoint: expected old {expected}, found: old {found}")]
    Old {
        /// How many entries the checkpoint had that this witness saw last; 0 when it saw none.
        expected: u64,
        /// The number in the request.
        found: u64,
    },
    /// The same number of entries has another root.
    #[error("the log was written anew: {size} entries had the root {expected}, found: {found}")]
    Root {
        /// How many entries both checkpoints have.
        size: u64,
        /// The root of the checkpoint that this witness saw last; of no entries, that of nothing.
        expected: Hash,
        /// The root of the checkpoint.
        found: Hash,
    },
    /// The hashes do not lead from the root that this witness saw last to that of the checkpoint: the log was written
    /// anew, or the hashes are those of another request.
    #[error(
        "the log is not shown to go on: expected hashes from {from} entries with the root {seen} \
         to {to} entries with the root {root}, found: {found} hashes that do not lead there"
    )]
    Consistency {
        /// How many entries the checkpoint had that this witness saw last.
        from: u64,
        /// Its root.
        seen: Hash,
        /// How many entries the checkpoint has.
        to: u64,
        /// Its root.
        root: Hash,
        /// How many hashes the request has.
        found: usize,
    },
    /// The key of the witness is of another kind, or the time cannot be written.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
}

/// Why an answer cannot go under a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// It is not lines of signatures.
    #[error("not the answer of a witness: expected {expected} in line {line}, found: {found}", expected = .0.expected, line = .0.line, found = .0.found)]
    Lines(BadNote),
    /// It holds no signature of a known witness under this checkpoint.
    #[error(transparent)]
    NotVerified(#[from] NotVerified),
}

impl Request {
    /// The request that asks for a signature under this checkpoint, with what shows that the log only grew.
    #[must_use]
    pub fn new(grew: Consistency, checkpoint: Note) -> Self {
        Self { old: grew.from, path: grew.path, checkpoint }
    }

    /// Reads the bytes of a request, which is written back by [`ToString`] to the byte. Nothing is checked yet.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadCover> {
        let mut cover = Cover::open("a request to a witness", bytes)?;
        let old = cover.take("old and a number of entries", |line| number(line.strip_prefix("old ")?))?;
        let path = cover.hashes(HASHES, "at most 63 hashes")?;
        Ok(Self { old, path, checkpoint: cover.checkpoint()? })
    }

    /// Which checkpoint the witness is asked to sign. Trust it only after [`answer`]: it is here so that the witness
    /// finds what it knows of this log by its origin.
    ///
    /// # Errors
    /// A text that is not a checkpoint, in a request that was not read by [`Request::parse`].
    pub fn asks_for(&self) -> Result<Checkpoint, BadCheckpoint> {
        Checkpoint::parse(self.checkpoint.text())
    }
}

/// The bytes of the request.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", hash.base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Checks a request as tlog-witness asks for it (`add-checkpoint`), and signs the checkpoint.
///
/// The keys are those that this witness trusts for the origin of the checkpoint; `seen` is the last checkpoint of this
/// origin that it signed, none when it has signed none. What is answered has to be kept first as the next `seen`: two
/// requests that are answered from the same one could sign two histories.
///
/// # Errors
/// What does not hold, with what it should be. Nothing is signed then.
pub fn answer(
    request: &Request,
    log: &[Verifier],
    seen: Option<&Checkpoint>,
    witness: &Signer,
    time_s: u64,
) -> Result<Answer, Refused> {
    let head = Checkpoint::open(&request.checkpoint, seen.map(Checkpoint::origin), log, &[])?.checkpoint;
    let (old, root) = seen.map_or((0, EMPTY), |seen| (seen.size(), seen.root()));
    if head.size() < old {
        return Err(Refused::Shorter { seen: old, size: head.size() });
    }
    if request.old != old {
        return Err(Refused::Old { expected: old, found: request.old });
    }
    if head.size() == old && head.root() != root {
        return Err(Refused::Root { size: old, expected: root, found: head.root() });
    }
    let grew = Consistency { from: old, to: head.size(), path: request.path.clone() };
    if !grew.holds(root, head.root()) {
        let (to, found) = (head.size(), request.path.len());
        return Err(Refused::Consistency { from: old, seen: root, to, root: head.root(), found });
    }
    // A time of zero would be left out, which an answer may not do.
    if time_s == 0 {
        return Err(NotSigned::Time(time_s).into());
    }
    let mut note = request.checkpoint.clone();
    note.cosign(witness, time_s)?;
    let signature = note.signatures().last().expect("the note was signed");
    Ok(Answer { text: format!("{signature}\n"), seen: head })
}

/// Puts the signatures of known witnesses in an answer under the checkpoint that they were asked for.
///
/// Signatures of unknown keys are left out (tlog-witness, `add-checkpoint`).
///
/// # Errors
/// An answer that is not lines of signatures, one that is not of the key that it names or under another checkpoint,
/// none of a known witness. The note stays as it was then.
pub fn add(note: &mut Note, answer: &[u8], witnesses: &[Verifier]) -> Result<Vec<Verified>, BadAnswer> {
    let cosigner = |key: &&Verifier| key.algorithm() == Algorithm::Cosignature;
    let witnesses: Vec<Verifier> = witnesses.iter().filter(cosigner).cloned().collect();
    let text = note.text();
    // As the specification has it: what was asked for, and under it the answer.
    let answered = [text.as_bytes(), b"\n", answer].concat();
    let above = text.matches('\n').count() + 1;
    let lines =
        |why: BadNote| BadAnswer::Lines(BadNote { line: why.line.saturating_sub(above).max(1), ..why });
    let answered = Note::parse(&answered).map_err(lines)?;
    if answered.text() != text {
        let found = "an empty line".to_owned();
        return Err(BadAnswer::Lines(BadNote { line: 1, expected: "lines of signatures only", found }));
    }
    let verified = answered.verify(&witnesses)?;
    for signature in answered.signatures() {
        if verified.iter().any(|one| one.key == signature.key) {
            note.add(signature.clone());
        }
    }
    Ok(verified)
}

#[cfg(test)]
mod tests;
