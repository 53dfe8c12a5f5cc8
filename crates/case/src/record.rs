//! The record on disk: a log in tiles (C2SP tlog-tiles) that holds no personal data, and the payloads of its entries.
//!
//! ```text
//! ledger/tile/…          full bundles of entries and full tiles of hashes, which never change
//! ledger/tail            the entries after the last full bundle, in the form of a bundle
//! payloads/<N>           the payloads of bundle N with their salts, one a line
//! ```
//!
//! A payload is on disk before its entry is: an act is done when its entry is whole. Whoever has `ledger/` alone can
//! check the log and learns nothing of its acts but their kind and time.

mod lines;
mod reading;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::Flaw;
use tutela_ledger::key::{KeyId, Verifier};
use tutela_ledger::tile::{Edge, File, Kind, Tile, WIDTH};
use tutela_ledger::tree::{
    Consistency, Missing, Subtree, of_leaves, prove_consistency, prove_inclusion, root_at,
};
use tutela_ledger::verify::{self, verify_head};
use tutela_ledger::{Hash, Proof, root};

use crate::batch::Batch;
use crate::checking::Fault;
use crate::error::{CaseError, OnDisk};
use crate::folder::Folder;

pub(crate) use lines::{TAIL, broken, bundle, erased, line, line_of_signature, payloads_of};
pub(crate) use reading::Rest;

use lines::frames;

/// The record of an operation: its acts, in the order in which they were done.
#[derive(Clone, Debug)]
pub struct Record {
    origin: String,
    acts: Vec<Act>,
    leaves: Vec<Hash>,
    /// The roots over the full bundles, so that a root over all is not made from the leaves each time.
    roots: Vec<Hash>,
    edge: Edge,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// Its position in the record, from 0.
    pub seq: u64,
    /// When, RFC 3339 in UTC: `2026-03-01T20:00:00Z`. Empty when a later program wrote the entry.
    pub at: String,
    /// What, in one word.
    pub act: String,
    /// The key of an entry that signs.
    pub signer: Option<KeyId>,
    /// Who did it, and the particulars. None when they were erased, or when there never were any.
    pub payload: Option<Payload>,
}

/// Who did something, and the particulars of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// Canonical JSON, whose salted hash is in the entry.
    pub text: String,
    /// The salt of the hash.
    pub salt: [u8; 16],
}

impl Act {
    /// Who did it; empty where that is not known.
    #[must_use]
    pub fn officer(&self) -> Cow<'_, str> {
        self.said().map_or(Cow::Borrowed(""), |said| said.officer)
    }

    /// Who did it with them, where two had to.
    #[must_use]
    pub fn second(&self) -> Option<String> {
        self.said()?.second.map(Cow::into_owned)
    }

    /// The particulars; nothing where they are not known.
    #[must_use]
    pub fn body(&self) -> Value {
        self.said().and_then(|said| serde_json::from_str(said.body.get()).ok()).unwrap_or_default()
    }

    /// The payload's members. None where there is no payload.
    pub(crate) fn said(&self) -> Option<Said<'_>> {
        Said::parse(&self.payload.as_ref()?.text)
    }

    /// Whether its payload was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.payload.is_none() && self.signer.is_none() && !self.at.is_empty()
    }
}

/// What a payload says. Act and time stand in it too, so that its hash in the entry covers all of the entry.
#[derive(Deserialize)]
pub(crate) struct Said<'a> {
    #[serde(borrow)]
    pub act: Cow<'a, str>,
    #[serde(borrow)]
    pub at: Cow<'a, str>,
    #[serde(borrow)]
    pub body: &'a RawValue,
    #[serde(borrow)]
    pub officer: Cow<'a, str>,
    #[serde(borrow, default)]
    pub second: Option<Cow<'a, str>>,
}

