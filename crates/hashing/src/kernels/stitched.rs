//! One stream, several hashes at once. Each hash of one stream waits for itself: a step needs the result of the last. MD5
//! waits longest, and the machine has room beside it; so the rounds of SHA-1 and SHA-256, which have instructions of their
//! own, are stitched with each other and with the steps of MD5 and MD4. All four take little longer than MD5 alone.

use std::arch::x86_64::*;

use super::md5::SINES;
use super::sha256::ROOTS;
use super::{Hash, State};

/// The machine has the instructions: [`Stitched::of_machine`] alone makes this.
pub struct Stitched(());

impl Stitched {
    /// When the machine has the instructions.
    pub fn of_machine() -> Option<Self> {
        let is_there = is_x86_feature_detected!("sha")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2");
        is_there.then_some(Self(()))
    }

    /// Whether any of the hashes go together.
    pub fn takes(&self, hashes: &[Hash]) -> bool {
        hashes.windows(2).any(|two| *two == [Hash::Sha1, Hash::Sha256])
    }

    /// Hashes blocks of one lane for those of the hashes that go together, and gives the others.
    pub fn compress<'h>(
        &self,
        hashes: &'h [Hash],
        state: &mut State,
        lane: usize,
        blocks: &[u8],
    ) -> &'h [Hash] {
        let (blocks, []) = blocks.as_chunks() else { return hashes };
        let (with_md4, with_md5, rest) = match hashes {
            [Hash::Md4, Hash::Md5, Hash::Sha1, Hash::Sha256, rest @ ..] => (true, true, rest),
            [Hash::Md4, Hash::Sha1, Hash::Sha256, rest @ ..] => (true, false, rest),
            [Hash::Md5, Hash::Sha1, Hash::Sha256, rest @ ..] => (false, true, rest),
            [Hash::Sha1, Hash::Sha256, rest @ ..] => (false, false, rest),
            _ => return hashes,
        };
        let mut four = Four {
            md4: state.lane(Hash::Md4, lane),
            md5: state.lane(Hash::Md5, lane),
            sha1: state.lane(Hash::Sha1, lane),
            sha256: state.lane(Hash::Sha256, lane),
        };
        // SAFETY: the value exists, so the machine has the instructions.
        unsafe {
            match (with_md4, with_md5) {
                (true, true) => compress::<true, true>(&mut four, blocks),
                (true, false) => compress::<true, false>(&mut four, blocks),
                (false, true) => compress::<false, true>(&mut four, blocks),
                (false, false) => compress::<false, false>(&mut four, blocks),
            }
        }
        state.set_lane(Hash::Md4, lane, &four.md4);
        state.set_lane(Hash::Md5, lane, &four.md5);
        state.set_lane(Hash::Sha1, lane, &four.sha1);
        state.set_lane(Hash::Sha256, lane, &four.sha256);
        rest
    }
}

/// The states of one stream.
struct Four {
    md4: [u32; 4],
    md5: [u32; 4],
    sha1: [u32; 5],
    sha256: [u32; 8],
}

/// Hashes blocks for SHA-1 and SHA-256, and for MD4 and MD5 where they are set.
///
/// # Safety
/// The machine has the instructions.
#[target_feature(enable = "sha,avx2,bmi1,bmi2")]
unsafe fn compress<const MD4: bool, const MD5: bool>(four: &mut Four, blocks: &[[u8; 64]]) {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let mut sha1 = Sha1::load(&four.sha1);
    let mut sha256 = Sha256::load(&four.sha256);
    let (mut md4, mut md5) = (four.md4, four.md5);
    for block in blocks {
        let x = words(block);
        // SAFETY: each reads sixteen of the block's 64 bytes.
        let rows = unsafe {
            let at = block.as_ptr().cast::<__m128i>();
            [
                _mm_loadu_si128(at),
                _mm_loadu_si128(at.add(1)),
                _mm_loadu_si128(at.add(2)),
                _mm_loadu_si128(at.add(3)),
            ]
        };
        let w = [
            _mm_shuffle_epi8(rows[0], order),
            _mm_shuffle_epi8(rows[1], order),
            _mm_shuffle_epi8(rows[2], order),
            _mm_shuffle_epi8(rows[3], order),
        ];
        let before = (sha1, sha256, md4, md5);
        sha1.begin(w);
        sha256.begin(w);
        macro_rules! sixteenth {
            ($($at:literal)*) => { $(
                if MD5 {
                    md5_steps::<$at>(&mut md5, &x);
                }
                sha256.rounds::<$at>();
                if MD4 {
                    md4_steps::<$at>(&mut md4, &x);
                }
                sha1.rounds::<{ $at + $at / 4 }>();
                if $at % 4 == 3 {
                    sha1.rounds::<{ $at + $at / 4 + 1 }>();
                }
            )* };
        }
        sixteenth!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        sha1.end(before.0);
        sha256.end(before.1);
        for word in 0..4 {
            if MD4 {
                md4[word] = md4[word].wrapping_add(before.2[word]);
            }
            if MD5 {
                md5[word] = md5[word].wrapping_add(before.3[word]);
            }
        }
    }
    sha1.store(&mut four.sha1);
    sha256.store(&mut four.sha256);
    (four.md4, four.md5) = (md4, md5);
}

