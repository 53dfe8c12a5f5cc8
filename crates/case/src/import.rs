//! Reads received files into table files: reader, sort and encoding in one pipeline. Nothing made here counts until
//! the writer records it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, ScopedJoinHandle};

use arrow_array::{BooleanArray, RecordBatch};
use arrow_select::filter::filter_record_batch;
use tutela_model::table::TableInfo;
use tutela_model::tables::{Builders, Problem, ProblemKind};
use tutela_model::{Declared, Digest, Input, Reader, Refusal, Row, Sink, Spot};

use crate::acts::{Acted, Beside, DeclaredText, Import, TableFile};
use crate::authority::Scope;
use crate::case::Basis;
use crate::error::{CaseError, OnDisk, OnTable};
use crate::folder::{Folder, move_to};
use crate::receiving::Received;
use crate::sort::{Sorter, remove_runs};
use crate::table_file::TableWriter;

/// A received file, and how it is to be read.
#[derive(Clone)]
pub struct ToImport {
    /// The file.
    pub received: Received,
    /// Files received that it is to be read with: the write-ahead log of a database.
    pub beside: Vec<Received>,
    /// The reader.
    pub reader: Reader,
    /// What the officer declared.
    pub declared: Declared,
}

impl ToImport {
    /// The files that it is to be read with, as they are recorded.
    pub(crate) fn beside(&self) -> Vec<Beside> {
        let beside = |received: &Received| Beside { sha256: received.sha256, name: received.name.clone() };
        self.beside.iter().map(beside).collect()
    }
}

/// What came of a file.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Its rows are in the tables.
    Imported(Box<Acted<Import>>),
    /// Its rows are in the tables, and those of an earlier import of it no longer count.
    Replaces {
        /// The import that counts.
        import: Box<Acted<Import>>,
        /// The one that counted before.
        earlier: Box<Acted<Import>>,
    },
    /// The same reader with the same declaration has read it before: nothing was done.
    AlreadyImported(Box<Acted<Import>>),
}

impl Outcome {
    /// The import that counts.
    #[must_use]
    pub fn import(&self) -> &Acted<Import> {
        match self {
            Self::Imported(import) | Self::AlreadyImported(import) | Self::Replaces { import, .. } => import,
        }
    }
}

/// What an import may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of memory for rows, over all threads.
    pub memory: usize,
    /// Threads.
    pub jobs: usize,
}

impl Default for Limits {
    /// 256 MB, and as many threads as the machine has.
    fn default() -> Self {
        Self { memory: 256 << 20, jobs: thread::available_parallelism().map_or(1, usize::from) }
    }
}

/// Told the position of a file in its batch and how many of its bytes are behind; `Break` stops the work.
pub type Progress<'a> = &'a (dyn Fn(usize, u64) -> ControlFlow<()> + Sync);

/// Rows that a batch takes on their way to the sort.
const BATCH_ROWS: usize = 32_768;
/// Bytes of text that end a batch, far below the two billion that a text column can hold.
const BATCH_TEXT: usize = 16 << 20;
/// Bytes of text beyond which a row becomes a problem: no honest record is that large.
const ROW_TEXT: usize = 16 << 20;
/// Notes on a file that are kept.
const MAX_NOTES: usize = 500;

/// Table files that do not count yet.
pub(crate) struct Derived {
    pub import: Import,
    /// Where each of its table files lies, and where it is to go.
    pub moves: Vec<(PathBuf, PathBuf)>,
}

impl Derived {
    /// Puts the files in their places.
    pub fn put(&self) -> Result<(), CaseError> {
        for (unfinished, path) in &self.moves {
            let dir = path.parent().unwrap_or(path);
            fs::create_dir_all(dir).disk("create the folder", dir)?;
            move_to(unfinished, path)?;
        }
        Ok(())
    }
}

