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

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::{Act as ActEntry, Content, Entry, Flaw, commit};
use tutela_ledger::tile::{Edge, File, Kind, Tile, WIDTH};
use tutela_ledger::tree::{Consistency, of_leaves, prove_consistency, prove_inclusion, root_at};
use tutela_ledger::{Hash, NotCanonical, Proof, canonical};

use crate::case::Fault;
use crate::error::{CaseError, OnDisk};
use crate::folder::{Folder, sync_dir_of};

/// The record of an operation: its acts, in the order in which they were done.
#[derive(Clone, Debug)]
pub struct Record {
    origin: String,
    acts: Vec<Act>,
    leaves: Vec<Hash>,
    edge: Edge,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// Its position in the record, from 0.
    pub seq: u64,
    /// When, RFC 3339 in UTC: `2026-03-01T20:00:00Z`.
    pub at: String,
    /// What, in one word.
    pub act: String,
    /// Who did it, and the particulars. None when they were erased, or when a later program wrote them.
    pub payload: Option<Payload>,
    /// The salt of the payload's hash in the entry.
    pub salt: Option<[u8; 16]>,
}

/// Who did something, and the particulars of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// The particulars.
    pub body: Value,
    /// Who.
    pub officer: String,
}

impl Act {
    /// Who did it, where that is known.
    #[must_use]
    pub fn officer(&self) -> &str {
        self.payload.as_ref().map_or("", |payload| &payload.officer)
    }

    /// The particulars; nothing where they are not known.
    #[must_use]
    pub fn body(&self) -> &Value {
        self.payload.as_ref().map_or(&Value::Null, |payload| &payload.body)
    }

    /// The bytes of the payload, whose salted hash is in the entry.
    ///
    /// # Panics
    /// Never: what was read or written has a canonical form.
    #[must_use]
    pub fn payload_text(&self) -> Option<String> {
        let text = said(&self.act, &self.at, self.payload.as_ref()?);
        Some(text.expect("it was read or written in this form"))
    }
}

/// What a payload says. Act and time stand in it too, so that its hash in the entry covers all of the entry.
#[derive(Deserialize)]
struct Said {
    act: String,
    at: String,
    body: Value,
    officer: String,
}

/// The bytes of a payload.
fn said(act: &str, at: &str, payload: &Payload) -> Result<String, NotCanonical> {
    let Payload { body, officer } = payload;
    canonical(&json!({"act": act, "at": at, "body": body, "officer": officer}))
}

/// Acts that are to be recorded, as the files take them.
pub(crate) struct Batch {
    acts: Vec<Act>,
    leaves: Vec<Hash>,
    /// The entries in the form of a bundle.
    frames: Vec<u8>,
    /// The lines of payloads, by bundle.
    payloads: Vec<(u64, String)>,
    /// The files that the entries complete.
    full: Vec<File>,
    edge: Edge,
}

/// What a stopped writer left behind the last whole act: how long the files are without it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rest {
    /// Bytes of the tail that belong to whole entries.
    tail_len: u64,
    /// The last file of payloads, and the bytes of it that belong to entries.
    payload: Option<(PathBuf, u64)>,
    /// The bytes of an entry that was not written to its end.
    pub torn: Vec<u8>,
}

impl Record {
    /// The record of a new operation.
    pub(crate) fn new(origin: String) -> Self {
        Self { origin, acts: Vec::new(), leaves: Vec::new(), edge: Edge::default() }
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
        root_at(n_acts as u64, of_leaves(self.leaves.get(..n_acts)?)).ok()
    }

    /// What shows that an entry is in the record with this root (RFC 9162 section 2.1.3).
    #[must_use]
    pub fn prove(&self, seq: u64) -> Option<Proof> {
        prove_inclusion(seq, self.acts.len() as u64, of_leaves(&self.leaves)).ok()?
    }

    /// What shows that the record only grew since it had `from` entries (RFC 9162 section 2.1.4).
    #[must_use]
    pub fn prove_growth(&self, from: u64) -> Option<Consistency> {
        prove_consistency(from, self.acts.len() as u64, of_leaves(&self.leaves)).ok()?
    }

