//! The last of a run of numbers that is above another one, found without looking at most of them.

use std::ops::Range;

/// The greatest of each sixteen numbers that follow each other, of each sixteen times sixteen, and so on.
pub(super) struct Latest {
    levels: Vec<Vec<i64>>,
}

/// Numbers, or blocks of the level below, that make a block.
const BLOCK: usize = 16;

impl Latest {
    pub fn of(mut numbers: impl ExactSizeIterator<Item = i64>) -> Self {
        let mut level = Vec::with_capacity(numbers.len().div_ceil(BLOCK));
        while let Some(first) = numbers.next() {
            level.push(numbers.by_ref().take(BLOCK - 1).fold(first, i64::max));
        }
        let mut levels = Vec::new();
        while level.len() > 1 {
            let greatest = |block: &[i64]| block.iter().copied().fold(i64::MIN, i64::max);
            let next = level.chunks(BLOCK).map(greatest).collect();
            levels.push(std::mem::replace(&mut level, next));
        }
        levels.push(level);
        Self { levels }
    }

    /// The last position in `within` whose number is above `low`; `number` gives the numbers that this was made of.
    pub fn last_above(&self, number: impl Fn(usize) -> i64, within: Range<usize>, low: i64) -> Option<usize> {
        let mut end = within.end;
        while end > within.start {
            // A block may begin before `within`: when nothing in it is above, nothing of its end is.
            match self.none_above(end, low) {
                0 => {
                    end -= 1;
                    if number(end) > low {
                        return Some(end);
                    }
                }
                n_passed => end -= n_passed,
            }
        }
        None
    }

    /// How many numbers before `end` are seen at once not to be above `low`: those of the widest such block.
    fn none_above(&self, end: usize, low: i64) -> usize {
        let (mut passed, mut width, mut blocks) = (0, BLOCK, end);
        for level in &self.levels {
            if blocks % BLOCK != 0 {
                break;
            }
            blocks /= BLOCK;
            if level[blocks - 1] > low {
                break;
            }
            (passed, width) = (width, width * BLOCK);
        }
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_above_another_is_found_in_every_stretch() {
        for n in [0, 1, 15, 16, 17, 255, 256, 257, 600] {
            let numbers: Vec<i64> =
                (0..n).map(|idx| (idx * 7919) % 101 - if idx % 3 == 0 { 90 } else { 0 }).collect();
            let latest = Latest::of(numbers.iter().copied());
            for start in (0..=numbers.len()).step_by(7) {
                for end in (start..=numbers.len()).step_by(5) {
                    for low in [i64::MIN, -50, 60, 99, i64::MAX] {
                        let slow = (start..end).rev().find(|idx| numbers[*idx] > low);
                        assert_eq!(
                            latest.last_above(|idx| numbers[idx], start..end, low),
                            slow,
                            "{n} {start} {end} {low}"
                        );
                    }
                }
            }
        }
    }
}
