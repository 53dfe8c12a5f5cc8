//! From weighted pairs to sets of records, so that a set holds together as a whole.
//!
//! First what is connected by pairs that speak for one person (union-find).
//! Inside each such component the signed graph is contracted greedily (GAEC, Keuper and others 2015): the two sets with
//! the greatest sum between them are joined while it is above zero, so that pairs that speak against it weigh in.
//! Pairs that were never compared are compared in a component of bearable size, and in a larger one count as a penalty.
//! Officers' decisions are hard: "same" is joined first, "not the same" is never joined.
//! Decisions that contradict each other (A = B, B = C, A ≠ C) are all kept and named; the "same" among them are
//! withheld, so that nothing is joined because of them.
//! Then each set is looked at for the thread it hangs on: where one dependence group alone holds two parts together,
//! they are cut when that is weak, and named when it is strong.
//! Ties are broken by weight, then by the lower and the higher record, so the order of the pairs does not matter.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};

/// The bit of evidence that has a second source beside its dependence group, so that it is no single thread.
pub const SECOND_SOURCE: u16 = 1 << 15;

/// A pair of records that was weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The lower record.
    pub a: u32,
    /// The higher record.
    pub b: u32,
    /// What it says for one person, above zero, or against, in thousandths of log10.
    pub millibans: i32,
    /// The dependence groups that speak for it, as bits.
    pub groups: u16,
}

/// What an officer decided of two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tie {
    /// One record.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Whether they are of one person.
    pub same: bool,
}

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// What a pair that was never compared counts in a component too large to compare all its pairs.
    pub absent: i32,
    /// The largest component in which all pairs are compared.
    pub complete: usize,
    /// The least that the strongest pair of a single thread must say for the thread to hold.
    pub thread: i32,
    /// A set of more records than this is named as a suspected hub.
    pub most: usize,
    /// What a pair counts at most: many pairs of the same records repeat each other.
    pub cap: i32,
}

impl Default for Rules {
    fn default() -> Self {
        Self { absent: -500, complete: 400, thread: 3000, most: 200, cap: 6000 }
    }
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// "Same" decisions lead from one record to another that a decision says is not the same: the whole way.
    Contradiction(Vec<u32>),
    /// Two parts of a set were held together by one dependence group, and weakly: they were cut.
    Cut(Thread),
    /// Two parts of a set are held together by one dependence group, strongly: they stay, named.
    SingleThread(Thread),
    /// A set is larger than a person's records are expected to be: something in it is shared by many.
    Hub {
        /// Its lowest record.
        set: u32,
        /// Its records.
        size: u32,
    },
}

/// What holds two parts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thread {
    /// The strongest pair between them.
    pub pair: (u32, u32),
    /// What it says.
    pub millibans: i32,
    /// The group, as a bit.
    pub group: u16,
}

/// Sets of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sets {
    /// For each record, the lowest record of its set.
    pub of: Vec<u32>,
    /// For each set of several, by its lowest record: how much better it is than the best other partition that takes
    /// one of its joins back or makes one more, in thousandths of log10.
    pub margins: BTreeMap<u32, i32>,
    /// What should be looked at, sorted.
    pub notes: Vec<Note>,
}

/// Joins `n` records. `weigh` compares two records that no edge has.
#[must_use]
pub fn cluster(
    n: usize,
    edges: &[Edge],
    ties: &[Tie],
    rules: Rules,
    weigh: &mut dyn FnMut(u32, u32) -> (i32, u16),
) -> Sets {
    let mut notes = Vec::new();
    let ties = consistent(ties, &mut notes);
    let root = components(n, edges, &ties);
    let mut sets = Sets { of: (0..n as u32).collect(), margins: BTreeMap::new(), notes };
    let mut members: Vec<(u32, u32)> =
        root.iter().enumerate().map(|(record, root)| (*root, record as u32)).collect();
    members.sort_unstable();
    let mut inside: Vec<(u32, Edge)> = edges
        .iter()
        .filter(|edge| root[edge.a as usize] == root[edge.b as usize])
        .map(|edge| (root[edge.a as usize], *edge))
        .collect();
    inside.sort_unstable();
    let mut tied: Vec<(u32, Tie)> = ties
        .iter()
        .filter(|tie| root[tie.a as usize] == root[tie.b as usize])
        .map(|tie| (root[tie.a as usize], *tie))
        .collect();
    tied.sort_unstable();
    let (mut inside, mut tied) = (&inside[..], &tied[..]);
    for component in members.chunk_by(|a, b| a.0 == b.0).filter(|component| component.len() > 1) {
        let root = component[0].0;
        let records: Vec<u32> = component.iter().map(|(_, record)| *record).collect();
        let edges: Vec<Edge> = of_root(&mut inside, root).iter().map(|(_, edge)| *edge).collect();
        let ties: Vec<Tie> = of_root(&mut tied, root).iter().map(|(_, tie)| *tie).collect();
        Component::new(records, edges, &ties, rules, weigh).split_into(&ties, rules, &mut sets);
    }
    sets.notes.sort();
    sets
}