    /// The bytes of an entry.
    #[must_use]
    pub fn entry(&self, seq: u64) -> Option<Vec<u8>> {
        let act = self.acts.get(usize::try_from(seq).ok()?)?;
        let payload = commit(&act.salt?, act.payload_text()?.as_bytes());
        let entry = ActEntry { act: act.act.as_str().into(), at: act.at.as_str().into(), payload };
        let mut bytes = Vec::new();
        entry.write(seq, &mut bytes).ok()?;
        Some(bytes)
    }

    /// The head of the record.
    ///
    /// # Panics
    /// Never: the origin was checked when the operation was opened.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(&self.origin, self.acts.len() as u64, self.root()).expect("an origin in one line")
    }

    /// Reads the record and checks every entry and every payload.
    ///
    /// # Errors
    /// [`CaseError::Broken`], or the disk refuses.
    pub(crate) fn read(folder: &Folder, origin: &str) -> Result<(Self, Rest), CaseError> {
        if Checkpoint::new(origin, 0, tutela_ledger::EMPTY).is_err() {
            return Err(broken(0, "origin", "a name in one line", origin).into());
        }
        let mut record = Self::new(origin.to_owned());
        let mut rest = Rest::default();
        let mut index = 0;
        while let Some(bytes) = read_file(&folder.ledger().join(bundle(index).to_string()))? {
            let entries = bundle(index).entries(&bytes).map_err(|damaged| {
                broken(index * u64::from(WIDTH), &damaged.path, &damaged.expected, &damaged.found)
            })?;
            record.take_in(folder, index, &entries)?;
            index += 1;
        }
        let tail = read_file(&folder.tail())?.unwrap_or_default();
        let (entries, whole_len) = frames(&tail);
        let begins_here = entries.first().is_none_or(|entry| Entry::parse(entry, record.edge.size()).is_ok());
        if begins_here {
            rest.tail_len = whole_len as u64;
            rest.torn = tail[whole_len..].to_vec();
            rest.payload = record.take_in(folder, index, &entries)?;
        } else if index == 0 || Entry::parse(entries[0], (index - 1) * u64::from(WIDTH)).is_err() {
            // The tail may still hold the entries of the bundle before, and nothing else.
            return Err(Entry::parse(entries[0], record.edge.size())
                .expect_err("it does not begin here")
                .into());
        } else {
            rest.payload = record.take_in(folder, index, &[])?;
        }
        if record.acts.is_empty() {
            return Err(broken(0, "ledger", "the entries of an operation", "no entry").into());
        }
        Ok((record, rest))
    }

    /// Takes in the entries of a bundle with their payloads, and says how long the file of payloads is without what
    /// belongs to no entry.
    fn take_in(
        &mut self,
        folder: &Folder,
        index: u64,
        entries: &[&[u8]],
    ) -> Result<Option<(PathBuf, u64)>, CaseError> {
        let path = folder.payloads(index);
        let Some(text) = read_file(&path)? else {
            return match entries {
                [] => Ok(None),
                _ => {
                    let seq = index * u64::from(WIDTH);
                    Err(broken(seq, &path.to_string_lossy(), "the payloads of entries", "no file").into())
                }
            };
        };
        let mut lines = text.split_inclusive(|byte| *byte == b'\n');
        let mut len = 0;
        for bytes in entries {
            let seq = self.edge.size();
            let entry = Entry::parse(bytes, seq)?;
            let line = lines.next().unwrap_or_default();
            len += line.len() as u64;
            self.acts.push(act(&entry, line)?);
            let leaf = self.edge.push(bytes, &mut Vec::new());
            self.leaves.push(leaf.expect("what a bundle held is not too long"));
        }
        Ok(Some((path, len)))
    }

    /// The acts that would come next, with their particulars.
    ///
    /// # Errors
    /// Particulars that have no canonical form, or the system gives no salt.
    pub(crate) fn next(
        &self,
        officer: &str,
        at: Timestamp,
        acts: Vec<(&str, Value)>,
    ) -> Result<Batch, CaseError> {
        let mut batch = Batch {
            acts: Vec::with_capacity(acts.len()),
            leaves: Vec::with_capacity(acts.len()),
            frames: Vec::new(),
            payloads: Vec::new(),
            full: Vec::new(),
            edge: self.edge.clone(),
        };
        for (act, body) in acts {
            let payload = Payload { body, officer: officer.to_owned() };
            batch.push(act, at.to_string(), payload, salt()?)?;
        }
        Ok(batch)
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
        let mut undo = Undo::default();
        if let Err(error) = write(folder, &batch, &mut undo) {
            undo.run();
            return Err(error);
        }
        self.count(batch);
        Ok(())
    }

    fn count(&mut self, batch: Batch) {
        self.acts.extend(batch.acts);
        self.leaves.extend(batch.leaves);
        self.edge = batch.edge;
    }

    /// Compares the tiles of hashes with the entries.
    pub(crate) fn check_tiles(&self, folder: &Folder) -> Result<Vec<Fault>, CaseError> {
        let mut faults = Vec::new();
        let mut edge = Edge::default();
        for index in 0..self.edge.size() / u64::from(WIDTH) {
            let path = folder.ledger().join(bundle(index).to_string());
            let bytes = read_file(&path)?.unwrap_or_default();
            let mut full = Vec::new();
            for entry in bundle(index).entries(&bytes).unwrap_or_default() {
                edge.push(entry, &mut full).expect("what a bundle held is not too long");
            }
            for file in full.iter().filter(|file| file.tile.kind != Kind::Entries) {
                let found = read_file(&folder.ledger().join(file.tile.to_string()))?;
                if found.as_deref() != Some(&file.bytes) {
                    let found = if found.is_some() { "other hashes" } else { "no file" };
                    faults.push(Fault {
                        path: format!("ledger/{}", file.tile),
                        expected: "the hashes of its entries".to_owned(),
                        found: found.to_owned(),
                    });
                }
            }
        }
        Ok(faults)
    }
}

