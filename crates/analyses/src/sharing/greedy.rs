//! Which peers add most files to what the peers before them have: greedy maximum coverage.
//!
//! To choose the k peers that have most files together is NP-hard; the greedy choice has at least 1 − 1/e (63 %) of the
//! most that any k peers have (Nemhauser, Wolsey and Fisher 1978). What a peer adds only falls as others are chosen, so
//! what it added once bounds what it adds now, and most peers need no second look (Minoux 1978).

/// Files of peers, in the order of their positions.
#[derive(Debug, Default)]
pub struct Lists {
    /// Each peer's position among all, and where its files begin.
    entries: Vec<(u32, u32)>,
    files: Vec<u32>,
    /// Peers with fewer files are not among them.
    least: usize,
    /// The most files that are kept of all.
    most: usize,
}

/// Numbers of files that are kept: four bytes each.
const MOST_FILES: usize = 48 << 20;

/// Peers that are kept: eight bytes each.
const MOST_PEERS: usize = 16 << 20;

impl Lists {
    /// No peer yet.
    pub fn new() -> Self {
        Self { least: 1, most: MOST_FILES, ..Self::default() }
    }

    /// Adds a peer; positions ascend. Where room ends, the peers with the fewest files go.
    pub fn add(&mut self, position: u32, files: impl ExactSizeIterator<Item = u32>) {
        if files.len() < self.least {
            return;
        }
        self.entries.push((position, self.files.len() as u32));
        self.files.extend(files);
        while self.files.len() > self.most || self.entries.len() > MOST_PEERS {
            self.least += self.least.div_ceil(2);
            self.drop_small();
        }
    }

    fn drop_small(&mut self) {
        let (mut entries, mut end) = (Vec::with_capacity(self.entries.len()), 0);
        for at in 0..self.entries.len() {
            let files = self.range(at);
            if files.len() >= self.least {
                entries.push((self.entries[at].0, end as u32));
                let n_files = files.len();
                self.files.copy_within(files, end);
                end += n_files;
            }
        }
        self.entries = entries;
        self.files.truncate(end);
    }

    fn range(&self, at: usize) -> std::ops::Range<usize> {
        let end = self.entries.get(at + 1).map_or(self.files.len(), |(_, start)| *start as usize);
        self.entries[at].1 as usize..end
    }

    /// The files of a peer by its place in the list.
    fn of(&self, at: usize) -> &[u32] {
        &self.files[self.range(at)]
    }

    /// The files of a peer by its position among all, if they are kept.
    pub fn find(&self, position: u32) -> Option<&[u32]> {
        self.entries.binary_search_by_key(&position, |(position, _)| *position).ok().map(|at| self.of(at))
    }

    /// Peers with fewer files than this were not kept.
    pub fn least(&self) -> usize {
        self.least
    }

    /// The peers with most files, most first; of equal ones the one of the lesser position.
    pub fn largest(&self, n_peers: usize) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        let key = |at: &usize| (std::cmp::Reverse(self.range(*at).len()), *at);
        if order.len() > n_peers {
            order.select_nth_unstable_by_key(n_peers, key);
            order.truncate(n_peers);
        }
        order.sort_unstable_by_key(key);
        order.into_iter().map(|at| self.entries[at].0).collect()
    }

    /// The first `n_peers` of the greedy choice, each with how many files it adds; of equal ones the one of the lesser
    /// position. It ends where nobody kept adds as many files as a peer that was not kept might.
    pub fn greedy(&self, n_files: usize, n_peers: usize) -> Vec<(u32, u32)> {
        let largest = (0..self.entries.len()).map(|at| self.range(at).len()).max().unwrap_or_default();
        let mut by_bound: Vec<Vec<u32>> = vec![Vec::new(); largest + 1];
        for at in 0..self.entries.len() {
            by_bound[self.range(at).len()].push(at as u32);
        }
        let mut covered = vec![false; n_files];
        let mut chosen = Vec::new();
        for bound in (self.least.max(1)..=largest).rev() {
            let mut peers = std::mem::take(&mut by_bound[bound]);
            peers.sort_unstable();
            for at in peers {
                let files = self.of(at as usize);
                let adds = files.iter().filter(|file| !covered[**file as usize]).count();
                if adds < bound {
                    by_bound[adds].push(at);
                    continue;
                }
                files.iter().for_each(|file| covered[*file as usize] = true);
                chosen.push((self.entries[at as usize].0, adds as u32));
                if chosen.len() == n_peers {
                    return chosen;
                }
            }
        }
        chosen
    }
}

