//! Sorts the rows of one table by its natural key, in memory while they fit and by merging sorted runs when not.
//!
//! Rows with equal keys keep the order in which they came, so the result is the same however the rows are split.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::CompressionType;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow_row::{RowConverter, Rows, SortField};
use arrow_schema::{ArrowError, DataType};
use arrow_select::interleave::interleave_record_batch;
use tutela_model::table::TableInfo;

use crate::error::{CaseError, OnDisk, OnTable};
use crate::folder::new_file;
use crate::table_file::{CHUNK_ROWS, GROUP_ROWS, GROUP_TEXT, Group};

/// Collects the rows of one table.
pub(crate) struct Sorter {
    table: &'static TableInfo,
    keys: Keys,
    /// The path of spilled runs without their number.
    spill_to: PathBuf,
    waiting: Vec<RecordBatch>,
    waiting_bytes: usize,
    /// The most text of one row.
    max_text: usize,
    n_spilled: usize,
}

impl Sorter {
    pub fn new(table: &'static TableInfo, spill_to: PathBuf) -> Result<Self, CaseError> {
        let keys = Keys::new(table).table("sort", &spill_to)?;
        Ok(Self { table, keys, spill_to, waiting: Vec::new(), waiting_bytes: 0, max_text: 0, n_spilled: 0 })
    }

    pub fn table(&self) -> &'static TableInfo {
        self.table
    }

    /// The path of spilled runs without their number, and how many there are.
    pub fn spilled(&self) -> (PathBuf, usize) {
        (self.spill_to.clone(), self.n_spilled)
    }

    /// Takes rows; none of them holds more text than `max_text` bytes.
    pub fn push(&mut self, batch: RecordBatch, max_text: usize) {
        self.max_text = self.max_text.max(max_text);
        self.waiting_bytes += batch.get_array_memory_size();
        self.waiting.push(batch);
    }

    /// Bytes of memory that the waiting rows take.
    pub fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Sorts the waiting rows and moves them to disk.
    pub fn spill(&mut self) -> Result<(), CaseError> {
        let path = self.run_path(self.n_spilled);
        self.n_spilled += 1;
        let run = self.take_run()?;
        let file = BufWriter::with_capacity(1 << 20, new_file(&path)?);
        let schema = (self.table.schema)();
        let mut writer = compressed()
            .and_then(|options| StreamWriter::try_new_with_options(file, &schema, options))
            .table("write", &path)?;
        let batches: Vec<&RecordBatch> = run.batches.iter().collect();
        for chunk in run.order.chunks(RUN_ROWS) {
            let places: Vec<(usize, usize)> = chunk.iter().map(|(b, r)| (*b as usize, *r as usize)).collect();
            let sorted = interleave_record_batch(&batches, &places).table("sort", &path)?;
            writer.write(&sorted).table("write", &path)?;
        }
        writer.finish().table("write", &path)?;
        let mut file = writer.into_inner().table("write", &path)?;
        file.flush().disk("write", &path)
    }

    /// Ends the collection.
    pub fn finish(mut self) -> Result<Merge, CaseError> {
        let mut runs = Vec::new();
        for run_idx in 0..self.n_spilled {
            let path = self.run_path(run_idx);
            let file = File::open(&path).disk("read", &path)?;
            let reader = StreamReader::try_new(BufReader::with_capacity(64 << 10, file), None);
            let mut run = Run::File(Box::new(FileRun {
                reader: reader.table("read", &path)?,
                path,
                batch: None,
                slot: None,
                row_idx: 0,
            }));
            run.load(&self.keys)?;
            runs.push(run);
        }
        if !self.waiting.is_empty() {
            runs.push(Run::Memory(self.take_run()?));
        }
        Ok(Merge::new(runs, self.keys, self.max_text))
    }

    fn run_path(&self, run_idx: usize) -> PathBuf {
        self.spill_to.with_extension(format!("{run_idx}.arrow"))
    }

    fn take_run(&mut self) -> Result<MemoryRun, CaseError> {
        self.waiting_bytes = 0;
        let batches = std::mem::take(&mut self.waiting);
        let rows: Result<Vec<Rows>, _> = batches.iter().map(|batch| self.keys.rows(batch)).collect();
        let rows = rows.table("sort", &self.spill_to)?;
        let order = sorted(&rows);
        Ok(MemoryRun { slots: vec![None; batches.len()], batches, rows, order, position: 0 })
    }
}

/// Runs are compressed as fast as may be: what an import needs of the disk while it sorts would otherwise be several
/// times what it leaves there.
fn compressed() -> Result<IpcWriteOptions, ArrowError> {
    IpcWriteOptions::default()
        .try_with_compression(Some(CompressionType::ZSTD))?
        .try_with_compression_level(Some(RUN_ZSTD))
}