/// For each of `n` records, the lowest that it is connected with by pairs that speak for one person or by decisions:
/// what is in one component is clustered without a look at the others.
#[must_use]
pub fn components(n: usize, edges: &[Edge], ties: &[Tie]) -> Vec<u32> {
    let mut union = Union::new(n);
    for edge in edges.iter().filter(|edge| edge.millibans > 0) {
        union.join(edge.a, edge.b);
    }
    for tie in ties.iter().filter(|tie| tie.same) {
        union.join(tie.a, tie.b);
    }
    (0..n as u32).map(|record| union.find(record)).collect()
}

/// The part of a list sorted by root that belongs to this one; what comes before has no set of several.
fn of_root<'a, T>(list: &mut &'a [(u32, T)], root: u32) -> &'a [(u32, T)] {
    let from = list.partition_point(|(of, _)| *of < root);
    let until = from + list[from..].partition_point(|(of, _)| *of == root);
    let found = &list[from..until];
    *list = &list[until..];
    found
}

/// The ties that can all hold; each contradiction is noted with its whole way, and its "same" ties are withheld.
fn consistent(ties: &[Tie], notes: &mut Vec<Note>) -> Vec<Tie> {
    let mut ties: Vec<Tie> =
        ties.iter().map(|tie| Tie { a: tie.a.min(tie.b), b: tie.a.max(tie.b), same: tie.same }).collect();
    ties.sort();
    ties.dedup();
    let mut beside: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for tie in ties.iter().filter(|tie| tie.same) {
        beside.entry(tie.a).or_default().push(tie.b);
        beside.entry(tie.b).or_default().push(tie.a);
    }
    let mut withheld = BTreeSet::new();
    for tie in ties.iter().filter(|tie| !tie.same) {
        let reached = way(&beside, tie.a);
        if reached.contains_key(&tie.b) {
            let mut back = vec![tie.b];
            while let Some(from) = reached[&back[back.len() - 1]] {
                back.push(from);
            }
            back.reverse();
            notes.push(Note::Contradiction(back));
            withheld.extend(reached.into_keys());
        }
    }
    ties.retain(|tie| !tie.same || !withheld.contains(&tie.a));
    ties
}

/// What can be reached, each with where it was reached from.
fn way(beside: &BTreeMap<u32, Vec<u32>>, start: u32) -> BTreeMap<u32, Option<u32>> {
    let mut reached = BTreeMap::from([(start, None)]);
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for next in beside.get(&at).into_iter().flatten() {
            if !reached.contains_key(next) {
                reached.insert(*next, Some(at));
                queue.push_back(*next);
            }
        }
    }
    reached
}

/// Records that are connected, with all that is known between them; records by their position.
struct Component {
    records: Vec<u32>,
    /// Edges by positions, lower first.
    edges: Vec<Edge>,
    /// What each absent pair counts.
    absent: i64,
}

/// What "not the same" counts: more than all else together.
const NEVER: i64 = -1_000_000_000_000;

impl Component {
    fn new(
        records: Vec<u32>,
        edges: Vec<Edge>,
        ties: &[Tie],
        rules: Rules,
        weigh: &mut dyn FnMut(u32, u32) -> (i32, u16),
    ) -> Self {
        let place = |record: u32| {
            records.binary_search(&record).expect("an edge's records are in its component") as u32
        };
        let complete = records.len() <= rules.complete;
        let mut edges: Vec<Edge> =
            edges.iter().map(|edge| Edge { a: place(edge.a), b: place(edge.b), ..*edge }).collect();
        edges.sort_unstable();
        edges.dedup_by_key(|edge| (edge.a, edge.b));
        if complete && edges.len() < records.len() * (records.len() - 1) / 2 {
            let mut known = edges.iter().map(|edge| (edge.a, edge.b)).peekable();
            let mut more = Vec::new();
            for a in 0..records.len() as u32 {
                for b in a + 1..records.len() as u32 {
                    if known.next_if_eq(&(a, b)).is_none() {
                        let (millibans, groups) = weigh(records[a as usize], records[b as usize]);
                        more.push(Edge { a, b, millibans, groups });
                    }
                }
            }
            edges.extend(more);
            edges.sort_unstable();
        }
        debug_assert!(ties.iter().all(|tie| records.contains(&tie.a)));
        Self { records, edges, absent: i64::from(rules.absent) }
    }

