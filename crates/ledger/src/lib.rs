//! The append-only record of an operation: entries as canonical JSON lines, chained and under one Merkle root.
//!
//! Nothing here reads a disk or a clock: bytes and times come in, lines and verdicts go out. A record that checks by
//! itself shows that nobody altered it by accident or in part; only a root that was handed out earlier shows that
//! nobody wrote it anew.
//!
//! One entry is one line, in the canonical form of RFC 8785, whole numbers only:
//!
//! ```json
//! {"act":"receive","at":"2026-03-01T20:00:00Z","body":{},"officer":"R. Rossi","prev":"sha256:…","seq":4}
//! ```
//!
//! `seq` counts from 0. `prev` is the hash of the line before: SHA-256 of a zero byte and the line without its end,
//! which is also its leaf in the Merkle tree of RFC 9162. The first entry's `prev` is the root of the empty tree.

//!
//! Beside it stand the parts of a record that public tools check as well, whose files and commands are described in
//! `README.md` of this crate: entries that hold no personal data ([`entry`]), the tree over them as it grows ([`tree`]),
//! both as files ([`tile`]), the signed head ([`checkpoint`], [`note`], [`key`]), and the verifier of all ([`verify`]).

mod canonical;
mod merkle;

pub mod entry;
pub mod tree;

pub mod tile;

pub mod key;

pub mod checkpoint;
pub mod note;

pub mod verify;

use serde_json::{Map, Value};

pub use canonical::{NotCanonical, canonical};
pub use merkle::{EMPTY, Hash, NotAHash, Proof, leaf, root};

/// A record whose entries follow one another without a break.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    leaves: Vec<Hash>,
}

/// One act.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Position in the record, from 0.
    pub seq: u64,
    /// When, RFC 3339 in UTC: `2026-03-01T20:00:00Z`.
    pub at: String,
    /// Who.
    pub officer: String,
    /// What was done, in one word.
    pub act: String,
    /// The hash of the entry before.
    pub prev: Hash,
    /// The particulars of the act.
    pub body: Value,
}

/// The first entry that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record is broken at entry {seq}: expected {expected}, found: {found}")]
pub struct Broken {
    /// Its position, from 0.
    pub seq: u64,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// Parts whole lines from the beginning of a last line that has no end.
///
/// A program that was stopped while it wrote leaves such a beginning behind. The act was not completed, so whoever
/// writes next may cut it off; [`Ledger::read`] takes whole lines only.
#[must_use]
pub fn split_torn(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    bytes.split_at(end)
}

impl Ledger {
    /// Reads a record and checks every entry.
    ///
    /// # Errors
    /// The first entry that is altered, missing, out of place or incomplete.
    pub fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let mut ledger = Self::default();
        let (whole, torn) = split_torn(bytes);
        for line in whole.split_inclusive(|byte| *byte == b'\n') {
            let line = &line[..line.len() - 1];
            let entry =
                Entry::from_line(line).map_err(|(expected, found)| ledger.broken(&expected, &found))?;
            ledger.follow(&entry)?;
            ledger.entries.push(entry);
            ledger.leaves.push(leaf(line));
        }
        if torn.is_empty() { Ok(ledger) } else { Err(ledger.broken("a line end", &quote(torn))) }
    }

    /// The entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries that would come next for these acts and their particulars, and their lines with line ends.
    ///
    /// # Errors
    /// Particulars that have no canonical form: they hold a number that is not whole, or one beyond 2^53.
    pub fn next(
        &self,
        at: &str,
        officer: &str,
        acts: Vec<(&str, Value)>,
    ) -> Result<(Vec<Entry>, String), NotCanonical> {
        let mut prev = self.leaves.last().copied().unwrap_or(EMPTY);
        let (mut entries, mut lines) = (Vec::with_capacity(acts.len()), String::new());
        for (seq, (act, body)) in (self.entries.len() as u64..).zip(acts) {
            let (at, officer, act) = (at.to_owned(), officer.to_owned(), act.to_owned());
            let entry = Entry { seq, at, officer, act, prev, body };
            let line = entry.line()?;
            prev = leaf(line.trim_end_matches('\n').as_bytes());
            lines.push_str(&line);
            entries.push(entry);
        }
        Ok((entries, lines))
    }

