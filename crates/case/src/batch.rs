//! Acts on their way to the record: made into entries with salted payloads, signed, and written all or none.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::{Act as ActEntry, CLOCK, SIGN, Signed, commit};
use tutela_ledger::tile::{Edge, File, WIDTH};
use tutela_ledger::{Hash, canonical};

use crate::error::{CaseError, OnDisk};
use crate::folder::{Folder, sync_dir_of};
use crate::officers::Actor;
use crate::record::{Act, Payload, Record, line, line_of_signature, salt};

/// A clock that is behind the last entry by no more than this was not set back: two processes told the time at once.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// Acts that are to be recorded, as the files take them.
pub(crate) struct Batch {
    origin: String,
    pub acts: Vec<Act>,
    pub leaves: Vec<Hash>,
    /// The entries in the form of a bundle.
    pub frames: Vec<u8>,
    /// The lines of payloads, by bundle.
    pub payloads: Vec<(u64, String)>,
    /// The files that the entries complete.
    full: Vec<File>,
    pub edge: Edge,
}

impl Batch {
    /// The acts that come after a record, with their particulars; then the signatures of those who act.
    ///
    /// When the clock is behind the last entry, an entry says so first.
    ///
    /// # Errors
    /// Particulars that have no canonical form, or the system gives no salt.
    pub fn new(
        record: &Record,
        by: &Actor,
        mut at: Timestamp,
        acts: Vec<(&str, Value)>,
    ) -> Result<Self, CaseError> {
        let mut batch = Self {
            origin: record.origin().to_owned(),
            acts: Vec::with_capacity(acts.len()),
            leaves: Vec::with_capacity(acts.len()),
            frames: Vec::new(),
            payloads: Vec::new(),
            full: Vec::new(),
            edge: record.edge().clone(),
        };
        if let Some(latest) = record.latest().filter(|latest| at < *latest) {
            if latest.duration_since(at) <= TOLERANCE {
                at = latest;
            } else {
                let body = json!({"latest": latest.to_string(), "now": at.to_string()});
                batch.push(CLOCK, at, body, by)?;
            }
        }
        for (act, body) in acts {
            batch.push(act, at, body, by)?;
        }
        for signer in by.all().filter_map(|actor| actor.key.as_deref()) {
            let before = Checkpoint::new(&batch.origin, batch.edge.size(), batch.edge.root())
                .expect("an origin in one line");
            let (seq, at, mut bytes) = (before.size(), at.to_string(), Vec::new());
            Signed::write(&before, &at, signer, &mut bytes)?;
            let signer = Some(signer.key().clone());
            let act = Act { seq, at, act: SIGN.to_owned(), signer, payload: None };
            batch.add(act, &bytes, &line_of_signature(seq));
        }
        Ok(batch)
    }

    fn push(&mut self, act: &str, at: Timestamp, body: Value, by: &Actor) -> Result<(), CaseError> {
        let (seq, at, salt) = (self.edge.size(), at.to_string(), salt()?);
        let mut said = json!({"act": act, "at": at, "body": body, "officer": by.name});
        if let Some(second) = &by.second {
            said["second"] = Value::from(second.name.as_str());
        }
        let text = canonical(&said)?;
        let payload = commit(&salt, text.as_bytes());
        let mut bytes = Vec::with_capacity(160);
        ActEntry { act: act.into(), at: at.as_str().into(), payload }.write(seq, &mut bytes)?;
        let line = line(&text, &salt, seq);
        let payload = Some(Payload { text, salt });
        self.add(Act { seq, at, act: act.to_owned(), signer: None, payload }, &bytes, &line);
        Ok(())
    }

    fn add(&mut self, act: Act, bytes: &[u8], line: &str) {
        let index = act.seq / u64::from(WIDTH);
        if self.payloads.last().is_none_or(|(last, _)| *last != index) {
            self.payloads.push((index, String::new()));
        }
        let (_, lines) = self.payloads.last_mut().expect("there is one");
        lines.push_str(line);
        let n_full = self.full.len();
        self.leaves.push(self.edge.push(bytes, &mut self.full).expect("an entry has some hundred bytes"));
        if self.full.len() > n_full {
            // The bundle holds this entry and all before it.
            self.frames.clear();
        } else {
            self.frames.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
            self.frames.extend_from_slice(bytes);
        }
        self.acts.push(act);
    }

    /// Writes the acts after those that the folder has, all or none.
    pub fn write(&self, folder: &Folder) -> Result<(), CaseError> {
        let mut undo = Undo::default();
        let written = self.write_undoable(folder, &mut undo);
        if written.is_err() {
            undo.run();
        }
        written
    }

    fn write_undoable(&self, folder: &Folder, undo: &mut Undo) -> Result<(), CaseError> {
        for (index, lines) in &self.payloads {
            append(&folder.payloads(*index), lines.as_bytes(), undo)?;
        }
        if self.full.is_empty() {
            return append(&folder.tail(), &self.frames, undo);
        }
        for file in &self.full {
            let path = folder.ledger().join(file.tile.to_string());
            let dir = path.parent().unwrap_or(&path);
            fs::create_dir_all(dir).disk("create the folder", dir)?;
            undo.0.push((path.clone(), None));
            folder.write(&path, &file.bytes)?;
        }
        folder.write(&folder.tail(), &self.frames)
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
