//! The test of the first use: each kernel against the libraries, every lane with other bytes.

use md4::Md4;
use md5::Md5;
use sha1::Sha1;
use sha2::Sha256;
use sha2::digest::Digest;

use super::vector::MOST_LANES;
use super::{Hash, Kernels, State};

/// Bytes of a message: with the padding, five blocks.
const BYTES: usize = 300;

/// Whether the kernels give what the libraries give.
pub(super) fn passes(kernels: &Kernels) -> bool {
    let messages: Vec<Vec<u8>> = (0..MOST_LANES).map(message).collect();
    Hash::ALL.into_iter().all(|hash| {
        let padded: Vec<Vec<u8>> = messages.iter().map(|message| padded(hash, message)).collect();
        let blocks: Vec<&[u8]> = padded.iter().take(kernels.lanes).map(Vec::as_slice).collect();
        let everywhere = (0..kernels.lanes).map(|lane| 1 << lane).sum();
        let mut many = State::new();
        kernels.many(hash, &mut many, everywhere, &blocks);
        let mut one = State::new();
        for (lane, block) in blocks.iter().enumerate() {
            kernels.one(&[hash], &mut one, lane, block);
        }
        (0..kernels.lanes).all(|lane| {
            let expected = expected(hash, &messages[lane]);
            digest(&mut many, hash, lane) == expected && digest(&mut one, hash, lane) == expected
        })
    }) && stitched_passes(kernels, &messages)
}

/// Whether hashes that are made together are as when made one by one.
fn stitched_passes(kernels: &Kernels, messages: &[Vec<u8>]) -> bool {
    (1..32u32).all(|choice| {
        let hashes: Vec<Hash> = Hash::ALL
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| choice >> bit & 1 == 1)
            .map(|(_, hash)| hash)
            .collect();
        let mut together = State::new();
        let mut apart = State::new();
        let blocks = &messages[choice as usize][..256];
        kernels.one(&hashes, &mut together, 3, blocks);
        hashes.iter().for_each(|hash| kernels.one(&[*hash], &mut apart, 3, blocks));
        Hash::ALL.into_iter().all(|hash| digest(&mut together, hash, 3) == digest(&mut apart, hash, 3))
    })
}

/// Bytes that look random and are the same every time.
fn message(lane: usize) -> Vec<u8> {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(lane as u64 + 1);
    let bytes = (0..BYTES).map(|_| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 32) as u8
    });
    bytes.collect()
}

fn padded(hash: Hash, message: &[u8]) -> Vec<u8> {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize((message.len() + 9).next_multiple_of(64) - 8, 0);
    let bits = 8 * message.len() as u64;
    padded.extend(if hash.is_big_endian() { bits.to_be_bytes() } else { bits.to_le_bytes() });
    padded
}

fn expected(hash: Hash, message: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Md4 => Md4::digest(message).to_vec(),
        Hash::Md5 => Md5::digest(message).to_vec(),
        Hash::Sha1 | Hash::Leaf => Sha1::digest(message).to_vec(),
        Hash::Sha256 => Sha256::digest(message).to_vec(),
    }
}

fn digest(state: &mut State, hash: Hash, lane: usize) -> Vec<u8> {
    match hash {
        Hash::Md4 | Hash::Md5 => state.digest::<16>(hash, lane).to_vec(),
        Hash::Sha1 | Hash::Leaf => state.digest::<20>(hash, lane).to_vec(),
        Hash::Sha256 => state.digest::<32>(hash, lane).to_vec(),
    }
}
