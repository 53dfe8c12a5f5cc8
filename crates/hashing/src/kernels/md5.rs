//! MD5 (RFC 1321): 64 steps a block.

use super::vector::{Vector, Words, load, store};

/// The whole part of 2^32 times the sine of 1, 2, …, 64 (RFC 1321 section 3.4).
pub const SINES: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

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
            a = step(a, b, b.choose(c, d), x[i], i, 7);
            d = step(d, a, a.choose(b, c), x[i + 1], i + 1, 12);
            c = step(c, d, d.choose(a, b), x[i + 2], i + 2, 17);
            b = step(b, c, c.choose(d, a), x[i + 3], i + 3, 22);
        }
        for i in (16..32).step_by(4) {
            a = step(a, b, d.choose(b, c), x[(5 * i + 1) % 16], i, 5);
            d = step(d, a, c.choose(a, b), x[(5 * i + 6) % 16], i + 1, 9);
            c = step(c, d, b.choose(d, a), x[(5 * i + 11) % 16], i + 2, 14);
            b = step(b, c, a.choose(c, d), x[(5 * i) % 16], i + 3, 20);
        }
        for i in (32..48).step_by(4) {
            a = step(a, b, b.parity(c, d), x[(3 * i + 5) % 16], i, 4);
            d = step(d, a, a.parity(b, c), x[(3 * i + 8) % 16], i + 1, 11);
            c = step(c, d, d.parity(a, b), x[(3 * i + 11) % 16], i + 2, 16);
            b = step(b, c, c.parity(d, a), x[(3 * i + 14) % 16], i + 3, 23);
        }
        for i in (48..64).step_by(4) {
            a = step(a, b, b.or_not(c, d), x[(7 * i) % 16], i, 6);
            d = step(d, a, a.or_not(b, c), x[(7 * i + 7) % 16], i + 1, 10);
            c = step(c, d, d.or_not(a, b), x[(7 * i + 14) % 16], i + 2, 15);
            b = step(b, c, c.or_not(d, a), x[(7 * i + 5) % 16], i + 3, 21);
        }
        s = [s[0] + a, s[1] + b, s[2] + c, s[3] + d];
    }
    store(s, state, first);
}

#[inline(always)]
fn step<V: Vector>(a: V, b: V, mixed: V, x: V, i: usize, left: u32) -> V {
    b + ((a + (x + a.all(SINES[i]))) + mixed).rotated(left)
}