    /// Takes the next entry into the record.
    ///
    /// # Errors
    /// An entry that does not follow the last one, or has no canonical form.
    pub fn push(&mut self, entry: Entry) -> Result<(), Broken> {
        self.follow(&entry)?;
        let line = entry.line().map_err(|flaw| self.broken("a body of whole numbers", &flaw.to_string()))?;
        self.leaves.push(leaf(line.trim_end_matches('\n').as_bytes()));
        self.entries.push(entry);
        Ok(())
    }

    /// The Merkle root over all entries (RFC 9162 section 2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        root(&self.leaves)
    }

    /// The root that the record had when it held so many entries; none when it has never held so many.
    #[must_use]
    pub fn root_at(&self, n_entries: usize) -> Option<Hash> {
        self.leaves.get(..n_entries).map(root)
    }

    /// The hash of an entry, which the next one carries as `prev`.
    #[must_use]
    pub fn leaf(&self, seq: u64) -> Option<Hash> {
        self.leaves.get(usize::try_from(seq).ok()?).copied()
    }

    /// What shows that an entry is in the record with this root (RFC 9162 section 2.1.3).
    #[must_use]
    pub fn prove(&self, seq: u64) -> Option<Proof> {
        Proof::new(&self.leaves, seq)
    }

    /// The head of the record as text: origin, number of entries, root in base64, one a line (C2SP tlog-checkpoint).
    #[must_use]
    pub fn checkpoint(&self, origin: &str) -> String {
        let origin = origin.replace(['\n', '\r'], " ");
        format!("{origin}\n{}\n{}\n", self.entries.len(), self.root().base64())
    }

    fn follow(&self, entry: &Entry) -> Result<(), Broken> {
        let seq = self.entries.len() as u64;
        if entry.seq != seq {
            return Err(self.broken(&format!("seq {seq}"), &format!("seq {}", entry.seq)));
        }
        let prev = self.leaves.last().copied().unwrap_or(EMPTY);
        if entry.prev != prev {
            return Err(self.broken(&format!("prev {prev}"), &format!("prev {}", entry.prev)));
        }
        Ok(())
    }

    fn broken(&self, expected: &str, found: &str) -> Broken {
        Broken { seq: self.entries.len() as u64, expected: expected.to_owned(), found: found.to_owned() }
    }
}

impl Entry {
    /// The entry's line with its end.
    ///
    /// # Errors
    /// A body that has no canonical form.
    pub fn line(&self) -> Result<String, NotCanonical> {
        let mut line = canonical(&Value::Object(Map::from_iter([
            ("act".to_owned(), self.act.clone().into()),
            ("at".to_owned(), self.at.clone().into()),
            ("body".to_owned(), self.body.clone()),
            ("officer".to_owned(), self.officer.clone().into()),
            ("prev".to_owned(), self.prev.to_string().into()),
            ("seq".to_owned(), self.seq.into()),
        ])))?;
        line.push('\n');
        Ok(line)
    }

    /// Reads a line; what is wrong with it is what was expected and what was found.
    fn from_line(line: &[u8]) -> Result<Self, (String, String)> {
        let bad = |expected: &str| (expected.to_owned(), quote(line));
        let value: Value = serde_json::from_slice(line).map_err(|_| bad("one JSON object a line"))?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let member = |name: &str| bad(&format!("the member {name}"));
        let entry = Self {
            seq: value.get("seq").and_then(Value::as_u64).ok_or_else(|| member("seq"))?,
            at: text("at").ok_or_else(|| member("at"))?,
            officer: text("officer").ok_or_else(|| member("officer"))?,
            act: text("act").ok_or_else(|| member("act"))?,
            prev: text("prev").and_then(|prev| prev.parse().ok()).ok_or_else(|| member("prev"))?,
            body: value.get("body").cloned().ok_or_else(|| member("body"))?,
        };
        // Another spelling of the same values is an alteration too: the hash is over the bytes.
        let written = entry.line().map_err(|flaw| (flaw.to_string(), quote(line)))?;
        if written.as_bytes().strip_suffix(b"\n") != Some(line) {
            return Err(bad("six members in canonical form"));
        }
        Ok(entry)
    }
}

