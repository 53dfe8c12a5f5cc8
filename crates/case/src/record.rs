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

use std::borrow::Cow;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::{Content, Entry, Flaw, SIGN, commit};
use tutela_ledger::key::{KeyId, Verifier};
use tutela_ledger::tile::{Damaged, Edge, File, Kind, Tile, WIDTH};
use tutela_ledger::tree::{
    Consistency, Missing, Subtree, of_leaves, prove_consistency, prove_inclusion, root_at,
};
use tutela_ledger::verify::{self, verify_head};
use tutela_ledger::{Hash, Proof, leaf, root};
use tutela_model::Digest;

use crate::batch::Batch;
use crate::case::Fault;
use crate::error::{CaseError, OnDisk};
use crate::folder::{Folder, sync_dir_of};
use crate::import::in_order;

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

/// What a stopped writer left behind the last whole act: how long the files are without it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rest {
    /// Bytes of the tail that belong to whole entries.
    tail_len: u64,
    /// The last file of payloads, and the bytes of it that belong to entries.
    payload: Option<(PathBuf, u64)>,
    /// Files that hold nothing but acts that were not done, in the order in which they go.
    beyond: Vec<PathBuf>,
    /// The bytes of an entry that was not written to its end.
    pub torn: Vec<u8>,
    /// Payloads that have no entry.
    pub payloads: Vec<u8>,
}

impl Record {
    /// The record of a new operation.
    pub(crate) fn new(origin: String) -> Self {
        let (acts, leaves, roots) = (Vec::new(), Vec::new(), Vec::new());
        Self { origin, acts, leaves, roots, edge: Edge::default() }
    }

    /// The name of the log, which its checkpoints carry.
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

    /// Reads the record and checks every entry and every payload.
    ///
    /// # Errors
    /// [`CaseError::Broken`], or the disk refuses.
    pub(crate) fn read(folder: &Folder, origin: &str) -> Result<(Self, Rest), CaseError> {
        Self::read_beside(folder, origin, None)
    }

    /// As [`Record::read`], and holds the acts against those of this record, without keeping a second copy of them: what
    /// is read has the entries' hashes alone.
    ///
    /// # Errors
    /// As [`Record::read`], and an act that is another.
    pub(crate) fn read_again(&self, folder: &Folder) -> Result<Self, CaseError> {
        Ok(Self::read_beside(folder, &self.origin, Some(&self.acts))?.0)
    }

    fn read_beside(folder: &Folder, origin: &str, known: Option<&[Act]>) -> Result<(Self, Rest), CaseError> {
        if Checkpoint::new(origin, 0, tutela_ledger::EMPTY).is_err() {
            return Err(broken(0, "origin", "a name in one line", origin).into());
        }
        let standing = || -> Result<_, CaseError> { Ok((full_bundles(folder), read_file(&folder.tail())?)) };
        let mut before = standing()?;
        loop {
            let mut record = Self::new(origin.to_owned());
            let read = record
                .read_full(folder, before.0, known)
                .and_then(|()| record.read_tail(folder, before.0 as u64, known));
            match read {
                Ok(_) if record.leaves.is_empty() => {
                    return Err(broken(0, TAIL, "the entries of an operation", "no entry").into());
                }
                Ok(rest) => return Ok((record, rest)),
                Err(error) => {
                    // Whoever reads needs no lock: a bundle may be completed between two of its files.
                    let after = standing()?;
                    if after == before {
                        return Err(error);
                    }
                    before = after;
                }
            }
        }
    }

    /// Reads the full bundles, several at a time.
    fn read_full(
        &mut self,
        folder: &Folder,
        n_bundles: usize,
        known: Option<&[Act]>,
    ) -> Result<(), CaseError> {
        let jobs = thread::available_parallelism().map_or(1, usize::from);
        let n_acts = n_bundles * usize::from(WIDTH);
        if known.is_none() {
            self.acts.reserve(n_acts);
        }
        self.leaves.reserve(n_acts);
        let mut done = Ok(());
        in_order(
            n_bundles,
            jobs,
            |index| {
                let tile = bundle(index as u64);
                let bytes = read_file(&folder.ledger().join(tile.to_string()))?.unwrap_or_default();
                let entries = tile.entries(&bytes).map_err(|damaged| flaw_of(&tile, damaged))?;
                let part = Part::read(folder, index as u64, &entries)?.beside(known)?;
                match part.rest.is_empty() {
                    true => Ok((root(&part.leaves), part)),
                    false => Err(no_more(&tile, &part.rest).into()),
                }
            },
            |_, parts: Vec<Result<(Hash, Part), CaseError>>| {
                for part in parts {
                    match (&done, part) {
                        (Ok(()), Ok((root, part))) => {
                            self.acts.extend(part.acts);
                            self.leaves.extend(part.leaves);
                            self.roots.push(root);
                        }
                        (Ok(()), Err(error)) => done = Err(error),
                        (Err(_), _) => {}
                    }
                }
            },
        );
        done?;
        self.edge = edge_over(&self.roots).map_err(|damaged| flaw_of(&bundle(0), damaged))?;
        Ok(())
    }

