//! Look-ups that came in any order, brought together by prefix before they are made.

use super::{Index, Seen};

/// Collects look-ups until there are enough of near prefixes, so that the leases that they meet are at hand.
pub struct Probes<'a> {
    index: &'a Index,
    /// Look-ups that wait, by ranges of groups.
    waiting: Vec<Vec<Probe>>,
    /// Groups are divided by two to the power of this.
    shift: u32,
    /// How many wait at most in each range.
    most: usize,
}

/// A look-up in one group.
#[derive(Clone, Copy)]
struct Probe {
    low_us: i64,
    high_us: i64,
    id: u64,
    group: u32,
    /// The port, or [`NO_PORT`].
    port: u32,
}

const NO_PORT: u32 = u32::MAX;

/// Leases of a range of groups, more or less: what a core keeps near.
const NEAR: usize = 8_192;
/// The most ranges.
const RANGES: usize = 1_024;
/// The bytes of memory that waiting look-ups take, where nothing else is said.
const MEMORY: usize = 32 << 20;

impl<'a> Probes<'a> {
    /// No look-ups.
    #[must_use]
    pub fn new(index: &'a Index) -> Self {
        Self::within(index, MEMORY)
    }

    /// No look-ups; those that wait may take so many bytes of memory, or one for each range of groups.
    pub(super) fn within(index: &'a Index, memory: usize) -> Self {
        let wanted = index.len().div_ceil(NEAR).clamp(1, RANGES);
        let mut shift = 0;
        while index.n_groups() >> shift >= wanted.max(2) {
            shift += 1;
        }
        let n_ranges = (index.n_groups() >> shift) + 1;
        let most = (memory / size_of::<Probe>() / n_ranges).max(1);
        Self { index, waiting: vec![Vec::new(); n_ranges], shift, most }
    }

    /// Takes a look-up called `id`; `each` gets the id of a look-up, this one or one that waited, and that of a lease.
    pub fn push(&mut self, seen: &Seen, id: u64, each: &mut impl FnMut(u64, u32)) {
        let index = self.index;
        index.groups_of(seen.address).for_each(|group| self.push_in(group, seen, id, each));
    }

    /// The same within one group, whatever the address.
    pub(super) fn push_in(&mut self, group: u32, seen: &Seen, id: u64, each: &mut impl FnMut(u64, u32)) {
        let port = seen.port.map_or(NO_PORT, u32::from);
        let waiting = &mut self.waiting[(group >> self.shift) as usize];
        waiting.push(Probe { low_us: seen.low_us, high_us: seen.high_us, id, group, port });
        if waiting.len() >= self.most {
            make(self.index, waiting, each);
        }
    }

    /// Makes the look-ups that wait.
    pub fn finish(mut self, each: &mut impl FnMut(u64, u32)) {
        for waiting in &mut self.waiting {
            make(self.index, waiting, each);
        }
    }
}

fn make(index: &Index, waiting: &mut Vec<Probe>, each: &mut impl FnMut(u64, u32)) {
    let groups = || waiting.iter().map(|probe| probe.group);
    if let (Some(first), Some(last)) = (groups().min(), groups().max()) {
        index.fetch(first..last + 1, waiting.len());
    }
    for probe in waiting.drain(..) {
        let port = u16::try_from(probe.port).ok();
        index.in_group(probe.group, port, probe.low_us, probe.high_us, &mut |lease| each(probe.id, lease));
    }
}
