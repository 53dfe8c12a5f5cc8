//! Two vectors as one, of twice the lanes.

use std::ops::{Add, BitAnd, BitOr, BitXor, Not};

use super::vector::Vector;

/// Two vectors side by side: the steps of one fill the time in which those of the other wait for their result.
#[derive(Clone, Copy)]
pub struct Pair<V>(V, V);

macro_rules! each {
    ($($operator:ident $act:ident),*) => { $(
        impl<V: Vector> $operator for Pair<V> {
            type Output = Self;
            #[inline(always)]
            fn $act(self, other: Self) -> Self {
                Self(self.0.$act(other.0), self.1.$act(other.1))
            }
        }
    )* };
}
each!(Add add, BitAnd bitand, BitOr bitor, BitXor bitxor);

impl<V: Vector> Not for Pair<V> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0, !self.1)
    }
}

impl<V: Vector> Vector for Pair<V> {
    const LANES: usize = 2 * V::LANES;

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        // SAFETY: the caller says that the machine has the instructions.
        unsafe { Self(V::load(words), V::load(&words[V::LANES..])) }
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        self.0.store(words);
        self.1.store(&mut words[V::LANES..]);
    }

    #[inline(always)]
    unsafe fn transposed(blocks: &[&[u8]], at: usize) -> [Self; 16] {
        // SAFETY: the caller says that the machine has the instructions, and that all slices are long enough.
        let (a, b) = unsafe { (V::transposed(blocks, at), V::transposed(&blocks[V::LANES..], at)) };
        let mut pairs = [Self(a[0], b[0]); 16];
        for w in 1..16 {
            pairs[w] = Self(a[w], b[w]);
        }
        pairs
    }

    #[inline(always)]
    fn all(self, word: u32) -> Self {
        Self(self.0.all(word), self.1.all(word))
    }

    #[inline(always)]
    fn swapped(self) -> Self {
        Self(self.0.swapped(), self.1.swapped())
    }

    #[inline(always)]
    fn rotated(self, left: u32) -> Self {
        Self(self.0.rotated(left), self.1.rotated(left))
    }

    #[inline(always)]
    fn shifted(self, right: u32) -> Self {
        Self(self.0.shifted(right), self.1.shifted(right))
    }

    #[inline(always)]
    fn choose(self, yes: Self, no: Self) -> Self {
        Self(self.0.choose(yes.0, no.0), self.1.choose(yes.1, no.1))
    }

    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        Self(self.0.majority(b.0, c.0), self.1.majority(b.1, c.1))
    }

    #[inline(always)]
    fn parity(self, b: Self, c: Self) -> Self {
        Self(self.0.parity(b.0, c.0), self.1.parity(b.1, c.1))
    }

    #[inline(always)]
    fn or_not(self, b: Self, c: Self) -> Self {
        Self(self.0.or_not(b.0, c.0), self.1.or_not(b.1, c.1))
    }
}
