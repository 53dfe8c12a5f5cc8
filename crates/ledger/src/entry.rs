//! One entry of a log, version 1: canonical JSON (RFC 8785) that holds no personal data.
//!
//! An act names its payload by a salted hash. The payload and its salt are kept elsewhere, so that they can be erased
//! by law and the log still checks:
//!
//! ```json
//! {"act":"receive","at":"2026-03-01T20:00:00Z","payload":"<base64 of SHA-256(salt || payload)>","seq":4,"v":1}
//! ```
//!
//! A signature closes a run of acts. It is over the head of the log before it, with the text of [`signing_text`]:
//!
//! ```json
//! {"act":"sign","at":"2026-03-01T20:00:09Z","by":"<key name>+<key id>","seq":7,"sig":"<base64>","v":1}
//! ```
//!
//! Times do not go back from one entry to the next, unless an act says that the clock was set back: [`CLOCK`].
//!
//! What a later program writes stays readable: a member that is not known is kept, and of an entry with a higher `v`
//! only `seq` and `v` are looked at. Every version has these two, and whole numbers only.

use std::borrow::Cow;
use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::canonical::canonical;
use crate::checkpoint::Checkpoint;
use crate::key::{Algorithm, KeyId, Signer, Verifier};
use crate::merkle::Hash;

/// The version that is written.
pub const VERSION: u64 = 1;

/// The act of an entry that signs.
pub const SIGN: &str = "sign";

/// The act of an entry that says that the unit's clock was set back.
///
/// It is the only entry whose time may be before that of an entry before it, and after it times go on from its own.
pub const CLOCK: &str = "clock";

/// The largest number that every reader keeps exactly (RFC 7493 section 2.2).
const EXACT: u64 = (1 << 53) - 1;

/// An entry as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'a> {
    /// Its position in the log, from 0.
    pub seq: u64,
    /// The version of its form.
    pub version: u64,
    /// What it holds.
    pub content: Content<'a>,
    /// Members that this version does not have, by name; all but `seq` and `v` when the version is higher.
    pub unknown: Map<String, Value>,
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// Something that was done.
    Act(Act<'a>),
    /// A signature under the log before it.
    Signed(Signed<'a>),
    /// An entry of a higher version: shown as unknown.
    Unknown,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act<'a> {
    /// What, in one word of lower-case letters, digits and hyphens.
    pub act: Cow<'a, str>,
    /// When, RFC 3339 in UTC: `2026-03-01T20:00:00Z`.
    pub at: Cow<'a, str>,
    /// The salted hash of the particulars: [`commit`].
    pub payload: Hash,
}

/// A signature under the log before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<'a> {
    /// When, RFC 3339 in UTC. The signature is not over it.
    pub at: Cow<'a, str>,
    /// Whose key it says it is.
    pub by: KeyId,
    /// The Ed25519 signature over [`signing_text`].
    pub signature: [u8; 64],
}

/// The salted hash of a payload: SHA-256 over salt and payload.
///
/// Without the salt nobody finds the payload by trying likely ones, so it is 16 bytes that nobody can guess, for each
/// payload its own, and it is erased with it.
#[must_use]
pub fn commit(salt: &[u8; 16], payload: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(salt).chain_update(payload).finalize().into())
}

/// What an entry that signs is a signature of: the head of the log before it.
///
/// The first line keeps it apart from notes: no checkpoint has an origin in its second line and a number in its third.
#[must_use]
pub fn signing_text(before: &Checkpoint) -> String {
    format!("tutela-ledger/sign/1\n{}\n{}\n{}\n", before.origin(), before.size(), before.root().base64())
}

/// What cannot be written into an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// An act that is not one word, or the word that is kept for signatures.
    #[error("not an act, which is a word of lower-case letters, digits and hyphens other than sign: {0}")]
    Act(String),
    /// A time that is not one.
    #[error("not a time such as 2026-03-01T20:00:00Z: {0}")]
    At(String),
    /// A position that not every reader keeps exactly.
    #[error("more entries than a log can have: {0}")]
    Seq(u64),
    /// A key for cosignatures, which signs no entries.
    #[error("the key is for another kind of signature: {0}")]
    Algorithm(KeyId),
}

impl Act<'_> {
    /// Adds the bytes of the entry at this position.
    ///
    /// # Errors
    /// A member that is not as the version has it; nothing is added then.
    pub fn write(&self, seq: u64, bytes: &mut Vec<u8>) -> Result<(), NotWritten> {
        if !is_word(&self.act) || self.act == SIGN {
            return Err(NotWritten::Act(self.act.to_string()));
        }
        begin(&self.act, &self.at, seq, bytes)?;
        bytes.extend_from_slice(b"\"payload\":\"");
        push_base64(&self.payload.0, bytes);
        write!(bytes, "\",\"seq\":{seq},\"v\":1}}").expect("a vector takes all bytes");
        Ok(())
    }
}

