//! Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature.
//!
//! ```text
//! This is an example message.
//!
//! — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
//! ```
//!
//! The base64 holds the four bytes of the key id and the signature; a cosignature has eight bytes of time between them.
//! Signatures of unknown keys are kept and say nothing.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;

use crate::checkpoint::{Checkpoint, cosigned};
use crate::key::{Algorithm, KeyId, Signer, Verifier};

/// The most bytes of a note, and the most signatures: more than any use of one, and little to read.
const NOTE_BYTES: usize = 1024 * 1024;
const SIGNATURES: usize = 100;

/// What a signature line begins with: an em dash and a blank.
const DASH: &str = "— ";

/// A text with the signatures under it, which may or may not be those of known keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// One signature under a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Whose it says it is.
    pub key: KeyId,
    /// What follows the key id: 64 bytes, or 72 with the time of a cosignature; anything for other algorithms.
    pub bytes: Vec<u8>,
}

/// A signature of a known key that is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whose it is.
    pub key: KeyId,
    /// When a witness saw the checkpoint, in seconds since 1970 as the witness's clock had it; none for other signatures.
    pub time_s: Option<u64>,
}

/// Bytes that are not a note.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signed note: expected {expected} in line {line}, found: {found}")]
pub struct BadNote {
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

fn bad(line: usize, expected: &'static str, found: &str) -> BadNote {
    BadNote { line, expected, found: found.chars().take(120).collect::<String>().escape_debug().to_string() }
}

/// Why a note is not to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// A signature that names a known key and is not of that key.
    #[error("the signature is not that of the key that it names: {0}")]
    Invalid(KeyId),
    /// No signature names a known key.
    #[error("no signature of a known key; signed by: {}", names(.0))]
    Unknown(Vec<KeyId>),
}