impl Batch {
    fn push(&mut self, act: &str, at: String, payload: Payload, salt: [u8; 16]) -> Result<(), CaseError> {
        let seq = self.edge.size();
        let text = said(act, &at, &payload)?;
        let hash = commit(&salt, text.as_bytes());
        let mut bytes = Vec::with_capacity(160);
        ActEntry { act: act.into(), at: at.as_str().into(), payload: hash }.write(seq, &mut bytes)?;
        let index = seq / u64::from(WIDTH);
        if self.payloads.last().is_none_or(|(last, _)| *last != index) {
            self.payloads.push((index, String::new()));
        }
        let (_, lines) = self.payloads.last_mut().expect("there is one");
        lines.push_str(&line(&text, &salt, seq));
        let n_full = self.full.len();
        self.leaves.push(self.edge.push(&bytes, &mut self.full).expect("an entry has some hundred bytes"));
        if self.full.len() > n_full {
            // The bundle holds this entry and all before it.
            self.frames.clear();
        } else {
            self.frames.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
            self.frames.extend_from_slice(&bytes);
        }
        self.acts.push(Act { seq, at, act: act.to_owned(), payload: Some(payload), salt: Some(salt) });
        Ok(())
    }
}

impl Rest {
    /// Whether something is left behind the last whole act.
    pub fn is_torn(&self) -> bool {
        !self.torn.is_empty()
    }

    /// Cuts off what belongs to no act.
    pub fn cut(&self, folder: &Folder) -> Result<(), CaseError> {
        let tail = (folder.tail(), self.tail_len);
        for (path, len) in [Some(tail), self.payload.clone()].into_iter().flatten() {
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
            let file = file.disk("open the record", &path)?;
            if file.metadata().disk("open the record", &path)?.len() > len {
                file.set_len(len).and_then(|()| file.sync_all()).disk("write to the record", &path)?;
            }
        }
        Ok(())
    }
}

/// How to take back what was written of acts that could not be written to the end.
#[derive(Default)]
struct Undo(Vec<(PathBuf, Option<u64>)>);

impl Undo {
    fn run(&self) {
        for (path, len) in &self.0 {
            // What cannot be taken back now, the next writer cuts off.
            let _ = match len {
                Some(len) => OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(*len)),
                None => fs::remove_file(path),
            };
        }
    }
}

fn write(folder: &Folder, batch: &Batch, undo: &mut Undo) -> Result<(), CaseError> {
    for (index, lines) in &batch.payloads {
        append(&folder.payloads(*index), lines.as_bytes(), undo)?;
    }
    if batch.full.is_empty() {
        return append(&folder.tail(), &batch.frames, undo);
    }
    for file in &batch.full {
        let path = folder.ledger().join(file.tile.to_string());
        let dir = path.parent().unwrap_or(&path);
        fs::create_dir_all(dir).disk("create the folder", dir)?;
        undo.0.push((path.clone(), None));
        folder.write(&path, &file.bytes)?;
    }
    folder.write(&folder.tail(), &batch.frames)
}

