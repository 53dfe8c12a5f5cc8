//! Acts on their way to the record: made into entries with salted payloads, signed, and written.
//!
//! What the disk refuses is taken back, so that all acts are recorded or none. A writer that is stopped leaves the first
//! of them, in their order: payloads come first, then hashes, then entries, each on the disk before the next, and what no
//! entry stands for is cut off by the next writer.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::{Act as ActEntry, CLOCK, SIGN, Signed, commit};
use tutela_ledger::tile::{Edge, File, Kind, WIDTH};
use tutela_ledger::{Hash, canonical};

use crate::error::{CaseError, OnDisk};
use crate::folder::{Folder, move_to, sync_dir_of, sync_files};
use crate::officers::Actor;
use crate::record::{Act, Payload, Record, line, line_of_signature, salt};

/// A clock that is behind the last entry by no more than this was not set back: two processes told the time at once.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// Acts that are to be recorded, as the files take them.
pub(crate) struct Batch {
    origin: String,
    pub acts: Vec<Act>,
    pub leaves: Vec<Hash>,
    /// The entries that complete no bundle, in the form of one.
    pub frames: Vec<u8>,
    /// The first entry in that form, where the acts complete a bundle that begins with it.
    first: Option<Vec<u8>>,
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
            first: None,
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
            if n_full == 0 && self.acts.len() + 1 == usize::from(WIDTH) {
                let end = 2 + usize::from(u16::from_be_bytes([self.frames[0], self.frames[1]]));
                self.first = Some(self.frames[..end].to_vec());
            }
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
            // On a full disk they would take the room that is missing.
            for file_idx in 0..self.full.len() {
                let _ = fs::remove_file(folder.unfinished().join(format!("{file_idx}.tile")));
            }
        }
        written
    }

    fn write_undoable(&self, folder: &Folder, undo: &mut Undo) -> Result<(), CaseError> {
        append_all(&self.payloads, |index| folder.payloads(index), undo)?;
        if self.full.is_empty() {
            return append(&folder.tail(), &self.frames, undo);
        }
        if let Some(first) = &self.first {
            // A bundle is completed from the tail: hashes beside an empty one are those of a bundle that is gone.
            append(&folder.tail(), first, undo)?;
        }
        let places = self.unfinished(folder)?;
        // Hashes come before their entries: an act is done when its entry is in its place, and nothing is missing then.
        let (entries, hashes): (Vec<_>, Vec<_>) =
            places.iter().partition(|(kind, ..)| *kind == Kind::Entries);
        for group in [hashes, entries] {
            let mut dirs = BTreeSet::new();
            for (_, unfinished, path) in group {
                undo.0.push((path.clone(), None));
                move_to(unfinished, path)?;
                dirs.extend(path.parent());
            }
            sync_files(&Vec::from_iter(dirs))?;
        }
        folder.write(&folder.tail(), &self.frames)
    }

    /// Writes the files that the entries complete, for the time being beside their places.
    fn unfinished(&self, folder: &Folder) -> Result<Vec<(Kind, PathBuf, PathBuf)>, CaseError> {
        let (mut places, mut dirs) = (Vec::with_capacity(self.full.len()), BTreeSet::new());
        for (file_idx, file) in self.full.iter().enumerate() {
            let unfinished = folder.unfinished().join(format!("{file_idx}.tile"));
            fs::write(&unfinished, &file.bytes).disk("write", &unfinished)?;
            let path = folder.ledger().join(file.tile.to_string());
            if let Some(dir) = path.parent().filter(|dir| !dirs.contains(*dir)) {
                make_dir(dir)?;
                dirs.insert(dir.to_owned());
            }
            places.push((file.tile.kind, unfinished, path));
        }
        let unfinished: Vec<&Path> = places.iter().map(|(_, unfinished, _)| unfinished.as_path()).collect();
        sync_files(&unfinished)?;
        Ok(places)
    }
}

/// How to take back what was written of acts that could not be written to the end.
#[derive(Default)]
struct Undo(Vec<(PathBuf, Option<u64>)>);

impl Undo {
    /// The last goes first, and where one cannot be taken back those before it stay: what is left then is what a
    /// stopped writer leaves, and the next one cuts it off.
    fn run(&self) {
        for (path, len) in self.0.iter().rev() {
            let undone = match len {
                Some(len) => OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(*len)),
                None => match fs::remove_file(path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                    removed => removed,
                },
            };
            if undone.is_err() {
                break;
            }
        }
    }
}

/// Appends to a file, which is made where it does not exist, and waits until the bytes are on the disk.
fn append(path: &Path, bytes: &[u8], undo: &mut Undo) -> Result<(), CaseError> {
    let (mut file, len) = open(path, undo)?;
    file.write_all(bytes).and_then(|()| file.sync_data()).disk("write to the record", path)?;
    if len == 0 { sync_dir_of(path) } else { Ok(()) }
}

/// As [`append`] for the payloads of several bundles. All but the first make their files, so that these are waited for
/// together.
fn append_all(
    payloads: &[(u64, String)],
    path: impl Fn(u64) -> PathBuf,
    undo: &mut Undo,
) -> Result<(), CaseError> {
    if let [(index, lines)] = payloads {
        return append(&path(*index), lines.as_bytes(), undo);
    }
    let (mut paths, mut dirs) = (Vec::with_capacity(payloads.len()), BTreeSet::new());
    for (index, lines) in payloads {
        let path = path(*index);
        let (mut file, _) = open(&path, undo)?;
        file.write_all(lines.as_bytes()).disk("write to the record", &path)?;
        dirs.extend(path.parent().map(Path::to_owned));
        paths.push(path);
    }
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    sync_files(&paths)?;
    sync_files(&dirs.iter().map(PathBuf::as_path).collect::<Vec<_>>())
}

/// A file to append to, and how long it is.
fn open(path: &Path, undo: &mut Undo) -> Result<(fs::File, u64), CaseError> {
    make_dir(path.parent().unwrap_or(path))?;
    let file = OpenOptions::new().append(true).create(true).open(path).disk("write to the record", path)?;
    let len = file.metadata().disk("write to the record", path)?.len();
    undo.0.push((path.to_owned(), Some(len)));
    Ok((file, len))
}

/// Makes a folder and those above it that do not exist, and lets their names last through a power cut.
pub(crate) fn make_dir(dir: &Path) -> Result<(), CaseError> {
    let new: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.is_dir()).collect();
    fs::create_dir_all(dir).disk("create the folder", dir)?;
    new.into_iter().try_for_each(sync_dir_of)
}
