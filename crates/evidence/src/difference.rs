//! Two readers of one exhibit held against each other: every entry of which they say different things.
//!
//! Nothing is merged and neither reader is taken to be right. Entries are paired in three steps, each with what the step
//! before left: by path and record; by record alone, which finds a name that was read differently; by path alone, which
//! finds a record that was. What stays is in one reader only.
//!
//! Times are compared as coarsely as the coarser reader keeps them. Where they show the same digits and only one reader
//! knows their zone, that is counted and no disagreement: the other says nothing against it. The size of a folder is not
//! compared: one reader gives that of its index and another none. Runs are compared where both readers give them, since
//! one may not; a digest that one reader has and the other has not is a disagreement, since one could read the bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tutela_model::tables::FileKind;

use crate::entry::{Entry, Run, Stamp, Unread, Why};

/// An entry as a reader saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it said.
    pub entry: Entry,
    /// The digest of the bytes; none where it did not read them. The same kind on both sides.
    pub digest: Option<Vec<u8>>,
}

/// What two readers can disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Whether there is such an entry.
    Presence,
    /// Its path; they agree on the record.
    Path,
    /// The number of its record; they agree on the path.
    Record,
    /// Its kind.
    Kind,
    /// Whether it is deleted.
    State,
    /// Its size.
    Size,
    /// When it was made.
    Created,
    /// When it was written.
    Modified,
    /// When it was read.
    Accessed,
    /// When its record was changed.
    Changed,
    /// Where its bytes lie.
    Runs,
    /// Its bytes.
    Digest,
}

impl What {
    /// A word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::Path => "path",
            Self::Record => "record",
            Self::Kind => "kind",
            Self::State => "state",
            Self::Size => "size",
            Self::Created => "created",
            Self::Modified => "modified",
            Self::Accessed => "accessed",
            Self::Changed => "changed",
            Self::Runs => "runs",
            Self::Digest => "digest",
        }
    }
}

/// One thing about which the readers disagree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disagreement {
    /// The entry's path, that of the first reader where both have it.
    pub path: String,
    /// The number of its record, likewise.
    pub id: String,
    /// About what.
    pub what: What,
    /// What each said: first, second.
    pub said: [String; 2],
}

/// How two readers compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the readers are called.
    pub readers: [String; 2],
    /// Entries of each.
    pub entries: [u64; 2],
    /// Entries that both have.
    pub paired: u64,
    /// Of these, the ones whose bytes both read to the same digest.
    pub same_digest: u64,
    /// Times of which both read the same digits, and one alone knows the zone.
    pub zone_of_one: u64,
    /// All disagreements, by path, record and what they are about.
    pub disagreements: Vec<Disagreement>,
}

/// Compares what two readers said of one exhibit, in whatever order they said it.
#[must_use]
pub fn difference(
    readers: [&str; 2],
    first: impl IntoIterator<Item = Seen>,
    second: impl IntoIterator<Item = Seen>,
) -> Difference {
    let mut left = [sorted(first), sorted(second)];
    let mut difference = Difference {
        readers: readers.map(str::to_owned),
        entries: [left[0].len() as u64, left[1].len() as u64],
        paired: 0,
        same_digest: 0,
        zone_of_one: 0,
        disagreements: Vec::new(),
    };
    difference.pair(&mut left, |seen| Some([seen.entry.path.clone(), seen.entry.id.clone()]));
    difference.pair(&mut left, by_record);
    difference.pair(&mut left, |seen| Some([seen.entry.path.clone(), String::new()]));
    for (side, seen) in left.into_iter().enumerate() {
        for Seen { entry, .. } in seen {
            let there = format!("{}, {}, {} bytes", entry.kind.word(), entry.state.word(), entry.size);
            let mut said = [there, "not there".to_owned()];
            said.rotate_right(side);
            let (path, id) = (entry.path, entry.id);
            difference.disagreements.push(Disagreement { path, id, what: What::Presence, said });
        }
    }
    difference.disagreements.sort();
    difference
}

fn sorted(seen: impl IntoIterator<Item = Seen>) -> Vec<Seen> {
    let mut seen: Vec<_> = seen.into_iter().collect();
    // Entries that are the same to the last field may stand in any order.
    seen.sort_by_cached_key(|Seen { entry, digest }| {
        (
            entry.path.clone(),
            entry.id.clone(),
            entry.state,
            entry.size,
            digest.clone(),
            entry.times.modified.map(|at| at.at_us),
        )
    });
    seen
}

