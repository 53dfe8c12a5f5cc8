//! The files below paths. Links are not followed, and what is no plain file is passed over aloud.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::reading;
use crate::ending::{self, Doing as _};
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// A file to be hashed.
pub struct Found {
    /// Where it is: below the path as it was given.
    pub path: PathBuf,
    /// By what a change is seen.
    pub mark: Mark,
    /// The device and the number of the file on it, where the system has them: near its place on the disk.
    pub place: (u64, u64),
}

/// How a file looked: its length, and when its content and its entry were changed, in seconds and nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its length.
    pub bytes: u64,
    /// The last change of its content.
    pub modified: (i64, i64),
    /// The last change of its entry; zero where the system does not say it.
    pub changed: (i64, i64),
}

impl Mark {
    /// As the system says.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// As the system says.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Self {
        let since = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok();
        let modified = metadata.modified().ok().and_then(since).unwrap_or_default();
        Self {
            bytes: metadata.len(),
            modified: (modified.as_secs() as i64, i64::from(modified.subsec_nanos())),
            changed: (0, 0),
        }
    }
}

#[cfg(unix)]
fn place(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn place(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// What was found, in the order of paths.
pub struct Walk {
    /// The files.
    pub files: Vec<Found>,
    /// How many folders could not be listed, or entries looked at.
    pub n_unread: u64,
}

/// How many of each kind that is passed over are named.
const NAMED: u64 = 10;

impl Walk {
    /// All files below the paths, each once.
    ///
    /// # Errors
    /// A path is not there.
    pub fn of(run: &Run, paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut walk = Self { files: Vec::new(), n_unread: 0 };
        let mut passed_over: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut waiting = Vec::new();
        for path in paths {
            path.symlink_metadata().doing(|| phrase!("cannot.read", path = path_text(path)))?;
            waiting.push(path.clone());
        }
        while let Some(path) = waiting.pop() {
            run.go_on()?;
            let entry = match path.symlink_metadata() {
                Ok(entry) => entry,
                Err(error) => {
                    walk.tell_unread(run, &path, &error);
                    continue;
                }
            };
            if entry.is_file() {
                walk.files.push(Found { mark: Mark::of(&entry), place: place(&entry), path });
            } else if entry.is_dir() {
                match reading::list(&path) {
                    Ok(names) => waiting.extend(names.into_iter().map(|name: OsString| path.join(name))),
                    Err(error) => walk.tell_unread(run, &path, &error),
                }
            } else {
                let kind = kind(&entry);
                let n = passed_over.entry(kind).or_default();
                *n += 1;
                if *n <= NAMED || run.verbose > 0 {
                    run.warn(phrase!("hash.passed", kind = kind, path = path_text(&path)));
                }
            }
        }
        for (kind, n) in passed_over.iter().filter(|(_, n)| **n > NAMED) {
            run.warn(phrase!("hash.passed.all", kind = *kind, n = *n));
        }
        walk.files.sort_by(|a, b| a.path.cmp(&b.path));
        walk.files.dedup_by(|a, b| a.path == b.path);
        Ok(walk)
    }

    fn tell_unread(&mut self, run: &Run, path: &Path, error: &io::Error) {
        self.n_unread += 1;
        let why = ending::sentence(error, run.lang);
        run.warn(phrase!("hash.unread", path = path_text(path), bytes = 0_u64, why = why));
    }
}

/// What an entry is that is neither file nor folder.
#[cfg(unix)]
fn kind(entry: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = entry.file_type();
    if kind.is_symlink() {
        "link"
    } else if kind.is_fifo() {
        "pipe"
    } else if kind.is_socket() {
        "socket"
    } else {
        "device"
    }
}

#[cfg(not(unix))]
fn kind(entry: &Metadata) -> &'static str {
    if entry.file_type().is_symlink() { "link" } else { "device" }
}
