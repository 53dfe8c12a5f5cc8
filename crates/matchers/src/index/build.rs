//! Building an index: entries of any number of lists, sorted within a limit of memory, written as one file.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tutela_model::Digest;

use super::attributes::Dictionary;
use super::entries::Written;
use super::file::{MOST, Writer};
use super::manifest::{After, Manifest, SCHEMA, Source, Translation, TranslationOf};
use super::merge::{ID, MOST_OF_ONE_HASH, Marks, Merge, OLD, Row, SIZE, settle_group};
use super::open::Index;
use super::sort::Sorter;
use super::{At as _, IndexError};
use crate::blocks::{BlockHashKind, BlockRows};
use crate::lists::{
    self, Counts, Declared, Entry, Kind, Layout, Note, Problem, ReadError, Record, Take, Withdrawn,
};

/// What a list is, and what building it may take.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The list's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The scheme of categories, where the list does not say it.
    pub scheme: Option<String>,
    /// The table that translates categories, and the SHA-256 of its file.
    pub translation: Option<(Translation, Digest)>,
    /// Memory that sorting may take, in bytes.
    pub memory_bytes: usize,
    /// Where sorted runs are kept meanwhile. They have no names, so nothing is left when the program is stopped.
    pub folder: PathBuf,
}

/// What was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// The digest of the list.
    pub digest: Digest,
    /// Its manifest, without sections.
    pub manifest: Manifest,
    /// Whether there are categories without a scheme.
    pub scheme_missing: bool,
}

/// Entries of an older version that are to be withdrawn.
#[derive(Clone, Copy, Debug)]
pub struct Gone<'a> {
    /// Their hashes.
    pub hashes: &'a [(Kind, Vec<u8>)],
    /// Why.
    pub reason: &'a str,
}

/// The most withdrawals by id: they are held in memory while a list is built.
const MOST_DELETED: usize = 4 << 20;
/// The least memory that sorting is given.
const LEAST_MEMORY: usize = 1 << 20;

/// An index that is being built.
pub struct Builder {
    settings: Settings,
    path: PathBuf,
    writer: Writer,
    /// By the parts that their records have.
    sorters: BTreeMap<u8, Sorter>,
    memory: usize,
    scratch: Vec<u8>,
    attributes: Dictionary,
    deleted: BTreeMap<u64, Option<i64>>,
    blocks: BlockRows,
    sources: Vec<Source>,
    after: Option<After>,
}

impl Builder {
    /// Begins an index that will have this path.
    ///
    /// # Errors
    /// There is a file already; the disk.
    pub fn new(settings: Settings, path: &Path) -> Result<Self, IndexError> {
        let memory = settings.memory_bytes.max(LEAST_MEMORY);
        let blocks = BlockRows::new(&settings.folder, memory / 2);
        Ok(Self {
            writer: Writer::new(path)?,
            path: path.to_owned(),
            sorters: BTreeMap::new(),
            memory: 0,
            scratch: Vec::new(),
            attributes: Dictionary::default(),
            deleted: BTreeMap::new(),
            blocks,
            sources: Vec::new(),
            after: None,
            settings: Settings { memory_bytes: memory, ..settings },
        })
    }

