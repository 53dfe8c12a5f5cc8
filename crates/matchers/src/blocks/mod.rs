//! Blocks of files that a unit holds, to find what is left of them on a device: pieces of deleted files, and files without
//! having to find where a file system says that they are.
//!
//! A set of blocks is a part of a list index ([`crate::index`]), with these sections:
//!
//! | section | a row is |
//! |---|---|
//! | `block.keys` | the first 16 bytes of the hash of a block, sorted; the manifest says which hash and how large
//! blocks are | | `block.directory` | as for hashes of files |
//! | `block.places` | of a key, the number of its file and that of the block in it, 4 bytes each; all ones for an
//! unknown block |
//! | `block.marks` | of a key, the mark of the block in 4 bytes; absent where the blocks themselves were not at hand |
//! | `block.prefilter` | bits: that of each mark is set; a mark has as many of its first bits as the row counts say;
//! absent likewise |
//! | `block.files` | JSON on a line: SHA-256 (or the hash that a list gives), size, how many blocks it has, how many
//! are kept |
//!
//! A block is kept only where finding it says something: see [`probative`]. One that is at two places, of one file or of
//! two, is kept for neither, nor is one of files that anybody may have. Even so one block of a file is not the
//! file: [`confirm`](crate::triage::confirm) reads where the file would lie, and asks for all its bytes, or for two
//! blocks at the same distance from each other as in the file.
//!
//! The mark of a block is taken from 64 of its bytes in a few nanoseconds, its hash from all of them in microseconds: a
//! block whose mark is not in the prefilter is in no set. The mark: begin with 0; for each of the eight words of 8 bytes
//! (little-endian) at 0, 1/8, … 7/8 of the block, xor the word, multiply by 9e3779b97f4a7c15, and turn left by 29 bits;
//! the mark is the upper 32 bits.

pub mod probative;

mod build;
mod look;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::build::{BlockRows, Original};
pub use self::look::{BlockSet, Place};

/// How large blocks are that are taken from originals: the cluster of the file systems that devices have.
pub const BLOCK_BYTES: u32 = 4096;

/// What the blocks of a set are, and what became of those that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocks {
    /// How large they are, in bytes.
    pub block_bytes: u32,
    /// Which hash the keys are cut from.
    pub hash: BlockHashKind,
    /// How many are kept.
    pub kept: u64,
    /// How many bytes there were too many alike in.
    pub low_entropy: u64,
    /// How many were of one pattern.
    pub pattern: u64,
    /// How many were at several places.
    pub repeated: u64,
    /// How many are in files that anybody may have.
    pub clean: u64,
}

/// Which hash the keys of blocks are cut from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockHashKind {
    /// SHA-256, cut to 16 bytes.
    #[default]
    Sha256,
    /// MD5, as hashdb has it.
    Md5,
}

impl BlockHashKind {
    /// The key of a block.
    #[must_use]
    pub fn key(self, block: &[u8]) -> [u8; 16] {
        match self {
            Self::Sha256 => {
                let mut key = [0; 16];
                key.copy_from_slice(&Sha256::digest(block)[..16]);
                key
            }
            Self::Md5 => md5::Md5::digest(block).into(),
        }
    }
}

/// A file that blocks are of.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockFile {
    /// Its SHA-256, or the hash that the list gives, in hexadecimal digits.
    pub hash: String,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How many whole blocks it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<u64>,
    /// How many of them are kept.
    #[serde(default)]
    pub kept: u64,
}

/// The mark of a block: see the head of this module. Blocks of less than 64 bytes have none.
#[must_use]
pub fn mark(block: &[u8]) -> u32 {
    let step = block.len() / 8;
    let mut mark = 0u64;
    for word in 0..8 {
        let at = word * step;
        let Some(Ok(word)) = block.get(at..at + 8).map(TryInto::try_into) else { continue };
        mark = ((mark ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)).rotate_left(29);
    }
    (mark >> 32) as u32
}
