//! AICH, eMule's tree of SHA-1 over the blocks of a file's parts, by which a damaged part is mended block by block.
//!
//! ```text
//!  root            a node of several parts has its parts shared out between two children, of one part its blocks;
//!  ├── left        the one more of an odd number goes to the left child of a left child, else to the right one
//!  └── right       (the root counts as a left child)
//! ```

use sha1::{Digest as _, Sha1};

use crate::ed2k::PART_BYTES;

/// Bytes of a block: a part has 52 whole ones and one of 143,360 bytes.
pub const LEAF_BYTES: u64 = 184_320;

/// The AICH hash of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aich {
    /// The root of the tree.
    pub root: [u8; 20],
    /// The hashes of the blocks in the order of the file, as `known2_64.met` keeps them: 53 for each whole part. One takes
    /// 20 bytes of memory for each 184,320 of the file.
    pub leaves: Vec<[u8; 20]>,
}

impl Aich {
    /// From the hashes of the blocks of a file of that many bytes.
    pub(crate) fn of_leaves(leaves: Vec<[u8; 20]>, bytes: u64) -> Self {
        let root = node(&mut leaves.iter().copied(), bytes, true);
        Self { root, leaves }
    }

    /// The leaves of each part, in order.
    pub fn parts(&self) -> impl Iterator<Item = &[[u8; 20]]> {
        self.leaves.chunks(PART_BYTES.div_ceil(LEAF_BYTES) as usize)
    }
}

/// The hash of a node over that many bytes, whose leaves come next.
fn node(leaves: &mut impl Iterator<Item = [u8; 20]>, bytes: u64, is_left: bool) -> [u8; 20] {
    if bytes <= LEAF_BYTES {
        return leaves.next().expect("there is a leaf for each block");
    }
    let unit = if bytes <= PART_BYTES { LEAF_BYTES } else { PART_BYTES };
    let left_bytes = (bytes.div_ceil(unit) + u64::from(is_left)) / 2 * unit;
    let left = node(leaves, left_bytes, true);
    let right = node(leaves, bytes - left_bytes, false);
    Sha1::new().chain_update(left).chain_update(right).finalize().into()
}