    /// Takes a list. `problem` takes what could not be read; `flow` is asked now and then whether to go on, with the
    /// bytes of the list that are read so far.
    ///
    /// # Errors
    /// The list cannot be read at all; there is more than the form holds; the disk.
    pub fn list(
        &mut self,
        path: &Path,
        layout: Layout,
        declared: &Declared,
        problem: &mut dyn FnMut(&Problem) -> std::io::Result<()>,
        flow: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Counts, IndexError> {
        if let (Layout::Hashdb, Some(block_bytes)) = (layout, declared.block_bytes) {
            self.blocks.declare(block_bytes, BlockHashKind::Md5)?;
        }
        let of = self.sources.len() as u32;
        let done = Cell::new(0);
        let mut taking = Taking {
            builder: self,
            of,
            counts: Counts::default(),
            records: 0,
            scheme: None,
            done: &done,
            problem,
            flow,
            failed: None,
        };
        let read = lists::read(path, layout, declared, &done, &mut taking);
        let (counts, scheme, failed) = (taking.counts, taking.scheme, taking.failed);
        if let Some(failed) = failed {
            return Err(failed);
        }
        let received = read.map_err(|source| IndexError::List { path: path.to_owned(), source })?;
        let scheme = match (scheme, self.settings.scheme.clone()) {
            (Some(said), Some(given)) if said != given => {
                return Err(IndexError::OtherScheme { said, given });
            }
            (said, given) => said.or(given),
        };
        self.sources.push(Source {
            sha256: received.digest.hex(),
            bytes: received.bytes,
            layout: layout.word().to_owned(),
            scheme,
            counts: counts.clone(),
        });
        Ok(counts)
    }

    /// Takes all entries of another index, as they are, but for those that are to be withdrawn. Gives how many entries
    /// each of their hashes met.
    ///
    /// # Errors
    /// The disk; more than the form holds.
    pub fn index(&mut self, index: &Index, gone: Option<Gone<'_>>) -> Result<Vec<u64>, IndexError> {
        let mut met = vec![0; gone.map_or(0, |gone| gone.hashes.len())];
        for number in 0..index.entries() {
            let Some(stored) = index.entry(number) else { continue };
            let mut entry = stored.to_entry();
            if let Some(gone) = gone {
                let is = |(kind, hash): &(Kind, Vec<u8>)| entry.hashes.get(*kind) == Some(hash);
                let mut is_gone = false;
                for (met, _) in met.iter_mut().zip(gone.hashes).filter(|(_, hash)| is(hash)) {
                    *met += 1;
                    is_gone = true;
                }
                if is_gone && entry.attributes.withdrawn.is_none() {
                    entry.attributes.withdrawn = Some(Withdrawn {
                        version: self.settings.version.clone(),
                        reason: gone.reason.to_owned(),
                    });
                }
            }
            self.entry(u32::MAX, &entry, 0)?;
        }
        self.blocks.index(index)?;
        self.source_index(index);
        Ok(met)
    }

    /// Keeps, as withdrawn, the entries of an older version that the new one does not have.
    ///
    /// # Errors
    /// The disk; more than the form holds.
    pub fn after(&mut self, index: &Index) -> Result<(), IndexError> {
        for number in 0..index.entries() {
            let Some(stored) = index.entry(number) else { continue };
            self.entry(u32::MAX, &stored.to_entry(), OLD)?;
        }
        self.after = Some(After { version: index.manifest().version.clone(), digest: index.digest().hex() });
        self.source_index(index);
        Ok(())
    }

    /// Says that the list was made from another version and nothing else.
    pub fn next_of(&mut self, index: &Index) {
        self.after = Some(After { version: index.manifest().version.clone(), digest: index.digest().hex() });
    }

    /// The blocks of files, to be added to.
    pub fn blocks(&mut self) -> &mut BlockRows {
        &mut self.blocks
    }

    fn source_index(&mut self, index: &Index) {
        let entries = index.entries();
        self.sources.push(Source {
            sha256: index.digest().hex(),
            bytes: index.bytes(),
            layout: "index".to_owned(),
            scheme: None,
            counts: Counts { entries, ..Counts::default() },
        });
    }

    fn entry(&mut self, of: u32, entry: &Entry, old: u8) -> Result<(), IndexError> {
        let attributes = self.attributes.number(of, &entry.attributes)?;
        let parts = entry.hashes.bits()
            | if entry.size.is_some() { SIZE } else { 0 }
            | if entry.id.is_some() { ID } else { 0 }
            | old;
        let record = &mut self.scratch;
        record.clear();
        for kind in entry.hashes.kinds() {
            record.extend_from_slice(entry.hashes.get(kind).unwrap_or_default());
        }
        if let Some(size) = entry.size {
            record.extend_from_slice(&size.to_be_bytes());
        }
        if let Some(id) = entry.id {
            record.extend_from_slice(&id.to_be_bytes());
            record.extend_from_slice(&entry.at_us.unwrap_or(i64::MIN).to_be_bytes());
        }
        record.extend_from_slice(&attributes.to_be_bytes());
        let folder = &self.settings.folder;
        let sorter = self.sorters.entry(parts).or_insert_with(|| Sorter::new(record.len(), folder));
        let before = sorter.memory();
        sorter.push(record);
        self.memory += sorter.memory() - before;
        // Half of the limit: what is sorted afterwards takes the other half.
        if self.memory > self.settings.memory_bytes / 2 {
            let largest = self.sorters.values_mut().max_by_key(|sorter| sorter.memory());
            if let Some(largest) = largest {
                self.memory -= largest.memory();
                largest.spill().at("write", &self.settings.folder)?;
            }
        }
        Ok(())
    }

    fn delete(&mut self, id: u64, at_us: Option<i64>) -> Result<(), IndexError> {
        let known = self.deleted.entry(id).or_insert(at_us);
        // The last one counts; one without a time counts whenever the entry was stated.
        *known = known.zip(at_us).map(|(known, at)| known.max(at));
        if self.deleted.len() > MOST_DELETED {
            return Err(IndexError::TooMany { what: "withdrawals by id", most: MOST_DELETED as u64 });
        }
        Ok(())
    }

    /// Sorts all entries and writes the index. `flow` is asked with the entries that are written so far.
    ///
    /// # Errors
    /// The disk; there is a file of its path by now; more than the form holds; `flow` breaks.
    pub fn finish(mut self, flow: &mut dyn FnMut(u64) -> ControlFlow<()>) -> Result<Built, IndexError> {
        let folder = self.settings.folder.clone();
        let withdrawals = [!self.deleted.is_empty(), self.after.is_some()];
        let last = std::mem::take(&mut self.attributes).settle(&self.settings, &self.sources, withdrawals);
        let parts = self.sorters.keys().fold(0, |all, parts| all | parts);
        let mut merge = Merge::new(std::mem::take(&mut self.sorters)).at("read", &folder)?;
        let mut written =
            Written::new(&folder, self.settings.memory_bytes, parts, &last).at("write", &folder)?;
        let mut marks = Marks { deleted: &self.deleted, met: BTreeSet::new(), last: &last };
        let mut repeated = 0;
        let mut group: Vec<Row> = Vec::new();
        self.writer.begin("md5.keys", Kind::Md5.width() as u32)?;
        while merge.next_group(&mut group, &mut marks).at("read", &folder)? {
            if group.len() > MOST_OF_ONE_HASH {
                return Err(IndexError::TooMany {
                    what: "entries of one hash",
                    most: MOST_OF_ONE_HASH as u64,
                });
            }
            repeated += settle_group(&mut group);
            for row in &group {
                if row.parts & Kind::Md5.bit() != 0 {
                    self.writer.write(&row.body[..Kind::Md5.width()])?;
                }
                written.row(row).at("write", &folder)?;
            }
            if written.entries.is_multiple_of(65_536) && flow(written.entries).is_break() {
                return Err(IndexError::Stopped);
            }
        }
        if written.entries > MOST {
            return Err(IndexError::TooMany { what: "entries", most: MOST });
        }
        let met = marks.met.len() as u64;
        drop(merge);
        let withdrawn = written.finish(&mut self.writer, &last, &folder, &self.path)?;
        let blocks = self.blocks.finish(&mut self.writer)?;
        self.sources.sort_by(|a, b| (&a.sha256, &a.layout).cmp(&(&b.sha256, &b.layout)));
        let manifest = Manifest {
            schema: SCHEMA.to_owned(),
            name: self.settings.name,
            version: self.settings.version,
            after: self.after,
            entries: withdrawn.entries,
            withdrawn: withdrawn.withdrawn,
            repeated,
            unmet_withdrawals: self.deleted.len() as u64 - met,
            translation: self.settings.translation.map(|(table, digest)| TranslationOf {
                from: table.from,
                to: table.to,
                sha256: digest.hex(),
                untranslated: withdrawn.untranslated,
            }),
            sources: self.sources,
            blocks,
            sections: Vec::new(),
        };
        let digest = self.writer.finish(manifest.clone())?;
        Ok(Built { digest, manifest, scheme_missing: withdrawn.scheme_missing })
    }
}

/// A list that is being taken.
struct Taking<'a> {
    builder: &'a mut Builder,
    of: u32,
    counts: Counts,
    records: u64,
    scheme: Option<String>,
    done: &'a Cell<u64>,
    problem: &'a mut dyn FnMut(&Problem) -> std::io::Result<()>,
    flow: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
    /// Why nothing more is taken.
    failed: Option<IndexError>,
}