impl<'a> Said<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Record {
    /// The record of a new operation.
    pub(crate) fn new(origin: String) -> Self {
        let (acts, leaves, roots) = (Vec::new(), Vec::new(), Vec::new());
        Self { origin, acts, leaves, roots, edge: Edge::default() }
    }

    /// The name of the log, which its checkpoints carry. It is made by chance, so that it tells the operation from all others.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The acts, oldest first.
    #[must_use]
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// The root over all entries (RFC 9162 section 2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// The root over the first `n_acts` entries; none when there are fewer.
    #[must_use]
    pub fn root_at(&self, n_acts: usize) -> Option<Hash> {
        (n_acts <= self.leaves.len()).then(|| root_at(n_acts as u64, self.hashes()).ok())?
    }

    /// What shows that an entry is in the record with this root (RFC 9162 section 2.1.3).
    #[must_use]
    pub fn prove(&self, seq: u64) -> Option<Proof> {
        self.prove_at(seq, self.acts.len() as u64)
    }

    /// What shows that an entry is in the record as it was when it had `size` entries. None when it was not.
    #[must_use]
    pub fn prove_at(&self, seq: u64, size: u64) -> Option<Proof> {
        prove_inclusion(seq, size, self.hashes()).ok()?
    }

    /// What shows that the record only grew from `from` entries to `to` (RFC 9162 section 2.1.4). None when it never had
    /// so many, or `from` is the larger number.
    #[must_use]
    pub fn prove_growth(&self, from: u64, to: u64) -> Option<Consistency> {
        prove_consistency(from, to, self.hashes()).ok()?
    }

    /// The hashes of complete subtrees.
    fn hashes(&self) -> impl Fn(Subtree) -> Result<Hash, Missing> {
        let (in_bundle, over_bundles) = (of_leaves(&self.leaves), of_leaves(&self.roots));
        move |subtree| match subtree.level.checked_sub(8) {
            Some(level) => over_bundles(Subtree { level, ..subtree }),
            None => in_bundle(subtree),
        }
    }

    /// The bytes of an entry, from its bundle or the tail.
    pub(crate) fn entry(&self, folder: &Folder, seq: u64) -> Result<Option<Vec<u8>>, CaseError> {
        let index = seq / u64::from(WIDTH);
        let tile = bundle(index);
        let (bytes, first) = match read_file(&folder.ledger().join(tile.to_string()))? {
            Some(bytes) => (bytes, index * u64::from(WIDTH)),
            None => (
                read_file(&folder.tail())?.unwrap_or_default(),
                self.edge.size() / u64::from(WIDTH) * u64::from(WIDTH),
            ),
        };
        let (entries, _) = frames(&bytes);
        let entry = seq.checked_sub(first).and_then(|at| entries.get(usize::try_from(at).ok()?));
        Ok(entry.map(|entry| entry.to_vec()))
    }

    /// The full tiles of hashes, as the entries make them.
    pub(crate) fn tiles(&self) -> impl Iterator<Item = File> {
        let width = usize::from(WIDTH);
        let mut hashes = self.leaves.clone();
        (0..)
            .map_while(move |level| {
                let tiles = hashes.chunks_exact(width).zip(0..).map(|(hashes, index)| {
                    let bytes = hashes.iter().flat_map(|hash| hash.0).collect();
                    File { tile: Tile { kind: Kind::Hashes(level), index, width: WIDTH }, bytes }
                });
                let tiles: Vec<File> = tiles.collect();
                hashes = hashes.chunks_exact(width).map(root).collect();
                (!tiles.is_empty()).then_some(tiles)
            })
            .flatten()
    }

    /// What its next entries go on from.
    pub(crate) fn edge(&self) -> &Edge {
        &self.edge
    }

    /// The time that the next act's is held against: that of the last one.
    pub(crate) fn latest(&self) -> Option<Timestamp> {
        self.acts.iter().rev().find_map(|act| act.at.parse().ok())
    }

    /// The last signature, and the head that it is under.
    pub(crate) fn last_signature(&self) -> Option<(&Act, Checkpoint)> {
        let act = self.acts.iter().rev().find(|act| act.signer.is_some())?;
        let root = self.root_at(usize::try_from(act.seq).ok()?)?;
        Some((act, Checkpoint::new(&self.origin, act.seq, root).ok()?))
    }

    /// The head of the record.
    ///
    /// # Panics
    /// Never: the origin was checked when the operation was opened.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(&self.origin, self.leaves.len() as u64, self.root()).expect("an origin in one line")
    }

    /// Writes the first acts of an operation, over what an earlier attempt left.
    pub(crate) fn begin(&mut self, folder: &Folder, batch: Batch) -> Result<(), CaseError> {
        for (index, lines) in &batch.payloads {
            folder.write(&folder.payloads(*index), lines.as_bytes())?;
        }
        folder.write(&folder.tail(), &batch.frames)?;
        self.count(batch);
        Ok(())
    }

    /// Appends acts, all or none.
    pub(crate) fn append(&mut self, folder: &Folder, batch: Batch) -> Result<(), CaseError> {
        batch.write(folder)?;
        self.count(batch);
        Ok(())
    }

    /// Forgets payloads that were erased.
    pub(crate) fn forget(&mut self, seqs: impl IntoIterator<Item = u64>) {
        for seq in seqs {
            if let Some(act) = usize::try_from(seq).ok().and_then(|seq| self.acts.get_mut(seq)) {
                act.payload = None;
            }
        }
    }

    fn count(&mut self, batch: Batch) {
        self.acts.extend(batch.acts);
        self.leaves.extend(batch.leaves);
        self.edge = batch.edge;
        let width = usize::from(WIDTH);
        while let Some(leaves) = self.leaves.get(self.roots.len() * width..(self.roots.len() + 1) * width) {
            self.roots.push(root(leaves));
        }
    }

    /// Checks the log in a folder under the head of this record: every entry, every tile, every signature.
    pub(crate) fn verify_log(
        &self,
        folder: &Folder,
        officers: &[Verifier],
    ) -> Result<Option<Fault>, CaseError> {
        // What a log has after its last full files is in the tail here, which the record was read from.
        let partial = self.edge.partial();
        let read = |tile: Tile| match tile.is_full() {
            true => read_file(&folder.ledger().join(tile.to_string())),
            false => Ok(partial.iter().find(|file| file.tile == tile).map(|file| file.bytes.clone())),
        };
        let checked = match verify_head(self.checkpoint(), officers, read, |_| {}) {
            Ok(checked) => checked,
            Err(verify::Fault::Read(error)) => return Err(error),
            Err(fault) => return Ok(Some(fault_of(fault))),
        };
        Ok(checked.strangers.first().map(|key| Fault {
            path: "ledger".to_owned(),
            expected: "signatures of the officers of the operation".to_owned(),
            found: format!("one of {key}"),
        }))
    }
}

