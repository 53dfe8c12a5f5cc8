//! Where things stand in an operation folder, and how a file gets there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};
use tutela_ledger::tile::{Kind, Tile, WIDTH};
use tutela_model::Digest;

use crate::error::{CaseError, OnDisk};
use crate::import::in_order;

/// Threads that wait for the disk.
const WAITING: usize = 16;

/// An operation folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// Length of the tail, and when it was last written.
pub(crate) type Mark = (u64, SystemTime);

/// The file whose presence makes a folder an operation.
pub(crate) const OPERATION: &str = "operation.toml";

impl Folder {
    pub fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn operation(&self) -> PathBuf {
        self.0.join(OPERATION)
    }

    pub fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// The log, in which nothing personal stands.
    pub fn ledger(&self) -> PathBuf {
        self.0.join("ledger")
    }

    /// The entries after the last full bundle.
    pub fn tail(&self) -> PathBuf {
        self.0.join("ledger/tail")
    }

    /// What tells whether the record has grown: every act changes the tail. None where the disk does not tell.
    pub fn mark(&self) -> Option<Mark> {
        let tail = fs::metadata(self.tail()).ok()?;
        Some((tail.len(), tail.modified().ok()?))
    }

    /// The payloads of the entries in a bundle.
    pub fn payloads(&self, index: u64) -> PathBuf {
        let tile = Tile { kind: Kind::Entries, index, width: WIDTH }.to_string();
        self.0.join("payloads").join(tile.trim_start_matches("tile/entries/"))
    }

    pub fn received(&self, sha256: Digest) -> PathBuf {
        self.0.join("received").join(sha256.hex())
    }

    pub fn findings(&self) -> PathBuf {
        self.0.join("findings")
    }

    /// Runs of sightings, from which the next analysis goes on.
    pub fn runs(&self) -> PathBuf {
        self.0.join("runs")
    }

    /// Tables turned on their side, to be looked at.
    pub fn grids(&self) -> PathBuf {
        self.0.join("grids")
    }

    /// Checkpoints handed out and what others said of them, each under its SHA-256.
    pub fn anchor(&self, sha256: Digest) -> PathBuf {
        self.0.join("anchors").join(sha256.hex())
    }

    /// The access logs, one folder a year.
    pub fn access(&self) -> PathBuf {
        self.0.join("access")
    }

    /// Copies of what left the operation, each under its SHA-256.
    pub fn handed(&self) -> PathBuf {
        self.0.join("handed")
    }

    /// Files that are being written. What a stopped program leaves there, the next writer removes.
    pub fn unfinished(&self) -> PathBuf {
        self.0.join("unfinished")
    }

    /// Makes the folders that the operation needs.
    pub fn make(&self) -> Result<(), CaseError> {
        self.make_all(&["received", "ledger", "payloads", "tables", "findings", "anchors", "unfinished"])
    }

    /// Makes the folders that a record alone needs.
    pub fn make_record(&self) -> Result<(), CaseError> {
        self.make_all(&["ledger", "payloads", "unfinished"])
    }

    fn make_all(&self, names: &[&str]) -> Result<(), CaseError> {
        for name in names {
            let path = self.0.join(name);
            fs::create_dir_all(&path).disk("create the folder", &path)?;
        }
        Ok(())
    }

    /// Removes what a stopped program left unfinished.
    pub fn clear_unfinished(&self) -> Result<(), CaseError> {
        let path = self.unfinished();
        if fs::read_dir(&path).is_ok_and(|mut files| files.next().is_none()) {
            return Ok(());
        }
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).disk("clear the folder", &path)
            }
            _ => fs::create_dir_all(&path).disk("create the folder", &path),
        }
    }

    /// Writes a small file whole: under another name first, then at its place.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), CaseError> {
        let name = path.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned());
        let unfinished = self.unfinished().join(name);
        let mut file = File::create(&unfinished).disk("create the file", &unfinished)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).disk("write", &unfinished);
        if let Err(error) = written.and_then(|()| move_to(&unfinished, path)) {
            // On a full disk half a file would take the room that is missing.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
        sync_dir_of(path)
    }
}

/// Gives a finished file its place.
pub(crate) fn move_to(unfinished: &Path, path: &Path) -> Result<(), CaseError> {
    fs::rename(unfinished, path).disk("put the file in its place", path)
}

/// Makes names in the folder of `path` last through a power cut.
pub(crate) fn sync_dir_of(path: &Path) -> Result<(), CaseError> {
    let dir = path.parent().unwrap_or(path);
    sync_file(dir)
}

/// Makes a file's bytes, or a folder's names, last through a power cut.
pub(crate) fn sync_file(path: &Path) -> Result<(), CaseError> {
    File::open(path).and_then(|file| file.sync_all()).disk("write", path)
}

/// Makes files last through a power cut, many at a time: the disk's journal takes them together.
pub(crate) fn sync_files(paths: &[&Path]) -> Result<(), CaseError> {
    let mut done = Ok(());
    in_order(
        paths.len(),
        WAITING.min(paths.len()),
        |path_idx| sync_file(paths[path_idx]),
        |_, results| {
            for result in results {
                if done.is_ok() {
                    done = result;
                }
            }
        },
    );
    done
}

/// A new file that can be read back: the spill of a sort.
pub(crate) fn new_file(path: &Path) -> Result<File, CaseError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)
        .disk("create the file", path)
}

/// Copies bytes, counts and hashes them, until the end or until `progress` says no.
pub(crate) fn copy_hashed(
    from: &mut dyn Read,
    to: &mut dyn Write,
    progress: &mut dyn FnMut(u64) -> bool,
) -> io::Result<(Digest, u64)> {
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 256 << 10];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n_bytes) => {
                hash.update(&buffer[..n_bytes]);
                to.write_all(&buffer[..n_bytes])?;
                size += n_bytes as u64;
                if !progress(size) {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    to.flush()?;
    Ok((Digest(hash.finalize().into()), size))
}

/// The digest of a file on disk, and its size.
pub(crate) fn digest_of(path: &Path) -> Result<(Digest, u64), CaseError> {
    let mut file = File::open(path).disk("read", path)?;
    copy_hashed(&mut file, &mut io::sink(), &mut |_| true).disk("read", path)
}
