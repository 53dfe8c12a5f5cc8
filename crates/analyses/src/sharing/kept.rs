//! Which runs there are and which parts they count.
//!
//! A run is made of each chunk of a new part and stays as it is; sixteen of a level become one of the next
//! (a log-structured merge tree, O'Neil and others 1996). So a day more is written once now and a few times more as
//! the years go by, and never rewrites the year.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Write as _};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tutela_model::table::Part;
use tutela_model::{Digest, Shelf};

use super::blocks::damaged;
use super::dictionary::Dictionary;
use super::record::RowSpan;
use super::run::RunInfo;

/// Runs of a level that become one of the next.
const FAN_IN: usize = 16;

/// The digest of all that decides how runs are written: those of another program are made anew.
fn form() -> String {
    let sources = [
        include_str!("kept.rs"),
        include_str!("chunk.rs"),
        include_str!("dictionary.rs"),
        include_str!("odd.rs"),
        include_str!("peer.rs"),
        include_str!("record.rs"),
        include_str!("blocks.rs"),
        include_str!("run.rs"),
        include_str!("build.rs"),
        include_str!("merged.rs"),
        include_str!("../varint.rs"),
        include_str!("../devices/hash.rs"),
    ];
    Digest::of(sources.join("\0").as_bytes()).hex()
}

/// What is on the shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    form: String,
    /// The parts counted, by number: file received and its rows, by digest.
    parts: Vec<(String, String)>,
    /// The dictionary's files on the shelf, in order.
    dictionary: Vec<Segment>,
    runs: Vec<RunInfo>,
    /// Places of rows that were told, on the shelf.
    places: Option<Segment>,
    next: u32,
}

/// Files of the dictionary that came together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Segment {
    number: u32,
    digest: String,
}

impl Segment {
    fn file(&self) -> String {
        format!("{:06}.said", self.number)
    }

    fn read(&self, shelf: &dyn Shelf) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let digest = self.digest.parse().map_err(|_| damaged())?;
        shelf.open(&self.file(), digest)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The runs of an operation.
#[derive(Debug)]
pub struct Kept {
    manifest: Manifest,
    /// Files by number.
    pub dictionary: Dictionary,
    /// How many of them are on the shelf.
    n_saved: usize,
    /// By part and number, the places of rows that were told: the tables need not be read for them again.
    pub places: BTreeMap<(u32, u64), String>,
}

impl Default for Kept {
    fn default() -> Self {
        let manifest = Manifest {
            form: form(),
            parts: Vec::new(),
            dictionary: Vec::new(),
            runs: Vec::new(),
            places: None,
            next: 0,
        };
        Self { manifest, dictionary: Dictionary::default(), n_saved: 0, places: BTreeMap::new() }
    }
}

impl Kept {
    /// What an earlier run left; nothing where that does not count any more: a part is gone or has other rows, or another
    /// program wrote it.
    ///
    /// # Errors
    /// The shelf's, and bytes that are not those that were written.
    pub fn load(manifest: &[u8], parts: &[Part], shelf: &dyn Shelf) -> io::Result<Self> {
        let known: BTreeSet<(String, String)> = parts.iter().map(named).collect();
        let Ok(manifest) = serde_json::from_slice::<Manifest>(manifest) else { return Ok(Self::default()) };
        if manifest.form != form() || !manifest.parts.iter().all(|part| known.contains(part)) {
            return Ok(Self::default());
        }
        let mut dictionary = Dictionary::default();
        for segment in &manifest.dictionary {
            dictionary.add(&mut segment.read(shelf)?.as_slice()).ok_or_else(damaged)?;
        }
        let mut places = BTreeMap::new();
        if let Some(segment) = &manifest.places {
            let of_rows: Vec<(u32, u64, String)> =
                serde_json::from_slice(&segment.read(shelf)?).map_err(|_| damaged())?;
            places.extend(of_rows.into_iter().map(|(part, row, place)| ((part, row), place)));
        }
        Ok(Self { n_saved: dictionary.len(), manifest, dictionary, places })
    }

    /// The parts that are not counted, each with the number that it gets now.
    pub fn begin(&mut self, parts: &[Part]) -> Vec<(u32, Part)> {
        let known: BTreeSet<(String, String)> = self.manifest.parts.iter().cloned().collect();
        let new: Vec<Part> = parts.iter().filter(|part| !known.contains(&named(part))).cloned().collect();
        let first = self.manifest.parts.len() as u32;
        self.manifest.parts.extend(new.iter().map(named));
        (first..).zip(new).collect()
    }

