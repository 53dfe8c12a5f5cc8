//! What the rounds of a hash need of a vector: one word of many streams at once. The rounds are written once, over this
//! trait; the machine's instructions stand in a file each.

use std::ops::{Add, BitAnd, BitOr, BitXor, Not};

/// The most streams that are hashed side by side.
pub const MOST_LANES: usize = 32;

/// One word of the state of every lane.
pub type Words = [u32; MOST_LANES];

/// A 32-bit word of each lane. Who holds a value has shown that the machine has the instructions for it, since
/// [`Vector::load`] and [`Vector::transposed`] make the first ones; so everything else is safe.
pub trait Vector:
    Copy
    + Add<Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
{
    /// How many words it holds.
    const LANES: usize;

    /// The words at the beginning of a slice.
    ///
    /// # Safety
    /// The machine has the vector's instructions.
    unsafe fn load(words: &[u32]) -> Self;

    /// Writes the words to the beginning of a slice.
    fn store(self, words: &mut [u32]);

    /// The sixteen little-endian words of one block of each lane: word `w` of lane `l` lies in lane `l` of vector `w`.
    ///
    /// # Safety
    /// The machine has the vector's instructions; there are `LANES` slices, and each has 64 bytes from `at` on.
    unsafe fn transposed(blocks: &[&[u8]], at: usize) -> [Self; 16];

    /// A vector whose words are all the same.
    fn all(self, word: u32) -> Self;

    /// Each word with its bytes in the other order.
    fn swapped(self) -> Self;

    /// Each word rotated.
    fn rotated(self, left: u32) -> Self;

    /// Each word shifted.
    fn shifted(self, right: u32) -> Self;

    /// Bit by bit `yes` where `self` has a one, else `no`.
    #[inline(always)]
    fn choose(self, yes: Self, no: Self) -> Self {
        no ^ (self & (yes ^ no))
    }

    /// Bit by bit what two of three have.
    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        (self & b) | (c & (self | b))
    }

    /// Bit by bit whether an odd number of three has a one.
    #[inline(always)]
    fn parity(self, b: Self, c: Self) -> Self {
        self ^ b ^ c
    }

    /// `b ^ (self | !c)`, the fourth function of MD5.
    #[inline(always)]
    fn or_not(self, b: Self, c: Self) -> Self {
        b ^ (self | !c)
    }
}

// Loops where a closure would be shorter: a closure is compiled for all machines, and called.

/// The states of the lanes from `first` on.
///
/// # Safety
/// The machine has the vector's instructions.
#[inline(always)]
pub unsafe fn load<V: Vector, const N: usize>(state: &[Words], first: usize) -> [V; N] {
    // SAFETY: as the caller says.
    let mut words = [unsafe { V::load(&state[0][first..]) }; N];
    for (word, from) in words.iter_mut().zip(state) {
        // SAFETY: as the caller says.
        *word = unsafe { V::load(&from[first..]) };
    }
    words
}

/// Puts the states of the lanes from `first` on back.
#[inline(always)]
pub fn store<V: Vector, const N: usize>(words: [V; N], state: &mut [Words], first: usize) {
    for (word, to) in words.into_iter().zip(state) {
        word.store(&mut to[first..]);
    }
}

/// Takes each word as written with its first byte last.
#[inline(always)]
pub fn swap<V: Vector>(words: &mut [V; 16]) {
    for word in words {
        *word = word.swapped();
    }
}

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
