//! How good a partition is, against known truth: judged by pairs, by sets, and by the sets that mix persons.

use std::collections::BTreeMap;

/// A partition judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Pairs in one set and of one person.
    pub right: u64,
    /// Pairs in one set.
    pub joined: u64,
    /// Pairs of one person.
    pub true_pairs: u64,
    /// Sets that hold several persons.
    pub mixed: u64,
    /// Sets of two records or more.
    pub sets: u64,
    /// Records in the largest set.
    pub largest: u64,
}

impl Judged {
    /// Of the pairs in one set, the share of one person, in thousandths.
    #[must_use]
    pub fn precision(&self) -> u64 {
        share(self.right, self.joined)
    }

    /// Of the pairs of one person, the share in one set, in thousandths.
    #[must_use]
    pub fn recall(&self) -> u64 {
        share(self.right, self.true_pairs)
    }

    /// The harmonic mean of both, in thousandths.
    #[must_use]
    pub fn f1(&self) -> u64 {
        share(2 * self.right, self.joined + self.true_pairs)
    }
}

fn share(part: u64, whole: u64) -> u64 {
    (part * 1000 + whole / 2).checked_div(whole).unwrap_or(1000)
}

/// Judges the records for which `chosen` holds.
#[must_use]
pub fn judge(found: &[u32], truth: &[u32], chosen: impl Fn(usize) -> bool) -> Judged {
    let mut sets: BTreeMap<u32, BTreeMap<u32, u64>> = BTreeMap::new();
    let mut persons: BTreeMap<u32, u64> = BTreeMap::new();
    for idx in (0..found.len()).filter(|idx| chosen(*idx)) {
        *sets.entry(found[idx]).or_default().entry(truth[idx]).or_default() += 1;
        *persons.entry(truth[idx]).or_default() += 1;
    }
    let pairs = |n: u64| n * n.saturating_sub(1) / 2;
    let mut judged = Judged { true_pairs: persons.values().map(|n| pairs(*n)).sum(), ..Judged::default() };
    for set in sets.values() {
        let size = set.values().sum();
        judged.right += set.values().map(|n| pairs(*n)).sum::<u64>();
        judged.joined += pairs(size);
        judged.mixed += u64::from(set.len() > 1);
        judged.sets += u64::from(size > 1);
        judged.largest = judged.largest.max(size);
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_made_partitions_have_the_figures_of_the_textbook() {
        // Persons {0,1,2} {3,4}; found {0,1} {2,3} {4}: of 2 joined pairs 1 is right, of 4 true pairs 1 is found.
        let truth = [0, 0, 0, 1, 1];
        let judged = judge(&[0, 0, 2, 2, 4], &truth, |_| true);
        assert_eq!((judged.right, judged.joined, judged.true_pairs), (1, 2, 4));
        assert_eq!((judged.precision(), judged.recall(), judged.f1()), (500, 250, 333));
        assert_eq!((judged.mixed, judged.sets, judged.largest), (1, 2, 2));
        let perfect = judge(&[7, 7, 7, 9, 9], &truth, |_| true);
        assert_eq!((perfect.precision(), perfect.recall(), perfect.mixed), (1000, 1000, 0));
        let nothing = judge(&[0, 1, 2, 3, 4], &truth, |_| true);
        assert_eq!((nothing.precision(), nothing.recall(), nothing.f1()), (1000, 0, 0));
        let half = judge(&[0, 0, 2, 2, 4], &truth, |idx| idx < 2);
        assert_eq!((half.precision(), half.recall()), (1000, 1000));
    }
}
