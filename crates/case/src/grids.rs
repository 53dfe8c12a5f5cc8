//! The grids of an operation, in files of the folder `grids`: its tables turned on their side, to be looked at. They
//! follow from the tables, so nothing waits for the disk, and what is altered or gone is made anew.
//!
//! A file beside each grid holds its SHA-256. That tells damage; a grid stands in no record, and nothing is derived from
//! one.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::PathBuf;

use tutela_model::{Digest, Shelf as _, Shelved};

use crate::shelf::{FolderShelf, UNFINISHED};

/// The grids of an operation.
pub struct Grids {
    folder: PathBuf,
    shelf: FolderShelf,
}

/// A grid that is being made. No other process makes one in this folder meanwhile.
pub struct Making<'a> {
    grids: &'a Grids,
    table: String,
    name: String,
    file: Box<dyn Shelved + 'a>,
    /// The system lets go of the lock with the file.
    _lock: File,
}

/// The ending of the file with a grid's digest.
const DIGEST: &str = "sha256";

/// The file that whoever makes a grid has locked.
const LOCK: &str = "lock";

fn name_of(table: &str, key: Digest) -> String {
    format!("{table}-{key}")
}

impl Grids {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { shelf: FolderShelf::new(folder.clone()), folder }
    }

    /// The grid of a table that was kept under this key. None where there is none, or it is not whole.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn get(&self, table: &str, key: Digest) -> io::Result<Option<File>> {
        let name = name_of(table, key);
        let digest = match fs::read_to_string(self.folder.join(&name).with_added_extension(DIGEST)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            digest => digest?,
        };
        let Ok(digest) = digest.trim().parse::<Digest>() else { return Ok(None) };
        match self.is_whole(&name, digest) {
            Ok(()) => File::open(self.folder.join(&name)).map(Some),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn is_whole(&self, name: &str, digest: Digest) -> io::Result<()> {
        let mut file = self.shelf.open(name, digest)?;
        let mut bytes = vec![0; 256 << 10];
        while file.read(&mut bytes)? > 0 {}
        Ok(())
    }

    /// Begins the grid of a table. None where another process makes one.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(&self, table: &str, key: Digest) -> io::Result<Option<Making<'_>>> {
        fs::create_dir_all(&self.folder)?;
        let lock = File::create(self.folder.join(LOCK))?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => {}
        }
        // What a stopped program left takes room that this one may need.
        self.remove(|name| name.ends_with(UNFINISHED))?;
        let name = name_of(table, key);
        let file = self.shelf.create(&name)?;
        Ok(Some(Making { grids: self, table: table.to_owned(), name, file, _lock: lock }))
    }

    fn remove(&self, is_meant: impl Fn(&str) -> bool) -> io::Result<()> {
        for file in fs::read_dir(&self.folder)? {
            let file = file?;
            if file.file_name().to_str().is_some_and(&is_meant) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }
}

impl Making<'_> {
    /// Where its bytes go.
    pub fn file(&mut self) -> &mut (dyn io::Write + Send) {
        &mut self.file
    }

    /// Gives it up: on a full disk half a grid would take the room that is missing.
    pub fn give_up(self) {
        // What cannot be removed now, whoever makes the next one removes.
        let _ = self.grids.remove(|name| name.ends_with(UNFINISHED));
    }

    /// Ends it: it is kept, and an earlier grid of the table goes.
    ///
    /// # Errors
    /// There is no room, or the disk fails.
    pub fn end(self) -> io::Result<()> {
        let Self { grids, table, name, file, .. } = self;
        let digest = file.end()?;
        let mut beside = grids.shelf.create(&format!("{name}.{DIGEST}"))?;
        beside.write_all(format!("{}\n", digest.hex()).as_bytes())?;
        beside.end()?;
        let of_table = format!("{table}-");
        grids.remove(|found| found.starts_with(&of_table) && !found.starts_with(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(grids: &Grids, table: &str, key: Digest, bytes: &[u8]) {
        let mut making = grids.begin(table, key).expect("a folder").expect("nobody else makes one");
        making.file().write_all(bytes).expect("room");
        making.end().expect("room");
    }

    fn read(grids: &Grids, table: &str, key: Digest) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = grids.get(table, key).expect("a disk");
        file.map(|mut file| file.read_to_end(&mut bytes).expect("a file"))?;
        Some(bytes)
    }

    #[test]
    fn a_grid_stays_until_another_of_its_table_comes() {
        let folder = tempfile::tempdir().expect("a folder");
        let grids = Grids::new(folder.path().join("grids"));
        let [one, other] = [b"1", b"2"].map(|text| Digest::of(text));
        assert_eq!(read(&grids, "lease", one), None);
        made(&grids, "lease", one, b"a grid");
        made(&grids, "connection", one, b"of another table");
        assert_eq!(read(&grids, "lease", one).as_deref(), Some(&b"a grid"[..]));
        made(&grids, "lease", other, b"a further one");
        assert_eq!(read(&grids, "lease", one), None);
        assert_eq!(read(&grids, "lease", other).as_deref(), Some(&b"a further one"[..]));
        assert_eq!(read(&grids, "connection", one).as_deref(), Some(&b"of another table"[..]));
    }

    #[test]
    fn what_was_altered_cut_or_taken_away_is_as_if_it_had_never_been() {
        let folder = tempfile::tempdir().expect("a folder");
        let grids = Grids::new(folder.path().join("grids"));
        let key = Digest::of(b"1");
        let path = folder.path().join("grids").join(name_of("lease", key));
        for harm in [&b"a grit"[..], b"a gr", b""] {
            made(&grids, "lease", key, b"a grid");
            fs::write(&path, harm).expect("a file");
            assert_eq!(read(&grids, "lease", key), None);
        }
        for gone in [path.clone(), path.with_added_extension(DIGEST)] {
            made(&grids, "lease", key, b"a grid");
            fs::remove_file(gone).expect("a file");
            assert_eq!(read(&grids, "lease", key), None);
        }
    }

    #[test]
    fn one_grid_is_made_at_a_time_and_what_was_left_unfinished_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let grids = Grids::new(folder.path().join("grids"));
        let key = Digest::of(b"1");
        let making = grids.begin("lease", key).expect("a folder");
        assert!(making.is_some() && grids.begin("lease", key).expect("a folder").is_none());
        making.expect("nobody else makes one").give_up();
        let left = fs::read_dir(folder.path().join("grids")).expect("a folder").count();
        assert_eq!(left, 1, "the lock");
        // Whoever is stopped gives nothing up.
        drop(grids.begin("lease", key).expect("a folder"));
        made(&grids, "connection", key, b"a grid");
        let left = fs::read_dir(folder.path().join("grids")).expect("a folder").count();
        assert_eq!((read(&grids, "lease", key), left), (None, 3));
    }
}
