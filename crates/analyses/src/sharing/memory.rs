//! A shelf in memory, for operations that are derived once and kept nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tutela_model::{Digest, Shelf, Shelved};

use super::blocks::damaged;
use super::survey::Works;

/// Files in memory.
#[derive(Debug, Default)]
pub struct MemoryShelf(Mutex<BTreeMap<String, Vec<u8>>>);

impl MemoryShelf {
    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a file's bytes from the shelf.
    pub fn take(&self, name: &str) -> io::Result<Vec<u8>> {
        self.files().remove(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Shelf for MemoryShelf {
    fn create(&self, name: &str) -> io::Result<Box<dyn Shelved + '_>> {
        Ok(Box::new(InMemory { shelf: self, name: name.to_owned(), bytes: Vec::new() }))
    }

    fn open(&self, name: &str, digest: Digest) -> io::Result<Box<dyn Read + Send + '_>> {
        let bytes = self.files().get(name).cloned().ok_or(io::ErrorKind::NotFound)?;
        if Digest::of(&bytes) != digest {
            return Err(damaged());
        }
        Ok(Box::new(Cursor::new(bytes)))
    }

    fn keep_only(&self, names: &BTreeSet<String>) -> io::Result<()> {
        self.files().retain(|name, _| names.contains(name));
        Ok(())
    }
}

struct InMemory<'s> {
    shelf: &'s MemoryShelf,
    name: String,
    bytes: Vec<u8>,
}

impl Write for InMemory<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shelved for InMemory<'_> {
    fn end(self: Box<Self>) -> io::Result<Digest> {
        let digest = Digest::of(&self.bytes);
        self.shelf.files().insert(self.name, self.bytes);
        Ok(digest)
    }
}

/// Does pieces of work one after the other.
pub fn one_after_the_other(works: Works<'_>) {
    works.into_iter().for_each(|work| work());
}
