//! Reads the record from its files and checks every entry and every payload; finds what a stopped writer left behind.

use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::thread;

use serde_json::{Value, json};
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::{Entry, Flaw};
use tutela_ledger::tile::{Damaged, Edge, Kind, WIDTH};
use tutela_ledger::tree::{Subtree, of_leaves};
use tutela_ledger::{Hash, leaf, root};
use tutela_model::Digest;

use super::lines::{TAIL, act, broken, bundle, flaw_of, frames, leaves, no_more};
use super::{Act, Record, read_file};
use crate::error::{CaseError, OnDisk};
use crate::folder::{Folder, sync_dir_of};
use crate::import::in_order;

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
