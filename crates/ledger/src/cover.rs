//! A signed checkpoint under lines of its own: what the files of tlog-proof and of tlog-witness have in common.
//!
//! ```text
//! <lines of the file's own, none of them empty>
//!
//! <the checkpoint as it was signed>
//! ```

use std::iter::{Peekable, Zip};
use std::ops::RangeFrom;
use std::str::Split;

use crate::checkpoint::Checkpoint;
use crate::merkle::Hash;
use crate::note::Note;

/// The most bytes of such a file: a note of the most bytes, and as much over it.
const COVERED_BYTES: usize = 2 * 1024 * 1024;

/// Bytes that are not such a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {what}: expected {expected} in line {line}, found: {found}")]
pub struct BadCover {
    /// What it should be.
    pub what: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

/// The lines over a checkpoint, which are taken one after the other, and then the checkpoint.
pub(crate) struct Cover<'a> {
    what: &'static str,
    lines: Peekable<Zip<RangeFrom<usize>, Split<'a, char>>>,
    /// How many there are.
    n_lines: usize,
    under: &'a [u8],
}

impl<'a> Cover<'a> {
    /// Parts the lines from what stands under them.
    pub(crate) fn open(what: &'static str, bytes: &'a [u8]) -> Result<Self, BadCover> {
        if bytes.len() > COVERED_BYTES {
            return Err(bad(what, 1, "at most 2097152 bytes", &format!("{} bytes", bytes.len())));
        }
        let Some(end) = bytes.windows(2).position(|pair| pair == b"\n\n") else {
            return Err(bad(what, 1, "lines, an empty line and a signed checkpoint", "no empty line"));
        };
        let over = std::str::from_utf8(&bytes[..end])
            .map_err(|error| bad(what, 1, "lines in UTF-8", &format!("byte {}", error.valid_up_to())))?;
        let lines = (1..).zip(over.split('\n')).peekable();
        Ok(Self { what, lines, n_lines: over.split('\n').count(), under: &bytes[end + 2..] })
    }

    /// The next line, as what it should be.
    pub(crate) fn take<T>(
        &mut self,
        expected: &'static str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, BadCover> {
        let (line, text) = self.lines.next().unwrap_or((self.n_lines + 1, ""));
        read(text).ok_or_else(|| bad(self.what, line, expected, text))
    }

    /// Whether the next line begins so.
    pub(crate) fn begins(&mut self, with: &str) -> bool {
        self.lines.peek().is_some_and(|(_, line)| line.starts_with(with))
    }

    /// All lines that are left, as hashes.
    pub(crate) fn hashes(&mut self, at_most: usize, too_many: &'static str) -> Result<Vec<Hash>, BadCover> {
        let mut hashes = Vec::new();
        while let Some((line, text)) = self.lines.peek().copied() {
            if hashes.len() == at_most {
                return Err(bad(self.what, line, too_many, text));
            }
            hashes.push(self.take("a hash of 32 bytes in base64", Hash::from_base64)?);
        }
        Ok(hashes)
    }

    /// The checkpoint under the lines. No signature is checked yet.
    pub(crate) fn checkpoint(self) -> Result<Note, BadCover> {
        // The lines over it, and the empty one.
        let below = |line, expected, found: &str| bad(self.what, self.n_lines + 1 + line, expected, found);
        let note = Note::parse(self.under).map_err(|why| below(why.line, why.expected, &why.found))?;
        Checkpoint::parse(note.text()).map_err(|why| below(why.line, why.expected, &why.found))?;
        Ok(note)
    }
}

/// Reads a number in its one spelling: neither sign nor zeros in front.
pub(crate) fn number(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

fn bad(what: &'static str, line: usize, expected: &'static str, found: &str) -> BadCover {
    let found = found.chars().take(120).collect::<String>().escape_debug().to_string();
    BadCover { what, line, expected, found }
}
