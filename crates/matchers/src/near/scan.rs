//! Hashes in blocks of eight, and reading them from end to end.

use crate::machine::for_machine;
use crate::near::Found;

/// Hashes of a block.
pub(super) const LANES: usize = 8;

/// Queries that share a reading.
pub(super) const QUERIES: usize = 8;

/// Eight hashes: the first 64 bits of each, then the second, and so on. The last block is filled up with zeros, which are
/// never given.
pub(super) type Block = [[u64; LANES]; 4];

/// Blocks that are held in the nearer cache while each query reads them: 128 KiB.
const CHUNK: usize = 512;

/// Puts a hash in its place.
#[inline(always)]
pub(super) fn put(blocks: &mut [Block], number: usize, limbs: [u64; 4]) {
    for (row, limb) in blocks[number / LANES].iter_mut().zip(limbs) {
        row[number % LANES] = limb;
    }
}

/// The hash of a number, with its bits in the order of the tables.
#[inline(always)]
pub(super) fn limbs(blocks: &[Block], number: usize) -> [u64; 4] {
    blocks[number / LANES].map(|limbs| limbs[number % LANES])
}

#[inline(always)]
pub(super) fn distance(blocks: &[Block], number: usize, query: [u64; 4]) -> u32 {
    limbs(blocks, number).iter().zip(query).map(|(a, b)| (a ^ b).count_ones()).sum()
}

for_machine! {
    /// Adds what is near to each query, in the order of the list.
    pub(super) fn scan(
        blocks: &[Block],
        len: usize,
        queries: &[[u64; 4]],
        within: u32,
        near: &mut [Vec<Found>],
    ) = scan_by
}

#[inline(always)]
fn scan_by(blocks: &[Block], len: usize, queries: &[[u64; 4]], within: u32, near: &mut [Vec<Found>]) {
    for (chunk_idx, chunk) in blocks.chunks(CHUNK).enumerate() {
        for (query, near) in queries.iter().zip(near.iter_mut()) {
            for (block_idx, block) in chunk.iter().enumerate() {
                // Half of the bits dismiss nearly all.
                if !any_within(block, query, within) {
                    continue;
                }
                let first = (chunk_idx * CHUNK + block_idx) * LANES;
                for number in first..len.min(first + LANES) {
                    let distance = distance(blocks, number, *query);
                    if distance <= within {
                        near.push(Found { distance, number: number as u32 });
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn any_within(block: &Block, query: &[u64; 4], within: u32) -> bool {
    let mut near = 0;
    for (a, b) in block[0].iter().zip(&block[1]) {
        let bits = (a ^ query[0]).count_ones() + (b ^ query[1]).count_ones();
        near |= u8::from(bits <= within);
    }
    near != 0
}
