//! ed2k: the MD4 of a file's parts, and the MD4 of those.
//!
//! A file below one part has the MD4 of its bytes. Another has the MD4 of its parts' MD4s in order; where it ends with a
//! whole part an empty part follows, as eMule and its successors have it.

use md4::Digest as _;
use md4::Md4;

/// Bytes of a part.
pub const PART_BYTES: u64 = 9_728_000;

/// The ed2k hash of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ed2k {
    /// The hash by which the network knows the file.
    pub hash: [u8; 16],
    /// The hashes of its parts, as `known.met` keeps them: none for a file below one part, else one more than there are
    /// whole parts.
    pub parts: Vec<[u8; 16]>,
}

impl Ed2k {
    /// From the hashes of all parts, the last of which may be empty.
    pub(crate) fn of_parts(parts: Vec<[u8; 16]>) -> Self {
        match parts[..] {
            [hash] => Self { hash, parts: vec![] },
            _ => Self { hash: Md4::digest(parts.concat()).into(), parts },
        }
    }
}
