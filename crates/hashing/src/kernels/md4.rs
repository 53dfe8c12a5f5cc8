//! MD4 (RFC 1320), the hash of an ed2k part: 48 steps a block.

use super::vector::{Vector, Words, load, store};

/// The state before the first block (RFC 1320 section 3.3), which MD5 shares.
pub const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// Hashes the blocks of the lanes from `first` on into their states.
///
/// # Safety
/// The machine has the vector's instructions; there are `LANES` slices of the same length, a multiple of 64.
#[inline(always)]
pub unsafe fn compress<V: Vector>(state: &mut [Words], first: usize, blocks: &[&[u8]]) {
    // SAFETY: the caller says that the machine has the instructions.
    let mut s = unsafe { load::<V, 4>(state, first) };
    for at in (0..blocks[0].len()).step_by(64) {
        // SAFETY: the caller says that the machine has the instructions, and that all slices are as long as the first.
        let x = unsafe { V::transposed(blocks, at) };
        let [mut a, mut b, mut c, mut d] = s;
        for i in (0..16).step_by(4) {
            a = ((a + x[i]) + b.choose(c, d)).rotated(3);
            d = ((d + x[i + 1]) + a.choose(b, c)).rotated(7);
            c = ((c + x[i + 2]) + d.choose(a, b)).rotated(11);
            b = ((b + x[i + 3]) + c.choose(d, a)).rotated(19);
        }
        let k = a.all(0x5a82_7999);
        for i in 0..4 {
            a = ((a + (x[i] + k)) + b.majority(c, d)).rotated(3);
            d = ((d + (x[i + 4] + k)) + a.majority(b, c)).rotated(5);
            c = ((c + (x[i + 8] + k)) + d.majority(a, b)).rotated(9);
            b = ((b + (x[i + 12] + k)) + c.majority(d, a)).rotated(13);
        }
        let k = a.all(0x6ed9_eba1);
        for i in [0, 2, 1, 3] {
            a = ((a + (x[i] + k)) + b.parity(c, d)).rotated(3);
            d = ((d + (x[i + 8] + k)) + a.parity(b, c)).rotated(9);
            c = ((c + (x[i + 4] + k)) + d.parity(a, b)).rotated(11);
            b = ((b + (x[i + 12] + k)) + c.parity(d, a)).rotated(15);
        }
        s = [s[0] + a, s[1] + b, s[2] + c, s[3] + d];
    }
    store(s, state, first);
}