impl Taking<'_> {
    fn go_on(&mut self, done: Result<(), IndexError>) -> Result<(), ReadError> {
        self.records += 1;
        let done = match done {
            Ok(()) if self.records.is_multiple_of(8192) && (self.flow)(self.done.get()).is_break() => {
                Err(IndexError::Stopped)
            }
            done => done,
        };
        done.map_err(|error| {
            let said = error.to_string();
            self.failed = Some(error);
            ReadError::Taken(said.into())
        })
    }
}

impl Take for Taking<'_> {
    fn record(&mut self, record: Record<'_>) -> Result<(), ReadError> {
        self.counts.record(&record);
        let done = match record {
            Record::Entry(entry) => self.builder.entry(self.of, entry, 0),
            Record::Deleted { id, at_us } => self.builder.delete(id, at_us),
            Record::Block(block) => self.builder.blocks.listed(block),
            Record::Skip(_) => Ok(()),
        };
        self.go_on(done)
    }

    fn problem(&mut self, problem: Problem) -> Result<(), ReadError> {
        self.counts.problem(&problem);
        let done = (self.problem)(&problem).at("write", &self.builder.path);
        self.go_on(done)
    }

    fn note(&mut self, note: Note) {
        self.counts.note(note);
    }

    fn scheme(&mut self, scheme: &str) {
        self.scheme = Some(scheme.to_owned());
    }
}
