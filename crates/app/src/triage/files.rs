//! The first layer: which files of a device are read, round by round. Half of each round is drawn by chance from the files
//! that are not read yet, half is taken in the order of [`prior`].

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tutela_evidence::entry::{Entry, Found};
use tutela_matchers::triage::{Order, prior};
use tutela_model::tables::FileKind;

/// Files of the first round; each next has twice as many, because each costs a walk through all folders.
const FIRST: u64 = 256;

/// The files of a device, in the order in which its reader finds them.
pub struct Files {
    files: Vec<File>,
    most_bytes: u64,
    /// How many are left out because they are larger.
    pub too_large: u64,
    /// How many bytes they have in all.
    pub bytes: u64,
}

/// A file that may be taken. A reader finds the same files again in the same order, unless somebody writes to a folder that
/// is read.
struct File {
    name: u32,
    prior: u8,
    taken: bool,
    size: u64,
}

/// Whether an entry is a file with bytes to read.
pub fn has_bytes(entry: &Entry) -> bool {
    matches!(entry.kind, FileKind::File | FileKind::Stream) && entry.size > 0 && entry.found != Found::Lost
}

fn name_of(entry: &Entry) -> u32 {
    let mut hasher = DefaultHasher::new();
    (&entry.path, entry.size).hash(&mut hasher);
    hasher.finish() as u32
}

impl Files {
    /// No files yet; none that is larger than this is taken.
    pub fn new(most_bytes: u64) -> Self {
        Self { files: Vec::new(), most_bytes, too_large: 0, bytes: 0 }
    }

    /// Adds the next entry that [`has_bytes`].
    pub fn add(&mut self, entry: &Entry) {
        let too_large = entry.size > self.most_bytes;
        self.too_large += u64::from(too_large);
        self.bytes += if too_large { 0 } else { entry.size };
        let (name, prior) = (name_of(entry), prior::score(&entry.path));
        self.files.push(File { name, prior, taken: too_large, size: entry.size });
    }

    /// How many samples are drawn from.
    pub fn len(&self) -> u64 {
        self.files.len() as u64 - self.too_large
    }

    /// Whether the file of this place, counted over all entries that [`has_bytes`], is this entry.
    pub fn is(&self, place: usize, entry: &Entry) -> bool {
        self.files.get(place).is_some_and(|file| file.name == name_of(entry))
    }

    /// Whether an entry may be a file of the round: a reader for which bytes are dear is asked for no others.
    pub fn may_want(&self, round: &Round, entry: &Entry) -> bool {
        has_bytes(entry) && round.names.contains(&name_of(entry))
    }

    /// How large a file is on average, in bytes; at least one.
    pub fn mean_bytes(&self) -> u64 {
        (self.bytes / self.len().max(1)).max(1)
    }
}

/// The rounds of files, one after the other.
pub struct Rounds {
    order: Order,
    /// How far chance has come in its order.
    at: u64,
    /// The places of all files, those to be read first at the end.
    by_prior: Vec<u32>,
    round: u32,
}

/// The files of a round, by their place; whether chance drew them.
#[derive(Debug, Default)]
pub struct Round {
    /// Its number, from 0.
    pub number: u32,
    /// Those that chance drew.
    pub drawn: HashSet<u32>,
    /// Those that come first by prior.
    pub in_order: HashSet<u32>,
    /// The names of both, shortened: another file may have the same.
    names: HashSet<u32>,
}

impl Rounds {
    /// Over these files; a seed decides what is drawn.
    pub fn new(files: &Files, seed: u64) -> Self {
        let n_files = u32::try_from(files.files.len()).unwrap_or(u32::MAX);
        let mut by_prior: Vec<u32> = (0..n_files).collect();
        by_prior.sort_by_key(|place| (files.files[*place as usize].prior, std::cmp::Reverse(*place)));
        Self { order: Order::new(u64::from(n_files), seed), at: 0, by_prior, round: 0 }
    }

    /// The next round, of at most so many files; none when all files were taken, or none may be.
    pub fn next(&mut self, files: &mut Files, most: u64) -> Option<Round> {
        let wanted = (FIRST << self.round.min(24)).min(most);
        let mut round = Round { number: self.round, ..Round::default() };
        while (round.drawn.len() as u64) < wanted.div_ceil(2) && self.at < self.order.len() {
            let place = self.order.at(self.at) as u32;
            self.at += 1;
            let file = &mut files.files[place as usize];
            if !std::mem::replace(&mut file.taken, true) {
                round.names.insert(file.name);
                round.drawn.insert(place);
            }
        }
        while (round.in_order.len() as u64) < wanted / 2
            && let Some(place) = self.by_prior.pop()
        {
            let file = &mut files.files[place as usize];
            if !std::mem::replace(&mut file.taken, true) {
                round.names.insert(file.name);
                round.in_order.insert(place);
            }
        }
        self.round += 1;
        (!round.drawn.is_empty() || !round.in_order.is_empty()).then_some(round)
    }

    /// How many bytes the files of a round have.
    pub fn bytes(files: &Files, round: &Round) -> u64 {
        round.drawn.iter().chain(&round.in_order).map(|place| files.files[*place as usize].size).sum()
    }
}

#[cfg(test)]
mod tests {
    use tutela_evidence::entry::Times;
    use tutela_model::tables::FileState;

    use super::*;

    fn entry(path: &str, size: u64) -> Entry {
        Entry {
            path: path.to_owned(),
            kind: FileKind::File,
            state: FileState::Allocated,
            size,
            id: String::new(),
            times: Times::default(),
            runs: Vec::new(),
            found: Found::Recorded,
        }
    }

    #[test]
    fn every_file_is_taken_once_and_half_of_each_round_by_chance() {
        let mut files = Files::new(1_000);
        for n in 0..3_000 {
            let path =
                if n % 10 == 0 { format!("Users/a/Downloads/{n}.jpg") } else { format!("Windows/{n}.dll") };
            files.add(&entry(&path, if n == 5 { 1_001 } else { 100 }));
        }
        assert_eq!((files.len(), files.too_large, files.mean_bytes()), (2_999, 1, 100));
        assert!(
            files.is(0, &entry("Users/a/Downloads/0.jpg", 100)) && !files.is(1, &entry("Windows/2.dll", 100))
        );
        let mut rounds = Rounds::new(&files, 7);
        let (mut taken, mut sizes) = (HashSet::new(), Vec::new());
        while let Some(round) = rounds.next(&mut files, u64::MAX) {
            sizes.push((round.drawn.len(), round.in_order.len()));
            if round.number == 0 {
                assert!(round.in_order.iter().all(|place| place % 10 == 0), "what people keep is read first");
                assert_eq!(Rounds::bytes(&files, &round), 25_600);
            }
            for place in round.drawn.into_iter().chain(round.in_order) {
                assert!(taken.insert(place));
            }
        }
        assert_eq!(sizes[..3], [(128, 128), (256, 256), (512, 512)]);
        assert_eq!(taken.len(), 2_999);
        assert!(!taken.contains(&5), "what is too large is not taken");
    }
}