/// A fault of the log as one of the folder.
fn fault_of(fault: verify::Fault<CaseError>) -> Fault {
    let path = match &fault {
        verify::Fault::Missing(tile) => format!("ledger/{tile}"),
        verify::Fault::Damaged(damaged) => format!("ledger/{}", damaged.path),
        _ => "ledger".to_owned(),
    };
    Fault { path, expected: "the log as it was written".to_owned(), found: fault.to_string() }
}

/// A broken record as a fault of the folder, which names the file.
pub(crate) fn fault_at(folder: &Folder, flaw: Flaw) -> Fault {
    let Flaw { seq, place, expected, found } = flaw;
    let index = seq / u64::from(WIDTH);
    let bundle = format!("ledger/{}", bundle(index));
    let path = match place.as_str() {
        tile if tile.starts_with("tile/") => format!("ledger/{tile}"),
        path if path.contains('/') => path.to_owned(),
        _ if folder.path().join(&bundle).is_file() => bundle,
        _ => TAIL.to_owned(),
    };
    Fault { path, expected: format!("entry {seq}, {place}: {expected}"), found }
}

/// Sixteen bytes that nobody can guess.
pub(crate) fn salt() -> Result<[u8; 16], CaseError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    Ok(salt)
}

/// A name for the log of a new operation that no other log has.
pub(crate) fn new_origin() -> Result<String, CaseError> {
    let digits: String = salt()?.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("tutela.case/{digits}"))
}

pub(crate) fn read_file(path: &Path) -> Result<Option<Vec<u8>>, CaseError> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).disk("read the record", path),
    }
}
