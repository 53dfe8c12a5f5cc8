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
