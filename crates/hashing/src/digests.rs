//! What is asked for of a stream, and what is told of it.

use std::error::Error;
use std::fmt;
use std::io;

use crate::aich::Aich;
use crate::ed2k::Ed2k;
use crate::kernels::Hash;

/// Which hashes are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// MD5 (RFC 1321).
    pub md5: bool,
    /// SHA-1 (FIPS 180-4).
    pub sha1: bool,
    /// SHA-256 (FIPS 180-4).
    pub sha256: bool,
    /// ed2k: MD4 (RFC 1320) of parts.
    pub ed2k: bool,
    /// AICH: a tree of SHA-1.
    pub aich: bool,
}

impl Wanted {
    /// What lists of known files are searched with.
    pub const USUAL: Self = Self { md5: true, sha1: true, sha256: true, ed2k: false, aich: false };
    /// All.
    pub const ALL: Self = Self { md5: true, sha1: true, sha256: true, ed2k: true, aich: true };

    /// The hashes that run over the blocks of a stream.
    pub(crate) fn hashes(self) -> Vec<Hash> {
        let wanted = [self.ed2k, self.md5, self.sha1, self.sha256, self.aich];
        Hash::ALL.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(hash, _)| hash).collect()
    }
}

/// The hashes of a stream that was read to its end; none where a hash was not wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digests {
    /// How long the stream was.
    pub bytes: u64,
    /// Its MD5.
    pub md5: Option<[u8; 16]>,
    /// Its SHA-1.
    pub sha1: Option<[u8; 20]>,
    /// Its SHA-256.
    pub sha256: Option<[u8; 32]>,
    /// Its ed2k hash with those of its parts.
    pub ed2k: Option<Ed2k>,
    /// Its AICH root with its leaves.
    pub aich: Option<Aich>,
}

/// A stream that was not read to its end, and so has no hashes.
#[derive(Debug)]
pub struct Broken {
    /// How many bytes were read before.
    pub bytes: u64,
    /// Why it ended there.
    pub error: io::Error,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (after {} bytes)", self.error, self.bytes)
    }
}

impl Error for Broken {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
