//! What changed between two versions of a list, entry by entry in the order of their first hashes.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::open::{Index, Stored};
use crate::lists::{Attributes, Hashes, Kind};

/// How a file stands in the later version, compared with the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It was not there.
    Added,
    /// It is not there any more, and nothing says that it was withdrawn.
    Missing,
    /// It is withdrawn, and was not.
    Withdrawn,
    /// It was withdrawn, and is not any more.
    Restored,
    /// Its category, series or flags are other ones.
    Changed,
}

impl Change {
    /// All changes.
    pub const ALL: [Self; 5] = [Self::Added, Self::Missing, Self::Withdrawn, Self::Restored, Self::Changed];

    /// The word that names it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Missing => "missing",
            Self::Withdrawn => "withdrawn",
            Self::Restored => "restored",
            Self::Changed => "changed",
        }
    }
}

/// A change of a file.
#[derive(Clone, Debug)]
pub struct Difference<'i> {
    /// What changed.
    pub change: Change,
    /// The hashes of the file, of the version that has it.
    pub hashes: Hashes,
    /// What the earlier version says of it; more than one where it has several entries.
    pub before: Vec<&'i Attributes>,
    /// What the later one says.
    pub after: Vec<&'i Attributes>,
}

/// Gives every change from one version to another. A file is known again by its first hash; when a version has a hash
/// less of it, so that its first hash is another one, the file is looked up by the others.
pub fn diff<'i>(
    before: &'i Index,
    after: &'i Index,
    take: &mut dyn FnMut(Difference<'i>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let (mut old, mut new) = (Groups::new(before), Groups::new(after));
    loop {
        let difference = match (&old.first(), &new.first()) {
            (None, None) => return ControlFlow::Continue(()),
            (Some(was), Some(is)) if was == is => {
                let (was, is) = (old.take(), new.take());
                compared(was.first().map_or(Hashes::default(), |stored| stored.hashes), &was, &is)
            }
            (Some(was), Some(is)) if was < is => one_sided(Change::Missing, &old.take(), after),
            (Some(_), None) => one_sided(Change::Missing, &old.take(), after),
            _ => one_sided(Change::Added, &new.take(), before),
        };
        if let Some(difference) = difference {
            take(difference)?;
        }
    }
}

/// A file whose first hash only one version has.
fn one_sided<'i>(change: Change, here: &[Stored<'i>], there: &'i Index) -> Option<Difference<'i>> {
    let hashes = here.first()?.hashes;
    let others: Vec<Stored<'i>> = there.look(&hashes, None).into_iter().map(|hit| hit.entry).collect();
    if others.is_empty() {
        let attributes = attributes(here);
        let (before, after) = match change {
            Change::Missing => (attributes, Vec::new()),
            _ => (Vec::new(), attributes),
        };
        return Some(Difference { change, hashes, before, after });
    }
    // The other version has the file under another first hash: it is compared once, from the earlier version's side.
    (change == Change::Missing).then(|| compared(hashes, here, &others)).flatten()
}

fn compared<'i>(hashes: Hashes, was: &[Stored<'i>], is: &[Stored<'i>]) -> Option<Difference<'i>> {
    let (before, after) = (attributes(was), attributes(is));
    let withdrawn = |all: &[&Attributes]| all.iter().all(|attributes| attributes.withdrawn.is_some());
    let change = match (withdrawn(&before), withdrawn(&after)) {
        (false, true) => Change::Withdrawn,
        (true, false) => Change::Restored,
        _ if before != after => Change::Changed,
        _ => return None,
    };
    Some(Difference { change, hashes, before, after })
}

/// What entries say, each once.
fn attributes<'i>(entries: &[Stored<'i>]) -> Vec<&'i Attributes> {
    entries.iter().map(|stored| stored.attributes).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The entries of an index, those of one first hash together.
struct Groups<'i> {
    index: &'i Index,
    next: u64,
    at_hand: Option<Stored<'i>>,
}

impl<'i> Groups<'i> {
    fn new(index: &'i Index) -> Self {
        let mut groups = Self { index, next: 0, at_hand: None };
        groups.advance();
        groups
    }

    /// Goes on to the next entry that can be read.
    fn advance(&mut self) {
        self.at_hand = None;
        while self.at_hand.is_none() && self.next < self.index.entries() {
            self.at_hand = self.index.entry(self.next).filter(|stored| !stored.hashes.is_empty());
            self.next += 1;
        }
    }

    fn first(&self) -> Option<(Kind, Vec<u8>)> {
        first_of(&self.at_hand.as_ref()?.hashes)
    }

    fn take(&mut self) -> Vec<Stored<'i>> {
        let first = self.first();
        let mut group = Vec::new();
        while let Some(stored) = self.at_hand.take_if(|stored| first_of(&stored.hashes) == first) {
            group.push(stored);
            self.advance();
        }
        group
    }
}

fn first_of(hashes: &Hashes) -> Option<(Kind, Vec<u8>)> {
    let kind = hashes.kinds().next()?;
    Some((kind, hashes.get(kind)?.to_vec()))
}
