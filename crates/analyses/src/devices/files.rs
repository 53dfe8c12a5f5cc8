//! One pass over the files of exhibits: how many there are, which are the same, which are asked about, and where each
//! received artefact lay.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher as _};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{File, FileState};
use tutela_model::words::Words as _;
use tutela_model::{RowRef, Table, Tables, Text};

use super::hash::{Hash, HashKind};
use super::lists::HashColumns;
use super::media::MediaFacts;

/// A file of an exhibit, as far as it is counted. One that two tables list is one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Content {
    /// Its SHA-256, where it was hashed.
    pub sha256: Option<[u8; 32]>,
    /// A number that follows from its path.
    path: u64,
    /// Whether the file system has it as deleted.
    pub deleted: bool,
    /// Whether it is a picture or film.
    pub media: bool,
    /// Whether its hashes are of what could be read of it, and not of the whole.
    pub cut: bool,
}

impl Content {
    /// A file by its path.
    pub fn new(sha256: Option<[u8; 32]>, path: &str, deleted: bool, media: bool, cut: bool) -> Self {
        Self { sha256, path: number(path), deleted, media, cut }
    }
}

/// A file whose hashes somebody asks about.
#[derive(Clone, Debug)]
pub struct Found {
    /// The exhibit.
    pub exhibit: Text,
    /// Its path.
    pub path: Text,
    /// What the file system says of it.
    pub state: FileState,
    /// Its hashes.
    pub hashes: Vec<Hash>,
    /// The row.
    pub row: RowRef,
}

impl Found {
    /// The hash that names its content: SHA-256 where it has one.
    pub fn content(&self) -> Option<Hash> {
        self.hashes.first().copied()
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self) -> bool {
        is_deleted(self.state)
    }

    fn key(&self) -> (&Text, &Text, FileState, &[Hash]) {
        (&self.exhibit, &self.path, self.state, &self.hashes)
    }
}

/// A picture or film on an exhibit that states its camera and when it was taken.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The exhibit.
    pub exhibit: Text,
    /// Its position among the media that state these.
    pub taken: usize,
    /// Its path.
    pub path: Text,
    /// Whether it was deleted.
    pub deleted: bool,
    /// When it was made on the exhibit, microseconds UTC.
    pub created_us: Option<i64>,
    /// When it was last written.
    pub modified_us: Option<i64>,
    /// Its hashes.
    pub hashes: Vec<Hash>,
    /// The row.
    pub row: RowRef,
}

impl Shot {
    fn key(&self) -> (&Text, &Text, bool, usize) {
        (&self.exhibit, &self.path, self.deleted, self.taken)
    }
}

/// Where on an exhibit a received artefact lay.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its path; of several copies the first that was not deleted.
    pub path: Text,
    /// Whether it was deleted.
    pub deleted: bool,
    /// When it was last written, microseconds UTC, by the clock of what held it.
    pub modified_us: Option<i64>,
    /// How many copies the exhibit has.
    pub n_copies: u64,
    /// The row of the file.
    pub row: RowRef,
}

/// What the pass gives.
#[derive(Default)]
pub struct Files {
    /// The files of each exhibit, sorted. Folders and links are no files.
    pub contents: BTreeMap<Text, Vec<Content>>,
    /// By exhibit, how many rows of files there are, and how many of them of pictures and films: as lists are tried on them,
    /// not as they are counted here.
    pub n_rows: BTreeMap<Text, (u64, u64)>,
    /// Files that are asked about, in the order of exhibit and path.
    pub found: Vec<Found>,
    /// Pictures and films that state camera and time, in that order too.
    pub shots: Vec<Shot>,
    /// By received file, where it lay: by exhibit.
    pub placed: BTreeMap<Digest, BTreeMap<Text, Placed>>,
}

/// What files are asked about.
pub struct Asked<'a> {
    /// The exhibits; rows of anything else are of deliveries.
    pub exhibits: &'a BTreeSet<Text>,
    /// Prefixes of hashes, sorted.
    pub prefixes: &'a [u128],
    /// Files received that are artefacts.
    pub artefacts: &'a BTreeSet<Digest>,
    /// The media.
    pub media: &'a MediaFacts,
}

const COLUMNS: &[&str] = &[
    "exhibit", "path", "md5", "sha1", "sha256", "ed2k", "kind", "state", "created", "modified", "whole",
    "place",
];

struct Columns<'a> {
    exhibit: &'a StringArray,
    path: &'a StringArray,
    kind: &'a StringArray,
    state: &'a StringArray,
    whole: &'a StringArray,
    place: &'a StringArray,
    created: &'a ArrayRef,
    modified: &'a ArrayRef,
    hashes: HashColumns<'a>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let column =
            |name: &str| batch.column_by_name(name).expect("the scan hands out the columns asked for");
        Self {
            exhibit: column("exhibit").as_string(),
            path: column("path").as_string(),
            kind: column("kind").as_string(),
            state: column("state").as_string(),
            whole: column("whole").as_string(),
            place: column("place").as_string(),
            created: column("created"),
            modified: column("modified"),
            hashes: HashColumns::of(batch),
        }
    }

    fn row(&self, source: Digest, row_idx: usize) -> RowRef {
        RowRef {
            table: File::INFO.name.to_owned(),
            source: source.hex(),
            place: self.place.value(row_idx).to_owned(),
        }
    }

    fn state(&self, row_idx: usize) -> FileState {
        FileState::from_word(self.state.value(row_idx)).unwrap_or(FileState::Unknown)
    }
}

