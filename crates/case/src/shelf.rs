//! The runs of sightings of an operation, in files of the folder `runs`. They follow from the tables, so nothing waits
//! for the disk: what a power cut takes is made anew.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};
use tutela_model::{Digest, Shelf, Shelved};

/// Files in a folder.
pub struct FolderShelf {
    folder: PathBuf,
}

/// The file that says what is on the shelf.
pub(crate) const MANIFEST: &str = "manifest";

/// The ending of files that are not whole.
pub(crate) const UNFINISHED: &str = "unfinished";

impl FolderShelf {
    /// In a folder, which is made when the first file comes.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Shelf for FolderShelf {
    fn create(&self, name: &str) -> io::Result<Box<dyn Shelved + '_>> {
        fs::create_dir_all(&self.folder)?;
        let path = self.path(name);
        let unfinished = path.with_added_extension(UNFINISHED);
        let file = BufWriter::with_capacity(256 << 10, File::create(&unfinished)?);
        Ok(Box::new(OnDisk { file, hash: Sha256::new(), unfinished, path }))
    }

    fn open(&self, name: &str, digest: Digest) -> io::Result<Box<dyn Read + Send + '_>> {
        let file = match File::open(self.path(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(altered(name)),
            opened => opened,
        }?;
        let file = BufReader::with_capacity(256 << 10, file);
        Ok(Box::new(Checked { file, hash: Some(Sha256::new()), digest, name: name.to_owned() }))
    }

    fn keep_only(&self, names: &BTreeSet<String>) -> io::Result<()> {
        let files = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            files => files?,
        };
        for file in files {
            let file = file?;
            let name = file.file_name();
            if name != MANIFEST && !name.to_str().is_some_and(|name| names.contains(name)) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }
}

fn altered(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{name} is missing or altered"))
}

struct OnDisk {
    file: BufWriter<File>,
    hash: Sha256,
    unfinished: PathBuf,
    path: PathBuf,
}

impl Write for OnDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hash.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Shelved for OnDisk {
    fn end(mut self: Box<Self>) -> io::Result<Digest> {
        self.file.flush()?;
        fs::rename(&self.unfinished, &self.path)?;
        Ok(Digest(self.hash.finalize().into()))
    }
}

/// A file whose bytes are held against their digest at its end.
struct Checked {
    file: BufReader<File>,
    hash: Option<Sha256>,
    digest: Digest,
    name: String,
}

impl Read for Checked {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(bytes)?;
        if n > 0 {
            if let Some(hash) = &mut self.hash {
                hash.update(&bytes[..n]);
            }
        } else if !bytes.is_empty()
            && let Some(hash) = self.hash.take()
            && Digest(hash.finalize().into()) != self.digest
        {
            return Err(altered(&self.name));
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shelf: &FolderShelf, name: &str, bytes: &[u8]) -> Digest {
        let mut file = shelf.create(name).expect("a folder");
        file.write_all(bytes).expect("room");
        file.end().expect("room")
    }

    fn read(shelf: &FolderShelf, name: &str, digest: Digest) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        shelf.open(name, digest)?.read_to_end(&mut bytes).map(|_| bytes)
    }

    #[test]
    fn what_was_altered_or_taken_away_is_seen_when_it_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = FolderShelf::new(folder.path().join("runs"));
        let digest = written(&shelf, "one", b"a run");
        assert_eq!(read(&shelf, "one", digest).expect("it is whole"), b"a run");
        fs::write(folder.path().join("runs/one"), b"a rum").expect("a file");
        let kind = |result: io::Result<Vec<u8>>| result.map_err(|error| error.kind());
        assert_eq!(kind(read(&shelf, "one", digest)), Err(io::ErrorKind::InvalidData));
        assert_eq!(kind(read(&shelf, "two", digest)), Err(io::ErrorKind::InvalidData));
    }

    #[test]
    fn only_what_counts_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = FolderShelf::new(folder.path().join("runs"));
        shelf.keep_only(&BTreeSet::new()).expect("nothing is there yet");
        let digest = written(&shelf, "one", b"a run");
        written(&shelf, "two", b"another");
        fs::write(folder.path().join("runs/three.unfinished"), b"").expect("a file");
        shelf.keep_only(&BTreeSet::from(["one".to_owned()])).expect("a folder");
        assert!(read(&shelf, "one", digest).is_ok());
        assert_eq!(fs::read_dir(folder.path().join("runs")).expect("a folder").count(), 1);
    }
}
