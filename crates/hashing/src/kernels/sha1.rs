//! SHA-1 (FIPS 180-4 section 6.1): 80 rounds a block.

use super::vector::{Vector, Words, load, store, swap};

/// The state before the first block (FIPS 180-4 section 5.3.1).
pub const START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// Hashes the blocks of the lanes from `first` on into their states.
///
/// # Safety
/// The machine has the vector's instructions; there are `LANES` slices of the same length, a multiple of 64.
#[inline(always)]
pub unsafe fn compress<V: Vector>(state: &mut [Words], first: usize, blocks: &[&[u8]]) {
    // SAFETY: the caller says that the machine has the instructions.
    let mut s = unsafe { load::<V, 5>(state, first) };
    for at in (0..blocks[0].len()).step_by(64) {
        // SAFETY: the caller says that the machine has the instructions, and that all slices are as long as the first.
        let mut w = unsafe { V::transposed(blocks, at) };
        swap(&mut w);
        let [mut a, mut b, mut c, mut d, mut e] = s;
        // Twenty rounds of one function and one constant.
        macro_rules! twenty {
            ($from:literal, $mix:ident, $k:literal) => {
                let k = a.all($k);
                twenty!($from, $mix, k; 0 5 10 15);
            };
            ($from:literal, $mix:ident, $k:ident; $($t:literal)*) => { $(
                (b, e) = round(a, b, b.$mix(c, d), e, word(&mut w, $from + $t) + $k);
                (a, d) = round(e, a, a.$mix(b, c), d, word(&mut w, $from + $t + 1) + $k);
                (e, c) = round(d, e, e.$mix(a, b), c, word(&mut w, $from + $t + 2) + $k);
                (d, b) = round(c, d, d.$mix(e, a), b, word(&mut w, $from + $t + 3) + $k);
                (c, a) = round(b, c, c.$mix(d, e), a, word(&mut w, $from + $t + 4) + $k);
            )* };
        }
        twenty!(0, choose, 0x5a82_7999);
        twenty!(20, parity, 0x6ed9_eba1);
        twenty!(40, majority, 0x8f1b_bcdc);
        twenty!(60, parity, 0xca62_c1d6);
        s = [s[0] + a, s[1] + b, s[2] + c, s[3] + d, s[4] + e];
    }
    store(s, state, first);
}

/// The second word rotated, and what the fifth becomes.
#[inline(always)]
fn round<V: Vector>(a: V, b: V, mixed: V, e: V, w: V) -> (V, V) {
    (b.rotated(30), a.rotated(5) + mixed + (e + w))
}

/// Word `t` of the schedule, in a ring of sixteen.
#[inline(always)]
fn word<V: Vector>(w: &mut [V; 16], t: usize) -> V {
    if t >= 16 {
        let mixed = w[(t + 13) % 16].parity(w[(t + 8) % 16], w[(t + 2) % 16]) ^ w[t % 16];
        w[t % 16] = mixed.rotated(1);
    }
    w[t % 16]
}
