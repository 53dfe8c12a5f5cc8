//! The files that peers share: how popular each is, when it appears and dies out, its hashes and which of them a list
//! knows. Nothing of a file is stored; all follows from its number.

use std::fmt::Write as _;

use crate::rng::{finalise, mix};

/// A file, by the number that its hashes follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// The number.
    pub key: u64,
    /// Its rank by popularity, from 1; 0 for a file that one peer alone has.
    pub rank: u32,
}

/// Places in the order of popularity at size 1, each taken by one file after the other: some 120,000 files are seen, as
/// in one year of one network (Wolak et al. 2014).
const RANKS: f64 = 16_000.0;
/// Ranks with a file that stays: what was popular for years.
const LASTING: u32 = 16;
/// Ranks that lists know something of; rarer files are on no list.
const LISTED_RANKS: u32 = 32_768;
/// Of 256 files of these, those that are listed.
const LISTED: u64 = 40;
/// How long the file of a rank is shared before another takes its place, days.
const LIVES: [i64; 4] = [15, 30, 60, 120];
/// Days before the period from which files are counted.
const DAYS_BEFORE: i64 = 240;

/// The categories of the made-up scheme, the gravest last.
pub const CATEGORIES: [&str; 4] = ["marca-1", "marca-2", "marca-3", "marca-4"];
/// The made-up scheme.
pub const SCHEME: &str = "scala-marca";

/// The files of a world.
#[derive(Debug)]
pub struct Files {
    seed: u64,
    n_ranks: u32,
    /// The octave of ranks (2^n to 2^(n+1)) of each of 4,096 hashes.
    octaves: Vec<u8>,
}

impl Files {
    /// The files of a size.
    #[must_use]
    pub fn new(seed: u64, size: f64) -> Self {
        let n_ranks = (RANKS * size).round().clamp(64.0, 1e9) as u32;
        Self { seed: mix(seed, &[100]), n_ranks, octaves: octaves(n_ranks) }
    }

    /// A rank, as often as its popularity says.
    #[must_use]
    pub fn rank(&self, hash: u64) -> u32 {
        let first = 1_u32 << self.octaves[(hash >> 52) as usize];
        let n = u64::from(first.min(self.n_ranks + 1 - first));
        first + (((hash & 0xFFFF_FFFF) * n) >> 32) as u32
    }

    /// The file that had a rank on a day of the period (from 0; before it, negative).
    #[must_use]
    pub fn of_rank(&self, rank: u32, day: i64) -> File {
        let hash = finalise(self.seed ^ u64::from(rank));
        let number = if rank < LASTING {
            0
        } else {
            let life = LIVES[(hash & 3) as usize];
            let phase = (hash >> 8 & 0x7F) as i64;
            (day + DAYS_BEFORE + phase) / life + 1
        };
        File { key: finalise(hash ^ (number as u64) << 40), rank }
    }

    /// A file that one peer alone has; it is listed.
    #[must_use]
    pub fn own(&self, peer: u64, number: u64) -> File {
        File { key: mix(self.seed, &[1, peer, number]), rank: 0 }
    }

    /// Every listed file that had a rank in the period, and some that nobody was seen with.
    pub fn listed(&self) -> impl Iterator<Item = File> {
        let days = (-60..60).step_by(5).chain([59]);
        (1..=LISTED_RANKS.min(self.n_ranks.max(2_048))).flat_map(move |rank| {
            let mut of_rank: Vec<File> = days.clone().map(|day| self.of_rank(rank, day)).collect();
            of_rank.dedup();
            of_rank.into_iter().filter(|file| file.is_listed())
        })
    }
}

/// How much of all that is shared is the most popular file, thousandths: with it some 3 % of all addresses are seen with
/// that file, as 2.5 of 72.5 million were in the operation that the scenario follows.
const TOP_PERMILLE: f64 = 5.0;

/// Zipf's law by octaves of ranks: each has the same multiple of the weight of the one before, so that the most popular
/// file has its share at every size. Sums and products only, because powers differ from machine to machine.
fn octaves(n_ranks: u32) -> Vec<u8> {
    let last = n_ranks.ilog2();
    let sums = |step: f64| {
        let (mut weight, mut sum) = (1.0, 0.0);
        let add = |octave: u32| {
            let first = 1_u64 << octave;
            let n = (u64::from(n_ranks) + 1 - first).min(first);
            sum += weight * n as f64 / first as f64;
            weight *= step;
            sum
        };
        (0..=last).map(add).collect::<Vec<f64>>()
    };
    let total = |step: f64| sums(step).last().copied().unwrap_or_default();
    let (mut low, mut high) = (1.0, 2.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if total(middle) < 1000.0 / TOP_PERMILLE { low = middle } else { high = middle }
    }
    let sums = sums(low);
    let total = sums[last as usize];
    (0..4096)
        .map(|idx| {
            let at = (f64::from(idx) + 0.5) / 4096.0 * total;
            sums.iter().position(|upto| at < *upto).unwrap_or(last as usize) as u8
        })
        .collect()
}

impl File {
    /// Whether the list of known files has it.
    #[must_use]
    pub fn is_listed(self) -> bool {
        self.rank == 0 || (self.rank < LISTED_RANKS && self.key & 0xFF < LISTED)
    }

