//! Building an index: entries of any number of lists, sorted within a limit of memory, written as one file.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tutela_model::Digest;

use super::file::{MOST, Spool, Writer};
use super::manifest::{After, Manifest, SCHEMA, Source, Translation, TranslationOf};
use super::open::Index;
use super::sort::{Sorted, Sorter};
use super::{At as _, IndexError};
use crate::blocks::{BlockHashKind, BlockRows};
use crate::lists::record::Translated;
use crate::lists::{
    self, Attributes, Counts, Declared, Entry, Kind, Layout, Note, Problem, ReadError, Record, Take,
    Withdrawn,
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

/// The most different sets of attributes: they are held in memory whenever a list is open.
const MOST_ATTRIBUTES: usize = 1 << 20;
/// The most withdrawals by id: they are held in memory while a list is built.
const MOST_DELETED: usize = 4 << 20;
/// The most different entries of one hash.
const MOST_OF_ONE_HASH: usize = 1 << 16;
/// The least memory that sorting is given.
const LEAST_MEMORY: usize = 1 << 20;

/// Parts of a record besides its hashes, as bits over those of [`Kind::bit`].
const SIZE: u8 = 1 << 4;
const ID: u8 = 1 << 5;
/// The record is of the older version that the new one is compared with.
const OLD: u8 = 1 << 6;

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

/// Attributes while entries are taken, numbered in the order in which they come, by the source that they are of.
#[derive(Default)]
struct Dictionary {
    numbers: HashMap<u32, HashMap<Attributes, u32>>,
    all: Vec<(u32, Attributes)>,
    /// The last number: records that follow each other often say the same.
    last: Option<u32>,
}

impl Dictionary {
    fn number(&mut self, of: u32, attributes: &Attributes) -> Result<u32, IndexError> {
        if let Some(last) = self.last {
            let (last_of, known) = &self.all[last as usize];
            if *last_of == of && known == attributes {
                return Ok(last);
            }
        }
        let numbers = self.numbers.entry(of).or_default();
        let number = match numbers.get(attributes) {
            Some(number) => *number,
            None if self.all.len() >= MOST_ATTRIBUTES => {
                let most = MOST_ATTRIBUTES as u64;
                return Err(IndexError::TooMany {
                    what: "different sets of category, series and flags",
                    most,
                });
            }
            None => {
                let number = self.all.len() as u32;
                numbers.insert(attributes.clone(), number);
                self.all.push((of, attributes.clone()));
                number
            }
        };
        self.last = Some(number);
        Ok(number)
    }

    /// Gives every set of attributes its last form and its place in the order of their bytes.
    /// Those of withdrawn entries are only there when entries may be withdrawn: by their ids, and by not being there.
    fn settle(self, settings: &Settings, sources: &[Source], withdrawals: [bool; 2]) -> LastAttributes {
        let forms: Vec<[Attributes; 3]> = self
            .all
            .into_iter()
            .map(|(of, mut attributes)| {
                if attributes.category.is_some() && attributes.scheme.is_none() {
                    attributes.scheme = sources.get(of as usize).and_then(|source| source.scheme.clone());
                }
                translate(&mut attributes, settings);
                let gone = |may_be: bool, reason: &str| {
                    if !may_be {
                        return attributes.clone();
                    }
                    let withdrawn =
                        Withdrawn { version: settings.version.clone(), reason: reason.to_owned() };
                    Attributes {
                        withdrawn: attributes.withdrawn.clone().or(Some(withdrawn)),
                        ..attributes.clone()
                    }
                };
                let [by_id, missing] = withdrawals;
                [
                    attributes.clone(),
                    gone(by_id, "withdrawn by its contributor"),
                    gone(missing, "not in this version"),
                ]
            })
            .collect();
        let line = |attributes: &Attributes| serde_json::to_string(attributes).unwrap_or_default();
        let lines: BTreeMap<String, Attributes> =
            forms.iter().flatten().map(|attributes| (line(attributes), attributes.clone())).collect();
        let place: HashMap<&str, u32> =
            lines.keys().enumerate().map(|(place, line)| (line.as_str(), place as u32)).collect();
        let places = forms
            .iter()
            .map(|forms| forms.each_ref().map(|attributes| place[line(attributes).as_str()]))
            .collect();
        LastAttributes { places, lines: lines.into_iter().collect() }
    }
}

fn translate(attributes: &mut Attributes, settings: &Settings) {
    let Some((table, _)) = &settings.translation else { return };
    if attributes.scheme.as_ref() != Some(&table.from) || attributes.translated.is_some() {
        return;
    }
    let category = attributes.category.as_ref().and_then(|category| table.categories.get(category));
    attributes.translated =
        category.map(|category| Translated { scheme: table.to.clone(), category: category.clone() });
}

/// Attributes in their last form.
struct LastAttributes {
    /// By number while entries were taken: the place as it is, withdrawn by its id, and not there any more.
    places: Vec<[u32; 3]>,
    lines: Vec<(String, Attributes)>,
}

/// The most bytes of hashes, size and id.
const BODY: usize = 16 + 20 + 32 + 16 + 8 + 8;

/// An entry on its way into the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    /// Its parts, but [`OLD`].
    parts: u8,
    /// Hashes, size and id; zeros behind them.
    body: [u8; BODY],
    /// The place of its attributes.
    attributes: u32,
    old: bool,
}

