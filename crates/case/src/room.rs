//! Room in an operation folder for what an analysis puts aside. It is nobody's record: it goes with the one who asked
//! for it, and what a stopped program leaves of it the next writer removes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tutela_model::Aside;

use crate::error::{CaseError, OnDisk};

/// Streams of bytes, a file each.
pub struct Room {
    folder: PathBuf,
}

impl Room {
    pub(crate) fn new(unfinished: &Path) -> Result<Self, CaseError> {
        let folder = unfinished.join("aside");
        // What another one left in it is gone: streams begin empty.
        if folder.exists() {
            fs::remove_dir_all(&folder).disk("clear the folder", &folder)?;
        }
        fs::create_dir_all(&folder).disk("create the folder", &folder)?;
        Ok(Self { folder })
    }

    fn path(&self, stream: u64) -> PathBuf {
        self.folder.join(format!("{stream}.aside"))
    }
}

impl Aside for Room {
    fn put(&self, stream: u64, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).create(true).open(self.path(stream))?.write_all(bytes)
    }

    fn get(&self, stream: u64, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = File::open(self.path(stream))?;
        file.seek(SeekFrom::Start(position))?;
        file.read_exact(bytes)
    }
}

impl Drop for Room {
    /// What cannot be removed now, the next writer removes.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
