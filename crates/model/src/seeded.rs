//! The form in which eMule keeps the files whose download was cancelled: hashed with a seed of its own, so that the
//! list shows no hash, and yet a hash that somebody brings can be tested against it.

use md5::{Digest as _, Md5};

/// MD5 over the seed (4 bytes, little-endian) and the eDonkey hash: what `cancelled.met` of eMule holds of a file.
///
/// Found by reading eMule's `KnownFileList.cpp`, which makes it when a download is cancelled and when it looks one up.
#[must_use]
pub fn seeded(seed: u32, ed2k: &[u8; 16]) -> [u8; 16] {
    let mut md5 = Md5::new();
    md5.update(seed.to_le_bytes());
    md5.update(ed2k);
    md5.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_stands_before_the_hash_and_in_little_endian_order() {
        let ed2k = [0x11; 16];
        let mut bytes = vec![0x04, 0x03, 0x02, 0x01];
        bytes.extend_from_slice(&ed2k);
        let whole: [u8; 16] = Md5::digest(&bytes).into();
        assert_eq!(seeded(0x0102_0304, &ed2k), whole);
        assert_ne!(seeded(0x0403_0201, &ed2k), whole);
    }
}
