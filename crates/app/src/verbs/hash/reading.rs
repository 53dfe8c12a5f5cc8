//! A file as a stream that opens itself when it is first read, and says when it was changed meanwhile. Reading leaves the
//! times of last access alone where the system allows it: to the owner of a file, and to the superuser.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::walk::{Found, Mark};
use crate::progress::Bar;

/// A file to be read once, to its end.
pub struct Reading<'r> {
    found: &'r Found,
    file: Option<File>,
    stop: &'r AtomicBool,
    bar: &'r Bar,
}

/// The file is no longer as it was when it was listed.
#[derive(Debug)]
pub struct Changed;

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file changed while it was read")
    }
}

impl Error for Changed {}

impl<'r> Reading<'r> {
    /// A file that is not open yet.
    pub fn new(found: &'r Found, stop: &'r AtomicBool, bar: &'r Bar) -> Self {
        Self { found, file: None, stop, bar }
    }
}

impl Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopped"));
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(open(&self.found.path)?),
        };
        let n = file.read(buffer)?;
        if n > 0 {
            self.bar.advance(n as u64);
            return Ok(n);
        }
        let metadata = file.metadata()?;
        if !metadata.is_file() || Mark::of(&metadata) != self.found.mark {
            return Err(io::Error::other(Changed));
        }
        Ok(0)
    }
}

/// Opens a file that was one when it was listed; a link or a pipe in its place is not followed and not waited for.
#[cfg(target_os = "linux")]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;
    let flags = |flags: OFlags| flags.bits() as i32;
    let plain = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let with = |flags: i32| OpenOptions::new().read(true).custom_flags(flags).open(path);
    match with(flags(plain | OFlags::NOATIME)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => with(flags(plain)),
        outcome => outcome,
    }
}

#[cfg(not(target_os = "linux"))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// The names in a folder, in no order.
#[cfg(target_os = "linux")]
pub fn list(folder: &Path) -> io::Result<Vec<OsString>> {
    use std::os::unix::ffi::OsStringExt as _;

    use rustix::fs::Dir;
    let mut names = Vec::new();
    for entry in Dir::read_from(open(folder)?)? {
        let name = entry?.file_name().to_bytes().to_vec();
        if name != b"." && name != b".." {
            names.push(OsString::from_vec(name));
        }
    }
    Ok(names)
}

/// The names in a folder, in no order.
#[cfg(not(target_os = "linux"))]
pub fn list(folder: &Path) -> io::Result<Vec<OsString>> {
    std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
}