    fn split_into(&self, ties: &[Tie], rules: Rules, sets: &mut Sets) {
        let mut graph = Graph::new(self, ties, rules);
        graph.contract();
        let mut parts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for place in 0..self.records.len() as u32 {
            parts.entry(graph.union.find(place)).or_default().push(place);
        }
        let joined: Vec<(u32, u32)> =
            ties.iter().filter(|tie| tie.same).map(|tie| (self.place(tie.a), self.place(tie.b))).collect();
        for (root, places) in parts.into_iter().filter(|(_, places)| places.len() > 1) {
            let margin = graph.margin(root);
            let whole = places.len();
            for part in self.without_threads(places, &joined, rules, &mut sets.notes) {
                let first = self.records[part[0] as usize];
                for place in &part {
                    sets.of[self.records[*place as usize] as usize] = first;
                }
                if part.len() > 1 {
                    // A part that was cut off has the margin of its own pairs, not of the set that it was in.
                    let margin = if part.len() == whole { margin } else { margin.min(rules.thread) };
                    sets.margins.insert(first, margin);
                }
                if part.len() > rules.most {
                    sets.notes.push(Note::Hub { set: first, size: part.len() as u32 });
                }
            }
        }
    }

    fn place(&self, record: u32) -> u32 {
        self.records.binary_search(&record).expect("a tie's records are in its component") as u32
    }

    /// Cuts a set where one dependence group alone, weakly, holds two parts of it together.
    fn without_threads(
        &self,
        places: Vec<u32>,
        joined: &[(u32, u32)],
        rules: Rules,
        notes: &mut Vec<Note>,
    ) -> Vec<Vec<u32>> {
        let inside = |edge: &&Edge| {
            edge.millibans > 0
                && places.binary_search(&edge.a).is_ok()
                && places.binary_search(&edge.b).is_ok()
        };
        let edges: Vec<&Edge> = self.edges.iter().filter(inside).collect();
        let groups = edges.iter().fold(0, |groups, edge| groups | edge.groups);
        for group in (0..16).map(|bit| 1_u16 << bit).filter(|group| groups & group != 0) {
            let mut union = Union::new(self.records.len());
            for edge in edges.iter().filter(|edge| edge.groups & !group != 0) {
                union.join(edge.a, edge.b);
            }
            for (a, b) in joined {
                union.join(*a, *b);
            }
            let across = edges.iter().filter(|edge| union.find(edge.a) != union.find(edge.b));
            let Some(strongest) = across.max_by_key(|edge| (edge.millibans, Reverse((edge.a, edge.b))))
            else {
                continue;
            };
            let record = |place: u32| self.records[place as usize];
            let thread = Thread {
                pair: (record(strongest.a), record(strongest.b)),
                millibans: strongest.millibans,
                group,
            };
            if strongest.millibans >= rules.thread {
                notes.push(Note::SingleThread(thread));
                continue;
            }
            notes.push(Note::Cut(thread));
            let mut parts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for place in &places {
                parts.entry(union.find(*place)).or_default().push(*place);
            }
            return parts
                .into_values()
                .flat_map(|part| self.without_threads(part, joined, rules, notes))
                .collect();
        }
        vec![places]
    }
}

/// A signed graph under contraction.
struct Graph {
    union: Union,
    size: Vec<i64>,
    /// For each set by its lowest place: the sum to each other set, and over how many pairs.
    beside: Vec<BTreeMap<u32, (i64, i64)>>,
    version: Vec<u32>,
    absent: i64,
    /// The weakest join that each set was made by.
    weakest: Vec<i64>,
}

impl Graph {
    fn new(component: &Component, ties: &[Tie], rules: Rules) -> Self {
        let n = component.records.len();
        let mut graph = Self {
            union: Union::new(n),
            size: vec![1; n],
            beside: vec![BTreeMap::new(); n],
            version: vec![0; n],
            absent: component.absent,
            weakest: vec![i64::MAX; n],
        };
        for edge in &component.edges {
            let weight = i64::from(edge.millibans.min(rules.cap));
            graph.beside[edge.a as usize].insert(edge.b, (weight, 1));
            graph.beside[edge.b as usize].insert(edge.a, (weight, 1));
        }
        for tie in ties.iter().filter(|tie| !tie.same) {
            let (a, b) = (component.place(tie.a), component.place(tie.b));
            graph.beside[a as usize].entry(b).or_default().0 += NEVER;
            graph.beside[b as usize].entry(a).or_default().0 += NEVER;
        }
        for tie in ties.iter().filter(|tie| tie.same) {
            let (a, b) = (graph.union.find(component.place(tie.a)), graph.union.find(component.place(tie.b)));
            if a != b {
                graph.join(a.min(b), a.max(b));
            }
        }
        graph
    }

