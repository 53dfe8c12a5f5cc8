//! Lanes as plain arrays, for every machine: the compiler makes of them what vectors it knows that all machines of the
//! kind have. One lane is the plain form of a hash.

use std::ops::{Add, BitAnd, BitOr, BitXor, Not};

use super::vector::Vector;

/// A word of each of `N` lanes.
#[derive(Clone, Copy)]
pub struct Portable<const N: usize>([u32; N]);

macro_rules! each {
    ($($operator:ident $act:ident $word:expr),*) => { $(
        impl<const N: usize> $operator for Portable<N> {
            type Output = Self;
            #[inline(always)]
            fn $act(self, other: Self) -> Self {
                Self(std::array::from_fn(|lane| $word(self.0[lane], other.0[lane])))
            }
        }
    )* };
}
each!(Add add u32::wrapping_add, BitAnd bitand u32::bitand, BitOr bitor u32::bitor, BitXor bitxor u32::bitxor);

impl<const N: usize> Not for Portable<N> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(self.0.map(u32::not))
    }
}

impl<const N: usize> Vector for Portable<N> {
    const LANES: usize = N;

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        Self(std::array::from_fn(|lane| words[lane]))
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        words[..N].copy_from_slice(&self.0);
    }

    #[inline(always)]
    unsafe fn transposed(blocks: &[&[u8]], at: usize) -> [Self; 16] {
        let rows: [&[u8]; N] = std::array::from_fn(|lane| &blocks[lane][at..at + 64]);
        std::array::from_fn(|w| {
            Self(rows.map(|row| {
                let bytes = row[4 * w..4 * w + 4].try_into().expect("four bytes");
                u32::from_le_bytes(bytes)
            }))
        })
    }

    #[inline(always)]
    fn all(self, word: u32) -> Self {
        Self([word; N])
    }

    #[inline(always)]
    fn swapped(self) -> Self {
        Self(self.0.map(u32::swap_bytes))
    }

    #[inline(always)]
    fn rotated(self, left: u32) -> Self {
        Self(self.0.map(|word| word.rotate_left(left)))
    }

    #[inline(always)]
    fn shifted(self, right: u32) -> Self {
        Self(self.0.map(|word| word >> right))
    }
}
