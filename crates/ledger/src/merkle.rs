//! The Merkle tree of RFC 9162 section 2.1: leaves, root, proof that a leaf is in it. It keeps nothing.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use sha2::{Digest as _, Sha256};

/// A SHA-256 value, written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// The root of the tree without leaves: SHA-256 of nothing.
pub const EMPTY: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// The hash of a leaf: SHA-256 of a zero byte and its bytes.
#[must_use]
pub fn leaf(bytes: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
}

/// The hash of an inner node: SHA-256 of a byte 1 and the two hashes under it.
pub(crate) fn node(left: Hash, right: Hash) -> Hash {
    Hash(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root over leaf hashes.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(root(left), root(right))
        }
    }
}

/// The largest power of two below `n_leaves`, which is at least 2.
fn split(n_leaves: usize) -> usize {
    1 << (n_leaves - 1).ilog2()
}

/// What shows that an entry is in a record: the hashes beside the way from its leaf to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The entry's position, from 0.
    pub seq: u64,
    /// How many entries the record had.
    pub size: u64,
    /// The hash of the entry's line.
    pub leaf: Hash,
    /// The hashes beside the way, from the leaf up.
    pub path: Vec<Hash>,
}

impl Proof {
    /// Whether a tree with this root holds the leaf at this position (RFC 9162 section 2.1.3.2).
    #[must_use]
    pub fn holds(&self, root: Hash) -> bool {
        self.root() == Some(root)
    }

    /// The root over the leaf and the hashes beside its way; none when these are not as many as lie beside it.
    #[must_use]
    pub fn root(&self) -> Option<Hash> {
        if self.seq >= self.size {
            return None;
        }
        let (mut position, mut last) = (self.seq, self.size - 1);
        let mut hash = self.leaf;
        for beside in &self.path {
            if last == 0 {
                return None;
            }
            if position & 1 == 1 || position == last {
                hash = node(*beside, hash);
                while position & 1 == 0 && position != 0 {
                    (position, last) = (position >> 1, last >> 1);
                }
            } else {
                hash = node(hash, *beside);
            }
            (position, last) = (position >> 1, last >> 1);
        }
        (last == 0).then_some(hash)
    }
}

impl Hash {
    /// The value in base64 with padding (RFC 4648 section 4).
    #[must_use]
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads base64 with padding (RFC 4648 section 4) of 32 bytes; none for any other text.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        // The length is looked at first, so that a long text is not decoded to no end.
        let whole = text.len() == 44 && STANDARD.decode_slice(text, &mut hash) == Ok(32);
        whole.then_some(Self(hash))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: {0}")]
pub struct NotAHash(String);

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let bad = || NotAHash(text.to_owned());
        let hex = text.strip_prefix("sha256:").ok_or_else(bad)?.as_bytes();
        if hex.len() != 64 {
            return Err(bad());
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(hex.chunks_exact(2)) {
            for digit in pair {
                let value = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return Err(bad()),
                };
                *byte = *byte << 4 | value;
            }
        }
        Ok(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{of_leaves, prove_inclusion};

    /// The reference tree of Certificate Transparency: its leaves, and the root after each of them.
    const TREE: [(&[u8], &str); 8] = [
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (b"\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (b"\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (b"\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (b"\x40\x41\x42\x43", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        ),
        (
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ];

    fn proof(leaves: &[Hash], seq: u64) -> Option<Proof> {
        prove_inclusion(seq, leaves.len() as u64, of_leaves(leaves)).expect("all leaves are there")
    }

    fn leaves() -> Vec<Hash> {
        TREE.iter().map(|(bytes, _)| leaf(bytes)).collect()
    }

    #[test]
    fn roots_are_those_of_the_reference_tree() {
        let leaves = leaves();
        assert_eq!(root(&[]), EMPTY);
        for (size, (_, expected)) in (1..).zip(TREE) {
            assert_eq!(root(&leaves[..size]).to_string(), format!("sha256:{expected}"));
        }
    }

    #[test]
    fn a_proof_holds_for_its_leaf_and_root_only() {
        for size in 1..=8_usize {
            let leaves = &leaves()[..size];
            let head = root(leaves);
            for seq in 0..size as u64 {
                let proof = proof(leaves, seq).expect("the leaf is there");
                assert!(proof.holds(head), "leaf {seq} of {size}");
                assert!(!Proof { leaf: leaf(b"other"), ..proof.clone() }.holds(head));
                for (wrong_seq, wrong_size) in [(seq + 1, proof.size), (seq, proof.size * 2 + 1)] {
                    assert!(!Proof { seq: wrong_seq, size: wrong_size, ..proof.clone() }.holds(head));
                }
                let mut longer = proof.clone();
                longer.path.push(EMPTY);
                assert!(!longer.holds(head));
            }
            assert!(proof(leaves, size as u64).is_none());
        }
    }

    #[test]
    fn a_hash_reads_back_and_has_the_base64_of_rfc_4648() {
        assert_eq!(EMPTY.to_string().parse::<Hash>().expect("a hash"), EMPTY);
        assert!(EMPTY.to_string().to_uppercase().parse::<Hash>().is_err());
        assert_eq!(EMPTY.base64(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(Hash::from_base64(&EMPTY.base64()), Some(EMPTY));
        for wrong in [
            "",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA",
        ] {
            assert_eq!(Hash::from_base64(wrong), None, "{wrong}");
        }
    }
}