    fn weight(&self, a: u32, b: u32) -> Option<i64> {
        let (sum, n) = self.beside[a as usize].get(&b)?;
        Some(sum + self.absent * (self.size[a as usize] * self.size[b as usize] - n))
    }

    fn contract(&mut self) {
        let mut heap = BinaryHeap::new();
        for a in 0..self.size.len() as u32 {
            self.put(&mut heap, a, |b| b > a);
        }
        while let Some((weight, Reverse(a), Reverse(b), of_a, of_b)) = heap.pop() {
            if self.version[a as usize] != of_a || self.version[b as usize] != of_b {
                continue;
            }
            self.join(a, b);
            self.weakest[a as usize] = self.weakest[a as usize].min(weight);
            self.put(&mut heap, a, |_| true);
        }
    }

    fn put(&self, heap: &mut BinaryHeap<Join>, a: u32, which: impl Fn(u32) -> bool) {
        for b in self.beside[a as usize].keys().copied().filter(|b| which(*b)) {
            let weight = self.weight(a, b).expect("it is beside it");
            if weight > 0 {
                let (low, high) = (a.min(b), a.max(b));
                let versions = (self.version[low as usize], self.version[high as usize]);
                heap.push((weight, Reverse(low), Reverse(high), versions.0, versions.1));
            }
        }
    }

    /// Joins the higher set into the lower.
    fn join(&mut self, low: u32, high: u32) {
        self.union.join(low, high);
        for (other, (sum, n)) in std::mem::take(&mut self.beside[high as usize]) {
            self.beside[other as usize].remove(&high);
            if other != low {
                for (a, b) in [(low, other), (other, low)] {
                    let kept = self.beside[a as usize].entry(b).or_default();
                    *kept = (kept.0 + sum, kept.1 + n);
                }
            }
        }
        self.size[low as usize] += self.size[high as usize];
        self.weakest[low as usize] = self.weakest[low as usize].min(self.weakest[high as usize]);
        self.version[low as usize] += 1;
        self.version[high as usize] = u32::MAX;
    }

    /// How much worse the best partition is that takes a join of this set back, or joins it with another.
    fn margin(&self, set: u32) -> i32 {
        let further = self.beside[set as usize].keys().filter_map(|other| self.weight(set, *other)).max();
        let margin = self.weakest[set as usize].min(further.map_or(i64::MAX, |weight| -weight));
        i32::try_from(margin).unwrap_or(i32::MAX)
    }
}

/// A join that may be made: weight, lower set, higher set, and the versions of both at which it was weighed.
type Join = (i64, Reverse<u32>, Reverse<u32>, u32, u32);

/// Sets that only grow; the lowest member stands for its set, whatever the order of joins.
struct Union {
    parent: Vec<u32>,
}

impl Union {
    fn new(n: usize) -> Self {
        Self { parent: (0..n as u32).collect() }
    }