/// A number by which paths are told apart. It reaches nothing that is said.
fn number(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(path.as_bytes());
    hasher.finish()
}

fn is_deleted(state: FileState) -> bool {
    matches!(state, FileState::Deleted | FileState::Orphan)
}

fn time_us(column: &ArrayRef, row_idx: usize) -> Option<i64> {
    let column = column.as_primitive::<TimestampMicrosecondType>();
    column.is_valid(row_idx).then(|| column.value(row_idx))
}

impl Files {
    /// Reads the files of the exhibits, each once.
    pub fn read(tables: &dyn Tables, asked: &Asked<'_>) -> Result<Self, TablesError> {
        let mut files = Self::default();
        for part in tables.parts(&File::INFO) {
            tables.scan(&File::INFO, &part, COLUMNS, &mut |batch| {
                let columns = Columns::of(&batch);
                for row_idx in 0..batch.num_rows() {
                    files.add(&columns, row_idx, part.source, asked);
                }
                ControlFlow::Continue(())
            })?;
        }
        for contents in files.contents.values_mut() {
            contents.sort_unstable();
            contents.dedup();
        }
        files.found.sort_by(|a, b| (a.key(), &a.row).cmp(&(b.key(), &b.row)));
        files.found.dedup_by(|later, first| later.key() == first.key());
        files.shots.sort_by(|a, b| (a.key(), &a.row).cmp(&(b.key(), &b.row)));
        files.shots.dedup_by(|later, first| later.key() == first.key());
        Ok(files)
    }

    fn add(&mut self, columns: &Columns<'_>, row_idx: usize, source: Digest, asked: &Asked<'_>) {
        let exhibit = columns.exhibit.is_valid(row_idx).then(|| columns.exhibit.value(row_idx));
        let Some(exhibit) = exhibit.and_then(|exhibit| asked.exhibits.get(exhibit)) else { return };
        if matches!(columns.kind.value(row_idx), "folder" | "link") {
            return;
        }
        let (state, hashes) = (columns.state(row_idx), columns.hashes.hashes(row_idx));
        let sha256 = hashes.first().filter(|hash| hash.kind == HashKind::Sha256);
        let media = sha256.map(|hash| asked.media.of(hash)).unwrap_or_default();
        let content = Content::new(
            sha256.map(|hash| hash.bytes().try_into().expect("SHA-256 has 32 bytes")),
            columns.path.value(row_idx),
            is_deleted(state),
            media.is_media,
            columns.whole.value(row_idx) == "no",
        );
        match self.n_rows.get_mut(exhibit) {
            Some((n_files, n_media)) => {
                (*n_files, *n_media) = (*n_files + 1, *n_media + u64::from(media.is_media))
            }
            None => drop(self.n_rows.insert(exhibit.clone(), (1, u64::from(media.is_media)))),
        }
        match self.contents.get_mut(exhibit) {
            Some(contents) => contents.push(content),
            None => {
                self.contents.insert(exhibit.clone(), vec![content]);
            }
        }
        let path = || Text::from(columns.path.value(row_idx));
        let row = || columns.row(source, row_idx);
        if let Some(digest) = content.sha256.map(Digest).filter(|digest| asked.artefacts.contains(digest)) {
            let modified_us = time_us(columns.modified, row_idx);
            let deleted = is_deleted(state);
            self.place(
                digest,
                exhibit,
                Placed { path: path(), deleted, modified_us, n_copies: 1, row: row() },
            );
        }
        if let Some(taken) = media.taken {
            self.shots.push(Shot {
                exhibit: exhibit.clone(),
                taken,
                path: path(),
                deleted: is_deleted(state),
                created_us: time_us(columns.created, row_idx),
                modified_us: time_us(columns.modified, row_idx),
                hashes: hashes.clone(),
                row: row(),
            });
        }
        if hashes.iter().any(|hash| asked.prefixes.binary_search(&hash.prefix()).is_ok()) {
            self.found.push(Found { exhibit: exhibit.clone(), path: path(), state, hashes, row: row() });
        }
    }

    fn place(&mut self, digest: Digest, exhibit: &Text, other: Placed) {
        let of_exhibit = self.placed.entry(digest).or_default();
        match of_exhibit.get_mut(exhibit) {
            None => {
                of_exhibit.insert(exhibit.clone(), other);
            }
            Some(known) => {
                let n_copies = known.n_copies + 1;
                if (other.deleted, &other.path, &other.row) < (known.deleted, &known.path, &known.row) {
                    *known = other;
                }
                known.n_copies = n_copies;
            }
        }
    }
}
