//! Erasure by law: payloads and files go, the log stays whole, and an entry says under which authority and why.
//!
//! The entry comes first, and the removal is completed by whoever writes next when it was stopped. What a disk keeps of
//! removed bytes outside its files is beyond the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use tutela_ledger::tile::WIDTH;
use tutela_model::Digest;

use crate::acts;
use crate::custody::{Erased, NotDone, named};
use crate::error::{CaseError, OnDisk};
use crate::folder::sync_file;
use crate::record::{Act, erased, read_file};
use crate::state::{self, IMPORT, RECEIVE};
use crate::writer::Writer;

/// Acts whose payloads stay, because others stand on them, or because they name nobody but who acted.
const STAY: [&str; 14] = [
    "create",
    state::AUTHORITY,
    state::VALIDATE,
    state::LAPSE,
    state::OFFICER,
    state::RETIRE,
    state::RULES,
    state::ERASE,
    state::CHECKPOINT,
    state::ANCHOR,
    state::PURGE,
    state::RECOVER,
    state::ANALYSE,
    tutela_ledger::entry::CLOCK,
];

impl Writer {
    /// Erases a file received: its bytes, the tables read from it, the findings, and the payloads of its receipts and
    /// imports. Findings are then derived anew without it.
    ///
    /// # Errors
    /// There is no such file or authority, or the disk refuses.
    pub fn erase_file(
        &mut self,
        file: Digest,
        authority: &str,
        reason: &str,
        at: Timestamp,
    ) -> Result<Vec<u64>, CaseError> {
        if !self.case.state.has_received(file) {
            return Err(NotDone::NotReceived(file).into());
        }
        let is_of_file =
            |act: &&Act| matches!(act.act.as_str(), RECEIVE | IMPORT) && named(&act.body()).contains(&file);
        let entries: Vec<u64> =
            self.case.record().acts().iter().filter(is_of_file).map(|act| act.seq).collect();
        self.erase(
            Erased { authority: authority.to_owned(), reason: reason.to_owned(), entries, file: Some(file) },
            at,
        )
    }

    /// Erases the payload of an entry.
    ///
    /// # Errors
    /// There is no such entry or authority, it must stay, or the disk refuses.
    pub fn erase_entry(
        &mut self,
        seq: u64,
        authority: &str,
        reason: &str,
        at: Timestamp,
    ) -> Result<Vec<u64>, CaseError> {
        let not = |why| CaseError::from(NotDone::NotErasable { seq, why });
        let act = usize::try_from(seq).ok().and_then(|seq| self.case.record().acts().get(seq));
        let act = act.ok_or(not("there is no such entry"))?;
        if act.payload.is_none() {
            return Err(not("it has none"));
        }
        if STAY.contains(&act.act.as_str()) {
            return Err(not("other acts stand on it"));
        }
        if matches!(act.act.as_str(), RECEIVE | IMPORT) {
            return Err(not("it goes with its file"));
        }
        let (authority, reason) = (authority.to_owned(), reason.to_owned());
        self.erase(Erased { authority, reason, entries: vec![seq], file: None }, at)
    }

    fn erase(&mut self, erased: Erased, at: Timestamp) -> Result<Vec<u64>, CaseError> {
        if !self.case.authorities().iter().any(|authority| authority.id == erased.authority) {
            return Err(CaseError::UnknownBasis(erased.authority));
        }
        self.append(vec![(state::ERASE, acts::to_body(&erased))], at)?;
        self.finish_erasures()?;
        Ok(erased.entries)
    }

    /// Removes what erasures name and is still there.
    pub(crate) fn finish_erasures(&mut self) -> Result<(), CaseError> {
        let acts = self.case.record.acts();
        let is_there = |seq: &&u64| {
            let act = usize::try_from(**seq).ok().and_then(|seq| acts.get(seq));
            act.is_some_and(|act| act.payload.is_some())
        };
        let left: BTreeSet<u64> = self.case.state.erased.iter().filter(is_there).copied().collect();
        if left.is_empty() {
            return Ok(());
        }
        // Payloads go last: as long as one is there, the rest is done again.
        self.remove_findings()?;
        // Rows of a file that is erased stand in grids too, among others; what is left is turned anew.
        remove_in(&self.case.folder.grids(), |_| true)?;
        for erasure in &self.case.state.erasures {
            if let Some(file) = erasure.file.filter(|file| !self.case.state.has_received(*file)) {
                self.remove_file(file)?;
            }
        }
        let mut by_bundle: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
        for seq in &left {
            by_bundle.entry(seq / u64::from(WIDTH)).or_default().insert(*seq);
        }
        for (index, seqs) in by_bundle {
            self.blank(index, &seqs)?;
        }
        self.case.record.forget(left);
        Ok(())
    }

    /// Takes payloads out of a file of payloads.
    fn blank(&self, index: u64, seqs: &BTreeSet<u64>) -> Result<(), CaseError> {
        let folder = &self.case.folder;
        let path = folder.payloads(index);
        let lines = read_file(&path)?.unwrap_or_default();
        let mut kept = Vec::with_capacity(lines.len());
        for (seq, line) in (index * u64::from(WIDTH)..).zip(lines.split_inclusive(|byte| *byte == b'\n')) {
            match seqs.contains(&seq) {
                true => kept.extend_from_slice(erased(seq).as_bytes()),
                false => kept.extend_from_slice(line),
            }
        }
        folder.write(&path, &kept)
    }

    fn remove_findings(&self) -> Result<(), CaseError> {
        remove_in(&self.case.folder.findings(), |_| true)
    }

    /// Removes the bytes of a file received, and the tables that were read from it.
    fn remove_file(&self, file: Digest) -> Result<(), CaseError> {
        let (hex, folder) = (file.hex(), self.case.folder.path());
        remove_in(&folder.join("received"), |name| name == hex)?;
        for place in ["tables", "sealed"] {
            let place = folder.join(place);
            for table in names_in(&place)? {
                remove_in(&place.join(table), |name| name.starts_with(&hex))?;
            }
        }
        Ok(())
    }
}

/// The names in a folder; none when it does not exist.
fn names_in(dir: &Path) -> Result<Vec<String>, CaseError> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.disk("read", dir)?,
    };
    let name =
        |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name().to_string_lossy().into_owned());
    entries.map(|entry| name(entry).disk("read", dir)).collect()
}

fn remove_in(dir: &Path, is_meant: impl Fn(&str) -> bool) -> Result<(), CaseError> {
    let names: Vec<String> = names_in(dir)?.into_iter().filter(|name| is_meant(name)).collect();
    for path in names.iter().map(|name| dir.join(name)) {
        fs::remove_file(&path).disk("remove", &path)?;
    }
    // What is gone must not come back after the payloads, which say that something is left to do, went.
    if names.is_empty() { Ok(()) } else { sync_file(dir) }
}
