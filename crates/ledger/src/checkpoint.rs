//! The head of a log as the text of a note (C2SP tlog-checkpoint): origin, number of entries, root.
//!
//! ```text
//! unit.example/case-2026-14
//! 70000
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//! ```
//!
//! A witness who saw it signs the same text below a line with the time (C2SP tlog-cosignature).

use std::fmt;

use crate::key::Verifier;
use crate::merkle::Hash;
use crate::note::{NotVerified, Note, Verified};

/// The head of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// A text that is not a checkpoint, or an origin that no checkpoint can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint: expected {expected} in line {line}, found: {found}")]
pub struct BadCheckpoint {
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

/// A checkpoint that known keys signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The head of the log.
    pub checkpoint: Checkpoint,
    /// Who signed it, of the known keys: the log, then witnesses with their times.
    pub signed: Vec<Verified>,
}

/// Why a note is not the checkpoint of a log that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// It is not signed by a known key.
    #[error(transparent)]
    NotVerified(#[from] NotVerified),
    /// The text of the note is not a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    /// It is of another log.
    #[error("a checkpoint of another log: expected {expected}, found: {found}")]
    Origin {
        /// The origin that it should have.
        expected: String,
        /// The origin that it has.
        found: String,
    },
}

fn bad(line: usize, expected: &'static str, found: &str) -> BadCheckpoint {
    BadCheckpoint { line, expected, found: found.chars().take(120).collect() }
}

impl Checkpoint {
    /// The head of the log with this origin, of so many entries, with this root.
    ///
    /// # Errors
    /// An origin that is empty or holds a control character.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, BadCheckpoint> {
        if origin.is_empty() || origin.contains(char::is_control) {
            return Err(bad(1, "an origin in one line", origin));
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions: Vec::new() })
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn parse(text: &str) -> Result<Self, BadCheckpoint> {
        let Some(body) = text.strip_suffix('\n') else {
            return Err(bad(
                text.lines().count().max(1),
                "a line end",
                text.lines().last().unwrap_or_default(),
            ));
        };
        let mut lines = body.split('\n');
        let origin = lines.next().unwrap_or_default();
        let size_said = lines.next().ok_or_else(|| bad(2, "the number of entries", ""))?;
        // One spelling: neither sign nor zeros in front.
        let size = size_said.parse::<u64>().ok().filter(|size| size.to_string() == size_said);
        let size = size.ok_or_else(|| bad(2, "the number of entries", size_said))?;
        let root_said = lines.next().ok_or_else(|| bad(3, "the root in base64", ""))?;
        let root = Hash::from_base64(root_said).ok_or_else(|| bad(3, "the root in base64", root_said))?;
        let mut checkpoint = Self::new(origin, size, root)?;
        for (line, extension) in (4..).zip(lines) {
            if extension.is_empty() || extension.contains(char::is_control) {
                return Err(bad(line, "a line that is not empty", extension));
            }
            checkpoint.extensions.push(extension.to_owned());
        }
        Ok(checkpoint)
    }

    /// The checkpoint in a note that one of the log's keys signed, of the log with this origin, or of any when none.
    ///
    /// Signatures of witnesses are checked and given where there are any.
    ///
    /// # Errors
    /// A signature that is not of the key that it names, none of the log, a text that is no checkpoint, another origin.
    pub fn open(
        note: &Note,
        origin: Option<&str>,
        log: &[Verifier],
        witnesses: &[Verifier],
    ) -> Result<Opened, NotOpened> {
        let mut signed = note.verify(log)?;
        match note.verify(witnesses) {
            Ok(witnesses) => signed.extend(witnesses),
            Err(NotVerified::Unknown(_)) => {}
            Err(invalid) => return Err(invalid.into()),
        }
        let checkpoint = Self::parse(note.text())?;
        match origin.filter(|expected| *expected != checkpoint.origin()) {
            None => Ok(Opened { checkpoint, signed }),
            Some(expected) => {
                let (expected, found) = (expected.to_owned(), checkpoint.origin);
                Err(NotOpened::Origin { expected, found })
            }
        }
    }

    /// Which log it is.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the log had.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Lines after the third. They are kept, because signatures are over them, and mean nothing here.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

/// The text of the note, with its last line end.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root.base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// What a witness signs (tlog-cosignature, "Ed25519 signed message").
pub(crate) fn cosigned(time_s: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::EMPTY;

    #[test]
    fn the_example_of_the_specification_reads_back() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let checkpoint = Checkpoint::parse(text).expect("a checkpoint");
        assert_eq!((checkpoint.origin(), checkpoint.size()), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(checkpoint.to_string(), text);
        assert_eq!(cosigned(1_679_315_147, text), format!("cosignature/v1\ntime 1679315147\n{text}"));
        let more = format!("{text}an extension\nand another\n");
        let checkpoint = Checkpoint::parse(&more).expect("extensions are kept");
        assert_eq!(checkpoint.extensions(), ["an extension", "and another"]);
        assert_eq!(checkpoint.to_string(), more);
        let empty = Checkpoint::new("tutela/op", 0, EMPTY).expect("an origin");
        assert_eq!(Checkpoint::parse(&empty.to_string()), Ok(empty));
    }

    #[test]
    fn what_is_not_a_checkpoint_is_refused_at_its_line() {
        let root = EMPTY.base64();
        for (text, line) in [
            (String::new(), 1),
            ("\n".to_owned(), 2),
            (format!("\n0\n{root}\n"), 1),
            (format!("a\tb\n0\n{root}\n"), 1),
            ("a\n0\n".to_owned(), 3),
            (format!("a\n01\n{root}\n"), 2),
            (format!("a\n+1\n{root}\n"), 2),
            (format!("a\n18446744073709551616\n{root}\n"), 2),
            (format!("a\n1\n{root}"), 3),
            (format!("a\n1\n{}\n", &root[..43]), 3),
            (format!("a\n1\n{root}\n\nb\n"), 4),
        ] {
            assert_eq!(Checkpoint::parse(&text).map_err(|bad| bad.line), Err(line), "{text:?}");
        }
        for origin in ["", "a\nb", "a\rb"] {
            assert!(Checkpoint::new(origin, 0, EMPTY).is_err(), "{origin:?}");
        }
    }
}