fn names(keys: &[KeyId]) -> String {
    let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

/// A key that cannot sign this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// A key for cosignatures, asked for another signature, or the other way round.
    #[error("the key is for another kind of signature: {0}")]
    Algorithm(KeyId),
    /// What a witness should sign is not a checkpoint.
    #[error("a cosignature is for a checkpoint")]
    NotACheckpoint(#[from] crate::checkpoint::BadCheckpoint),
    /// A time after 2^63 seconds.
    #[error("not a time of this world in seconds since 1970: {0}")]
    Time(u64),
}

impl Note {
    /// A note that nobody has signed yet.
    ///
    /// # Errors
    /// A text without an end of its last line, or with control characters.
    pub fn new(text: &str) -> Result<Self, BadNote> {
        plain(text)?;
        if !text.ends_with('\n') {
            return Err(bad(
                text.lines().count().max(1),
                "a line end",
                text.lines().last().unwrap_or_default(),
            ));
        }
        Ok(Self { text: text.to_owned(), signatures: Vec::new() })
    }

    /// Reads a note. No signature is checked yet.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadNote> {
        if bytes.len() > NOTE_BYTES {
            return Err(bad(1, "at most 1048576 bytes", &format!("{} bytes", bytes.len())));
        }
        let note = std::str::from_utf8(bytes).map_err(|error| {
            let (before, after) = bytes.split_at(error.valid_up_to());
            bad(line_of(before), "UTF-8", &String::from_utf8_lossy(&after[..after.len().min(16)]))
        })?;
        plain(note)?;
        let n_lines = note.lines().count().max(1);
        let Some(end) = note.rfind("\n\n") else {
            return Err(bad(
                n_lines,
                "an empty line before the signatures",
                note.lines().last().unwrap_or_default(),
            ));
        };
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        let first_line = line_of(&bytes[..end + 2]);
        let Some(lines) = lines.strip_suffix('\n') else {
            return Err(bad(
                n_lines,
                "a signature with a line end",
                lines.lines().last().unwrap_or_default(),
            ));
        };
        let mut signatures = Vec::new();
        for (line_idx, line) in (first_line..).zip(lines.split('\n')) {
            if signatures.len() == SIGNATURES {
                return Err(bad(line_idx, "at most 100 signatures", line));
            }
            signatures.push(Signature::parse(line).ok_or_else(|| bad(line_idx, "a signature", line))?);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text, with the end of its last line. Trust it only after [`Note::verify`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, whether known or not.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Signs the text. An earlier signature of the same key goes.
    ///
    /// # Errors
    /// A key for cosignatures.
    pub fn sign(&mut self, signer: &Signer) -> Result<(), NotSigned> {
        if signer.algorithm() != Algorithm::Ed25519 {
            return Err(NotSigned::Algorithm(signer.key().clone()));
        }
        let bytes = signer.sign(self.text.as_bytes()).to_vec();
        self.add(Signature { key: signer.key().clone(), bytes });
        Ok(())
    }

    /// Signs the text as a witness who saw this checkpoint at this time, in seconds since 1970 (tlog-cosignature).
    ///
    /// A witness says by it that every checkpoint of the log that it saw before is consistent with this one: check
    /// that first, with [`crate::tree::Consistency::holds`].
    ///
    /// # Errors
    /// A key that is not for cosignatures, a text that is not a checkpoint, a time after 2^63 seconds.
    pub fn cosign(&mut self, witness: &Signer, time_s: u64) -> Result<(), NotSigned> {
        if witness.algorithm() != Algorithm::Cosignature {
            return Err(NotSigned::Algorithm(witness.key().clone()));
        }
        if i64::try_from(time_s).is_err() {
            return Err(NotSigned::Time(time_s));
        }
        Checkpoint::parse(&self.text)?;
        let signature = witness.sign(cosigned(time_s, &self.text).as_bytes());
        let bytes = [&time_s.to_be_bytes()[..], &signature].concat();
        self.add(Signature { key: witness.key().clone(), bytes });
        Ok(())
    }

    /// Puts a signature under the text that came from elsewhere. One of the same key goes.
    pub fn add(&mut self, signature: Signature) {
        self.signatures.retain(|earlier| earlier.key != signature.key);
        self.signatures.push(signature);
    }

    /// The signatures of known keys, each of which was checked.
    ///
    /// # Errors
    /// One that names a known key and is not of that key, or none that names a known one.
    pub fn verify(&self, known: &[Verifier]) -> Result<Vec<Verified>, NotVerified> {
        let mut verified: Vec<Verified> = Vec::new();
        for signature in &self.signatures {
            let Some(verifier) = known.iter().find(|verifier| *verifier.key() == signature.key) else {
                continue;
            };
            let one = signature.verify(&self.text, verifier);
            let one = one.ok_or_else(|| NotVerified::Invalid(signature.key.clone()))?;
            if !verified.iter().any(|earlier| earlier.key == one.key) {
                verified.push(one);
            }
        }
        if verified.is_empty() {
            return Err(NotVerified::Unknown(self.signatures.iter().map(|one| one.key.clone()).collect()));
        }
        Ok(verified)
    }
}

impl Signature {
    /// Reads a signature line without its end.
    fn parse(line: &str) -> Option<Self> {
        let (name, digits) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = STANDARD.decode(digits).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        let key: KeyId = format!("{name}+{:08x}", u32::from_be_bytes(*id)).parse().ok()?;
        (!bytes.is_empty()).then(|| Self { key, bytes: bytes.to_vec() })
    }

    fn verify(&self, text: &str, verifier: &Verifier) -> Option<Verified> {
        let (time_s, verifies) = match verifier.algorithm() {
            Algorithm::Ed25519 => (None, verifier.verifies(text.as_bytes(), &self.bytes)),
            Algorithm::Cosignature => {
                let (time_s, signature) = self.bytes.split_first_chunk::<8>()?;
                let time_s = u64::from_be_bytes(*time_s);
                let plausible = i64::try_from(time_s).is_ok() && Checkpoint::parse(text).is_ok();
                (Some(time_s), plausible && verifier.verifies(cosigned(time_s, text).as_bytes(), signature))
            }
        };
        verifies.then(|| Verified { key: self.key.clone(), time_s })
    }
}

/// The note as it is stored.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|one| writeln!(f, "{one}"))
    }
}

/// The signature line without its end.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key.id.to_be_bytes()[..], &self.bytes].concat();
        write!(f, "{DASH}{} {}", self.key.name, STANDARD.encode(bytes))
    }
}

/// A note has no control characters but line ends.
fn plain(text: &str) -> Result<(), BadNote> {
    match text.find(|letter: char| letter < ' ' && letter != '\n') {
        None => Ok(()),
        Some(at) => {
            let line = text[..at].rsplit('\n').next().unwrap_or_default();
            let found: String = [line, &text[at..=at]].concat();
            Err(bad(line_of(&text.as_bytes()[..at]), "no control characters", &found))
        }
    }
}

/// The line, from 1, that follows these bytes.
fn line_of(before: &[u8]) -> usize {
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
