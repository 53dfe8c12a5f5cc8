//! The Merkle tree as it grows (RFC 9162 section 2.1): its root at any moment, and proofs between two moments.
//!
//! Every function asks for hashes of *complete subtrees* and for nothing else, because those are what a log keeps in
//! its tiles. Where they come from, a slice of leaves or files, is the caller's matter.

use crate::merkle::{EMPTY, Hash, Proof, node, root};

/// A tree that only grows. It keeps one hash for each binary digit of its size, not the leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The complete subtrees that the leaves fall into, the largest first.
    frontier: Vec<Hash>,
}

impl Tree {
    /// A tree of so many leaves, from the hashes of the complete subtrees that they fall into, the largest first.
    ///
    /// None when these are not as many as the size has binary ones.
    #[must_use]
    pub fn resume(size: u64, frontier: Vec<Hash>) -> Option<Self> {
        (frontier.len() == size.count_ones() as usize).then_some(Self { size, frontier })
    }

    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.frontier.pop().expect("a subtree for each binary one of the size");
            hash = node(left, hash);
        }
        self.frontier.push(hash);
        self.size += 1;
    }

    /// The root over the leaves so far (RFC 9162 section 2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(self.frontier.iter().copied()).unwrap_or(EMPTY)
    }
}

/// A complete subtree: the leaves from `index * 2^level` up to `(index + 1) * 2^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subtree {
    /// How many levels of nodes lie above its leaves.
    pub level: u8,
    /// How many subtrees of this size lie left of it.
    pub index: u64,
}

/// A subtree whose hash is not at hand, because its leaves are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no hash at level {}, index {}", .0.level, .0.index)]
pub struct Missing(pub Subtree);

/// Computes the hashes of subtrees from the hashes of all leaves.
pub fn of_leaves(leaves: &[Hash]) -> impl Fn(Subtree) -> Result<Hash, Missing> {
    |subtree| {
        let missing = Missing(subtree);
        let width = 1_usize.checked_shl(u32::from(subtree.level)).ok_or(missing)?;
        let start = usize::try_from(subtree.index).ok().and_then(|index| index.checked_mul(width));
        let start = start.ok_or(missing)?;
        let end = start.checked_add(width).ok_or(missing)?;
        leaves.get(start..end).map(root).ok_or(missing)
    }
}

/// The root that the tree had at this size (RFC 9162 section 2.1.1).
///
/// # Errors
/// What the source says when it does not have a hash.
pub fn root_at<E>(size: u64, source: impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
    if size == 0 { Ok(EMPTY) } else { range(0, size, source) }
}

/// What shows that the leaf at `seq` is in the tree of this size (RFC 9162 section 2.1.3.1).
///
/// None when the tree has no such leaf.
///
/// # Errors
/// What the source says when it does not have a hash.
pub fn prove_inclusion<E>(
    seq: u64,
    size: u64,
    mut source: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Option<Proof>, E> {
    if seq >= size {
        return Ok(None);
    }
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if seq < middle {
            path.push(range(middle, end, &mut source)?);
            end = middle;
        } else {
            path.push(range(start, middle, &mut source)?);
            start = middle;
        }
    }
    path.reverse();
    let leaf = source(Subtree { level: 0, index: seq })?;
    Ok(Some(Proof { seq, size, leaf, path }))
}

/// What shows that a tree only grew from one size to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The size that it had.
    pub from: u64,
    /// The size that it has.
    pub to: u64,
    /// The hashes from which both roots are made, in the order of RFC 9162.
    pub path: Vec<Hash>,
}