/// Reads a received file into table files.
pub(crate) fn derive(
    folder: &Folder,
    item_idx: usize,
    item: &ToImport,
    basis: &Basis,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<Derived, CaseError> {
    let ToImport { received, reader, declared, beside } = item;
    let mut input = open(folder, received)?;
    input.beside = beside.iter().map(|beside| open(folder, beside)).collect::<Result<_, _>>()?;
    let spill_to = folder.unfinished().join(format!("{item_idx}"));
    let (counts, sorters) = thread::scope(|scope| {
        let mut sink = TableSink::new(scope, &spill_to, basis.scope(), limits, item_idx, progress);
        let read = (reader.read)(input, declared, &mut sink);
        sink.finish(read, &received.name)
    })?;
    let declared = DeclaredText::from(declared);
    let beside = item.beside();
    let derivation = derivation(reader, &declared, &beside, basis.scope());
    let (mut tables, mut sealed, mut moves) = (Vec::new(), Vec::new(), Vec::new());
    for (is_sealed, sorter) in sorters {
        let (place, table) = (if is_sealed { "sealed" } else { "tables" }, sorter.table().name);
        let unfinished = spill_to.with_extension(format!("{place}.{table}.parquet"));
        let path = format!("{place}/{table}/{}-{derivation}.parquet", received.sha256);
        let file = write_table(sorter, &unfinished, received.sha256, &path, limits.jobs)?;
        if is_sealed {
            sealed.push(file)
        } else {
            tables.push(file)
        }
        moves.push((unfinished, folder.path().join(path)));
    }
    let import = Import {
        sha256: received.sha256,
        name: received.name.clone(),
        size: received.size,
        reader: reader.name.to_owned(),
        reader_version: reader.version,
        declared,
        beside,
        basis: basis.id().to_owned(),
        records: counts.records,
        tables,
        sealed,
        skips: counts.skips.into_iter().map(|(reason, n)| (reason.to_owned(), n)).collect(),
        notes: counts.notes,
    };
    Ok(Derived { import, moves })
}

/// A received file, ready to be read.
fn open(folder: &Folder, received: &Received) -> Result<Input, CaseError> {
    let path = folder.received(received.sha256);
    let file = File::open(&path).disk("read", &path)?;
    let len = file.metadata().disk("read", &path)?.len();
    let bytes = Box::new(BufReader::with_capacity(128 << 10, file));
    Ok(Input { name: received.name.clone(), len, bytes, beside: Vec::new() })
}

/// Names what the rows depend on besides the file: reader, its version, the declaration, the files that it was read
/// with, the scope of the authority.
fn derivation(reader: &Reader, declared: &DeclaredText, beside: &[Beside], scope: &Scope) -> String {
    let canonical = |value| tutela_ledger::canonical(&value).unwrap_or_default();
    let mut text =
        format!("{}\n{}\n{}", reader.name, reader.version, canonical(crate::acts::to_body(declared)));
    for Beside { sha256, name } in beside {
        text.push_str(&format!("\n{sha256} {name}"));
    }
    if !scope.is_everything() {
        text.push_str(&format!("\n{}", canonical(crate::acts::to_body(scope))));
    }
    Digest::of(text.as_bytes()).hex()[..12].to_owned()
}

fn write_table(
    sorter: Sorter,
    unfinished: &Path,
    source: Digest,
    path: &str,
    jobs: usize,
) -> Result<TableFile, CaseError> {
    let table = sorter.table();
    let (spill_to, n_spilled) = sorter.spilled();
    let mut merge = sorter.finish()?;
    let mut group = merge.next_group()?;
    let n_rows = group.as_ref().map_or(0, |group| group.len());
    let mut writer = TableWriter::new(unfinished, table, source, n_rows)?;
    while let Some(full) = group {
        // While a group is encoded, the next one is merged.
        let next = thread::scope(|scope| {
            let is_last = merge.is_empty();
            let mut encoding = || writer.write(&full, jobs).table("write", unfinished);
            if is_last || jobs < 2 {
                encoding()?;
                merge.next_group()
            } else {
                let next = scope.spawn(|| merge.next_group());
                encoding()?;
                next.join().expect("merging does not panic")
            }
        });
        group = next?;
    }
    remove_runs(&spill_to, n_spilled);
    let written = writer.finish(unfinished)?;
    Ok(TableFile {
        table: table.name.to_owned(),
        path: path.to_owned(),
        rows: written.rows,
        size: written.size,
        sha256: written.sha256,
    })
}

/// What is counted beside the rows.
#[derive(Default)]
struct Counts {
    records: u64,
    skips: BTreeMap<&'static str, u64>,
    notes: Vec<(String, String)>,
}

/// Rows of a table, whether they are sealed, and the most text that one of them holds.
type Batch = (&'static TableInfo, bool, RecordBatch, usize);

/// The sorters, each with whether its rows are sealed.
type Sorters = Vec<(bool, Sorter)>;

/// The thread that sorts, and the way to it.
type Sorting<'scope> = (SyncSender<Batch>, ScopedJoinHandle<'scope, Result<Sorters, CaseError>>);

/// Takes rows from a reader and hands batches of them to a thread that sorts. The thread begins with the first full
/// batch, so that a small file costs none.
struct TableSink<'scope, 'env> {
    scope: &'scope thread::Scope<'scope, 'env>,
    spill_to: &'env Path,
    covers: &'env Scope,
    limits: Limits,
    item_idx: usize,
    progress: Progress<'env>,
    builders: Builders,
    waiting_text: usize,
    max_text: usize,
    counts: Counts,
    stopped: bool,
    sorting: Option<Sorting<'scope>>,
}

impl<'scope, 'env> TableSink<'scope, 'env> {
    fn new(
        scope: &'scope thread::Scope<'scope, 'env>,
        spill_to: &'env Path,
        covers: &'env Scope,
        limits: Limits,
        item_idx: usize,
        progress: Progress<'env>,
    ) -> Self {
        Self {
            scope,
            spill_to,
            covers,
            limits,
            item_idx,
            progress,
            builders: Builders::default(),
            waiting_text: 0,
            max_text: 0,
            counts: Counts::default(),
            stopped: false,
            sorting: None,
        }
    }

    fn send(&mut self, table: &'static TableInfo, batch: RecordBatch) -> Result<(), Refusal> {
        parted(self.covers, batch).try_for_each(|(is_sealed, batch)| self.send_part(table, is_sealed, batch))
    }

    fn send_part(
        &mut self,
        table: &'static TableInfo,
        is_sealed: bool,
        batch: RecordBatch,
    ) -> Result<(), Refusal> {
        let (sender, _) = self.sorting.get_or_insert_with(|| {
            let (sender, batches) = mpsc::sync_channel(2);
            let (spill_to, memory) = (self.spill_to, self.limits.memory);
            (sender, self.scope.spawn(move || collect(&batches, spill_to, memory)))
        });
        // A sort that failed has hung up; its own error is found when it is joined.
        sender
            .send((table, is_sealed, batch, self.max_text))
            .map_err(|_| Refusal::Store("the sort has ended".into()))
    }

    fn send_waiting(&mut self) -> Result<(), Refusal> {
        self.waiting_text = 0;
        let batches = self.builders.finish();
        batches.into_values().try_for_each(|(table, batch)| self.send(table, batch))
    }

    /// Ends the reading: what was counted, and the sorted tables.
    fn finish(mut self, read: Result<(), Refusal>, name: &str) -> Result<(Counts, Sorters), CaseError> {
        let read = match read {
            Ok(()) if self.stopped => Err(Refusal::Stopped),
            Ok(()) if self.sorting.is_some() => self.send_waiting(),
            read => read,
        };
        if let Some((sender, sorting)) = self.sorting {
            drop(sender);
            let sorters = sorting.join().expect("sorting does not panic")?;
            read.map_err(|source| CaseError::Refused { name: name.to_owned(), source })?;
            return Ok((self.counts, sorters));
        }
        read.map_err(|source| CaseError::Refused { name: name.to_owned(), source })?;
        let mut sorters = Vec::new();
        for (table, batch) in self.builders.finish().into_values() {
            for (is_sealed, batch) in parted(self.covers, batch) {
                let mut sorter = sorter(table, is_sealed, self.spill_to)?;
                sorter.push(batch, self.max_text);
                sorters.push((is_sealed, sorter));
            }
        }
        Ok((self.counts, sorters))
    }
}

/// The rows of a batch that the scope covers and those that it does not, which are sealed; neither is empty.
fn parted(covers: &Scope, batch: RecordBatch) -> impl Iterator<Item = (bool, RecordBatch)> + use<> {
    let parts = match covers.covered(&batch) {
        None => vec![(false, batch)],
        Some(covered) => {
            let pick = |mask: &BooleanArray| filter_record_batch(&batch, mask).expect("a mask of all rows");
            let outside = BooleanArray::new(!covered.values(), None);
            vec![(false, pick(&covered)), (true, pick(&outside))]
        }
    };
    parts.into_iter().filter(|(_, batch)| batch.num_rows() > 0)
}

fn sorter(table: &'static TableInfo, is_sealed: bool, spill_to: &Path) -> Result<Sorter, CaseError> {
    let sealed = if is_sealed { "-sealed" } else { "" };
    Sorter::new(table, PathBuf::from(format!("{}-{}{sealed}", spill_to.display(), table.name)))
}

/// Sorts batches as they come, and moves the largest table to disk whenever memory ends.
fn collect(batches: &Receiver<Batch>, spill_to: &Path, memory: usize) -> Result<Sorters, CaseError> {
    let mut sorters: BTreeMap<(bool, &'static str), Sorter> = BTreeMap::new();
    for (table, is_sealed, batch, max_text) in batches {
        let sorter = match sorters.entry((is_sealed, table.name)) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(sorter(table, is_sealed, spill_to)?)
            }
        };
        sorter.push(batch, max_text);
        // The keys, the batches under way and the groups being encoded take as much again and more.
        if sorters.values().map(Sorter::waiting_bytes).sum::<usize>() > memory / 3 {
            let largest = sorters.values_mut().max_by_key(|sorter| sorter.waiting_bytes());
            largest.expect("a batch has just come").spill()?;
        }
    }
    Ok(sorters.into_iter().map(|((is_sealed, _), sorter)| (is_sealed, sorter)).collect())
}

