//! A set of rows: a bit for each.

use std::ops::Range;

/// A set of rows, or of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits {
    pub(crate) words: Vec<u64>,
}

impl Bits {
    /// None of `n`.
    pub(crate) fn none(n: u32) -> Self {
        Self { words: vec![0; (n as usize).div_ceil(64)] }
    }

    pub(crate) fn set(&mut self, idx: u32) {
        self.words[idx as usize / 64] |= 1 << (idx % 64);
    }

    pub(crate) fn set_range(&mut self, range: Range<u32>) {
        let mut idx = range.start;
        while idx < range.end {
            if idx.is_multiple_of(64) && range.end - idx >= 64 {
                self.words[idx as usize / 64] = u64::MAX;
                idx += 64;
            } else {
                self.set(idx);
                idx += 1;
            }
        }
    }

    pub(crate) fn has(&self, idx: u32) -> bool {
        self.words.get(idx as usize / 64).is_some_and(|word| word >> (idx % 64) & 1 != 0)
    }

    /// Leaves what is in both.
    pub(crate) fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine &= theirs);
    }

    /// How many there are.
    #[must_use]
    pub fn n(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// How many bytes of memory they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.words.len() * 8
    }

    /// Those of some words, ascending.
    pub(crate) fn each_in(&self, words: Range<usize>, mut each: impl FnMut(u32)) {
        for idx in words {
            let mut word = self.words[idx];
            while word != 0 {
                each(idx as u32 * 64 + word.trailing_zeros());
                word &= word - 1;
            }
        }
    }
}