/// The beginning of foreign bytes, fit for a message.
fn quote(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn six() -> String {
        let mut ledger = Ledger::default();
        let mut lines = String::new();
        for n in 0..3 {
            let at = format!("2026-03-01T20:00:0{n}Z");
            let acts = vec![("receive", json!({"size": n})), ("import", json!({}))];
            let (entries, text) = ledger.next(&at, "R. Rossi", acts).expect("whole numbers");
            entries.into_iter().for_each(|entry| ledger.push(entry).expect("it follows"));
            lines.push_str(&text);
        }
        lines
    }

    fn broken_at(lines: &str) -> Option<u64> {
        Ledger::read(lines.as_bytes()).err().map(|broken| broken.seq)
    }

    #[test]
    fn a_record_reads_back_with_the_same_root() {
        let lines = six();
        let ledger = Ledger::read(lines.as_bytes()).expect("as written");
        assert_eq!(ledger.entries().len(), 6);
        assert_eq!(ledger.entries()[1].prev, ledger.leaf(0).expect("there is one"));
        let again: String = ledger.entries().iter().map(|entry| entry.line().expect("canonical")).collect();
        assert_eq!(again, lines);
        assert_eq!(Ledger::read(b"").expect("an empty record").root(), EMPTY);
    }

    #[test]
    fn the_root_of_an_earlier_state_is_the_one_it_had_then() {
        let lines = six();
        let four: String = lines.lines().take(4).map(|line| format!("{line}\n")).collect();
        let then = Ledger::read(four.as_bytes()).expect("as written").root();
        let ledger = Ledger::read(lines.as_bytes()).expect("as written");
        assert_eq!(ledger.root_at(4), Some(then));
        assert_eq!(ledger.root_at(6), Some(ledger.root()));
        assert_eq!(ledger.root_at(7), None);
    }

    #[test]
    fn every_changed_byte_is_found_at_its_entry_or_the_next() {
        let lines = six();
        let n_entries = 6;
        let head = Ledger::read(lines.as_bytes()).expect("as written").root();
        for (position, line_idx) in lines
            .bytes()
            .enumerate()
            .scan(0, |line, (at, byte)| Some((at, std::mem::replace(line, *line + u64::from(byte == b'\n')))))
        {
            let mut bytes = lines.clone().into_bytes();
            bytes[position] ^= 1;
            match Ledger::read(&bytes) {
                Err(broken) => {
                    assert!(broken.seq == line_idx || broken.seq == line_idx + 1, "byte {position}")
                }
                // Nothing follows the last entry, so only the root can tell.
                Ok(ledger) => {
                    assert_eq!(line_idx, n_entries - 1, "byte {position}");
                    assert_ne!(ledger.root(), head, "byte {position}");
                }
            }
        }
    }

    #[test]
    fn removed_swapped_repeated_and_cut_entries_are_found() {
        let lines = six();
        let all: Vec<&str> = lines.split_inclusive('\n').collect();
        let pick = |order: &[usize]| order.iter().map(|line_idx| all[*line_idx]).collect::<String>();
        assert_eq!(broken_at(&pick(&[1, 2, 3, 4, 5])), Some(0));
        assert_eq!(broken_at(&pick(&[0, 1, 3, 4])), Some(2));
        assert_eq!(broken_at(&pick(&[0, 2, 1, 3, 4])), Some(1));
        assert_eq!(broken_at(&pick(&[0, 1, 1, 2])), Some(2));
        assert_eq!(broken_at(&lines[..lines.len() - 1]), Some(5));
        assert_eq!(broken_at(&lines.replace("\"size\":2", "\"size\": 2")), Some(4));
        assert_eq!(broken_at(&format!("{lines}\n")), Some(6));
        // A record that ends early is whole in itself; an earlier root shows that something is gone.
        let shorter = Ledger::read(pick(&[0, 1, 2]).as_bytes()).expect("whole in itself");
        assert_ne!(shorter.root(), Ledger::read(lines.as_bytes()).expect("as written").root());
    }

    #[test]
    fn a_torn_last_line_is_parted_from_whole_ones() {
        let lines = six();
        let (whole, torn) = split_torn(&lines.as_bytes()[..lines.len() - 9]);
        assert_eq!(Ledger::read(whole).expect("whole lines").entries().len(), 5);
        assert!(!torn.is_empty());
        assert_eq!(split_torn(b"torn"), (&b""[..], &b"torn"[..]));
    }

    #[test]
    fn a_checkpoint_has_origin_size_and_root() {
        let ledger = Ledger::default();
        assert_eq!(
            ledger.checkpoint("tutela/op"),
            "tutela/op\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
        );
    }

    #[test]
    fn a_body_without_canonical_form_is_refused() {
        let ledger = Ledger::default();
        assert!(ledger.next("2026-03-01T20:00:00Z", "R. Rossi", vec![("x", json!({"half": 0.5}))]).is_err());
    }
}
