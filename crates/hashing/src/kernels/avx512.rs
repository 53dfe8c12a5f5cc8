//! Sixteen lanes in the 512-bit registers of AVX-512: one instruction for any function of three words, and for rotating.

use std::arch::x86_64::*;
use std::ops::{Add, BitAnd, BitOr, BitXor, Not};

use super::vector::Vector;

/// A word of each of sixteen lanes.
#[derive(Clone, Copy)]
pub struct Avx512(__m512i);

/// Calls an intrinsic of AVX-512 F or BW on values of this file.
macro_rules! vector {
    ($intrinsic:expr) => {
        // SAFETY: a value of this type exists only where the machine has AVX-512 F and BW, and nothing here reaches memory.
        Self(unsafe { $intrinsic })
    };
}

macro_rules! each {
    ($($operator:ident $act:ident $intrinsic:ident),*) => { $(
        impl $operator for Avx512 {
            type Output = Self;
            #[inline(always)]
            fn $act(self, other: Self) -> Self {
                vector!($intrinsic(self.0, other.0))
            }
        }
    )* };
}
each!(Add add _mm512_add_epi32, BitAnd bitand _mm512_and_si512, BitOr bitor _mm512_or_si512, BitXor bitxor _mm512_xor_si512);

impl Not for Avx512 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        vector!(_mm512_ternarylogic_epi32::<0x55>(self.0, self.0, self.0))
    }
}

impl Vector for Avx512 {
    const LANES: usize = 16;

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        let words = &words[..16];
        // SAFETY: the caller says that the machine has the instructions; there are sixteen words to read.
        Self(unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        let words = &mut words[..16];
        // SAFETY: the value exists, so the machine has the instructions; there is room for sixteen words.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    unsafe fn transposed(blocks: &[&[u8]], at: usize) -> [Self; 16] {
        // SAFETY: the caller says that the machine has the instructions, and that each slice has 64 bytes from `at` on;
        // after the four calls all is in registers.
        unsafe {
            let fours = [four(blocks, 0, at), four(blocks, 4, at), four(blocks, 8, at), four(blocks, 12, at)];
            let mut words = [Self(_mm512_setzero_si512()); 16];
            for word in 0..4 {
                let [a, b, c, d] = [fours[0][word], fours[1][word], fours[2][word], fours[3][word]];
                // Quarters 0 and 2, then 1 and 3, of the first two and of the last two.
                let (even, even2) = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0x88>(c, d));
                let (odd, odd2) = (_mm512_shuffle_i32x4::<0xdd>(a, b), _mm512_shuffle_i32x4::<0xdd>(c, d));
                words[word] = Self(_mm512_shuffle_i32x4::<0x88>(even, even2));
                words[4 + word] = Self(_mm512_shuffle_i32x4::<0x88>(odd, odd2));
                words[8 + word] = Self(_mm512_shuffle_i32x4::<0xdd>(even, even2));
                words[12 + word] = Self(_mm512_shuffle_i32x4::<0xdd>(odd, odd2));
            }
            words
        }
    }

    #[inline(always)]
    fn all(self, word: u32) -> Self {
        vector!(_mm512_set1_epi32(word as i32))
    }

    #[inline(always)]
    fn swapped(self) -> Self {
        vector!(_mm512_shuffle_epi8(
            self.0,
            _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203)
        ))
    }

    #[inline(always)]
    fn rotated(self, left: u32) -> Self {
        vector!(_mm512_rolv_epi32(self.0, _mm512_set1_epi32(left as i32)))
    }

    #[inline(always)]
    fn shifted(self, right: u32) -> Self {
        vector!(_mm512_srlv_epi32(self.0, _mm512_set1_epi32(right as i32)))
    }

    // The numbers are the functions' truth tables: bit `4a + 2b + c` is the result for those three bits.

    #[inline(always)]
    fn choose(self, yes: Self, no: Self) -> Self {
        vector!(_mm512_ternarylogic_epi32::<0xca>(self.0, yes.0, no.0))
    }

    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        vector!(_mm512_ternarylogic_epi32::<0xe8>(self.0, b.0, c.0))
    }

    #[inline(always)]
    fn parity(self, b: Self, c: Self) -> Self {
        vector!(_mm512_ternarylogic_epi32::<0x96>(self.0, b.0, c.0))
    }

    #[inline(always)]
    fn or_not(self, b: Self, c: Self) -> Self {
        // b ^ (a | !c): for abc = 000 … 111 the results are 1 0 0 1 1 1 0 0, from the lowest bit.
        vector!(_mm512_ternarylogic_epi32::<0x39>(self.0, b.0, c.0))
    }
}

/// Four lanes together: of each quarter of their rows the words 0, then 1, 2 and 3.
///
/// # Safety
/// The machine has AVX-512 F; there are four slices from `lane` on, and each has 64 bytes from `at` on.
#[inline(always)]
unsafe fn four(blocks: &[&[u8]], lane: usize, at: usize) -> [__m512i; 4] {
    // SAFETY: as the caller says.
    unsafe {
        let a = _mm512_loadu_si512(blocks.get_unchecked(lane).as_ptr().add(at).cast());
        let b = _mm512_loadu_si512(blocks.get_unchecked(lane + 1).as_ptr().add(at).cast());
        let c = _mm512_loadu_si512(blocks.get_unchecked(lane + 2).as_ptr().add(at).cast());
        let d = _mm512_loadu_si512(blocks.get_unchecked(lane + 3).as_ptr().add(at).cast());
        let (low, low2) = (_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d));
        let (high, high2) = (_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d));
        [
            _mm512_unpacklo_epi64(low, low2),
            _mm512_unpackhi_epi64(low, low2),
            _mm512_unpacklo_epi64(high, high2),
            _mm512_unpackhi_epi64(high, high2),
        ]
    }
}