#[inline(always)]
fn words(block: &[u8; 64]) -> [u32; 16] {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

/// A sixteenth of the 64 steps of MD5.
#[inline(always)]
fn md5_steps<const AT: usize>(state: &mut [u32; 4], x: &[u32; 16]) {
    for i in 4 * AT..4 * AT + 4 {
        let [a, b, c, d] =
            [state[(64 - i) % 4], state[(65 - i) % 4], state[(66 - i) % 4], state[(67 - i) % 4]];
        let round = i / 16;
        let word = x[[i, 5 * i + 1, 3 * i + 5, 7 * i][round] % 16];
        let a = a.wrapping_add(word).wrapping_add(SINES[i]);
        // What does not need `b`, the last step's result, is reckoned first.
        let sum = match round {
            0 => a.wrapping_add((b & (c ^ d)) ^ d),
            1 => a.wrapping_add(c & !d).wrapping_add(b & d),
            2 => a.wrapping_add((c ^ d) ^ b),
            _ => a.wrapping_add((!d | b) ^ c),
        };
        let left = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]][round][i % 4];
        state[(64 - i) % 4] = sum.rotate_left(left).wrapping_add(b);
    }
}

/// A sixteenth of the 48 steps of MD4.
#[inline(always)]
fn md4_steps<const AT: usize>(state: &mut [u32; 4], x: &[u32; 16]) {
    for i in 3 * AT..3 * AT + 3 {
        let [a, b, c, d] =
            [state[(64 - i) % 4], state[(65 - i) % 4], state[(66 - i) % 4], state[(67 - i) % 4]];
        let (round, step) = (i / 16, i % 16);
        let word =
            x[[step, step / 4 + step % 4 * 4, [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15][step]]
                [round]];
        let a = a.wrapping_add(word).wrapping_add([0, 0x5a82_7999, 0x6ed9_eba1][round]);
        let sum = match round {
            0 => a.wrapping_add((b & (c ^ d)) ^ d),
            1 => a.wrapping_add(c & d).wrapping_add(b & (c ^ d)),
            _ => a.wrapping_add((c ^ d) ^ b),
        };
        let left = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]][round][i % 4];
        state[(64 - i) % 4] = sum.rotate_left(left);
    }
}

/// SHA-1 in the form of its instructions, four rounds at a time.
#[derive(Clone, Copy)]
struct Sha1 {
    abcd: __m128i,
    /// Before the first rounds the fifth word; after that the first four words as they were before the last rounds.
    e: __m128i,
    w: [__m128i; 4],
}

impl Sha1 {
    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn load(state: &[u32; 5]) -> Self {
        let [a, b, c, d, e] = state.map(u32::cast_signed);
        Self { abcd: _mm_set_epi32(a, b, c, d), e: _mm_set_epi32(e, 0, 0, 0), w: [_mm_setzero_si128(); 4] }
    }

    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn begin(&mut self, w: [__m128i; 4]) {
        self.w = [
            _mm_shuffle_epi32::<0x1b>(w[0]),
            _mm_shuffle_epi32::<0x1b>(w[1]),
            _mm_shuffle_epi32::<0x1b>(w[2]),
            _mm_shuffle_epi32::<0x1b>(w[3]),
        ];
    }