/// Level of zstd.
const RUN_ZSTD: i32 = 1;

/// Rows of a batch of a run on disk. A merge holds a batch of every run, and a group all batches that it takes rows
/// from, so that this bounds the memory of merging a hundred runs.
const RUN_ROWS: usize = 1_024;

/// Makes the bytes by which rows are compared: unknown values first.
struct Keys {
    converter: RowConverter,
    columns: Vec<usize>,
}

impl Keys {
    fn new(table: &TableInfo) -> Result<Self, ArrowError> {
        let schema = (table.schema)();
        let columns: Result<Vec<usize>, _> = table.key.iter().map(|column| schema.index_of(column)).collect();
        let columns = columns?;
        let fields = columns.iter().map(|column| SortField::new(schema.field(*column).data_type().clone()));
        Ok(Self { converter: RowConverter::new(fields.collect())?, columns })
    }

    fn rows(&self, batch: &RecordBatch) -> Result<Rows, ArrowError> {
        let columns: Vec<ArrayRef> =
            self.columns.iter().map(|column| batch.column(*column).clone()).collect();
        self.converter.convert_columns(&columns)
    }
}

/// The order of rows in batches: by key, then by arrival.
fn sorted(rows: &[Rows]) -> Vec<(u32, u32)> {
    let common = common_prefix(rows);
    let mut entries: Vec<(u128, u32, u32)> = Vec::with_capacity(rows.iter().map(Rows::num_rows).sum());
    for (batch_idx, rows) in (0..).zip(rows) {
        entries.extend(
            (0..).zip(rows.iter()).map(|(row_idx, row)| (head(&row.data()[common..]), batch_idx, row_idx)),
        );
    }
    // Most keys differ within the first sixteen bytes after what all have in common, and numbers compare fast.
    entries.sort_unstable_by(|one, other| {
        one.0.cmp(&other.0).then_with(|| {
            let key = |entry: &(u128, u32, u32)| rows[entry.1 as usize].row(entry.2 as usize);
            key(one).cmp(&key(other)).then_with(|| (one.1, one.2).cmp(&(other.1, other.2)))
        })
    });
    entries.into_iter().map(|(_, batch_idx, row_idx)| (batch_idx, row_idx)).collect()
}

/// How many leading bytes all keys have in common.
fn common_prefix(rows: &[Rows]) -> usize {
    let mut keys = rows.iter().flat_map(Rows::iter);
    let Some(first) = keys.next() else { return 0 };
    let first = first.data();
    keys.fold(first.len(), |common, key| {
        first[..common].iter().zip(key.data()).take_while(|(one, other)| one == other).count()
    })
}

/// The first sixteen bytes as a number that compares as they do.
fn head(key: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let n_bytes = key.len().min(16);
    bytes[..n_bytes].copy_from_slice(&key[..n_bytes]);
    u128::from_be_bytes(bytes)
}

/// Hands out sorted rows group by group.
pub(crate) struct Merge {
    runs: Vec<Run>,
    /// Indices of runs that have rows left: a binary heap, the least key first.
    heap: Vec<usize>,
    keys: Keys,
    /// Whether rows may hold so much text that a group must end before it is full.
    is_wide: bool,
}

/// A sorted sequence of rows.
enum Run {
    Memory(MemoryRun),
    File(Box<FileRun>),
}

struct MemoryRun {
    batches: Vec<RecordBatch>,
    rows: Vec<Rows>,
    order: Vec<(u32, u32)>,
    position: usize,
    /// Where each batch stands in the group that is being filled.
    slots: Vec<Option<usize>>,
}

struct FileRun {
    reader: StreamReader<BufReader<File>>,
    path: PathBuf,
    batch: Option<(RecordBatch, Rows)>,
    row_idx: usize,
    /// Where the batch stands in the group that is being filled.
    slot: Option<usize>,
}

impl Run {
    /// The key of the next row.
    fn key(&self) -> Option<&[u8]> {
        match self {
            Self::Memory(run) => {
                let (batch_idx, row_idx) = run.order.get(run.position)?;
                Some(run.rows[*batch_idx as usize].row(*row_idx as usize).data())
            }
            Self::File(run) => Some(run.batch.as_ref()?.1.row(run.row_idx).data()),
        }
    }

    /// Whether there is a next row. Cheaper than its key, which mostly lies far from the one before.
    fn has_next(&self) -> bool {
        match self {
            Self::Memory(run) => run.position < run.order.len(),
            Self::File(run) => run.batch.is_some(),
        }
    }

