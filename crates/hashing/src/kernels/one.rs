//! One stream at a time, by the libraries, which know the instructions for SHA-1 and SHA-256 of many machines. The library
//! for MD4 does not offer its inner loop; one lane of ours takes its place.

use super::portable::Portable;
use super::vector::{Vector as _, Words};
use super::{Kernel, md4};

pub(super) const MD4: Kernel = Kernel { lanes: Portable::<1>::LANES, compress: md4::compress::<Portable<1>> };
pub(super) const MD5: Kernel = Kernel {
    lanes: 1,
    compress: |state, lane, blocks| {
        one::<4>(state, lane, blocks, md5::block_api::compress);
    },
};
pub(super) const SHA1: Kernel = Kernel {
    lanes: 1,
    compress: |state, lane, blocks| {
        one::<5>(state, lane, blocks, sha1::block_api::compress);
    },
};
pub(super) const SHA256: Kernel = Kernel {
    lanes: 1,
    compress: |state, lane, blocks| {
        one::<8>(state, lane, blocks, sha2::block_api::compress256);
    },
};

fn one<const N: usize>(
    state: &mut [Words],
    lane: usize,
    blocks: &[&[u8]],
    compress: impl Fn(&mut [u32; N], &[[u8; 64]]),
) {
    let mut words = std::array::from_fn(|word| state[word][lane]);
    compress(&mut words, blocks[0].as_chunks().0);
    for (to, word) in state.iter_mut().zip(words) {
        to[lane] = word;
    }
}