    /// Four of the eighty rounds.
    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn rounds<const AT: usize>(&mut self) {
        let w = &mut self.w;
        if AT >= 4 {
            let mixed = _mm_xor_si128(_mm_sha1msg1_epu32(w[AT % 4], w[(AT + 1) % 4]), w[(AT + 2) % 4]);
            w[AT % 4] = _mm_sha1msg2_epu32(mixed, w[(AT + 3) % 4]);
        }
        let e = match AT {
            0 => _mm_add_epi32(self.e, w[0]),
            _ => _mm_sha1nexte_epu32(self.e, w[AT % 4]),
        };
        let before = self.abcd;
        self.abcd = match AT / 5 {
            0 => _mm_sha1rnds4_epu32::<0>(before, e),
            1 => _mm_sha1rnds4_epu32::<1>(before, e),
            2 => _mm_sha1rnds4_epu32::<2>(before, e),
            _ => _mm_sha1rnds4_epu32::<3>(before, e),
        };
        self.e = before;
    }

    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn end(&mut self, before: Self) {
        self.e = _mm_sha1nexte_epu32(self.e, before.e);
        self.abcd = _mm_add_epi32(self.abcd, before.abcd);
    }

    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn store(self, state: &mut [u32; 5]) {
        *state = [
            _mm_extract_epi32::<3>(self.abcd),
            _mm_extract_epi32::<2>(self.abcd),
            _mm_extract_epi32::<1>(self.abcd),
            _mm_extract_epi32::<0>(self.abcd),
            _mm_extract_epi32::<3>(self.e),
        ]
        .map(i32::cast_unsigned);
    }
}

/// SHA-256 in the form of its instructions, four rounds at a time.
#[derive(Clone, Copy)]
struct Sha256 {
    abef: __m128i,
    cdgh: __m128i,
    w: [__m128i; 4],
}

impl Sha256 {
    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn load(state: &[u32; 8]) -> Self {
        let [a, b, c, d, e, f, g, h] = state.map(u32::cast_signed);
        Self { abef: _mm_set_epi32(a, b, e, f), cdgh: _mm_set_epi32(c, d, g, h), w: [_mm_setzero_si128(); 4] }
    }

    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn begin(&mut self, w: [__m128i; 4]) {
        self.w = w;
    }

    /// Four of the 64 rounds.
    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn rounds<const AT: usize>(&mut self) {
        let w = &mut self.w;
        if AT >= 4 {
            let early = _mm_sha256msg1_epu32(w[AT % 4], w[(AT + 1) % 4]);
            let middle = _mm_alignr_epi8::<4>(w[(AT + 3) % 4], w[(AT + 2) % 4]);
            w[AT % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(early, middle), w[(AT + 3) % 4]);
        }
        let roots =
            [ROOTS[4 * AT], ROOTS[4 * AT + 1], ROOTS[4 * AT + 2], ROOTS[4 * AT + 3]].map(u32::cast_signed);
        let roots = _mm_set_epi32(roots[3], roots[2], roots[1], roots[0]);
        let sum = _mm_add_epi32(w[AT % 4], roots);
        self.cdgh = _mm_sha256rnds2_epu32(self.cdgh, self.abef, sum);
        self.abef = _mm_sha256rnds2_epu32(self.abef, self.cdgh, _mm_shuffle_epi32::<0x0e>(sum));
    }

    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn end(&mut self, before: Self) {
        self.abef = _mm_add_epi32(self.abef, before.abef);
        self.cdgh = _mm_add_epi32(self.cdgh, before.cdgh);
    }

    #[target_feature(enable = "sha,avx2")]
    #[inline]
    fn store(self, state: &mut [u32; 8]) {
        *state = [
            _mm_extract_epi32::<3>(self.abef),
            _mm_extract_epi32::<2>(self.abef),
            _mm_extract_epi32::<3>(self.cdgh),
            _mm_extract_epi32::<2>(self.cdgh),
            _mm_extract_epi32::<1>(self.abef),
            _mm_extract_epi32::<0>(self.abef),
            _mm_extract_epi32::<1>(self.cdgh),
            _mm_extract_epi32::<0>(self.cdgh),
        ]
        .map(i32::cast_unsigned);
    }
}