    /// Makes sure that a run on disk has its next batch.
    fn load(&mut self, keys: &Keys) -> Result<(), CaseError> {
        let Self::File(run) = self else { return Ok(()) };
        if run.batch.as_ref().is_some_and(|(batch, _)| run.row_idx < batch.num_rows()) {
            return Ok(());
        }
        (run.batch, run.row_idx, run.slot) = (None, 0, None);
        if let Some(batch) = run.reader.next() {
            let batch = batch.table("read", &run.path)?;
            let rows = keys.rows(&batch).table("sort", &run.path)?;
            run.batch = Some((batch, rows));
        }
        Ok(())
    }

    /// Puts the next row's batch into the group, if it is not there yet, and steps over the row.
    fn take(&mut self, group: &mut Group) -> (usize, usize) {
        let (batch, slot, row_idx) = match self {
            Self::Memory(run) => {
                let (batch_idx, row_idx) = run.order[run.position];
                run.position += 1;
                let batch_idx = batch_idx as usize;
                (&run.batches[batch_idx], &mut run.slots[batch_idx], row_idx as usize)
            }
            Self::File(run) => {
                let (batch, _) = run.batch.as_ref().expect("a run in the heap has a row");
                run.row_idx += 1;
                (batch, &mut run.slot, run.row_idx - 1)
            }
        };
        let slot = *slot.get_or_insert_with(|| {
            group.batches.push(batch.clone());
            group.batches.len() - 1
        });
        (slot, row_idx)
    }

    fn leave_group(&mut self) {
        match self {
            Self::Memory(run) => run.slots.fill(None),
            Self::File(run) => run.slot = None,
        }
    }
}

impl Merge {
    fn new(runs: Vec<Run>, keys: Keys, max_text: usize) -> Self {
        // Each row's short values are bounded by a few hundred bytes.
        let is_wide = (max_text + 512) * GROUP_ROWS > GROUP_TEXT;
        let mut merge = Self { heap: Vec::new(), runs, keys, is_wide };
        merge.heap = (0..merge.runs.len()).filter(|run_idx| merge.runs[*run_idx].has_next()).collect();
        for heap_idx in (0..merge.heap.len() / 2).rev() {
            merge.sift_down(heap_idx);
        }
        merge
    }

    /// Whether all rows have been handed out.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The next group of rows; none when all have been handed out.
    pub fn next_group(&mut self) -> Result<Option<Group>, CaseError> {
        self.runs.iter_mut().for_each(Run::leave_group);
        let mut group = Group::default();
        let (mut n_rows, mut text) = (0, 0);
        while n_rows < GROUP_ROWS && text < GROUP_TEXT {
            let Some(run_idx) = self.heap.first().copied() else { break };
            let (slot, row_idx) = self.runs[run_idx].take(&mut group);
            if n_rows % CHUNK_ROWS == 0 {
                group.chunks.push(Vec::with_capacity(CHUNK_ROWS));
            }
            group.chunks.last_mut().expect("there is one from the first row on").push((slot, row_idx));
            n_rows += 1;
            if self.is_wide {
                text += text_of(&group.batches[slot], row_idx);
            }
            self.runs[run_idx].load(&self.keys)?;
            if !self.runs[run_idx].has_next() {
                self.heap.swap_remove(0);
            }
            self.sift_down(0);
        }
        Ok((n_rows > 0).then_some(group))
    }

    fn sift_down(&mut self, mut heap_idx: usize) {
        loop {
            let below =
                [2 * heap_idx + 1, 2 * heap_idx + 2].into_iter().filter(|below| *below < self.heap.len());
            let Some(least) = below.min_by_key(|below| self.rank(*below)) else { return };
            if self.rank(heap_idx) <= self.rank(least) {
                return;
            }
            self.heap.swap(heap_idx, least);
            heap_idx = least;
        }
    }

    /// What orders runs: the next key, then which of them came first.
    fn rank(&self, heap_idx: usize) -> (Option<&[u8]>, usize) {
        let run_idx = self.heap[heap_idx];
        (self.runs[run_idx].key(), run_idx)
    }
}

/// Bytes of text in a row.
fn text_of(batch: &RecordBatch, row_idx: usize) -> usize {
    let texts = batch.columns().iter().filter(|column| *column.data_type() == DataType::Utf8);
    texts.map(|column| column.as_string::<i32>().value_length(row_idx) as usize).sum()
}

/// Removes the runs on disk of a table.
pub(crate) fn remove_runs(spill_to: &Path, n_spilled: usize) {
    for run_idx in 0..n_spilled {
        // What cannot be removed now, the next writer removes.
        let _ = std::fs::remove_file(spill_to.with_extension(format!("{run_idx}.arrow")));
    }
}