    fn find(&mut self, mut record: u32) -> u32 {
        while self.parent[record as usize] != record {
            let above = self.parent[self.parent[record as usize] as usize];
            self.parent[record as usize] = above;
            record = above;
        }
        record
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: u16 = 1;
    const B: u16 = 2;

    fn edge(a: u32, b: u32, millibans: i32, groups: u16) -> Edge {
        Edge { a, b, millibans, groups }
    }

    fn tie(a: u32, b: u32, same: bool) -> Tie {
        Tie { a, b, same }
    }

    /// Clusters where every pair that has no edge speaks against, by this much.
    fn sets(n: usize, edges: &[Edge], ties: &[Tie], otherwise: i32) -> Sets {
        cluster(n, edges, ties, Rules::default(), &mut |_, _| (otherwise, 0))
    }

    #[test]
    fn one_wrong_pair_does_not_join_two_persons() {
        let both = A | B;
        let edges = [
            edge(0, 1, 4000, both),
            edge(0, 2, 4000, both),
            edge(1, 2, 4000, both),
            edge(2, 3, 1000, both),
            edge(3, 4, 4000, both),
            edge(3, 5, 4000, both),
            edge(4, 5, 4000, both),
        ];
        let found = sets(6, &edges, &[], -1500);
        assert_eq!(found.of, [0, 0, 0, 3, 3, 3]);
        assert!(found.margins.values().all(|margin| *margin > 0));
        assert_eq!(
            sets(6, &edges, &[], 0).of,
            [0; 6],
            "without what speaks against, everything hangs together"
        );
    }

    #[test]
    fn a_pair_that_was_never_compared_counts_as_a_penalty_in_a_large_component() {
        let edges: Vec<Edge> = (0..9).map(|a| edge(a, a + 1, 1000, A | B)).collect();
        let rules = Rules { complete: 2, absent: -600, ..Rules::default() };
        let found = cluster(10, &edges, &[], rules, &mut |_, _| panic!("nothing is compared"));
        assert!(found.of.iter().collect::<BTreeSet<_>>().len() > 1, "{:?}", found.of);
    }

    #[test]
    fn an_officer_s_decisions_hold_whatever_the_pairs_say() {
        let edges = [edge(0, 1, 6000, A | B), edge(1, 2, 6000, A | B), edge(0, 2, 6000, A | B)];
        assert_eq!(sets(3, &edges, &[], 0).of, [0, 0, 0]);
        let apart = sets(3, &edges, &[tie(2, 0, false)], 0);
        assert_ne!(apart.of[0], apart.of[2]);
        assert_eq!(sets(3, &[], &[tie(0, 2, true)], -2500).of, [0, 1, 0]);
        let both = sets(4, &edges, &[tie(0, 3, true), tie(3, 2, false)], -2500);
        assert_eq!(both.of[3], both.of[0]);
        assert_ne!(both.of[3], both.of[2]);
    }

    #[test]
    fn decisions_in_a_circle_are_named_and_join_nothing() {
        let ties = [tie(0, 1, true), tie(1, 2, true), tie(0, 2, false), tie(3, 4, true)];
        let found = sets(5, &[], &ties, -2500);
        assert_eq!(found.of, [0, 1, 2, 3, 3]);
        assert_eq!(found.notes, [Note::Contradiction(vec![0, 1, 2])]);
    }

    #[test]
    fn a_weak_single_thread_is_cut_and_a_strong_one_is_named() {
        for (strength, cut) in [(2500, true), (5000, false)] {
            let edges =
                [edge(0, 1, 5000, A | B), edge(1, 2, strength, A), edge(2, 3, 5000, A | B), edge(0, 2, 0, 0)];
            let found = sets(4, &edges, &[], 0);
            let thread = Thread { pair: (1, 2), millibans: strength, group: A };
            if cut {
                assert_eq!((found.of, found.notes), (vec![0, 0, 2, 2], vec![Note::Cut(thread)]));
            } else {
                assert_eq!((found.of, found.notes), (vec![0; 4], vec![Note::SingleThread(thread)]));
            }
        }
    }

    #[test]
    fn a_set_larger_than_a_person_s_records_is_a_suspected_hub() {
        let edges: Vec<Edge> = (1..300).map(|b| edge(0, b, 4000, A | B)).collect();
        let found = sets(300, &edges, &[], 0);
        assert_eq!(found.notes, [Note::Hub { set: 0, size: 300 }]);
    }

    #[test]
    fn the_order_of_pairs_and_decisions_does_not_matter_and_sets_never_cross_components() {
        let mut state = 11_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for round in 0..200 {
            let n = 12;
            let mut edges: BTreeMap<(u32, u32), Edge> = BTreeMap::new();
            for _ in 0..20 {
                let (a, b) = (next(n) as u32, next(n) as u32);
                if a != b {
                    let (a, b) = (a.min(b), a.max(b));
                    edges.insert((a, b), edge(a, b, next(8) as i32 * 1000 - 3000, next(4) as u16));
                }
            }
            let mut edges: Vec<Edge> = edges.into_values().collect();
            let mut ties = vec![tie(next(6) as u32, 6 + next(6) as u32, true), tie(0, 11, false)];
            let otherwise = next(3) as i32 * -700;
            let found = sets(n as usize, &edges, &ties, otherwise);
            for idx in (1..edges.len()).rev() {
                edges.swap(idx, next(idx as u64 + 1) as usize);
            }
            ties.reverse();
            assert_eq!(sets(n as usize, &edges, &ties, otherwise), found, "round {round}");
            let mut union = Union::new(n as usize);
            edges.iter().filter(|edge| edge.millibans > 0).for_each(|edge| union.join(edge.a, edge.b));
            ties.iter().filter(|tie| tie.same).for_each(|tie| union.join(tie.a, tie.b));
            for (record, set) in found.of.iter().enumerate() {
                assert_eq!(union.find(record as u32), union.find(*set), "round {round}");
                assert!(*set <= record as u32 && found.of[*set as usize] == *set);
            }
            assert_ne!(found.of[0], found.of[11], "round {round}");
        }
    }
}