impl Signed<'_> {
    /// Signs the log before, and adds the bytes of the entry that says so, which is the next one.
    ///
    /// # Errors
    /// A time that is not one, a key for cosignatures; nothing is added then.
    pub fn write(
        before: &Checkpoint,
        at: &str,
        signer: &Signer,
        bytes: &mut Vec<u8>,
    ) -> Result<(), NotWritten> {
        if signer.algorithm() != Algorithm::Ed25519 {
            return Err(NotWritten::Algorithm(signer.key().clone()));
        }
        begin(SIGN, at, before.size(), bytes)?;
        let by = Value::from(signer.key().to_string());
        write!(bytes, "\"by\":{by},\"seq\":{},\"sig\":\"", before.size()).expect("a vector takes all bytes");
        push_base64(&signer.sign(signing_text(before).as_bytes()), bytes);
        bytes.extend_from_slice(b"\",\"v\":1}");
        Ok(())
    }

    /// Whether this key signed the log with this head.
    #[must_use]
    pub fn holds(&self, before: &Checkpoint, verifier: &Verifier) -> bool {
        verifier.algorithm() == Algorithm::Ed25519
            && *verifier.key() == self.by
            && verifier.verifies(signing_text(before).as_bytes(), &self.signature)
    }
}

/// What all entries begin with.
fn begin(act: &str, at: &str, seq: u64, bytes: &mut Vec<u8>) -> Result<(), NotWritten> {
    if !is_time(at) {
        return Err(NotWritten::At(at.to_owned()));
    }
    if seq > EXACT {
        return Err(NotWritten::Seq(seq));
    }
    for part in ["{\"act\":\"", act, "\",\"at\":\"", at, "\","] {
        bytes.extend_from_slice(part.as_bytes());
    }
    Ok(())
}

fn push_base64(value: &[u8], bytes: &mut Vec<u8>) {
    let mut digits = [0; 88];
    let n_digits = STANDARD.encode_slice(value, &mut digits).expect("64 bytes have 88 digits");
    bytes.extend_from_slice(&digits[..n_digits]);
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Whether a text is a second in UTC as RFC 3339 section 5.6 writes it, with `T` and `Z`.
pub(crate) fn is_time(text: &str) -> bool {
    let Ok(text) = <&[u8; 20]>::try_from(text.as_bytes()) else { return false };
    let two = |at: usize| (text[at] - b'0') * 10 + text[at + 1] - b'0';
    text.iter().zip(b"0000-00-00T00:00:00Z").all(|(found, form)| match form {
        b'0' => found.is_ascii_digit(),
        _ => found == form,
    }) && (1..=12).contains(&two(5))
        && (1..=31).contains(&two(8))
        && two(11) < 24
        && two(14) < 60
        && two(17) <= 60
}

/// An entry that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} is broken at {place}: expected {expected}, found: {found}")]
pub struct Flaw {
    /// Its position in the log, from 0.
    pub seq: u64,
    /// Where in it: a member by name, or a byte from 0.
    pub place: String,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl<'a> Entry<'a> {
    /// Reads the entry at this position.
    ///
    /// # Errors
    /// Bytes that are not canonical JSON, another position, a member that is missing or not what it should be.
    pub fn parse(bytes: &'a [u8], seq: u64) -> Result<Self, Flaw> {
        let (found, entry) = match Plain(bytes).entry() {
            Some(entry) => (entry.seq, entry),
            None => {
                let entry = Members::parse(bytes, seq)?.entry()?;
                (entry.seq, entry)
            }
        };
        if found == seq { Ok(entry) } else { Err(flaw(seq, "seq", &seq.to_string(), &found.to_string())) }
    }
}

impl Content<'_> {
    /// When it was written, RFC 3339 in UTC; none in an entry of a higher version.
    ///
    /// All these texts are as long and end in `Z` (RFC 3339 section 5.1), so the later time is the larger text.
    #[must_use]
    pub fn at(&self) -> Option<&str> {
        match self {
            Self::Act(act) => Some(&act.at),
            Self::Signed(signed) => Some(&signed.at),
            Self::Unknown => None,
        }
    }

    /// Whether it says that the clock was set back.
    #[must_use]
    pub fn sets_clock_back(&self) -> bool {
        matches!(self, Self::Act(act) if act.act == CLOCK)
    }
}

fn flaw(seq: u64, place: &str, expected: &str, found: &str) -> Flaw {
    let found = found.chars().take(120).collect::<String>().escape_debug().to_string();
    Flaw { seq, place: place.to_owned(), expected: expected.to_owned(), found }
}

/// The bytes of an entry that is written as nearly all are: the members of version 1, no escapes. There the canonical
/// form is seen byte by byte, and no JSON value is built. What is not so plain is read by [`Members`].
struct Plain<'a>(&'a [u8]);

