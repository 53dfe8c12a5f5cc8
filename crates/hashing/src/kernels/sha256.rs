//! SHA-256 (FIPS 180-4 section 6.2): 64 rounds a block.

use super::vector::{Vector, Words, load, store, swap};

/// The state before the first block (FIPS 180-4 section 5.3.3).
pub const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The first 32 bits of the fractions of the cube roots of the first 64 primes (FIPS 180-4 section 4.2.2).
pub const ROOTS: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

/// Hashes the blocks of the lanes from `first` on into their states.
///
/// # Safety
/// The machine has the vector's instructions; there are `LANES` slices of the same length, a multiple of 64.
#[inline(always)]
pub unsafe fn compress<V: Vector>(state: &mut [Words], first: usize, blocks: &[&[u8]]) {
    // SAFETY: the caller says that the machine has the instructions.
    let mut s = unsafe { load::<V, 8>(state, first) };
    for at in (0..blocks[0].len()).step_by(64) {
        // SAFETY: the caller says that the machine has the instructions, and that all slices are as long as the first.
        let mut w = unsafe { V::transposed(blocks, at) };
        swap(&mut w);
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = s;
        for sixteen in (0..64).step_by(16) {
            macro_rules! eight {
                ($from:literal) => {
                    (d, h) = round(a, b, c, d, e, f, g, h, w[$from], ROOTS[sixteen + $from]);
                    (c, g) = round(h, a, b, c, d, e, f, g, w[$from + 1], ROOTS[sixteen + $from + 1]);
                    (b, f) = round(g, h, a, b, c, d, e, f, w[$from + 2], ROOTS[sixteen + $from + 2]);
                    (a, e) = round(f, g, h, a, b, c, d, e, w[$from + 3], ROOTS[sixteen + $from + 3]);
                    (h, d) = round(e, f, g, h, a, b, c, d, w[$from + 4], ROOTS[sixteen + $from + 4]);
                    (g, c) = round(d, e, f, g, h, a, b, c, w[$from + 5], ROOTS[sixteen + $from + 5]);
                    (f, b) = round(c, d, e, f, g, h, a, b, w[$from + 6], ROOTS[sixteen + $from + 6]);
                    (e, a) = round(b, c, d, e, f, g, h, a, w[$from + 7], ROOTS[sixteen + $from + 7]);
                };
            }
            eight!(0);
            eight!(8);
            if sixteen < 48 {
                schedule(&mut w);
            }
        }
        s = [s[0] + a, s[1] + b, s[2] + c, s[3] + d, s[4] + e, s[5] + f, s[6] + g, s[7] + h];
    }
    store(s, state, first);
}

/// What the fourth and the eighth word become.
#[expect(clippy::too_many_arguments, reason = "the eight words of the state by the names of the standard")]
#[inline(always)]
fn round<V: Vector>(a: V, b: V, c: V, d: V, e: V, f: V, g: V, h: V, w: V, k: u32) -> (V, V) {
    let t1 = (h + (w + a.all(k))) + e.choose(f, g) + e.rotated(26).parity(e.rotated(21), e.rotated(7));
    let t2 = a.rotated(30).parity(a.rotated(19), a.rotated(10)) + a.majority(b, c);
    (d + t1, t1 + t2)
}

/// The next sixteen words of the schedule in place of the last.
#[inline(always)]
fn schedule<V: Vector>(w: &mut [V; 16]) {
    for t in 0..16 {
        let (early, late) = (w[(t + 1) % 16], w[(t + 14) % 16]);
        let low = early.rotated(25).parity(early.rotated(14), early.shifted(3));
        let high = late.rotated(15).parity(late.rotated(13), late.shifted(10));
        w[t] = (w[t] + w[(t + 9) % 16]) + (low + high);
    }
}