/// What is known of withdrawals while entries are merged.
struct Marks<'a> {
    deleted: &'a BTreeMap<u64, Option<i64>>,
    /// Withdrawals by id that met an entry.
    met: BTreeSet<u64>,
    last: &'a LastAttributes,
}

impl Marks<'_> {
    fn row(&mut self, parts: u8, record: &[u8]) -> Row {
        let (body, attributes) = record.split_at(record.len() - 4);
        let number = u32::from_be_bytes(attributes.try_into().expect("four bytes"));
        let places = self.last.places[number as usize];
        let (body, form) = match parts & ID {
            0 => (body, 0),
            _ => {
                let (body, at) = body.split_at(body.len() - 8);
                let id = u64::from_be_bytes(body[body.len() - 8..].try_into().expect("eight bytes"));
                let at = i64::from_be_bytes(at.try_into().expect("eight bytes"));
                (body, usize::from(self.is_deleted(id, at)))
            }
        };
        let old = parts & OLD != 0;
        // An older entry that stays has no newer beside it: it is not there any more, unless it is withdrawn by its id.
        let form = if old && form == 0 { 2 } else { form };
        let mut row = Row { parts: parts & !OLD, body: [0; BODY], attributes: places[form], old };
        row.body[..body.len()].copy_from_slice(body);
        row
    }

    fn is_deleted(&mut self, id: u64, at_us: i64) -> bool {
        let Some(deleted) = self.deleted.get(&id) else { return false };
        self.met.insert(id);
        deleted.is_none_or(|deleted| deleted >= at_us)
    }
}

/// Sorted entries of every form, merged.
struct Merge {
    sorted: Vec<(u8, Sorted)>,
}

impl Merge {
    fn new(sorters: BTreeMap<u8, Sorter>) -> std::io::Result<Self> {
        let sorted = sorters.into_iter().map(|(parts, sorter)| Ok((parts, sorter.sorted()?)));
        Ok(Self { sorted: sorted.collect::<std::io::Result<_>>()? })
    }

    /// The first hash of the entry that comes next.
    fn least(&self) -> Option<(Kind, &[u8])> {
        let firsts = self.sorted.iter().filter_map(|(parts, sorted)| {
            let kind = first_kind(*parts);
            Some((kind, &sorted.record()?[..kind.width()]))
        });
        firsts.min()
    }

    /// The entries of the next hash; false when there are none any more.
    fn next_group(&mut self, group: &mut Vec<Row>, marks: &mut Marks<'_>) -> std::io::Result<bool> {
        group.clear();
        let Some((kind, key)) = self.least() else { return Ok(false) };
        let mut first = [0; 32];
        first[..key.len()].copy_from_slice(key);
        let key = &first[..kind.width()];
        for (parts, sorted) in &mut self.sorted {
            if first_kind(*parts) != kind {
                continue;
            }
            while let Some(record) = sorted.record().filter(|record| record.starts_with(key)) {
                let row = marks.row(*parts, record);
                // The same record again, many times over, takes no memory.
                if group.len() <= MOST_OF_ONE_HASH || group.last() != Some(&row) {
                    group.push(row);
                }
                if group.len() > 2 * MOST_OF_ONE_HASH {
                    return Ok(true);
                }
                sorted.advance()?;
            }
        }
        Ok(true)
    }
}

fn first_kind(parts: u8) -> Kind {
    Kind::ALL.into_iter().find(|kind| parts & kind.bit() != 0).expect("an entry has a hash")
}