    /// Reads the entries after the full bundles.
    fn read_tail(&mut self, folder: &Folder, index: u64, known: Option<&[Act]>) -> Result<Rest, CaseError> {
        let first = self.edge.size();
        let is_gone = |path: &str| broken(first, path, "the entries from here on", "no file").into();
        // The first act of a log makes the tail, and it is only ever replaced.
        let Some(tail) = read_file(&folder.tail())? else { return Err(is_gone(TAIL)) };
        let (entries, whole_len) = frames(&tail);
        let begins_at = |seq| entries.first().is_some_and(|entry| Entry::parse(entry, seq).is_ok());
        let mut rest = Rest { beyond: beyond(folder, index), ..Rest::default() };
        let entries = if entries.is_empty() || begins_at(first) {
            // A bundle is completed from the tail, so its hashes do not stand beside an empty one.
            if tail.is_empty() && folder.ledger().join(leaves(index).to_string()).is_file() {
                return Err(is_gone(&format!("ledger/{}", bundle(index))));
            }
            rest.tail_len = whole_len as u64;
            rest.torn = torn(&tail[whole_len..], first + entries.len() as u64)?.to_vec();
            &entries[..]
        } else if let Some(before) = (0..index).rev().find(|before| begins_at(before * u64::from(WIDTH))) {
            // The tail still holds entries of a bundle that was completed.
            let filled = read_file(&folder.ledger().join(bundle(before).to_string()))?.unwrap_or_default();
            if !filled.starts_with(&tail) {
                return Err(broken(first, TAIL, "entries of the last full bundle", "others").into());
            }
            &[]
        } else {
            let Err(flaw) = Entry::parse(entries[0], first) else { return Err(is_gone(TAIL)) };
            let comes_later =
                flaw.place == "seq" && flaw.found.parse::<u64>().is_ok_and(|found| found > first);
            return Err(if comes_later {
                is_gone(&format!("ledger/{}", bundle(index)))
            } else {
                flaw.into()
            });
        };
        let part = Part::read(folder, index, entries)?.beside(known)?;
        for bytes in entries {
            self.edge.push(bytes, &mut Vec::new()).expect("what a bundle held is not too long");
        }
        self.acts.extend(part.acts);
        self.leaves.extend(part.leaves);
        rest.payload = part.payload;
        rest.payloads = part.rest;
        Ok(rest)
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

/// The entries of one bundle, with their payloads.
struct Part {
    acts: Vec<Act>,
    leaves: Vec<Hash>,
    /// The file of payloads, and how long it is without what belongs to no entry.
    payload: Option<(PathBuf, u64)>,
    /// What belongs to no entry.
    rest: Vec<u8>,
}

impl Part {
    fn read(folder: &Folder, index: u64, entries: &[&[u8]]) -> Result<Self, CaseError> {
        let path = folder.payloads(index);
        let first = index * u64::from(WIDTH);
        let mut part = Self {
            acts: Vec::with_capacity(entries.len()),
            leaves: Vec::with_capacity(entries.len()),
            payload: None,
            rest: Vec::new(),
        };
        let Some(text) = read_file(&path)? else {
            return match entries {
                [] => Ok(part),
                _ => {
                    let path = path.strip_prefix(folder.path()).unwrap_or(&path);
                    Err(broken(first, &path.to_string_lossy(), "the payloads of entries", "no file").into())
                }
            };
        };
        let mut lines = text.split_inclusive(|byte| *byte == b'\n');
        let mut len = 0;
        for (seq, bytes) in (first..).zip(entries) {
            let line = lines.next().unwrap_or_default();
            len += line.len() as u64;
            part.acts.push(act(&Entry::parse(bytes, seq)?, line)?);
            part.leaves.push(leaf(bytes));
        }
        part.rest = text[len as usize..].to_vec();
        part.payload = Some((path, len));
        Ok(part)
    }

    /// Without its acts, where they are known already and these are the same.
    fn beside(mut self, known: Option<&[Act]>) -> Result<Self, Flaw> {
        let Some(known) = known else { return Ok(self) };
        for act in std::mem::take(&mut self.acts) {
            let before = usize::try_from(act.seq).ok().and_then(|seq| known.get(seq));
            if before.is_some_and(|before| *before != act) {
                return Err(broken(act.seq, "act", "the act read before", "another"));
            }
        }
        Ok(self)
    }
}

/// How many full bundles there are.
fn full_bundles(folder: &Folder) -> usize {
    (0..).take_while(|index| folder.ledger().join(bundle(*index).to_string()).is_file()).count()
}

/// What comes after full bundles with these roots.
fn edge_over(roots: &[Hash]) -> Result<Edge, Damaged> {
    let source = of_leaves(roots);
    Edge::resume((roots.len() * usize::from(WIDTH)) as u64, |tile| {
        // After full bundles there are no partial ones.
        let Kind::Hashes(level) = tile.kind else { return Ok(Vec::new()) };
        let first = tile.index * u64::from(WIDTH);
        let hashes = (first..first + u64::from(tile.width))
            .map(|index| source(Subtree { level: level.saturating_sub(1) * 8, index }));
        let bytes = hashes.map(|hash| hash.expect("the roots are all there").0);
        Ok(bytes.collect::<Vec<_>>().concat())
    })
}

/// Files behind the first bundle that is not full, of acts that a writer did not come to do: bundles, their hashes, their
/// payloads. The last ones go first, as they came last.
fn beyond(folder: &Folder, index: u64) -> Vec<PathBuf> {
    let ledger = folder.ledger();
    let in_row = |first: u64, path: &dyn Fn(u64) -> PathBuf| {
        let mut paths: Vec<PathBuf> = (first..).map(path).take_while(|path| path.is_file()).collect();
        paths.reverse();
        paths
    };
    let bundles = in_row(index + 1, &|index| ledger.join(bundle(index).to_string()));
    let hashes = in_row(index, &|index| ledger.join(leaves(index).to_string()));
    let payloads = in_row(index + 1, &|index| folder.payloads(index));
    [bundles, hashes, payloads].concat()
}

/// The beginning of an entry that a stopped writer left. An entry that is there to its end was not left by one: its
/// length is damaged.
fn torn(rest: &[u8], seq: u64) -> Result<&[u8], Flaw> {
    match rest.contains(&b'}') {
        true => Err(broken(seq, TAIL, "an entry of the length before it", &String::from_utf8_lossy(rest))),
        false => Ok(rest),
    }
}

impl Rest {
    /// What is cut off, for the record: it stays known by its length and digest. None when nothing is.
    pub fn told(&self) -> Option<Value> {
        let mut told = json!({});
        if !self.torn.is_empty() {
            told["cut"] = self.torn.len().into();
            told["sha256"] = Digest::of(&self.torn).hex().into();
        }
        if !self.payloads.is_empty() {
            told["payloads"] = self.payloads.len().into();
            told["payloads_sha256"] = Digest::of(&self.payloads).hex().into();
        }
        told.as_object().is_some_and(|told| !told.is_empty()).then_some(told)
    }

    /// Cuts off what belongs to no act. The tail goes last: as long as it stands, what is beyond it is known for what
    /// it is.
    pub fn cut(&self, folder: &Folder) -> Result<(), CaseError> {
        for path in &self.beyond {
            fs::remove_file(path).disk("remove", path)?;
            sync_dir_of(path)?;
        }
        let tail = (folder.tail(), self.tail_len);
        for (path, len) in self.payload.clone().into_iter().chain([tail]) {
            let file = OpenOptions::new().write(true).open(&path).disk("open the record", &path)?;
            if file.metadata().disk("open the record", &path)?.len() > len {
                file.set_len(len).and_then(|()| file.sync_all()).disk("write to the record", &path)?;
            }
        }
        Ok(())
    }
}

/// The tail's path in its folder.
pub(crate) const TAIL: &str = "ledger/tail";

/// The name of the tile of the hashes of a full bundle.
pub(crate) fn leaves(index: u64) -> Tile {
    Tile { kind: Kind::Hashes(0), index, width: WIDTH }
}

/// The name of a full bundle.
pub(crate) fn bundle(index: u64) -> Tile {
    Tile { kind: Kind::Entries, index, width: WIDTH }
}

/// The whole entries of a tail, and how many bytes they take.
fn frames(mut bytes: &[u8]) -> (Vec<&[u8]>, usize) {
    let (mut entries, mut len) = (Vec::new(), 0);
    while let Some((length, rest)) = bytes.split_first_chunk::<2>()
        && let Some((entry, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
    {
        entries.push(entry);
        len += 2 + entry.len();
        bytes = rest;
    }
    (entries, len)
}

/// A line of payloads.
pub(crate) fn line(payload: &str, salt: &[u8; 16], seq: u64) -> String {
    format!("{{\"payload\":{payload},\"salt\":\"{}\",\"seq\":{seq}}}\n", STANDARD.encode(salt))
}

/// The line of an entry that signs, which has no payload.
pub(crate) fn line_of_signature(seq: u64) -> String {
    format!("{{\"seq\":{seq}}}\n")
}

/// The line that stands in the place of a payload that was erased.
pub(crate) fn erased(seq: u64) -> String {
    format!("{{\"erased\":true,\"seq\":{seq}}}\n")
}

/// The act of an entry and its line of payloads.
fn act(entry: &Entry<'_>, line: &[u8]) -> Result<Act, Flaw> {
    let seq = entry.seq;
    let flaw = |expected: &str| broken(seq, &payloads_of(seq), expected, &String::from_utf8_lossy(line));
    let text = std::str::from_utf8(line).map_err(|_| flaw("a line of text"))?;
    let (act, at, hash) = match &entry.content {
        Content::Act(act) => (act.act.to_string(), act.at.to_string(), act.payload),
        Content::Signed(signed) if text.starts_with("{\"seq\"") && text == line_of_signature(seq) => {
            let (signer, at) = (Some(signed.by.clone()), signed.at.to_string());
            return Ok(Act { seq, at, act: SIGN.to_owned(), signer, payload: None });
        }
        Content::Signed(_) => return Err(flaw("the line of an entry that signs")),
        Content::Unknown => {
            let (act, at) = ("unknown".to_owned(), String::new());
            return Ok(Act { seq, at, act, signer: None, payload: None });
        }
    };
    let mut act = Act { seq, at, act, signer: None, payload: None };
    if text.starts_with("{\"erased\"") && text == erased(seq) {
        return Ok(act);
    }
    let (payload, salt) = parts(text, seq).ok_or_else(|| flaw("a payload, its salt and its position"))?;
    if commit(&salt, payload.as_bytes()) != hash {
        return Err(flaw("the payload whose hash is in the entry"));
    }
    let said = Said::parse(payload).ok_or_else(|| flaw("act, time, officer and the particulars"))?;
    if (&*said.act, &*said.at) != (&*act.act, &*act.at) {
        let (expected, found) =
            (format!("{} at {}", said.act, said.at), format!("{} at {}", act.act, act.at));
        return Err(broken(seq, &payloads_of(seq), &expected, &found));
    }
    act.payload = Some(Payload { text: payload.to_owned(), salt });
    Ok(act)
}

/// The payload and the salt in a line that is written as [`line`] writes it. Nothing is made to compare it with: a million
/// lines are read whenever a large operation is opened. Base64 of sixteen bytes has one spelling for each.
fn parts(text: &str, seq: u64) -> Option<(&str, [u8; 16])> {
    const SALT: &str = ",\"salt\":\"";
    let (rest, found) =
        text.strip_prefix("{\"payload\":")?.strip_suffix("}\n")?.rsplit_once("\",\"seq\":")?;
    let is_number = !found.starts_with('0') || found == "0";
    if !is_number || !found.bytes().all(|byte| byte.is_ascii_digit()) || found.parse() != Ok(seq) {
        return None;
    }
    let (payload, digits) = rest.split_at_checked(rest.len().checked_sub(SALT.len() + 24)?)?;
    let digits = digits.strip_prefix(SALT)?;
    let mut salt = [0; 18];
    let n_bytes = STANDARD.decode_slice(digits, &mut salt).ok()?;
    Some((payload, salt[..n_bytes].try_into().ok()?))
}

/// A bundle that is not one, as a flaw of the record.
fn flaw_of(tile: &Tile, damaged: Damaged) -> Flaw {
    broken(tile.index * u64::from(WIDTH), &damaged.path, &damaged.expected, &damaged.found)
}

/// A file of payloads that holds more than its bundle.
fn no_more(tile: &Tile, rest: &[u8]) -> Flaw {
    let last = (tile.index + 1) * u64::from(WIDTH) - 1;
    broken(last, &payloads_of(last), "the last line", &String::from_utf8_lossy(rest))
}

/// The file, in its folder, that holds the payload of an entry.
pub(crate) fn payloads_of(seq: u64) -> String {
    let path = Folder::new(Path::new("")).payloads(seq / u64::from(WIDTH));
    path.to_string_lossy().into_owned()
}

pub(crate) fn broken(seq: u64, place: &str, expected: &str, found: &str) -> Flaw {
    let found = found.chars().take(120).collect();
    Flaw { seq, place: place.to_owned(), expected: expected.to_owned(), found }
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