/// What shows that the tree of size `to` begins with the tree of size `from` (RFC 9162 section 2.1.4.1).
///
/// The path is empty where there is nothing to show: from an empty tree, and between equal sizes.
/// None when `from` is the larger one.
///
/// # Errors
/// What the source says when it does not have a hash.
pub fn prove_consistency<E>(
    from: u64,
    to: u64,
    mut source: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Option<Consistency>, E> {
    if from > to {
        return Ok(None);
    }
    let mut path = Vec::new();
    if from > 0 && from < to {
        let (mut start, mut end) = (0, to);
        while end > from {
            let middle = start + split(end - start);
            if from <= middle {
                path.push(range(middle, end, &mut source)?);
                end = middle;
            } else {
                path.push(range(start, middle, &mut source)?);
                start = middle;
            }
        }
        // Whoever checks knows the hash of what the earlier tree was as a whole.
        if start > 0 {
            path.push(range(start, end, &mut source)?);
        }
        path.reverse();
    }
    Ok(Some(Consistency { from, to, path }))
}

impl Consistency {
    /// Whether the tree with the root `to` begins with the tree with the root `from` (RFC 9162 section 2.1.4.2).
    #[must_use]
    pub fn holds(&self, from: Hash, to: Hash) -> bool {
        if self.from == 0 {
            return self.path.is_empty() && from == EMPTY && (self.to > 0 || to == EMPTY);
        }
        if self.from >= self.to {
            return self.from == self.to && self.path.is_empty() && from == to;
        }
        let (first, rest) = match self.path.split_first() {
            Some(_) if self.from.is_power_of_two() => (from, self.path.as_slice()),
            Some((first, rest)) => (*first, rest),
            None => return false,
        };
        let shift = (self.from - 1).trailing_ones();
        let (mut position, mut last) = ((self.from - 1) >> shift, (self.to - 1) >> shift);
        let (mut earlier, mut later) = (first, first);
        for beside in rest {
            if last == 0 {
                return false;
            }
            if position & 1 == 1 || position == last {
                (earlier, later) = (node(*beside, earlier), node(*beside, later));
                while position & 1 == 0 && position != 0 {
                    (position, last) = (position >> 1, last >> 1);
                }
            } else {
                later = node(later, *beside);
            }
            (position, last) = (position >> 1, last >> 1);
        }
        last == 0 && earlier == from && later == to
    }
}

/// The hash over the leaves from `start` up to `end`, where some tree has them under one node.
fn range<E>(start: u64, end: u64, mut source: impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
    let mut parts = Vec::with_capacity(64);
    let mut start = start;
    while start < end {
        let level = (end - start).ilog2();
        parts.push(source(Subtree { level: level as u8, index: start >> level })?);
        start += 1 << level;
    }
    Ok(fold(parts.into_iter()).unwrap_or(EMPTY))
}

/// The node over complete subtrees that lie side by side and become smaller.
pub(crate) fn fold(subtrees: impl DoubleEndedIterator<Item = Hash>) -> Option<Hash> {
    subtrees.rev().reduce(|right, left| node(left, right))
}

/// The largest power of two below a number of leaves, which is at least 2.
fn split(n_leaves: u64) -> u64 {
    1 << (n_leaves - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|seq| leaf(&seq.to_be_bytes())).collect()
    }

    #[test]
    fn a_tree_has_at_every_size_the_root_of_its_leaves() {
        let leaves = leaves(600);
        let mut tree = Tree::default();
        for size in 0..=600 {
            let expected = root(&leaves[..size]);
            assert_eq!(tree.root(), expected, "{size}");
            assert_eq!(root_at(size as u64, of_leaves(&leaves)), Ok(expected), "{size}");
            assert_eq!(Tree::resume(tree.size(), tree.frontier.clone()).as_ref(), Some(&tree));
            leaves.get(size).into_iter().for_each(|leaf| tree.push(*leaf));
        }
        assert_eq!(Tree::resume(3, vec![EMPTY]), None);
        let beyond = Missing(Subtree { level: 9, index: 1 });
        assert_eq!(root_at(601, of_leaves(&leaves)).map_err(|missing| missing.0.index), Err(600));
        assert_eq!(of_leaves(&leaves)(beyond.0), Err(beyond));
        assert!(of_leaves(&leaves)(Subtree { level: 255, index: u64::MAX }).is_err());
    }

    #[test]
    fn an_inclusion_proof_holds_for_every_leaf_of_every_size() {
        let leaves = leaves(70);
        for size in 0..=70 {
            for seq in 0..=size {
                let proof = prove_inclusion(seq, size, of_leaves(&leaves)).expect("all leaves are there");
                let head = root(&leaves[..size as usize]);
                assert_eq!(
                    proof.map(|proof| proof.holds(head)),
                    (seq < size).then_some(true),
                    "{seq} of {size}"
                );
            }
        }
    }

    #[test]
    fn a_consistency_proof_holds_for_its_two_roots_only() {
        let leaves = leaves(41);
        let root = |size: u64| root(&leaves[..size as usize]);
        for to in 0..=40 {
            assert_eq!(prove_consistency(to + 1, to, of_leaves(&leaves)), Ok(None));
            for from in 0..=to {
                let proof = prove_consistency(from, to, of_leaves(&leaves)).expect("all leaves are there");
                let proof = proof.expect("it grew");
                assert!(proof.holds(root(from), root(to)), "{from} to {to}");
                assert!(!proof.holds(leaf(b"other"), root(to)), "{from} to {to}");
                if from > 0 {
                    assert!(!proof.holds(root(from), leaf(b"other")), "{from} to {to}");
                }
                let longer =
                    Consistency { path: [proof.path.clone(), vec![EMPTY]].concat(), ..proof.clone() };
                assert!(!longer.holds(root(from), root(to)), "{from} to {to}");
                if !proof.path.is_empty() {
                    let shorter = Consistency { path: proof.path[1..].to_vec(), ..proof };
                    assert!(!shorter.holds(root(from), root(to)), "{from} to {to}");
                }
            }
        }
    }

    #[test]
    fn the_examples_of_rfc_9162_have_the_paths_that_it_names() {
        // Section 2.1.5 draws the tree of seven leaves with the nodes a to l.
        let leaves = leaves(7);
        let [a, b, c, d, e, f, j] = [0, 1, 2, 3, 4, 5, 6].map(|seq| leaves[seq]);
        let (g, h, i) = (node(a, b), node(c, d), node(e, f));
        let (k, l) = (node(g, h), node(i, j));
        let path =
            |seq| prove_inclusion(seq, 7, of_leaves(&leaves)).map(|proof| proof.map(|proof| proof.path));
        assert_eq!(path(0), Ok(Some(vec![b, h, l])));
        assert_eq!(path(3), Ok(Some(vec![c, g, l])));
        assert_eq!(path(4), Ok(Some(vec![f, j, k])));
        assert_eq!(path(6), Ok(Some(vec![i, k])));
        let path =
            |from| prove_consistency(from, 7, of_leaves(&leaves)).map(|proof| proof.map(|proof| proof.path));
        assert_eq!(path(3), Ok(Some(vec![c, d, g, l])));
        assert_eq!(path(4), Ok(Some(vec![l])));
        assert_eq!(path(6), Ok(Some(vec![i, j, k])));
    }

    #[test]
    fn a_proof_of_huge_sizes_is_refused_and_does_not_panic() {
        for (from, to) in [(u64::MAX, u64::MAX), (1, u64::MAX), (u64::MAX - 1, u64::MAX), (1 << 63, u64::MAX)]
        {
            let proof = Consistency { from, to, path: vec![EMPTY; 3] };
            assert!(!proof.holds(EMPTY, EMPTY));
        }
    }
}