/// Puts the entries of a hash into order, each once; older ones only where no newer is. Gives how many were repeated.
fn settle_group(group: &mut Vec<Row>) -> u64 {
    if group.len() == 1 {
        return 0;
    }
    if group.iter().any(|row| !row.old) {
        group.retain(|row| !row.old);
    }
    let before = group.len();
    group.sort_unstable();
    group.dedup();
    (before - group.len()) as u64
}

/// What was written, as the manifest says it.
struct Totals {
    entries: u64,
    withdrawn: u64,
    untranslated: u64,
    scheme_missing: bool,
}

/// Entries that are written: what is kept aside until its section comes.
struct Written {
    entries: u64,
    /// None where all entries have the same, and where no entry has one.
    attributes: Option<Spool>,
    sizes: Option<Spool>,
    ids: Option<Spool>,
    /// Of each attributes' place, how many entries have it.
    used: BTreeMap<u32, u64>,
    last_used: (u32, u64),
    /// Hashes of other kinds than MD5, each with the number of its entry.
    keys: BTreeMap<Kind, Sorter>,
    md5: u64,
    memory_bytes: usize,
}

impl Written {
    /// For entries that have some of these parts.
    fn new(folder: &Path, memory_bytes: usize, parts: u8, last: &LastAttributes) -> std::io::Result<Self> {
        let spool = |wanted: bool| wanted.then(|| Spool::new(folder)).transpose();
        let keys = Kind::ALL[1..].iter().map(|kind| (*kind, Sorter::new(kind.width() + 4, folder)));
        Ok(Self {
            entries: 0,
            attributes: spool(last.lines.len() > 1)?,
            sizes: spool(parts & SIZE != 0)?,
            ids: spool(parts & ID != 0)?,
            used: BTreeMap::new(),
            last_used: (0, 0),
            keys: keys.collect(),
            md5: 0,
            memory_bytes,
        })
    }

    fn row(&mut self, row: &Row) -> std::io::Result<()> {
        let number = self.entries as u32;
        let mut at = 0;
        for kind in Kind::ALL.into_iter().filter(|kind| row.parts & kind.bit() != 0) {
            let hash = &row.body[at..at + kind.width()];
            at += kind.width();
            let Some(keys) = self.keys.get_mut(&kind) else {
                self.md5 += 1;
                continue;
            };
            let mut pair = [0; 36];
            pair[..hash.len()].copy_from_slice(hash);
            pair[hash.len()..hash.len() + 4].copy_from_slice(&number.to_be_bytes());
            keys.push(&pair[..hash.len() + 4]);
            if keys.memory() > self.memory_bytes / 6 {
                keys.spill()?;
            }
        }
        let mut next = |part: u8| {
            let there = row.parts & part != 0;
            let value =
                there.then(|| u64::from_be_bytes(row.body[at..at + 8].try_into().expect("eight bytes")));
            at += if there { 8 } else { 0 };
            value
        };
        let (size, id) = (next(SIZE), next(ID));
        if let Some(sizes) = &mut self.sizes {
            sizes.push(&size.unwrap_or(u64::MAX).to_le_bytes()[..6])?;
        }
        if let Some(ids) = &mut self.ids {
            ids.push(&id.unwrap_or(0).to_le_bytes())?;
        }
        if let Some(attributes) = &mut self.attributes {
            attributes.push(&row.attributes.to_le_bytes())?;
        }
        if self.last_used.0 != row.attributes {
            *self.used.entry(self.last_used.0).or_default() += self.last_used.1;
            self.last_used = (row.attributes, 0);
        }
        self.last_used.1 += 1;
        self.entries += 1;
        Ok(())
    }