/// The volume and the record, where there is one.
fn by_record(seen: &Seen) -> Option<[String; 2]> {
    let Entry { path, id, .. } = &seen.entry;
    let volume = path.split('/').take_while(|part| part.starts_with("volume-") || part.starts_with("apfs-"));
    (!id.is_empty() && id != "0").then(|| [volume.collect::<Vec<_>>().join("/"), id.clone()])
}

impl Difference {
    /// Pairs what has the same key, and is the only one of that key in both; or one after the other, where both have as
    /// many.
    fn pair(&mut self, left: &mut [Vec<Seen>; 2], key: impl Fn(&Seen) -> Option<[String; 2]>) {
        let mut groups: BTreeMap<[String; 2], [Vec<Seen>; 2]> = BTreeMap::new();
        let mut rest = [Vec::new(), Vec::new()];
        for (side, seen) in left.iter_mut().enumerate() {
            for seen in seen.drain(..) {
                match key(&seen) {
                    Some(key) => groups.entry(key).or_default()[side].push(seen),
                    None => rest[side].push(seen),
                }
            }
        }
        for [first, second] in groups.into_values() {
            if first.len() == second.len() {
                first.iter().zip(&second).for_each(|(first, second)| self.compare(first, second));
            } else {
                rest[0].extend(first);
                rest[1].extend(second);
            }
        }
        *left = rest;
    }

    fn compare(&mut self, one: &Seen, other: &Seen) {
        self.paired += 1;
        self.same_digest += u64::from(one.digest.is_some() && one.digest == other.digest);
        let (a, b) = (&one.entry, &other.entry);
        let times =
            [a.times, b.times].map(|times| [times.created, times.modified, times.accessed, times.changed]);
        let zones = times[0].into_iter().zip(times[1]).filter(|(one, other)| zone_of_one([*one, *other]));
        self.zone_of_one += zones.count() as u64;
        let mut told = |what, same: bool, said: [String; 2]| {
            if !same {
                let (path, id) = (a.path.clone(), a.id.clone());
                self.disagreements.push(Disagreement { path, id, what, said });
            }
        };
        told(What::Path, a.path == b.path, [&a.path, &b.path].map(Clone::clone));
        told(What::Record, a.id == b.id, [&a.id, &b.id].map(Clone::clone));
        told(What::Kind, a.kind == b.kind, [a.kind, b.kind].map(|kind| kind.word().to_owned()));
        told(What::State, a.state == b.state, [a.state, b.state].map(|state| state.word().to_owned()));
        let folders = a.kind == FileKind::Folder && b.kind == FileKind::Folder;
        told(What::Size, folders || a.size == b.size, [a.size, b.size].map(|size| size.to_string()));
        for (what, stamps) in [
            (What::Created, [a.times.created, b.times.created]),
            (What::Modified, [a.times.modified, b.times.modified]),
            (What::Accessed, [a.times.accessed, b.times.accessed]),
            (What::Changed, [a.times.changed, b.times.changed]),
        ] {
            told(what, same_time(stamps), stamps.map(said_time));
        }
        let compared = !a.runs.is_empty() && !b.runs.is_empty();
        let runs = [&a.runs, &b.runs].map(|runs| joined(runs));
        told(What::Runs, !compared || runs[0] == runs[1], [&runs[0], &runs[1]].map(|runs| said_runs(runs)));
        let digests =
            [&one.digest, &other.digest].map(|digest| digest.as_deref().map_or("not read".to_owned(), hex));
        told(What::Digest, one.digest == other.digest, digests);
    }

    /// How often they disagree about what.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<What, u64> {
        self.disagreements.iter().fold(BTreeMap::new(), |mut counts, disagreement| {
            *counts.entry(disagreement.what).or_default() += 1;
            counts
        })
    }

    /// What is to be told: one for each entry about which they disagree.
    pub fn unread(&self) -> impl Iterator<Item = Unread> {
        let [first, second] = &self.readers;
        let same = |a: &Disagreement, b: &Disagreement| a.path == b.path && a.id == b.id;
        self.disagreements.chunk_by(same).map(move |of_one| {
            let each = of_one.iter().map(|Disagreement { what, said: [one, other], .. }| {
                format!("{}: {first} {one}, {second} {other}", what.word())
            });
            Unread {
                place: of_one[0].path.clone(),
                why: Why::Disagreement,
                expected: format!("{first} and {second} say the same"),
                found: each.collect::<Vec<_>>().join("; "),
            }
        })
    }

    /// A table with a tab between fields: path, record, what, and what each said. Characters that act are written out.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = format!("path\trecord\twhat\t{}\t{}\n", self.readers[0], self.readers[1]);
        for Disagreement { path, id, what, said: [one, other] } in &self.disagreements {
            let fields = [path, id, what.word(), one, other].map(|field| field.escape_debug().to_string());
            writeln!(table, "{}", fields.join("\t")).expect("a text takes any text");
        }
        table
    }
}