/// Appends to a file, which is made where it does not exist, and waits until the bytes are on the disk.
fn append(path: &Path, bytes: &[u8], undo: &mut Undo) -> Result<(), CaseError> {
    let dir = path.parent().unwrap_or(path);
    fs::create_dir_all(dir).disk("create the folder", dir)?;
    let mut file =
        OpenOptions::new().append(true).create(true).open(path).disk("write to the record", path)?;
    let len = file.metadata().disk("write to the record", path)?.len();
    undo.0.push((path.to_owned(), Some(len)));
    file.write_all(bytes).and_then(|()| file.sync_data()).disk("write to the record", path)?;
    if len == 0 { sync_dir_of(path) } else { Ok(()) }
}

/// The name of a full bundle.
fn bundle(index: u64) -> Tile {
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
fn line(payload: &str, salt: &[u8; 16], seq: u64) -> String {
    format!("{{\"payload\":{payload},\"salt\":\"{}\",\"seq\":{seq}}}\n", STANDARD.encode(salt))
}

/// The line that stands in the place of a payload that was erased.
fn erased(seq: u64) -> String {
    format!("{{\"erased\":true,\"seq\":{seq}}}\n")
}

/// The act of an entry and its line of payloads.
fn act(entry: &Entry<'_>, line: &[u8]) -> Result<Act, Flaw> {
    let seq = entry.seq;
    let flaw = |expected: &str| broken(seq, "payload", expected, &String::from_utf8_lossy(line));
    let (name, at, hash) = match &entry.content {
        Content::Act(act) => (act.act.to_string(), act.at.to_string(), Some(act.payload)),
        Content::Signed(signed) => (tutela_ledger::entry::SIGN.to_owned(), signed.at.to_string(), None),
        Content::Unknown => ("unknown".to_owned(), String::new(), None),
    };
    let mut act = Act { seq, at, act: name, payload: None, salt: None };
    let Some(hash) = hash else { return Ok(act) };
    let text = std::str::from_utf8(line).map_err(|_| flaw("a line of text"))?;
    if text == erased(seq) {
        return Ok(act);
    }
    let (payload, salt) = parts(text, seq).ok_or_else(|| flaw("a payload, its salt and its position"))?;
    if commit(&salt, payload.as_bytes()) != hash {
        return Err(flaw("the payload whose hash is in the entry"));
    }
    let Said { act: said, at, body, officer } =
        serde_json::from_str(payload).map_err(|_| flaw("act, time, officer and the particulars"))?;
    if (&said, &at) != (&act.act, &act.at) {
        return Err(broken(seq, "act", &format!("{said} at {at}"), &format!("{} at {}", act.act, act.at)));
    }
    (act.payload, act.salt) = (Some(Payload { body, officer }), Some(salt));
    Ok(act)
}

/// The payload and the salt in a line that is written as [`line`] writes it.
fn parts(text: &str, seq: u64) -> Option<(&str, [u8; 16])> {
    let (payload, rest) = text.strip_prefix("{\"payload\":")?.rsplit_once(",\"salt\":\"")?;
    let (salt, _) = rest.split_once('"')?;
    let salt: [u8; 16] = STANDARD.decode(salt).ok()?.try_into().ok()?;
    (line(payload, &salt, seq) == text).then_some((payload, salt))
}

fn broken(seq: u64, place: &str, expected: &str, found: &str) -> Flaw {
    let found = found.chars().take(120).collect();
    Flaw { seq, place: place.to_owned(), expected: expected.to_owned(), found }
}

/// Sixteen bytes that nobody can guess.
fn salt() -> Result<[u8; 16], CaseError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    Ok(salt)
}

/// A name for the log of a new operation that no other log has.
pub(crate) fn new_origin() -> Result<String, CaseError> {
    let digits: String = salt()?.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("tutela.case/{digits}"))
}

fn read_file(path: &Path) -> Result<Option<Vec<u8>>, CaseError> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).disk("read the record", path),
    }
}