    /// Writes all sections of entries; the keys of MD5 are being written already.
    fn finish(
        mut self,
        writer: &mut Writer,
        last: &LastAttributes,
        folder: &Path,
        path: &Path,
    ) -> Result<Totals, IndexError> {
        writer.end(self.md5)?.first = Some(0);
        writer.directory("md5.directory")?;
        for (kind, sorter) in std::mem::take(&mut self.keys) {
            keys(writer, kind, sorter, self.entries, folder, self.memory_bytes / 3)?;
        }
        if let Some(sizes) = self.sizes {
            writer.append("entry.size", 6, sizes)?;
        }
        if let Some(ids) = self.ids {
            writer.append("entry.id", 8, ids)?;
        }
        *self.used.entry(self.last_used.0).or_default() += self.last_used.1;
        self.used.retain(|_, entries| *entries > 0);
        let used: Vec<(u32, u64)> = std::mem::take(&mut self.used).into_iter().collect();
        writer.begin("attributes", 0)?;
        for (place, _) in &used {
            writer.write(last.lines[*place as usize].0.as_bytes())?;
            writer.write(b"\n")?;
        }
        writer.end(used.len() as u64)?;
        if let Some(attributes) = self.attributes {
            write_places(writer, attributes, &used, path)?;
        }
        let count = |is: &dyn Fn(&Attributes) -> bool| -> u64 {
            used.iter()
                .filter(|(place, _)| is(&last.lines[*place as usize].1))
                .map(|(_, entries)| entries)
                .sum()
        };
        Ok(Totals {
            entries: self.entries,
            withdrawn: count(&|attributes| attributes.withdrawn.is_some()),
            untranslated: count(&|attributes| {
                attributes.category.is_some() && attributes.translated.is_none()
            }),
            scheme_missing: count(&|attributes| attributes.category.is_some() && attributes.scheme.is_none())
                > 0,
        })
    }
}

/// Writes which attributes each entry has, by their lines, in as few bytes as their number needs.
fn write_places(
    writer: &mut Writer,
    spool: Spool,
    used: &[(u32, u64)],
    path: &Path,
) -> Result<(), IndexError> {
    use std::io::Read as _;
    let width = match used.len() {
        0 | 1 => return Ok(()),
        2..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    };
    let lines: HashMap<u32, u32> =
        used.iter().enumerate().map(|(line, (place, _))| (*place, line as u32)).collect();
    let entries: u64 = used.iter().map(|(_, entries)| entries).sum();
    let mut places = spool.rewound().at("read", path)?;
    writer.begin("entry.attribute", width)?;
    let mut place = [0; 4];
    for _ in 0..entries {
        places.read_exact(&mut place).at("read", path)?;
        let line = lines.get(&u32::from_le_bytes(place)).copied().unwrap_or_default();
        writer.write(&line.to_le_bytes()[..width as usize])?;
    }
    writer.end(entries)?;
    Ok(())
}

/// Writes the keys of a kind, their directory, and how keys and entries find each other.
fn keys(
    writer: &mut Writer,
    kind: Kind,
    sorter: Sorter,
    entries: u64,
    folder: &Path,
    memory_bytes: usize,
) -> Result<(), IndexError> {
    let (word, width) = (kind.word(), kind.width());
    let mut sorted = sorter.sorted().at("read", folder)?;
    if sorted.record().is_none() {
        return Ok(());
    }
    let mut numbers = Spool::new(folder).at("write", folder)?;
    let mut of_entries = Sorter::new(8, folder);
    let (mut rows, mut first, mut follow) = (0u64, 0u64, true);
    writer.begin(&format!("{word}.keys"), width as u32)?;
    while let Some(record) = sorted.record() {
        writer.write(&record[..width])?;
        let number = &record[width..];
        let entry = u64::from(u32::from_be_bytes(number.try_into().expect("four bytes")));
        first = if rows == 0 { entry } else { first };
        follow &= entry == first + rows;
        numbers.push(&(entry as u32).to_le_bytes()).at("write", folder)?;
        of_entries.push(&[number, &(rows as u32).to_be_bytes()].concat());
        if of_entries.memory() > memory_bytes {
            of_entries.spill().at("write", folder)?;
        }
        rows += 1;
        sorted.advance().at("read", folder)?;
    }
    drop(sorted);
    writer.end(rows)?.first = follow.then_some(first);
    writer.directory(&format!("{word}.directory"))?;
    if follow {
        return Ok(());
    }
    writer.append(&format!("{word}.entries"), 4, numbers)?;
    let mut of_entries = of_entries.sorted().at("read", folder)?;
    writer.begin(&format!("entry.{word}"), 4)?;
    for entry in 0..entries {
        let row = of_entries.record().filter(|record| record[..4] == (entry as u32).to_be_bytes());
        let row = row.map(|record| u32::from_be_bytes(record[4..8].try_into().expect("four bytes")));
        writer.write(&row.unwrap_or(u32::MAX).to_le_bytes())?;
        if row.is_some() {
            of_entries.advance().at("read", folder)?;
        }
    }
    writer.end(entries)?;
    Ok(())
}
