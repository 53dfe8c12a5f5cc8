//! Eight lanes in the 256-bit registers of AVX2.

use std::arch::x86_64::*;
use std::ops::{Add, BitAnd, BitOr, BitXor, Not};

use super::vector::Vector;

/// A word of each of eight lanes.
#[derive(Clone, Copy)]
pub struct Avx2(__m256i);

/// Calls an intrinsic of AVX2 on values of this file.
macro_rules! vector {
    ($intrinsic:expr) => {
        // SAFETY: a value of this type exists only where the machine has AVX2, and nothing here reaches memory.
        Self(unsafe { $intrinsic })
    };
}

macro_rules! each {
    ($($operator:ident $act:ident $intrinsic:ident),*) => { $(
        impl $operator for Avx2 {
            type Output = Self;
            #[inline(always)]
            fn $act(self, other: Self) -> Self {
                vector!($intrinsic(self.0, other.0))
            }
        }
    )* };
}
each!(Add add _mm256_add_epi32, BitAnd bitand _mm256_and_si256, BitOr bitor _mm256_or_si256, BitXor bitxor _mm256_xor_si256);

impl Not for Avx2 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        vector!(_mm256_xor_si256(self.0, _mm256_set1_epi32(-1)))
    }
}

impl Vector for Avx2 {
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        let words = &words[..8];
        // SAFETY: the caller says that the machine has the instructions; there are eight words to read.
        Self(unsafe { _mm256_loadu_si256(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        let words = &mut words[..8];
        // SAFETY: the value exists, so the machine has the instructions; there is room for eight words.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    unsafe fn transposed(blocks: &[&[u8]], at: usize) -> [Self; 16] {
        // SAFETY: the caller says that the machine has the instructions, and that each slice has 64 bytes from `at` on, of
        // which each call reads 32; after the calls all is in registers.
        unsafe {
            let mut words = [Self(_mm256_setzero_si256()); 16];
            for half in 0..2 {
                let (a, b) = (four(blocks, 0, at + 32 * half), four(blocks, 4, at + 32 * half));
                for word in 0..4 {
                    let at = 8 * half + word;
                    words[at] = Self(_mm256_permute2x128_si256::<0x20>(a[word], b[word]));
                    words[at + 4] = Self(_mm256_permute2x128_si256::<0x31>(a[word], b[word]));
                }
            }
            words
        }
    }

    #[inline(always)]
    fn all(self, word: u32) -> Self {
        vector!(_mm256_set1_epi32(word as i32))
    }

    #[inline(always)]
    fn swapped(self) -> Self {
        vector!(_mm256_shuffle_epi8(
            self.0,
            _mm256_set_epi32(
                0x0c0d_0e0f,
                0x0809_0a0b,
                0x0405_0607,
                0x0001_0203,
                0x0c0d_0e0f,
                0x0809_0a0b,
                0x0405_0607,
                0x0001_0203
            )
        ))
    }

    #[inline(always)]
    fn rotated(self, left: u32) -> Self {
        let (left, right) = (left as i32, 32 - left as i32);
        vector!(_mm256_or_si256(
            _mm256_sllv_epi32(self.0, _mm256_set1_epi32(left)),
            _mm256_srlv_epi32(self.0, _mm256_set1_epi32(right))
        ))
    }

    #[inline(always)]
    fn shifted(self, right: u32) -> Self {
        vector!(_mm256_srlv_epi32(self.0, _mm256_set1_epi32(right as i32)))
    }
}

/// Four lanes together: of each half of their rows of 32 bytes the words 0, then 1, 2 and 3.
///
/// # Safety
/// The machine has AVX2; there are four slices from `lane` on, and each has 32 bytes from `at` on.
#[inline(always)]
unsafe fn four(blocks: &[&[u8]], lane: usize, at: usize) -> [__m256i; 4] {
    // SAFETY: as the caller says.
    unsafe {
        let a = _mm256_loadu_si256(blocks.get_unchecked(lane).as_ptr().add(at).cast());
        let b = _mm256_loadu_si256(blocks.get_unchecked(lane + 1).as_ptr().add(at).cast());
        let c = _mm256_loadu_si256(blocks.get_unchecked(lane + 2).as_ptr().add(at).cast());
        let d = _mm256_loadu_si256(blocks.get_unchecked(lane + 3).as_ptr().add(at).cast());
        let (low, low2) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
        let (high, high2) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
        [
            _mm256_unpacklo_epi64(low, low2),
            _mm256_unpackhi_epi64(low, low2),
            _mm256_unpacklo_epi64(high, high2),
            _mm256_unpackhi_epi64(high, high2),
        ]
    }
}