/// How many of the files that have a peer still have one when the first peers of a ranking are gone: for each of these
/// numbers of peers. `peers_of` is the number of peers of each file.
pub fn left_after<'a>(
    ranking: impl Iterator<Item = &'a [u32]>,
    peers_of: &[u32],
    at: &[usize],
) -> Vec<(usize, u64)> {
    let mut left = peers_of.iter().filter(|n_peers| **n_peers > 0).count() as u64;
    let mut gone = vec![0_u32; peers_of.len()];
    let mut points = Vec::new();
    let mut wanted = at.iter().copied().peekable();
    let mut tell = |n_gone: usize, left: u64| {
        if wanted.next_if_eq(&n_gone).is_some() {
            points.push((n_gone, left));
        }
    };
    tell(0, left);
    for (n_before, files) in ranking.enumerate() {
        for file in files {
            gone[*file as usize] += 1;
            left -= u64::from(gone[*file as usize] == peers_of[*file as usize]);
        }
        tell(n_before + 1, left);
    }
    points
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lists(of_peers: &[Vec<u32>]) -> Lists {
        let mut lists = Lists::new();
        for (position, files) in (0..).zip(of_peers) {
            lists.add(position, files.iter().copied());
        }
        lists
    }

    /// The greedy choice by its definition.
    fn plain(of_peers: &[Vec<u32>]) -> Vec<(u32, u32)> {
        let (mut covered, mut chosen) = (std::collections::BTreeSet::<u32>::new(), Vec::new());
        loop {
            let adds = |files: &Vec<u32>| files.iter().filter(|file| !covered.contains(*file)).count() as u32;
            let best =
                (0..).zip(of_peers).map(|(position, files)| (adds(files), std::cmp::Reverse(position)));
            match best.max() {
                Some((adds, std::cmp::Reverse(position))) if adds > 0 => {
                    covered.extend(&of_peers[position as usize]);
                    chosen.push((position, adds));
                }
                _ => return chosen,
            }
        }
    }

    proptest! {
        #[test]
        fn the_lazy_choice_is_the_greedy_one(
            of_peers in proptest::collection::vec(proptest::collection::btree_set(0_u32..40, 0..12), 0..30),
        ) {
            let of_peers: Vec<Vec<u32>> = of_peers.into_iter().map(|files| files.into_iter().collect()).collect();
            let expected = plain(&of_peers);
            prop_assert_eq!(lists(&of_peers).greedy(40, 1000), expected.clone());
            prop_assert_eq!(lists(&of_peers).greedy(40, 2), expected[..expected.len().min(2)].to_vec());
        }

        #[test]
        fn what_is_left_is_what_the_others_have(
            of_peers in proptest::collection::vec(proptest::collection::btree_set(0_u32..20, 1..6), 1..15),
        ) {
            let of_peers: Vec<Vec<u32>> = of_peers.into_iter().map(|files| files.into_iter().collect()).collect();
            let mut peers_of = vec![0; 20];
            of_peers.iter().flatten().for_each(|file| peers_of[*file as usize] += 1);
            let at: Vec<usize> = (0..=of_peers.len()).collect();
            let points = left_after(of_peers.iter().map(Vec::as_slice), &peers_of, &at);
            for (n_gone, left) in points {
                let others: std::collections::BTreeSet<_> = of_peers[n_gone..].iter().flatten().collect();
                prop_assert_eq!(left, others.len() as u64);
            }
        }
    }

    #[test]
    fn where_room_ends_the_smallest_go_and_the_choice_stays_sound() {
        let of_peers: Vec<Vec<u32>> =
            (0..200).map(|n| (0..1 + n % 37).map(|file| file * 7 + n).collect()).collect();
        let mut small = Lists { most: 2_000, ..Lists::new() };
        for (position, files) in (0..).zip(&of_peers) {
            small.add(position, files.iter().copied());
        }
        assert!(small.least() > 1 && small.files.len() <= 2_000);
        let (some, all) = (small.greedy(2_000, 1_000), lists(&of_peers).greedy(2_000, 1_000));
        assert!(some.len() > 2 && some == all[..some.len()], "{some:?}");
        assert_eq!(small.largest(5), lists(&of_peers).largest(5));
        assert_eq!(small.find(36), Some(of_peers[36].as_slice()));
        assert_eq!(small.find(0), None);
    }
}