/// Whether two times are one, as coarsely as the coarser of them is kept.
fn same_time(stamps: [Option<Stamp>; 2]) -> bool {
    match stamps {
        [None, None] => true,
        [Some(a), Some(b)] => {
            let width = a.width_us.max(b.width_us).max(1);
            a.at_us.div_euclid(width) == b.at_us.div_euclid(width)
        }
        _ => false,
    }
}

/// Whether two times are one, and one alone is of a known zone.
fn zone_of_one(stamps: [Option<Stamp>; 2]) -> bool {
    matches!(stamps, [Some(a), Some(b)] if a.local != b.local) && same_time(stamps)
}

fn said_time(stamp: Option<Stamp>) -> String {
    stamp.map_or("none".to_owned(), |Stamp { at_us, width_us, local }| {
        let clock = if local { "on the wall" } else { "UTC" };
        format!(
            "{}.{:06} s {clock}, within {width_us} us",
            at_us.div_euclid(1_000_000),
            at_us.rem_euclid(1_000_000)
        )
    })
}

/// Runs with those joined that follow each other: how a reader cuts them says nothing.
fn joined(runs: &[Run]) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    for run in runs.iter().filter(|run| run.length > 0) {
        match joined.last_mut() {
            Some(last) if last.offset.map(|offset| offset.saturating_add(last.length)) == run.offset => {
                last.length = last.length.saturating_add(run.length);
            }
            _ => joined.push(*run),
        }
    }
    joined
}

