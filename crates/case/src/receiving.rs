//! Receives files: copied byte for byte, each under its SHA-256, held against what their supplier says, and recorded.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tutela_model::{Digest, Refusal};

use crate::acts::{self, Receipt};
use crate::case::Basis;
use crate::custody::{Described, DigestKind, Provenance};
use crate::error::{CaseError, OnDisk};
use crate::folder::{copy_hashed, move_to, sync_dir_of, sync_files};
use crate::import::{Progress, in_order};
use crate::state;
use crate::writer::{Writer, fail_all};

/// A file that is in `received/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its name when it came, without folders.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether a file of the same bytes had been received before.
    pub already: bool,
    /// Whether the bytes are those that the supplier describes. None when the supplier gave no digest.
    pub verified: Option<bool>,
}

/// A file that is to be received, and what is stated of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToReceive {
    /// Where it is.
    pub path: PathBuf,
    /// Where it came from.
    pub provenance: Provenance,
    /// Its digests as the supplier says, with their algorithms.
    pub digests: Vec<(DigestKind, String)>,
}

impl From<PathBuf> for ToReceive {
    /// A file of which nothing is stated.
    fn from(path: PathBuf) -> Self {
        Self { path, ..Self::default() }
    }
}

/// Files that are received under one entry of the disk's journal at most.
const RECEIVED_AT_ONCE: usize = 256;

impl Writer {
    /// Receives one file of which nothing is stated. See [`Writer::receive_all`].
    ///
    /// # Errors
    /// The file cannot be read, the disk refuses, or `progress` stopped it.
    pub fn receive(
        &mut self,
        path: &Path,
        basis: &Basis,
        at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Received, CaseError> {
        let files = [ToReceive::from(path.to_owned())];
        self.receive_all(&files, basis, at, 1, progress).pop().expect("one file gives one result")
    }

    /// Copies files into the operation, byte for byte, each under its SHA-256, and records what came, by which name,
    /// when, to whom and under which authority.
    ///
    /// One result a file, in their order; a file that fails keeps none of the others back. A file received before by
    /// the same name, under the same authority and with the same statements is not recorded again.
    pub fn receive_all(
        &mut self,
        files: &[ToReceive],
        basis: &Basis,
        at: Timestamp,
        jobs: usize,
        progress: Progress<'_>,
    ) -> Vec<Result<Received, CaseError>> {
        let mut all = Vec::with_capacity(files.len());
        for files in files.chunks(RECEIVED_AT_ONCE) {
            let first = all.len();
            let unfinished = self.case.folder.unfinished();
            let copy = |file_idx: usize| {
                let to = unfinished.join(format!("{}.received", first + file_idx));
                let copied = copy(&files[file_idx], &to, &mut |n_bytes| progress(first + file_idx, n_bytes));
                copied.map(|receipt| (to, receipt))
            };
            let mut copied = Vec::new();
            in_order(files.len(), jobs, copy, |_, results| copied.extend(results));
            all.extend(self.take_in(copied, basis, at));
        }
        all
    }

    /// Puts copied files in their places and records them together.
    fn take_in(
        &mut self,
        copied: Vec<Result<(PathBuf, Receipt), CaseError>>,
        basis: &Basis,
        at: Timestamp,
    ) -> Vec<Result<Received, CaseError>> {
        let files: Vec<&Path> = copied.iter().flatten().map(|(path, _)| path.as_path()).collect();
        let synced = sync_files(&files);
        let (mut results, mut bodies, mut recorded) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut new = BTreeSet::new();
        for copied in copied {
            results.push(copied.and_then(|(unfinished, receipt)| {
                let receipt = Receipt { basis: basis.id().to_owned(), ..receipt };
                let Receipt { sha256, name, size, .. } = receipt.clone();
                let verified = receipt.verified();
                let path = self.case.folder.received(sha256);
                let already = self.case.state.has_received(sha256) || new.contains(&sha256);
                // A file received before that is gone is put back, and that is recorded too.
                let gone = already && !path.is_file();
                if already && !gone {
                    fs::remove_file(&unfinished).disk("remove", &unfinished)?;
                } else {
                    move_to(&unfinished, &path)?;
                    new.insert(sha256);
                }
                let unrecorded = gone || !self.case.state.has_receipt(&receipt);
                if unrecorded && recorded.insert((sha256, name.clone())) {
                    bodies.push((state::RECEIVE, acts::to_body(&receipt)));
                }
                Ok(Received { sha256, name, size, already, verified })
            }));
        }
        let any = self.case.folder.received(Digest([0; 32]));
        let done = synced.and_then(|()| sync_dir_of(&any)).and_then(|()| self.append(bodies, at));
        fail_all(results, done)
    }
}

/// Copies a file that is received, and makes the copy one that nobody changes by mistake.
fn copy(
    file: &ToReceive,
    to: &Path,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Receipt, CaseError> {
    let path = file.path.as_path();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut from = File::open(path).disk("read", path)?;
    let before = from.metadata().disk("read", path)?;
    if !before.is_file() {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "it is not a file");
        return Err(error).disk("receive", path);
    }
    let mut copied = File::create(to).disk("create the file", to)?;
    let mut stopped = false;
    let mut writer = io::BufWriter::with_capacity(256 << 10, &mut copied);
    let hashed = copy_hashed(&mut from, &mut writer, &mut |n_bytes| {
        stopped |= progress(n_bytes).is_break();
        !stopped
    });
    drop(writer);
    if hashed.is_err() || stopped {
        // Half a copy would take the room that the next file needs.
        let _ = fs::remove_file(to);
    }
    let (sha256, size) = hashed.disk("copy", path)?;
    if stopped {
        return Err(CaseError::Refused { name, source: Refusal::Stopped });
    }
    let after = from.metadata().disk("read", path)?;
    if size != before.len() || after.len() != size || after.modified().ok() != before.modified().ok() {
        let _ = fs::remove_file(to);
        return Err(CaseError::Changed(path.to_owned()));
    }
    copied.set_permissions(read_only(&copied).disk("write", to)?).disk("write", to)?;
    let described = file.digests.iter().map(|(kind, digest)| described(*kind, digest, to));
    Ok(Receipt {
        sha256,
        name,
        size,
        basis: String::new(),
        provenance: file.provenance.clone(),
        described: described.collect::<Result<_, _>>()?,
    })
}

/// Holds a file against a digest that its supplier gave.
fn described(kind: DigestKind, digest: &str, path: &Path) -> Result<Described, CaseError> {
    let file = File::open(path).disk("read", path)?;
    let found = kind.of(file).disk("read", path)?;
    let digest = digest.trim().to_ascii_lowercase();
    Ok(Described { algorithm: kind.word().to_owned(), holds: found == digest, digest })
}

fn read_only(file: &File) -> io::Result<Permissions> {
    let mut permissions = file.metadata()?.permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o444);
    #[cfg(not(unix))]
    permissions.set_readonly(true);
    Ok(permissions)
}