impl<'a> Plain<'a> {
    fn entry(&mut self) -> Option<Entry<'a>> {
        self.literal("{\"act\":\"")?;
        let act = self.text()?;
        self.literal(",\"at\":\"")?;
        let at = self.text().filter(|at| is_time(at))?;
        let (content, seq) = if act == SIGN { self.signed(at)? } else { self.act(act, at)? };
        self.literal(",\"v\":1}")?;
        self.0.is_empty().then(|| Entry { seq, version: VERSION, content, unknown: Map::new() })
    }

    fn act(&mut self, act: &'a str, at: &'a str) -> Option<(Content<'a>, u64)> {
        self.literal(",\"payload\":\"")?;
        let payload = Hash::from_base64(self.text()?)?;
        self.literal(",\"seq\":")?;
        Some((Content::Act(Act { act: act.into(), at: at.into(), payload }), self.number()?))
    }

    fn signed(&mut self, at: &'a str) -> Option<(Content<'a>, u64)> {
        self.literal(",\"by\":\"")?;
        let by = self.text()?.parse().ok()?;
        self.literal(",\"seq\":")?;
        let seq = self.number()?;
        self.literal(",\"sig\":\"")?;
        let signature = signature(self.text()?)?;
        Some((Content::Signed(Signed { at: at.into(), by, signature }), seq))
    }

    fn literal(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text.as_bytes())?;
        Some(())
    }

    /// A text up to its closing quotation mark: printable ASCII without escapes.
    fn text(&mut self) -> Option<&'a str> {
        let end =
            self.0.iter().position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))?;
        let (text, rest) = self.0.split_at(end);
        self.0 = rest.strip_prefix(b"\"")?;
        std::str::from_utf8(text).ok()
    }

    fn number(&mut self) -> Option<u64> {
        let n_digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(n_digits);
        if n_digits == 0 || n_digits > 16 || n_digits > 1 && digits[0] == b'0' {
            return None;
        }
        self.0 = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
            .filter(|n| *n <= EXACT)
    }
}

fn signature(digits: &str) -> Option<[u8; 64]> {
    let mut signature = [0; 64];
    let whole = digits.len() == 88 && STANDARD.decode_slice(digits, &mut signature) == Ok(64);
    whole.then_some(signature)
}

/// The members of any entry.
struct Members {
    seq: u64,
    members: Map<String, Value>,
}

impl Members {
    fn parse(bytes: &[u8], seq: u64) -> Result<Self, Flaw> {
        let quote = |at: usize| String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 160)]).into_owned();
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            flaw(seq, &format!("byte {}", error.column().saturating_sub(1)), "one JSON object", &quote(0))
        })?;
        let written =
            canonical(&value).map_err(|error| flaw(seq, "a number", "a whole number", &error.to_string()))?;
        if written.as_bytes() != bytes {
            let at = written.bytes().zip(bytes).take_while(|(one, other)| one == *other).count();
            let expected = match &written[written.floor_char_boundary(at)..] {
                "" => "the end of the entry".to_owned(),
                rest => format!("the canonical form {}", rest.chars().take(120).collect::<String>()),
            };
            return Err(flaw(seq, &format!("byte {at}"), &expected, &quote(at)));
        }
        match value {
            Value::Object(members) => Ok(Self { seq, members }),
            other => Err(flaw(seq, "byte 0", "one JSON object", &other.to_string())),
        }
    }

    fn entry<'a>(mut self) -> Result<Entry<'a>, Flaw> {
        let number = |value: &Value| value.as_u64();
        let seq = self.take("seq", "the position of the entry", number)?;
        let version =
            self.take("v", "a version from 1", |value| number(value).filter(|version| *version > 0))?;
        let content = if version > VERSION {
            Content::Unknown
        } else {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let act = self.take("act", "what was done", text)?;
            let time = |value: &Value| text(value).filter(|at| is_time(at));
            let at = self.take("at", "a time such as 2026-03-01T20:00:00Z", time)?.into();
            if act == SIGN {
                let by = self.take("by", "a key name and key id", |value| value.as_str()?.parse().ok())?;
                let expected = "a signature of 64 bytes in base64";
                let signature = self.take("sig", expected, |value| signature(value.as_str()?))?;
                Content::Signed(Signed { at, by, signature })
            } else {
                let expected = "a hash of 32 bytes in base64";
                let payload = self.take("payload", expected, |value| Hash::from_base64(value.as_str()?))?;
                Content::Act(Act { act: act.into(), at, payload })
            }
        };
        Ok(Entry { seq, version, content, unknown: self.members })
    }

    fn take<T>(&mut self, name: &str, expected: &str, read: impl Fn(&Value) -> Option<T>) -> Result<T, Flaw> {
        let value = self.members.remove(name);
        value.as_ref().and_then(read).ok_or_else(|| {
            let found = value.map_or_else(|| "no such member".to_owned(), |value| value.to_string());
            flaw(self.seq, name, expected, &found)
        })
    }
}

#[cfg(test)]
mod tests;
