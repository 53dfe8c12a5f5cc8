//! A folder of this machine: a disk that is mounted behind a write blocker, or an export. Its names come in the order of
//! their bytes, links are not followed, nothing is written; where the machine allows it, reading leaves no time either.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::SystemTime;

use tutela_model::tables::{FileKind, FileState};

use crate::entry::{Entry, Found, Stamp, Times, Why};
use crate::image::Segment;
use crate::walk::Walk;

/// Walks the folder. Paths begin below it.
pub(crate) fn walk(folder: &Path, to: &mut Walk<'_>) -> ControlFlow<()> {
    inside(folder, "", 0, to)
}

fn inside(folder: &Path, path: &str, depth: usize, to: &mut Walk<'_>) -> ControlFlow<()> {
    if depth > to.options.limits.depth {
        let expected = format!("at most {} folders inside each other", to.options.limits.depth);
        return to.unread(path, Why::Limit, &expected, "more");
    }
    let mut names = match listed(folder) {
        Ok(names) => names,
        Err(error) => return to.failed(if path.is_empty() { "the folder" } else { path }, &error),
    };
    names.sort_unstable();
    for name in names {
        to.go_on(path)?;
        let inner = folder.join(&name);
        let path = match path {
            "" => name.to_string_lossy().into_owned(),
            folder => format!("{folder}/{}", name.to_string_lossy()),
        };
        match fs::symlink_metadata(&inner) {
            Ok(metadata) => one(&inner, &path, &metadata, depth, to)?,
            Err(error) => to.failed(&path, &error)?,
        }
    }
    ControlFlow::Continue(())
}

fn one(inner: &Path, path: &str, metadata: &Metadata, depth: usize, to: &mut Walk<'_>) -> ControlFlow<()> {
    let kind = match metadata.file_type() {
        kind if kind.is_symlink() => FileKind::Link,
        kind if kind.is_dir() => FileKind::Folder,
        kind if kind.is_file() => FileKind::File,
        _ => FileKind::Other,
    };
    let entry = Entry {
        path: path.to_owned(),
        kind,
        state: FileState::Allocated,
        size: metadata.len(),
        id: number(metadata),
        times: times(metadata),
        runs: Vec::new(),
        found: Found::Recorded,
    };
    if kind != FileKind::File {
        to.entry(&entry, None)?;
        return if kind == FileKind::Folder {
            inside(inner, path, depth + 1, to)
        } else {
            ControlFlow::Continue(())
        };
    }
    match open(inner).and_then(|file| Segment::of_file(path, file)) {
        Ok(opened) => to.entry(&entry, Some(&*opened.bytes)),
        Err(error) => {
            to.entry(&Entry { found: Found::Lost, ..entry }, None)?;
            to.failed(path, &error)
        }
    }
}

/// Opens a file without leaving a time of reading, where that is allowed: to its owner and to root.
#[cfg(target_os = "linux")]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    // A link that has taken the file's place is not followed, and a pipe does not wait for a writer.
    let always = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let with = |flags: OFlags| OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path);
    match with(always | OFlags::NOATIME) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => with(always),
        opened => opened,
    }
}

#[cfg(not(target_os = "linux"))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// The names in a folder.
#[cfg(target_os = "linux")]
fn listed(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    use std::os::unix::ffi::OsStringExt as _;

    let mut names = Vec::new();
    for entry in rustix::fs::Dir::read_from(open(folder)?)? {
        let name = entry?.file_name().to_bytes().to_vec();
        if name != b"." && name != b".." {
            names.push(std::ffi::OsString::from_vec(name));
        }
    }
    Ok(names)
}

#[cfg(not(target_os = "linux"))]
fn listed(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    folder.read_dir()?.map(|entry| entry.map(|entry| entry.file_name())).collect()
}

/// The number of a file's record, by which names of one file are told.
#[cfg(unix)]
fn number(metadata: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt as _;
    metadata.ino().to_string()
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> String {
    String::new()
}

/// The times as the machine tells them, which reads them from the disk with the zone that it has.
fn times(metadata: &Metadata) -> Times {
    let stamp = |time: io::Result<SystemTime>| {
        let time = time.ok()?;
        let at_us = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).ok()?,
            // Rounded to the earlier microsecond, as times after 1970 are.
            Err(before) => -i64::try_from(before.duration().as_nanos().div_ceil(1000)).ok()?,
        };
        Some(Stamp { at_us, width_us: 1, local: false })
    };
    Times {
        created: stamp(metadata.created()),
        modified: stamp(metadata.modified()),
        accessed: stamp(metadata.accessed()),
        changed: changed(metadata),
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt as _;
    let at_us = metadata.ctime().checked_mul(1_000_000)?.checked_add(metadata.ctime_nsec() / 1000)?;
    Some(Stamp { at_us, width_us: 1, local: false })
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<Stamp> {
    None
}