fn said_runs(runs: &[Run]) -> String {
    let each = runs.iter().take(8).map(|run| match run.offset {
        Some(offset) => format!("{offset}+{}", run.length),
        None => format!("hole+{}", run.length),
    });
    let more = if runs.len() > 8 { format!(" and {} more", runs.len() - 8) } else { String::new() };
    format!("{}{more}", each.collect::<Vec<_>>().join(" "))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes any text");
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tutela_model::tables::FileState;

    use super::*;
    use crate::entry::{Found, Times};

    fn seen(path: &str, id: &str) -> Seen {
        let entry = Entry {
            path: path.to_owned(),
            kind: FileKind::File,
            state: FileState::Allocated,
            size: 5,
            id: id.to_owned(),
            times: Times::default(),
            runs: Vec::new(),
            found: Found::Recorded,
        };
        Seen { entry, digest: Some(vec![1, 0xab]) }
    }

    fn stamp(at_us: i64, width_us: i64, local: bool) -> Option<Stamp> {
        Some(Stamp { at_us, width_us, local })
    }

    fn compared(first: &[Seen], second: &[Seen]) -> Difference {
        difference(["native", "tsk"], first.to_vec(), second.to_vec())
    }

    #[test]
    fn readers_that_say_the_same_disagree_about_nothing() {
        let seen = [seen("b", "2"), seen("a", "1"), seen("a", "")];
        let reversed: Vec<_> = seen.iter().rev().cloned().collect();
        let difference = compared(&seen, &reversed);
        assert_eq!((difference.paired, difference.same_digest, difference.entries), (3, 3, [3, 3]));
        assert_eq!((difference.disagreements.len(), difference.unread().count()), (0, 0));
    }

    #[test]
    fn every_field_that_differs_is_told() {
        let one = seen("volume-1/a", "7-128-1");
        type Change = fn(&mut Seen);
        let changes: [(What, Change); 11] = [
            (What::Path, |seen| seen.entry.path = "volume-1/ä".to_owned()),
            (What::Record, |seen| seen.entry.id = "8-128-1".to_owned()),
            (What::Kind, |seen| seen.entry.kind = FileKind::Folder),
            (What::State, |seen| seen.entry.state = FileState::Deleted),
            (What::Size, |seen| seen.entry.size = 6),
            (What::Created, |seen| seen.entry.times.created = stamp(1, 1, false)),
            (What::Modified, |seen| seen.entry.times.modified = stamp(1, 1, false)),
            (What::Accessed, |seen| seen.entry.times.accessed = stamp(1, 1, false)),
            (What::Changed, |seen| seen.entry.times.changed = stamp(1, 1, false)),
            (What::Digest, |seen| seen.digest = None),
            (What::Digest, |seen| seen.digest = Some(vec![1, 0xac])),
        ];
        for (what, change) in changes {
            let mut other = one.clone();
            change(&mut other);
            let difference = compared(std::slice::from_ref(&one), &[other]);
            assert_eq!(difference.paired, 1, "{what:?}");
            assert_eq!(difference.counts(), BTreeMap::from([(what, 1)]));
        }
    }

    #[test]
    fn times_are_compared_as_coarsely_as_the_coarser_reader_keeps_them() {
        for (a, b, same) in [
            (stamp(1_600_000, 100, false), stamp(1_000_000, 1_000_000, false), true),
            (stamp(2_000_000, 100, false), stamp(1_000_000, 1_000_000, false), false),
            (stamp(-1, 1, false), stamp(-1_000_000, 1_000_000, false), true),
            (stamp(1, 1, true), stamp(1, 1, false), true),
            (stamp(7_200_000_001, 1, true), stamp(1, 1, false), false),
            (stamp(1, 1, true), None, false),
            (stamp(i64::MIN, 0, true), stamp(i64::MAX, i64::MIN, true), false),
        ] {
            assert_eq!(same_time([a, b]), same, "{a:?} {b:?}");
            let zones = [a, b].map(|stamp| stamp.map(|stamp| stamp.local));
            let one_alone = matches!(zones, [Some(one), Some(other)] if one != other);
            assert_eq!(zone_of_one([a, b]), same && one_alone, "{a:?} {b:?}");
        }
    }

    #[test]
    fn runs_are_compared_where_both_give_them_and_however_they_are_cut() {
        let run = |offset: u64, length| Run { offset: Some(offset), length };
        let with = |runs: &[Run]| {
            let mut seen = seen("a", "1");
            seen.entry.runs = runs.to_vec();
            seen
        };
        let hole = |length| Run { offset: None, length };
        for (a, b, n_disagreements) in [
            (vec![run(0, 8)], vec![], 0),
            (vec![run(0, 8)], vec![run(0, 4), run(4, 4)], 0),
            (vec![run(0, 8)], vec![run(4, 4), run(0, 4)], 1),
            (vec![hole(3), hole(5), run(0, 1)], vec![hole(8), run(0, 1)], 0),
            (vec![run(0, 8)], vec![hole(8)], 1),
        ] {
            let difference = compared(&[with(&a)], &[with(&b)]);
            assert_eq!(difference.disagreements.len(), n_disagreements, "{a:?} {b:?}");
        }
    }

    #[test]
    fn an_entry_of_one_reader_is_told_and_never_paired_with_another() {
        let difference =
            compared(&[seen("a", "1"), seen("b", "2")], &[seen("a", "1"), seen("c\u{202e}", "3")]);
        let told: Vec<_> = difference.unread().collect();
        assert_eq!((difference.paired, told.len()), (1, 2));
        assert_eq!(told[0].place, "b");
        assert_eq!(told[0].found, "presence: native file, allocated, 5 bytes, tsk not there");
        assert_eq!(told[1].found, "presence: native not there, tsk file, allocated, 5 bytes");
        let table = difference.table();
        assert_eq!(table.lines().count(), 3);
        assert!(table.ends_with("c\\u{202e}\t3\tpresence\tnot there\tfile, allocated, 5 bytes\n"), "{table}");
        // A record is one of its volume.
        let volumes = compared(&[seen("volume-1/a", "1")], &[seen("volume-2/b", "1")]);
        assert_eq!(volumes.paired, 0);
    }

    proptest! {
        #[test]
        fn every_entry_is_paired_or_told_whatever_the_order(
            first in proptest::collection::vec(("[ab]{1,2}", "[0-2]?"), 0..12),
            second in proptest::collection::vec(("[ab]{1,2}", "[0-2]?"), 0..12),
        ) {
            let of = |pairs: &[(String, String)]| pairs.iter().map(|(path, id)| seen(path, id)).collect::<Vec<_>>();
            let difference = compared(&of(&first), &of(&second));
            let alone = difference.counts().get(&What::Presence).copied().unwrap_or(0);
            prop_assert_eq!(2 * difference.paired + alone, (first.len() + second.len()) as u64);
            let (mut first, mut second) = (of(&first), of(&second));
            first.reverse();
            second.reverse();
            prop_assert_eq!(compared(&first, &second), difference);
        }
    }
}
