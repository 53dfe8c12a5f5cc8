//! Where derived bytes are kept from one run of the analyses to the next, so that a further day need not be counted with
//! the whole year.
//!
//! Whoever computes does not reach the disk; whoever reaches the disk implements this.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use crate::place::Digest;

/// Files, each with a name that the user chooses.
pub trait Shelf: Sync {
    /// Begins a file of that name; an earlier one gives way when this one is ended.
    ///
    /// # Errors
    /// There is no room, or the disk fails.
    fn create(&self, name: &str) -> io::Result<Box<dyn Shelved + '_>>;

    /// A file's bytes, from its beginning. At their end they are held against the digest, and other bytes are an error
    /// of kind `InvalidData`.
    ///
    /// # Errors
    /// There is no such file, or the disk fails.
    fn open(&self, name: &str, digest: Digest) -> io::Result<Box<dyn Read + Send + '_>>;

    /// Takes all files away but these.
    ///
    /// # Errors
    /// The disk fails.
    fn keep_only(&self, names: &BTreeSet<String>) -> io::Result<()>;
}

/// A file on its way to the shelf.
pub trait Shelved: Write + Send {
    /// Ends the file: it is on the shelf, whole.
    ///
    /// # Errors
    /// There is no room, or the disk fails.
    fn end(self: Box<Self>) -> io::Result<Digest>;
}
