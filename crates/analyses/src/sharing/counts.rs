//! How many of many are at least so large: the complement of a distribution function, at stated sizes.

use serde::Serialize;

/// Counts at stated sizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AtLeast {
    sizes: Vec<u64>,
    n: Vec<u64>,
}

/// Sizes that distributions of files, days and addresses are told at.
pub const SIZES: &[u64] = &[1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

impl AtLeast {
    /// At these sizes, which ascend.
    pub fn new(sizes: &[u64]) -> Self {
        Self { sizes: sizes.to_vec(), n: vec![0; sizes.len()] }
    }

    /// Adds one of a size.
    pub fn add(&mut self, size: u64) {
        // Most are small, and the sizes are few.
        let reached = self.sizes.iter().take_while(|bound| **bound <= size).count();
        if let Some(last) = reached.checked_sub(1) {
            self.n[last] += 1;
        }
    }

    /// Each size with how many are at least that large.
    pub fn points(&self) -> Vec<(u64, u64)> {
        let mut sum = 0;
        let mut points: Vec<(u64, u64)> = self
            .sizes
            .iter()
            .zip(&self.n)
            .rev()
            .map(|(size, n)| {
                sum += n;
                (*size, sum)
            })
            .collect();
        points.reverse();
        while points.len() > 1 && points[points.len() - 1].1 == 0 {
            points.pop();
        }
        points
    }

    /// How many are at least as large as a size that is among the stated ones.
    pub fn at(&self, size: u64) -> u64 {
        self.points().iter().find(|(bound, _)| *bound == size).map_or(0, |(_, n)| *n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_counts_all_that_reach_it() {
        let mut counts = AtLeast::new(&[1, 2, 5, 10]);
        [0, 1, 1, 2, 4, 5, 9].into_iter().for_each(|size| counts.add(size));
        assert_eq!(counts.points(), [(1, 6), (2, 4), (5, 2)]);
        assert_eq!((counts.at(5), counts.at(10)), (2, 0));
    }
}