impl Sink for TableSink<'_, '_> {
    fn record(&mut self) {
        self.counts.records += 1;
    }

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        if self.stopped {
            return Err(Refusal::Stopped);
        }
        let text = row.text_bytes();
        if text > ROW_TEXT {
            let expected = format!("a record of at most {ROW_TEXT} bytes of text");
            let place = row.place().clone();
            let found = format!("{text} bytes");
            return self.row(Problem::new(ProblemKind::TooLarge, place, "", &expected, &found).into());
        }
        self.max_text = self.max_text.max(text);
        self.waiting_text += text;
        if let Some((table, batch)) = self.builders.push(&row, BATCH_ROWS) {
            self.send(table, batch)?;
        }
        if self.waiting_text > BATCH_TEXT { self.send_waiting() } else { Ok(()) }
    }

    fn skip(&mut self, _: &Spot, reason: &'static str) {
        *self.counts.skips.entry(reason).or_default() += 1;
    }

    fn note(&mut self, key: &'static str, value: &str) {
        let note = (key.to_owned(), value.to_owned());
        if self.counts.notes.len() < MAX_NOTES && !self.counts.notes.contains(&note) {
            self.counts.notes.push(note);
        }
    }

    fn progress(&mut self, bytes_read: u64) {
        self.stopped |= (self.progress)(self.item_idx, bytes_read).is_break();
    }
}

/// Runs `work` on each position below `n_items`, on `jobs` threads, and hands the results over in order as they come:
/// `take` gets every run of results that is complete up to its end.
pub(crate) fn in_order<T: Send>(
    n_items: usize,
    jobs: usize,
    work: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(usize, Vec<T>),
) {
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.min(n_items).max(1) {
            let sender = sender.clone();
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                loop {
                    let item_idx = next.fetch_add(1, Ordering::Relaxed);
                    if item_idx >= n_items || sender.send((item_idx, work(item_idx))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let (mut done, mut early) = (0, BTreeMap::new());
        while let Ok((item_idx, result)) = results.recv() {
            early.insert(item_idx, result);
            early.extend(results.try_iter());
            let mut ready = Vec::new();
            while let Some(result) = early.remove(&(done + ready.len())) {
                ready.push(result);
            }
            if !ready.is_empty() {
                let first = done;
                done += ready.len();
                take(first, ready);
            }
        }
    });
}