    /// The runs.
    #[must_use]
    pub fn runs(&self) -> &[RunInfo] {
        &self.manifest.runs
    }

    /// A number that no run has had.
    pub fn next_number(&mut self) -> u32 {
        self.manifest.next += 1;
        self.manifest.next
    }

    /// Adds a run.
    pub fn add(&mut self, run: RunInfo) {
        self.manifest.runs.push(run);
        // The order in which threads end reaches nothing.
        self.manifest.runs.sort_by_key(|run| run.number);
    }

    /// Sets of runs that are to become one each now, of the lowest level first.
    #[must_use]
    pub fn due(&self) -> Vec<Vec<RunInfo>> {
        let levels: BTreeSet<u32> = self.manifest.runs.iter().map(|run| run.level).collect();
        let of_level = |level: u32| -> Vec<Vec<RunInfo>> {
            let runs: Vec<RunInfo> =
                self.manifest.runs.iter().filter(|run| run.level == level).cloned().collect();
            runs.chunks_exact(FAN_IN).map(<[RunInfo]>::to_vec).collect()
        };
        levels.into_iter().map(of_level).find(|due| !due.is_empty()).unwrap_or_default()
    }

    /// Puts one run in the place of those that it was made of, which leave the shelf when the manifest is recorded.
    pub fn replace(&mut self, old: &[RunInfo], new: RunInfo) {
        self.manifest.runs.retain(|run| !old.iter().any(|old| old.number == run.number));
        self.add(new);
    }

    /// By part, its position in the order of the files' digests: numbers tell when a part came, which may not reach a
    /// result.
    #[must_use]
    pub fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.manifest.parts.len() as u32).collect();
        order.sort_by_key(|part| &self.manifest.parts[*part as usize]);
        let mut ranks = vec![0; order.len()];
        for (rank, part) in (0..).zip(order) {
            ranks[part as usize] = rank;
        }
        ranks
    }

    /// The file received that a part is of.
    #[must_use]
    pub fn source(&self, part: u32) -> Option<Digest> {
        self.manifest.parts.get(part as usize).and_then(|(source, _)| source.parse().ok())
    }

    /// Rows by part as rows by file received.
    #[must_use]
    pub fn rows(&self, spans: &[RowSpan]) -> Vec<(Digest, Range<u64>)> {
        let of_file = |span: &RowSpan| Some((self.source(span.part)?, span.first..span.first + span.n));
        spans.iter().filter_map(of_file).collect()
    }

    /// Puts the files of the dictionary that are new on the shelf, and says what is there.
    ///
    /// # Errors
    /// The shelf's.
    pub fn save(&mut self, shelf: &dyn Shelf) -> io::Result<Vec<u8>> {
        if self.dictionary.len() > self.n_saved {
            let mut bytes = Vec::new();
            self.dictionary.put_from(self.n_saved, &mut bytes);
            let segment = self.put(&bytes, shelf)?;
            self.manifest.dictionary.push(segment);
            self.n_saved = self.dictionary.len();
        }
        let places: Vec<_> = self.places.iter().map(|((part, row), place)| (part, row, place)).collect();
        let bytes = serde_json::to_vec(&places).expect("places are plain");
        self.manifest.places = Some(self.put(&bytes, shelf)?);
        Ok(serde_json::to_vec(&self.manifest).expect("a manifest is plain"))
    }

    fn put(&mut self, bytes: &[u8], shelf: &dyn Shelf) -> io::Result<Segment> {
        let mut segment = Segment { number: self.next_number(), digest: String::new() };
        let mut file = shelf.create(&segment.file())?;
        file.write_all(bytes)?;
        segment.digest = file.end()?.hex();
        Ok(segment)
    }

    /// The names of the files on the shelf that count.
    #[must_use]
    pub fn files(&self) -> BTreeSet<String> {
        let runs = self.manifest.runs.iter().flat_map(RunInfo::files);
        let others = self.manifest.dictionary.iter().chain(&self.manifest.places);
        runs.chain(others.map(Segment::file)).collect()
    }
}

fn named(part: &Part) -> (String, String) {
    (part.source.hex(), part.digest.hex())
}