    /// Its category, if it is listed.
    #[must_use]
    pub fn category(self) -> &'static str {
        CATEGORIES[[0, 0, 0, 1, 1, 1, 2, 3][(self.key >> 8 & 7) as usize]]
    }

    /// The hash of eDonkey.
    #[must_use]
    pub fn ed2k(self) -> [u8; 16] {
        bytes(self.key, 1)
    }

    /// SHA-1.
    #[must_use]
    pub fn sha1(self) -> [u8; 20] {
        bytes(self.key, 2)
    }

    /// The hash of the torrent that consists of it.
    #[must_use]
    pub fn btih(self) -> [u8; 20] {
        bytes(self.key, 3)
    }

    /// Size in bytes.
    #[must_use]
    pub fn size(self) -> u64 {
        let octave = 16 + (self.key >> 16) % 14;
        (1 << octave) + (finalise(self.key) & ((1 << octave) - 1))
    }

    /// Appends a name: a word that means nothing, and a number.
    pub fn name(self, out: &mut Vec<u8>) {
        const WORDS: [&str; 8] =
            ["archivio", "raccolta", "cartella", "fascicolo", "volume", "serie", "insieme", "pacco"];
        const ENDS: [&str; 4] = [".zip", ".rar", ".avi", ".jpg"];
        out.extend_from_slice(WORDS[(self.key >> 20 & 7) as usize].as_bytes());
        out.push(b'-');
        crate::clock::number(self.key >> 32 & 0xF_FFFF, out);
        out.extend_from_slice(ENDS[(self.key >> 24 & 3) as usize].as_bytes());
    }

    /// Its row in a list of known files.
    pub fn known_file_row(self, out: &mut String) {
        let (md5, sha256): ([u8; 16], [u8; 32]) = (bytes(self.key, 4), bytes(self.key, 5));
        let series =
            if self.key >> 28 & 7 == 0 { format!("serie-{}", self.key >> 48) } else { String::new() };
        let withdrawn = self.rank > 0 && self.key >> 52 & 0x7F == 0;
        writeln!(
            out,
            "elenco-prova,2026-02,{SCHEME},{},{series},{},{},{},{},{},{withdrawn}",
            self.category(),
            hex_text(&md5),
            hex_text(&self.sha1()),
            hex_text(&sha256),
            hex_text(&self.ed2k()),
            self.size(),
        )
        .expect("a string takes all text");
    }
}

/// The header of a list of known files.
pub const KNOWN_FILE_HEADER: &str =
    "list,list_version,scheme,category,series,md5,sha1,sha256,ed2k,size,withdrawn\n";

/// Bytes that follow from a number and its use.
#[must_use]
pub fn bytes<const N: usize>(key: u64, usage: u64) -> [u8; N] {
    let mut state = finalise(key ^ usage << 56);
    let mut out = [0; N];
    for chunk in out.chunks_mut(8) {
        chunk.copy_from_slice(&state.to_le_bytes()[..chunk.len()]);
        state = finalise(state);
    }
    out
}

/// Appends bytes in hexadecimal, lower case.
pub fn hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend(
        bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
    );
}

/// Bytes as text in hexadecimal, lower case.
pub fn hex_text(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len() * 2);
    hex(bytes, &mut text);
    String::from_utf8(text).expect("digits are text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_are_popular_and_most_are_rare() {
        let files = Files::new(1, 1.0);
        let n = 400_000_u64;
        let mut by_octave = [0_u64; 14];
        let mut n_top = 0;
        for number in 0..n {
            let rank = files.rank(finalise(number));
            assert!((1..=16_000).contains(&rank));
            by_octave[rank.ilog2() as usize] += 1;
            n_top += u64::from(rank == 1);
        }
        assert!((4..7).contains(&(n_top * 1000 / n)), "top file: {n_top} of {n}");
        // Each octave has more than the one before, but not twice as much, though twice as many files.
        let grows = |pair: &[u64]| (pair[0] * 11 / 10..pair[0] * 19 / 10).contains(&pair[1]);
        assert!(by_octave[1..13].windows(2).all(grows), "{by_octave:?}");
    }

    #[test]
    fn files_of_a_rank_follow_each_other_and_the_most_popular_stay() {
        let files = Files::new(1, 1.0);
        assert_eq!(files.of_rank(1, -30), files.of_rank(1, 59));
        let n_changed =
            (100..1_100).filter(|rank| files.of_rank(*rank, 0) != files.of_rank(*rank, 59)).count();
        assert!((700..1_000).contains(&n_changed), "{n_changed}");
    }

    #[test]
    fn a_file_is_the_same_at_every_size() {
        let (small, large) = (Files::new(1, 0.01), Files::new(1, 10.0));
        assert_eq!(small.of_rank(5_000, 12), large.of_rank(5_000, 12));
        assert_eq!(small.own(3, 4), large.own(3, 4));
    }

    #[test]
    fn every_listed_file_that_is_shared_is_on_the_list() {
        let files = Files::new(1, 0.01);
        let listed: std::collections::BTreeSet<File> = files.listed().collect();
        let mut n = 0;
        for number in 0..20_000_u64 {
            let file = files.of_rank(files.rank(finalise(number)), number as i64 % 120 - 60);
            n += u32::from(file.is_listed());
            assert!(!file.is_listed() || listed.contains(&file), "{file:?}");
        }
        assert!(n > 1_000, "{n}");
    }
}
